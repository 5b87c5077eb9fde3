"""One of several runs: the model that is asked, and what comes of it.

It is recorded and checked as it comes, and nothing of it is printed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from codex_tui.cli.run_tables import RunOutcome
from codex_tui.cli.verdicts import of_level
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.session import Session
from codex_tui.figures.measures import measure
from codex_tui.figures.report import whole_report
from codex_tui.figures.table import FIGURES
from codex_tui.sources.backend import Backend
from codex_tui.sources.providers import ProviderError

if TYPE_CHECKING:
    from codex_tui.cli.run_plan import PlannedRun
    from codex_tui.config import Settings
    from codex_tui.engine.checking import Check
    from codex_tui.engine.keeping import Keep
    from codex_tui.findings import Finding, Level
    from codex_tui.model.conversation import Turn


class AskedModel:
    """A model with the request that it is sent.

    Args:
        settings: What the user chose.
        name: The model's name; "" for the one in use.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        self.backend = Backend(settings, os.environ)
        if name:
            now = self.backend
            now.switch(now.provider, name, now.effort, now.transport)
        self._name = name
        self.doubt = ""
        """Why no model is known, where none was named."""

    async def prepare(self, prompt: str) -> None:
        """Find the model, and make the request.

        Raises:
            ProviderError: The tools or the body file can't be used.
            click.ClickException: The body file names another model.
        """
        try:
            await self.backend.prepare()
        except ProviderError as error:
            self.doubt = str(error)
        self.body = self.backend.body([], prompt)
        asked = self.body.get("model")
        if self._name and asked != self._name:
            raise click.ClickException(
                f"--models names {self._name}, and the body asks {asked}: take `model` out of"
                " --body, or of the profile's body"
            )

    def line(self) -> Backend:
        """A way to the server for one run: a socket has one conversation."""
        backend = self.backend
        chosen = backend.model, backend.effort, backend.transport
        return backend.beside(backend.provider, *chosen)

    @property
    def name(self) -> str:
        """What the request asks; "" where the server has a model of its own."""
        return str(self.body.get("model") or "")


class GroupMember(Observer):
    """One run: it is asked, recorded and checked, and nothing of it is printed as it comes."""

    def __init__(self, run: PlannedRun, asked: AskedModel, keep: Keep, check: Check) -> None:
        self.run = run
        self.asked = asked
        self.session = Session(keep, self, AtOnce, check=lambda: check)
        self._check = check
        self._left = False

    async def stream(self) -> None:
        """Ask, and read the answer to its end."""
        backend = self.asked.line()
        try:
            if not self._left:
                await self.session.stream(backend.source(self.asked.body))
        finally:
            self.session.close()
            await backend.close()

    def leave(self) -> None:
        """End it as a user's cancel does, or never begin."""
        self._left = True
        self.session.cancel()

    @property
    def turn(self) -> Turn | None:
        """What came of it: of several tries the last; None before it was asked."""
        return self.session.turn

    def found(self, level: Level) -> list[Finding]:
        """What is wrong with it, of a level and of worse ones."""
        findings = self._check.findings
        return of_level(findings.kept, level) if findings is not None else []

    def outcome(self, turn: Turn, *, whole: bool) -> RunOutcome:
        """What came of it; `whole` with all that the answer brought."""
        timing, findings = self.session.folds.timing, self._check.findings
        counts = findings.counted(turn.number) if findings is not None else {}
        measures = measure(turn, timing)
        report = {**whole_report(turn, timing), "findings": counts} if whole else None
        return RunOutcome(
            self.run.number,
            self.asked.name,
            turn.transcript.model or "",
            str(turn.how),
            {figure.key: figure.of(measures) for figure in FIGURES},
            counts if self._check.checked else {},
            self.session.kept.place(),
            report,
        )
