"""A server that does all that the probes ask for, rightly; what it does wrong is passed to it.

    async with serving(ProbedServer(fault=no_end)) as server: ...

It keeps responses and knows numbers that it was told. A fault changes the events of each answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.findings.streams import call, message, reasoning, whole
from tests.servers import EVENT_STREAM
from tests.sources.socket_server import ServerSocket

if TYPE_CHECKING:
    from tests.servers import Peer

Json = dict[str, Any]
Fault = Callable[[list[Json]], list[Json]]

_CITY = ('{"city": ', '"Oslo"', "}")


def _nothing(events: list[Json]) -> list[Json]:
    return events


@dataclass
class ProbedServer:
    """Answers `/responses`; `bodies` is what was asked.

    Attributes:
        fault: What it does to the events of each answer.
        refuses: Fields that it refuses, as a server that supports little.
        silent: Whether it says nothing to what has tools.
    """

    fault: Fault = _nothing
    refuses: frozenset[str] = frozenset()
    silent: bool = False
    bodies: list[Json] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    streams: dict[str, list[Json]] = field(default_factory=dict)

    async def __call__(self, peer: Peer) -> None:
        if peer.request.headers.get("upgrade") == "websocket":
            await self._talk(peer)
            return
        if peer.request.method == "GET":
            await self._give(peer)
            return
        body = peer.request.json
        self.bodies.append(body)
        if isinstance(body["input"], int):
            await peer.reply_json(400, _error("input has to be a text or a list"))
        elif refused := sorted(self.refuses & body.keys()):
            await peer.reply_json(400, _error(f"Unsupported parameter: {refused[0]}"))
        elif self.silent and "tools" in body:
            await peer.head(200, EVENT_STREAM)
            await peer.hold()
        else:
            await self._answer(peer, body)

    async def _talk(self, peer: Peer) -> None:
        socket = await ServerSocket.opened(peer)
        while True:
            body = await socket.message()
            self.bodies.append(body)
            events = self._events(body)
            self.kept[events[0]["response"]["id"]] = self._known(body)
            await socket.say(*self.fault(events))

    async def _give(self, peer: Peer) -> None:
        """Give a response that was kept, or what is left of its stream."""
        url = urlsplit(peer.request.target)
        events = self.streams.get(url.path.rpartition("/")[2])
        asked = dict(parse_qsl(url.query))
        if events is None:
            await peer.reply_json(404, _error("no such response"))
        elif asked.get("stream") != "true":
            await peer.reply_json(200, events[-1]["response"])
        else:
            after = int(asked.get("starting_after", "-1"))
            await peer.head(200, EVENT_STREAM)
            await peer.send(_sse([each for each in events if each["sequence_number"] > after]))

    async def _answer(self, peer: Peer, body: Json) -> None:
        events = self._events(body)
        id_ = events[0]["response"]["id"]
        if body.get("store"):
            self.streams[id_] = events
        self.kept[id_] = self._known(body)
        if not body["stream"]:
            await peer.reply_json(200, events[-1]["response"])
            return
        await peer.head(200, EVENT_STREAM)
        events = self.fault(events)
        if "1 to 100" in _said(body) or "1 to 30" in _said(body):
            await peer.send(_sse(events[:6]))
            await peer.hold()
            return
        await peer.send(_sse(events))

    def _known(self, body: Json) -> str:
        return self.kept.get(body.get("previous_response_id", ""), "") + json.dumps(body["input"])

    def _events(self, body: Json) -> list[Json]:
        id_ = f"resp_{len(self.bodies)}"
        if body.get("max_output_tokens") == 16:
            return _cut_short(_named(whole(message(0)), id_))
        return _named(whole(*self._items(body)), id_)

    def _items(self, body: Json) -> list[list[Json]]:
        said, last = _said(body), body["input"][-1]
        if "tools" in body and last.get("type") != "function_call_output":
            return [call(each, pieces=_CITY) for each in range(2 if "Lima" in said else 1)]
        if "Which number" in said:
            found = re.findall(r"\d{4}", self._known(body))
            return [message(0, found[:1] or ("None.",))]
        return [reasoning(0), message(1)] if "reasoning" in body else [message(0)]


def _said(body: Json) -> str:
    return str(body["input"][-1].get("content", ""))


def _error(text: str) -> Json:
    kind = {"type": "invalid_request_error", "param": None, "code": None}
    return {"error": {"message": text, **kind}}


def _named(events: list[Json], id_: str) -> list[Json]:
    for event in events:
        if "response" in event:
            event["response"]["id"] = id_
            if usage := event["response"]["usage"]:
                usage["input_tokens_details"]["cache_write_tokens"] = 0
    return events


def _cut_short(events: list[Json]) -> list[Json]:
    """The answer as it is when it had no more room: its item is incomplete, and so is all."""
    ended = events[-1]["response"]
    for item in (events[-2]["item"], *ended["output"]):
        item["status"] = "incomplete"
    ended |= {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    events[-1]["type"] = "response.incomplete"
    return events


def _sse(events: list[Json]) -> bytes:
    frames = (f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
    return "".join(frames).encode()


# -- what a server does wrong ------------------------------------------------------------------


def other_text(events: list[Json]) -> list[Json]:
    """The closing text is another one."""
    for event in events:
        if event["type"] == "response.output_text.done":
            event["text"] = "Something else."
    return events


def no_end(events: list[Json]) -> list[Json]:
    """The terminal event is left out."""
    return events[:-1]


def no_numbers(events: list[Json]) -> list[Json]:
    """Every event has the same number."""
    return [{**event, "sequence_number": 0} for event in events]
