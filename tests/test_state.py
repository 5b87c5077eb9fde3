"""What the app remembers between runs."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from codex_tui import atomic_files, state

if TYPE_CHECKING:
    from pathlib import Path


def test_choices_are_kept_side_by_side(tmp_path: Path) -> None:
    state.save_choice(tmp_path / "state", "theme", "nord")
    state.save_choice(tmp_path / "state", "model", "gpt-5")
    assert state.load_choices(tmp_path / "state") == {"theme": "nord", "model": "gpt-5"}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"theme": 1}'])
def test_a_broken_state_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.json").write_bytes(content)
    assert state.load_choices(tmp_path) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders")
def test_a_pipe_in_place_of_a_state_file_is_not_waited_for(tmp_path: Path) -> None:
    for name in ("state.json", "history.jsonl"):
        os.mkfifo(tmp_path / name)
    assert (state.load_choices(tmp_path), state.load_history(tmp_path)) == ({}, [])


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_folders_that_are_missing_are_made_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        state.save_choice(tmp_path / "home" / "state" / "codex-tui", "theme", "nord")
    finally:
        os.umask(before)
    made = [tmp_path / "home", tmp_path / "home/state", tmp_path / "home/state/codex-tui"]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o700] * 3


def test_prompts_of_several_lines_come_back_in_order(tmp_path: Path) -> None:
    prompts = ["one\ntwo", "naïve \u2028 text", "last"]
    for prompt in prompts:
        state.remember_prompt(tmp_path, prompt)
    assert state.load_history(tmp_path) == prompts


def test_the_same_prompt_twice_running_is_remembered_once(tmp_path: Path) -> None:
    for prompt in ("a", "a", "b", "a"):
        state.remember_prompt(tmp_path, prompt)
    assert state.load_history(tmp_path) == ["a", "b", "a"]


def test_the_history_is_bounded(tmp_path: Path) -> None:
    lines = [f'{{"prompt": "p{n}"}}' for n in range(state.HISTORY_LIMIT)]
    (tmp_path / "history.jsonl").write_text("\n".join(lines))
    state.remember_prompt(tmp_path, "new")
    history = state.load_history(tmp_path)
    assert (len(history), history[0], history[-1]) == (state.HISTORY_LIMIT, "p1", "new")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_files_are_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        state.remember_prompt(tmp_path / "new", "secret plan")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "history.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    state.save_choice(tmp_path, "theme", "nord")
    with pytest.raises(UnicodeEncodeError):
        atomic_files.write_atomically(tmp_path / "state.json", "\ud800")
    assert state.load_choices(tmp_path) == {"theme": "nord"}
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]
