"""HTTP/1.1 messages, read on a copy of their bytes: where heads and bodies end, and what they say.

What is passed on are the bytes themselves, and nothing here changes one. h11 knows the rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import h11

if TYPE_CHECKING:
    from codex_tui.relay.tee import Headers

HEAD_LIMIT = 256 << 10
"""Bytes of a head: one that is longer is refused."""

Answer = h11.Response | h11.InformationalResponse
"""The head of an answer, as h11 reads it."""


_QUOTED = re.compile(r":? ?\(?(?:bytearray\()?b['\"].*", re.DOTALL)


def why_invalid(error: h11.RemoteProtocolError) -> str:
    """Why something is no HTTP, without the bytes that h11 quotes: a key may stand in them."""
    return _QUOTED.sub("", str(error)).rstrip(".")


def headers_of(head: h11.Request | Answer) -> Headers:
    """Header fields in their order, names in the case in which they were sent."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in head.headers.raw_items()
    )


@dataclass(slots=True)
class Told:
    """What some bytes say.

    Attributes:
        raw: The bytes themselves, up to the message's end.
        heads: Heads of answers that became whole: those with 1xx, and the last.
        body: What there was of the body, its transfer coding taken off.
        done: Whether the message is whole.
        rest: The bytes behind its end.
        broken: Why this is no HTTP; "" where it is.
    """

    raw: bytes = b""
    heads: list[Answer] = field(default_factory=list)
    body: bytes = b""
    done: bool = False
    rest: bytes = b""
    broken: str = ""


class RawHead(NamedTuple):
    """The head of a request, and its bytes with the empty line."""

    request: h11.Request
    raw: bytes


class RequestReader:
    """Reads one request.

    Attributes:
        begun: Whether anything of it has come.
        asks_for_head: Whether its answer has no body.
        broken: Why its body is no HTTP; "" where it is.
    """

    def __init__(self) -> None:
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)
        self._raw = bytearray()
        self.begun = False
        self.asks_for_head = False
        self.broken = ""

    def head_in(self, data: bytes) -> RawHead | None:
        """The head; None until all of it is there.

        Raises:
            h11.RemoteProtocolError: This is no request; `error_status_hint` says what to answer.
        """
        self.begun = True
        self._raw += data
        self._http.receive_data(data)
        event = self._http.next_event()
        if not isinstance(event, h11.Request):
            return None
        self.asks_for_head = event.method == b"HEAD"
        behind = len(self._http.trailing_data[0])
        raw, self._raw = bytes(self._raw[: len(self._raw) - behind]), bytearray()
        return RawHead(event, raw)

    def body_in(self, data: bytes) -> Told:
        """What bytes behind the head say; without any, what those say that came with it.

        A body whose framing is broken has no end: all that follows is the server's to judge.
        """
        if self.broken:
            return Told(raw=data)
        raw = data or self._http.trailing_data[0]
        if data:
            self._http.receive_data(data)
        told = _read(self._http)
        told.raw = raw[: len(raw) - len(told.rest)]
        self.broken = told.broken
        return told


class AnswerReader:
    """Reads the answer to a request: its heads, the 1xx before it included, and its body.

    Attributes:
        switched: Whether the server has gone over to another protocol.
        broken: Why the answer is no HTTP; "" where it is.
    """

    def __init__(self, request: h11.Request) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_LIMIT)
        asked = [(name, value) for name, value in request.headers if name == b"upgrade"]
        headers = [(b"host", b""), *asked]
        self._http.send(h11.Request(method=request.method, target=b"/", headers=headers))
        self._http.send(h11.EndOfMessage())
        self._done = False
        self.switched = False
        self.broken = ""

    def read(self, data: bytes) -> Told:
        """What some bytes of the server say; nothing once they are no HTTP."""
        if self.broken:
            return Told()
        if self._done:
            return Told(done=True, rest=data)
        self._http.receive_data(data)
        told = _read(self._http)
        self._done, self.broken = told.done, told.broken
        self.switched = self._http.their_state is h11.SWITCHED_PROTOCOL
        if self.switched:
            told.rest = self._http.trailing_data[0]
        return told

    def ends_here(self) -> bool:
        """Whether the answer is whole now that nothing more comes."""
        if self._done or self.switched or self.broken:
            return self._done
        self._http.receive_data(b"")
        return _read(self._http).done


def _read(http: h11.Connection) -> Told:
    """What can be read of the bytes that a connection has got."""
    told, pieces = Told(), []
    try:
        while (event := http.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            match event:
                case h11.Data(data=data):
                    pieces.append(bytes(data))
                case h11.Response() | h11.InformationalResponse():
                    told.heads.append(event)
                case _:
                    told.done, told.rest = True, http.trailing_data[0]
                    break
    except h11.RemoteProtocolError as error:
        told.broken = why_invalid(error)
    told.body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return told
