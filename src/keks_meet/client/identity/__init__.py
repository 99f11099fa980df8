# SPDX-License-Identifier: AGPL-3.0-only
"""Who this client is, and whom it knows."""
