"""What was forgiven in a turn, as people read it: a sentence for each rule, with event numbers.

They stand beside what a stream brought, on every face alike. What no reader of the answer needs to
know has no sentence here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.model.forgiven import OF_RESPONSE

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.model.conversation import Turn
    from codex_tui.model.forgiven import Forgiven
    from codex_tui.model.items import Item, ResponseState

_NAMED = 6  # events of a sentence


def remarks_on(turn: Turn, *, besides: bool = False) -> list[str]:
    """Return the sentences on a turn, in the order in which their rules were first broken.

    Args:
        turn: The turn.
        besides: Whether a line stands between its responses already.
    """
    forgiving = turn.transcript.forgiving
    found: dict[str, list[Forgiven]] = {}
    for each in forgiving.kept:
        if each.rule in _SENTENCES:
            found.setdefault(each.rule, []).append(each)
    responses = turn.transcript.responses
    begun = [beginning_of(responses, number) for number in range(1, len(responses))]
    begun = [] if besides else begun
    said = [_SENTENCES[rule](each, forgiving.counts[rule]) for rule, each in found.items()]
    return [*_shortened(begun), *map(str, turn.taken_up), *said]


def _shortened(lines: list[str]) -> list[str]:
    more = len(lines) - _NAMED
    return [*lines[:_NAMED], f"and {more:,} more responses"] if more > 1 else lines


def beginning_of(responses: list[ResponseState], number: int) -> str:
    """Return the line between two responses of one stream; `number` counts from 0."""
    response, before = responses[number], responses[number - 1]
    which = "the first" if number == 1 else f"response {number}"
    what = "the same response begins again" if response.again else "another response begins"
    return f"{what} at event {response.begun:,}: {which} {before.standing}"


def only_final(item: Item, responses: list[ResponseState]) -> str:
    """Return where an item stands that did not stream: in the event that ended its response."""
    ended = responses[item.response].terminal_type
    return f"not streamed: only in {ended or 'the whole response'}"


def events_of(found: list[Forgiven], count: int | None = None) -> str:
    """Return which events something is of: `event 5`, `events 5, 6 and 9`; `… and 40 more`."""
    numbers = list(dict.fromkeys(each.entries[0] for each in found))
    shown = [f"{number:,}" for number in numbers[:_NAMED]]
    more = len(numbers) - len(shown) + max(0, (count or 0) - len(found))
    if more > 0:
        return f"events {', '.join(shown)} and {more:,} more"
    *first, last = shown
    return f"events {', '.join(first)} and {last}" if first else f"event {last}"


def _gaps(found: list[Forgiven], count: int) -> str:
    said = "a gap" if count == 1 else f"{count:,} gaps"
    return f"{said} in the numbers, before {events_of(found, count)}"


def _start(found: list[Forgiven], _: int) -> str:
    return f"begins at {found[0].seen}"


def _repeats(found: list[Forgiven], count: int) -> str:
    return f"a number that had come already, at {events_of(found, count)}"


def _back(found: list[Forgiven], count: int) -> str:
    return f"out of order by the numbers: {events_of(found, count)}"


def _terminals(found: list[Forgiven], count: int) -> str:
    first = found[0]
    return f"{first.seen} after {first.expected}, at {events_of(found, count)}: the first stands"


def _indices(found: list[Forgiven], count: int) -> str:
    what = "; ".join(dict.fromkeys(each.seen for each in found[:_NAMED]))
    return f"read as one all the same: {what}, at {events_of(found, count)}"


def _seen(found: list[Forgiven], word: str) -> str:
    said = list(dict.fromkeys(each.seen for each in found))
    more = f" and {len(said) - _NAMED:,} more" if len(said) > _NAMED else ""
    return f"{word.join(said[:_NAMED])}{more}"


def _ids(found: list[Forgiven], count: int) -> str:
    """Say which ids change: of items and calls the first stay, of a response the last."""
    responses = [each for each in found if each.expected.startswith(OF_RESPONSE)]
    others = [each for each in found if each not in responses]
    count -= len(responses)
    said = []
    if others:
        where = events_of(others, count)
        said = [f"ids that change, of which the first stay: {_seen(others, ', ')}, at {where}"]
    if responses:
        last = f"{_seen(responses, ', ')}, at {events_of(responses)}"
        said.append(f"the response's own id changes, and the last stays: {last}")
    return "; ".join(said)


def _only_final(found: list[Forgiven], _: int) -> str:
    where = events_of(found[:1])
    return f"not streamed, only in the response that ends it: {_seen(found, ', ')}, at {where}"


def _objects(found: list[Forgiven], count: int) -> str:
    return f"{found[0].seen} where {found[0].expected} belong, at {events_of(found, count)}"


def _last_message(found: list[Forgiven], count: int) -> str:
    return f"told only by the end of the task: the last message, at {events_of(found, count)}"


def _differs(found: list[Forgiven], count: int) -> str:
    return f"shown once: whole reasoning said {_seen(found, ', ')}, at {events_of(found, count)}"


_SENTENCES: dict[str, Callable[[list[Forgiven], int], str]] = {
    "number.gap": _gaps,
    "number.start": _start,
    "number.repeat": _repeats,
    "number.back": _back,
    "order.second-terminal": _terminals,
    "index.gap": _indices,
    "id.changes": _ids,
    "text.only-final": _only_final,
    "field.type": _objects,
    "rollout.last-message": _last_message,
    "text.differs": _differs,
}
