# SPDX-License-Identifier: AGPL-3.0-only
"""Several servers under one name: a room has its home at one node, and clients are connected to any [C1]."""
