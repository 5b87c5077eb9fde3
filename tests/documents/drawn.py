"""Documents drawn for tests: how they look, and that streaming makes no difference.

The helpers work to the end of what is waiting, with the clock out of the picture.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

from codex_tui.documents.lines import text_of, width_of
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.styles import ROLE_MASK, STILL, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pytest

    from codex_tui.documents.document import Document
    from codex_tui.documents.lines import Line

Pieces = list[tuple[str, int, str]]


tiny = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""For tests of made-up texts with a fixture that calls `in_tiny_steps`: it holds for them all."""


def in_tiny_steps(monkeypatch: pytest.MonkeyPatch, most: int, portion: int) -> None:
    """Let few characters be a long text: they are drawn in portions, blocks and stretches."""
    monkeypatch.setattr("codex_tui.documents.document.MOST", most)
    monkeypatch.setattr("codex_tui.documents.document.PORTION", portion)
    monkeypatch.setattr("codex_tui.documents.document.SIZE", 16)
    monkeypatch.setattr("codex_tui.documents.stretches.SIZE", 16)


def work(document: Document) -> Document:
    """Let a document do all it has to."""
    while document.advance(math.inf):
        pass
    return document


def at_once(
    text: str, width: int = 60, make: Callable[[], Document] = MarkdownDocument
) -> Document:
    """Draw a text that came in one piece."""
    document = make()
    document.layout(width)
    document.append(text)
    return work(document)


def lines(document: Document) -> list[Line]:
    return [document.line(y) for y in range(document.height)]


def texts(document: Document) -> list[str]:
    """What can be read, line by line."""
    return [text_of(line).rstrip() for line in lines(document)]


def markdown(text: str, width: int = 60) -> list[str]:
    return texts(at_once(text, width))


def pieces(document: Document) -> list[Pieces]:
    """Every line as text, style and link, however many runs it was drawn with."""
    return [_merged(line) for line in lines(document)]


def _merged(line: Line) -> Pieces:
    merged: Pieces = []
    for run in line:
        style = run.style & ~STILL
        if merged and merged[-1][1:] == (style, run.link):
            merged[-1] = (merged[-1][0] + run.text, style, run.link)
        elif run.text:
            merged.append((run.text, style, run.link))
    return merged


def styled(text: str, flag: int, width: int = 60) -> list[str]:
    """The stretches that are drawn with a flag, or in a role."""
    wanted = Role(flag) if flag <= ROLE_MASK else flag
    found = [piece for line in pieces(at_once(text, width)) for piece in line]
    if isinstance(wanted, Role):
        return [shown for shown, style, _ in found if style & ROLE_MASK == wanted]
    return [shown for shown, style, _ in found if style & wanted]


def assert_streams_like_at_once(
    text: str, cuts: Iterable[int], width: int, make: Callable[[], Document] = MarkdownDocument
) -> None:
    """Append a text cut at some places; after each, it must look as if it had come at once."""
    document = make()
    document.layout(width)
    start = 0
    for end in [*cuts, len(text)]:
        document.append(text[start:end])
        work(document)
        assert pieces(document) == pieces(at_once(text[:end], width, make)), text[:end]
        start = end


def assert_fits(document: Document) -> None:
    """No line is wider than the document."""
    assert all(width_of(line) <= document.width for line in lines(document))
