"""Which turn of a socket a message is of: by its lane, its response, its item, or who is next.

A `response.create` begins a turn. A server says by `stream_id` or by the response's id what its
events are of; where it doesn't, they are of the turn that is waited for.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from codex_tui.wire.stream_end import StreamEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CREATE = "response.create"
_CREATED = "response.created"


class _Named(msgspec.Struct, gc=False):
    id: object = None


class _Usual(msgspec.Struct, gc=False):
    """A message as specified: of what is large in it only the id is read."""

    type: str = ""
    stream_id: str | None = None
    response_id: str | None = None
    item_id: str | None = None
    response: _Named | None = None
    item: _Named | None = None


class MessageHead(NamedTuple):
    """What of a message says which turn it is of: its type, its lane, its response, its item."""

    name: str = ""
    lane: str | None = None
    response: str = ""
    item: str = ""


_decode = msgspec.json.Decoder(_Usual).decode


def head_of(data: bytes) -> MessageHead:
    """What a message says of itself; nothing where it is no JSON object."""
    try:
        said = _decode(data)
    except (ValueError, RecursionError):
        return _loose(data)
    response = _text(said.response.id) if said.response is not None else ""
    item = _text(said.item.id) if said.item is not None else ""
    return MessageHead(
        *(said.type, said.stream_id),
        *(response or said.response_id or "", item or said.item_id or ""),
    )


def _loose(data: bytes) -> MessageHead:
    """The same of a message whose fields are of other types than specified."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return MessageHead()
    if not isinstance(said, dict):
        return MessageHead()
    response, item = (_id_of(said.get(name)) for name in ("response", "item"))
    return MessageHead(
        *(_text(said.get("type")), _text(said.get("stream_id")) or None),
        *(response or _text(said.get("response_id")), item or _text(said.get("item_id"))),
    )


def _id_of(value: object) -> str:
    return _text(value.get("id")) if isinstance(value, dict) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


class RunningTurn:
    """A turn that goes on.

    Attributes:
        number: Its number in the recording.
        lane: The lane that its request named.
        began: When it was asked for, in seconds of the connection.
        end: What its events say of its end.
        events: How many have come.
        size: Bytes of the messages that came.
    """

    def __init__(self, number: int, lane: str | None, began: float) -> None:
        self.number = number
        self.lane = lane
        self.began = began
        self.end = StreamEnd()
        self.events = 0
        self.size = 0
        self.response = ""
        self.items: set[str] = set()

    def take(self, head: MessageHead, text: str) -> None:
        """Take in a message of its server: what it says of itself, and all of it."""
        self.events += 1
        self.size += len(text)
        self.response = self.response or head.response
        if head.item:
            self.items.add(head.item)
        self.end.follow(head.name or None, text)

    @property
    def over(self) -> bool:
        """Whether its events have ended it: an error does where no response had begun."""
        return self.end.terminal is not None or (self.end.error is not None and not self.response)


class RunningTurns:
    """The turns of one socket that go on."""

    def __init__(self) -> None:
        self.running: list[RunningTurn] = []
        self.latest = 0
        """The number of the latest turn; 0 before the first."""
        self._recent: RunningTurn | None = None

    def begin(self, number: int, lane: str | None, t: float) -> RunningTurn:
        """Begin a turn."""
        turn = RunningTurn(number, lane, t)
        self.latest = number
        self.running.append(turn)
        return turn

    def end(self, turn: RunningTurn) -> None:
        """A turn is over."""
        self.running.remove(turn)

    def failed_in(self, lane: str | None) -> list[RunningTurn]:
        """The turns of a lane that an error has ended, now that another begins in it."""
        return [each for each in self.running if each.lane == lane and each.end.error is not None]

    def waits_for(self, head: MessageHead) -> bool:
        """Whether a message may be of a turn that goes on: a response may begin on its own."""
        if head.name != _CREATED:
            return True
        expected = any(turn.response in ("", head.response) for turn in self.running)
        in_lane = (head.lane is None or turn.lane in (None, head.lane) for turn in self.running)
        return expected or any(in_lane)

    def of(self, head: MessageHead) -> RunningTurn | None:
        """The turn that a message is of; None where it is of none that goes on."""
        found = next((turn for turn in self._told(head) if turn is not None), None)
        self._recent = found or self._recent
        return found

    def _told(self, head: MessageHead) -> Iterator[RunningTurn | None]:
        """What tells the turn, the surest first."""
        if head.response:
            yield self._first(lambda turn: turn.response == head.response)
        if head.lane is not None:
            yield self._first(lambda turn: turn.lane == head.lane)
        if head.item:
            yield self._first(lambda turn: head.item in turn.items)
        if head.name == _CREATED:
            yield self._first(lambda turn: not turn.response)
        yield self._recent if self._recent in self.running else None
        yield self._first(lambda _: True)

    def _first(self, holds: Callable[[RunningTurn], bool]) -> RunningTurn | None:
        return next(filter(holds, self.running), None)
