"""Recordings of sockets on the command line: lines, answers, reports, events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from codex_tui.recording.records import RequestRecord
from tests.exports.test_sockets import STEER, spoken, two_lanes
from tests.recording.test_format import written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

BODY = {"type": "response.create", "generate": False}
WARM_UP = RequestRecord(3, "now", "GET", "wss://h/r", {}, BODY, t=9.5)


@pytest.fixture
def lanes(tmp_path: Path) -> Path:
    path = tmp_path / "lanes.sse"
    path.write_bytes(written(two_lanes("Hel", "lo")))
    return path


def test_lines_of_lanes_say_whose_they_are_and_go_on_where_they_were_left(
    cli: Cli, lanes: Path
) -> None:
    lines = cli("show", str(lanes), "--format", "plain").out.decode().splitlines()
    assert [line for line in lines if line.startswith("output")] == [
        "output (turn 1): Hel",
        "output (turn 2): Hel",
        "output (turn 1) continued: lo",
        "output (turn 2) continued: lo",
    ]
    ended = "first event 0.20 s, first text 0.40 s, 7 events, 7 to 9 tokens"
    assert [line for line in lines if line.startswith("completed")] == [
        f"completed after 3.3 s (turn {turn}): {ended}" for turn in (1, 2)
    ]
    assert f"sent text (turn 1): {STEER}" in lines
    assert "received close (turn 2): 1011 (internal error): timeout" in lines


def test_turns_one_after_the_other_are_told_as_ever(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "one.sse"
    path.write_bytes(written([*spoken(1, "Hi"), *spoken(2, "Ho", began=9.0)]))
    lines = cli("show", str(path), "--format", "plain").out.decode().splitlines()
    assert "output: Hi" in lines
    assert "output: Ho" in lines
    assert not [line for line in lines if "turn" in line]
    assert lines.count("stalled 2.6 s") == 2
    assert len([line for line in lines if "stalled" in line]) == 2


def test_a_warm_up_is_not_the_last_answer(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "warm.sse"
    path.write_bytes(written([*spoken(1, "Hi"), WARM_UP]))
    assert cli("show", str(path)).out == b"Hi"
    assert json.loads(cli("show", str(path), "--format", "json").out)["socket"]["warm_up"] is False
    told = json.loads(cli("show", str(path), "--format", "json", "--turn", "2").out)
    assert told["socket"]["warm_up"] is True
    path.write_bytes(written([WARM_UP]))
    assert cli("show", str(path), "--format", "summary").out.startswith(b"turn 1 of 1")


@pytest.mark.parametrize(("turn", "text"), [("1", b"Hello"), ("2", b"Hello")])
def test_one_turn_of_several_lanes_is_shown_alone(
    cli: Cli, lanes: Path, turn: str, text: bytes
) -> None:
    assert cli("show", str(lanes), "--turn", turn).out == text
    events = cli("show", str(lanes), "--turn", turn, "--format", "events").out.splitlines()
    deltas = [json.loads(line) for line in events]
    assert [each["type"] for each in deltas].count("response.output_text.delta") == 2


def test_events_have_the_messages_that_are_none(cli: Cli, lanes: Path) -> None:
    lines = cli("show", str(lanes), "--format", "events").out.splitlines()
    others = [told for line in lines if (told := json.loads(line))["n"] is None]
    assert [(each["kind"], each["after"], each["data"]) for each in others] == [
        ("ping", 6, None),
        ("sent", 6, STEER),
        ("sent", 6, None),
        ("close", 14, None),
    ]
    assert (others[3]["dir"], others[3]["code"], others[3]["reason"]) == (
        *("received", 1011, "timeout"),
    )


def test_what_is_wrong_on_a_socket_is_checked_and_explained(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "closed.sse"
    path.write_bytes(written([*two_lanes("Hel", "lo")[:12], two_lanes("x")[-1]]))
    result = cli("check", str(path))
    assert result.code == 1
    assert b"socket.closed" in result.out
    assert b"closed before the response" in cli("check", "--explain", "socket.closed").out


def test_the_list_of_sessions_counts_no_warm_up(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "warm.sse"
    path.write_bytes(written([WARM_UP, *spoken(1, "Hi")]))
    assert cli("sessions", "import", str(path)).code == 0
    (listed,) = [json.loads(line) for line in cli("sessions", "--format", "json").out.splitlines()]
    assert (listed["title"], listed["turns"], listed["how"]) == ("prompt 1", 1, "completed")
