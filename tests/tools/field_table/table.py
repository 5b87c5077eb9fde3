"""Three sources side by side: a row a field, in a text of its own that says who says what.

    os !string, r ?null|string since 2025-05-20

The official OpenAPI file (o) and SDK (s) require a string there; Open Responses (r) allows a string
or null, and that it is absent. The official API sends it since that day.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.tools.field_table.since import SINCE, UNDOCUMENTED

if TYPE_CHECKING:
    from tests.tools.field_table.shapes import Field, Shapes

Sources = dict[str, "Shapes"]
Rows = dict[str, dict[str, str]]

ABOUT = (
    "Made by `python -m tests.tools.field_table`; CONTRIBUTING.md says how. Names, types and "
    "required flags are facts taken from the sources below: o the official OpenAPI file, s the "
    "official Python SDK, r Open Responses. ! required, ? may be absent, <…> a shape of this table."
)


def table(sources: Sources, origins: dict[str, Any]) -> str:
    """Return the table as JSON text, the same for the same sources.

    Args:
        sources: The shapes of each source, by its letter.
        origins: What each source is, by its letter.
    """
    made = {
        "about": ABOUT,
        "sources": origins,
        "undocumented": sorted(UNDOCUMENTED),
        "shapes": rows(sources),
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def rows(sources: Sources) -> Rows:
    """Return the rows of all shapes, sorted by name."""
    names = sorted(set().union(*sources.values()))
    return {name: _shape(name, sources) for name in names}


def _shape(name: str, sources: Sources) -> dict[str, str]:
    told = {letter: shapes[name] for letter, shapes in sources.items() if name in shapes}
    fields = sorted(set().union(*told.values()))
    found = {
        each: {by: shape[each] for by, shape in told.items() if each in shape} for each in fields
    }
    return {each: _row(name, each, said) for each, said in found.items() if _tells(said)}


def _tells(said: dict[str, Field]) -> bool:
    """Whether a field is worth a row: not one that a single official source has, and optional."""
    return len(said) > 1 or "r" in said or any(field.required for field in said.values())


def _row(shape: str, name: str, said: dict[str, Field]) -> str:
    by_text: dict[str, str] = {}
    for letter, field in said.items():
        by_text[str(field)] = by_text.get(str(field), "") + letter
    row = ", ".join(f"{letters} {text}" for text, letters in by_text.items())
    since = SINCE.get((shape, name)) or SINCE.get((shape.partition("/")[0], name))
    return f"{row} since {since}" if since else row
