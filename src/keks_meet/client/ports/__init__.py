# SPDX-License-Identifier: AGPL-3.0-only
"""TCP connections between a port here and a peer's, over data channels."""
