# SPDX-License-Identifier: AGPL-3.0-only
"""Names of a package whose modules are imported when a name is first used (PEP 562).

This is for modules that take long to load and are not always needed. A package says on top what it has, as ever, and
its users import the package; nobody hides an import in a function.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["late_names"]


def late_names(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package; ``modules`` tells in which module below the package each name is."""

    def find(name: str) -> object:
        if name not in modules:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return getattr(import_module(f"{package}.{modules[name]}"), name)

    return find
