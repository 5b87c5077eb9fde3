"""The verbs that open the app: with a prompt, with the demo, or with a saved stream."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from codex_tui.cli.plainness import KEYS, SCREEN, is_plain, is_served
from codex_tui.cli.references import found
from codex_tui.gc_pause import hold_collector, release_collector
from codex_tui.tui.startup import starting

if TYPE_CHECKING:
    from codex_tui.config import Settings
    from codex_tui.engine.intake import Replayed
    from codex_tui.sources.backend import Backend
    from codex_tui.sources.pipe import PipeSource
    from codex_tui.streams.watch import StreamsAsked
    from codex_tui.tui.startup import StartingTerminal

# What a verb needs only later is imported in it: the line that says so stands on the screen before.

_STDIN = "-"
_NO_PIPE = "- reads a pipe, and standard input is the terminal"


def open_app(settings: Settings, prompt: str) -> int:
    """Open the app, with the demo where no provider is configured; send a prompt if there is one.

    Raises:
        ProviderError: What the settings name can't be used.
        click.ClickException: There is no terminal.
    """
    hold_collector()
    from codex_tui.sources.backend import Backend

    backend = Backend(settings, os.environ)
    if _prints_lines(settings):
        from codex_tui.cli import plain

        return plain.answer(settings, backend, prompt)
    _take_terminal()
    with starting() as terminal:
        return _run(settings, terminal, backend=backend, prompt=prompt or None)


def demo(settings: Settings, _: str) -> int:
    """Open the app on the demo, and send its first prompt.

    Raises:
        click.ClickException: There is no terminal.
    """
    hold_collector()
    if _prints_lines(settings):
        from codex_tui.cli import plain

        return plain.demo(settings, *_demo(settings))
    _take_terminal()
    with starting() as terminal:
        backend, prompt = _demo(settings)
        return _run(settings, terminal, backend=backend, prompt=prompt)


def _demo(settings: Settings) -> tuple[Backend, str]:
    from codex_tui.sources.backend import Backend
    from codex_tui.sources.demo_sessions import demo_prompts

    return Backend(settings, os.environ, demo=True), demo_prompts()[0]


def replay(settings: Settings, name: str) -> int:
    """Open the app on a saved stream.

    Raises:
        OSError: The file can't be read.
        click.ClickException: It is no stream, or there is no terminal.
    """
    hold_collector()
    saved = _piped() if name == _STDIN else _opened(Path(found(settings, name)))
    at = _place(settings.at)
    if _prints_lines(settings):
        from codex_tui.cli import plain

        return plain.play(settings, _replayed(settings, saved, at))
    _take_terminal()
    with starting() as terminal:
        return _run(settings, terminal, replay=_replayed(settings, saved, at))


def _prints_lines(settings: Settings) -> bool:
    """Whether lines are printed instead; then no first paint is waited for to collect garbage."""
    if plain := is_plain(settings):
        release_collector()
    return plain


def _piped() -> BinaryIO:
    """Standard input, apart from where keys will be read.

    Raises:
        click.ClickException: It is the terminal, or no stream.
    """
    if os.isatty(KEYS):
        raise click.ClickException(_NO_PIPE)
    from codex_tui.cli.saved import STDIN_NAME, refuse_other_files
    from codex_tui.piped_input import begun

    if (pipe := begun()) is None:
        data = os.fdopen(os.dup(KEYS), "rb")
        refuse_other_files(data, STDIN_NAME)
        return data
    if pipe.pieces.over:
        raise click.ClickException(f"{STDIN_NAME}: empty")
    return pipe.file()


def listen(settings: Settings, _: str) -> int:
    """Open the app on what comes through standard input, while it comes.

    A file there is replayed: reading it has no times that would mean anything.

    Raises:
        OSError: It can't be read.
        click.ClickException: It is no pipe, or there is no terminal.
    """
    if os.isatty(KEYS):
        raise click.ClickException(_NO_PIPE)
    if stat.S_ISREG(os.fstat(KEYS).st_mode):
        return replay(settings, _STDIN)
    hold_collector()
    from codex_tui.piped_input import PipedInput, piped_input

    pipe = piped_input() or PipedInput(os.dup(KEYS))
    pipe.begin()
    from codex_tui.sources.pipe import PipeSource

    source = PipeSource(pipe, limited=settings.limited)
    if _prints_lines(settings):
        from codex_tui.cli import plain

        return plain.listen(settings, source)
    _take_terminal()
    with starting() as terminal:
        return _run(settings, terminal, pipe=source)


def run_with_list(settings: Settings, streams: StreamsAsked) -> int:
    """Open the app with the list of streams as its first screen.

    Raises:
        ProviderError: What the settings name can't be used.
        click.ClickException: There is no terminal.
    """
    hold_collector()
    from codex_tui.sources.backend import Backend

    _take_terminal()
    with starting() as terminal:
        return _run(settings, terminal, backend=Backend(settings, os.environ), streams=streams)


def _run(
    settings: Settings,
    terminal: StartingTerminal | None,
    *,
    backend: Backend | None = None,
    prompt: str | None = None,
    replay: Replayed | None = None,
    pipe: PipeSource | None = None,
    streams: StreamsAsked | None = None,
) -> int:
    """Import the app, which is most of the start, and run it."""
    from codex_tui.tui.app import run_app

    code = run_app(
        settings,
        backend=backend,
        prompt=prompt,
        replay=replay,
        pipe=pipe,
        streams=streams,
        terminal=terminal,
    )
    _wait_for_disk()
    return code


def _wait_for_disk() -> None:
    """Wait for a slow disk to take the end of what was recorded, the terminal given back."""
    from codex_tui.recording.writer import PATIENCE, finish, unfinished

    if not unfinished():
        return
    from codex_tui.cli.output import say
    from codex_tui.cli.streaming import WAITING

    say(WAITING)
    for error in finish(PATIENCE):
        say(error)


def _replayed(settings: Settings, saved: Path | BinaryIO, at: str) -> Replayed:
    """What is replayed, and how.

    Raises:
        OSError: The file can't be opened.
    """
    from codex_tui.engine.intake import Replayed
    from codex_tui.engine.loading import OpenPipe
    from codex_tui.formats.open_file import OpenFile

    limited = settings.limited
    return Replayed(
        OpenFile(saved, limited=limited)
        if isinstance(saved, Path)
        else OpenPipe(saved, limited=limited),
        speed=settings.speed,
        paused=settings.paused,
        idle_limit=settings.idle_limit,
        loop=settings.loop,
        at=at,
        follow=settings.follow,
        exit=settings.exit,
    )


def _place(at: str | None) -> str:
    """Where to begin.

    Raises:
        click.ClickException: It names no place.
    """
    if not at:
        return ""
    from codex_tui.timeline.goto import GotoError, parse_goto

    try:
        return at if parse_goto(at) else ""
    except GotoError as error:
        raise click.ClickException(f"--at: {error}") from None


def _opened(path: Path) -> Path | BinaryIO:
    """The path of a file that is a stream; an open pipe, since that can be opened only once."""
    from codex_tui.cli.saved import open_stream

    file = open_stream(path)
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    return path


def _take_terminal() -> None:
    """Have keys come from the terminal, whatever standard input is.

    Raises:
        click.ClickException: There is no terminal to read keys from or to draw on.
    """
    if is_served():
        return
    if not os.isatty(SCREEN):
        raise click.ClickException("the app draws on stderr, which is no terminal")
    if os.isatty(KEYS):
        return
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise click.ClickException(
            "standard input is no terminal, and there is no other to read keys from"
        ) from None
    os.dup2(terminal, KEYS)
    os.close(terminal)
