# SPDX-License-Identifier: AGPL-3.0-only
"""What clients do with a room secret. The server never imports this: it could not read a message if it wanted to."""
