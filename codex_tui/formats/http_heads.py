"""The output of `curl -i`: the heads of HTTP responses (RFC 9112, 4), then a body of any format."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from codex_tui.formats.http_chunks import Chunks, is_chunked, may_be_chunked
from codex_tui.formats.readers import Unrecognized
from codex_tui.recording.records import EndRecord, ResponseRecord, recordable_response
from codex_tui.wire.sse import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.formats.readers import AnyReader, Placed

START = b"HTTP/"
BEGINS = re.compile(rb"HTTP/|[A-Z]{3,7} \S+ HTTP/\d")

# No head goes on over the beginning of another: else of many that are not whole each would be gone
# over to the end of them all.
_HEAD = re.compile(
    rb"HTTP/\d(?:\.\d)? (\d{3})[^\n]{0,1000}\n"
    rb"((?:(?!HTTP/|[ \t]*\r?\n|(?:event|data): )[^\n]++\n)*+)(?:[ \t]*\r?\n|(?=(?:event|data): ))"
)
_NEXT = re.compile(rb"HTTP/\d(?:\.\d)? \d{3}[ \r\n]")
_LONGEST = 256 * 1024


def head_of(data: bytes) -> tuple[ResponseRecord, int] | None:
    """The last of the heads that some bytes begin with, and where its body begins.

    Heads of interim responses, of proxies and of redirects stand before it; a redirect's body is
    passed over. None where a head isn't whole, or more is needed to tell whether another follows.
    """
    found = _HEAD.match(data)
    while found is not None:
        body, status = found.end(), int(found[1])
        interim = status < 200 or status // 100 == 3
        following = (_NEXT.search if interim else _NEXT.match)(data, body)
        if following is None:
            rest = data[body : body + len(START)]
            waits = interim or (0 < len(rest) < len(START) and START.startswith(rest))
            return None if waits else (_response(found), body)
        found = _HEAD.match(data, following.start())
    return None


def last_head(data: bytes) -> tuple[ResponseRecord, int] | None:
    """The same where no more bytes come: the last head that is whole."""
    heads = list(_HEAD.finditer(data))
    return (_response(heads[-1]), heads[-1].end()) if heads else None


def response_of(head: bytes) -> ResponseRecord | None:
    """The response that a head says, with all its headers; None where it is not whole."""
    found = _HEAD.match(head)
    return ResponseRecord(1, None, int(found[1]), headers_of(found[2])) if found else None


def headers_of(lines: bytes) -> dict[str, str]:
    """The headers in the lines of a head, by their names in small letters."""
    pairs = (line.partition(":") for line in lines.decode("latin-1").splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _response(head: re.Match[bytes]) -> ResponseRecord:
    return recordable_response(ResponseRecord(1, None, int(head[1]), headers_of(head[2])))


def end_of_other(turn: int, t: float | None, status: int, body: bytes, why: str) -> EndRecord:
    """How an answer ended that is no stream: the server's word where it refused, and the body.

    Args:
        turn: The number of the turn.
        t: When it ended.
        status: The status of the answer.
        body: What came instead, of which not more than so much is kept.
        why: What that is, where the status says nothing of it.
    """
    text = body[:_LONGEST].decode("utf-8", "replace")
    if status >= 300:
        said = _message_in(text)
        sentence = f"The server answered with status {status}{f': {said}' if said else '.'}"
        return EndRecord(turn, t, "http_error", f"{sentence}\n{text}".strip())
    sentence = f"The body of the answer is no stream: {why}."
    return EndRecord(turn, t, "not_sse", f"{sentence}\n{text}".strip())


def _message_in(text: str) -> str:
    """What the JSON of an error says, on one line."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    value = value if isinstance(value, dict) else {}
    error = value.get("error")
    found = error if isinstance(error, dict) else value | {"message": error or value.get("message")}
    said = found.get("message") or found.get("detail")
    return " ".join(said.split()) if isinstance(said, str) else ""


class HttpReader:
    """Reads heads, and then the body.

    Args:
        body: Reads the body.
        turn: The number of its turn.
    """

    def __init__(self, body: AnyReader, turn: int = 1) -> None:
        self._body = body
        self._turn = turn
        self._held = b""
        self._head: ResponseRecord | None = None
        self._chunks: Chunks | None = None
        self._first: bytes | None = b""  # of the body, until it tells whether it is in chunks
        self._said = bytearray()  # the beginning of the body, which may be no stream

    @property
    def trouble(self) -> str:
        """What is wrong with the body."""
        if self._head is None:
            return "The head of the HTTP response is not whole."
        return "" if self._body.refusal is not None else self._body.trouble

    @property
    def limit(self) -> str:
        """The limit at which reading ended."""
        return self._body.limit

    @property
    def remarks(self) -> Sequence[str]:
        """What has to be known of the body."""
        if self._chunks is None:
            return self._body.remarks
        count = self._chunks.count
        said = f"Taken off: the sizes of {count:,} chunk{'' if count == 1 else 's'} of the body."
        return [said, *self._body.remarks]

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        if self._head is not None:
            return self._of_body(chunk)
        self._held = (self._held + chunk).removeprefix(BYTE_ORDER_MARK).lstrip()
        found = head_of(self._held)
        if found is None and len(self._held) > _LONGEST:
            found = last_head(self._held)
        return self._begin(found)

    def close(self) -> list[Placed]:
        """Return what is left, and how an answer ended that is no stream."""
        found = self._begin(last_head(self._held)) if self._head is None else []
        if self._head is None:
            return found
        left = self._chunks.close() if self._chunks is not None else self._first
        found += self._body.feed(left) if left else []
        rest = self._body.close()
        if self._body.refusal is None:
            found += rest
        return [*found, *(((0, 0), end) for end in self._ends(self._head.status))]

    def _begin(self, found: tuple[ResponseRecord, int] | None) -> list[Placed]:
        if found is None:
            return []
        self._head, start = found
        self._head.turn = self._turn
        body, self._held = self._held[start:], b""
        return [((0, 0), self._head), *self._of_body(body)]

    def _of_body(self, data: bytes) -> list[Placed]:
        if self._first is not None:
            data = self._first + data
            self._first = data if may_be_chunked(data) else None
            if self._first is not None:
                return []
            self._chunks = Chunks() if is_chunked(data) else None
        if self._chunks is not None:
            data = self._chunks.feed(data)
        if len(self._said) < _LONGEST:
            self._said += data[:_LONGEST]
        found = self._body.feed(data) if data else []
        return found if self._body.refusal is None else []

    def _ends(self, status: int) -> list[EndRecord]:
        if self._body.refusal is None and 200 <= status < 300:
            return []
        what = self._body.refusal or Unrecognized("")
        return [end_of_other(self._turn, None, status, bytes(self._said), what.sentence)]
