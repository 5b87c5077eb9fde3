"""What is said to a running response: each text becomes part of another, or comes back with why."""

from __future__ import annotations

import json
from typing import Any

from codex_tui.sources.steering import ANSWER, SUCCESSOR, Steering


def steering(*texts: str) -> Steering:
    made = Steering()
    for text in texts:
        made.asked("resp_1", text)
    return made


def hear(made: Steering, name: str, *, over: bool = False, **fields: Any) -> None:
    made.follow(name, json.dumps({"type": name, **fields}), over=over)


def test_a_server_that_has_accepted_it_has_longer_to_go_on() -> None:
    made = steering("shorter")
    assert made.patience == ANSWER
    hear(made, "response.steer.accepted")
    assert made.patience == SUCCESSOR
    assert made.taken_up() == {
        "type": "response.steer",
        "previous_response_id": "resp_1",
        "input": "shorter",
    }
    assert made.patience == ANSWER


def test_what_waits_for_the_output_of_a_call_is_with_the_server() -> None:
    made = steering("shorter")
    hear(made, "response.steer.pending")
    made.give_up()
    assert (made.waiting, made.returned) == ([], [])


def test_the_text_that_a_server_repeats_is_the_one_that_comes_back() -> None:
    made = steering("one", "two")
    steer = {"id": "steer_2", "previous_response_id": "resp_1", "input": "two"}
    hear(made, "response.steer.failed", steer=steer, error={"message": "Too late."})
    assert made.returned == [("two", "Too late.")]
    assert [each["input"] for each in made.waiting] == ["one"]


def test_an_error_that_the_response_survives_is_of_what_was_said_to_it() -> None:
    made = steering("shorter")
    hear(made, "error", error={"message": "Unknown message."})
    assert made.returned == []  # it may be the response's own
    hear(made, "response.output_text.delta", delta="on")
    assert made.returned == [("shorter", "Unknown message.")]


def test_an_error_behind_the_end_says_why_nothing_goes_on() -> None:
    made = steering("shorter")
    hear(made, "error", over=True, error={"message": "No tokens left."})
    assert made.returned == [("shorter", "No tokens left.")]


def test_what_nobody_took_up_comes_back() -> None:
    made = steering("one", "two")
    made.give_up()
    assert [text for text, _ in made.returned] == ["one", "two"]
