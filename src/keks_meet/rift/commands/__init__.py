# SPDX-License-Identifier: AGPL-3.0-only
"""What each command does: a module a command, with ``async def run(setup, arguments) -> ExitCode``."""
