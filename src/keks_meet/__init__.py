# SPDX-License-Identifier: AGPL-3.0-only
"""keks-meet: small, secure web conferencing that people host themselves."""
