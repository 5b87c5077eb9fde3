"""What a program asked for: a request as it comes, and the record that it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from codex_tui.recording.recording import iso
from codex_tui.recording.records import RequestRecord
from codex_tui.redact import REQUEST_HEADERS, recordable_headers
from codex_tui.relay.bodies import KeptBody
from codex_tui.relay.programs import program_name
from codex_tui.wire.other_apis import protocol_asked

if TYPE_CHECKING:
    from codex_tui.recording.mask import Mask
    from codex_tui.relay.tee import Headers, RequestHead

MOST = 8 << 20
"""Bytes of a request's body that are kept, decoded."""

_RESPONSES = "/responses"


class SameRequest(NamedTuple):
    """What two requests have in common of which one is another try of the other.

    `sha256` is of the body's JSON, in whichever order its names come: the Codex CLI puts them into
    another one each time it connects anew. Of what is no JSON it is that of the bytes.
    """

    method: str
    path: str
    sha256: str


def by_name(headers: Headers) -> dict[str, str]:
    """Header fields by their names in small letters; those that stand there twice are joined."""
    found: dict[str, str] = {}
    for name, value in headers:
        low = name.lower()
        found[low] = f"{found[low]}, {value}" if low in found else value
    return found


@dataclass(slots=True)
class AskedRequest:
    """One request.

    Attributes:
        head: Its head.
        headers: Its header fields, by their names in small letters.
        mask: Takes the user's secrets out of what is written or told.
        program: What the program is called.
        body: What is kept of its body.
        whole: Whether all of it has come.
    """

    head: RequestHead
    headers: dict[str, str]
    mask: Mask
    program: str
    body: KeptBody
    whole: bool = False
    _json: Any = None
    _same: SameRequest | None = None

    @classmethod
    def of(cls, head: RequestHead, headers: dict[str, str], mask: Mask) -> AskedRequest:
        """Begin with the head of a request."""
        kind, encoding = headers.get("content-type", ""), headers.get("content-encoding", "")
        named = mask.message(program_name(headers, head.program))
        return cls(head, headers, mask, named, KeptBody(kind, encoding, MOST))

    @property
    def path(self) -> str:
        """The path that was asked for: no query, no secret."""
        return self.mask.message(_path_of(self.head.target))

    @property
    def is_for_responses(self) -> bool:
        """Whether a response is asked for, so that its failure is one of a stream's."""
        return self._path.endswith(_RESPONSES) and (self.is_post or "upgrade" in self.headers)

    @property
    def is_for_events(self) -> bool:
        """Whether a stream of any API is asked for, or a response: its failure is recorded too."""
        asks = self.is_post and self.streams and bool(protocol_asked(self._path))
        return asks or self.is_for_responses

    @property
    def is_post(self) -> bool:
        """Whether it makes something."""
        return self.head.method.upper() == "POST"

    @property
    def _path(self) -> str:
        return (_path_of(self.head.url) or _path_of(self.head.target)).rstrip("/")

    @property
    def streams(self) -> bool:
        """Whether its body asks for a stream of events."""
        return isinstance(self._json, dict) and self._json.get("stream") is True

    @property
    def same(self) -> SameRequest | None:
        """What another try of it has in common; None before it is whole."""
        if not self.whole:
            return None
        if self._same is None:
            self._same = SameRequest(self.head.method, self._path, self._sha256())
        return self._same

    def _sha256(self) -> str:
        if self._json is None:
            return self.body.sha256
        return sha256(dumps(self._json, sort_keys=True).encode()).hexdigest()

    @property
    def json(self) -> Any:
        """The body's JSON; None for what is none, or is not whole."""
        return self._json

    def done(self) -> None:
        """Note that it is whole."""
        self.whole = True
        self._json = self.body.json()

    def record(self, turn: int) -> RequestRecord:
        """The record, as the given turn of a recording."""
        head, body = self.head, self.mask.json(self._json)
        content = self.body.content(self.mask, cut=not self.whole) if body is None else None
        return RequestRecord(
            turn,
            iso(head.wall),
            head.method,
            self.mask.text(head.url),
            {name: self.mask.text(value) for name, value in self.headers.items()},
            body,
            content=content,
        )

    def told(self) -> dict[str, Any]:
        """What a tap's list says of it, where it is no recording."""
        headers = recordable_headers(self.headers, REQUEST_HEADERS)
        return {"headers": self.mask.json(headers), **self.body.told(self.mask, cut=not self.whole)}


def _path_of(url: str) -> str:
    if not url.startswith("/") and "://" not in url:  # CONNECT names a host and a port, OPTIONS *
        return url
    try:
        return urlsplit(url).path
    except ValueError:  # what is no URL: the path that a proxy passes on is what stands there
        return url.partition("?")[0]
