# SPDX-License-Identifier: AGPL-3.0-only
"""What builds, checks and shows keks-meet; no part of what it runs on."""
