"""`codex-tui check`: what is wrong with saved streams, or with one that comes through a pipe.

The exit code is 0 where nothing of the level was found, 1 where something was, 2 where nothing
could be checked; of several files the worst counts.
"""

from __future__ import annotations

import os
import sys
from math import nan
from typing import TYPE_CHECKING

import click

from codex_tui.cli.output import Output, say
from codex_tui.cli.references import found
from codex_tui.cli.saved import STDIN, Saved, is_pipe, standard_input
from codex_tui.cli.verdicts import PRINTING, Verdict
from codex_tui.engine.folded import Folded
from codex_tui.findings import RULES, SPECS, Checker, names
from codex_tui.recording.records import ForeignRecord, FrameRecord
from codex_tui.sources.credentials import known_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.cli.verdicts import Verdicts
    from codex_tui.config import Settings
    from codex_tui.findings import Finding
    from codex_tui.recording.records import Record

CLEAN, WRONG, UNCHECKED = range(3)

_PROOF = 400  # characters of an event that are kept to be quoted


def check(settings: Settings, files: Sequence[str]) -> int:
    """Check files, or explain a rule; return the exit code.

    Raises:
        click.ClickException: There is nothing to check, or no such rule.
    """
    output = Output(sys.stdout, known_secrets(settings, os.environ))
    if settings.explain is not None:
        output.write(explained(settings.explain))
        return CLEAN
    if not files:
        raise click.UsageError("which FILE? `-` reads a pipe")
    refuse_unknown_rules(settings.rules()[1])
    verdicts = PRINTING[settings.check_format](output, settings.level)
    codes = [check_file(settings, name, verdicts) for name in files]
    verdicts.end()
    output.flush()
    return max(codes)


def check_file(settings: Settings, name: str, verdicts: Verdicts) -> int:
    """Check one file, print what is wrong with it, and return the code for that.

    What can't be read is no end of the rest.
    """
    try:
        checking = _Checking(settings, name, verdicts)
        verdict = checking.verdict()
    except click.ClickException as error:
        say(error.message)
    except OSError as error:
        say(f"{name}: {error.strerror or error}")
    else:
        if checking.cut:
            say(checking.cut)
        if verdict.checked:
            verdicts.print(verdict)
            return WRONG if checking.cut or verdict.findings.of(settings.level) else CLEAN
        say(f"{name}: no event of a Responses stream in it: nothing could be checked")
    return UNCHECKED


def _unsaid(_: str) -> None:
    """Say nothing: it was said when the file was read first."""


class _Checking:
    """One file that is being checked.

    Args:
        settings: What holds.
        name: What was typed.
        verdicts: Who is told of what is found in a pipe as it comes.

    Attributes:
        cut: Where a limit kept it from being read to its end, what is to be said of it.
    """

    def __init__(self, settings: Settings, name: str, verdicts: Verdicts) -> None:
        self._path = found(settings, name)
        self._limited = settings.limited
        self._verdicts = verdicts
        self._checker = Checker(*settings.rules())
        self._verdict = Verdict(name, self._checker.findings)
        self.cut = ""
        self._live = name == STDIN and is_pipe(standard_input())
        self._known = 0

    def verdict(self) -> Verdict:
        """Read it, and return what is wrong.

        Raises:
            OSError: It can't be read.
            click.ClickException: It is nothing that can be read as records.
        """
        folded, said = Folded(self._checker), list[str]()
        saved = Saved(self._path, said.append, limited=self._limited)
        for batch in saved.batches(stamped=True):
            for record in batch:
                arrival = folded.take(record)
                self._checker.take(record, arrival.event, arrival.turn)
                self._keep(record)
            if self._live:
                self._tell()
        if saved.grows:
            say(said[-1])
        else:
            folded.conversation.finish()
        self._checker.finish(growing=saved.grows)
        self.cut = said[-1] if saved.cut else ""
        self._verdict.checked = self._checker.checked
        self._look_up()
        if self._live:
            self._tell()
        return self._verdict

    def _keep(self, record: Record) -> None:
        """Keep the time of an event, and what it is, where it is the culprit of something new."""
        verdict, kept = self._verdict, self._checker.findings.kept
        if isinstance(record, FrameRecord):
            verdict.times.append(nan if record.t is None else record.t)
        if len(kept) > self._known:
            for finding in kept[self._known :]:
                self._prove(record, finding)
            self._known = len(kept)

    def _prove(self, record: Record, finding: Finding) -> None:
        entry = finding.entries[0] if finding.entries else None
        if isinstance(record, ForeignRecord):
            text = record.data[:_PROOF].decode("utf-8", "replace")
        elif isinstance(record, FrameRecord) and entry == len(self._verdict.times):
            text = record.frame.data[:_PROOF]
        else:
            return
        if entry is not None:
            self._verdict.proofs[entry] = text

    def _tell(self) -> None:
        self._verdicts.come(self._verdict)

    def _look_up(self) -> None:
        """Read a file again for the events that are quoted, where they came before the finding."""
        wanted = {
            entry
            for finding in self._verdict.findings.kept
            for entry in finding.entries[:2]
            if isinstance(entry, int) and entry not in self._verdict.proofs
        }
        if not wanted or self._path == STDIN or not self._verdicts.quotes:
            return
        number, last = 0, max(wanted)
        for batch in Saved(self._path, _unsaid, limited=self._limited).batches():
            for record in batch:
                if isinstance(record, FrameRecord):
                    number += 1
                    if number in wanted:
                        self._verdict.proofs[number] = record.frame.data[:_PROOF]
            if number >= last:
                return


def refuse_unknown_rules(ignore: Sequence[str]) -> None:
    """Let nobody ignore a rule that there is not.

    Raises:
        click.ClickException: There is no such rule.
    """
    for pattern in ignore:
        _refuse_unknown(pattern, "ignore")


def _refuse_unknown(pattern: str, flag: str) -> None:
    rule = pattern.partition(":")[0]
    if not any(names(rule, each) for each in RULES):
        raise click.ClickException(
            f"--{flag} {pattern}: no such rule; `codex-tui check --explain all` lists them"
        )


def explained(pattern: str) -> str:
    """Return what some rules demand, and why: one, those with a prefix, or `all` in a line each.

    Raises:
        click.ClickException: There is no such rule.
    """
    if pattern == "all":
        width = max(map(len, RULES))
        return "".join(f"{rule.id:<{width}}  {rule.demand}\n" for rule in RULES.values())
    _refuse_unknown(pattern, "explain")
    rule_id = pattern.partition(":")[0]
    return "\n".join(_explained(each) for each in RULES if names(rule_id, each))


def _explained(rule_id: str) -> str:
    rule = RULES[rule_id]
    levels = ", ".join(f"{spec} {rule.level(spec) or 'not spoken of'}" for spec in SPECS)
    client = f"Breaks: {rule.client}.\n" if rule.client else ""
    example = "".join(f"    {line}\n" for line in rule.example.splitlines())
    return (
        f"{rule.id}\n\n{rule.demand}\n{rule.why}\n{client}\n"
        f"Breaks it:\n\n{example}\nLevels: {levels}\nSource: {rule.source}\n"
    )
