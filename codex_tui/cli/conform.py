"""`codex-tui conform`: what a server can do, and what it does wrong, tried out and recorded.

The exit code is 0 where nothing is wrong, 1 where something is, 2 where nothing could be tried; not
to support something is no error.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from codex_tui.cli.check import CLEAN, UNCHECKED, WRONG, refuse_unknown_rules
from codex_tui.cli.conform_tables import TABLES, ConformReport, dry_lines, dry_object
from codex_tui.cli.output import Output, say
from codex_tui.cli.run import refuse_demo
from codex_tui.cli.streaming import disk_has_taken_it
from codex_tui.config.errors import suggestion
from codex_tui.conform.probes import PROBES
from codex_tui.conform.requests import rehearsed
from codex_tui.conform.run import ConformRun
from codex_tui.engine.signals import handling
from codex_tui.redact import KnownSecrets
from codex_tui.sources.backend import Backend
from codex_tui.sources.credentials import secrets_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from codex_tui.cli.conform_tables import ConformTable
    from codex_tui.config import Settings
    from codex_tui.conform.probes import Probe

PATIENCE = 60.0
"""Seconds of silence that a probe waits for, where nobody says how long: `run` waits for ever."""


def conform(settings: Settings, argument: str) -> int:
    """Put a server to the probes, print what came, and return the exit code.

    Raises:
        click.ClickException: There is no provider, or no such probe or rule.
        ProviderError: What the settings name can't be used, or no model is known.
    """
    del argument  # there is none
    probes = chosen(settings.only)
    refuse_unknown_rules(settings.rules()[1])
    backend = Backend(_patient(settings), os.environ)
    refuse_demo(settings, backend)
    if settings.rehearsal:
        _rehearse(settings, backend, probes)
        return CLEAN
    return asyncio.run(tried(settings, backend, probes))


async def tried(settings: Settings, backend: Backend, probes: Sequence[Probe]) -> int:
    """Run probes, print what came, and return the exit code.

    Raises:
        ProviderError: No model is known, and the server has no list.
        OSError: The output is closed, or full.
    """
    return await _Conform(settings, backend, probes).code()


def chosen(only: Sequence[str]) -> list[Probe]:
    """The probes that were asked for, in the order of the table.

    Raises:
        click.ClickException: There is no such probe.
    """
    words = " ".join(only).replace(",", " ").split()
    for word in words:
        if word not in PROBES:
            raise click.ClickException(
                f"--only {word}: no such probe; {suggestion(word, PROBES.keys())}"
            )
    return [probe for probe in PROBES.values() if not words or probe.name in words]


def _patient(settings: Settings) -> Settings:
    """The settings with a limit to silences, unless somebody set one or wants none."""
    told = settings.origins.get("idle_timeout", "default") != "default"
    return settings if told else replace(settings, idle_timeout=PATIENCE)


def _output(settings: Settings, backend: Backend) -> Output:
    secrets = (*secrets_of(settings, os.environ), *backend.secrets())
    return Output(sys.stdout, KnownSecrets(secrets))


def _rehearse(settings: Settings, backend: Backend, probes: Sequence[Probe]) -> None:
    """Print what would be sent."""
    output = _output(settings, backend)
    for probe in probes:
        requests = list(rehearsed(backend, probe))
        if settings.conform_format == "json":
            output.line(dry_object(probe, requests))
        else:
            output.write(dry_lines(probe, requests))


class _Conform:
    """One run, and its table."""

    def __init__(self, settings: Settings, backend: Backend, probes: Sequence[Probe]) -> None:
        self._backend = backend
        self._signal = 0
        self._preparing: asyncio.Task[None] | None = None
        self._output = _output(settings, backend)
        self._table: ConformTable = TABLES[settings.conform_format](self._output)
        self._report = ConformReport(settings.rules()[0], len(probes))
        self._run = ConformRun(
            backend, probes, settings.rules(), _folder(settings), begins=self._table.begins
        )

    async def code(self) -> int:
        """Run the probes, print, and give the exit code.

        Raises:
            ProviderError: No model is known, and the server has no list.
        """
        with handling(self._stop):
            self._preparing = asyncio.create_task(self._backend.prepare())
            try:
                await self._preparing
            except asyncio.CancelledError:
                return 128 + self._signal
            await self._probe_all()
        await disk_has_taken_it()
        return self._ended()

    def _stop(self, number: int) -> None:
        self._signal = number
        self._run.stop()
        if self._preparing is not None:
            self._preparing.cancel()  # nothing, where it is over

    async def _probe_all(self) -> None:
        report = self._report
        report.server, report.model = self._backend.base_url, self._backend.model
        self._table.head(report)
        told = 0
        async for result in self._run.results():
            report.results.append(result)
            if not report.nothing_tried:  # those before it may have been kept back
                for each in report.results[told:]:
                    self._table.row(each)
                told = len(report.results)
            if result.trouble:
                self._output.make_way()
                say(result.trouble)

    def _ended(self) -> int:
        report = self._report
        if report.nothing_tried and not self._signal:
            self._output.make_way()
            why = self._run.blocked or report.results[0].evidence.remark
            say(f"no probe could run: {why}")
            return UNCHECKED
        self._table.end(report)
        self._output.flush()
        if self._signal:
            return 128 + self._signal
        return WRONG if report.wrong else CLEAN


def _folder(settings: Settings) -> Path | None:
    """Where probes are recorded: where somebody said, else among the sessions, if at all."""
    if settings.probes_folder is not None:
        return settings.probes_folder
    return settings.paths.sessions / "conform" if settings.record else None
