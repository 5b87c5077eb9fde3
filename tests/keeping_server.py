"""A server that keeps responses, as those in use do: only what was completed, and only whole.

It refuses a response that it has not kept, and a prompt while a call waits for its output; sent
again or kept, a conversation is judged by the same rule. The last user message says what it
answers: `weather` calls a tool once for each time that the word stands there, `silence` sends
nothing, `slowly` the beginning of a text.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers import EVENT_STREAM, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import Peer

Items = list[dict[str, Any]]


@dataclass
class KeepingServer:
    """Answers `/responses`; `bodies` is what was asked, `refused` what it said no to."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    kept: dict[str, Items] = field(default_factory=dict)

    async def __call__(self, peer: Peer) -> None:
        if not peer.request.target.endswith("/responses"):
            await peer.reply_json(404, {})
            return
        body = peer.request.json
        self.bodies.append(body)
        previous = body.get("previous_response_id")
        history = [*self.kept.get(previous, []), *body["input"]]
        if trouble := self._trouble(previous, history):
            self.refused.append(trouble)
            await peer.reply_json(400, {"error": {"message": trouble}})
            return
        with suppress(ConnectionError):
            await self._answer(peer, f"resp_{len(self.bodies)}", history)

    def _trouble(self, previous: str | None, history: Items) -> str:
        if previous is not None and previous not in self.kept:
            return f"Previous response {previous} not found."
        calls = [item["call_id"] for item in history if item.get("type") == "function_call"]
        given = [item["call_id"] for item in history if item.get("type") == "function_call_output"]
        if sorted(calls) != sorted(given):
            return "Each call needs its output, and each output its call."
        return ""

    async def _answer(self, peer: Peer, id_: str, history: Items) -> None:
        said, text = history[-1], str(history[-1].get("content", history[-1].get("output")))
        await peer.head(200, EVENT_STREAM)
        if "silence" in text:
            await peer.hold()
            return
        await peer.send(event("response.created", response=_response(id_, "in_progress")))
        if "slowly" in text:
            await peer.send(b"".join(_begun_message()))
            await peer.hold()
            return
        calls = text.count("weather") if said.get("role") == "user" else 0
        items = [_call(f"{id_}_{number}") for number in range(calls)] or [_message(f"re: {text}")]
        for index, item in enumerate(items):
            await peer.send(event("response.output_item.done", output_index=index, item=item))
        self.kept[id_] = [*history, *items]
        done = {**_response(id_, "completed"), "output": items}
        await peer.send(event("response.completed", response=done))


def _response(id_: str, status: str) -> dict[str, Any]:
    return {"id": id_, "object": "response", "status": status, "model": "m", "output": []}


def _begun_message() -> Iterator[bytes]:
    item = {"type": "message", "id": "msg_slow", "role": "assistant", "content": []}
    yield event("response.output_item.added", output_index=0, item=item)
    place = {"item_id": "msg_slow", "output_index": 0, "content_index": 0}
    yield event("response.output_text.delta", delta="It", **place)


def _call(id_: str) -> dict[str, Any]:
    named = {"name": "get_weather", "arguments": '{"city":"Oslo"}'}
    return {"type": "function_call", "id": f"fc_{id_}", "call_id": f"call_{id_}", **named}


def _message(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": content}
