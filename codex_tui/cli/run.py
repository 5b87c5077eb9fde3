"""`codex-tui run`: a prompt sent and the answer printed as it arrives, recorded as in the app."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from codex_tui import units
from codex_tui.cli.notes import notes_on, sentence_on
from codex_tui.cli.output import Output, say
from codex_tui.cli.plain_printer import PlainPrinter
from codex_tui.cli.plainness import format_of
from codex_tui.cli.printers import (
    EndPrinter,
    LinePrinter,
    Printer,
    ReasoningPrinter,
    TextPrinter,
    summary_of,
)
from codex_tui.cli.run_plan import asks_for_several, plan_of
from codex_tui.cli.streaming import Streaming
from codex_tui.engine.checking import Check
from codex_tui.engine.keeping import forgotten, recorded
from codex_tui.engine.signals import handling
from codex_tui.figures.report import whole_report
from codex_tui.redact import KnownSecrets
from codex_tui.sources.backend import Backend
from codex_tui.sources.credentials import secrets_of
from codex_tui.sources.provider_choice import DEMO
from codex_tui.sources.providers import ProviderError, how_to_connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from codex_tui.config import Settings
    from codex_tui.model.conversation import Turn
    from codex_tui.sources import Source
    from codex_tui.sources.heard import HeardSoFar
    from codex_tui.sources.live import LiveSource


def run(settings: Settings, prompt: str) -> int:
    """Ask, print and record; the exit code is 0 only if the response was completed.

    Raises:
        click.ClickException: There is no provider, or no prompt, or several runs can't be so.
        ProviderError: What the settings name can't be used.
    """
    backend = Backend(settings, os.environ)
    refuse_demo(settings, backend)
    if not asks_for_several(settings):
        return asyncio.run(ask(settings, backend, _read(prompt)))
    from codex_tui.cli.run_group import ask_several  # most ask once

    plan = plan_of(settings)
    return asyncio.run(ask_several(settings, plan, _read(prompt)))


def refuse_demo(settings: Settings, backend: Backend) -> None:
    """Let nobody take the demo's answer for that of a model.

    Raises:
        click.ClickException: There is no provider, and nobody asked for the demo.
    """
    if backend.is_demo and settings.profile != DEMO:
        advice = how_to_connect(settings.paths.config_file)
        raise click.ClickException(f"no provider. {advice}")


def _read(prompt: str) -> str:
    if prompt != "-":
        return prompt
    from codex_tui.cli.saved import standard_input

    text = standard_input().buffer.read().decode("utf-8", "replace").rstrip("\r\n")
    if not text.strip():
        raise click.UsageError("the prompt from standard input is empty")
    return text


async def ask(settings: Settings, backend: Backend, prompt: str) -> int:
    """Send a prompt, print what comes, record it, and give the exit code.

    Raises:
        ProviderError: The tools or the body file can't be used.
        OSError: The output is closed, or full; the recording is closed before.
    """

    def source() -> LiveSource:
        return backend.source(backend.body([], prompt))

    return await _Run(settings, backend, prompt, source).answer()


async def listen(settings: Settings, backend: Backend, heard: HeardSoFar) -> int:
    """Print the rest of a response that was asked for before; as `ask` does.

    Raises:
        OSError: The output is closed, or full; the recording is closed before.
    """
    called = f"the rest of {heard.response}"
    return await _Run(settings, backend, called, partial(backend.rest, heard)).answer()


class _Run:
    """One request and its answer.

    Args:
        settings: What the user chose.
        backend: Who is asked.
        called: What the recording is called by.
        source: Makes the stream, once the model is known.
    """

    def __init__(
        self,
        settings: Settings,
        backend: Backend,
        called: str,
        source: Callable[[], LiveSource],
    ) -> None:
        self._settings = settings
        self._backend = backend
        self._source = source
        self._format = format_of(settings)
        secrets = (*secrets_of(settings, os.environ), *backend.secrets())
        self._known = KnownSecrets(secrets)
        self._text = TextPrinter(self._output())
        self._plain = PlainPrinter(self._output())
        self._wait = ""
        self._behind: str | None = None
        folder = settings.paths.sessions if settings.record else None
        passing = self._pass_time if self._format == "plain" else None
        check = partial(Check, *settings.rules())
        asked = settings.check or self._format == "json"
        keep = recorded(folder, called, forgotten)
        self._streaming = Streaming(keep, passing, check if asked else None)
        self._streaming.printers += self._chosen_printers()

    def _output(self) -> Output:
        return Output(sys.stdout, self._known)

    def _chosen_printers(self) -> Iterator[Printer]:
        if self._settings.reasoning and self._format != "plain":
            yield ReasoningPrinter(Output(sys.stderr, self._known))
        timing, output = self._streaming.session.folds.timing, self._output()
        if self._settings.check:
            from codex_tui.cli.verdicts import FindingPrinter  # with the rules

            yield FindingPrinter(self._streaming.session, self._settings.level, self._known)
        match self._format:
            case "plain":
                yield self._plain
            case "text":
                yield self._text
            case "json":
                yield EndPrinter(output, lambda turn: output.line(self._report(turn)))
            case "summary":
                yield EndPrinter(output, lambda turn: output.write(summary_of(turn, timing)))
            case "events":
                yield LinePrinter(output)

    def _report(self, turn: Turn) -> dict[str, Any]:
        session = self._streaming.session
        report = whole_report(turn, session.folds.timing)
        if session.check is not None and (findings := session.check.findings) is not None:
            report["findings"] = findings.counted(turn.number)
        return report

    async def answer(self) -> int:
        """Stream the answer, and give the exit code."""
        with handling(self._streaming.stop):
            try:
                doubt = await self._prepared()
                await self._stream()
            except asyncio.CancelledError:
                if not self._streaming.signal:
                    raise
                return 128 + self._streaming.signal
        return self._ended(doubt)

    async def _prepared(self) -> str:
        """Find a model; without one the server may still have its own, and says if it has not."""
        try:
            await self._backend.prepare()
        except ProviderError as error:
            return str(error)
        return ""

    async def _stream(self) -> None:
        source = self._source()
        try:
            await self._streaming.read(source)
        finally:
            await self._backend.close()
        self._behind = source.left_behind()
        if isinstance(wait := source.retry_after, float):
            self._wait = f"the server asks to wait {units.seconds(wait)} before it is asked again"

    def _pass_time(self, source: Source) -> None:
        self._plain.passed(source.now())
        if isinstance(wait := getattr(source, "resends_in", None), float):
            self._plain.resends(wait)

    def _ended(self, doubt: str) -> int:
        turn = self._streaming.session.conversation.turns[-1]
        for printer in self._streaming.printers:
            printer.ended(turn)
        if self._format == "plain" and (outcome := self._streaming.outcome) is not None:
            self._plain.say(*outcome)
        for note in self._notes(turn, doubt):
            self._text.make_way()
            say(self._known.masked(note))
        if turn.how == "completed":
            return int(self._is_wrong())
        return 128 + self._streaming.signal if self._streaming.signal else 1

    def _is_wrong(self) -> bool:
        """Whether something was found that was asked for."""
        check = self._streaming.session.check
        findings = check.findings if check is not None and self._settings.check else None
        return findings is not None and bool(findings.of(self._settings.level))

    def _notes(self, turn: Turn, doubt: str) -> Iterator[str]:
        if self._format == "text":
            yield from notes_on(turn)
        elif self._format != "plain" and turn.how != "completed":
            yield sentence_on(turn)
        if self._wait:
            yield self._wait
        if self._behind is not None:
            yield self._behind
        if doubt and turn.how == "http_error":
            yield doubt
        outcome = self._streaming.outcome
        lost = outcome is not None and outcome[0] == "not recorded"
        if lost and self._format != "plain":
            yield "this answer is in no recording"
        if self._text.contradicted and not turn.transcript.forgiving.resumed:
            both = "" if lost else "; the recording has both"
            yield f"the final text differs from what was streamed{both}"
