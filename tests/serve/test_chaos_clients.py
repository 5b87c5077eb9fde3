"""What clients do when an answer goes wrong: the official SDK, and our own source.

What stands here is what users of a server that fails so will see. A timeout of theirs is short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import openai
import pytest

from codex_tui.serve.chaos_kinds import CHAOS_KINDS
from codex_tui.sources.failures import Limits
from codex_tui.sources.live import LiveSource
from codex_tui.testing import recorded_server
from tests.serve.recorded import EVENTS, TEXT, recorded
from tests.sources.conftest import BODY, listen, provider_of

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import How
    from codex_tui.testing import RecordedServer

WHOLE = len(EVENTS)
BRIEF, LONG = 0.8, 30.0
"""Seconds of silence after which a client gives up: where that is the point, and where not."""


class Case(NamedTuple):
    """A fault, and what clients make of it.

    Attributes:
        spec: The fault.
        events: How many events the SDK gives.
        raises: What it raises behind them; nothing where it takes the answer for whole.
        asks: How often it asks.
        how: How the answer ended for our own source.
        frames: How many events that has; None: as many as the SDK.
        patience: Seconds of silence after which the client gives up.
    """

    spec: str
    events: int = WHOLE
    raises: type[Exception] | None = None
    asks: int = 1
    how: How = "completed"
    frames: int | None = None
    patience: float = LONG


CASES = [
    Case("slow=1.5x"),
    Case("jitter=20ms"),
    Case("stall=50ms"),
    Case("stall=5s@#4", 3, openai.APITimeoutError, how="timeout", patience=BRIEF),
    Case("stall=1.6s/200ms@#4", patience=BRIEF),  # keep-alives keep its patience
    Case("drop@#6", WHOLE - 1),
    Case("repeat@#6", WHOLE + 1),
    Case("swap@#6"),
    Case("error@#6", 6, how="api_error"),  # an event like any other, for the SDK
    Case("failed@#6", 6, how="failed"),
    Case("cut-byte@#6", 5, openai.APIConnectionError, how="interrupted"),
    Case("cut-byte=character@#1", 5, openai.APIConnectionError, how="interrupted"),
    Case("cut@#6", 5, openai.APIConnectionError, how="interrupted"),
    Case("end", WHOLE - 1, how="interrupted"),  # whole, for the SDK
    Case("never-end", WHOLE, openai.APITimeoutError, patience=BRIEF),
    Case("never-end@#6", 5, openai.APITimeoutError, how="timeout", patience=BRIEF),
    Case("merge"),
    Case("merge=50ms"),
    Case("gzip"),
    Case("byte-reads"),
    Case("wrong-type"),
    Case("status=400", 0, openai.BadRequestError, how="http_error"),
    Case("status=503/10ms", 0, openai.InternalServerError, asks=3, how="http_error"),
]


class Asked(NamedTuple):
    """What the SDK gave and raised."""

    types: list[str]
    text: str
    error: Exception | None


def ask(server: RecordedServer, patience: float = LONG) -> Asked:
    types: list[str] = []
    text = ""
    with openai.OpenAI(api_key="sk-1", base_url=server.url, timeout=patience) as client:
        try:
            with client.responses.create(model="m", input="hi", stream=True) as stream:
                for event in stream:
                    types.append(event.type)
                    text += event.delta if event.type == "response.output_text.delta" else ""
        except openai.OpenAIError as error:
            return Asked(types, text, error)
    return Asked(types, text, None)


@pytest.mark.parametrize("case", CASES, ids=[case.spec for case in CASES])
def test_the_sdk_sees_a_fault_so(case: Case, tmp_path: Path) -> None:
    with recorded_server(recorded(tmp_path), chaos=case.spec) as server:
        got = ask(server, case.patience)
    assert (len(got.types), type(got.error) if got.error else None, len(server.requests)) == (
        *(case.events, case.raises, case.asks),
    )


@pytest.mark.parametrize("case", CASES, ids=[case.spec for case in CASES])
async def test_our_own_source_calls_a_fault_so(case: Case, tmp_path: Path) -> None:
    limits = Limits(idle=case.patience)
    with recorded_server(recorded(tmp_path), chaos=case.spec) as server:
        heard = await listen(LiveSource(provider_of(server.url), BODY, limits=limits))
    frames = case.events if case.frames is None else case.frames
    assert (len(heard.frames), heard.end.how) == (frames, case.how)


def test_every_kind_is_tried_with_a_client() -> None:
    assert {case.spec.partition("=")[0].partition("@")[0] for case in CASES} == set(CHAOS_KINDS)


@pytest.mark.parametrize("spec", ["1:status=429/10ms", "1:status=503/10ms", "1-2:status=500"])
def test_a_retry_of_the_sdk_gets_the_turn_that_was_kept_from_it(spec: str, tmp_path: Path) -> None:
    with recorded_server(recorded(tmp_path), chaos=spec) as server:
        got = ask(server)
    assert (got.text, got.error) == (TEXT, None)
    assert [each.status for each in server.requests][-1] == 200


@pytest.mark.parametrize("spec", ["1:cut", "1:end", "1:error", "1:stall=5s", "1:never-end@#3"])
def test_who_asks_again_gets_the_same_turn_and_then_the_next(spec: str, tmp_path: Path) -> None:
    with recorded_server(recorded(tmp_path, turns=2), chaos=spec) as server:
        first = ask(server, BRIEF)
        second, third, fourth = (ask(server) for _ in range(3))
    assert first.types != second.types
    assert second.text == third.text == TEXT
    assert isinstance(fourth.error, openai.NotFoundError)


def test_a_client_that_gives_up_is_said_to_have_left(tmp_path: Path) -> None:
    with recorded_server(recorded(tmp_path), chaos="stall=5s@#4,3-:cut") as server:
        ask(server, BRIEF)
        (request,) = server.requests
        assert (request.ended, request.left) == ("closed", True)
    assert request.json["input"] == "hi"
    assert request.headers["authorization"] == "Bearer sk-1"
