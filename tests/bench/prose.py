"""Markdown as models write it, of any length and the same in every run."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

from tests.bench.streams import words

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = ("fence", "list", "table", "paragraph")


def prose(size: int) -> str:
    """Headings, paragraphs, lists, fences, tables and quotes in turn."""
    pieces: list[str] = []
    length = 0
    for number in count(1):
        piece = _section(number)
        pieces.append(piece)
        length += len(piece)
        if length >= size:
            return "".join(pieces)[:size]
    raise AssertionError


def block(kind: str, size: int) -> str:
    """One block that stays open, however long it is."""
    lines = _BLOCKS[kind]()
    text = ""
    while len(text) < size:
        text += "".join(islice(lines, 50))
    return text[:size]


def _say(count: int, start: int = 0) -> str:
    return "".join(islice(words(), start % 29, start % 29 + count)).strip()


def _section(number: int) -> str:
    say = [_say(12 + (number * step) % 17, number * step) for step in range(1, 8)]
    return (
        f"## {number}. Why {say[0]}\n\n"
        f"{say[1].capitalize()}, and **{say[2]}** in `worker_{number}.py`: {say[3]}. "
        f"See [the queue](https://example.com/queue/{number}) and *{say[4]}*.\n\n"
        f"- {say[5]}\n- `job.tries` {say[6]}\n  - {say[1]}\n\n"
        f"```python\ndef retry_{number}(job: Job, limit: int = {number}) -> None:\n"
        f'    """{say[2].capitalize()}."""\n'
        f"    if job.tries > limit:  # {say[0][:30]}\n        raise GaveUp(job)\n"
        f"    queue.put(job)\n```\n\n"
        f"| step | what | time |\n|---|:--|--:|\n| {number} | {say[3][:30]} | 0.{number} s |\n"
        f"| {number + 1} | {say[4][:30]} | 1.{number} s |\n\n"
        f"> {say[5]}\n> {say[6]}\n\n{say[0]} {say[3]} {say[5]}.\n\n"
    )


def _fence() -> Iterator[str]:
    yield "```python\n"
    for number in count(1):
        yield f"    value_{number} = compute({number}, name='{_say(2, number)}')  # {number}\n"


def _list() -> Iterator[str]:
    for number in count(1):
        yield f"- **{number}** {_say(8 + number % 9, number)} in `file_{number}.py`\n"


def _table() -> Iterator[str]:
    yield "| number | what | time |\n|---|:--|--:|\n"
    for number in count(1):
        yield f"| {number} | {_say(4 + number % 4, number)} | 0.{number} s |\n"


def _paragraph() -> Iterator[str]:
    for number in count(1):
        yield f"{_say(15, number)} **{_say(2, number)}** `name_{number}`, "


_BLOCKS = {"fence": _fence, "list": _list, "table": _table, "paragraph": _paragraph}
