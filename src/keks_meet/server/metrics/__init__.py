# SPDX-License-Identifier: AGPL-3.0-only
"""Numbers of the server for whoever runs it. `families` alone knows the library that writes them."""
