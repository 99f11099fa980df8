# SPDX-License-Identifier: AGPL-3.0-only
"""The server's core: who is in which room, who watches it, who hears what. Pure: an event in, effects out."""
