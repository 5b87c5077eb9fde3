"""Cassettes: exchanges that the tests of programs have recorded as YAML (VCR, vcrpy, go-vcr).

Of YAML no more is read than such files have: keys, and the scalars behind them.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from codex_tui.formats.exchanges import SavedExchange, body_of
from codex_tui.formats.traffic import SavedTraffic, TrafficReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.formats.readers import Body, Bounds
    from codex_tui.recording.records import Record

_BEGINS = re.compile(rb"^(?:(?:http_)?interactions|requests):[ \t]*\r?$", re.MULTILINE)
_HAS = re.compile(rb"^ *(?:- )?(?:request|body|uri|url|method):", re.MULTILINE)


def is_cassette(head: bytes) -> bool:
    """Whether some bytes begin as a cassette."""
    found = _BEGINS.search(head)
    return found is not None and _HAS.search(head, found.end()) is not None


def cassette_reader(bounds: Bounds, body: Body) -> TrafficReader:
    """Return what reads a cassette; `body` makes a reader for a body."""
    return TrafficReader(SavedTraffic("cassette", bounds, body), _records)


def _records(data: bytes, saved: SavedTraffic) -> Iterator[Record]:
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    tape = _Tape()
    for each in _entries(text):
        tape.take(each)
    for asked, answered in zip_longest(tape.requests, tape.responses):
        yield from saved.exchange(_exchange(asked or _Side(), answered or _Side(), saved.bounds))


def _exchange(asked: _Side, answered: _Side, bounds: Bounds) -> SavedExchange:
    data, unread, limit = answered.body, "", ""
    if data is not None:
        data, unread, limit = body_of(data, answered.headers, bounds)
    return SavedExchange(
        "cassette",
        method=asked.words.get("method", "").upper(),
        url=asked.words.get("uri") or asked.words.get("url", ""),
        sent=asked.headers,
        asked=_loaded(asked.body),
        status=answered.status,
        headers=answered.headers,
        data=data,
        unread=unread,
        limit=limit,
    )


def _loaded(body: bytes | None) -> Any:
    try:
        return json.loads(body or b"")
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace") if body else None


# -- requests and answers --------------------------------------------------------------------------


@dataclass(slots=True)
class _Side:
    """A request, or an answer."""

    words: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def status(self) -> int:
        said = self.words.get("code") or self.words.get("status", "")
        number = said.partition(" ")[0]
        return int(number) if number.isascii() and number.isdecimal() and len(number) < 4 else 200


class _Tape:
    """The requests and answers of a cassette, in the order in which they stand."""

    def __init__(self) -> None:
        self.requests: list[_Side] = []
        self.responses: list[_Side] = []
        self._side: _Side | None = None
        self._list: list[_Side] | None = None  # whose members begin with a dash
        self._headers = -1  # how far the key of the headers is indented
        self._header = ""

    def take(self, entry: _Entry) -> None:
        """Take in what stands next."""
        if self._begins(entry) or self._side is None:
            return
        if 0 <= self._headers < entry.indent:
            self._take_header(entry)
            return
        self._headers = entry.indent if entry.key == "headers" else -1
        if entry.key in ("body", "string", "base64_string") and entry.value is not None:
            coded = entry.key == "base64_string"
            self._side.body = _base64(entry.value) if coded else entry.value
        elif entry.value is not None:
            said = entry.value.decode("utf-8", "replace")
            self._side.words.setdefault(entry.key, said)

    def _begins(self, entry: _Entry) -> bool:
        """Begin a request or an answer where a key does; whether it says no more than that."""
        sides = {"request": self.requests, "response": self.responses}
        many = {"requests": self.requests, "responses": self.responses}
        if entry.key in many and not entry.indent:
            self._list, self._side = many[entry.key], None
        elif entry.key in sides and entry.value is None and self._list is None:
            self._begin(sides[entry.key])
        elif self._list is not None and entry.item and entry.indent <= _DASH:
            self._begin(self._list)
            return False
        else:
            return False
        return True

    def _begin(self, sides: list[_Side]) -> None:
        self._side = _Side()
        self._headers = -1
        sides.append(self._side)

    def _take_header(self, entry: _Entry) -> None:
        self._header = entry.key.lower() or self._header
        if entry.value is not None and self._side is not None:
            self._side.headers.setdefault(self._header, entry.value.decode("utf-8", "replace"))


# -- as much of YAML as that takes -----------------------------------------------------------------

_DASH = 2
_LINE = re.compile(r"( *)((?:- +)*)(?:([\w.-]+):(?=[ \n]|\Z) *|(?=[^\n]))")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*+)"?', re.DOTALL)
_SINGLE = re.compile(r"'((?:[^']|'')*+)'?")
_TAG = re.compile(r"!!?(\w+) +")
_BLOCK = re.compile(r"([|>])(?=[+-]?(\d?))[-+\d]*[ \t]*\n")
_FOLDED = re.compile(r"[ \t]*\n[ \t]*((?:\n[ \t]*)*)")
_ESCAPED = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\n[ \t]*|(.))"
    r"|[ \t]*\n[ \t]*((?:\n[ \t]*)*)",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "e": "\x1b", "f": "\f"}
_OTHER_ESCAPES = {"a": "\a", "v": "\v", "_": "\xa0", "N": "\x85", "L": "\u2028", "P": "\u2029"}


class _Entry(NamedTuple):
    """A key with its scalar, or a scalar alone in a list; `value` is None where there is none."""

    indent: int
    item: bool
    key: str
    value: bytes | None


def _entries(text: str) -> Iterator[_Entry]:
    position = 0
    while position < len(text):
        found = _LINE.match(text, position)
        if found is None or (found[3] is None and not found[2]):
            position = _end_of_line(text, position)
            continue
        indent = len(found[1]) + len(found[2])
        value, position = _scalar(text, found.end(), indent if found[3] else len(found[1]))
        yield _Entry(indent, bool(found[2]), found[3] or "", value)


def _end_of_line(text: str, position: int) -> int:
    return text.find("\n", position) + 1 or len(text)


def _scalar(text: str, start: int, indent: int) -> tuple[bytes | None, int]:
    """The scalar that begins somewhere, and where the next line begins."""
    tag = _TAG.match(text, start)
    start = tag.end() if tag is not None else start
    if (block := _BLOCK.match(text, start)) is not None:
        said, end = _block(text, block, indent)
    elif (quoted := _DOUBLE.match(text, start)) is not None:
        said, end = _ESCAPED.sub(_unescaped, quoted[1]), _end_of_line(text, quoted.end())
    elif (quoted := _SINGLE.match(text, start)) is not None:
        said = _FOLDED.sub(_unfolded, quoted[1]).replace("''", "'")
        end = _end_of_line(text, quoted.end())
    else:
        end = _end_of_line(text, start)
        said = text[start:end].strip()
        if said in ("", "null", "~"):
            return None, end
    data = said.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()
    return (_base64(data) if tag is not None and tag[1] == "binary" else data), end


def _block(text: str, begun: re.Match[str], indent: int) -> tuple[str, int]:
    """The lines of a block that are indented further than its key, without that indent."""
    kind, position = begun[0], begun.end()
    lines: list[str] = []
    margin = indent + int(begun[2]) if begun[2] else 0
    while position < len(text):
        end = _end_of_line(text, position)
        line = text[position:end].removesuffix("\n")
        if line.strip():
            margin = margin or len(line) - len(line.lstrip(" "))
            if len(line) - len(line.lstrip(" ")) <= indent:
                break
        lines.append(line[margin or len(line) :])
        position = end
    said = "\n".join(lines) + "\n"
    if kind.startswith(">"):
        said = _FOLDED.sub(_unfolded, said)
    return (said if "+" in kind else said.rstrip("\n") + "\n" * ("-" not in kind)), position


def _unfolded(found: re.Match[str]) -> str:
    return "\n" * found[1].count("\n") or " "


def _unescaped(found: re.Match[str]) -> str:
    if (digits := found[1] or found[2] or found[3]) is not None:
        number = int(digits, 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    if (letter := found[4]) is not None:
        return _ESCAPES.get(letter) or _OTHER_ESCAPES.get(letter) or letter
    return "" if found[5] is None else "\n" * found[5].count("\n") or " "


def _base64(value: bytes) -> bytes:
    try:
        return b64decode(b"".join(value.split()))
    except (Base64Error, ValueError):
        return value
