"""Tries of one request are turns of one recording."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.locks import is_held
from codex_tui.recording.records import EndRecord, RequestRecord
from codex_tui.relay.recordings import AGAIN, HELD
from tests.formats import samples
from tests.relay.fake_relay import ASKED, FakeRelay, answer, end, records_of

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.relay.tee import Ending, Side

FAILS = {"content_type": "application/json"}


def fail(relay: FakeRelay, body: object = ASKED, target: str = "/v1/responses") -> None:
    tee = relay.post(body, target=target)
    answer(tee, [samples.ERROR], status=503, **FAILS)
    end(tee)
    relay.work()


def succeed(relay: FakeRelay, body: object = ASKED) -> None:
    tee = relay.post(body)
    answer(tee, [samples.SSE])
    end(tee)
    relay.work()


def test_a_request_that_failed_and_its_next_tries_are_turns_of_one_recording(
    tmp_path: Path,
) -> None:
    relay = FakeRelay(tmp_path)
    for _ in range(3):
        fail(relay)
        relay.now += AGAIN - 1
    succeed(relay)
    [path] = relay.files()
    records = records_of(path)
    assert [each.turn for each in records if isinstance(each, RequestRecord)] == [1, 2, 3, 4]
    assert [each.how for each in records if isinstance(each, EndRecord)] == [
        *["http_error"] * 3,
        "completed",
    ]
    assert [each["file"] for each in relay.ended()] == [str(path)] * 4
    assert [each["n"] for each in relay.ended()] == [1, 2, 3, 4]


def test_what_comes_later_or_asks_for_something_else_is_no_other_try(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    fail(relay)
    fail(relay, {**ASKED, "input": "Something else"})
    fail(relay, target="/v2/responses")
    relay.now += AGAIN
    fail(relay)
    assert len(relay.files()) == 4


def test_a_stream_that_had_begun_is_not_gone_on_from(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, [samples.SSE[:100]])
    answer_ = relay.post()
    answer(answer_, [samples.SSE])
    relay.work()
    end(tee, "reset")
    relay.work()
    succeed(relay)
    assert len(relay.files()) == 3


@pytest.mark.parametrize(
    ("how", "by"), [("unreachable", "relay"), ("reset", "server"), ("closed", "program")]
)
def test_a_request_that_got_no_answer_is_tried_again(tmp_path: Path, how: Ending, by: Side) -> None:
    relay = FakeRelay(tmp_path)
    end(relay.post(), how, by)
    relay.work()
    succeed(relay)
    assert len(relay.files()) == 1


def test_a_recording_is_held_while_another_try_may_come_and_says_that_it_ended(
    tmp_path: Path,
) -> None:
    relay = FakeRelay(tmp_path)
    fail(relay)
    [path] = relay.files()
    assert is_held(path) in (True, None)
    assert isinstance(records_of(path)[-1], EndRecord)
    relay.now += AGAIN
    relay.work()
    assert relay.recorder.close()
    assert is_held(path) in (False, None)


def test_no_more_recordings_are_held_than_there_may_be(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    for number in range(HELD + 3):
        fail(relay, {"model": "m", "input": str(number)})
    fail(relay, {"model": "m", "input": "0"})
    fail(relay, {"model": "m", "input": str(HELD)})
    assert len(relay.files()) == HELD + 4


def test_a_request_whose_names_come_in_another_order_is_another_try(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    metadata = {"thread_id": "a", "turn_id": "b", "session_id": "c"}
    fail(relay, json.dumps({**ASKED, "client_metadata": metadata}).encode())
    turned = dict(reversed(metadata.items()))
    fail(relay, json.dumps({"client_metadata": turned, **ASKED}, indent=1).encode())
    assert len(relay.files()) == 1


@pytest.mark.parametrize("other", [{"n": 1.5}, {"n": "1"}, {"n": True}, {"m": 1}, {"n": [1]}])
def test_a_request_that_says_something_else_is_no_other_try(
    tmp_path: Path, other: dict[str, object]
) -> None:
    relay = FakeRelay(tmp_path)
    fail(relay, ASKED | {"n": 1})
    fail(relay, ASKED | other)
    assert len(relay.files()) == 2


def test_bodies_that_are_no_json_are_compared_as_they_were_sent(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    for body in (b"{", b"{", b"{ "):
        fail(relay, body)
    assert len(relay.files()) == 2
