"""The message in an error of any shape, also where a bridge put its upstream's JSON into a text.

It is foreign: looked through without trust in its depth, size or kind.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_MESSAGE = 500

_NAMES = ("error", "message", "detail", "msg", "errors", "error_description", "description")
_LAST_RESORTS = ("title", "reason", "code", "type", "status")
_CODES = ("code", "type", "reason", "status", "error_type")
_DEEPEST = 8
_MOST_OF_A_LIST = 3
_MOST = 64 * 1024  # characters of a text in which JSON is looked for
_CODE = re.compile(r"<(script|style)\b", re.IGNORECASE)
_TITLE = re.compile(r"<(title|h1)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_QUOTED = re.compile(r"b?['\"]\Z")
_decode = json.JSONDecoder().raw_decode


def message_of(body: bytes) -> str:
    """The message in the body of an error: of JSON of any shape, of HTML, or the text itself.

    One line, at most `LONGEST_MESSAGE` characters; empty where the body says nothing.
    """
    text = body.decode("utf-8", "replace").strip("\ufeff \t\r\n\0")
    try:
        found = message_in(json.loads(text)) if text[:1] in {"{", "[", '"'} else None
    except (ValueError, RecursionError):
        found = None
    if found is None:
        found = _of_html(text) if text.startswith("<") else text
    return one_line(found)


def _of_html(text: str) -> str:
    """The title, else the first heading, else the text; in time linear in a hostile page."""
    if title := _TITLE.search(text):
        shown = text[title.end() : _end_of(title[1], text, title.end())]
    else:
        shown = "".join(_without_code(text))
    from html import unescape  # with thousands of names, and most streams have no page

    return unescape(_TAG.sub(" ", shown))


def _end_of(tag: str, text: str, start: int) -> int:
    """Where an element ends that has no other in it; the end of the text where it doesn't."""
    # Not found in the text in small letters, which may be longer: İ becomes two characters.
    end = re.compile(f"</{tag}", re.IGNORECASE).search(text, start)
    return end.start() if end else len(text)


def _without_code(text: str) -> Iterator[str]:
    start = 0
    for found in _CODE.finditer(text):
        if found.start() < start:
            continue
        yield text[start : found.start()]
        start = _end_of(found[1], text, found.end())
    yield text[start:]


def message_in(value: object, depth: int = _DEEPEST) -> str | None:
    """Return the first text under the names that servers use, the usual ones first; or None."""
    match value:
        case str():
            return _without_json(value, depth) or None
        case list() if depth:
            found = [message_in(item, depth - 1) for item in value[:_MOST_OF_A_LIST]]
            return "; ".join(filter(None, found)) or None
        case dict() if depth:
            names = (*_NAMES, *_LAST_RESORTS)
            named = (message_in(value.get(name), depth - 1) for name in names)
            return _with_place(next(filter(None, named), None), value.get("loc"))
        case _:
            return None


def one_line(text: str) -> str:
    """Return a message on one line, no longer than `LONGEST_MESSAGE` characters."""
    line = " ".join(text[: 4 * LONGEST_MESSAGE].split())
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def codes_in(value: object, depth: int = _DEEPEST) -> Iterator[str]:
    """Yield the words by which an error says of what kind it is, and those of errors inside it."""
    match value:
        case str() if depth and (found := _json_in(value)):
            yield from codes_in(found[1], depth - 1)
        case list() if depth:
            for each in value[:_MOST_OF_A_LIST]:
                yield from codes_in(each, depth - 1)
        case dict() if depth:
            said = (value.get(name) for name in _CODES)
            yield from (str(word) for word in said if isinstance(word, str | int) and word)
            for name in _NAMES:
                yield from codes_in(value.get(name), depth - 1)


def _without_json(text: str, depth: int) -> str:
    """The text; where JSON stands in it that has a message, that message in its place."""
    if not depth or (found := _json_in(text)) is None:
        return text
    start, value, end = found
    message = message_in(value, depth - 1)
    if message is None:
        return text
    before, after = text[:start], text[end:]
    if quote := _QUOTED.search(before):  # bytes as Python prints them
        before, after = before[: quote.start()], after.removeprefix(quote[0][-1])
    return f"{before}{message}{after}".strip()


def _json_in(text: str) -> tuple[int, Any, int] | None:
    """The object that begins at the first brace of a text: where, what, and where it ends."""
    start = text[:_MOST].find("{")
    if start < 0:
        return None
    try:
        value, end = _decode(text, start)
    except (ValueError, RecursionError):
        return None
    return start, value, end


def _with_place(message: str | None, place: object) -> str | None:
    """FastAPI says beside each message where in the request the mistake is."""
    if message and isinstance(place, list) and all(isinstance(p, str | int) for p in place):
        return ".".join(map(str, place)) + ": " + message
    return message


def status_words(status: int) -> str:
    """The status and its name."""
    from http import HTTPStatus  # not before a server has refused something

    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
