"""The tools that the demo's requests declare, in the API's own form."""

from __future__ import annotations

from typing import Any


def _function(name: str, description: str, **properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": [*properties]}
    return {
        "type": "function",
        "name": name,
        "description": description,
        "parameters": {**schema, "additionalProperties": False},
        "strict": False,
    }


_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_TEXTS = {"type": "array", "items": _TEXT}

TOOLS: dict[str, dict[str, Any]] = {
    "web_search": {"type": "web_search", "search_context_size": "medium"},
    "code_interpreter": {"type": "code_interpreter", "container": {"type": "auto"}},
    "mcp": {
        "type": "mcp",
        "server_label": "releases",
        "server_url": "https://releases.example/mcp",
        "require_approval": "never",
    },
    "read_file": _function(
        "read_file", "Read lines of a file.", path=_TEXT, start_line=_NUMBER, end_line=_NUMBER
    ),
    "search_code": _function(
        "search_code", "Search the code with a regular expression.", pattern=_TEXT, globs=_TEXTS
    ),
    "run_tests": _function(
        "run_tests", "Run tests, many times if asked to.", select=_TEXTS, repeat=_NUMBER
    ),
    "compare_releases": {
        "name": "compare_releases",
        "description": "Commits, files and migrations between two tags.",
        "annotations": {"read_only": True},
        "input_schema": {
            "type": "object",
            "properties": {"repository": _TEXT, "from": _TEXT, "to": _TEXT, "include": _TEXTS},
            "required": ["repository", "from", "to"],
        },
    },
}
