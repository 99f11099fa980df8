# SPDX-License-Identifier: AGPL-3.0-only
"""The wire: packets, relay messages, their codec, close codes and limits. Pure: no I/O, no clock."""
