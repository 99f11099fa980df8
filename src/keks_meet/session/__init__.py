# SPDX-License-Identifier: AGPL-3.0-only
"""A client's core: what a client decides, without connections, files or time. Pure: an event in, effects out."""
