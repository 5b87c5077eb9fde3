"""`codex-tui serve`: a recording as a server, for whichever client asks.

What is exchanged is recorded, told and listed as a tap's exchanges are; the server runs in a thread
of its own, and all else in this one.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from codex_tui.cli import tap_words
from codex_tui.cli.chaos_list import chaos_list
from codex_tui.cli.exchange_tellers import TapReport, teller_of
from codex_tui.cli.output import Output, say, say_ready
from codex_tui.cli.serve_plan import ServePlan, befallen
from codex_tui.cli.tap_hearing import Interrupted, RelayGone, RelayTold, TapHearing
from codex_tui.cli.tapped_program import on_signals
from codex_tui.recording.recording import new_id
from codex_tui.relay.listening import why_not, without_token
from codex_tui.relay.recorder import TapRecorder
from codex_tui.serve.running import RunningServer
from codex_tui.serve.server import ReplayServer
from codex_tui.sources.credentials import known_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.config import Settings
    from codex_tui.serve.answers import Treated

CLOSING = 10.0
"""Seconds that a disk has to take what was recorded last."""

SWITCHING = 0.0005
"""Seconds after which a thread lets another go on: what is due must not wait for what is told."""

FAILED = 1


def serve(settings: Settings, files: Sequence[str]) -> int:
    """Serve files until a signal comes, and return the exit code.

    Raises:
        click.ClickException: What was asked can't be done.
        OSError: A file can't be read.
    """
    if settings.list_chaos:
        Output(sys.stdout).write(chaos_list())
        return 0
    return Serving(ServePlan.of(settings, files)).run()


class Serving:
    """One server, from its ready line to its end.

    Args:
        plan: What is served.
    """

    def __init__(self, plan: ServePlan) -> None:
        self._plan = plan
        self._known = known_secrets(plan.settings, os.environ)
        teller = teller_of(plan.telling, plan.settings, self._known, findings=False)
        report = TapReport(plan.settings, self._known)
        self._hearing = TapHearing(teller, report, self._say, prove=False)
        self._recorder = self._made_recorder()

    def run(self) -> int:
        """Serve until a signal comes, and return the exit code.

        Raises:
            click.ClickException: The address or the port can't be had.
        """
        sys.setswitchinterval(SWITCHING)
        on_signals(self._interrupt, self._interrupt)
        server = self._started()
        try:
            self._hearing.wait(lambda: self._hearing.interrupted)
        finally:
            server.close()
            self._recorder.close(CLOSING)
            self._hear_the_rest()
        if self._hearing.unprinted:
            say(f"what should be printed can't be: {self._hearing.unprinted}")
        return FAILED if self._hearing.unprinted else 0

    def _started(self) -> RunningServer:
        """Listen, and say where and what.

        Raises:
            click.ClickException: The address or the port can't be had.
        """
        settings, plan = self._plan.settings, self._plan
        try:
            server = RunningServer(self._made_server)
        except OSError as error:
            self._recorder.close(CLOSING)
            where = f"{settings.host}:{plan.port}"
            raise click.ClickException(f"{where}: {why_not(error)}") from None
        token = plan.token.reveal() if plan.token is not None else ""
        self._recorder.begun([without_token(url, token) for url in server.urls])
        say_ready(plan.ready(server.urls[0]))
        for line in plan.lines():
            say(line)
        for line in tap_words.what_to_set(server.urls[0]):
            sys.stderr.write(f"  {line}\n")
        sys.stderr.flush()
        return server

    def _made_server(self) -> ReplayServer:
        plan = self._plan
        return ReplayServer(
            plan.answers(self._tell_chaos),
            self._recorder,
            host=plan.settings.host,
            port=plan.port,
            gate=plan.gate(),
            fault=self._recorder.mistaken,
        )

    def _made_recorder(self) -> TapRecorder:
        plan, settings = self._plan, self._plan.settings
        return TapRecorder(
            settings.paths,
            new_id(datetime.now(UTC)),
            self._hear,
            record=settings.record,
            max_size=settings.tap_max_size,
            rules=settings.rules(),
            secrets=[plan.token] if plan.token is not None else [],
            serves=[str(file.path.absolute()) for file in plan.files],
        )

    def _hear(self, told: dict[str, Any]) -> None:
        self._hearing.put(RelayTold(told))

    def _tell_chaos(self, number: int, treated: Treated) -> None:
        """Say which faults befell the answer to a request; from the server's thread."""
        if not self._plan.settings.quiet:
            for sentence in befallen(number, treated):
                self._hear({"said": sentence})

    def _interrupt(self, number: int) -> None:
        self._hearing.put(Interrupted(number))

    def _hear_the_rest(self) -> None:
        """Take what was told last: the ends of what was broken off."""
        self._hearing.finishing = True
        self._hearing.put(RelayGone(0))
        self._hearing.wait(lambda: self._hearing.relay_ended)

    def _say(self, sentence: str) -> None:
        say(self._known.masked(sentence))
