"""Requests and answers behind each other, as they go over a connection or come out of programs.

So do captures show what they follow, and so is the output of several programs in one file.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from codex_tui.formats.http_heads import HttpReader, head_of, headers_of
from codex_tui.formats.lines import nothing_known
from codex_tui.recording.records import RequestRecord, recordable_request
from codex_tui.wire.sse import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.formats.readers import AnyReader, Placed

_METHODS = rb"(?:GET|POST|PUT|PATCH|DELETE|OPTIONS|HEAD)"
_REQUEST = re.compile(
    rb"(%b) (\S+) HTTP/\d(?:\.\d)?[ \t]*\r?\n((?:(?![ \t]*\r?\n)[^\n]++\n)*+)[ \t]*\r?\n" % _METHODS
)
_ANSWER = re.compile(rb"HTTP/\d(?:\.\d)? \d{3}[ \r\n]")
_NEXT = re.compile(rb"(?:\A|\n)(?=(%b)|%b \S+ HTTP/\d)" % (_ANSWER.pattern, _METHODS))
_BEGINS = re.compile(rb"%b|%b \S+ HTTP/\d" % (_ANSWER.pattern, _METHODS))
_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_MAY_BE = re.compile(rb"(?:\A|[\n}])([A-Z]\S{0,8}(?: \S{0,2000}(?: [HTP/\d.]{0,8})?)?)\Z")
_LONGEST_LINE = 2048
_LONGEST = 256 * 1024


def answer_behind(text: bytes) -> int | None:
    """Where the answer begins behind the request that some bytes begin with; None for no request.

    It is the end of the bytes where no answer has come.
    """
    asked = _REQUEST.match(text)
    if asked is None:
        return None
    found = _ANSWER.search(text, asked.end())
    return found.start() if found is not None else len(text)


def request_of(text: bytes, turn: int) -> RequestRecord | None:
    """The request that some bytes are, with all its headers; None where they are none."""
    found = _REQUEST.match(text)
    if found is None:
        return None
    method, path = (each.decode("latin-1") for each in found.group(1, 2))
    headers = headers_of(found[3])
    url = path if "://" in path else f"http://{headers.get('host', '')}{path}"
    return RequestRecord(turn, "", method, url, headers, _loaded(text[found.end() :]))


class ExchangesReader:
    """Reads answers, and the requests before them, a turn each.

    Args:
        body: Makes a reader for the body of an answer.
    """

    def __init__(self, body: Callable[[], AnyReader]) -> None:
        self._body = body
        self._turn = 0
        self._held = b""
        self._answer: HttpReader | None = None
        self._before: list[HttpReader] = []
        self._tail = b""  # of a body, which may be the beginning of the next message
        self._ended = True  # whether a line or a value has, with what came last of the body
        self._said = self._nested = False  # whether the body holds anything; whether an answer
        self._left: int | None = None  # bytes of the body by its head

    @property
    def trouble(self) -> str:
        """What is wrong with the latest answer."""
        if self._answer is None:
            return "The request has no answer." if self._held else ""
        return self._answer.trouble

    @property
    def limit(self) -> str:
        """The limit at which reading ended."""
        return next((each.limit for each in self._answers if each.limit), "")

    @property
    def remarks(self) -> Sequence[str]:
        """What has to be known of the answers."""
        return [remark for each in self._answers for remark in each.remarks]

    @property
    def _answers(self) -> list[HttpReader]:
        return [*self._before, *filter(None, [self._answer])]

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        found: list[Placed] = []
        while chunk:
            if self._answer is None:
                begun, chunk = self._begin(chunk)
                found += begun
                continue
            data, self._tail = self._tail + chunk, b""
            end = self._end_in(data)
            if end is None:
                return [*found, *self._go_on(self._answer, data)]
            found += [*self._answer.feed(data[:end]), *self._leave(self._answer)]
            chunk = data[end:]
        return found

    def _go_on(self, answer: HttpReader, data: bytes) -> list[Placed]:
        """Read more of a body; of its end nothing that may be the beginning of another message."""
        held = _MAY_BE.search(data, max(0, len(data) - _LONGEST_LINE))
        if held is not None and (held.start(1) or self._ended):
            data, self._tail = data[: held.start(1)], data[held.start(1) :]
        self._ended = data.endswith((b"\n", b"}")) if data else self._ended
        self._said = self._said or bool(data.strip())
        self._left = self._left - len(data) if self._left is not None else None
        return answer.feed(data) if data else []

    def _end_in(self, data: bytes) -> int | None:
        """Where another message begins: a request, or an answer behind a body that says something.

        What stands behind a head at once is a body in the form of an answer. Within a line one
        begins only where the body ends by its head.
        """
        if self._left is not None and self._left >= 0 and _BEGINS.match(data, self._left):
            return self._left
        found = None if self._nested else _NEXT.search(data)
        if found is not None and not found.end() and not self._ended:
            found = _NEXT.search(data, 1)
        if found is None:
            return None
        self._nested = not (self._said or data[: found.end()].strip() or found[1] is None)
        return None if self._nested else found.end()

    def _leave(self, answer: HttpReader) -> list[Placed]:
        self._before.append(answer)
        self._answer, self._ended, self._said = None, True, False
        return answer.close()

    def _begin(self, chunk: bytes) -> tuple[list[Placed], bytes]:
        """Take in a request as far as it came; with its answer a turn begins."""
        self._held = (self._held + chunk).removeprefix(BYTE_ORDER_MARK).lstrip()
        if self._held.startswith(b"HTTP/"):
            at: int | None = 0
        else:
            at = answer_behind(self._held)
        rest = self._held[at:] if at is not None else b""
        head = head_of(rest)
        if not rest or (head is None and len(rest) < _LONGEST):
            return [], b""
        return self._answered(self._held[:at], head[1] if head is not None else len(rest))

    def _answered(self, asked: bytes, length: int) -> tuple[list[Placed], bytes]:
        """Begin a turn with a request, and the head behind it."""
        head, rest = self._held[len(asked) :][:length], self._held[len(asked) + length :]
        self._held = b""
        self._turn += 1
        self._answer = HttpReader(self._body(), self._turn)
        said = _LENGTH.search(head)
        self._left = int(said[1]) if said is not None else None
        requests: list[Placed] = [((0, 0), each) for each in self._requests(asked)]
        return [*requests, *self._answer.feed(head)], rest

    def _requests(self, asked: bytes) -> list[RequestRecord]:
        if (request := request_of(asked, self._turn)) is not None:
            return [recordable_request(request)]
        return [nothing_known(self._turn)] if self._turn > 1 else []

    def close(self) -> list[Placed]:
        """Return what is left, and how an answer ended that is no stream."""
        found: list[Placed] = []
        if self._answer is not None and self._tail:
            found = self._answer.feed(self._tail)
        if self._answer is None and self._held:
            at = 0 if self._held.startswith(b"HTTP/") else answer_behind(self._held) or 0
            found, _ = self._answered(self._held[:at], len(self._held) - at)
        return [*found, *(self._answer.close() if self._answer is not None else ())]


def _loaded(data: bytes) -> Any:
    text = data.strip()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.decode("utf-8", "replace") or None
