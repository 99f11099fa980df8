# SPDX-License-Identifier: AGPL-3.0-only
"""The native client: the shell around the session core, for programs that join rooms."""
