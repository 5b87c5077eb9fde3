"""Whether an event has the fields of its type, each of the type that is specified.

A type is compiled once, to a tuple of fields with the Python types that need no second look; an
event in steady state costs one look-up a field. What is not specified is no fault, and a level is
never worse than the most lenient of the sources that a specification has.
"""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from codex_tui.findings.field_rows import OPEN_RESPONSES, FieldRow, field_table, words_of
from codex_tui.wire.base import EXEC, ROLLOUT
from codex_tui.wire.other_apis import other_api

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from codex_tui.findings.rules import Level

    Path = tuple[str | int, ...]

API_BEGAN = 1741651200.0
"""The day on which the official API began, in Unix time; a response can't be older."""

SIGNS_OF_LIFE = frozenset({"keepalive", "ping", "heartbeat"})
"""Events that say nothing but that the server lives."""

_PREFIXED = re.compile(r"(?!response\.)[A-Za-z0-9][\w-]*[.:]|response\.[\w-]+:")
"""`vendor:thing`, `codex.thing`, and the former within the API's own prefix."""

_SHORT = 60  # characters of a value in words
_MOST_BITS = 256  # of an integer that is written out


class FieldFault(NamedTuple):
    """What is wrong with one field of one event.

    Attributes:
        rule: `field.missing`, `field.type` or `field.unknown-type`.
        detail: The type that has the field, and the field: `response.created.metadata`,
            `output_text.annotations`. The same fault of the same type has the same.
        path: Where it is in the event.
        level: How bad it is by the specification that was asked for.
        expected: What is specified, in words.
        seen: What came, in words.
    """

    rule: str
    detail: str
    path: Path
    level: Level
    expected: str
    seen: str


class _Absent:
    """The type of what is not there."""


_ABSENT = _Absent()

Glance = tuple[tuple[str, frozenset[type], bool], ...]
"""What a glance at an event needs: fields, types that are right, and whether objects stand in an
array, which is right when it is empty."""

_NOTHING_RIGHT: Glance = (("type", frozenset(), False),)
"""How a type that was not met so far is glanced at: it has to be looked into."""

_PLAIN: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
    "any": (str, int, float, bool, type(None), dict, list),
}
_NAMES: dict[type, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "a boolean",
    dict: "an object",
    list: "an array",
}


class _Plan(NamedTuple):
    """One field of a shape, compiled.

    Attributes:
        name: The field.
        plain: The types of values that are right without another look.
        row: What is specified.
        expected: The same in words.
        values: The values that it may have, where they are fixed; else none.
        shape: The shape of the object in it, or of those in its array; empty for none.
        in_array: Whether they stand in an array.
    """

    name: str
    plain: frozenset[type]
    row: FieldRow
    expected: str
    values: frozenset[str]
    shape: str
    in_array: bool


class _Plans(NamedTuple):
    """The fields of a shape, for a glance and for a look."""

    glance: Glance
    fields: tuple[_Plan, ...]


class FieldChecker:
    """Checks events by one specification.

    Args:
        spec: `openai` or `open-responses`; levels of any other are those of `openai`.
    """

    def __init__(self, spec: str = "openai") -> None:
        self._spec = spec
        self._table = field_table()
        self._plans: dict[str, _Plans | None] = {}
        self._glances: dict[str, Glance] = {}

    def check(
        self, payload: Mapping[str, Any], created_at: float | None = None, named: str | None = None
    ) -> Sequence[FieldFault]:
        """Return what is wrong with the fields of an event; nothing, for most.

        Args:
            payload: The event's JSON.
            created_at: When its response was created, in Unix time; None where that is not known,
                or the event says it itself. Fields that the official API sends only since a later
                day are worth a note then.
            named: The type that its `event:` field says, for one whose JSON has none.
        """
        name = payload.get("type", named)
        if not isinstance(name, str):
            return ()
        if "type" not in payload:
            return (_untyped(name), *self.check({**payload, "type": name}, created_at))
        get = payload.get
        for field, plain, in_array in self._glances.get(name, _NOTHING_RIGHT):
            found = get(field, _ABSENT)
            if type(found) not in plain and not (in_array and found == []):
                return self._looked_into(name, payload, created_at)
        return ()

    def glance(self, name: str) -> Glance:
        """Return what a glance at events of a type needs; nothing for a type that is not known."""
        plans = self._plan(f"event/{name}")
        return () if plans is None else plans.glance

    def _looked_into(
        self, name: str, payload: Mapping[str, Any], created_at: float | None
    ) -> Sequence[FieldFault]:
        """What more than a glance finds; the type is compiled here when it is met first."""
        plans = self._plan(f"event/{name}")
        if plans is None:
            return self._unknown_event(name, payload)
        self._glances[name] = plans.glance
        age = _age(payload, created_at)
        return tuple(self._faults(plans, payload, name, (), age))

    def _plan(self, shape: str) -> _Plans | None:
        if shape not in self._plans:
            rows = self._table.rows(shape, self._spec)
            self._plans[shape] = None if rows is None else _compiled(rows)
        return self._plans[shape]

    def _faults(
        self,
        plans: _Plans,
        value: Mapping[str, Any],
        owner: str,
        path: Path,
        age: float,
    ) -> Iterator[FieldFault]:
        """All faults of an object.

        Args:
            plans: Its fields.
            value: The object.
            owner: The type that its fields are named after.
            path: Where it is.
            age: When its response was created.
        """
        for plan in plans.fields:
            found = value.get(plan.name, _ABSENT)
            if type(found) in plan.plain:
                continue
            if found is _ABSENT:
                yield _missing(plan, value, owner, path, age)
            else:
                yield from self._looked_at(plan, found, owner, (*path, plan.name), age)

    def _looked_at(
        self, plan: _Plan, value: Any, owner: str, path: Path, age: float
    ) -> Iterator[FieldFault]:
        """The faults of a value that a glance at its type did not settle."""
        if plan.shape and plan.in_array and isinstance(value, list):
            for number, each in enumerate(value):
                yield from self._object(plan, each, owner, (*path, number), age)
        elif plan.shape and isinstance(value, dict):
            yield from self._object(plan, value, owner, path, age)
        elif not _is_right(plan, value):
            yield _wrong(plan, owner, path, value)

    def _object(
        self, plan: _Plan, value: Any, owner: str, path: Path, age: float
    ) -> Iterator[FieldFault]:
        """The faults of an object within, by its shape."""
        inside = owner if plan.shape == "response" else f"{owner}.{plan.name}"
        if not isinstance(value, dict):
            yield FieldFault(
                *("field.type", inside, path, plan.row.wrong, "an object", _seen(value))
            )
        elif plan.shape in _FAMILIES:
            yield from self._one_of_family(plan.shape, value, path, age)
        elif (plans := self._plan(plan.shape)) is not None:
            yield from self._faults(plans, value, inside, path, age)

    def _one_of_family(
        self, family: str, value: Mapping[str, Any], path: Path, age: float
    ) -> Iterator[FieldFault]:
        """The faults of an object that says by its `type` what it is."""
        name = value.get("type", _ABSENT)
        if not isinstance(name, str):
            rule = "field.missing" if name is _ABSENT else "field.type"
            detail = f"{family}.type"
            yield FieldFault(rule, detail, (*path, "type"), "error", "a string", _seen(name))
            return
        plans = self._plan(f"{family}/{name}")
        if plans is None:
            yield from self._unknown(family, name, value, path)
        else:
            yield from self._faults(plans, value, name, path, age)

    def _unknown_event(self, name: str, payload: Mapping[str, Any]) -> Sequence[FieldFault]:
        """What to say of an event of an unknown type: nothing where it is of another protocol."""
        if name in ROLLOUT.types or name in EXEC.types or other_api(dict(payload)):
            return ()
        return tuple(self._unknown("event", name, payload, ()))

    def _unknown(
        self, family: str, name: str, value: Mapping[str, Any], path: Path
    ) -> Iterator[FieldFault]:
        """An object of a type that is not known; some fields may be demanded all the same."""
        detail = _cut(name) if family == "event" else f"{family}.{_cut(name)}"
        why, level = self._unknown_as(family, name)
        expected, seen = f"a type of {_THINGS[family]} that is specified", f"{_cut(name)}, {why}"
        yield FieldFault("field.unknown-type", detail, (*path, "type"), level, expected, seen)
        if self._spec == OPEN_RESPONSES and _PREFIXED.match(name):
            demanded = _compiled(_OF_EXTENSIONS.get(family, ()))
            yield from self._faults(demanded, value, _cut(name), path, inf)

    def _unknown_as(self, family: str, name: str) -> tuple[str, Level]:
        """What an unknown type is, and how bad: a note where somebody knows it."""
        what = f"type of {_THINGS[family]}"
        if f"{family}/{name}" in self._table.shapes:
            return f"a {what} that another specification has", "note"
        if name in self._table.undocumented:
            return f"a {what} that the official API sends and does not specify", "note"
        if name in SIGNS_OF_LIFE:
            return "a sign of life", "note"
        if _PREFIXED.match(name):
            return f"a vendor's own {what}", "note"
        level: Level = "error" if self._spec == OPEN_RESPONSES else "warning"
        return f"a {what} that no specification has", level


_THINGS = {"event": "events", "item": "items", "part": "parts", "annotation": "annotations"}
_FAMILIES = _THINGS.keys() - {"event"}

_OF_EXTENSIONS = {
    "event": (FieldRow("sequence_number", frozenset({"integer"}), "error", "error"),),
    "item": (
        FieldRow("id", frozenset({"string"}), "error", "error"),
        FieldRow("status", frozenset({"string"}), "error", "error"),
    ),
}
"""What Open Responses demands of types that implementors add (Extending Open Responses)."""


def _compiled(rows: tuple[FieldRow, ...]) -> _Plans:
    """The fields of a shape; that it has the `type` by which it was found is known by then."""
    fields = tuple(_field(row) for row in rows if row.name != "type" or not _values(row))
    return _Plans(tuple((each.name, each.plain, each.in_array) for each in fields), fields)


def _field(row: FieldRow) -> _Plan:
    plain = {kind for each in row.types for kind in _PLAIN.get(each, ())}
    shapes = [each for each in sorted(row.types) if each.endswith(">")]
    shape = shapes[0] if shapes and plain.isdisjoint((dict, list)) else ""
    optional = {_Absent} if row.missing is None else set()
    inner = shape[shape.find("<") + 1 : -1]
    return _Plan(
        *(row.name, frozenset(plain | optional), row, words_of(row.types)),
        *(_values(row), inner, shape.startswith("array")),
    )


def _values(row: FieldRow) -> frozenset[str]:
    return frozenset(each.strip("'") for each in row.types if each.startswith("'"))


def _age(payload: Mapping[str, Any], created_at: float | None) -> float:
    """When the response was created; before the API began where nobody says it."""
    response = payload.get("response")
    said = response.get("created_at") if isinstance(response, dict) else None
    known = [each for each in (said, created_at) if isinstance(each, int | float)]
    return known[0] if known and known[0] >= API_BEGAN else -inf


def _is_right(plan: _Plan, value: Any) -> bool:
    """Whether a value is one of those that are allowed, or a whole number written as 1.0."""
    if isinstance(value, str) and plan.values:
        return value in plan.values
    return isinstance(value, float) and value.is_integer() and int in plan.plain


def _untyped(name: str) -> FieldFault:
    """That the JSON of an event does not say its type, which clients go by."""
    return FieldFault("field.missing", f"{name}.type", ("type",), "error", "a string", "nothing")


def _missing(
    plan: _Plan, value: Mapping[str, Any], owner: str, path: Path, age: float
) -> FieldFault:
    """A field that is not there: a note where the official API leaves it out as well."""
    row = plan.row
    left_out = age < row.since or (row.late and value.get("status") == "in_progress")
    level = "note" if left_out or row.missing is None else row.missing
    detail, where = f"{owner}.{plan.name}", (*path, plan.name)
    return FieldFault("field.missing", detail, where, level, plan.expected, "nothing")


def _wrong(plan: _Plan, owner: str, path: Path, value: Any) -> FieldFault:
    detail = f"{owner}.{plan.name}"
    return FieldFault("field.type", detail, path, plan.row.wrong, plan.expected, _seen(value))


def _seen(value: Any) -> str:
    """A value in a few words; of what may be large, its kind alone."""
    if value is _ABSENT:
        return "nothing"
    if value is None:
        return "null"
    kind = _NAMES.get(type(value), "something else")
    if isinstance(value, dict | list) or (type(value) is int and value.bit_length() > _MOST_BITS):
        return kind
    return f"{kind}: {_cut(str(value))}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
