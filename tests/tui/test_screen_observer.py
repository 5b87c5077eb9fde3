"""What the engine tells, as messages: to which panes, and what is beside them meanwhile."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from codex_tui.engine.folded import Folded
from codex_tui.engine.observer import Arrival, SessionMoment
from codex_tui.tui.messages import ClockTicked, RecordsArrived, SessionSought
from codex_tui.tui.screen_observer import ScreenObserver
from tests.library.shelf import frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from codex_tui.model.items import Item

OPENED = ("response.output_item.added", {"item": {"id": "m", "type": "message", "content": []}})
WORD = ("response.output_text.delta", {"item_id": "m", "delta": "word "})
SIGN: tuple[str, dict[str, Any]] = ("keepalive", {})


class Shown:
    """As much of a viewer as an observer speaks to; it keeps what it hears."""

    def __init__(self) -> None:
        self.app = SimpleNamespace(is_running=True)
        self.heard: list[tuple[Message, Item | None]] = []
        self.ticked: list[tuple[str, float | None]] = []
        self.lit: list[int | None] = []
        self.marked = 0
        self.told = SimpleNamespace(is_set=lambda: True)
        self.timeline = SimpleNamespace(cursor=SimpleNamespace(follows=True))
        self.arrangement = SimpleNamespace(mark_receiving=self._mark)
        self.inspection = SimpleNamespace(newest=1, arrived=_ignore, moved=_ignore)
        self.provenance = SimpleNamespace(scan=None, lit=None, moved=_ignore)
        self.provenance.clear = lambda: self.lit.append(None)
        self.provenance.light = self.lit.append

    def broadcast(self, make: Callable[[], Message], item: Item | None = None) -> None:
        self.heard.append((make(), item))

    def query_one(self, cls: type) -> Any:
        return SimpleNamespace(post_message=lambda said: self._tick(cls.__name__, said))

    def _tick(self, name: str, said: ClockTicked) -> None:
        self.ticked.append((name, said.now))

    def _mark(self, _: object) -> None:
        self.marked += 1


def _ignore(_: object) -> None:
    pass


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def observer(shown: Shown) -> ScreenObserver:
    return ScreenObserver(cast("Any", shown), lambda: None)


@pytest.fixture
def folded() -> Folded:
    return Folded()


def batch(folded: Folded, *sent: tuple[str, dict[str, Any]]) -> list[Arrival]:
    return [folded.take(frame(0.5, type_, output_index=0, **more)) for type_, more in sent]


def moment(folded: Folded, position: int | None = None) -> SessionMoment:
    log = cast("Any", SimpleNamespace(__len__=lambda _: 7))
    return SessionMoment(folded.conversation, log, position)


def test_pieces_of_one_item_alone_are_told_to_those_that_show_it(
    shown: Shown, observer: ScreenObserver, folded: Folded
) -> None:
    for sent in ([OPENED], [WORD, WORD], [WORD, SIGN], [WORD], [WORD]):
        observer.arrived(moment(folded), batch(folded, *sent))
    message = folded.conversation.current.transcript.items[0]
    assert [item for _, item in shown.heard] == [None, message, None, None, message]
    assert shown.marked == 3


def test_a_batch_without_arrivals_concerns_all(
    shown: Shown, observer: ScreenObserver, folded: Folded
) -> None:
    for sent in ([OPENED], [WORD], []):
        observer.arrived(moment(folded), batch(folded, *sent))
    assert shown.heard[-1][1] is None


def test_a_moment_of_a_replay_concerns_all_and_so_does_what_comes_next(
    shown: Shown, observer: ScreenObserver, folded: Folded
) -> None:
    observer.arrived(moment(folded), batch(folded, OPENED))
    observer.sought(moment(folded, 3))
    observer.arrived(moment(folded), batch(folded, WORD))
    told = [(type(said), item) for said, item in shown.heard]
    assert told == [(RecordsArrived, None), (SessionSought, None), (RecordsArrived, None)]


def test_nothing_is_told_while_the_screen_is_taken_down(
    shown: Shown, observer: ScreenObserver, folded: Folded
) -> None:
    shown.app.is_running = False
    observer.arrived(moment(folded), batch(folded, OPENED))
    observer.sought(moment(folded, 3))
    observer.passed(1.0)
    assert (shown.heard, shown.ticked) == ([], [])


def test_the_answer_hears_of_each_second_and_the_status_of_each_moment(
    shown: Shown, observer: ScreenObserver
) -> None:
    for t in (0.2, 0.7, 1.1, None):
        observer.passed(t)
    assert [t for name, t in shown.ticked if name == "StatusBar"] == [0.2, 0.7, 1.1, None]
    assert [t for name, t in shown.ticked if name == "OutputPane"] == [0.2, 1.1, None]


@pytest.mark.parametrize(
    ("playing", "number", "following", "lit"),
    [
        (False, 3, True, [1]),
        (True, 3, True, [None]),
        (False, 0, True, [None]),
        (False, 3, False, []),
    ],
)
def test_who_steps_sees_what_the_event_brought(
    shown: Shown, observer: ScreenObserver, playing: bool, number: int, following: bool, lit: object
) -> None:
    shown.timeline.cursor.follows = following
    log = SimpleNamespace(events=9, events_before=lambda _: number)
    stands = {"total": 9, "position": 4, "moment": None, "speed": 1.0, "loop": False}
    says = {"complete": False, "live": False, "following": False}
    observer.moved(cast("Any", SimpleNamespace(log=log, playing=playing, **stands, **says)), "")
    assert shown.lit == lit
