"""What whole texts say, against what was streamed of them: a text is said up to four times.

It is told where one says another text than the one before, lacks one, or was split.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_tui.findings.finding import Findings
    from codex_tui.findings.items import CheckedItem
    from codex_tui.findings.texts import CheckedText, Saying, TextKind

_WITH_TEXTS = ("message", "function_call", "custom_tool_call")
"""Items whose whole has all texts that were streamed."""


class SaidTexts:
    """Compares the texts of a response's items, and tells what differs."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def say(self, item: CheckedItem, said: Saying, number: int) -> None:
        """Compare a whole text with what was said of it before."""
        self.join_split(item, said.kind, said.whole, number)
        text = item.group(said.kind).known(said.place)
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
        group = item.group(kind)
        parts = group.pieces_of(whole) if kind.index and group.whole is None else []
        if not parts:
            return
        indices = f"{parts[0].index} to {parts[-1].index}"
        self._findings.add(
            *("index.gap", (parts[1].first or number, item.opened)),
            f"one {kind.name} of {item.named} is split over the {kind.index} {indices}",
            expected=f"{kind.index} {parts[0].index}",
            seen=indices,
        )
        group.join(parts)

    def check_left_out(self, item: CheckedItem, said: set[tuple[str, int]], number: int) -> None:
        """Say which texts that were streamed a whole item lacks; `said` are those that it has."""
        groups = {group for group, _ in said}
        for name, group in item.groups.items():
            moved = (name, 0) in said and len(group.texts) == 1
            if group.whole is not None or moved:
                continue
            for text in group.texts:
                held = text.said[0].size if text.said else len(text.joined())
                left = (name, text.index) not in said and held
                if left and (item.type in _WITH_TEXTS or name in groups):
                    words = f"the item lacks the {text.kind.name} of it"
                    self._differs(item, text, number, words)
