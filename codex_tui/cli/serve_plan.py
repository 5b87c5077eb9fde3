"""What is to be served, from the options and the files; what can't be is refused here.

Nothing listens before all of it is known to fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from secrets import randbelow
from typing import TYPE_CHECKING

import click

from codex_tui import units
from codex_tui.cli.listening import port_of, telling_of, token_of
from codex_tui.cli.references import found
from codex_tui.config.errors import suggestion
from codex_tui.relay.hosts import Gate
from codex_tui.serve.amounts import ChaosError
from codex_tui.serve.answers import Answers
from codex_tui.serve.asked import KEYS
from codex_tui.serve.chaos import ChaosPlan
from codex_tui.serve.files import UnservedError, opened
from codex_tui.serve.programme import Programme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codex_tui.cli.listening import Telling
    from codex_tui.config import Settings
    from codex_tui.redact import Secret
    from codex_tui.serve.answers import Treated
    from codex_tui.serve.files import ServedFile

PORT = 8788
"""Where it listens by itself: beside a tap, not in its place."""

STDIN = "-"
_SEEDS = 10**6  # as many as are easily typed


@dataclass(frozen=True, slots=True)
class ServePlan:
    """What is to be served.

    Attributes:
        settings: What holds.
        files: The files, in their order.
        port: The port; 0 for a free one.
        telling: What is printed.
        token: What paths begin with; None for none.
        match: The keys by which a turn is chosen; none gives the next.
        speed: How fast it is told; None at once.
        chaos: What is to go wrong.
    """

    settings: Settings
    files: tuple[ServedFile, ...]
    port: int
    telling: Telling
    token: Secret | None
    match: tuple[str, ...]
    speed: float | None
    chaos: ChaosPlan

    @classmethod
    def of(cls, settings: Settings, names: Sequence[str]) -> ServePlan:
        """Return what is to be done.

        Raises:
            click.ClickException: It can't be done, or contradicts itself.
            OSError: A file can't be read.
        """
        if not names:
            raise click.UsageError("which FILE? A recording, or what `codex-tui sessions` lists")
        plan = cls(
            settings,
            tuple(_opened(settings, name) for name in names),
            port_of(settings, PORT),
            telling_of(settings, "nothing" if settings.quiet else "lines"),
            token_of(settings),
            _keys(settings.match),
            settings.speed if _is_flag(settings, "speed") else 1.0,
            _chaos(settings),
        )
        plan.refuse_requestless()
        return plan

    def refuse_requestless(self) -> None:
        """See that what is to be compared with requests has some.

        Raises:
            click.ClickException: A file has none.
        """
        asked = "--match" if self.match else "--strict" if self.settings.strict else ""
        for file in self.files if asked else ():
            if not any(turn.request is not None for turn in file.turns):
                raise click.ClickException(
                    f"{file.path}: it holds no requests, so {asked} has nothing to go by: leave it"
                    " out, and the next request gets the next turn"
                )

    def answers(self, told: Callable[[int, Treated], None]) -> Answers:
        """What requests are answered.

        Args:
            told: Told of what was done to the answer of a request, by its number.
        """
        turns = [turn for file in self.files for turn in file.turns]
        loop = self.settings.loop and _is_flag(self.settings, "loop")
        strict = self.settings.strict
        programme = Programme(turns, match=self.match, strict=strict, loop=loop)
        return Answers(programme, self.speed, self.chaos.dealt, told)

    def gate(self) -> Gate:
        """Who may ask."""
        settings = self.settings
        gate = Gate(settings.allow_host, settings.allow_origin)
        return gate if self.token is None else Gate(gate.hosts, gate.origins, self.token)

    def ready(self, url: str) -> str:
        """The line that says where it is served, and what of the times."""
        at_once = self.speed is None or not any(file.timed for file in self.files)
        pace = ", all at once" if self.speed is None else " without times: all at once"
        return f"serving on {url}{f' ({self._count()}{pace})' if at_once else ''}"

    def _count(self) -> str:
        return units.count(sum(len(file.turns) for file in self.files), "turn")

    def lines(self) -> Iterator[str]:
        """A line a file: its turns, and what has to be known of it; and what is to go wrong."""
        for file in self.files:
            sockets = sum(turn.on_socket for turn in file.turns)
            over = {0: "HTTP", len(file.turns): "a WebSocket"}.get(sockets, "both transports")
            timed = "" if file.timed else ", without times: all at once"
            yield f"{file.path.name}: {units.count(len(file.turns), 'turn')} over {over}{timed}"
            yield from (f"{file.path.name}: {remark}" for remark in file.remarks)
        if faults := self.chaos.faults:
            seed = f" (--seed {self.chaos.seed})" if self.chaos.by_chance else ""
            yield f"chaos: {', '.join(each.spec for each in faults)}{seed}"


def befallen(number: int, treated: Treated) -> Iterator[str]:
    """What befell the answer to a request, and what did not though it was asked for."""
    if treated.told:
        yield f"chaos in request {number}: {', '.join(treated.told)}"
    yield from (f"no chaos in request {number}: {missed}" for missed in treated.missed)


def _chaos(settings: Settings) -> ChaosPlan:
    """What is to go wrong.

    Raises:
        click.ClickException: There is no such fault.
    """
    seed = randbelow(_SEEDS) if settings.seed is None else settings.seed
    try:
        return ChaosPlan.of(settings.chaos, seed)
    except ChaosError as error:
        more = "`codex-tui serve --list-chaos` explains them"
        raise click.ClickException(f"--{error} ({more})") from None


def _is_flag(settings: Settings, name: str) -> bool:
    """Whether an option was given for this run: what is set for replays means those."""
    return settings.origins.get(name) == "flag"


def _opened(settings: Settings, name: str) -> ServedFile:
    if name == STDIN:
        raise click.ClickException(
            "-: a pipe is read once, and served any number of times: save it"
        )
    path = Path(found(settings, name))
    try:
        return opened(path, limited=settings.limited)
    except UnservedError as error:
        raise click.ClickException(str(error)) from None


def _keys(match: Sequence[str]) -> tuple[str, ...]:
    """The keys that were asked for.

    Raises:
        click.ClickException: There is no such key.
    """
    words = " ".join(match).replace(",", " ").split()
    for word in words:
        if word not in KEYS:
            raise click.ClickException(f"--match {word}: no such key; {suggestion(word, KEYS)}")
    return tuple(dict.fromkeys(words))
