"""The last boundary: whatever a widget draws, its lines are safe and keep their width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.color import Color

from codex_tui.safe_text import is_safe
from codex_tui.tui.line_filters import SafeLines

TEXTS = st.text(st.characters(exclude_categories=())) | st.text("a\x1b\x9b\t\n\r\u202e漢\udc9b")


@given(st.lists(TEXTS))
def test_a_line_is_safe_and_as_wide_as_before(texts: list[str]) -> None:
    line = [Segment(text) for text in texts]
    drawn = SafeLines().apply(line, Color(0, 0, 0))
    assert all(is_safe(segment.text) for segment in drawn)
    assert [segment.cell_length for segment in drawn] == [part.cell_length for part in line]


def test_a_safe_line_is_left_as_it_is() -> None:
    line = [Segment("plain"), Segment("漢字 👩🏽‍🚀")]
    assert SafeLines().apply(line, Color(0, 0, 0)) is line
