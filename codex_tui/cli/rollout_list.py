"""`codex-tui codex`: the Codex CLI's own sessions, listed and opened."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codex_tui import units
from codex_tui.cli.output import Output
from codex_tui.cli.sessions.lists import local_time
from codex_tui.config.paths import expanded
from codex_tui.library.rollouts import read_rollout, rollout_paths
from codex_tui.recording.records import moment_of
from codex_tui.safe_text import clean_line, cut_to_width
from codex_tui.sources.codex_auth import codex_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codex_tui.config import Settings
    from codex_tui.library.rollouts import Rollout

_SHOWN = 20
_PROMPT, _FOLDER = 60, 28


def codex(settings: Settings, asked: Mapping[str, Any]) -> int:
    """List the rollouts, or open one in the app; the exit code is 0.

    Raises:
        OSError: The one that was asked for can't be read.
        click.ClickException: There is no such rollout, or there are none.
    """
    home = codex_home(os.environ)
    if asked["rollout"]:
        from codex_tui.cli import app

        path = _found(home, asked["rollout"])
        return app.replay(replace(settings, at=settings.at or "100%"), str(path))
    _list(home, asked)
    return 0


def _found(home: Path, asked: str) -> Path:
    """The rollout that is meant: a place in the list, the beginning of an id, or a path.

    Raises:
        click.ClickException: None is, or more than one.
    """
    if Path(asked).is_file():
        return Path(asked)
    paths = rollout_paths(home)
    if asked.isdecimal() and 0 < int(asked) <= len(paths):
        return paths[int(asked) - 1]
    meant = [path for path in paths if _id(path).startswith(asked.lower())]
    if len(meant) > 1:
        raise click.ClickException(f'"{asked}" is the beginning of {len(meant)} rollouts')
    if not meant:
        raise click.ClickException(
            f'no rollout "{asked}" under {home}: `codex-tui codex` lists them'
        )
    return meant[0]


def _id(path: Path) -> str:
    """The id at the end of a rollout's name, behind its time."""
    return path.name.partition(".")[0][len("rollout-2026-01-01T00-00-00-") :]


def _list(home: Path, asked: Mapping[str, Any]) -> None:
    paths = rollout_paths(home)
    if not paths:
        raise click.ClickException(f"no rollouts under {home} (CODEX_HOME says where to look)")
    limit = asked["limit"]
    shown = paths[: (_SHOWN if limit is None else limit) or None]
    output = Output(sys.stdout)
    for number, path in enumerate(shown, 1):
        rollout = read_rollout(home, path)
        if asked["kind"] == "json":
            output.line({"n": number, **_object(rollout)})
        else:
            output.write(f"{'  '.join(_cells(number, rollout))}\n")
    output.flush()


def _object(rollout: Rollout) -> dict[str, Any]:
    names = ("id", "started", "cwd", "model", "version", "prompt", "size", "archived", "problem")
    return {"path": str(rollout.path), **{name: getattr(rollout, name) for name in names}}


def _cells(number: int, rollout: Rollout) -> Iterator[str]:
    yield f"{number:>3}"
    yield f"{_local(rollout.started):<16}"
    yield f"{units.size(rollout.size):>8}"
    yield f"{_cut(rollout.model, 16):<16}"
    yield f"{_folder(rollout.cwd):<{_FOLDER}}"
    prompt = rollout.problem or rollout.prompt or "(no prompt at its beginning)"
    yield _cut(prompt, _PROMPT) + (" (archived)" if rollout.archived else "")


def _local(started: str) -> str:
    moment = moment_of(started)
    return "" if moment is None else local_time(moment)


def _folder(cwd: str) -> str:
    """A folder, its end where it is long."""
    short = clean_line(cwd).replace(str(expanded("~")), "~", 1)
    return short if len(short) <= _FOLDER else f"…{short[1 - _FOLDER :]}"


def _cut(text: str, most: int) -> str:
    return cut_to_width(clean_line(" ".join(text[:1000].split())), most)
