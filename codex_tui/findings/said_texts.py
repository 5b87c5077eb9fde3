"""What whole texts say, against what was streamed of them: a text is said up to four times.

It is told where one says another text than the one before, lacks one, or was split.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem
    from codex_tui.findings.texts import CheckedText, Saying, TextKind

_SPLIT = 2  # texts that one may have been split into

_WITH_TEXTS = ("message", "function_call", "custom_tool_call")
"""Items whose whole has all texts that were streamed."""


class SaidTexts:
    """Compares the texts of a response's items, and tells what differs."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def say(self, item: CheckedItem, said: Saying, number: int) -> None:
        """Compare a whole text with what was said of it before."""
        self.join_split(item, said.kind, said.whole, number)
        text = item.known(said.kind, said.place)
        difference = None if text is None else text.compare(said.whole)
        if text is None or difference is None:
            return
        if difference.halves:
            self._halves(item, text, number)
            return
        words = f"{said.who} says another {text.kind.name} of {item.named}: {difference.words}"
        self._differs(item, text, number, words, difference.expected, difference.seen)

    def _differs(
        self,
        item: CheckedItem,
        text: CheckedText,
        number: int,
        words: str,
        expected: str = "",
        seen: str = "",
    ) -> None:
        before = text.done if text.done not in (None, number) else text.first or item.opened
        at = (number, before) if before != number else (number,)
        self._findings.add("text.differs", at, words, expected=expected, seen=seen)

    def _halves(self, item: CheckedItem, text: CheckedText, number: int) -> None:
        self._findings.add(
            *("wire.encoding", (text.first or number, number)),
            f"U+FFFD in a delta of the {text.kind.name} of {item.named}, where its whole has none",
            expected="whole characters",
            seen="U+FFFD",
        )

    def join_split(self, item: CheckedItem, kind: TextKind, whole: str, number: int) -> None:
        """Take texts under growing numbers for one, where what closes them says that they are."""
        parts = [each for each in item.group(kind.group) if each.open and each.pieces]
        if not kind.index or len(parts) < _SPLIT or kind.group in item.whole:
            return
        if any(each.joined() == whole for each in parts):
            return
        if "".join(each.joined() for each in parts) != whole:
            return
        indices = f"{parts[0].index} to {parts[-1].index}"
        self._findings.add(
            *("index.gap", (parts[1].first or number, item.opened)),
            f"one {kind.name} of {item.named} is split over the {kind.index} {indices}",
            expected=f"{kind.index} {parts[0].index}",
            seen=indices,
        )
        item.join(parts)

    def check_left_out(self, item: CheckedItem, said: set[tuple[str, int]], number: int) -> None:
        """Say which texts that were streamed a whole item lacks; `said` are those that it has."""
        groups = {group for group, _ in said}
        for key, text in item.texts.items():
            held = text.said[0].size if text.said else len(text.joined())
            moved = (key[0], 0) in said and len(item.group(key[0])) == 1
            left = key not in said and key[0] not in item.whole and not moved
            if left and held and (item.type in _WITH_TEXTS or key[0] in groups):
                self._differs(item, text, number, f"the item lacks the {text.kind.name} of it")
