"""Which requests several runs are, and which of them go out at once. Pure.

By itself one round follows another, and in a round every model is asked at once: what a server does
at some hour is the same for all of them, and the runs of one model don't get into each other's way.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import click

from codex_tui import units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.config import Settings


class PlannedRun(NamedTuple):
    """One of the requests: its number from 1, and the model to ask; "" for the one in use."""

    number: int
    model: str


class RunPlan(NamedTuple):
    """Several runs of one request.

    Attributes:
        models: What is asked, in the order in which it was named.
        times: How often each is.
        together: Whether all go out at once; False sends none before the one before has ended,
            None one round after another.
    """

    models: tuple[str, ...]
    times: int = 1
    together: bool | None = None

    @property
    def runs(self) -> list[PlannedRun]:
        """All of them, round by round."""
        asked = (model for _ in range(self.times) for model in self.models)
        return [PlannedRun(number, model) for number, model in enumerate(asked, 1)]

    @property
    def batches(self) -> list[list[PlannedRun]]:
        """What goes out at once, one after the other."""
        runs = self.runs
        size = {True: len(runs), False: 1, None: len(self.models)}[self.together]
        return [runs[start : start + size] for start in range(0, len(runs), size)]

    def words(self, model: str = "") -> str:
        """What is sent, in words, since each request costs what one costs.

        Args:
            model: What the model in use is called.
        """
        named = [name or model for name in self.models if name or model]
        asked = " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))
        times = f"{self.times} times{' each' if len(named) > 1 else ''}" if self.times > 1 else ""
        said = ", ".join(filter(None, (asked, times, self._order())))
        return f"{units.count(len(self.runs), 'request')}: {said}"

    def _order(self) -> str:
        match len(self.batches):
            case 1:
                return "all at once" if len(self.runs) > 1 else ""
            case count if count == len(self.runs):
                return "one after another"
            case _:
                return "one round after another"


def asks_for_several(settings: Settings) -> bool:
    """Whether one request was asked for, or a group of them.

    Raises:
        click.ClickException: What was asked for says nothing of one.
    """
    several = bool(settings.models) or settings.times != 1
    if not several and settings.together is not None:
        flag = "--together" if settings.together else "--no-together"
        raise click.ClickException(f"{flag} is for several runs: --models A,B or --times N")
    return several


def plan_of(settings: Settings) -> RunPlan:
    """The runs that were asked for.

    Raises:
        click.ClickException: They can't be run, or not so printed.
    """
    if refusal := next(filter(None, (_refusal(settings), _unfit(settings))), ""):
        raise click.ClickException(refusal)
    return RunPlan(_named(settings.models) or ("",), settings.times, settings.together)


def _named(models: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for each in models for word in each.split(",") if word.strip())


def _refusal(settings: Settings) -> str:
    """Why these runs can't be."""
    names = Counter(_named(settings.models))
    twice = next((name for name, count in names.items() if count > 1), "")
    if settings.times < 1:
        return f"--times {settings.times}: 1 or more"
    if settings.models and not names:
        return "--models names no model"
    if twice:
        return f"--models names {twice} twice: --times 2 asks each model twice"
    if names and settings.origins.get("model") == "flag":
        return "-m and --models both name what to ask: leave one of them"
    return ""


def _unfit(settings: Settings) -> str:
    """Why they can't be printed as one run is."""
    if settings.reasoning:
        return "-R prints what one run reasons; the recordings of several have it all"
    if settings.format == "events":
        return "--format events prints one run; of several, `codex-tui show` prints each recording"
    return ""
