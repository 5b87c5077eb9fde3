"""The table of fields, read: what is demanded of a field, and how bad it is to break it.

`field_table.json` is made of published files by a script, and its rows are explained there. Where
sources disagree, the lower level counts: what one of them allows is no error.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, json

if TYPE_CHECKING:
    from codex_tui.findings.rules import Level

TABLE = Path(__file__).with_name("field_table.json")

OPEN_RESPONSES = "open-responses"

_SOURCES = {OPEN_RESPONSES: "r"}
_OFFICIAL = "os"  # the sources of any other specification
_SAYS = re.compile(r"([osr]+) ([!?])([^,\s]+)")
_SINCE = " since "


class _Said(Struct, frozen=True):
    """What one source says of a field: whether it has to be there, and what it may be."""

    required: bool
    types: frozenset[str]


class FieldRow(Struct, frozen=True):
    """What one specification demands of a field.

    Attributes:
        name: The field.
        types: What it may be, by any of the sources: JSON types, shapes in angle brackets, values
            in quotes.
        missing: How bad it is that it is not there; None where it may be absent.
        wrong: How bad it is that it is something else.
        since: The first second, in Unix time, from which the official API sends it; infinite where
            it never did, and minus infinity where it always has.
        late: Whether the official API sends it only when the item is done.
    """

    name: str
    types: frozenset[str]
    missing: Level | None
    wrong: Level
    since: float = -inf
    late: bool = False


class FieldTable(Struct, frozen=True):
    """The whole table, as its file has it.

    Attributes:
        about: What it is, and how to read a row.
        sources: What it was made of, by the letters that rows use.
        undocumented: Types of events that the official API sends and no source has.
        shapes: A row for each field of each shape.
    """

    about: str
    sources: dict[str, dict[str, str]]
    undocumented: frozenset[str]
    shapes: dict[str, dict[str, str]]

    def rows(self, shape: str, spec: str) -> tuple[FieldRow, ...] | None:
        """Return what a specification demands of a shape; None where it has no such shape."""
        said = {name: _said(row) for name, row in self.shapes.get(shape, {}).items()}
        letters = _SOURCES.get(spec, _OFFICIAL)
        having = [by for by in letters if any(by in each for each in said.values())]
        if not having:
            return None
        agreed: Level = "error" if len(having) == len(letters) else "warning"
        found = {name: [each.get(by) for by in having] for name, each in said.items()}
        return tuple(
            _demanded(name, each, self.shapes[shape][name], agreed)
            for name, each in found.items()
            if any(each)
        )


@cache
def field_table() -> FieldTable:
    """Return the table; it is read once."""
    return json.decode(TABLE.read_bytes(), type=FieldTable)


def _said(row: str) -> dict[str, _Said]:
    return {
        letter: _Said(need == "!", frozenset(types.split("|")))
        for letters, need, types in _SAYS.findall(row.partition(_SINCE)[0])
        for letter in letters
    }


def _demanded(name: str, said: list[_Said | None], row: str, agreed: Level) -> FieldRow:
    """What comes of what each source says that has the shape; None where it lacks the field.

    Args:
        name: The field.
        said: What each says.
        row: The row itself.
        agreed: How bad it is to break what all of them say.
    """
    known = [each for each in said if each is not None]
    level: Level = agreed if len(known) == len(said) else "warning"
    missing = _missing(known, agreed, all_know=len(known) == len(said))
    since = row.partition(_SINCE)[2]
    types = frozenset[str]().union(*(each.types for each in known))
    return FieldRow(name, types, missing, level, _since(since), late=since == "done")


def _missing(known: list[_Said], agreed: Level, *, all_know: bool) -> Level | None:
    """How bad it is to leave a field out: a note where one source requires it and another not.

    That the SDK has a default for what may be null is how it writes that, and no disagreement.
    """
    required = [each for each in known if each.required]
    if not required:
        return None
    nullable = all("null" in each.types for each in known)
    return agreed if all_know and (len(required) == len(known) or nullable) else "note"


def _since(day: str) -> float:
    if day == "never":
        return inf
    return datetime.fromisoformat(f"{day}T00:00Z").timestamp() if day[:1].isdigit() else -inf


_WORDS = {"null": "null", "any": "anything", "boolean": "true or false"}


def words_of(types: frozenset[str]) -> str:
    """Return what a field may be, in words: "a string, an array or null"."""
    values = sorted(each.strip("'") for each in types if each.startswith("'"))
    words = {_word(each) for each in types if not each.startswith("'")}
    closed = [f"one of {', '.join(values)}" if len(values) > 1 else values[0]] if values else []
    *most, last = [*closed, *sorted(words, key=lambda word: (word == "null", word))]
    return f"{', '.join(most)} or {last}" if most else last


def _word(type_: str) -> str:
    plain = type_.partition("<")[0] or "object"
    return _WORDS.get(type_) or f"{'an' if plain[0] in 'aio' else 'a'} {plain}"
