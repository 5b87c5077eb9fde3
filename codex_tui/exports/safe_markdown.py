"""Markdown that says what was said and does nothing: no HTML, no image, no link but to the web.

Renderers differ in what they take for markup, so nothing of the source is handed on: what the
parser found is written anew, in the few forms that all of them read alike, and all else is escaped.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from codex_tui.documents.markdown.code import Code
from codex_tui.documents.markdown.leaves import TextLeaf, ThematicBreak
from codex_tui.documents.markdown.tables import TableRow
from codex_tui.documents.styles import EMPHASIS, LINK, SPAN, STRIKE, STRONG, Role
from codex_tui.exports.prose import CUT, leaves_of
from codex_tui.safe_text import clean, clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codex_tui.documents.lines import Run
    from codex_tui.documents.markdown.leaves import Container, Leaf

_SPECIAL = re.compile(r"(?<![^\W_])_|_(?![^\W_])|[\\*\[\]{}~^#$@]|!$")
_ENTITIES = {"<": "&lt;", "`": "&#96;", "|": "&#124;"}
_ENTITY = re.compile(r"[<`|]|&(?=[A-Za-z#])")
_AT_START = re.compile(r"[-+=:?%]|\d{1,12}(?=[.)](?:\s|$))")
_TICKS = re.compile(r"`+")
_MARKS = ((STRIKE, "~~"), (STRONG, "**"), (EMPHASIS, "*"))
_IN_ADDRESSES = "-._~:/?#@!$&+,;=%"
_DEEPEST = 12  # containers that are written: each stands before every line in it

# Of the languages of fences only these are named: of others some renderers make pictures, maps or
# formulas, or HTML.
_LANGUAGES = frozenset(
    (
        *("bash", "c", "c#", "c++", "console", "cpp", "cs", "csharp", "css", "diff", "dockerfile"),
        *("elixir", "go", "haskell", "html", "ini", "java", "javascript", "js", "json", "jsonl"),
        *("jsx", "kotlin", "lua", "makefile", "markdown", "md", "php", "powershell", "python"),
        *("py", "r", "ruby", "rust", "scala", "sh", "shell", "sql", "swift", "text", "toml"),
        *("ts", "tsx", "txt", "typescript", "xml", "yaml", "yml", "zsh"),
    )
)


def escaped(text: str) -> str:
    """A text on one line in which nothing is markup."""
    return _at_start(_escaped(clean_line(text)))


def _escaped(text: str) -> str:
    marked = _SPECIAL.sub(r"\\\g<0>", text.replace("\n", " "))
    return _ENTITY.sub(lambda found: _ENTITIES.get(found[0], "&amp;"), marked)


def _at_start(text: str) -> str:
    """What stands at the beginning of a line, where a list, a quote or a rule would begin."""
    text = text.lstrip()
    if text.startswith(">"):
        return f"&gt;{text[1:]}"
    if found := _AT_START.match(text):
        number = found[0] if found[0].isdigit() else ""
        return f"{number}\\{text[len(number) :]}"
    return text


def code_span(text: str) -> str:
    """A code span (CommonMark 6.1) with what backticks it needs; nothing of nothing."""
    text = clean_line(text)
    if not text.strip():
        return text
    ticks = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    bare = not (text[0] in "` " or text[-1] in "` ")
    return f"{ticks}{text}{ticks}" if bare else f"{ticks} {text} {ticks}"


def fence(text: str, language: str = "") -> str:
    """A fenced block (CommonMark 4.5), its fence longer than any run of backticks inside."""
    text = clean(text).removesuffix("\n")
    ticks = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
    named = language if language.lower() in _LANGUAGES else ""
    return f"{ticks}{named}\n{text}\n{ticks}"


def quotation(text: str) -> str:
    """Markdown as a quotation: headings and open fences in it end with it.

    What is too long to be read as Markdown stands in a fence behind it.
    """
    leaves, end = leaves_of(text)
    quoted = clean("\n".join(_lines(leaves)))
    rest = f"\n\n{CUT}:\n\n{fence(text[end:])}" if end else ""
    return quoted + rest


# -- blocks ------------------------------------------------------------------------------------


def _lines(leaves: Sequence[Leaf]) -> Iterator[str]:
    """Yield the lines of a document in a quotation."""
    before: Leaf | None = None
    for block in _blocks(leaves):
        leaf = block[0]
        content = _content(block)
        if not content and leaf.opens >= len(leaf.path):
            continue
        path = leaf.path[:_DEEPEST]
        if before is not None and not _is_next_item(before, leaf):
            yield _prefix(path[: _common(before, leaf)]).rstrip()
        first = _prefix(path, leaf.opens)
        yield from _prefixed(content or [""], first, _prefix(path))
        before = leaf
    if before is None:
        yield ">"


def _blocks(leaves: Sequence[Leaf]) -> Iterator[list[Leaf]]:
    """Yield the pieces of each block."""
    block: list[Leaf] = []
    for leaf in leaves:
        if block and not leaf.follows:
            yield block
            block = []
        block.append(leaf)
    if block:
        yield block


def _prefixed(lines: list[str], first: str, rest: str) -> Iterator[str]:
    for number, line in enumerate(lines):
        prefix = rest if number else first
        yield prefix + line if line else prefix.rstrip()


def _prefix(path: Sequence[Container], opens: int | None = None) -> str:
    """What stands before a line, the markers of those from `opens` on included."""
    pieces = ["> "]
    for depth, container in enumerate(path):
        marker = _marker(container)
        opened = opens is not None and depth >= opens
        pieces.append(marker if opened or not container.is_item else " " * len(marker))
    return "".join(pieces)


def _marker(container: Container) -> str:
    if not container.is_item:
        return "> "
    number = container.number if container.mark in ".)" else ""
    return f"{number}{container.mark} "


def _common(before: Leaf, leaf: Leaf) -> int:
    pairs = zip(before.path, leaf.path, strict=False)
    count = 0
    for one, other in pairs:
        if one is not other:
            break
        count += 1
    return min(count, leaf.opens)


def _is_next_item(before: Leaf, leaf: Leaf) -> bool:
    """Whether a leaf begins the item behind another, with no blank line between."""
    depth = leaf.opens
    if leaf.after_blank or depth >= min(len(before.path), len(leaf.path), _DEEPEST):
        return False
    return 0 < leaf.path[depth].list_number == before.path[depth].list_number


def _content(block: list[Leaf]) -> list[str]:
    """The lines of a block, without what stands before them."""
    match block[0]:
        case TextLeaf():
            return _text([leaf for leaf in block if isinstance(leaf, TextLeaf)])
        case Code():
            return _code([leaf for leaf in block if isinstance(leaf, Code)])
        case TableRow():
            return _table([leaf for leaf in block if isinstance(leaf, TableRow)])
        case ThematicBreak():
            return ["___"]
    return []


def _text(pieces: list[TextLeaf]) -> list[str]:
    rows: list[list[Run]] = []
    for piece in pieces:
        if piece.hidden:
            continue
        first, *others = piece.rows or [[]]
        if rows and piece.follows:
            rows[-1] = [*rows[-1], *first]
        else:
            rows.append(list(first))
        rows += map(list, others)
    level = pieces[0].level
    written = [line for line in map(_inline, rows) if line]
    if level:
        return [f"{'#' * min(level, 6)} {' '.join(written)}".rstrip()]
    task = {None: "", True: "[x] ", False: "[ ] "}[pieces[0].task]
    lines = [line.rstrip() + "  " for line in map(_at_start, written)]
    if lines:
        lines[-1] = lines[-1].rstrip()
        lines[0] = task + lines[0]
    return lines


def _code(pieces: list[Code]) -> list[str]:
    lines: list[str] = []
    for piece in pieces:
        rows = ["".join(run.text for run in row) for row in piece.highlighted()]
        if lines and piece.joined and rows:
            lines[-1] += rows.pop(0)
        lines += rows
    if pieces[0].kind.role == Role.HTML:
        said = [_at_start(_escaped(line)) for line in lines if line.strip()]
        return [line + "  " for line in said[:-1]] + said[-1:]
    return fence("\n".join(lines), pieces[0].kind.language).split("\n")


def _table(rows: list[TableRow]) -> list[str]:
    lines: list[str] = []
    rules = {"left": "---", "right": "---:", "center": ":---:"}
    for row in rows:
        cells = [_inline(cell, in_table=True) for cell in row.rows]
        lines.append(f"| {' | '.join(cells)} |")
        if row.head:
            lines.append(f"| {' | '.join(rules[each] for each in row.table.columns)} |")
    return lines


# -- in a line ---------------------------------------------------------------------------------


def _inline(runs: Iterable[Run], *, in_table: bool = False) -> str:
    """The runs of a line: links around emphasis around code and text."""
    written = _Written(in_table=in_table)
    linked = [(link, list(group)) for link, group in groupby(runs, _link_of)]
    for number, (link, group) in enumerate(linked):
        following = _first_of(linked[number + 1][1]) if number + 1 < len(linked) else ""
        written.link(link, group, following)
    return written.text.strip()


def _link_of(run: Run) -> str:
    return run.link if run.style & LINK else ""


def _first_of(runs: Sequence[Run]) -> str:
    return next((run.text[0] for run in runs if run.text), "")


class _Written:
    """Writes one line."""

    def __init__(self, *, in_table: bool) -> None:
        self.text = ""
        self._in_table = in_table
        self._last = ""  # the last character that was said

    def link(self, link: str, runs: list[Run], following: str) -> None:
        target = quote(link, safe=_IN_ADDRESSES, errors="replace").replace("&", "&amp;")
        if target:
            self.text += "["
            self._last = "["
        self._styled(runs, 0, "]" if target else following)
        if target:
            self.text += f"]({target})"
            self._last = ")"

    def _styled(self, runs: list[Run], depth: int, following: str) -> None:
        """Write runs in emphasis of one kind after the other, from the outermost on."""
        if depth == len(_MARKS):
            self._plain(runs)
            return
        flag, mark = _MARKS[depth]
        groups = [(on, list(group)) for on, group in groupby(runs, lambda r: r.style & flag)]
        for number, (on, group) in enumerate(groups):
            after = _first_of(groups[number + 1][1]) if number + 1 < len(groups) else following
            shown = mark if on and self._may_mark(group, after) else ""
            self.text += shown
            self._styled(group, depth + 1, "*" if shown else after)
            self.text += shown
            if shown:
                self._last = "x"  # so that no other mark follows at once

    def _may_mark(self, runs: Sequence[Run], after: str) -> bool:
        """Whether marks here are read by all as what begins and ends (CommonMark 6.2)."""
        said = "".join(run.text for run in runs)
        return (
            bool(said)
            and _turns(self._last, said[0])
            and _turns(after, said[-1])
            and not self.text.endswith(("*", "~"))
        )

    def _plain(self, runs: list[Run]) -> None:
        for code, group in groupby(runs, lambda run: run.style & SPAN):
            said = "".join(run.text for run in group)
            whole = code and not (self._in_table and ("|" in said or "\\" in said))
            self.text += code_span(said) if whole else _escaped(said)
            self._last = said[-1:] or self._last


def _turns(outside: str, inside: str) -> bool:
    """Whether a mark between two characters can only belong to the one inside."""
    if inside.isspace():
        return False
    if not outside or outside.isspace():
        return True
    return outside.isascii() and not outside.isalnum() and inside.isalnum()
