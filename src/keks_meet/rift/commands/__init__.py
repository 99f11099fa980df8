# SPDX-License-Identifier: AGPL-3.0-only
"""The commands of `rift`, a module with one class each. All modules here are imported, and so their commands known."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
