"""What a request says of a tool that it offers: the names of the fields that it takes and gives.

Read leniently: a schema may be of another shape, or none, and then nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_GIVES = ("output_schema", "outputSchema", "returns")
"""Where tools say what they give: MCP's servers, and those who copy them."""


@dataclass(frozen=True, slots=True)
class ToolFields:
    """The names of a tool's fields.

    Attributes:
        takes: Of its arguments.
        gives: Of its output.
    """

    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()


def fields_of(body: Any, name: str) -> ToolFields:
    """The fields of a tool that a request offers, as far as it says them.

    Args:
        body: The request.
        name: The tool's.
    """
    tools = body.get("tools") if isinstance(body, dict) else None
    for tool in _functions(tools):
        if tool.get("name") == name:
            gives = (names for key in _GIVES if (names := _names(tool.get(key))))
            return ToolFields(_names(tool.get("parameters")), next(gives, ()))
    return ToolFields()


def _functions(tools: Any) -> Iterator[dict[str, Any]]:
    """The functions among tools, also those in a namespace, or wrapped as chats have them."""
    for tool in tools if isinstance(tools, list) else ():
        if not isinstance(tool, dict):
            continue
        wrapped = tool.get("function")
        yield wrapped if isinstance(wrapped, dict) else tool
        yield from _functions(tool.get("tools"))


def _names(schema: Any) -> tuple[str, ...]:
    fields = schema.get("properties") if isinstance(schema, dict) else None
    return tuple(map(str, fields)) if isinstance(fields, dict) else ()
