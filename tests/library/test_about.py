"""What the user says of a session is kept beside it, whole, whoever else writes."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from codex_tui.library.about import About, AboutError, about_path, change_about, read_about

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_was_said_of_most(tmp_path: Path) -> None:
    assert read_about(tmp_path / "a.sse") == About()


def test_a_change_is_read_back(tmp_path: Path) -> None:
    recording = tmp_path / "a.sse"
    change_about(recording, lambda about: replace(about, title="é", starred=True).tagged(("x y",)))
    assert read_about(recording) == About("é", ("x", "y"), starred=True)


def test_a_file_that_says_nothing_is_taken_away(tmp_path: Path) -> None:
    recording = tmp_path / "a.sse"
    change_about(recording, lambda about: about.tagged(("x",)))
    change_about(recording, lambda about: about.tagged(remove=("x",)))
    assert not about_path(recording).exists()


def test_what_a_later_version_said_stays(tmp_path: Path) -> None:
    recording = tmp_path / "a.sse"
    about_path(recording).write_text('{"colour": "red", "title": 7}')
    change_about(recording, lambda about: replace(about, title="mine"))
    assert json.loads(about_path(recording).read_text()) == {"colour": "red", "title": "mine"}


@pytest.mark.parametrize("content", ["{", "[]", "\0", "[" * 100_000])
def test_what_cannot_be_read_is_not_overwritten(tmp_path: Path, content: str) -> None:
    recording = tmp_path / "a.sse"
    about_path(recording).write_text(content)
    with pytest.raises(AboutError, match=r"a\.sse\.about\.json"):
        change_about(recording, lambda about: about)
    assert about_path(recording).read_text() == content


def tag(recording: Path, name: str) -> None:
    for number in range(20):
        change_about(recording, partial(About.tagged, add=(f"{name}{number}",)))


def test_two_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    recording = tmp_path / "a.sse"
    context = get_context("spawn")
    programs = [context.Process(target=tag, args=(recording, name)) for name in ("a", "b")]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    assert [program.exitcode for program in programs] == [0, 0]
    assert len(read_about(recording).tags) == 40
