"""What a fault puts in the place of the rest: an error event, a failed response, an error's body.

It is made of what has gone out of the answer, and says that it was put in; ids and models are the
answer's own. Only what is asked for is read: a stream goes by as it is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from codex_tui.json_text import to_json
from codex_tui.serve.framing import payload_of

if TYPE_CHECKING:
    from codex_tui.serve.framing import Framing
    from codex_tui.serve.script import WirePiece, Write

_OF_MESSAGES = ("message_", "content_block_", "ping")
_OPENINGS = ("response.created", "response.queued", "response.in_progress")
_SAID = "This error was put in by codex-tui serve --chaos."
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_ASKED_WRONGLY, _FAILED = "invalid_request_error", "server_error"
_SERVERS = 500  # statuses from here on are the server's fault


def error_of(code: str, kind: str = "") -> dict[str, Any]:
    """An error as bodies and sockets have it."""
    return {"message": _SAID, "type": kind or code, "param": None, "code": code}


def error_body(status: int) -> dict[str, Any]:
    """The body of an answer that is an error."""
    kind = _TYPES.get(status, _ASKED_WRONGLY if status < _SERVERS else _FAILED)
    return {"error": error_of(kind)}


def error_event(code: str, sent: SentEvents) -> tuple[str, bytes]:
    """The name and the JSON of an error event, as the API has it whose events were sent."""
    match sent.api:
        case "chat":
            return "", encoded({"error": error_of(code)})
        case "messages":
            told = {"type": code, "message": _SAID}
            return "error", encoded({"type": "error", "error": told})
        case _:
            flat = {"type": "error", "code": code, "message": _SAID, "param": None}
            return "error", encoded(flat | sent.next_number())


def socket_error(code: str, status: int) -> bytes:
    """The JSON of the envelope in which a socket is told of an error."""
    return encoded({"type": "error", "status": status, "error": error_of(code)})


def failed_event(code: str, sent: SentEvents) -> tuple[str, bytes]:
    """The name and the JSON of the event that ends a response which failed.

    The other APIs have no such event, but for that of an error.
    """
    if sent.api != "responses":
        return error_event(code, sent)
    told = {"code": code, "message": _SAID}
    response = sent.response() | {"status": "failed", "error": told}
    event = {"type": "response.failed", "response": response}
    return "response.failed", encoded(event | sent.next_number())


def encoded(value: object) -> bytes:
    """A value as JSON in one line."""
    return to_json(value, ensure_ascii=False, separators=(",", ":")).encode()


class SentEvents:
    """The events that have gone out.

    Args:
        framing: What they are framed in.
    """

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._last: WirePiece | None = None
        self._opening: WirePiece | None = None

    def see(self, write: Write) -> None:
        """Take note of a write."""
        for piece in write.pieces:
            if piece.event is not None:
                self._last = piece
            if piece.name in _OPENINGS:
                self._opening = piece

    @property
    def api(self) -> Literal["responses", "chat", "messages"]:
        """Whose events they are, as far as they tell."""
        name = "" if self._last is None else self._last.name
        if name.startswith("chat."):
            return "chat"
        return "messages" if name.startswith(_OF_MESSAGES) else "responses"

    def next_number(self) -> dict[str, int]:
        """The sequence number of what comes next, as a field; none where the events have none."""
        if self._last is None:
            return {"sequence_number": 0}
        match self._read(self._last):
            case {"sequence_number": int(number)}:
                return {"sequence_number": number + 1}
        return {}

    def response(self) -> dict[str, Any]:
        """The response as it was told of last; where it never was, all that makes one."""
        match self._read(self._opening):
            case {"response": dict(response)}:
                return response
        return {"object": "response", "output": []}

    def _read(self, piece: WirePiece | None) -> Any:
        try:
            return None if piece is None else json.loads(payload_of(self._framing, piece.data))
        except (ValueError, RecursionError):
            return None
