"""What is recorded of one exchange: nothing until it is begun, and all of it in one turn then."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.relay.endings import Outcome
from codex_tui.relay.exchange_recording import ExchangeRecording
from codex_tui.relay.followed import Followed
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from codex_tui.recording.records import Record

SAME = "the same request"


class Ledger:
    """Takes down what is written, and what is said of it."""

    rules = ("openai", ())

    def __init__(self, turns: int = 0) -> None:
        self.file = SimpleNamespace(turns=turns, path="a.sse")
        self.opened: list[tuple[object, str]] = []
        self.written: list[Record] = []
        self.left: list[object] = []
        self.mistakes: list[Exception] = []

    def open(self, _: object, same: object, title: str) -> Any:
        self.opened.append((same, title))
        return self.file

    def write(self, _: object, records: Sequence[Record]) -> None:
        self.written += records

    def let_go(self, _: object, again: object) -> None:
        self.left.append(again)

    def mistaken(self, error: Exception) -> None:
        self.mistakes.append(error)


def recording(ledger: Ledger) -> ExchangeRecording:
    asked = SimpleNamespace(same=SAME, mask=SimpleNamespace(text=lambda text: f"masked {text}"))
    return ExchangeRecording(cast("Any", asked), cast("Any", ledger))


def frame(type_: str) -> FrameRecord:
    return FrameRecord(0.5, 1, ServerSentEvent(type_, f'{{"type": "{type_}"}}'), turn=1)


def test_until_it_is_begun_nothing_is_written_or_known() -> None:
    ledger = Ledger()
    kept = recording(ledger)
    kept.write([frame("response.created")])
    kept.rest()
    kept.end(1.0, Outcome("completed"), again=True)
    assert (ledger.opened, ledger.written, ledger.left) == ([], [], [])
    assert (kept.begun, kept.path, kept.turn, kept.figures()) == (False, None, 0, None)


def test_it_is_the_next_turn_of_its_file() -> None:
    ledger = Ledger(turns=2)
    kept = recording(ledger)
    kept.begin("Why?", again=True)
    assert (kept.turn, ledger.file.turns) == (3, 3)
    assert ledger.opened == [(SAME, "masked Why?")]
    kept.end(1.0, Outcome("interrupted", "It broke."), again=True)
    assert ledger.written == [EndRecord(3, 1.0, "interrupted", "It broke.")]
    assert ledger.left == [SAME]


def test_what_is_its_own_goes_into_no_file_of_another_try() -> None:
    ledger = Ledger()
    kept = recording(ledger)
    kept.begin("Why?", again=False)
    kept.let_go()
    assert (ledger.opened, ledger.left) == ([(None, "masked Why?")], [None])


def test_what_is_written_is_followed() -> None:
    kept = recording(Ledger())
    kept.begin("Why?", again=False)
    kept.write([RequestRecord(1, ""), frame("response.created")])
    figures = kept.figures()
    assert figures is not None
    assert figures["events"] == 1


def test_a_mistake_in_following_costs_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(Followed, "take", wrong)
    ledger = Ledger()
    kept = recording(ledger)
    kept.begin("Why?", again=False)
    kept.write([frame("response.created")])
    kept.write([frame("response.completed")])
    assert (len(ledger.written), len(ledger.mistakes), kept.figures()) == (2, 1, None)
