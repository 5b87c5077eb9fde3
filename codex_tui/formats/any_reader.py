"""A reader for whatever is known to this room."""

from __future__ import annotations

from codex_tui.formats.deciding import Deciding
from codex_tui.formats.sniffing import sniff


class AnyReader(Deciding):
    """Finds out what it is given, and reads it."""

    def __init__(self) -> None:
        super().__init__(sniff)
