"""Link targets and link reference definitions (CommonMark §4.7, §6.3), and which targets are safe.

Only http, https and mailto can ever be opened from a document; everything else stays text.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SAFE = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s?])\S*\Z", re.IGNORECASE)
_ANGLE = re.compile(r"<((?:[^<>\n\\]|\\.)*)>")
_TITLE = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\))""", re.DOTALL)
_BLANKS = re.compile(r"[ \t]*\n?[ \t]*")
_DEFINITION = re.compile(r"\[((?:[^\\\[\]]|\\.){1,999})\]:", re.DOTALL)
_LINE_END = re.compile(r"[ \t]*(?:\n|\Z)")
_URL = re.compile(r"[^\s<>\"`|“”「」（）。，、]+")
_DEPTH = 32


def safe_target(target: str) -> str:
    """Return the target if it is one that may be opened, else an empty string."""
    return target if _SAFE.match(target) else ""


def normalized(label: str) -> str:
    """Return a label as labels are compared."""
    return " ".join(label.split()).casefold()


def inline_target(text: str, start: int) -> tuple[str, int] | None:
    """Read `target "title")` from after the parenthesis; return the target and the end."""
    position = _blanks(text, start)
    target = _destination(text, position)
    if target is None:
        return None
    url, position = target
    after = _blanks(text, position)
    if after > position and (title := _TITLE.match(text, after)):
        after = _blanks(text, title.end())
    return (url, after + 1) if text.startswith(")", after) else None


def _blanks(text: str, start: int) -> int:
    found = _BLANKS.match(text, start)
    return found.end() if found else start


def _destination(text: str, start: int) -> tuple[str, int] | None:
    if text.startswith("<", start):
        found = _ANGLE.match(text, start)
        return (_plain(found[1]), found.end()) if found else None
    end = _bare_end(text, start)
    return None if end is None else (_plain(text[start:end]), end)


def _bare_end(text: str, start: int) -> int | None:
    """Find the end of a destination without brackets, whose parentheses must be balanced."""
    depth, position = 0, start
    while position < len(text):
        character = text[position]
        if character == "\\" and position + 1 < len(text) and text[position + 1] > " ":
            position += 2
            continue
        if character == ")" and not depth:
            break
        if character <= " " or character == "\x7f":
            break
        depth += (character == "(") - (character == ")")
        if depth > _DEPTH:
            return None
        position += 1
    return None if depth else position


def _plain(target: str) -> str:
    return unescape(_ESCAPE.sub(r"\1", target))


class Definition(NamedTuple):
    """A link reference definition."""

    label: str
    target: str


def take_definition(text: str, *, final: bool) -> tuple[Definition, int] | None:
    """Read a definition at the start of a paragraph; return it and where it ends.

    Unless the paragraph is `final`, a definition that the next line may go on with is left.
    """
    head = _DEFINITION.match(text)
    if head is None or not head[1].strip():
        return None
    begin = _blanks(text, head.end())
    found = _destination(text, begin)
    if found is None or (found[1] == begin):
        return None
    target, end = found
    stop = _definition_end(text, end)
    if stop is None or (stop >= len(text) and not final):
        return None
    return Definition(normalized(head[1]), target), stop


def _definition_end(text: str, end: int) -> int | None:
    """Return the end of a definition whose destination ends at `end`, with its title if any."""
    after = _blanks(text, end)
    title = _TITLE.match(text, after) if after > end else None
    if title and (rest := _LINE_END.match(text, title.end())):
        return rest.end()
    rest = _LINE_END.match(text, end)
    return rest.end() if rest else None


def bare_url(text: str, start: int, *, bracketed: bool) -> int:
    """Return the end of a URL in plain text (GFM §6.9), or `start` where there is none."""
    if start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        return start
    found = _URL.match(text, start)
    end = found.end() if found else start
    if bracketed and (close := text.find("]", start, end)) >= 0:
        end = close
    end = _without_tail(text, start, end)
    prefix = "www." if text[start] == "w" else "://"
    host = text[start:end].partition(prefix)[2]
    return end if host[:1].isalnum() or host[:1] == "[" else start


def _without_tail(text: str, start: int, end: int) -> int:
    """Leave out the punctuation that ends a sentence rather than a URL."""
    while end > start:
        last = text[end - 1]
        if last == ")" and text.count("(", start, end) >= text.count(")", start, end):
            break
        if last not in "?!.,:;*_~'\")":
            break
        end -= 1
    return end
