# SPDX-License-Identifier: AGPL-3.0-only
"""The web site that a server is: its files by address, the values in its pages, its headers.

The server serves the site, and clients compare a server's site with the one of the installed package.
"""
