"""What a client of a WebSocket hears when an answer goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from codex_tui.serve.chaos_kinds import CHAOS_KINDS
from codex_tui.testing import recorded_server
from tests.serve.recorded import EVENTS, recorded_socket
from tests.serve.socket_client import ask_socket

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = len(EVENTS)
BRIEF, LONG = 0.8, 30.0
"""Seconds of silence after which a client gives up: where that is the point, and where not."""


class Case(NamedTuple):
    """A fault, the messages that come, how it ends, and the type of the last message."""

    spec: str
    messages: int = WHOLE
    end: str = "turn"
    last: str = "response.completed"
    pings: int = 0
    patience: float = LONG


DELTA = "response.output_text.delta"
CASES = [
    Case("slow=1.5x"),
    Case("jitter=20ms"),
    Case("stall=50ms"),
    Case("stall=5s@#6", 5, "silence", DELTA, patience=BRIEF),
    Case("stall=1.6s/400ms@#6", pings=4, patience=BRIEF),
    Case("drop@#6", WHOLE - 1),
    Case("repeat@#6", WHOLE + 1),
    Case("swap@#6"),
    Case("error=overloaded@#6", 6, last="error"),
    Case("failed@#6", 6, last="response.failed"),
    Case("cut-byte@#6", 5, "closed", DELTA),
    Case("cut-byte=character@#1", 5, "closed", DELTA),
    Case("cut@#6", 5, "reset", DELTA),
    Case("end", WHOLE - 1, "close 1000", "response.output_item.done"),
    Case("never-end@#6", 5, "silence", DELTA, patience=BRIEF),
    Case("merge"),
    Case("byte-reads"),
    Case("status=429", 1, last="error"),
]


@pytest.mark.parametrize("case", CASES, ids=[case.spec for case in CASES])
def test_a_client_of_a_socket_hears_a_fault_so(case: Case, tmp_path: Path) -> None:
    with recorded_server(recorded_socket(tmp_path), chaos=case.spec) as server:
        heard = ask_socket(server.url, {"model": "m", "input": "hi"}, case.patience)
        (request,) = server.requests
    assert (len(heard.messages), heard.end, heard.messages[-1]["type"], heard.pings) == case[1:-1]
    assert request.messages == [{"type": "response.create", "model": "m", "input": "hi"}]


def test_every_kind_that_a_socket_can_have_is_tried() -> None:
    can_be = {each.name for each in CHAOS_KINDS.values() if not each.not_on_sockets}
    assert {case.spec.partition("=")[0].partition("@")[0] for case in CASES} == can_be
