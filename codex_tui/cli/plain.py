"""The verbs that open the app, where lines are printed in its place."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from codex_tui.cli.output import NAME, Output
from codex_tui.cli.plain_printer import PlainPrinter
from codex_tui.cli.plain_replay import PlainReplay
from codex_tui.cli.run import ask, refuse_demo
from codex_tui.cli.streaming import Streaming
from codex_tui.engine.keeping import forgotten, watched
from codex_tui.engine.signals import handling
from codex_tui.sources.credentials import known_secrets

if TYPE_CHECKING:
    from codex_tui.config import Settings
    from codex_tui.engine.intake import Replayed
    from codex_tui.engine.keeping import Keep
    from codex_tui.sources.backend import Backend
    from codex_tui.sources.pipe import PipeSource


def answer(settings: Settings, backend: Backend, prompt: str) -> int:
    """Send a prompt and print what comes; the exit code is that of `run`.

    Raises:
        click.ClickException: There is no prompt, or no provider.
    """
    if not prompt:
        raise click.ClickException(
            f'there is no terminal to open the app in, and no prompt: try `{NAME} "why?"`'
            f" or `{NAME} replay FILE`"
        )
    refuse_demo(settings, backend)
    return demo(settings, backend, prompt)


def demo(settings: Settings, backend: Backend, prompt: str) -> int:
    """The same, with whatever backend there is."""
    return asyncio.run(ask(replace(settings, format="plain"), backend, prompt))


def play(settings: Settings, file: Replayed) -> int:
    """Play a file or a pipe; the exit code is 0 only if the last response was completed.

    Raises:
        OSError: It can't be read.
        click.ClickException: The place to begin is not there.
    """
    known = known_secrets(settings, os.environ)
    return asyncio.run(PlainReplay(file, settings.paths.cache / "index", known=known).run())


def listen(settings: Settings, source: PipeSource) -> int:
    """Print what comes through a pipe; the exit code is 0 only if the response was completed.

    Raises:
        OSError: The output is closed, or full.
    """
    folder = settings.paths.sessions if settings.record else None
    output = Output(sys.stdout, known_secrets(settings, os.environ))
    return asyncio.run(_print(source, watched(source, folder, forgotten), output))


async def _print(source: PipeSource, keep: Keep, output: Output) -> int:
    """Print a pipe to its end, and give the exit code; `keep` makes where it is kept."""
    printer = PlainPrinter(output)
    streaming = Streaming(keep, lambda source: printer.passed(source.now()))
    streaming.printers.append(printer)
    with handling(streaming.stop):
        await streaming.read(source)
    turn = streaming.session.conversation.turns[-1]
    printer.ended(turn)
    for remark in source.remarks:
        printer.say("note", remark)
    if streaming.outcome is not None:
        printer.say(*streaming.outcome)
    if streaming.signal:
        return 128 + streaming.signal
    return 0 if turn.how == "completed" else 1
