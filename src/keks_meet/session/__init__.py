# SPDX-License-Identifier: AGPL-3.0-only
"""A client's core: what it knows of a room and does about it. Events in, effects out; the same as `web/src/core/`."""
