# SPDX-License-Identifier: AGPL-3.0-only
"""The use of a room secret by clients. The server never imports this: it could not read a message if it wanted to."""
