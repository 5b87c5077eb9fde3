"""A comparison as Markdown to paste into an issue: whatever was said, it can't break out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui._version import __version__
from codex_tui.comparison.answers import answers, more_told, runs_told, times_told
from codex_tui.comparison.left_out import LEFT_OUT
from codex_tui.exports.safe_markdown import code_span, escaped, fence
from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from codex_tui.comparison import Comparison
    from codex_tui.comparison.answers import Question
    from codex_tui.comparison.discrepancies import Discrepancy
    from codex_tui.comparison.figure_pairs import FigurePair
    from codex_tui.comparison.texts import TextDiff
    from codex_tui.comparison.turns import ComparedFile, ComparedTurns, TurnPair
    from codex_tui.figures.spread import FigureSpread

_MOST = 50
_LONG = 2000  # characters of a text that are not folded away


def write(turns: ComparedTurns, asked: Collection[Question], masked: str) -> Iterator[bytes]:
    """Yield the document."""
    yield _bytes(f"## {_files(turns.a)} and {_files(turns.b)}\n\n")
    for pair in turns.pairs:
        yield _bytes(_turn(pair, asked, several=len(turns.pairs) > 1))
    for sentence in turns.missing:
        yield _bytes(f"**{escaped(sentence)}**\n\n")
    yield _bytes(
        f"<sub>codex-tui {__version__} · left out: {escaped(', '.join(LEFT_OUT))} ·"
        f" {escaped(masked)}</sub>\n"
    )


def _files(files: Sequence[ComparedFile]) -> str:
    return ", ".join(code_span(clean_line(file.name)) for file in files)


def _turn(pair: TurnPair, asked: Collection[Question], *, several: bool) -> str:
    comparison = pair.comparison
    head = f"### Turn {pair.a} and turn {pair.b}\n\n" if several else ""
    rows = [f"| question | A → B ({runs_told(comparison.runs)}) |", "| --- | --- |"]
    for each in answers(comparison):
        if each.question in asked:
            said = f"**{escaped(clean_line(each.text))}**" if each.differs else escaped(each.text)
            rows.append(f"| {each.asked} | {said} |")
    parts = [head + "\n".join(rows) + "\n\n"]
    parts.append(_differences([d for d in comparison.differences if d.kind in asked]))
    parts += [_text(text) for text in comparison.texts if "text" in asked and not text.alike]
    parts.append(_figures(comparison) if "time" in asked else "")
    return "".join(parts)


def _differences(found: Sequence[Discrepancy]) -> str:
    if not found:
        return ""
    rows = ["| | A | B | what differs |", "| --- | ---: | ---: | --- |"]
    for each in found[:_MOST]:
        cells = (each.kind, _place(each.a), _place(each.b), each.sentence)
        rows.append(f"| {' | '.join(escaped(clean_line(cell)) for cell in cells)} |")
    left = len(found) - _MOST
    more = f"\nand {left:,} more\n" if left > 0 else ""
    return "\n".join(rows) + f"\n{more}\n"


def _place(number: int | None) -> str:
    return "" if number is None else f"#{number}"


def _text(text: TextDiff) -> str:
    """The words of a text, as `git diff --word-diff` marks them."""
    said = "".join(_MARKS[hunk.state].format(hunk.text) for hunk in text.hunks)
    body = fence(said, "")
    head = f"**{escaped(clean_line(text.of[:1].upper() + text.of[1:]))}**"
    if len(said) <= _LONG:
        return f"{head}\n\n{body}\n\n"
    counts = f"{units.count(text.words('removed'), 'word')} removed, {text.words('added'):,} added"
    return f"{head}\n\n<details><summary>{counts}</summary>\n\n{body}\n\n</details>\n\n"


_MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}


def _figures(comparison: Comparison) -> str:
    rows = ["| figure | A | B | B − A | B ÷ A |", "| --- | ---: | ---: | ---: | ---: |"]
    for pair in comparison.figures:
        cells = (
            *(pair.figure.name, _value(pair, pair.a), _value(pair, pair.b)),
            *(more_told(pair), times_told(pair.times)),
        )
        rows.append(f"| {' | '.join(map(escaped, cells))} |")
    if not comparison.figures:
        return ""
    return "<details><summary>Figures</summary>\n\n" + "\n".join(rows) + "\n\n</details>\n\n"


def _value(pair: FigurePair, spread: FigureSpread | None) -> str:
    return "" if spread is None else spread.words(pair.figure)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
