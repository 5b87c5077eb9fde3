"""Faults as a user asks for them, `[REQUESTS:]KIND[=ARGUMENT][@WHERE]`, and what befalls an answer.

    stall=20s@#120   cut@50%   1:status=503   2-:drop@first-text   random=2

What befalls a request depends on nothing but the seed, the request's number and its answer. Which
faults struck is known when the answer has gone out.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from codex_tui.config.errors import suggestion
from codex_tui.serve import amounts
from codex_tui.serve.amounts import ChaosError
from codex_tui.serve.chaos_kinds import CHAOS_KINDS
from codex_tui.serve.seams import Seam, Whence
from codex_tui.timeline.goto import GotoError, ToEvent, ToShare, ToTime, parse_goto

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codex_tui.serve.chaos_kinds import ChaosEffect, ChaosKind
    from codex_tui.serve.script import AnswerScript

WHERE = "#120, 3.5s, 50%, first-text or end"
"""The forms of a place, for whoever asks what can stand behind the `@`."""

_RANDOM = "random"
_EVERY = range(1, sys.maxsize)
_WORDS = {"first-text": Whence(text=True), "end": Whence(end=True)}
_ORDER = {name: rank for rank, name in enumerate(CHAOS_KINDS)}
_SPEC = re.compile(
    r"(?:(?P<first>[1-9]\d{0,8})(?P<on>-(?P<last>\d{1,9})?)?:)?"
    r"(?P<kind>[^=@:]*)(?:=(?P<argument>[^@]*))?(?:@(?P<place>.*))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Chaos:
    """A fault.

    Attributes:
        spec: As it was asked for.
        kind: What it is.
        effect: What it does.
        place: Where it strikes, as it was said or as its kind has it.
        requests: Which requests it befalls, from 1.
    """

    spec: str
    kind: ChaosKind
    effect: ChaosEffect
    place: str
    requests: range = _EVERY

    def for_one(self, dice: Random, script: AnswerScript) -> Iterator[Chaos]:
        """The faults that this is for one answer."""
        yield self

    @property
    def by_chance(self) -> bool:
        """Whether it is another one with another seed."""
        return self.kind.by_chance

    @property
    def withholds(self) -> bool:
        """Whether the client goes without some of its answer by it."""
        return self.kind.withholds and self.place != "end"

    def whence(self, script: AnswerScript) -> Whence:
        """Where it strikes in an answer."""
        return _whence(self.place, script.events) if self.place else Whence()


@dataclass(frozen=True, slots=True)
class RandomChaos:
    """So many faults of any kind, each at some event.

    Attributes:
        spec: As it was asked for.
        number: How many.
        requests: Which requests they befall.
    """

    spec: str
    number: int
    requests: range = _EVERY

    @property
    def by_chance(self) -> bool:
        """Whether it is another one with another seed."""
        return True

    def for_one(self, dice: Random, script: AnswerScript) -> Iterator[Chaos]:
        """The faults that this is for one answer: other ones for each."""
        on_socket = script.framing == "socket"
        can_be = [each for each in CHAOS_KINDS.values() if not (on_socket and each.not_on_sockets)]
        for kind in dice.sample(can_be, min(self.number, len(can_be))):
            place = f"#{dice.randint(1, max(1, script.events))}" if kind.place else None
            yield _of(kind, f"{kind.name}@{place}" if place else kind.name, place=place)


AnyChaos = Chaos | RandomChaos


def parse_chaos(text: str) -> list[AnyChaos]:
    """The faults of a text, with commas between them.

    Raises:
        ChaosError: One can't be had; the sentence says which, and what is wrong with it.
    """
    return [_parsed(spec.strip()) for spec in text.split(",")]


def _parsed(spec: str) -> AnyChaos:
    try:
        found = _split(spec)
        requests = _requests(found["first"], found["on"], found["last"])
        if found["kind"] == _RANDOM:
            return _random(spec, found["argument"], found["place"], requests)
        return _of(_kind(found["kind"]), spec, found["argument"], found["place"], requests)
    except ChaosError as error:
        raise ChaosError(f'chaos "{spec}": {error}') from None


def _split(spec: str) -> re.Match[str]:
    if found := _SPEC.fullmatch(spec):
        return found
    raise ChaosError("it reads [REQUESTS:]KIND[=ARGUMENT][@WHERE], as 1:stall=20s@#120")


def _requests(first: str | None, on: str | None, last: str | None) -> range:
    """`2`, `2-4` or `2-`; every request where nothing is said."""
    if first is None:
        return _EVERY
    end = int(last or sys.maxsize) if on else int(first)
    if end < int(first):
        raise ChaosError(f"requests {first}-{last} are none: the larger number comes last")
    return range(int(first), end + 1)


def _kind(name: str) -> ChaosKind:
    if found := CHAOS_KINDS.get(name):
        return found
    raise ChaosError(f'there is no "{name}"; {suggestion(name, [*CHAOS_KINDS, _RANDOM])}')


def _random(spec: str, argument: str | None, place: str | None, requests: range) -> RandomChaos:
    if place is not None:
        raise ChaosError("random faults have no place of their own: leave the @ out")
    return RandomChaos(spec, 1 if argument is None else amounts.count(argument), requests)


def _of(
    kind: ChaosKind,
    spec: str,
    argument: str | None = None,
    place: str | None = None,
    requests: range = _EVERY,
) -> Chaos:
    if argument is not None and not kind.argument:
        raise ChaosError(f"{kind.name} has nothing to be set: leave the = out")
    if place is not None and not kind.place:
        raise ChaosError(f"{kind.name} befalls the whole answer: leave the @ out")
    where = kind.place if place is None else place
    if kind.place:
        _whence(where, 1)
    effect = kind.reads(kind.argument if argument is None else argument)
    return Chaos(spec, kind, effect, where, requests)


def _whence(place: str, events: int) -> Whence:
    """Where a place is in an answer of so many events.

    Raises:
        ChaosError: It is no place.
    """
    if place in _WORDS:
        return _WORDS[place]
    try:
        match parse_goto(place):
            case ToEvent(number) if number:
                return Whence(event=number)
            case ToTime(seconds):
                return Whence(seconds=seconds)
            case ToShare(share):
                return Whence(event=min(max(events, 1), 1 + int(share * events)))
    except GotoError:
        pass
    raise ChaosError(f'"{place}" is no place: it can be {WHERE}')


class Dealt:
    """An answer with what befalls it.

    Args:
        script: The answer.
        faults: What is to befall it.
        dice: Chance.

    Attributes:
        script: The answer to give: can be gone through once.
    """

    def __init__(self, script: AnswerScript, faults: Iterable[Chaos], dice: Random) -> None:
        self._refused: list[str] = []
        self._struck: list[tuple[Chaos, Seam]] = []
        for chaos in sorted(faults, key=lambda each: _ORDER[each.kind.name]):
            script = self._with(script, chaos, dice)
        self.script = script

    def _with(self, script: AnswerScript, chaos: Chaos, dice: Random) -> AnswerScript:
        if script.framing == "socket" and chaos.kind.not_on_sockets:
            why = chaos.kind.not_on_sockets
            self._refused.append(f"{chaos.spec}: not on a WebSocket: {why}")
            return script
        seam = Seam(chaos.whence(script))
        self._struck.append((chaos, seam))
        return chaos.effect(script, seam, dice)

    @property
    def told(self) -> tuple[str, ...]:
        """What struck as far as the answer has gone out, as it was asked for."""
        return tuple(chaos.spec for chaos in self._reached())

    @property
    def missed(self) -> tuple[str, ...]:
        """What did not, and why: to be asked when the answer has gone out."""
        reached = set(self.told)
        past = (chaos.spec for chaos, _ in self._struck if chaos.spec not in reached)
        return (*self._refused, *(f"{spec}: it did not come to that" for spec in past))

    @property
    def withheld(self) -> bool:
        """Whether the client went without its answer by it, so that it may well ask again."""
        return any(chaos.withholds for chaos in self._reached())

    def _reached(self) -> Iterator[Chaos]:
        return (chaos for chaos, seam in self._struck if seam.reached or not chaos.place)


@dataclass(frozen=True, slots=True)
class ChaosPlan:
    """What is to befall all answers of a server.

    Attributes:
        faults: What was asked for.
        seed: Where chance begins.
    """

    faults: tuple[AnyChaos, ...] = field(default=())
    seed: int = 0

    @classmethod
    def of(cls, texts: Sequence[str], seed: int = 0) -> ChaosPlan:
        """The plan of some texts.

        Raises:
            ChaosError: One of them can't be had.
        """
        return cls(tuple(each for text in texts for each in parse_chaos(text)), seed)

    @property
    def by_chance(self) -> bool:
        """Whether another seed makes it another plan."""
        return any(each.by_chance for each in self.faults)

    def dealt(self, number: int, script: AnswerScript) -> Dealt:
        """What befalls the answer to a request, by its number from 1."""
        dice = Random(f"{self.seed}:{number}")
        befalling = (each for each in self.faults if number in each.requests)
        return Dealt(
            script, [one for each in befalling for one in each.for_one(dice, script)], dice
        )
