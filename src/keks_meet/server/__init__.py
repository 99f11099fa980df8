# SPDX-License-Identifier: AGPL-3.0-only
"""The server's shell: HTTP, WebSocket, STUN, configuration and the command, around the pure core in `rooms`."""
