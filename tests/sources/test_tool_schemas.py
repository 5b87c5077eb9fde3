"""The fields of tools, as requests of every shape say them."""

from __future__ import annotations

from typing import Any

import pytest

from codex_tui.sources.tool_schemas import ToolFields, fields_of

SCHEMA = {"type": "object", "properties": {"city": {}, "days": {}}}
WEATHER: dict[str, Any] = {"type": "function", "name": "weather", "parameters": SCHEMA}
GIVES = {"properties": {"sky": {"type": "string"}}}


@pytest.mark.parametrize(
    ("tools", "fields"),
    [
        ([{"type": "web_search"}, WEATHER], ToolFields(("city", "days"))),
        ([WEATHER | {"output_schema": GIVES}], ToolFields(("city", "days"), ("sky",))),
        ([WEATHER | {"outputSchema": GIVES}], ToolFields(("city", "days"), ("sky",))),
        ([{"type": "namespace", "name": "n", "tools": [WEATHER]}], ToolFields(("city", "days"))),
        ([{"type": "function", "function": WEATHER}], ToolFields(("city", "days"))),
        ([WEATHER | {"name": "another"}], ToolFields()),
        ([WEATHER | {"parameters": None}], ToolFields()),
        ([WEATHER | {"parameters": {"properties": ["city"]}}], ToolFields()),
        (["weather", None, 3], ToolFields()),
        (None, ToolFields()),
        ({"weather": WEATHER}, ToolFields()),
    ],
    ids=lambda value: "" if isinstance(value, ToolFields) else None,
)
def test_the_fields_of_a_tool(tools: Any, fields: ToolFields) -> None:
    assert fields_of({"tools": tools}, "weather") == fields


def test_a_request_that_is_none_has_no_tools() -> None:
    assert fields_of(None, "weather") == fields_of("text", "weather") == ToolFields()
