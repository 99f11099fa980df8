# SPDX-License-Identifier: AGPL-3.0-only
"""Peer connections, data channels and tracks on `wrtc`, which nothing outside of this package knows."""
