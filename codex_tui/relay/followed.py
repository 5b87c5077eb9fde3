"""One exchange as far as it has come: folded and checked, for whoever is told of it in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.figures.report import usage_object
from codex_tui.findings import Checker
from codex_tui.model.conversation import Conversation
from codex_tui.recording.log import event_of
from codex_tui.recording.records import FrameRecord, RequestRecord
from codex_tui.wire.sse import ServerSentEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from codex_tui.findings import Spec
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.records import Record

Rules = tuple["Spec", "Sequence[str]"]
"""The specification that sets the levels, and the rules that are not spoken of."""


class Followed:
    """Folds and checks the records of one exchange.

    Args:
        rules: Whose rules hold, and which of them are not spoken of.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._before: dict[str, Any] | None = None
        self._begin()

    def _begin(self) -> None:
        self._rests = False
        self._checker = Checker(*self._rules)
        self._conversation = Conversation(witness=self._checker)

    def rest(self) -> None:
        """Note that no turn goes on: the next one may begin without those before it.

        Until then what comes is held against them: an error after an answer is one of its turn.
        """
        self._rests = bool(self._turns)

    def take(self, records: Iterable[Record]) -> None:
        """Take the next records in."""
        for record in records:
            if self._rests and isinstance(record, RequestRecord):
                self._forget()
            event = event_of(record)
            self._conversation.apply(record, event)
            self._checker.take(record, event, self._conversation.current)

    def _forget(self) -> None:
        """Forget what was said so far, but not what is told of it."""
        self.finish()
        self._before = self.told()
        self._begin()

    def finish(self) -> None:
        """Say that no more comes."""
        self._conversation.finish()
        self._checker.finish()

    @property
    def is_ours(self) -> bool:
        """Whether a response has begun, or something of one has come."""
        return any(turn.transcript.items or turn.transcript.response.begun for turn in self._turns)

    @property
    def events(self) -> int:
        """How many events have come."""
        return sum(turn.events.total for turn in self._turns)

    @property
    def _turns(self) -> list[Turn]:
        return self._conversation.turns

    def told(self) -> dict[str, Any]:
        """What is told of it when it has ended: model, events, the first one's time, and so on."""
        told = self._own()
        return told if self._before is None else _joined(self._before, told)

    def _own(self) -> dict[str, Any]:
        turns = self._turns
        models = (turn.transcript.model or _asked_model(turn) for turn in reversed(turns))
        firsts = (turn.times.first_event for turn in turns)
        usages = (turn.transcript.usage for turn in reversed(turns))
        return {
            "model": next(filter(None, models), None),
            "events": self.events,
            "first_event": next((round(t, 6) for t in firsts if t is not None), None),
            "usage": usage_object(next(filter(None, usages), None)),
            "findings": self._checker.findings.counted() if self._checker.checked else None,
        }


def rehearse(rules: Rules) -> None:
    """Follow a stream that nobody sent: what is made for the first one makes no other late then."""
    created = ServerSentEvent("response.created", '{"type":"response.created","response":{}}')
    Followed(rules).take([RequestRecord(1, ""), FrameRecord(0.0, 1, created, 1)])


def _joined(before: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What is told of some turns, and of those after them."""
    one, other = before["findings"], told["findings"]
    both = one and other and {level: count + other[level] for level, count in one.items()}
    first = before["first_event"]
    return {
        "model": told["model"] or before["model"],
        "events": before["events"] + told["events"],
        "first_event": told["first_event"] if first is None else first,
        "usage": told["usage"] or before["usage"],
        "findings": both or one or other,
    }


def _asked_model(turn: Turn) -> str | None:
    body = turn.request.body if turn.request is not None else None
    model = body.get("model") if isinstance(body, dict) else None
    return model if isinstance(model, str) else None
