# SPDX-License-Identifier: AGPL-3.0-only
"""Tools that build, check and show keks-meet; it runs without them."""
