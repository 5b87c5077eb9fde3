"""The requests of a probe: as the backend builds them, with the probe's fields laid over.

Of those that go on from an answer, `rehearsed` shows what they are, with a stand-in for it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from codex_tui.engine.folded import Folded
from codex_tui.recording.records import FrameRecord, RequestRecord
from codex_tui.sources.request import merged
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.conform.probes import Probe, Step
    from codex_tui.model.conversation import Turn
    from codex_tui.sources.backend import Backend

_BARE = {"tools": None, "tool_choice": None, "parallel_tool_calls": None}
_CHARACTERS = 3  # to a token, at least, of JSON and plain English


def request_of(backend: Backend, step: Step, turns: Sequence[Turn]) -> dict[str, Any] | None:
    """Return the JSON of a request; None where the answer before has nothing to go on from.

    It is empty where a response is asked for by its id.

    Args:
        backend: The server.
        step: What is asked.
        turns: What was said before.

    Raises:
        ProviderError: The body file of the settings can't be used.
    """
    if step.way in ("retrieve", "resume"):
        return {} if turns and turns[-1].transcript.response_id else None
    history = () if step.anew else turns
    outputs: dict[str, str] = {}
    if step.says is None:
        calls = turns[-1].transcript.open_calls if turns else []
        outputs = {call.call_id: step.gives for call in calls if call.call_id is not None}
        if not outputs:
            return None
    body = backend.body(history, step.says, outputs, step.conversation)
    return merged(body, {"max_output_tokens": step.most, **_BARE, **step.fields})


class Rehearsed(NamedTuple):
    """A request that would be sent, and how many tokens it and its answer have at most."""

    body: dict[str, Any]
    tokens: int


def rehearsed(backend: Backend, probe: Probe) -> Iterator[Rehearsed]:
    """Yield what a probe would send, the answers imagined.

    Raises:
        ProviderError: The body file of the settings can't be used.
    """
    folded = Folded()
    for number, step in enumerate(probe.steps, 1):
        body = request_of(backend, step, folded.conversation.turns)
        if body is None:
            return
        if not body:
            return  # it is asked for by its id, and costs nothing
        yield Rehearsed(body, len(json.dumps(body)) // _CHARACTERS + step.most)
        folded.take(RequestRecord(number, "", body=body))
        for event in _imagined(calls=bool(body.get("tools"))):
            frame = ServerSentEvent(event=event["type"], data=json.dumps(event))
            folded.take(FrameRecord(None, None, frame))


def _imagined(*, calls: bool) -> Iterator[dict[str, Any]]:
    item = _CALL if calls else _MESSAGE
    response = {"id": "(the id of the response)", "object": "response", "output": [item]}
    yield {"type": "response.created", "response": {**response, "output": []}}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": {**response, "status": "completed"}}


_MESSAGE: dict[str, Any] = {
    "type": "message",
    "id": "(the id of the message)",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "(what was answered)", "annotations": []}],
}
_CALL: dict[str, Any] = {
    "type": "function_call",
    "id": "(the id of the item)",
    "call_id": "(the id of the call)",
    "name": "get_weather",
    "arguments": "(what it was called with)",
    "status": "completed",
}
