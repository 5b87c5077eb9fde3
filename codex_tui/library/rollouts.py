"""The Codex CLI's own sessions, as they lie under its home: only looked at, never changed."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codex_tui.formats import any_reader
from codex_tui.model.prompts import prompt_of
from codex_tui.recording.records import FrameRecord, RequestRecord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from codex_tui.formats import Placed

FOLDERS = ("sessions", "archived_sessions")
_CHUNK = 64 * 1024
_HEAD = 1024 * 1024  # bytes in which the first prompt is looked for


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
        prompt: Its first one.
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
        return Rollout(path, size, archived, **_told(path))
    except OSError as error:
        return Rollout(path, 0, archived, problem=error.strerror or str(error))


def _told(path: Path) -> dict[str, str]:
    reader, told, left = any_reader(), dict[str, str](), _HEAD
    with path.open("rb", buffering=0) as file:
        while left > 0 and "prompt" not in told and (chunk := file.read(_CHUNK)):
            left -= len(chunk)
            _take(reader.feed(chunk), told)
    if "prompt" not in told:
        _take(reader.close(), told)
    if reader.refusal is not None:
        told["problem"] = reader.refusal.sentence
    return told


def _take(placed: list[Placed], told: dict[str, str]) -> None:
    for _, record in placed:
        if isinstance(record, RequestRecord) and "prompt" not in told:
            body = record.body if isinstance(record.body, dict) else {}
            told["prompt"] = prompt_of(body)
            told["model"] = _text(body, "model")
        elif isinstance(record, FrameRecord) and "id" not in told:
            told |= _meta(record.frame.data)


def _meta(line: str) -> dict[str, str]:
    """What the first line tells, be it that of the first versions."""
    with suppress(ValueError, RecursionError):
        value = json.loads(line)
        meta = value.get("payload", value) if isinstance(value, dict) else None
        if isinstance(meta, dict):
            names = {"id": "id", "started": "timestamp", "cwd": "cwd", "version": "cli_version"}
            return {ours: _text(meta, theirs) for ours, theirs in names.items()}
    return {"id": ""}


def _text(value: Mapping[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
