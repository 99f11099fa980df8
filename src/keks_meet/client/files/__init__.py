# SPDX-License-Identifier: AGPL-3.0-only
"""Transfers of files: how they are sent and received, their sources and sinks, and the archives of folders."""
