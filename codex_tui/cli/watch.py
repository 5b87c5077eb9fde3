"""`codex-tui watch`: the streams of other programs, live in the app, or in lines as of now."""

from __future__ import annotations

import os
import sys
from time import time
from typing import TYPE_CHECKING, Any

import click

from codex_tui import units
from codex_tui.cli.output import Output
from codex_tui.cli.plainness import is_plain
from codex_tui.config.paths import expanded
from codex_tui.sources.codex_auth import codex_home
from codex_tui.streams.arrangement import arranged
from codex_tui.streams.taps import tap_in
from codex_tui.streams.watch import LATELY, StreamsAsked, StreamWatch, watched_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from codex_tui.config import Settings
    from codex_tui.streams.arrangement import ListRow
    from codex_tui.streams.stream import Stream
    from codex_tui.streams.taps import TapView


_PATHS = ("./", "../", "~/")
"""What a path begins with, and no word; `/root` may be an agent of the Codex CLI."""


def watch(settings: Settings, asked: Mapping[str, Any]) -> int:
    """List the streams in the app, or print them; the exit code is 0.

    Raises:
        click.ClickException: What was asked for is no file that can be followed.
    """
    streams = asked_of(asked["words"], settings.paths.data / "taps")
    if asked["kind"] == "json" or is_plain(settings):
        return _print(settings, streams, asked["kind"])
    return _open(settings, streams)


def asked_of(words: Sequence[str], taps: Path) -> StreamsAsked:
    """What the words mean: a folder or a file if there is one of that name, else what rows have.

    The folder of a tap, as those in `taps`, means that tap.

    Raises:
        click.ClickException: It is neither a regular file nor a folder; or it is a path, and there
            is none.
    """
    for word in words:
        _refuse_missing(word)
    path = expanded(words[0]) if len(words) == 1 and words[0] else None
    if path is None or not _exists(path):
        return StreamsAsked(" ".join(words))
    if path.is_dir():
        tap = tap_in(path, taps)
        return StreamsAsked(place=path) if tap is None else StreamsAsked(tap=tap)
    if path.is_file():
        return StreamsAsked(file=path)
    raise click.ClickException(f"{path}: neither a file nor a folder; `codex-tui -` reads a pipe")


def _refuse_missing(word: str) -> None:
    """Let nobody wait for a file whose name was mistyped; no row has a word that begins so."""
    if word.startswith(_PATHS) and not _exists(expanded(word)):
        raise click.ClickException(f"{word}: no such file or folder")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # no file can have such a name
        return False


def open_list(settings: Settings, tap: TapView | None = None) -> int:
    """Open the app on the list of streams, as the screen of a tap if there is one."""
    return _open(settings, StreamsAsked(tap=tap))


def _open(settings: Settings, streams: StreamsAsked) -> int:
    from codex_tui.cli.app import run_with_list

    return run_with_list(settings, streams)


# -- lines -----------------------------------------------------------------------------------------


def _print(settings: Settings, asked: StreamsAsked, kind: str) -> int:
    output = Output(sys.stdout)
    now = time()
    rows = arranged(_looked(settings, asked, now), asked.words)
    if kind == "json":
        for row in rows:
            output.line(as_json(row.stream))
    else:
        output.write(f"{_said(rows, asked)}\n")
        for row in rows:
            output.write(f"{_line(row, now)}\n")
    output.flush()
    return 0


def _looked(settings: Settings, asked: StreamsAsked, now: float) -> list[Stream]:
    paths, place = settings.paths, asked.place or asked.file
    places = watched_places(paths.sessions, codex_home(os.environ), place, asked.tap)
    taps = paths.data / "taps" if place is None else None
    lately = LATELY if place is None else None
    watched = StreamWatch(places, taps, lately, asked.tap)
    while watched.look(now):
        pass
    return watched.streams()


def _said(rows: Sequence[ListRow], asked: StreamsAsked) -> str:
    live = sum(row.stream.alive for row in rows)
    if not rows:
        return f"streams  {_why_none(asked)}"
    return f"streams  {live:,} live, {units.count(len(rows) - live, 'stream')} ended"


def _why_none(asked: StreamsAsked) -> str:
    if place := asked.place or asked.file:
        return f"{place} holds no stream"
    if asked.words.strip():
        return f"none of now and of the last 24 hours has the words: {asked.words}"
    return "nothing streams now, and nothing ended in the last 24 hours"


def _line(row: ListRow, now: float) -> str:
    from codex_tui.tui.streams.cells import plain_cells

    stream = row.stream
    role = "live" if stream.alive else "failed" if stream.failed else "ended"
    return f"{role:<7}  " + "  ".join(filter(None, plain_cells(row, now)))


def _findings(stream: Stream) -> dict[str, int] | None:
    if stream.errors is None:
        return None
    return {"error": stream.errors, "warning": stream.warnings or 0}


def as_json(stream: Stream) -> dict[str, object]:
    """A stream as an object; its keys are a promise to scripts."""
    given, made = stream.tokens
    return {
        "file": None if stream.path is None else str(stream.path),
        "state": stream.state,
        "how": stream.how,
        "status": stream.status,
        "tries": stream.tries,
        "program": " ".join(filter(None, (stream.program, stream.agent))),
        "model": stream.model,
        "provider": stream.provider,
        "started": stream.started,
        "heard": stream.heard,
        "turns": stream.turns,
        "events": stream.events,
        "first_event": stream.first,
        "last": stream.last,
        "findings": _findings(stream),
        "usage": None if given is None and made is None else {"input": given, "output": made},
        "thread": stream.thread or None,
        "tap": stream.tap or None,
        "what": stream.what,
        "detail": stream.detail or None,
    }
