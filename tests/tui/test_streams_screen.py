"""The list of streams, fed with what a watch would tell: its rows, its verdict, its keys."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from codex_tui.streams.arrangement import ListRow
from codex_tui.streams.stream import Stream
from codex_tui.streams.taps import TapView
from codex_tui.tui.comparison.marks import MarkedFiles
from codex_tui.tui.streams.cells import COLUMNS, how_of, row_cells, widths
from codex_tui.tui.streams.screen import FilterLine, StreamsScreen
from tests.tui.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.pilot import Pilot

NOW = 1_796_040_000.0  # noon of 30 November 2026, in UTC
FILE = Path("2026/11/30T12-00-00-why.sse")
STREAMS = [
    Stream(
        *("1", FILE, "live", "reasoning", NOW - 9, NOW - 0.3),
        *("codex", "/root", "gpt-5-codex", "api.openai.com", "fix the flaky test"),
        first=0.41,
        last=8.7,
        events=212,
        pulse=(1, 2, 2, 4, 3),
        thread="t-1",
    ),
    Stream(
        *("2", FILE, "live", "writing", NOW - 9.5, NOW - 12),
        *("codex", "/review", "gpt-5-codex", "api.openai.com", "review the diff"),
        first=0.39,
        last=1.2,
        events=18,
        pulse=(5, 1),
        thread="t-1",
    ),
    Stream(
        *("3", FILE, "ended", "completed", NOW - 60, NOW - 58, "opencode 1.2", ""),
        *("gpt-5.4-nano", "", "a title for [bold]this[/] \x1b[31m"),
        first=0.22,
        last=1.1,
        events=31,
        tokens=(210, 1_280),
        errors=1,
        warnings=1,
        pulse=(5, 7),
    ),
    Stream(
        *("4", FILE, "ended", "http_error", NOW - 90, NOW - 88, "py openai 3.57", "", "gpt-5", ""),
        *("What is the weather like in Paris today?", "", 429, 3),
        last=1.0,
        retry="retry after 7 s",
    ),
    Stream(
        *("5", FILE, "gone", "writing", NOW - 190, NOW - 100, "codex-tui 0.1", "", "gpt-5", ""),
        *("Why?",),
        first=0.3,
        last=90.0,
        events=4_012,
        pulse=(1, 2, 3, 4, 5, 6, 7, 8),
        errors=0,
        warnings=0,
    ),
    Stream(
        *("6", FILE, "maybe", "writing", NOW - 20, NOW - 1, "", "", "", "", "dump.sse"),
        events=12,
    ),
    Stream("7", how="answered", started=NOW - 191, program="codex", what="GET /v1/models"),
    Stream("8", FILE, how="completed", started=NOW - 200_000, what="日本語の長い質問です" * 4),
]


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


class Listed:
    """The screen over a stage, with a clock of its own, and what came of it."""

    def __init__(self, tap: TapView | None = None) -> None:
        self.now = NOW
        self.copied: list[str] = []
        self.chosen: list[Stream | None] = []
        self.compared: list[tuple[Path, Path]] = []
        self.screen = StreamsScreen(
            None,
            tap,
            self.copied.append,
            lambda: None,
            clock=lambda: self.now,
            marks=MarkedFiles(lambda a, b: self.compared.append((a, b))),
        )

    async def __call__(self, pilot: Pilot[None], *streams: Stream) -> None:
        await pilot.app.push_screen(self.screen, self.chosen.append)
        await pilot.pause()
        self.screen.query_one(FilterLine).cursor_blink = False
        self.screen.take(streams or STREAMS)
        await pilot.pause()

    @property
    def names(self) -> list[str]:
        return [row.stream.name for row in self.screen.table._rows]

    @property
    def on(self) -> str:
        stream = self.screen.table.stream
        return "" if stream is None else stream.name

    @property
    def head(self) -> str:
        return self.screen.head.render_line(0).text

    def line(self, place: int) -> str:
        return self.screen.table.draw(place).text


def listing(listed: Listed, *keys: str) -> Callable[[Pilot[None]], object]:
    async def show(pilot: Pilot[None]) -> None:
        await listed(pilot)
        await pilot.press(*keys)
        await pilot.pause()

    return show


# -- pictures --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(140, 14), (80, 14), (40, 12)], ids="{0[0]}x{0[1]}".format)
def test_picture_of_the_list(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    assert snap_compare(Stage(Static), terminal_size=size, run_before=listing(Listed(), "down"))


def test_picture_of_the_list_of_a_tap_in_light(snap_compare: Callable[..., bool]) -> None:
    lines = ["Reading the tests …", "\x1b[31m1 failed\x1b[0m, 211 passed"]
    tap = TapView("t", ("http://127.0.0.1:8787/v1",), "https://api.openai.com", lines=lambda: lines)
    listed = Listed(tap)

    async def show(pilot: Pilot[None]) -> None:
        await listed(pilot, *(replace(each, tap="t") for each in STREAMS))
        listed.screen.tell_output()
        await pilot.pause()

    stage = Stage(Static, theme="codex-light")
    assert snap_compare(stage, terminal_size=(120, 18), run_before=show)


def test_picture_of_an_empty_list(snap_compare: Callable[..., bool]) -> None:
    listed = Listed()

    async def show(pilot: Pilot[None]) -> None:
        await listed(pilot)
        listed.screen.take([])
        await pilot.pause()

    assert snap_compare(Stage(Static), terminal_size=(80, 16), run_before=show)


# -- rows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [*range(60), 79, 100, 118, 138, 158, 250])
def test_a_row_has_exactly_its_cells_at_any_width(room: int) -> None:
    from rich.cells import cell_len

    for stream in STREAMS:
        cells = row_cells(ListRow(stream, follows=True), room, NOW)
        assert sum(cell_len(text) for text, _ in cells) <= max(room, 2 + 1)
        assert not any("\x1b" in text for text, _ in cells)
    assert sum(width + 1 for width in widths(room) if width >= 0) - 1 >= room or room < 3


def test_the_wider_it_is_the_more_columns_there_are() -> None:
    counts = [sum(width >= 0 for width in widths(room)) for room in range(10, 200)]
    assert counts == sorted(counts)
    assert counts[-1] == len(COLUMNS)
    assert counts[0] == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("1", "● reasoning"),
        ("2", "◔ silent 12 s"),
        ("3", "✓ completed"),
        ("4", "✗ 429 ×3"),
        ("5", "✗ writer gone"),
        ("6", "● maybe live"),
        ("7", "· answered"),
    ],
)
def test_how_it_goes_is_said_in_a_sign_and_words(name: str, said: str) -> None:
    stream = next(each for each in STREAMS if each.name == name)
    assert " ".join(how_of(stream, NOW)[:2]) == said


def test_an_ending_is_said_in_words_for_people() -> None:
    assert how_of(Stream("a", how="connect_error"), NOW)[:2] == ("✗", "no connection")


def test_what_completed_with_errors_is_not_green() -> None:
    assert how_of(STREAMS[2], NOW)[2] == "title"
    assert how_of(Stream("a", how="completed"), NOW)[2] == "good"


# -- the screen ------------------------------------------------------------------------------------


async def test_the_head_says_what_lives_what_is_stuck_and_what_failed() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot)
        assert listed.head.endswith("3 live · 1 silent · 5 ended · 2 ✗ · ⚑ 2 ")
    async with Stage(Static).run_test(size=(20, 20)) as pilot:
        listed = Listed()
        await listed(pilot)
        assert listed.head.endswith("3 live · 2 ✗ ")


async def test_silence_grows_with_the_clock_alone() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot)
        assert "● reasoning" in listed.line(0)
        listed.now += 4
        listed.screen.pass_time()
        assert "◔ silent 4 s" in listed.line(0)
        assert "◔ silent 16 s" in listed.line(1)
        assert "3 silent" in listed.head


async def test_rows_of_a_thread_stand_together() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot)
        assert listed.names[:2] == ["1", "2"]
        assert "codex /root" in listed.line(0)
        assert "└ /review" in listed.line(1)


async def test_the_cursor_stays_on_its_stream_when_others_come() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 8)) as pilot:
        await listed(pilot)
        await pilot.press("down", "down", "down")
        on = listed.on
        new = [Stream(f"new {number}", FILE, started=NOW + number) for number in range(20)]
        listed.screen.take([*STREAMS, *new])
        await pilot.pause()
        assert listed.on == on
        await pilot.press("home")
        assert listed.on == "new 19"
        listed.screen.take([*STREAMS, *new, Stream("newest", FILE, started=NOW + 99)])
        assert listed.on == "newest"  # at the top it stays at the top


async def test_letters_are_commands_until_a_slash_filters() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot)
        await pilot.press("j", "k", "G")
        assert listed.on == listed.names[-1]
        await pilot.press("slash", *"sjg")
        assert listed.screen.typed == "sjg"
        assert listed.names == []
        assert "No stream has these words" in str(
            listed.screen.query_one("#streams-empty", Static).content
        )
        await pilot.press("escape")
        assert len(listed.names) == len(STREAMS)
        await pilot.press("slash", *"how:http_error", "enter")
        assert listed.names == ["4"]
        await pilot.press("s")
        assert listed.screen.typed == "how:http_error"
        await pilot.press("escape")
        assert len(listed.names) == len(STREAMS)
        await pilot.press("escape")
    assert listed.chosen == [None]


async def test_s_sorts_and_the_head_says_by_what() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot)
        await pilot.press("s", "s")
        assert "by findings" in listed.head
        assert listed.names[:2] == ["4", "5"]
        await pilot.press("s", "s")
        assert "by events" in listed.head
        assert listed.names[0] == "5"
        await pilot.press("s")
        assert "by" not in listed.head


async def test_enter_opens_and_a_second_click_does() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot)
        await pilot.press("down", "y", "enter")
        await pilot.pause()
    assert [each and each.name for each in listed.chosen] == ["2"]
    assert listed.copied == [str(FILE)]
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot)
        await pilot.click(listed.screen.table, offset=(5, 3), times=2)
        await pilot.pause()
    assert [each and each.name for each in listed.chosen] == [listed.names[3]]


APART = [replace(each, path=Path(f"{each.name}.sse")) for each in STREAMS[:4]]


async def test_space_marks_two_and_equals_compares_them() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot, *APART)
        await pilot.press("down", "space", "up", "space")
        assert [listed.line(place)[0] for place in range(4)] == ["B", "A", " ", " "]
        await pilot.press("equals_sign")
        assert listed.compared == [(Path("2.sse"), Path("1.sse"))]
        await pilot.press("space")  # taken away again
        assert [listed.line(place)[0] for place in range(2)] == ["▌", "A"]


async def test_one_mark_is_compared_with_the_row_one_is_on() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot, *APART)
        await pilot.press("equals_sign")  # nothing is marked
        await pilot.press("space", "equals_sign")  # nor is one row two
        assert listed.compared == []
        await pilot.press("down", "equals_sign")
        assert listed.compared == [(Path("1.sse"), Path("2.sse"))]


async def test_a_third_mark_takes_the_place_of_the_oldest_and_esc_takes_all_away() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot, *APART)
        await pilot.press("space", "down", "space", "down", "space", "home")
        assert [listed.line(place)[0] for place in range(3)] == ["▌", "A", "B"]
        await pilot.press("escape")
        assert [listed.line(place)[0] for place in range(3)] == ["▌", " ", " "]
        assert listed.chosen == []


def test_picture_of_marks(snap_compare: Callable[..., bool]) -> None:
    listed = Listed()

    async def show(pilot: Pilot[None]) -> None:
        await listed(pilot, *APART)
        await pilot.press("down", "space", "down", "space")

    assert snap_compare(Stage(Static), terminal_size=(100, 10), run_before=show)


async def test_an_exchange_that_is_no_stream_cannot_be_opened() -> None:
    listed = Listed()
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot, STREAMS[6])
        await pilot.press("enter", "y", "space")
        await pilot.pause()
        assert (listed.chosen, listed.copied, listed.line(0)[0]) == ([], [], "▌")


async def test_an_empty_list_teaches_what_to_do() -> None:
    for tap, said in (
        (None, "codex-tui tap"),
        (TapView("t", ("http://127.0.0.1:8787/v1",)), "OPENAI_BASE_URL=http://127.0.0.1:8787/v1"),
        (
            TapView("t", ("http://127.0.0.1:8787/v1",)),
            "codex -c 'openai_base_url=\"http://127.0.0.1:8787/v1\"'",
        ),
    ):
        listed = Listed(tap)
        async with Stage(Static).run_test(size=(120, 20)) as pilot:
            await listed(pilot)
            listed.screen.take([])
            await pilot.pause()
            assert said in str(listed.screen.query_one("#streams-empty", Static).content)


async def test_a_tap_lists_its_own_before_what_else_lives() -> None:
    own = [Stream("a", FILE, how="completed", started=1.0, tap="t"), Stream("b", tap="t")]
    listed = Listed(TapView("t"))
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot, *STREAMS, *own)
        assert listed.names == ["a", "b", "1", "2", "6"]
        assert "3 live · 1 silent · 2 ended" in listed.head


async def test_a_tap_says_where_it_listens_and_what_has_to_be_heard() -> None:
    said = ["The disk is full."]
    tap = TapView("t", ("http://127.0.0.1:8787/v1",), said=lambda: said[0])
    listed = Listed(tap)
    async with Stage(Static).run_test(size=(140, 20)) as pilot:
        await listed(pilot)
        assert listed.head.startswith(" tap 127.0.0.1:8787  The disk is full.")
        tap.to = "https://api.openai.com"
        listed.screen.pass_time()
        assert "127.0.0.1:8787 → api.openai.com" in listed.head


async def test_a_thousand_rows_are_drawn_only_where_they_are_seen() -> None:
    listed = Listed()
    many = [Stream(str(number), FILE, started=float(number)) for number in range(1_000)]
    async with Stage(Static).run_test(size=(120, 20)) as pilot:
        await listed(pilot, *many)
        drawn: list[int] = []
        draw = listed.screen.table.draw
        listed.screen.table._painted._draw = lambda y: drawn.append(y) or draw(y)  # type: ignore[func-returns-value]
        listed.screen.take([*many[:-1], Stream("999", FILE, started=999.0, events=5)])
        await pilot.pause()
        assert len(drawn) <= 2 * 20
