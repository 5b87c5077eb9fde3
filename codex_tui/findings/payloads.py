"""The fields of a turn's events, asked of the JSON itself: an event that was decoded has defaults.

An event that has a value of its own in every field that is specified needs no second reading. What
is too vast to be taken apart is not looked into, as it is not by those who decode it.
"""

from __future__ import annotations

import json
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from codex_tui.findings.fields import FieldChecker
from codex_tui.wire import base
from codex_tui.wire.decode import LARGE, MOST_TOKENS
from codex_tui.wire.events import LifecycleEvent, UnknownEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.findings.fields import FieldFault
    from codex_tui.findings.finding import Finding, Findings
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.sse import ServerSentEvent

_checker = cache(FieldChecker)  # by specification; it compiles a type once
_decode = msgspec.json.Decoder(dict[str, Any]).decode


_TYPES: dict[Any, type] = {
    str: str,
    str | None: str,
    int: int,
    int | None: int,
    tuple[Any, ...] | None: tuple,
}
"""Types of fields of events whose values are of them if they are of exactly that type."""


class FieldsFound(NamedTuple):
    """What was found of an event's fields.

    Attributes:
        findings: All of it.
        absent: The names in quotes of the fields that are missing; None where more is wrong.
    """

    findings: tuple[Finding, ...] = ()
    absent: tuple[str, ...] | None = ()

    def again(self, number: int) -> FieldsFound:
        """Say that it was found in another event, too."""
        for finding in self.findings:
            finding.again(number)
        return self


def lacks(data: str, names: tuple[str, ...] | None) -> bool:
    """Return whether JSON has none of some names in quotes; within a text, quotes are escaped."""
    return names is not None and not any(map(data.__contains__, names))


NOTHING = FieldsFound()

_TYPE = '"type"'


class PayloadCheck:
    """Checks the fields of the events of one turn.

    Args:
        findings: Who is told.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._checker = _checker(findings.spec)
        self._created_at: float | None = None
        self._told: dict[FieldFault, Finding] = {}
        self._alike: dict[tuple[type, ...], FieldsFound] = {}
        """What events lack whose class, and types of values, are these."""

    def take(self, event: ResponseStreamEvent, frame: ServerSentEvent, number: int) -> FieldsFound:
        """Check an event; return what was found of it."""
        cls = event.__class__
        exact = _exact(cls, self._findings.spec)
        untyped = _TYPE not in frame.data
        if exact is None or untyped or (exact.array and getattr(event, exact.array)):
            return self._read(event, frame, number)
        kinds = tuple(map(type, exact.values(event)))
        if kinds == exact.types:
            return NOTHING
        known = self._alike.get((cls, *kinds))
        if known is not None and lacks(frame.data, known.absent):
            return known.again(number)
        known = self._read(event, frame, number)
        if known.absent:
            self._alike[(cls, *kinds)] = known
        return known

    def _read(self, event: ResponseStreamEvent, frame: ServerSentEvent, number: int) -> FieldsFound:
        """Check an event by its JSON."""
        if isinstance(event, LifecycleEvent) and event.response.created_at is not None:
            self._created_at = event.response.created_at
            self._alike.clear()  # what an older response may lack, a newer one may not
        payload = event.data if isinstance(event, UnknownEvent) else payload_of(frame.data)
        named = frame.event if payload and frame.event == event.type else None
        faults = self._checker.check(payload, self._created_at, named)
        return self._tell(faults, number) if faults else NOTHING

    def _tell(self, faults: Sequence[FieldFault], number: int) -> FieldsFound:
        added = [self._add(fault, number) for fault in faults]
        alike = all(fault.rule == "field.missing" and len(fault.path) == 1 for fault in faults)
        absent = tuple(f'"{fault.path[0]}"' for fault in faults) if alike else None
        return FieldsFound(tuple(each for each in added if each is not None), absent)

    def _add(self, fault: FieldFault, number: int) -> Finding | None:
        if (known := self._told.get(fault)) is not None:
            known.again(number)
            return known
        found = self._findings.add(
            fault.rule,
            (number,),
            sentence_of(fault),
            expected=fault.expected,
            seen=fault.seen,
            detail=fault.detail,
            at_most=fault.level,
            once=True,
        )
        if found is not None and len(self._told) < _MOST_TOLD:
            self._told[fault] = found
        return found


_MOST_TOLD = 1000  # different faults of a turn that are told apart at once


class _Exact(NamedTuple):
    """How it is known of an event that was decoded that its fields are as specified.

    Attributes:
        values: Reads those that are specified.
        types: What they have to be, exactly: what was not sent, or was something else, is not.
        array: The one that has to be empty, or its JSON is asked; "" for none.
    """

    values: attrgetter[tuple[Any, ...]]
    types: tuple[type, ...]
    array: str


@cache
def _exact(cls: type[ResponseStreamEvent], spec: str) -> _Exact | None:
    """What is specified of a class of events, if its fields tell it all; else None."""
    name = getattr(base.TYPES_BY_CLASS.get(cls), "name", "")
    wanted = _checker(spec).glance(name)
    types = {field.name: _TYPES.get(field.type) for field in msgspec.structs.fields(cls)}
    told = [(field, types.get(field)) for field, *_ in wanted]
    arrays = [field for field, _, in_array in wanted if in_array]
    if len(told) < 2 or len(arrays) > 1 or any(type_ is None for _, type_ in told):
        return None
    if not all(in_array or types[field] in plain for field, plain, in_array in wanted):
        return None
    return _Exact(
        attrgetter(*(field for field, _ in told)),
        tuple(type_ for _, type_ in told if type_ is not None),
        "".join(arrays),
    )


def payload_of(data: str) -> dict[str, Any]:
    """Return the JSON object that data is; empty where it is none, or has too many values."""
    if len(data) > LARGE and sum(map(data.count, ",[{")) > MOST_TOKENS:
        return {}
    try:
        return _decode(data)
    except (ValueError, RecursionError):
        return _loosely(data)


def _loosely(data: str) -> dict[str, Any]:
    """The same as Python reads it: with NaN, and halves of characters."""
    try:
        loaded = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def sentence_of(fault: FieldFault) -> str:
    """Return what is wrong as one sentence."""
    match fault.rule:
        case "field.missing":
            return f"{fault.detail} is missing; {fault.expected} is specified"
        case "field.type":
            return f"{fault.detail} is {fault.seen}, where {fault.expected} is specified"
    return fault.seen
