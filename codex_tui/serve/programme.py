"""Which recorded turn answers a request: the next one, or the first that agrees with it.

A turn is given once; what has none gets an error that says what was wanted and what there is, and
never another answer.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.comparison.json_changes import ABSENT, changes
from codex_tui.recording.records import over_http
from codex_tui.redact import recordable_body
from codex_tui.relay.refusals import NotPassedError
from codex_tui.serve.asked import KEYS, RESPONSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.comparison.json_changes import ValueChange
    from codex_tui.serve.asked import Wanted
    from codex_tui.serve.recorded_turn import RecordedTurn

_MOST = 5  # turns that a refusal names
_LONGEST = 60  # characters of a text that it quotes


class Programme:
    """The turns that are served.

    Args:
        turns: All of them, in order.
        match: The keys in which a turn's request has to agree; none gives the next turn.
        strict: Whether a request has to be the recorded one in all of its body.
        loop: Whether the first follows the last.
    """

    def __init__(
        self,
        turns: Sequence[RecordedTurn],
        *,
        match: Sequence[str] = (),
        strict: bool = False,
        loop: bool = False,
    ) -> None:
        self.turns = turns
        self._match = tuple(match)
        self._strict, self._loop = strict, loop
        self._given: set[int] = set()

    @property
    def places(self) -> frozenset[str]:
        """The last parts of the paths that are answered."""
        return frozenset(turn.wanted.place for turn in self.turns)

    @property
    def models(self) -> list[str]:
        """The models of the recorded requests, each once."""
        return list(dict.fromkeys(turn.wanted.model for turn in self.turns if turn.wanted.model))

    @property
    def has_sockets(self) -> bool:
        """Whether any turn was recorded on a socket."""
        return any(turn.on_socket for turn in self.turns)

    def upgrade(self) -> RecordedTurn | None:
        """The refusal of a socket that was recorded at this point; None where there was none."""
        number = next(self._open(RESPONSES), None)
        if number is None or not self.turns[number].wanted.upgrade:
            return None
        self._given.add(number)
        return self.turns[number]

    def next_on_socket(self) -> RecordedTurn | None:
        """The next turn, where it was recorded on a socket."""
        number = next(self._open(RESPONSES), None)
        turn = None if number is None else self.turns[number]
        return turn if turn is not None and turn.on_socket else None

    def take(self, wanted: Wanted, body: object) -> RecordedTurn:
        """The turn that answers a request, which is given away by that.

        Raises:
            NotPassedError: There is none.
            OSError: Its file can't be read any more.
        """
        number = self._found(wanted)
        if number is None and self._loop and self._given:
            self._given.clear()
            number = self._found(wanted)
        if number is None:
            raise NotPassedError(404, "not_recorded", self._missing(wanted))
        turn = self.turns[number]
        if turn.unkept:
            raise NotPassedError(404, "not_recorded", f"Of {turn.title}: {turn.unkept}")
        if self._strict:
            _compare(turn, body)
        self._given.add(number)
        return turn

    def give_back(self, turn: RecordedTurn) -> None:
        """Take back a turn that its client did not get: the next request gets it."""
        self._given.discard(next(n for n, each in enumerate(self.turns) if each is turn))

    def _open(self, place: str) -> Iterator[int]:
        """The turns of a place that can be given: in their order, or by what they agree in."""
        of_place = [n for n, turn in enumerate(self.turns) if turn.wanted.place == place]
        last = -1 if self._match else max(self._given.intersection(of_place), default=-1)
        return (number for number in of_place if number > last and number not in self._given)

    def _found(self, wanted: Wanted) -> int | None:
        """The turn for a request; one that asks for no answer passes none over."""
        for number in self._open(wanted.place):
            recorded = self.turns[number].wanted
            fits = recorded.warm_up == wanted.warm_up and not recorded.upgrade
            if fits and all(KEYS[key](recorded) == KEYS[key](wanted) for key in self._match):
                return number
            if wanted.warm_up and not self._match:
                return None
        return None

    # -- what is said where there is none ----------------------------------------------------

    def _missing(self, wanted: Wanted) -> str:
        if wanted.warm_up:
            return "A warm-up was asked for, and no turn that was recorded here is one."
        if not self._match:
            return self._why_none(wanted.place)
        named = ", ".join(f"{key} {_quoted(KEYS[key](wanted))}" for key in self._match)
        return f"No recorded turn is left with {named}. There are: {self._listed()}."

    def _why_none(self, place: str) -> str:
        count = units.count(len(self.turns), "recorded turn")
        if not any(turn.wanted.place == place for turn in self.turns):
            places = ", ".join(f"/{each}" for each in sorted(self.places))
            return f"Nothing was recorded at /{place}: {count} at {places}."
        return f"No turn is left of {count}: --loop begins again behind the last."

    def _listed(self) -> str:
        lines = [self._line(number) for number in range(min(len(self.turns), _MOST))]
        more = len(self.turns) - len(lines)
        return "; ".join([*lines, *([f"{more} more"] if more else [])])

    def _line(self, number: int) -> str:
        turn = self.turns[number]
        said = ", ".join(f"{key} {_quoted(KEYS[key](turn.wanted))}" for key in self._match)
        return f"{turn.title}{' (given)' if number in self._given else ''}: {said}"


def _compare(turn: RecordedTurn, body: object) -> None:
    """See that a request is the recorded one, as far as that may be written down.

    Raises:
        NotPassedError: It differs; the sentence says where.
        OSError: The file can't be read any more.
    """
    recorded = turn.asked_request()
    if recorded is None:
        return
    came = over_http(replace(recorded, body=recordable_body(body))).body
    if found := [_difference(each) for each in changes(over_http(recorded).body, came)]:
        more = f"; {len(found) - _MOST} more" if len(found) > _MOST else ""
        sentence = f"The request is not that of {turn.title}: {'; '.join(found[:_MOST])}{more}."
        raise NotPassedError(409, "differs_from_recording", sentence)


def _difference(change: ValueChange) -> str:
    a, b = map(_json, change[1:])
    return f"{change.path or 'the body'}: recorded {a}, asked {b}"


def _json(value: object) -> str:
    if value is ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _quoted(value: object) -> str:
    """A value as a refusal quotes it, short."""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f'"{text[:_LONGEST]}…"' if len(text) > _LONGEST else f'"{text}"'
