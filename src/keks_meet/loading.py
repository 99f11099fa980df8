# SPDX-License-Identifier: AGPL-3.0-only
"""A program while it is loaded: nothing has begun that would have to end well."""

import signal
import threading
from importlib import import_module
from types import ModuleType

__all__ = ["loaded"]


def loaded(module: str) -> ModuleType:
    """Import a program's module. Ctrl+C ends the process meanwhile as the system does it: at once, without a traceback.

    Signals that are ignored, as ``nohup`` has it, stay ignored.
    """
    is_python_asked = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not is_python_asked or threading.current_thread() is not threading.main_thread():
        return import_module(module)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return import_module(module)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
