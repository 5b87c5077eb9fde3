"""The live source against every row of the tables: how it ends, and what is kept of it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from codex_tui.figures.report import figures_of
from codex_tui.model.conversation import Conversation
from codex_tui.model.folds import Folds
from codex_tui.recording.payload import ReplayedFile
from codex_tui.recording.reader import read_records
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import CutRecord, FrameRecord
from codex_tui.sources import answers
from codex_tui.sources.live import LiveSource
from codex_tui.wire.decode import decode_event
from tests.faults import bodies, breaks, contradictions, endings, heads, payloads, refusals
from tests.recording.strategies import NOW
from tests.servers import serving
from tests.sources.conftest import BODY, KEY, Heard, listen, provider_of, split_detail

if TYPE_CHECKING:
    from pathlib import Path

    from _pytest.mark.structures import ParameterSet

    from codex_tui.model.conversation import Turn
    from tests.faults.case import Case

TABLES = (
    *(refusals.statuses, refusals.redirects, refusals.stalls),
    *(bodies.no_streams, bodies.content_types, bodies.encodings),
    *(heads.heads, heads.silences),
    *(breaks.breaks, breaks.trickles, breaks.chunks),
    *(endings.errors, endings.terminals),
    *(contradictions.contradictions, contradictions.wrapped_errors),
    contradictions.errors_and_successes,
    *(payloads.orders, payloads.payloads, payloads.sizes),
)
CASES = [case for table in TABLES for case in table()]

AFTER = re.compile(r"after [\d,]+ events?, [\d,]+ bytes and \d+\.\d+ s\b")
ADVICE = re.compile(
    r"\b(?:send (?:it|the request) again|Check |Change |change it|Raise |Wait, then|try another"
    r"|see whether|Begin another|begin another|set that as|ask in other words|Run |Is the server"
    r"|Does it speak)"
)


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in vain is waited for briefly; one slow test waits as long as users do."""
    monkeypatch.setattr(answers, "ERROR_SECONDS", 0.1)
    monkeypatch.setattr(answers, "AFTER_THE_END", 0.1)


async def heard_of(case: Case) -> Heard:
    async with serving(case.answer) as server, asyncio.timeout(case.within):
        heard = await listen(LiveSource(provider_of(server.url), BODY, limits=case.limits))
        await asyncio.wait_for(server.gone.wait(), 1)  # the socket was closed
    return heard


def marked(case: Case) -> ParameterSet:
    return pytest.param(case, id=case.name, marks=[pytest.mark.slow] * case.slow)


@pytest.mark.parametrize("case", map(marked, CASES))
async def test_every_fault_ends_as_what_it_was(case: Case, tmp_path: Path) -> None:
    heard = await heard_of(case)
    sentence, body = split_detail(heard.detail)
    assert [end.how for end in heard.ends] == [case.how], sentence
    for words in case.says:
        assert words in sentence
    if case.events >= 0:
        assert sum(frame.frame.data != "[DONE]" for frame in heard.frames) == case.events
    assert any(isinstance(each, CutRecord) for each in heard.records) == case.cut
    if case.body is not None:
        assert body == case.body
    if case.how != "completed":
        assert AFTER.search(sentence), sentence
        assert ADVICE.search(sentence), sentence
    assert sentence.splitlines() in ([sentence], [])
    assert len(sentence) < 1000
    assert KEY not in repr(heard.records)
    assert_kept(heard, tmp_path)


def assert_kept(heard: Heard, folder: Path) -> None:
    """What arrived is in the recording as it came, and folds to the same ending."""
    recording = Recording.create(folder, now=NOW)
    folds = Folds(ReplayedFile(recording.path))
    for batch in heard.batches:
        for record, span in zip(batch, recording.write(batch), strict=True):
            event = decode_event(record.frame) if isinstance(record, FrameRecord) else None
            folds.take(record, event, span)
    turn = folds.conversation.turn
    assert turn is not None
    assert (turn.how, turn.detail) == (heard.end.how, heard.end.detail)
    read = [record for _, record in read_records(recording.path)]
    assert [frame.frame.data for frame in read if isinstance(frame, FrameRecord)] == [
        frame.frame.data for frame in heard.frames
    ]
    assert read[-1].how == heard.end.how  # type: ignore[union-attr]


def named(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        *("an error whose body stalls", "an error, flat, held", "an end mark alone"),
        *("a text that stalls", "end marks without end"),
    ],
)
async def test_nobody_waits_long_for_a_server_that_said_it_all(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    heard = await heard_of(named(name))
    assert [end.how for end in heard.ends] == [named(name).how]
    assert 1 < (heard.end.t or 0) < 4


async def folded(name: str) -> Conversation:
    conversation = Conversation()
    for record in (await heard_of(named(name))).records:
        conversation.apply(record)
    return conversation


async def test_a_whole_response_is_shown_as_one() -> None:
    turn = (await folded("a response as application/json")).turn
    assert turn is not None
    assert turn.how == "not_sse"
    assert turn.transcript.output_text == "I do not stream."
    assert turn.events.total == 0
    assert turn.transcript.usage is not None


@pytest.mark.parametrize(
    ("kind", "said"),
    [("duplicate", "in the numbers"), ("missing", "in the numbers"), ("backward", "out of order")],
)
async def test_disorder_in_the_servers_numbers_is_counted(kind: str, said: str) -> None:
    turn = (await folded(f"{kind} numbers")).turn
    assert turn is not None
    assert any(said in figure for figure in figures_of(turn))
    assert any(each.rule.startswith("number.") for each in turn.transcript.forgiving.kept)
    assert not any(said in figure for figure in figures_of(await whole_turn()))


async def whole_turn() -> Turn:
    turn = (await folded("a byte at a time")).turn
    assert turn is not None
    return turn
