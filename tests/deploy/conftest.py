# SPDX-License-Identifier: AGPL-3.0-only
"""What deploy/ holds, tried with the programs that it is for."""

from pathlib import Path

from tests.native import conftest as native

HERE = Path(__file__).parent
secret = native.secret
