# SPDX-License-Identifier: AGPL-3.0-only
"""Starts `keks-meet-server`."""

from keks_meet.loading import loaded

__all__ = ["main"]


def main() -> None:
    """Load the program, and run it."""
    loaded("keks_meet.server.command").main()


if __name__ == "__main__":
    main()
