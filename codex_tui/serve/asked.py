"""What a request asks for, as far as an answer is chosen by it: recorded ones, and those that come.

The body itself is not kept: requests of an agent repeat all that was said before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from codex_tui.model.prompts import prompt_of, tool_outputs_of
from codex_tui.recording.records import over_http

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.recording.records import RequestRecord

RESPONSES = "responses"
"""The last part of the path that responses are asked for at."""


class Wanted(NamedTuple):
    """What is asked.

    Attributes:
        place: The last part of the path: `responses`, `completions` …
        model: The model; "" where none is named.
        text: The user's last words.
        call_ids: The calls whose outputs it brings.
        previous: The response that it goes on from; "" without one.
        warm_up: Whether it asks for no answer.
        upgrade: Whether it only asks for a socket.
        streams: Whether a stream is asked for; None where the body says nothing of the kind.
    """

    place: str = RESPONSES
    model: str = ""
    text: str = ""
    call_ids: tuple[str, ...] = ()
    previous: str = ""
    warm_up: bool = False
    upgrade: bool = False
    streams: bool | None = None

    @classmethod
    def of(cls, body: Any, place: str = RESPONSES) -> Wanted:
        """What a request with that body asks; what is none asks for nothing in particular."""
        if not isinstance(body, dict):
            return cls(place)
        return cls(
            place,
            _text(body, "model"),
            prompt_of(body),
            tuple(id_ for id_, _ in tool_outputs_of(body)),
            _text(body, "previous_response_id"),
            body.get("generate") is False,
            streams=body.get("stream") is True,
        )

    @classmethod
    def recorded(cls, record: RequestRecord | None) -> Wanted:
        """What a recorded request asked; a stream without one answers any."""
        if record is None:
            return cls()
        wanted = cls.of(over_http(record).body, place_of(record.url))
        upgrade = record.method.upper() == "GET" and record.body is None and record.t is None
        return wanted._replace(warm_up=record.warm_up, upgrade=upgrade)


def place_of(url: str) -> str:
    """The last part of an address's path."""
    path = urlsplit(url).path.rstrip("/")
    return path.rpartition("/")[2] or RESPONSES


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


KEYS: dict[str, Callable[[Wanted], object]] = {
    "model": lambda wanted: wanted.model,
    "text": lambda wanted: wanted.text,
    "call_id": lambda wanted: wanted.call_ids,
    "previous": lambda wanted: wanted.previous,
}
"""By what an answer can be chosen."""
