# SPDX-License-Identifier: AGPL-3.0-only
"""TCP connections between two ends that have met: how they find each other, and how each knows the other [F14]."""
