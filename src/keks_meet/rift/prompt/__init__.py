# SPDX-License-Identifier: AGPL-3.0-only
"""What a person types while `rift` runs, on prompt_toolkit, which takes long to load: whoever types nothing waits less.

Has `Lines`, `WordCompleter`, `above_prompt` and `typed_on_terminal`.
"""

from typing import TYPE_CHECKING

from keks_meet.late_names import late_names

if TYPE_CHECKING:
    from keks_meet.rift.prompt.completion import WordCompleter
    from keks_meet.rift.prompt.lines import Lines, above_prompt, typed_on_terminal

__all__ = ["Lines", "WordCompleter", "above_prompt", "typed_on_terminal"]

__getattr__ = late_names(
    __name__,
    {"Lines": "lines", "WordCompleter": "completion", "above_prompt": "lines", "typed_on_terminal": "lines"},
)
