# SPDX-License-Identifier: AGPL-3.0-only
"""Property tests judge what is computed, never how fast."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
