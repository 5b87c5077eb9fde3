"""Inline Markdown: CommonMark 0.31 §6 with GitHub's strikethrough and autolinks, places kept.

The parser also says up to which point nothing that follows can change the result: that is what
lets a paragraph of any length stream at the cost of its tail.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.documents.markdown.emphasis import Emphasis, Node, flanks
from codex_tui.documents.markdown.links import bare_url, inline_target, normalized, safe_target
from codex_tui.documents.styles import LINK, SPAN, Role
from codex_tui.safe_text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPECIAL = r"[\\`*_\[\]<]|~~+|!\[|&(?=[#A-Za-z])|https?://|www\."
_PLAIN = re.compile(_SPECIAL)
_WITH_BREAKS = re.compile(_SPECIAL + r"| +\n")
_TICKS = re.compile(r"`+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_AUTOLINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)>")
_AUTO_EMAIL = re.compile(r"<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)>")
_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]*[A-Za-z0-9])+")
_ATTRIBUTE = r"\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s\"'=<>`]+|'[^']*'|\"[^\"]*\"))?"
HTML_TAG = rf"<[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})*\s*/?>|</[A-Za-z][A-Za-z0-9-]*\s*>"
_HTML = re.compile(
    rf"(?:{HTML_TAG}|<!---?>|<!--(?:[^-]|-(?!->))*-->|<\?.*?\?>|<![A-Za-z][^>]*>"
    r"|<!\[CDATA\[.*?\]\]>)",
    re.DOTALL,
)
_ESCAPABLE = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_LAST_CODE = 0x10FFFF
_SPACE = re.compile(r"\s(?=\S)")


@dataclass(slots=True)
class _Bracket:
    node: int
    position: int
    image: bool
    delimiters: int
    active: bool = True


class Inline(NamedTuple):
    """What a text says."""

    nodes: list[Node]
    labels: set[str]
    """The link labels that were looked up, found or not."""
    settled: list[int]
    """Positions that nothing after them changes, ascending; empty unless asked for."""


@dataclass(slots=True)
class _Parser:
    text: str
    references: Mapping[str, str]
    nodes: list[Node] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    brackets: list[_Bracket] = field(default_factory=list)
    emphasis: Emphasis = field(init=False)
    whole: list[tuple[int, int]] = field(default_factory=list)
    """Stretches that belong together whatever they turn out to be."""
    open: int = 0
    """Where the first thing begins that later text may complete."""
    _ticks: dict[int, list[int]] | None = None

    def __post_init__(self) -> None:
        self.open = len(self.text)
        self.emphasis = Emphasis(self.nodes)

    def run(self) -> None:
        text = self.text
        find = (_WITH_BREAKS if " \n" in text else _PLAIN).search
        position = begin = 0
        while (found := find(text, position)) is not None:
            start = found.start()
            after = self._special(text[start], start, begin)
            if after == start:
                position = found.end()
                continue
            position = begin = after
        self._plain(begin, len(text))
        self.emphasis.match(0)
        self._leave_open()

    def _plain(self, start: int, end: int) -> None:
        if end > start:
            self.nodes.append(Node(start, end))

    def _special(self, character: str, start: int, begin: int) -> int:
        """Handle a character that may mean something; return where to go on, or `start`."""
        before = len(self.nodes)
        self._plain(begin, start)
        after = self._take(character, start)
        if after == start:
            del self.nodes[before:]
        return after

    def _take(self, character: str, start: int) -> int:
        match character:
            case "\\":
                return self._escape(start)
            case "`":
                return self._code(start)
            case "*" | "_" | "~":
                return self._delimiter(start, character)
            case "[":
                return self._open(start, 1)
            case "!":
                return self._open(start, 2)
            case "]":
                return self._close(start)
            case "<":
                return self._angle(start)
            case "&":
                return self._entity(start)
            case " ":
                return self._break(start)
        return self._url(start)

    # -- leaves

    def _add(self, node: Node) -> int:
        self.nodes.append(node)
        return node.end

    def _escape(self, start: int) -> int:
        following = self.text[start + 1 : start + 2]
        if following == "\n":
            return self._add(Node(start, start + 2, text="\n"))
        if following in _ESCAPABLE:
            return self._add(Node(start + 1, start + 2))
        return start

    def _break(self, start: int) -> int:
        """Take blanks before the end of a line: two of them are a hard break."""
        end = self.text.index("\n", start)
        if end - start >= 2:
            return self._add(Node(start, end + 1, text="\n"))
        return self._add(Node(end, end + 1))

    def _code(self, start: int) -> int:
        size = _end_of(_TICKS, self.text, start) - start
        close = self._closing_ticks(size, start + size)
        if close is None:
            self.open = min(self.open, start)
            return self._add(Node(start, start + size))
        begin, end = start + size, close
        inside = self.text[begin:end]
        if inside[:1] in " \n" and inside[-1:] in " \n" and inside.strip(" \n"):
            begin, end = begin + 1, end - 1
        self._add(Node(begin, end, Role.CODE | SPAN))
        self.whole.append((start, close + size))
        return close + size

    def _closing_ticks(self, size: int, start: int) -> int | None:
        if self._ticks is None:
            self._ticks = {}
            for run in _TICKS.finditer(self.text):
                self._ticks.setdefault(len(run[0]), []).append(run.start())
        runs = self._ticks.get(size, [])
        index = bisect_left(runs, start)
        return runs[index] if index < len(runs) else None

    def _entity(self, start: int) -> int:
        found = _ENTITY.match(self.text, start)
        if found is None:
            return start
        shown = _decoded(found[0])
        if shown is None:
            return start
        # An entity can spell what cleaning has just taken out of the text.
        shown = clean(shown).replace("\n", " ").replace("\t", " ")
        return self._add(Node(start, found.end(), text=shown))

    def _angle(self, start: int) -> int:
        if found := _AUTOLINK.match(self.text, start) or _AUTO_EMAIL.match(self.text, start):
            target = found[1] if found.re is _AUTOLINK else f"mailto:{found[1]}"
            self._link_node(start + 1, found.end() - 1, target)
            return found.end()
        if found := _HTML.match(self.text, start):
            self.whole.append((start, found.end()))
            return self._add(Node(start, found.end(), Role.HTML))
        if self.text[start + 1 : start + 2].isalpha() or self.text[start + 1 : start + 2] in "/!?":
            self.open = min(self.open, start)
        return start

    def _link_node(self, start: int, end: int, target: str) -> None:
        target = safe_target(target)
        self._add(Node(start, end, LINK if target else 0, target))

    def _url(self, start: int) -> int:
        end = bare_url(self.text, start, bracketed=bool(self.brackets))
        if end > start:
            url = self.text[start:end]
            self._link_node(start, end, url if url.startswith("http") else f"http://{url}")
        return end

    def _delimiter(self, start: int, mark: str) -> int:
        end = start
        while self.text[end : end + 1] == mark:
            end += 1
        if mark != "~" or end - start == 2:
            self.emphasis.add(mark, end - start, *flanks(self.text, start, end, mark))
        return self._add(Node(start, end))

    # -- links and images (CommonMark §6.3, §6.4)

    def _open(self, start: int, size: int) -> int:
        self.brackets.append(
            _Bracket(len(self.nodes), start, image=size == 2, delimiters=len(self.emphasis.stack))
        )
        return self._add(Node(start, start + size))

    def _close(self, start: int) -> int:
        if not self.brackets:
            return start
        opener = self.brackets.pop()
        self.whole.append((opener.position, start + 1))
        found = self._target(opener, start) if opener.active else None
        if found is None:
            return self._add(Node(start, start + 1))
        target, end = found
        self.emphasis.match(opener.delimiters)
        del self.emphasis.stack[opener.delimiters :]
        self._make_link(opener, target)
        self.whole.append((opener.position, end))
        if not opener.image:
            for bracket in self.brackets:
                bracket.active = bracket.active and bracket.image
        return end

    def _target(self, opener: _Bracket, start: int) -> tuple[str, int] | None:
        """Find the target of a link text that ends at `start`, and the end of the link."""
        if self.text.startswith("(", start + 1):
            if found := inline_target(self.text, start + 2):
                return found
            self.open = min(self.open, opener.position)
        label = self.text[opener.position + 1 + opener.image : start]
        end = start + 1
        if self.text.startswith("[", end) and (close := _label_end(self.text, end)):
            label = self.text[end + 1 : close] if close > end + 1 else label
            end = close + 1
        elif "[" in label.replace("\\[", ""):
            return None
        key = normalized(label)
        if not key or len(label) > 999:
            return None
        self.labels.add(key)
        target = self.references.get(key)
        return None if target is None else (target, end)

    def _make_link(self, opener: _Bracket, target: str) -> None:
        target = safe_target(target)
        bracket = self.nodes[opener.node]
        if opener.image:
            bracket.text, bracket.style = "▣ ", Role.MARKER
            if len(self.nodes) == opener.node + 1:
                bracket.text = "▣ image"
        else:
            bracket.end = bracket.start
        for node in self.nodes[opener.node + (not opener.image) :]:
            node.link = target
            node.style = node.style | LINK if target else node.style & ~LINK

    # -- the end

    def _leave_open(self) -> None:
        """Note what later text may still complete."""
        for delimiter in self.emphasis.stack:
            if delimiter.opens:
                self.open = min(self.open, self.nodes[delimiter.node].start)
        for bracket in self.brackets:
            self.open = min(self.open, bracket.position)
        nodes = self.nodes
        self.whole += [
            (nodes[first].start, nodes[last].end) for first, last, _ in self.emphasis.pairs
        ]

    def settled(self) -> list[int]:
        """Return the word beginnings that belong to nothing that begins before them."""
        free: list[int] = []
        blocked = sorted(self.whole)
        index = end = 0
        for found in _SPACE.finditer(self.text, 0, self.open):
            position = found.end()
            while index < len(blocked) and blocked[index][0] < position:
                end = max(end, blocked[index][1])
                index += 1
            if position > end:
                free.append(position)
        return free

    def finished(self) -> list[Node]:
        """Return the nodes with their emphasis, empty ones left out and like ones joined."""
        self.emphasis.apply()
        made: list[Node] = []
        for node in self.nodes:
            if node.end > node.start:
                _join(made, node)
        return _with_emails(self.text, made) if "@" in self.text else made


def parse_inline(text: str, references: Mapping[str, str], *, find_settled: bool = False) -> Inline:
    """Parse the text of one block."""
    parser = _Parser(text, references)
    parser.run()
    settled = parser.settled() if find_settled else []
    return Inline(parser.finished(), parser.labels, settled)


def _join(made: list[Node], node: Node) -> None:
    last = made[-1] if made else None
    if (
        last is not None
        and last.end == node.start
        and (last.style, last.link, last.text) == (node.style, node.link, None)
        and node.text is None
    ):
        last.end = node.end
    else:
        made.append(node)


def _with_emails(text: str, nodes: list[Node]) -> list[Node]:
    """Make links of the e-mail addresses in plain text."""
    made: list[Node] = []
    for node in nodes:
        begin = node.start
        if node.text is None and not node.link and not node.style & SPAN:
            for found in _EMAIL.finditer(text, node.start, node.end):
                made.append(Node(begin, found.start(), node.style))
                style, target = node.style | LINK, f"mailto:{found[0]}"
                made.append(Node(found.start(), found.end(), style, target))
                begin = found.end()
        made.append(Node(begin, node.end, node.style, node.link, node.text))
    return [node for node in made if node.end > node.start]


def _decoded(entity: str) -> str | None:
    """Return what an entity stands for (CommonMark §2.5), or None if there is none of that name."""
    if not entity.startswith("&#"):
        return html5.get(entity[1:])
    digits = entity[2:-1]
    code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    return chr(code) if 0 < code <= _LAST_CODE else "\ufffd"


def _end_of(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found else start


def _label_end(text: str, start: int) -> int | None:
    """Return where the `]` of a label stands that begins at `start`; no brackets inside."""
    found = _LABEL.match(text, start)
    return found.end() - 1 if found else None


_LABEL = re.compile(r"\[(?:[^\\\[\]]|\\.){0,1000}\]", re.DOTALL)
