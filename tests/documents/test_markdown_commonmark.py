"""Our Markdown says what markdown-it says, which passes the test suite of CommonMark.

Both are brought to one form: a list of leaves, each with the containers it stands in and its text
with the styles on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from codex_tui.documents.markdown.code import Code
from codex_tui.documents.markdown.leaves import Container, TextLeaf, ThematicBreak
from codex_tui.documents.markdown.leaves import Leaf as MarkdownLeaf
from codex_tui.documents.markdown.tables import TableRow
from codex_tui.documents.styles import EMPHASIS, LINK, SPAN, STRIKE, STRONG, Role
from tests.documents.answers import ANSWERS
from tests.documents.drawn import at_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it.token import Token

    from codex_tui.documents.block import Block
    from codex_tui.documents.lines import Run

Leaf = tuple[str, str, str]
"""Containers (`q`, `b`, or a number each), kind, and marked-up text."""

_ORACLE = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_FLAGS = ((STRONG, "b"), (EMPHASIS, "i"), (STRIKE, "s"), (SPAN, "c"), (LINK, "a"))
_TOKENS = {"strong": "b", "em": "i", "s": "s", "link": "a"}

PARTS = (
    *(
        "foo",
        "bar",
        "*",
        "**",
        "_",
        "__",
        "`",
        "``",
        "[",
        "]",
        "(",
        ")",
        "](mailto:u)",
        "[a]",
        "![",
    ),
    *("\\", "<b>", "&amp;", "~~", "\n", "\n", "\n\n", "> ", "- ", "1. ", "2) ", "  ", "    ", "# "),
    *("## ", "---", "***", "```", "+ ", "x*y", "a_b", " ", ".", "<div>", "</div>", '"', "11. "),
    *("\n\n| a | b |\n|---|---|\n", "===", "\n\n[a]: mailto:v\n\n", "<mailto:w>", "<!--", "-->"),
)

# Where markdown-it reads the standard differently, and cmark, which wrote it, reads it as we do:
# blanks at line ends inside code spans, tables beside HTML, three tildes, `<!--->`, a
# reference before a parenthesis that stays open. Marks in the text of an image are ours alone.
DISPUTED = re.compile(
    r"`[^`]*\n|\\ +\n|~~~|<!---|\]\([^)]*\Z|\]\(\s*\)|\|(?s:.*)<|!\[[^]]*[\[*_`<~&]|[<>]\n\n\|",
    re.MULTILINE,
)


class _Reader:
    """Reads the tokens of markdown-it, keeping the containers that are open."""

    def __init__(self) -> None:
        self.found: list[Leaf] = []
        self._path: list[str] = []
        self._lists: list[int | None] = []
        self._kind = ""

    def read(self, token: Token) -> None:
        if token.type.endswith("_open"):
            self._open(token)
        elif token.type.endswith("_close"):
            self._close(token.type.removesuffix("_close"))
        elif token.type == "inline":
            self._add(self._kind, _marked_up(token.children or []))
        else:
            kind = {"code_block": "code", "fence": "code", "html_block": "html"}
            self._add(kind.get(token.type, token.type), token.content.rstrip())

    def _open(self, token: Token) -> None:
        match token.type:
            case "blockquote_open":
                self._path.append("q")
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "list_item_open":
                number = self._lists[-1]
                self._path.append("b" if number is None else str(number))
                self._lists[-1] = None if number is None else number + 1
            case _:
                self._kind = token.tag

    def _close(self, name: str) -> None:
        if name in ("bullet_list", "ordered_list"):
            self._lists.pop()
        elif name in ("blockquote", "list_item"):
            self._path.pop()

    def _add(self, kind: str, text: str) -> None:
        if text or kind in ("hr", "code"):
            self.found.append((" ".join(self._path), kind, text))


def expected(text: str) -> list[Leaf]:
    """What markdown-it sees."""
    reader = _Reader()
    for token in _ORACLE.parse(text):
        reader.read(token)
    return reader.found


def _marked_up(tokens: Iterable[Token]) -> str:
    shown: list[tuple[str, str]] = []
    on: list[str] = []
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.type.endswith("_open"):
            on.append(_TOKENS[name])
        elif token.type.endswith("_close"):
            on.remove(_TOKENS[name])
        elif token.type == "hardbreak":
            shown.append(("\n", ""))
        elif token.type == "image":
            shown.append((f"▣ {token.content or 'image'}", "".join(sorted({*on, "a"}))))
        else:
            flags = {*on, *(["c"] if token.type == "code_inline" else [])}
            text = " " if token.type == "softbreak" else token.content.replace("\n", " ")
            shown.append((text, "".join(sorted(flags))))
    return _joined(shown)


def _joined(shown: Iterable[tuple[str, str]]) -> str:
    """Write every stretch of one style as `text{flags}`."""
    merged: list[tuple[str, str]] = []
    for text, flags in shown:
        if merged and merged[-1][1] == flags:
            merged[-1] = (merged[-1][0] + text, flags)
        elif text:
            merged.append((text, flags))
    # How blanks before a line are counted inside tags and code spans is disputed too.
    return re.sub(" +", " ", "".join(f"{text}{{{flags}}}" for text, flags in merged))


def seen(text: str) -> list[Leaf]:
    """What we see."""
    found: list[Leaf] = []
    for block in at_once(text, 70).blocks:
        found += _leaves(block)
    return [leaf for leaf in found if leaf[2] or leaf[1] in ("hr", "code")]


def _leaves(block: Block) -> list[Leaf]:
    path = " ".join(map(_name, block.path)) if isinstance(block, MarkdownLeaf) else ""
    match block:
        case TextLeaf():
            kind = f"h{block.level}" if block.level else "p"
            return [(path, kind, _shown(block.rows))]
        case Code():
            kind = "html" if block.kind.role == Role.HTML else "code"
            return [(path, kind, block.passage.text.rstrip())]
        case TableRow():
            return [(path, "th" if block.head else "td", _shown([cell])) for cell in block.rows]
        case ThematicBreak():
            return [(path, "hr", "")]
    return []


def _name(container: Container) -> str:
    label = container.marker[0].text.strip()
    return {"▎": "q", "•": "b", "◦": "b", "▪": "b"}.get(label, label[:-1])


def _shown(rows: Sequence[Sequence[Run]]) -> str:
    runs: list[tuple[str, str]] = []
    for number, row in enumerate(rows):
        runs += [("\n", "")] if number else []
        runs += [(run.text, "".join(sorted(_flags(run)))) for run in row]
    return _joined(runs)


def _flags(run: Run) -> list[str]:
    return [name for flag, name in _FLAGS if run.style & flag]


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(PARTS), max_size=22).map("".join))
def test_any_text_says_what_it_says_to_markdown_it(text: str) -> None:
    assume(not DISPUTED.search(text))
    assert seen(text) == expected(text)


@pytest.mark.parametrize("text", ANSWERS, ids=range(len(ANSWERS)))
def test_answers_say_what_they_say_to_markdown_it(text: str) -> None:
    plain = re.sub(r"\[[ x]\] |https?://\S+|www\.\S+|\S+@\S+|!?\[[^]]*\]", "", text)
    assert seen(plain) == expected(plain)
