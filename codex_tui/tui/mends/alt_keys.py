"""alt with a digit or with enter, as terminals send it, is that key.

Textual 8.2.8 takes alt and a digit for what a Mac's keyboard makes of option and a digit (`¢`),
which no terminal that sends an escape before the digit means; and alt+enter for enter alone.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

_ALT_ENTER = SimpleNamespace(value="alt+enter")  # the names of keys that Textual knows have none


def know_alt_keys() -> None:
    """Have alt and a digit, and alt+enter, read as the keys that they are; in the whole process."""
    from textual import _ansi_sequences

    table: Any = _ansi_sequences.ANSI_SEQUENCES_KEYS  # declared as what nobody changes
    for digit in range(10):
        table.pop(f"\x1b{digit}", None)
    table["\x1b\r"] = (_ALT_ENTER,)
