"""`codex-tui codex`: the Codex CLI's own sessions, listed and opened; looked at, never changed.

They lie under its home as rollouts. What a list tells of one is read from the file's head; what
that does not tell, from the file's name.
"""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from codex_tui import units
from codex_tui.cli.output import Output
from codex_tui.cli.sessions.lists import local_time
from codex_tui.config.paths import expanded
from codex_tui.formats import any_reader
from codex_tui.model.codex_marks import inherited_turns
from codex_tui.model.conversation import Conversation
from codex_tui.recording.records import FrameRecord, moment_of
from codex_tui.safe_text import clean_line, cut_to_width
from codex_tui.sources.codex_auth import codex_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codex_tui.config import Settings
    from codex_tui.formats import Placed

FOLDERS = ("sessions", "archived_sessions")
_NAME = re.compile(r"rollout-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-([^.]+)\.")
_SHOWN = 20
_PROMPT, _FOLDER = 60, 28
_CHUNK = 64 * 1024
_HEAD = 1024 * 1024  # bytes in which the first prompt is looked for
_COPY = 8 * _HEAD  # the same, where a parent's history stands before


@dataclass(frozen=True, slots=True)
class Rollout:
    """What the head of a rollout tells; empty what it doesn't.

    Attributes:
        path: The file.
        size: In bytes.
        archived: Whether it lies among the archived ones.
        id: The session's.
        started: When, as the CLI wrote it.
        cwd: The folder in which it worked.
        version: The CLI's.
        model: Of its first turn.
        prompt: Its first one; none of those that it has from its parent.
        parent: The id of the session that it came of.
        kind: "sub-agent" where it is the session of one.
        problem: Why it can't be read.
    """

    path: Path
    size: int
    archived: bool
    id: str = ""
    started: str = ""
    cwd: str = ""
    version: str = ""
    model: str = ""
    prompt: str = ""
    parent: str = ""
    kind: str = ""
    problem: str = ""


def rollout_paths(home: Path) -> list[Path]:
    """Return the rollouts under the CLI's home, newest first by their names."""
    found = [path for folder in FOLDERS for path in (home / folder).rglob("rollout-*.json*")]
    return sorted(found, key=lambda path: path.name, reverse=True)


def read_rollout(home: Path, path: Path) -> Rollout:
    """Return what a rollout's head tells; one that can't be read says why."""
    archived = path.is_relative_to(home / FOLDERS[1])
    try:
        size = path.stat().st_size
        told = {name: value for name, value in _told(path).items() if value}
        return Rollout(path, size, archived, **(_named(path) | told))
    except OSError as error:
        problem = error.strerror or str(error)
        return Rollout(path, 0, archived, **_named(path), problem=problem)


def _named(path: Path) -> dict[str, str]:
    """What a rollout's name says: its id, and when it was started, by the clock of its place."""
    found = _NAME.match(path.name)
    if found is None:
        return {}
    day, hour, minute, second, id_ = found.groups()
    return {"id": id_, "started": f"{day}T{hour}:{minute}:{second}"}


def _told(path: Path) -> dict[str, str]:
    reader, conversation, told, read = any_reader(), Conversation(), dict[str, str](), 0
    with path.open("rb", buffering=0) as file:
        while not told.get("prompt") and read < (_COPY if told.get("parent") else _HEAD):
            if not (chunk := file.read(_CHUNK)):
                _take(reader.close(), conversation, told, whole=True)
                break
            read += len(chunk)
            _take(reader.feed(chunk), conversation, told)
    if reader.refusal is not None:
        told["problem"] = reader.refusal.sentence
    return told


def _take(
    placed: list[Placed], conversation: Conversation, told: dict[str, str], *, whole: bool = False
) -> None:
    """Fold some more records in; of a thread's first own turn with a prompt the list tells."""
    for _, record in placed:
        conversation.apply(record)
        if isinstance(record, FrameRecord) and "id" not in told:
            told |= _meta(record.frame.data)
    turns = conversation.turns
    inherited = inherited_turns(turns, whole=whole)
    own = (turn for turn in turns if turn.prompt and turn.number not in inherited)
    if (turn := next(own, None)) is not None and turn.request is not None:
        told |= {"prompt": turn.prompt, "model": _text(turn.request.body, "model")}
    if turns and (codex := turns[-1].codex) is not None:
        told |= {"parent": codex.thread.parent, "kind": "sub-agent" * codex.thread.spawned}


def _meta(line: str) -> dict[str, str]:
    """What the first line tells, be it that of the first versions; nothing where it is words."""
    with suppress(ValueError, RecursionError):
        value = json.loads(line)
        meta = value.get("payload", value) if isinstance(value, dict) else None
        if isinstance(meta, dict):
            names = {"id": "id", "started": "timestamp", "cwd": "cwd", "version": "cli_version"}
            return {ours: _text(meta, theirs) for ours, theirs in names.items()}
    return {}


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


# -- the verb ------------------------------------------------------------------------------------


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
    place = "1" if asked == "last" else asked.removeprefix("~")  # `-1`, as sessions are counted
    if place.isdecimal() and 0 < int(place) <= len(paths):
        return paths[int(place) - 1]
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
    return _named(path).get("id", "")


def _list(home: Path, asked: Mapping[str, Any]) -> None:
    paths = rollout_paths(home)
    if not paths:
        raise click.ClickException(f"no rollouts under {home} (CODEX_HOME says where to look)")
    limit = asked["limit"]
    shown = paths[: (_SHOWN if limit is None else limit) or None]
    listed: list[Rollout] = []
    output = Output(sys.stdout)
    for number, path in enumerate(shown, 1):
        rollout = read_rollout(home, path)
        if asked["kind"] == "json":
            output.line({"n": number, **_object(rollout, listed)})
        else:
            output.write(f"{'  '.join(_cells(number, rollout, listed))}\n")
        listed.append(rollout)
    output.flush()


def _object(rollout: Rollout, listed: list[Rollout]) -> dict[str, Any]:
    """What is told of one; its children are newer, and those that are listed have been told."""
    names = ("id", "started", "cwd", "model", "version", "prompt", "size", "archived", "problem")
    return {
        "path": str(rollout.path),
        **{name: getattr(rollout, name) for name in names},
        "parent": rollout.parent,
        "subagent": bool(rollout.kind),
        "children": [listed[place - 1].id for place in _children(rollout, listed)],
    }


def _children(rollout: Rollout, listed: list[Rollout]) -> list[int]:
    """The places of those that came of one."""
    return [at for at, each in enumerate(listed, 1) if each.parent and each.parent == rollout.id]


def _cells(number: int, rollout: Rollout, listed: list[Rollout]) -> Iterator[str]:
    yield f"{number:>3}"
    yield f"{_local(rollout.started):<16}"
    yield f"{units.size(rollout.size):>8}"
    yield f"{_cut(rollout.model, 16):<16}"
    yield f"{_folder(rollout.cwd):<{_FOLDER}}"
    prompt = rollout.problem or rollout.prompt or "(no prompt at its beginning)"
    notes = ("archived" if rollout.archived else "", *_relations(rollout, listed))
    said = ", ".join(filter(None, notes))
    yield _cut(prompt, _PROMPT) + (f" ({said})" if said else "")


def _relations(rollout: Rollout, listed: list[Rollout]) -> Iterator[str]:
    """Of which it came, and which of those above came of it."""
    if rollout.parent:
        how = f"{rollout.kind} of" if rollout.kind else "forked from"
        yield f"{how} {_cut(rollout.parent, 36)}"
    if children := _children(rollout, listed):
        yield f"of it came {', '.join(map(str, children))}"


def _local(started: str) -> str:
    moment = moment_of(started)
    return "" if moment is None else local_time(moment)


def _folder(cwd: str) -> str:
    """A folder, its end where it is long."""
    short = clean_line(cwd).replace(str(expanded("~")), "~", 1)
    return short if len(short) <= _FOLDER else f"…{short[1 - _FOLDER :]}"


def _cut(text: str, most: int) -> str:
    return cut_to_width(clean_line(" ".join(text[:1000].split())), most)
