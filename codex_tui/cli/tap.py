"""`codex-tui tap`: another program's streams, passed on by a relay and seen while they come.

The program keeps the terminal, and its exit code is ours; while it runs nothing of ours is printed
there but what was asked for. On Windows there is no passing on of signals, and no split: ctrl+c
reaches the program by itself, and we wait for it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from codex_tui import units
from codex_tui.cli import codex_cli, tap_words
from codex_tui.cli.beside import split
from codex_tui.cli.exchange_tellers import TapReport, teller_of
from codex_tui.cli.held_output import HeldOutput
from codex_tui.cli.output import Output, say, say_ready
from codex_tui.cli.relay_process import RelayProcess
from codex_tui.cli.tap_hearing import (
    Begun,
    Interrupted,
    ProgramEnded,
    RelayGone,
    RelayTold,
    TapHearing,
)
from codex_tui.cli.tap_plan import TapPlan
from codex_tui.cli.tapped_program import TappedProgram, environment, on_signals
from codex_tui.sources.credentials import known_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.config import Settings

PATIENCE = 10.0
"""Seconds in which what is under way may end when the program has: another may go on for it."""

START = 20.0
"""Seconds that the relay has to begin, and to end."""

FAILED = 1
_SIGNALLED = 128  # what a shell adds to the number of a signal
_SAID_AFTER = 1.0  # seconds before it is said what is waited for


def tap(settings: Settings, command: Sequence[str]) -> int:
    """Run a program under a tap, or listen for any; return the exit code.

    Raises:
        click.ClickException: What was asked can't be done.
    """
    return Tap(TapPlan.of(settings, command, os.environ)).run()


class Tap:
    """One tap, from its relay's first word to its last.

    Args:
        plan: What it is to do.
    """

    def __init__(self, plan: TapPlan) -> None:
        self._plan, settings = plan, plan.settings
        self._known = known_secrets(settings, plan.environ)
        self._report = TapReport(settings, self._known)
        teller = teller_of(plan.telling, settings, self._known)
        prove = settings.check and plan.telling != "lines"  # those have it already
        self._hearing = TapHearing(teller, self._report, self._say, prove=prove)
        self._program: TappedProgram | None = None
        self._early: list[int] = []  # signals that came before the program ran
        self._signalled = False
        self._terminal_taken = False  # by the program, or by the viewer
        self._held: list[str] = []

    def run(self) -> int:
        """Do it all, and return the exit code.

        Raises:
            click.ClickException: The relay can't listen, or the program can't be run.
        """
        relay, begun = self._started()
        try:
            code = self._run_program(relay, begun) if self._plan.command else self._listen(begun)
        finally:
            on_signals(self._interrupt, self._interrupt)
            self._finish(relay)
        self._print_report(begun)
        wrong = self._plan.settings.check and self._report.wrong
        return FAILED if code == 0 and (wrong or self._hearing.unprinted) else code

    # -- the relay -----------------------------------------------------------------------------

    def _started(self) -> tuple[RelayProcess, Begun]:
        """Start the relay, wait until it listens, and say where.

        Raises:
            click.ClickException: It can't.
        """
        hearing = self._hearing
        relay = RelayProcess(
            self._plan.orders(),
            self._plan.relay_environ(),
            lambda told: hearing.put(RelayTold(told)),
            lambda code: hearing.put(RelayGone(code)),
        )
        hearing.wait(lambda: hearing.begun or hearing.failed, START)
        if hearing.begun is None:
            relay.finish(0.0)
            hearing.wait(lambda: hearing.relay_ended, _SAID_AFTER)
            raise click.ClickException(hearing.failed or "the relay did not begin to listen")
        say_ready(f"listening on {hearing.begun.url}")
        if hearing.to:
            say(f"passing on to {hearing.to}")
        if hearing.begun.private:
            say("nothing is kept: what is recorded lies in a private folder until the end")
        return relay, hearing.begun

    def _finish(self, relay: RelayProcess) -> None:
        """Let what is under way end, and the relay with it."""
        hearing = self._hearing
        hearing.finishing, hearing.interrupted = True, False
        relay.finish(PATIENCE)
        if not hearing.wait(lambda: hearing.relay_ended, _SAID_AFTER):
            say(f"waiting up to {units.seconds(PATIENCE)} for what goes on (ctrl+c: not)")
            hearing.wait(lambda: hearing.relay_ended or hearing.interrupted, PATIENCE)
        relay.finish(0.0)
        hearing.wait(lambda: hearing.relay_ended, START)

    def _say(self, sentence: str) -> None:
        """Say it; where somebody else has the terminal, when that is left."""
        if self._terminal_taken:
            self._held.append(sentence)
        else:
            say(self._known.masked(sentence))

    def _leave_terminal(self) -> None:
        self._terminal_taken = False
        while self._held:
            self._say(self._held.pop(0))

    # -- a program -----------------------------------------------------------------------------

    def _run_program(self, relay: RelayProcess, begun: Begun) -> int:
        """Run it to its end, and return its exit code.

        Raises:
            click.ClickException: It can't be run.
        """
        hearing, plan = self._hearing, self._plan
        held = [number for number in (1, 2) if os.isatty(number)]
        output = HeldOutput(held) if plan.viewer == "here" else None
        if plan.viewer == "beside":
            self._split(begun)
        on_signals(self._pass_on, _leave_to_program)
        self._terminal_taken = sys.stderr.isatty()
        self._program = TappedProgram(
            codex_cli.with_base_url(plan.command, begun.url),
            environment(begun.url, plan.environ),
            lambda code: hearing.put(ProgramEnded(code)),
            output.take if output is not None else None,
        )
        for number in self._early:
            self._program.send(number)
        relay.knows_child(self._program.number)
        if output is not None and not self._signalled:
            self._view(begun, output)
        elif output is not None:
            output.release()
        hearing.wait(lambda: hearing.program_code is not None)
        self._leave_terminal()
        return hearing.program_code or 0

    def _pass_on(self, number: int) -> None:
        self._signalled = True
        if self._program is None:
            self._early.append(number)
        else:
            self._program.send(number)

    def _split(self, begun: Begun) -> None:
        data = str(self._plan.settings.paths.data.absolute())
        if trouble := split(begun.folder, data, self._plan.environ):
            self._say(f"no viewer beside the program: {trouble}")

    def _view(self, begun: Begun, output: HeldOutput) -> None:
        """Show the streams until the viewer is left; the program may go on after that."""
        from codex_tui.cli.tap_viewer import view

        try:
            code = view(self._plan.settings, begun, self._hearing, lambda: self._held, output)
        finally:
            on_signals(self._pass_on, _leave_to_program)
            output.release()
            self._leave_terminal()
        if code > _SIGNALLED:
            self._pass_on(code - _SIGNALLED)
        elif self._hearing.program_code is None:
            say("the program goes on: waiting for it (ctrl+c ends it)")

    # -- no program ----------------------------------------------------------------------------

    def _listen(self, begun: Begun) -> int:
        """Listen until the user ends it."""
        hearing = self._hearing
        on_signals(self._interrupt, self._interrupt)
        for line in tap_words.what_to_set(begun.url):
            sys.stderr.write(f"  {line}\n")
        sys.stderr.flush()
        if self._plan.viewer == "here":
            self._show_list(begun)
        else:
            hearing.chosen = lambda to: self._say(f"passing on to {to}")
            hearing.wait(lambda: hearing.interrupted or hearing.relay_ended)
        return FAILED if hearing.relay_ended else 0

    def _show_list(self, begun: Begun) -> None:
        from codex_tui.cli.tap_viewer import view

        self._terminal_taken = True
        view(self._plan.settings, begun, self._hearing, lambda: self._held, None)
        self._leave_terminal()

    def _interrupt(self, number: int) -> None:
        self._hearing.put(Interrupted(number))

    # -- the end -------------------------------------------------------------------------------

    def _print_report(self, begun: Begun) -> None:
        """Print what was exchanged, and what is wrong with it where that was asked for."""
        if self._hearing.unprinted:
            say(f"what should be printed can't be: {self._hearing.unprinted}")
        output = Output(sys.stderr, self._known)
        for line in self._summary(begun) if self._plan.telling == "summary" else ():
            output.write(f"{line}\n")
        if verdicts := self._report.verdicts():
            output.write(f"\n{verdicts}")
        output.flush()

    def _summary(self, begun: Begun) -> Iterator[str]:
        if not self._report.ended and self._hearing.failed:
            return
        if not self._report.ended:
            yield f"codex-tui: {tap_words.nothing_came(self._plan.command)}"
            return
        to = f" with {self._hearing.to}" if self._hearing.to else ""
        yield f"codex-tui: {self._report.count}{to}{self._report.left_out}"
        yield from self._report.lines(recorded=not begun.private)


def _leave_to_program(_: int) -> None:
    """Do nothing: the terminal has sent the same to the program."""
