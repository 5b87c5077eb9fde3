"""What is wrong in a configuration, in one line: the place, the key, and what to do about it."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEADER = re.compile(r"\s*\[\[?\s*(?P<path>[^\[\]#]+?)\s*\]")
_KEY = re.compile(r"\s*(?P<key>(?:\"[^\"]*\"|'[^']*'|[\w.-]|\s+(?=[.\"'\w]))+)\s*=")
_LONG_TEXT = re.compile(r"\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)", re.DOTALL)


class ConfigError(Exception):
    """A flag, a variable or a file of ours that can't be used; `str()` is the line to show.

    Args:
        message: What is wrong, and what to do.
        place: Where: a file, a variable's or a flag's name.
        line: The line in the file, from 1, where it is known.
        key: The key in the file, dotted, where there is one.
    """

    def __init__(
        self, message: str, place: str = "", line: int | None = None, key: str | None = None
    ) -> None:
        where = place if line is None else f"{place}:{line}"
        super().__init__(clean_line(f"{where}: {message}" if where else message))
        self.place = place
        self.line = line
        self.key = key


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """Where a key stands in a TOML document, from 1; None where it can't be told.

    tomllib keeps no positions, so this looks for the text: enough for a file that has just been
    read without an error.
    """
    path = _spelled(path)
    table: tuple[str, ...] = ()
    for number, line in enumerate(_LONG_TEXT.sub(_blank, text).split("\n"), 1):
        if header := _HEADER.match(line):
            table = _split(header["path"])
            found = table
        elif key := _KEY.match(line):
            found = table + _split(key["key"])
        else:
            continue
        if found[: len(path)] == path:
            return number
    return line_of(text, path[:-1]) if len(path) > 1 else None


def suggestion(name: str, known: Iterable[str], named: Iterable[str] = ()) -> str:
    """A hint at the nearest known name, or all of them when none is near.

    Args:
        name: What is not known.
        known: What is.
        named: Which of these are named, where there are too many; the others are counted.
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    said = sorted(named) or names
    more = f", and {len(names) - len(said)} more" if len(said) < len(names) else ""
    return f"it can be: {', '.join(said)}{more}"


def _split(path: str) -> tuple[str, ...]:
    parts = re.findall(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)", path)
    return _spelled(tuple(next(filter(None, part), "") for part in parts))


def _spelled(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path as it is looked for: a hyphen is an underscore, as in the keys of the file."""
    return tuple(part.replace("-", "_") for part in path)


def _blank(found: re.Match[str]) -> str:
    """The line ends of a text over several lines, which has no keys, however it looks."""
    return "''" + "\n" * found[0].count("\n")
