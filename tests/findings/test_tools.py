"""Calls against the tools of their request: names, JSON, JSON Schema; and nothing is slow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.findings.schema import faults_of
from tests.findings.streams import asked, call, clean, found, message, response, whole

if TYPE_CHECKING:
    from codex_tui.findings import Finding

PARAMETERS = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"enum": ["celsius", "kelvin"]},
        "days": {"type": "integer", "maximum": 7},
    },
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER = {"type": "function", "name": "get_weather", "parameters": PARAMETERS}


def calling(arguments: str, *tools: Any, name: str = "get_weather", **body: Any) -> list[Finding]:
    stream = whole(message(0), call(1, name, [arguments]))
    return found([asked({"input": "Hi", "tools": list(tools), **body}), *stream])


def sentences(arguments: Any) -> list[str]:
    return [fault.sentence for fault in faults_of(PARAMETERS, arguments)]


def test_arguments_that_follow_their_schema_are_not_spoken_of() -> None:
    assert calling('{"city": "Rome", "unit": "kelvin"}', WEATHER) == []


def test_a_value_that_is_not_among_the_choices_is_named_with_its_place() -> None:
    (finding,) = calling('{"city": "Rome", "unit": "kelvinn"}', WEATHER)
    assert finding.rule == "tool.schema"
    assert "kelvinn is not one of celsius, kelvin at /unit" in finding.message
    assert (finding.expected, finding.seen) == ("celsius, kelvin", "kelvinn")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "'city' is a required property"),
        ({"city": 7}, "7 is no string at /city"),
        ({"city": "Rome", "days": 9}, "9 is greater than the maximum of 7 at /days"),
        ([], "[] is no object"),
    ],
)
def test_each_kind_of_fault_has_a_sentence(arguments: Any, said: str) -> None:
    assert sentences(arguments) == [said]


def test_a_tool_that_nobody_offered_is_found() -> None:
    (finding,) = calling("{}", WEATHER, name="get_wether")
    assert finding.rule == "tool.unknown"
    assert "get_weather" in finding.message


@pytest.mark.parametrize(
    ("tools", "body"),
    [
        ([{"type": "mcp", "server_label": "x"}], {}),
        ([{"type": "tool_search"}], {}),
        ([], {"prompt": {"id": "pmpt_1"}}),
    ],
)
def test_where_tools_may_come_from_elsewhere_no_name_is_unknown(tools: Any, body: Any) -> None:
    assert calling("{}", *tools, name="nobody", **body) == []


def test_without_a_request_what_the_response_repeats_of_it_counts() -> None:
    events = whole(message(0), call(1, "get_weather", ['{"city": 1}']))
    events[0]["response"] = response(tools=[WEATHER])
    assert [each.rule for each in found(events)] == ["tool.schema"]


def test_a_dump_that_says_nothing_of_tools_accuses_no_call() -> None:
    events = clean()
    for event in events:
        if "response" in event:
            del event["response"]["tools"]
    assert not [each for each in found(events) if each.rule.startswith("tool.")]


def doubling(depth: int) -> dict[str, Any]:
    """A schema that looks at its last definition 2 ** depth times."""
    step = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(depth)}
    return {"$defs": step | {f"d{depth}": {"type": "string"}}, "$ref": "#/$defs/d0"}


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"pattern": "(a+)+$"}}},
        {"patternProperties": {"(a*)*b": {"type": "integer"}}},
        doubling(40),
        {"$ref": "#"},
        {"$ref": "http://127.0.0.1:1/nobody.json"},
        {"type": 5},
        {"properties": {"a": {"multipleOf": 0}}},
        json.loads("[" * 50 + "]" * 50) and {"allOf": [{"type": "string"}] * 5000},
    ],
)
def test_a_schema_that_could_be_slow_or_cannot_be_used_says_nothing(schema: Any) -> None:
    assert faults_of(schema, {"a": "a" * 40 + "!"}) == []


def test_only_the_first_of_many_faults_are_told() -> None:
    schema = {"items": {"type": "string"}}
    assert len(faults_of(schema, list(range(1000)))) == 10
