"""Events that have what is required, and nothing else: made of the table of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_tui.findings.field_rows import field_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.findings.field_rows import FieldRow

CREATED_AT = 1_790_000_000
"""After the last day in the table: September 2026."""

VALUES: dict[str, Any] = {
    "string": "s",
    "integer": 3,
    "number": 1.5,
    "boolean": True,
    "null": None,
    "object": {},
    "array": [],
}
SHAPES = field_table().shapes
_MEMBERS = {"item": "message", "part": "output_text", "annotation": "url_citation"}


def shapes(spec: str, family: str) -> list[str]:
    """Return the types of a family, in a specification."""
    names = [name for name in SHAPES if name.startswith(f"{family}/") and name.count(".error") < 1]
    own = [name.removeprefix(f"{family}/") for name in names if field_table().rows(name, spec)]
    return [name for name in own if ".logprob" not in name]


def whole(shape: str, spec: str, *, made: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an object of a shape with its required fields; `made` is put in its place."""
    found = {row.name: value_of(row, spec) for row in rows(shape, spec) if row.missing is not None}
    if shape == "response":
        found["created_at"] = CREATED_AT
    return found | (made or {})


def event_with(family: str, name: str, spec: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a whole event that has an object of a family, and that object."""
    made = whole(f"{family}/{name}", spec)
    done = _place("response.content_part.done")
    match family:
        case "item":
            return {"type": "response.output_item.done", **_NUMBERS, "item": made}, made
        case "part":
            return {**done, "part": made}, made
    part = whole("part/output_text", spec, made={"annotations": [made]})
    return {**done, "part": part}, made


_NUMBERS = {"sequence_number": 5, "output_index": 0}


def _place(name: str) -> dict[str, Any]:
    return {"type": name, **_NUMBERS, "item_id": "m", "content_index": 0}


def rows(shape: str, spec: str) -> tuple[FieldRow, ...]:
    found = field_table().rows(shape, spec)
    assert found is not None, shape
    return found


def value_of(row: FieldRow, spec: str) -> Any:
    """Return a value that a field may have."""
    return next(value for each in sorted(row.types) for value in _values(each, spec))


def _values(type_: str, spec: str) -> Iterator[Any]:
    kind, _, inner = type_.rstrip(">").partition("<")
    if type_.startswith("'"):
        yield type_.strip("'")
    elif kind == "array":
        yield []
    elif inner:
        yield whole(f"{inner}/{_MEMBERS[inner]}" if inner in _MEMBERS else inner, spec)
    else:
        yield VALUES.get(type_)


def wrong_for(row: FieldRow) -> Any:
    """Return a value that a field may not have; Ellipsis where it may be anything."""
    kinds = {each.partition("<")[0] or "object" for each in row.types}
    kinds |= {"string"} if any(each.startswith("'") for each in row.types) else set()
    kinds |= {"integer"} if "number" in kinds else set()
    if "any" in kinds:
        return ...
    return next(value for kind, value in VALUES.items() if kind not in kinds)
