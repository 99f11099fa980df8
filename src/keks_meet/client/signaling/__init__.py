# SPDX-License-Identifier: AGPL-3.0-only
"""The way to the server: its address, its configuration, and the WebSocket with its sealed frames."""
