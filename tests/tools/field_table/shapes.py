"""What the events of one source are made of: shapes with fields, under names of our own.

A shape is named by what it is on the wire, never by how a source calls its schema, so that sources
can be laid side by side: `event/error`, `item/message`, `part/output_text`, `response.usage`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.tools.field_table.schema import is_object, kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.tools.field_table.schema import Schema, Schemas

FAMILIES = {
    ("response", "output"): "item",
    ("event", "item"): "item",
    ("event", "part"): "part",
    ("item/message", "content"): "part",
    ("item/reasoning", "content"): "part",
    ("item/reasoning", "summary"): "part",
    ("event", "annotation"): "annotation",
    ("part/output_text", "annotations"): "annotation",
}
"""Fields whose objects say by their `type` what they are; a family is one for all that have it."""

OBJECTS = {
    ("event", "response"): "response",
    ("event/error", "error"): "event/error.error",
    ("response", "usage"): "usage",
    ("response", "error"): "response.error",
    ("response", "incomplete_details"): "incomplete_details",
    ("usage", "input_tokens_details"): "usage.input_tokens_details",
    ("usage", "output_tokens_details"): "usage.output_tokens_details",
    ("event/response.output_text.delta", "logprobs"): "logprob",
    ("event/response.output_text.done", "logprobs"): "logprob",
    ("part/output_text", "logprobs"): "part/output_text.logprob",
}
"""Fields whose objects are looked into, and the shape of those; all others are objects, no more."""

CLOSED = ("object", "role", "status")
"""Fields whose values are told apart by clients; every other list of values may grow."""


@dataclass
class Field:
    """What one source says of a field: whether it must be there, and what it may be.

    `types` are JSON types, shapes in angle brackets, or values in quotes.
    """

    required: bool
    types: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return ("!" if self.required else "?") + "|".join(sorted(self.types))


Shape = dict[str, Field]


class Shapes(dict[str, Shape]):
    """All shapes that the events of one source are made of.

    Args:
        schemas: What references mean.
        roots: The unions of events. What several say of one field is joined: it is required where
            all of them require it.
    """

    def __init__(self, schemas: Schemas, roots: list[Schema]) -> None:
        self._schemas = schemas
        self._done: set[tuple[str, str]] = set()
        for root in roots:
            for form in schemas.forms(root):
                for name in self._consts(form):
                    self._add(f"event/{name}", form)

    def _consts(self, form: Schema) -> list[str]:
        """The values that the `type` of an object may have, where those are fixed."""
        type_ = form.get("properties", {}).get("type", {})
        values: list[str] = []
        for each in self._schemas.forms(type_):
            values += [each["const"]] if "const" in each else each.get("enum", [])
        return values

    def _add(self, name: str, form: Schema) -> None:
        if (name, repr(form)) in self._done:
            return
        self._done.add((name, repr(form)))
        told = self._fields(name, form)
        known = self.setdefault(name, told)
        if known is told:
            return
        for each in known.keys() | told.keys():
            said = [shape[each] for shape in (known, told) if each in shape]
            required = len(said) == 2 and all(one.required for one in said)
            known[each] = Field(required, set().union(*(one.types for one in said)))

    def _fields(self, name: str, form: Schema) -> Shape:
        required = form.get("required", [])
        return {
            each: Field(each in required, set(self._types(name, each, schema)))
            for each, schema in form["properties"].items()
        }

    def _types(self, owner: str, name: str, schema: Schema) -> Iterator[str]:
        for form in self._schemas.forms(schema):
            values = [form["const"]] if "const" in form else form.get("enum", [])
            if values and (name in CLOSED or (name == "type" and "/" in owner)):
                yield from (f"'{value}'" for value in values)
            elif kind(form) == "array":
                inner = {
                    f for item in [form.get("items", {})] for f in self._inner(owner, name, item)
                }
                yield from ({f"array{each}" for each in inner} or {"array"})
            else:
                inner = set(self._inner(owner, name, form))
                yield from (inner or {kind(form)})

    def _inner(self, owner: str, name: str, schema: Schema) -> Iterator[str]:
        """The shapes of the objects in a field, where they are looked into."""
        family, one = _looked_up(FAMILIES, owner, name), _looked_up(OBJECTS, owner, name)
        for form in self._schemas.forms(schema):
            if not is_object(form):
                continue
            if family and (consts := self._consts(form)):
                yield f"<{family}>"
                for const in consts:
                    self._add(f"{family}/{const}", form)
            elif one:
                yield f"<{one}>"
                self._add(one, form)


def _looked_up(table: dict[tuple[str, str], str], owner: str, name: str) -> str | None:
    return table.get((owner, name)) or table.get((owner.partition("/")[0], name))


def as_rows(shapes: dict[str, Shape]) -> dict[str, dict[str, Any]]:
    """Return shapes as text, for whoever looks at one source alone."""
    return {
        name: {each: str(said) for each, said in shape.items()} for name, shape in shapes.items()
    }
