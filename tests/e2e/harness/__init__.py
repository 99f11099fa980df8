# SPDX-License-Identifier: AGPL-3.0-only
"""What end-to-end tests stand on: a real server, relays in front of it, and people in real browsers."""
