# SPDX-License-Identifier: AGPL-3.0-only
"""Files on their way: what they come from, what they go to, and archives of folders."""
