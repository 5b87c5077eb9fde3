"""The rules on fields: a stream that breaks each, and one beside it that almost does."""

from __future__ import annotations

from typing import Any

import pytest

from codex_tui.findings.field_rows import field_table
from codex_tui.findings.fields import FieldChecker, FieldFault
from codex_tui.findings.rules import RULES
from codex_tui.wire.registry import EVENT_CLASSES
from tests.findings.whole_events import CREATED_AT, event_with, rows, shapes, whole, wrong_for

SPECS = ("openai", "open-responses")
DELTA: dict[str, Any] = {
    "type": "response.output_text.delta",
    "sequence_number": 7,
    "item_id": "msg_1",
    "output_index": 0,
    "content_index": 0,
    "delta": "Hi",
    "logprobs": [],
}
DONE: dict[str, Any] = {
    "type": "response.output_item.done",
    "sequence_number": 9,
    "output_index": 0,
    "item": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": "Hi", "annotations": [], "logprobs": []}],
    },
}


def check(
    event: dict[str, Any], spec: str = "openai", created_at: float | None = CREATED_AT
) -> list[FieldFault]:
    return list(FieldChecker(spec).check(event, created_at))


def worst(event: dict[str, Any], spec: str = "openai") -> list[tuple[str, str, str]]:
    """What is worse than a note, in short."""
    found = check(event, spec)
    return [(each.rule, each.detail, each.level) for each in found if each.level != "note"]


def without(event: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key != name}


def part(**fields: Any) -> dict[str, Any]:
    """An item that is done, its only part changed."""
    content = [DONE["item"]["content"][0] | fields]
    return DONE | {"item": DONE["item"] | {"content": content}}


def item(**fields: Any) -> dict[str, Any]:
    return DONE | {"item": DONE["item"] | fields}


def unknown(**fields: Any) -> dict[str, Any]:
    return DONE | {"item": {"id": "x", "status": "completed", **fields}}


# -- each kind of fault, and what is none ------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (without(DELTA, "item_id"), "field.missing response.output_text.delta.item_id"),
        (without(DELTA, "logprobs"), "field.missing response.output_text.delta.logprobs"),
        (DELTA | {"delta": 7}, "field.type response.output_text.delta.delta"),
        (DELTA | {"delta": {"text": "Hi"}}, "field.type response.output_text.delta.delta"),
        (DELTA | {"delta": []}, "field.type response.output_text.delta.delta"),
        (DELTA | {"delta": None}, "field.type response.output_text.delta.delta"),
        (DELTA | {"output_index": "0"}, "field.type response.output_text.delta.output_index"),
        (DELTA | {"output_index": 0.5}, "field.type response.output_text.delta.output_index"),
        (DELTA | {"output_index": True}, "field.type response.output_text.delta.output_index"),
        (DELTA | {"logprobs": None}, "field.type response.output_text.delta.logprobs"),
        (DELTA | {"logprobs": ["Hi"]}, "field.type response.output_text.delta.logprobs"),
        (
            DELTA | {"logprobs": [{"token": "Hi"}]},
            "field.missing response.output_text.delta.logprobs.logprob",
        ),
        (DONE | {"item": None}, "field.type response.output_item.done.item"),
        (DONE | {"item": [1]}, "field.type response.output_item.done.item"),
        (DONE | {"item": without(DONE["item"], "type")}, "field.missing item.type"),
        (item(type=3), "field.type item.type"),
        (item(status="done"), "field.type message.status"),
        (item(role="model"), "field.type message.role"),
        (item(content="Hi"), "field.type message.content"),
        (item(content=["Hi"]), "field.type message.content"),
        (part(text=None), "field.type output_text.text"),
        (part(annotations=None), "field.type output_text.annotations"),
        (
            part(annotations=[{"type": "file_path", "index": 1}]),
            "field.missing file_path.file_id",
        ),
    ],
)
def test_a_field_that_is_missing_or_of_another_type_is_an_error(
    event: dict[str, Any], found: str
) -> None:
    assert [f"{rule} {detail}" for rule, detail, level in worst(event) if level == "error"] == [
        found
    ]


@pytest.mark.parametrize(
    "event",
    [
        DELTA,
        DELTA | {"delta": ""},  # an empty delta is legal
        DELTA | {"obfuscation": "x", "vendor_field": {"a": 1}},  # more than is known
        DELTA | {"output_index": 0.0},  # a whole number, as some libraries write it
        DELTA | {"logprobs": [{"token": "Hi", "logprob": -1, "bytes": [1], "top_logprobs": []}]},
        DONE,
        item(phase=None),
        item(phase="final_answer"),
        item(content=[]),
        part(annotations=[{"type": "file_path", "file_id": "f", "index": 1}]),
        {"type": "keepalive", "sequence_number": 3},
        {"type": "codex.rate_limits", "plan_type": "pro"},
    ],
)
def test_what_the_specification_allows_is_not_found(event: dict[str, Any]) -> None:
    assert worst(event) == []


def test_a_fault_says_where_it_is_and_what_was_expected() -> None:
    (fault,) = check(part(text=12))
    assert fault.path == ("item", "content", 0, "text")
    assert (fault.expected, fault.seen) == ("a string", "an integer: 12")
    (fault,) = check(item(status="fertig"))
    assert fault.expected == "one of completed, in_progress, incomplete"
    assert fault.seen == "a string: fertig"


def test_fields_of_a_response_are_named_after_the_event_that_has_it() -> None:
    created = whole("event/response.created", "openai")
    del created["response"]["metadata"]
    (fault,) = check(created)
    assert (fault.rule, fault.detail) == ("field.missing", "response.created.metadata")
    assert (fault.level, fault.path) == ("error", ("response", "metadata"))


def test_a_field_of_the_usage_is_named_by_its_whole_path() -> None:
    usage = {
        "input_tokens": 1,
        "output_tokens": 1,
        "total_tokens": 2,
        "output_tokens_details": None,
    }
    completed = whole("event/response.completed", "openai")
    completed["response"]["usage"] = {**usage, "input_tokens_details": {"cached_tokens": 0}}
    assert worst(completed) == [
        ("field.type", "response.completed.usage.output_tokens_details", "error")
    ]


def test_what_is_long_is_cut_and_what_is_vast_is_not_written_out() -> None:
    (fault,) = check(DELTA | {"output_index": "9" * 5000})
    assert len(fault.seen) < 80
    (fault,) = check(DELTA | {"delta": 10**5000})
    assert fault.seen == "an integer"


# -- when a field came -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("created_at", "level"),
    [
        (1747000000, "note"),  # 2025-05-11: the API had none yet
        (1748476800, "error"),  # 2025-05-29
        (None, "note"),  # nobody knows
        (0, "note"),  # a recorder took the time out
        (1234567890, "note"),  # older than the API
    ],
)
def test_a_field_that_came_later_is_a_note_in_older_streams(
    created_at: float | None, level: str
) -> None:
    (fault,) = check(without(DELTA, "sequence_number"), created_at=created_at)
    assert (fault.rule, fault.level) == ("field.missing", level)


def test_the_event_may_say_itself_how_old_it_is() -> None:
    created = without(whole("event/response.created", "openai"), "sequence_number")
    assert [each.level for each in check(created, created_at=None)] == ["error"]
    created["response"]["created_at"] = 1747000000
    assert [each.level for each in check(created, created_at=None)] == ["note"]


def test_a_field_that_no_recording_has_is_a_note() -> None:
    event = {
        "type": "response.function_call_arguments.done",
        "sequence_number": 1,
        "item_id": "fc",
        "output_index": 0,
        "arguments": "{}",
    }
    assert [(each.detail, each.level) for each in check(event)] == [
        ("response.function_call_arguments.done.name", "note")
    ]
    assert check(event, "open-responses") == []


def test_a_field_that_comes_when_the_item_is_done_is_a_note_before() -> None:
    search = unknown(type="web_search_call")
    assert worst(search) == [("field.missing", "web_search_call.action", "error")]
    search["item"]["status"] = "in_progress"
    assert [each.level for each in check(search)] == ["note"]


# -- types that nobody knows -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "detail", "levels"),
    [
        ({"type": "response.thinking.delta"}, "response.thinking.delta", "warning error"),
        ({"type": "thinking"}, "thinking", "warning error"),
        ({"type": "acme:trace", "sequence_number": 1}, "acme:trace", "note note"),
        ({"type": "codex.trace", "sequence_number": 1}, "codex.trace", "note note"),
        ({"type": "response.acme:trace", "sequence_number": 1}, "response.acme:trace", "note note"),
        ({"type": "keepalive", "sequence_number": 1}, "keepalive", "note note"),
        (unknown(type="thought"), "item.thought", "warning error"),
        (unknown(type="acme:search"), "item.acme:search", "note note"),
        (part(type="output_thought"), "part.output_thought", "warning error"),
    ],
)
def test_an_unknown_type_is_as_bad_as_the_specification_says(
    event: dict[str, Any], detail: str, levels: str
) -> None:
    for spec, level in zip(SPECS, levels.split(), strict=True):
        (fault,) = check(event, spec)
        assert (fault.rule, fault.detail) == ("field.unknown-type", detail)
        assert fault.level == level


def test_a_type_that_another_specification_has_is_a_note() -> None:
    """`response.reasoning.delta` is of Open Responses, and web searches are of OpenAI."""
    place = {"sequence_number": 1, "item_id": "r", "output_index": 0, "content_index": 0}
    (fault,) = check({"type": "response.reasoning.delta", **place, "delta": "a"})
    assert (fault.rule, fault.level) == ("field.unknown-type", "note")
    (fault,) = check(unknown(type="web_search_call"), "open-responses")
    assert (fault.rule, fault.level) == ("field.unknown-type", "note")


def test_open_responses_demands_some_fields_of_whatever_implementors_add() -> None:
    bare = DONE | {"item": {"type": "acme:search"}}
    assert worst(bare, "open-responses") == [
        ("field.missing", "acme:search.id", "error"),
        ("field.missing", "acme:search.status", "error"),
    ]
    assert worst({"type": "acme:trace"}, "open-responses") == [
        ("field.missing", "acme:trace.sequence_number", "error")
    ]
    assert worst(bare) == []


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": 3},
        {"type": "message_start", "message": {}},
        {"type": "response_item", "payload": {}},
        {"type": "turn.completed", "usage": {}},
    ],
)
def test_events_of_other_protocols_are_none_of_its_business(event: dict[str, Any]) -> None:
    assert check(event) == []


# -- the whole table ---------------------------------------------------------------------------

EVENTS = [(spec, name) for spec in SPECS for name in shapes(spec, "event")]
OBJECTS = [
    (spec, family, name)
    for spec in SPECS
    for family in ("item", "part", "annotation")
    for name in shapes(spec, family)
]


def faults_of_fields(
    checker: FieldChecker, event: dict[str, Any], inside: dict[str, Any], shape: str, spec: str
) -> None:
    """Whole it has no fault; each field that is taken out, or changed, is exactly one."""
    assert checker.check(event, CREATED_AT) == ()
    for row in rows(shape, spec):
        kept = inside.get(row.name)
        if row.name == "type":
            continue
        if row.missing is not None:
            del inside[row.name]
            assert_one(checker, event, "field.missing", row.name)
        inside[row.name] = wrong_for(row)
        if inside[row.name] is not ...:
            assert_one(checker, event, "field.type", row.name)
        del inside[row.name]
        if row.missing is not None:
            inside[row.name] = kept


def assert_one(checker: FieldChecker, event: dict[str, Any], rule: str, name: str) -> None:
    (fault,) = checker.check(event, CREATED_AT)
    assert fault.rule == rule
    assert fault.path[-1] == name
    assert fault.detail.endswith(f".{name}")


@pytest.mark.parametrize(("spec", "name"), EVENTS)
def test_a_whole_event_has_no_fault_and_each_field_of_it_matters(spec: str, name: str) -> None:
    event = whole(f"event/{name}", spec, made={"type": name})
    faults_of_fields(FieldChecker(spec), event, event, f"event/{name}", spec)


@pytest.mark.parametrize(("spec", "family", "name"), OBJECTS)
def test_a_whole_object_has_no_fault_and_each_field_of_it_matters(
    spec: str, family: str, name: str
) -> None:
    event, inside = event_with(family, name, spec)
    faults_of_fields(FieldChecker(spec), event, inside, f"{family}/{name}", spec)


@pytest.mark.parametrize("spec", SPECS)
def test_a_whole_response_has_no_fault_and_each_field_of_it_matters(spec: str) -> None:
    event = whole("event/response.completed", spec)
    checker = FieldChecker(spec)
    faults_of_fields(checker, event, event["response"], "response", spec)


def test_every_shape_that_a_row_names_is_in_the_table() -> None:
    table = field_table()
    named = {
        each.partition("<")[2].rstrip(">")
        for shape in table.shapes
        for spec in SPECS
        for row in table.rows(shape, spec) or ()
        for each in row.types
        if "<" in each
    }
    families = {name.partition("/")[0] for name in table.shapes}
    assert named <= table.shapes.keys() | families


def test_a_fault_is_never_worse_than_its_rule() -> None:
    levels = ("note", "warning", "error")
    for event in ({"type": "response.x"}, without(DELTA, "delta"), DELTA | {"delta": 1}):
        for fault in check(event):
            own = RULES[fault.rule].openai
            assert own is not None
            assert levels.index(fault.level) <= levels.index(own)


def test_types_that_the_app_reads_and_no_specification_has_are_known_by_name() -> None:
    """Older spellings, and what servers add; a new one here means that a source has to be read."""
    table = field_table()
    ours = {name for name in EVENT_CLASSES if name.startswith("response.")}
    assert {name for name in ours if f"event/{name}" not in table.shapes} == {
        "response.apply_patch_call_operation_diff.delta",
        "response.apply_patch_call_operation_diff.done",
        "response.cancelled",
        "response.done",
        "response.metadata",
        "response.rate_limits.updated",
        "response.reasoning_part.added",
        "response.reasoning_part.done",
        "response.reasoning_summary.delta",
        "response.reasoning_summary.done",
    }
