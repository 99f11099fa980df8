# SPDX-License-Identifier: AGPL-3.0-only
"""The command that writes every generated file of the protocol, and says which files have changed."""

from tools.protocol import generate
from tools.protocol.source import ROOT

for path, text in generate().items():
    file = ROOT / path
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        print(path)
