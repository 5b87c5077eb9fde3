"""The screen drawn for somebody who isn't there: the real panes, at any place, and as a film."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from codex_tui.config import load
from codex_tui.recording.log import EventLog
from codex_tui.recording.payload import Spool
from codex_tui.timeline.goto import GotoError
from codex_tui.tui.panes.status import StatusBar
from codex_tui.tui.screenshots import EVEN, MOST_FRAMES, film, frames, moving, picture
from tests.exports.sessions import answer, event

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.config import Settings
    from codex_tui.recording.records import Record

SIZE = (100, 30)
SHAPES = ("svg", "style", "defs", "clipPath", "rect", "text", "g", "circle", "line")
ESCAPES = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[^A-Za-z]*[A-Za-z]")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    return load({"data_dir": tmp_path}, {})


def words(svg: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", "", svg)).replace("\xa0", " ").split())


def test_the_screen_is_drawn_at_its_end_or_at_a_place(settings: Settings) -> None:
    said = answer("first ", "second")
    end = words(picture(said, settings, name="a name", size=SIZE))
    assert "first second" in end
    assert "a name" in end
    early = words(picture(said, settings, name="x", size=SIZE, at="#3"))
    assert "#3 of 7" in early
    assert "✓ completed" in end
    assert "‖ at #3 of 7" in early
    assert "ended ✓ completed" in early


def test_a_picture_loads_nothing_and_runs_nothing(settings: Settings) -> None:
    hostile = "</text><script>1</script><image href='https://a.example/x'/> ![x](https://a.example)"
    svg = picture(answer(hostile, prompt=hostile), settings, name="n", size=SIZE)
    style = svg.partition("<style>")[2].partition("</style>")[0]
    assert "matrix" in style
    assert "@font-face" not in style
    assert "@import" not in style
    assert not re.search(r"url\((?!#)", style)
    tags = set(re.findall(r"<(/?\w+)", svg))
    assert tags <= {f"{end}{tag}" for tag in SHAPES for end in ("", "/")}
    attributes = " ".join(re.findall(r"<\w[^>]*>", svg))
    assert not re.search(r"\b(?:href|src|on\w+)\s*=|url\((?!#)", attributes)


def test_a_place_that_is_none_is_refused_before_anything_is_drawn(settings: Settings) -> None:
    with pytest.raises(GotoError):
        picture([], settings, name="x", size=SIZE, at="somewhere")


def test_a_film_shows_what_came_when_it_came(settings: Settings) -> None:
    lines = [
        json.loads(line) for line in film(answer("one ", "two"), settings, name="n", size=SIZE)
    ]
    head, shown = lines[0], lines[1:]
    assert (head["version"], head["width"], head["height"]) == (2, *SIZE)
    assert head["timestamp"] == 1795382045
    assert [kind for _, kind, _ in shown] == ["o"] * len(shown)
    times = [time for time, _, _ in shown]
    assert times == sorted(times)
    assert (times[0], times[-1]) == (0, 3.3)
    assert shown[0][2].startswith("\x1b[?1049h")
    seen = [ESCAPES.sub("", data) for _, _, data in shown]
    assert "writing" not in seen[0]
    assert next(t for t, text in zip(times, seen, strict=True) if "writing" in text) == 0.3
    assert "✓ completed" in seen[-1]


def test_a_film_that_moves_shows_the_replay_from_a_place_to_another(settings: Settings) -> None:
    said = answer("first ", "second")
    whole = moving(said, settings, name="n", size=SIZE)
    assert "animation:6.300s" in whole
    for text in ("writing", "completed", "✓", "▶"):
        assert text in words(whole)
    part = moving(said, settings, name="n", size=SIZE, begin="#3", end="50%", speed=0.5)
    assert "✓" not in words(part)
    assert "×0.5" in words(part)


def test_a_film_of_what_has_no_times_moves_at_an_even_pace(settings: Settings) -> None:
    said = answer("first ", "second")
    for record in said:
        if hasattr(record, "t"):
            record.t = None
    svg = moving(said, settings, name="n", size=SIZE)
    assert "✓" in words(svg)
    assert "@keyframes" in svg


@pytest.mark.parametrize(("begin", "end"), [("#5", "#2"), ("#99", ""), ("somewhere", "")])
def test_a_film_of_nothing_is_refused(settings: Settings, begin: str, end: str) -> None:
    with pytest.raises(GotoError):
        moving(answer("a"), settings, name="n", size=SIZE, begin=begin, end=end)


def logged(records: list[Record]) -> EventLog:
    spool = Spool()
    log = EventLog(spool)
    for record, span in zip(records, spool.keep(records), strict=True):
        log.append(record, None, span)
    return log


def test_frames_are_a_tenth_of_a_second_apart_and_not_too_many() -> None:
    dense = [seconds for seconds, _ in frames(logged([event("x", n / 64) for n in range(64)]))]
    assert dense == [n / 64 for n in (6, 12, 19, 25, 31, 38, 44, 51, 57, 63)]
    long = logged([event("x", float(n)) for n in range(2 * MOST_FRAMES)])
    assert len(frames(long)) <= MOST_FRAMES + 1
    assert frames(long)[-1] == (2 * MOST_FRAMES - 1, 2 * MOST_FRAMES - 1)


def test_without_times_the_pace_is_even() -> None:
    said = [event("x") for _ in range(EVEN * 2)]
    for record in said:
        record.t = None
    found = frames(logged([*said]))
    assert found[-1] == ((EVEN * 2 - 1) / EVEN, EVEN * 2 - 1)
    assert frames(logged([])) == []


@pytest.mark.parametrize("what", ["records_arrived", "session_sought", "findings_changed"])
def test_an_app_that_fails_while_it_is_drawn_is_a_failure_and_no_endless_wait(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def fail(_self: object, _message: object) -> None:
        raise ZeroDivisionError("a mistake of a pane")

    monkeypatch.setattr(StatusBar, f"on_{what}", fail)
    with pytest.raises(ZeroDivisionError, match="a mistake of a pane"):
        picture(answer("first ", "second"), settings, name="n", size=SIZE, at="#3")
