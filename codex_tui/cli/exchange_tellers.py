"""What a tap prints of its exchanges while they go on, and what it knows of them at the end.

A program that has the terminal is not disturbed: what was found wrong waits until it has left it.
"""

from __future__ import annotations

import io
import sys
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from codex_tui import units
from codex_tui.cli.exchange_lines import found, lines_of, object_of
from codex_tui.cli.output import Output
from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codex_tui.cli.listening import Telling
    from codex_tui.config import Settings
    from codex_tui.redact import KnownSecrets

    Told = Mapping[str, Any]

_LINES = 2_000
"""Exchanges that have a line at the end: a tap may run for weeks."""

_VERDICTS = 200  # recordings of which it is said what is wrong


class Teller(Protocol):
    """Prints what a tap sees, while it goes on."""

    def began(self, told: Told) -> None:
        """Hear that an exchange began."""

    def look(self) -> None:
        """Hear that some time has passed."""

    def ended(self, told: Told) -> None:
        """Hear that an exchange has ended."""


class Silent:
    """Prints nothing."""

    def began(self, told: Told) -> None:
        """Print nothing."""

    def look(self) -> None:
        """Print nothing."""

    def ended(self, told: Told) -> None:
        """Print nothing."""


class ObjectTeller:
    """Prints an object on a line when an exchange has ended."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def began(self, told: Told) -> None:
        """Print nothing yet."""

    def look(self) -> None:
        """Print nothing yet."""

    def ended(self, told: Told) -> None:
        """Print the object."""
        self._output.line(object_of(told))
        self._output.flush()


def teller_of(
    telling: Telling, settings: Settings, known: KnownSecrets, *, findings: bool = True
) -> Teller:
    """Return what prints while exchanges go on; `findings`: what is wrong with them too."""
    match telling:
        case "lines":
            from codex_tui.cli.exchange_notes import ExchangeNotes  # with the rules

            level = settings.level if findings else None
            return ExchangeNotes(Output(sys.stdout, known), settings.rules(), level)
        case "objects":
            return ObjectTeller(Output(sys.stdout, known))
        case _:
            return Silent()


class TapReport:
    """What a tap saw in all.

    Args:
        settings: What holds.
        known: The secrets that are masked.

    Attributes:
        ended: What was told of the latest exchanges at their ends.
        wrong: Whether something of the level was found.
    """

    def __init__(self, settings: Settings, known: KnownSecrets) -> None:
        self.ended: deque[Told] = deque(maxlen=_LINES)
        self.wrong = False
        self._number = 0
        self._settings, self._known = settings, known
        self._verdicts: dict[str, str] = {}  # of recordings, by their names
        self._more: set[str] = set()

    def take(self, told: Told, *, prove: bool) -> None:
        """Take in how an exchange ended; `prove`: keep what is wrong with it, to be printed."""
        self.ended.append(told)
        self._number += 1
        if found(told, self._settings.level):
            self.wrong = True
            if prove and (file := told.get("file")):
                self._prove(file)

    def _prove(self, file: str) -> None:
        if file in self._verdicts or len(self._verdicts) < _VERDICTS:
            self._verdicts[file] = self._verdict(file)
        else:
            self._more.add(file)

    def _verdict(self, file: str) -> str:
        """What is wrong with a recording, which may be gone when the tap has ended."""
        from codex_tui.cli.check import check_file  # with the rules, where something is wrong
        from codex_tui.cli.verdicts import TextVerdicts

        text = io.BytesIO()
        output = Output(io.TextIOWrapper(text, "utf-8"), self._known)
        check_file(self._settings, file, TextVerdicts(output, self._settings.level))
        output.flush()
        return text.getvalue().decode("utf-8", "replace")

    def lines(self, *, recorded: bool) -> Iterator[str]:
        """A line an exchange, in the order of their numbers; `recorded`: the files are there."""
        told = self.ended if recorded else [{**each, "file": None} for each in self.ended]
        ordered = sorted(told, key=lambda each: each.get("n") or 0)
        return map(clean_line, lines_of(ordered, self._settings.level))

    def verdicts(self) -> str:
        """What is wrong, recording by recording."""
        more = len(self._more)
        rest = f"{units.count(more, 'further recording')} with findings\n" if more else ""
        return "\n".join(filter(None, (*self._verdicts.values(), rest)))

    @property
    def count(self) -> str:
        """How many exchanges there were."""
        return units.count(self._number, "exchange")

    @property
    def left_out(self) -> str:
        """That not all of them have a line; empty where all do."""
        shown = len(self.ended)
        return f", the latest {shown:,}" if shown < self._number else ""
