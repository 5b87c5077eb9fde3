"""The output pane: every state of an answer, fed with messages in a bare app."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.tui.panes.output import OutputPane
from codex_tui.tui.section_view.view import SectionView
from tests.formats import rollouts
from tests.formats.reading import records
from tests.tui import scripts
from tests.tui.stage import Script, Stage, posed

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from codex_tui.recording.records import How

STATES = [
    scripts.nothing,
    scripts.asked,
    scripts.begun,
    scripts.a_long_prompt,
    scripts.refused,
    scripts.with_sources,
    scripts.contradicting,
    scripts.two_turns,
    scripts.incomplete,
    scripts.http_error,
    scripts.not_sse,
    scripts.connect_error,
    scripts.hostile,
]


@pytest.mark.parametrize(("width", "theme"), [(120, "codex-dark"), (44, "codex-light")])
def test_picture_of_markdown_of_every_kind(
    snap_compare: Callable[..., bool], width: int, theme: str
) -> None:
    stage = Stage(OutputPane, scripts.completed(), theme)
    assert snap_compare(stage, terminal_size=(width, 56), run_before=posed)


@pytest.mark.parametrize("script", STATES, ids=[state.__name__ for state in STATES])
def test_picture_of(snap_compare: Callable[..., bool], script: Callable[[], Script]) -> None:
    stage = Stage(OutputPane, script())
    assert snap_compare(stage, terminal_size=(44, 18), run_before=posed)


@pytest.mark.parametrize("text", scripts.STREAMING.values(), ids=scripts.STREAMING)
def test_picture_of_markdown_that_still_streams(
    snap_compare: Callable[..., bool], text: str
) -> None:
    async def receive(pilot: Pilot[None]) -> None:
        await posed(pilot)
        pilot.app.query_one(OutputPane).receiving = True
        await pilot.pause()

    stage = Stage(OutputPane, scripts.streaming(text))
    assert snap_compare(stage, terminal_size=(70, 12), run_before=receive)


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_picture_of_an_answer_that_ended_as(snap_compare: Callable[..., bool], how: How) -> None:
    stage = Stage(OutputPane, scripts.ended(how, scripts.ENDINGS[how]))
    assert snap_compare(stage, terminal_size=(90, 12), run_before=posed)


SIGNS: dict[How, str] = {
    "failed": "✗ failed",
    "api_error": "✗ error event",
    "interrupted": "✗ interrupted",
    "timeout": "✗ timed out",
    "cancelled": "■ cancelled",
    "protocol_error": "✗ invalid bytes",
}


@pytest.mark.parametrize("how", scripts.ENDINGS)
async def test_how_an_answer_ended_is_said_under_what_came_of_it(how: How) -> None:
    stage = Stage(OutputPane, scripts.ended(how, scripts.ENDINGS[how]))
    async with stage.run_test(size=(90, 12)) as pilot:
        await posed(pilot)
        view = stage.query_one(SectionView)
        said = [view.render_line(y).text.rstrip() for y in range(view.size.height)]
    assert [line for line in said if line] == [
        "❯ Why does my retry loop never end?",
        "The worker puts the job back before it",
        f"{SIGNS[how]:80}0.79 s",
        scripts.ENDINGS[how],
        "first event 0.75 s · first text 0.79 s · 3 events",
        "What arrived is kept. f9 sends the request again.",
    ]


def test_picture_in_a_light_theme(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(OutputPane, scripts.http_error(), "codex-light")
    assert snap_compare(stage, terminal_size=(90, 16), run_before=posed)


@pytest.mark.parametrize("theme", ["codex-contrast", "ansi-light"])
def test_picture_in_the_theme(snap_compare: Callable[..., bool], theme: str) -> None:
    stage = Stage(OutputPane, scripts.completed(), theme)
    assert snap_compare(stage, terminal_size=(80, 48), run_before=posed)


def test_picture_of_a_long_answer_at_its_tail(snap_compare: Callable[..., bool]) -> None:
    stage = Stage(OutputPane, scripts.long_answer())
    assert snap_compare(stage, terminal_size=(70, 14), run_before=posed)


def test_picture_of_the_mark_where_it_grew_out_of_sight(snap_compare: Callable[..., bool]) -> None:
    async def read_the_beginning(pilot: Pilot[None]) -> None:
        stage = await posed(pilot)
        stage.query_one(OutputPane).view.focus()
        await pilot.press("g")
        stage.widget.post_message(stage.script.text("81. And one more.\n").message())
        await stage.settle(pilot)

    stage = Stage(OutputPane, scripts.long_answer())
    assert snap_compare(stage, terminal_size=(70, 14), run_before=read_the_beginning)


def test_picture_of_a_search(snap_compare: Callable[..., bool]) -> None:
    async def search(pilot: Pilot[None]) -> None:
        stage = await posed(pilot)
        pane = stage.query_one(OutputPane)
        pane.sections.search.seek("limit")
        await stage.settle(pilot)

    stage = Stage(OutputPane, scripts.completed())
    assert snap_compare(stage, terminal_size=(90, 30), run_before=search)


def test_picture_of_a_codex_thread_with_an_inherited_turn_and_one_rolled_back(
    snap_compare: Callable[..., bool],
) -> None:
    script = Script()
    kept = rollouts.line(14, "compacted", {"replacement_history": [{"type": "message"}] * 2})
    back = rollouts.event(15, "thread_rolled_back", num_turns=1)
    for record in records(rollouts.spawned() + kept.encode() + back.encode()):
        script.record(record)
    assert snap_compare(Stage(OutputPane, script), terminal_size=(90, 18), run_before=posed)


async def test_that_it_can_be_sent_again_is_said_once_and_with_the_key_as_it_is_bound() -> None:
    script = Script().ask("hello").created().text("Hel", "lo")
    script.end("cancelled", "Cancelled after 4 events and 1.2 s. You can send the request again.")
    keys = {"app.resend": "f12", "app.connection": "ctrl+o"}
    stage = Stage(lambda: OutputPane((), keys.__getitem__), script)
    async with stage.run_test(size=(100, 30)) as pilot:
        await stage.play(pilot)
        await stage.settle(pilot)
        said = stage.query_one(SectionView)
        lines = "\n".join(said.render_line(y).text.strip() for y in range(30))
        assert "Cancelled after 4 events and 1.2 s.\n" in lines
        assert "What arrived is kept. f12 sends the request again." in lines
        assert lines.count("again") == 1
