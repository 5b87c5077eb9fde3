"""`codex-tui codex` lists what the Codex CLI keeps, and changes nothing of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli import rollouts as verb
from tests.formats import packing, rollouts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

OLD, NEW = "rollout-2026-11-20T10-00-00-0aaa.jsonl", "rollout-2026-11-22T10-00-00-0bbb.jsonl"


@pytest.fixture
def kept(home: Path) -> Path:
    """A home of the CLI with an archived rollout, a newer one, and one that is none."""
    folder = home / "codex" / "sessions" / "2026" / "11" / "22"
    archive = home / "codex" / "archived_sessions"
    for each in (folder, archive):
        each.mkdir(parents=True)
    (folder / NEW).write_bytes(rollouts.later_versions())
    (archive / OLD).write_bytes(rollouts.bare())
    (folder / "rollout-2026-11-01T10-00-00-0ccc.jsonl").write_text("words\n")
    return home / "codex"


@pytest.mark.usefixtures("kept")
def test_rollouts_are_listed_newest_first_with_what_their_heads_tell(cli: Cli) -> None:
    lines = [json.loads(line) for line in cli("codex", "--format", "json").out.splitlines()]
    assert [line["n"] for line in lines] == [1, 2, 3]
    newest, archived, other = lines
    assert newest["path"].endswith(NEW)
    told = {name: newest[name] for name in ("id", "cwd", "model", "prompt", "version")}
    assert told == {
        "id": "01a2",
        "cwd": "/home/user/project",
        "model": "gpt-5.1-codex",
        "prompt": "question 0",
        "version": "0.47.0",
    }
    assert (archived["archived"], archived["prompt"], newest["archived"]) == (
        True,
        "question 0",
        False,
    )
    assert other["problem"] == "text of another kind, neither a recording nor an event stream"


@pytest.mark.usefixtures("kept")
def test_people_get_a_line_for_each(cli: Cli) -> None:
    first, second, third = cli("codex").out.decode().splitlines()
    assert "question 0" in first
    assert second.endswith("question 0 (archived)")
    assert "text of another kind" in third
    assert len(cli("codex", "-n", "1").out.splitlines()) == 1


@pytest.mark.parametrize("asked", ["1", "0bbb", NEW])
def test_one_is_meant_by_its_place_its_id_or_its_path(kept: Path, asked: str) -> None:
    path = next(kept.rglob(NEW))
    assert verb._found(kept, str(path) if asked == NEW else asked) == path


@pytest.mark.usefixtures("kept")
def test_one_that_is_not_there_or_not_told_apart_is_refused(cli: Cli) -> None:
    assert cli("codex", "9").line.startswith('no rollout "9" under ')
    assert cli("codex", "0").line == '"0" is the beginning of 3 rollouts'


def test_one_that_the_cli_has_packed_is_listed_as_the_others_are(cli: Cli, kept: Path) -> None:
    day = kept / "sessions" / "2026" / "11" / "22"
    packed = packing.zstd.compress(rollouts.bare())
    (day / "rollout-2026-11-30T09-08-07-0ddd.jsonl.zst").write_bytes(packed)
    (day / "rollout-2026-11-29T10-00-00-0eee.jsonl.zst").write_bytes(packed[:9])
    first, second, *_ = (
        json.loads(line) for line in cli("codex", "--format", "json").out.splitlines()
    )
    assert (first["id"], first["prompt"], first["problem"]) == ("01a2", "question 0", "")
    assert (second["id"], second["started"]) == ("0eee", "2026-11-29T10:00:00")
    assert second["problem"] == "a zstd file that is empty or broken"
    assert "2026-11-29 10:00" in cli("codex").out.decode()


def test_parents_and_what_came_of_them_are_linked(cli: Cli, kept: Path) -> None:
    day = kept / "sessions" / "2026" / "11" / "22"
    (day / "rollout-2026-11-23T10-00-00-0fff.jsonl").write_bytes(rollouts.spawned(copied=2))
    child, parent, *_ = (
        json.loads(line) for line in cli("codex", "--format", "json").out.splitlines()
    )
    assert (child["id"], child["parent"], child["subagent"]) == ("01a3", "01a2", True)
    assert (child["prompt"], parent["children"]) == ("only this", ["01a3"])
    first, second, *_ = cli("codex").out.decode().splitlines()
    assert first.endswith("only this (sub-agent of 01a2)")
    assert second.endswith("question 0 (of it came 1)")


def test_no_rollouts_are_said_to_be_none(cli: Cli, home: Path) -> None:
    result = cli("codex")
    assert (result.code, result.out) == (2, b"")
    assert result.line.startswith(f"no rollouts under {home / 'codex'}")


def test_a_rollout_is_shown_with_what_its_times_are(cli: Cli, kept: Path) -> None:
    path = str(next(kept.rglob(NEW)))
    summary = cli("show", path, "--format", "summary").out.decode()
    assert "times per item: when each was written, not how it streamed" in summary
    assert "first text" not in summary
    assert "/s " not in summary
    timing = json.loads(cli("show", path, "--format", "json").out)["timing"]
    assert (timing["times"], timing["first_text"], timing["tokens_per_second"]) == (
        "item",
        None,
        None,
    )
    told = cli("show", path, "--format", "plain").out.decode()
    assert "request: model gpt-5.1-codex\n" in told
    assert "waiting for" not in told


def test_files_are_imported_and_the_library_has_them(cli: Cli, kept: Path) -> None:
    path = next(kept.rglob(NEW))
    result = cli("sessions", "import", str(path), str(kept))
    assert result.code == 2
    assert result.line == f"{kept}: Is a directory"
    assert result.out.decode().strip().endswith(".sse")
    assert b"question 0" in cli("sessions", "list").out
    assert path.read_bytes() == rollouts.later_versions()


@pytest.mark.usefixtures("kept")
def test_the_clis_home_may_be_named_from_ones_own(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX_HOME", "~/codex")
    assert len(cli("codex", "--format", "json").out.splitlines()) == 3
