# SPDX-License-Identifier: AGPL-3.0-only
"""Starts `rift`. To load it makes many objects and next to no garbage, so the collector looks for none meanwhile."""

import gc

from keks_meet.loading import loaded

__all__ = ["main"]


def main() -> None:
    """Load the program with the garbage collector at rest, and run it; what was loaded is not looked at again."""
    gc.disable()
    cli = loaded("keks_meet.rift.cli")
    gc.freeze()
    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
