# SPDX-License-Identifier: AGPL-3.0-only
"""The command `rift`: files, ports and chat from peer to peer, in the rooms of keks-meet."""
