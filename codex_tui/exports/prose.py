"""Markdown as HTML, by the parser that draws it on the screen: so it says the same in both places.

Text is escaped, HTML in it included; links lead to http, https and mailto only, as the parser lets
them through.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.markdown.code import Code
from codex_tui.documents.markdown.leaves import Container, Leaf, TextLeaf, ThematicBreak
from codex_tui.documents.markdown.tables import TableRow
from codex_tui.documents.styles import EMPHASIS, LINK, ROLE_MASK, SPAN, STRIKE, STRONG, Role
from codex_tui.safe_text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codex_tui.documents.lines import Run

CUT = "The text is very long; from here on it stands as it came"

_WIDTH = 100  # of the drawing that comes with parsing, and is not used here
_TAGS = ((SPAN, "code"), (STRIKE, "del"), (EMPHASIS, "em"), (STRONG, "strong"))
_CLASSES = {
    Role.KEYWORD: "k",
    Role.STRING: "s",
    Role.NUMBER: "n",
    Role.COMMENT: "c",
    Role.FUNCTION: "f",
    Role.TYPE: "y",
    Role.KEY: "a",
    Role.PUNCTUATION: "u",
    Role.ADDED: "i",
    Role.REMOVED: "d",
    Role.HTML: "h",
    Role.MUTED: "c",
}


def html_of(text: str) -> str:
    """The HTML of a Markdown text."""
    writer = _Writer()
    leaves, end = leaves_of(text)
    for leaf in leaves:
        writer.leaf(leaf)
    rest = f'<p class="note">{CUT}:</p><pre>{escape(clean(text[end:]))}</pre>\n' if end else ""
    return writer.finished() + rest


def leaves_of(text: str) -> tuple[list[Leaf], int]:
    """The blocks of a Markdown text, each with the containers that it stands in.

    Of a very long one only the beginning is read as Markdown, as on the screen: then its end is
    told as well, which is 0 otherwise.
    """
    document = MarkdownDocument()
    document.layout(_WIDTH)
    document.append(text)
    while document.advance(0) and not document.is_full:
        pass
    end = document.taken if document.taken < len(text) else 0
    document.stop()
    document.finish()
    while document.advance(math.inf):
        pass
    return [block for block in document.blocks if isinstance(block, Leaf)], end


class _Writer:
    """Writes leaves one below the other, opening and closing what they stand in."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[tuple[object, str]] = []  # what is open, and the tag that closes it
        self._end = ""  # closes the leaf before, which pieces may follow

    def leaf(self, leaf: Leaf) -> None:
        if not leaf.follows:
            self._close_leaf()
            self._enter(leaf)
        match leaf:
            case TextLeaf() if not leaf.hidden:
                self._text(leaf)
            case Code():
                self._code(leaf)
            case TableRow():
                self._table(leaf)
            case ThematicBreak():
                self._out.append("<hr>\n")

    def finished(self) -> str:
        self._close_leaf()
        self._leave(0)
        return "".join(self._out)

    # -- containers

    def _enter(self, leaf: Leaf) -> None:
        """Close what the leaf does not stand in, and open what it does."""
        wanted = [each for container in leaf.path for each in _steps(container)]
        common = 0
        for (key, _), (step, _, _) in zip(self._open, wanted, strict=False):
            if key is not step and key != step:
                break
            common += 1
        self._leave(common)
        for key, opening, tag in wanted[common:]:
            self._out.append(opening)
            self._open.append((key, tag))

    def _leave(self, depth: int) -> None:
        while len(self._open) > depth:
            self._out.append(f"</{self._open.pop()[1]}>\n")

    def _close_leaf(self) -> None:
        self._out.append(self._end)
        self._end = ""

    # -- leaves

    def _text(self, leaf: TextLeaf) -> None:
        if not self._end:
            # The page has headings of its own; those of an answer stand below them.
            tag = f"h{min(leaf.level + 2, 6)}" if leaf.level else "p"
            self._out.append(f"<{tag}>")
            self._end = f"</{tag}>\n"
            if leaf.task is not None:
                self._out.append("☑ " if leaf.task else "☐ ")
        self._out.append("<br>\n".join(map(runs_html, leaf.rows)))

    def _code(self, leaf: Code) -> None:
        rows = "\n".join(runs_html(row, code=True) for row in leaf.highlighted())
        if not self._end:
            name, language = (
                ' class="raw"' if leaf.kind.role == Role.HTML else "",
                leaf.kind.language,
            )
            label = f' data-language="{escape(language)}"' if language else ""
            self._out.append(f"<pre{name}{label}><code>")
            self._end = "</code></pre>\n"
        elif not leaf.joined:
            self._out.append("\n")
        self._out.append(rows)

    def _table(self, row: TableRow) -> None:
        if not self._end:
            self._out.append('<div class="wide"><table>\n')
            self._end = "</tbody></table></div>\n"
        self._out.append(_row(zip(row.rows, row.table.columns, strict=True), head=row.head))


def _row(cells: Iterable[tuple[Sequence[Run], str]], *, head: bool) -> str:
    tag = "th" if head else "td"
    shown = "".join(
        f'<{tag} class="{alignment}">{runs_html(runs)}</{tag}>' for runs, alignment in cells
    )
    return f"<thead><tr>{shown}</tr></thead><tbody>\n" if head else f"<tr>{shown}</tr>\n"


def _steps(container: Container) -> list[tuple[object, str, str]]:
    """The elements of a container: how each is told from others, how it opens, and its tag."""
    if not container.is_item:
        return [(container, "<blockquote>\n", "blockquote")]
    label = container.marker[0].text.strip()
    number = label[:-1]
    ordered = number.isdigit()
    opening = f'<ol start="{number}">\n' if ordered else "<ul>\n"
    item = f'<li value="{number}">' if ordered else "<li>"
    return [
        (("list", container.list_number), opening, "ol" if ordered else "ul"),
        (container, item, "li"),
    ]


def runs_html(runs: Iterable[Run], *, code: bool = False) -> str:
    """The HTML of some runs."""
    return "".join(_run(run, code=code) for run in runs)


def _run(run: Run, *, code: bool) -> str:
    made = escape(run.text)
    role = Role(run.style & ROLE_MASK)
    if (name := _CLASSES.get(role)) and (code or role == Role.HTML):
        made = f'<span class="{name}">{made}</span>'
    if not code:
        for flag, tag in _TAGS:
            if run.style & flag:
                made = f"<{tag}>{made}</{tag}>"
    if run.style & LINK and run.link:
        made = f'<a href="{escape(run.link)}" rel="noopener noreferrer">{made}</a>'
    return made
