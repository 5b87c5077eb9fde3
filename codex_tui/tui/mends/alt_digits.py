"""alt and a digit, as terminals send it, is that key.

Textual 8.2.8 takes it for what a Mac's keyboard makes of option and a digit (`¢`), which no
terminal that sends an escape before the digit means.
"""

from __future__ import annotations

from typing import Any


def know_alt_digits() -> None:
    """Have alt and a digit read as the key that it is; in the whole process."""
    from textual import _ansi_sequences

    table: Any = _ansi_sequences.ANSI_SEQUENCES_KEYS  # declared as what nobody changes
    for digit in range(10):
        table.pop(f"\x1b{digit}", None)
