"""JSON Schema, as far as published files of the API use it: the forms that a value may have.

References are followed, `allOf` is one object, `anyOf` and `oneOf` are its forms. Whatever a schema
does not say is not made up: without a type it allows anything.
"""

from __future__ import annotations

from itertools import chain, product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/"


class Schemas:
    """The named schemas of one source.

    Args:
        named: By the names that references to `#/components/schemas/` use.
    """

    def __init__(self, named: dict[str, Schema]) -> None:
        self._named = named

    def forms(self, schema: Schema) -> Iterator[Schema]:
        """Yield each form that a value may have; a form has no reference and no choice left."""
        if "$ref" in schema:
            yield from self.forms(self._named[schema["$ref"].removeprefix(_REFERENCE)])
        elif choices := schema.get("anyOf") or schema.get("oneOf"):
            yield from chain.from_iterable(map(self.forms, choices))
        elif "allOf" in schema:
            yield from map(_joined, product(*map(self._listed, schema["allOf"])))
        elif isinstance(schema.get("type"), list):
            yield from ({**schema, "type": one} for one in schema["type"])
        else:
            yield schema

    def _listed(self, schema: Schema) -> list[Schema]:
        return list(self.forms(schema))


def _joined(parts: tuple[Schema, ...]) -> Schema:
    """All of several as one; what only describes them adds nothing."""
    joined: Schema = {"properties": {}, "required": []}
    for part in parts:
        joined |= {name: part[name] for name in ("type", "enum", "items") if name in part}
        joined["properties"] |= part.get("properties", {})
        joined["required"] += part.get("required", [])
    return joined


def is_object(form: Schema) -> bool:
    """Return whether a form is that of an object whose fields are named."""
    return bool(form.get("properties"))


def kind(form: Schema) -> str:
    """Return the JSON type of a form; "any" where it has none."""
    if "type" in form:
        return str(form["type"])
    if is_object(form) or "additionalProperties" in form:
        return "object"
    return "string" if "enum" in form else "any"
