"""Deltas that go on, checked alone: the next one counts as the same only if it is."""

from __future__ import annotations

from typing import Any

import pytest

from codex_tui.findings.finding import Findings
from codex_tui.findings.payloads import NOTHING, FieldsFound
from codex_tui.findings.response import ResponseCheck
from codex_tui.findings.steady import SteadyRun, steady_run
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent
from tests.model.streams import added, decoded, frame, message, part, text_delta

DONE = {
    "type": "response.output_text.done",
    "text": "Hello",
    "item_id": "msg_1",
    "output_index": 0,
    "content_index": 0,
    "sequence_number": 9,
}


def piece(text: str = "Hello", **more: Any) -> dict[str, Any]:
    return text_delta(text, 0, item_id="msg_1", **{"sequence_number": 3, **more})


def begun(
    first: dict[str, Any] | None = None, found: FieldsFound = NOTHING, *, done: bool = False
) -> tuple[ResponseCheck, SteadyRun | None]:
    """A response with a text that grows, and the run that its first delta begins."""
    first = first or piece()
    response = ResponseCheck(Findings(), created=1)
    opened = part("added", {"type": "output_text", "text": ""}, 0, content_index=0)
    response.take(decoded(added(message(), 0)), 2)
    response.take(decoded(opened | {"item_id": "msg_1"}), 3)
    item = response.take(decoded(first), 4)
    if done:
        response.take(decoded(DONE), 5)
    assert item is not None
    return response, steady_run(item, decoded(first), frame(first), 4, found)


def take(run: SteadyRun | None, sent: dict[str, Any], **more: Any) -> bool:
    assert run is not None
    carried = ServerSentEvent(**{"event": sent["type"], "data": frame(sent).data, **more})
    return run.take(decode_event(carried), carried, 5)


def test_what_goes_on_grows_the_text_and_is_its_latest_event() -> None:
    response, run = begun()
    assert take(run, piece(", you"))
    assert run is not None
    assert run.text.joined() == "Hello, you"
    run.leave()
    (item,) = response.items.all
    assert (item.last, run.text.last) == (5, 5)


def test_a_run_of_one_ends_where_it_began() -> None:
    response, run = begun()
    assert run is not None
    run.leave()
    (item,) = response.items.all
    assert (item.last, run.text.last) == (4, 4)


@pytest.mark.parametrize(
    "changed",
    [
        {"item_id": "msg_2"},
        {"output_index": 1},
        {"content_index": 1},
        {"sequence_number": None},
        {"logprobs": [{"token": "x", "logprob": -1}]},
        {"type": "response.refusal.delta"},
    ],
)
def test_what_differs_in_anything_goes_the_long_way(changed: dict[str, Any]) -> None:
    assert not take(begun()[1], piece() | changed)


@pytest.mark.parametrize("carried", [{"event": "message"}, {"id": "7"}, {"raw": b"x"}])
def test_what_is_carried_in_another_way_goes_the_long_way(carried: dict[str, Any]) -> None:
    assert not take(begun()[1], piece(), **carried)


def test_fields_that_lack_are_said_to_lack_again() -> None:
    finding = Findings("openai").add("field.missing", (4,), "no logprobs")
    assert finding is not None
    run = begun(found=FieldsFound((finding,), ('"logprobs"',)))[1]
    assert take(run, piece())
    assert (finding.count, finding.entries) == (2, [4, 5])
    assert not take(run, piece(logprobs=None))


def test_no_run_begins_with_a_delta_that_is_not_whole_or_is_late() -> None:
    assert begun(piece(sequence_number=None))[1] is None
    assert begun(found=FieldsFound((), None))[1] is None
    assert begun(done=True)[1] is None
