"""Which response of a turn an event is of, checked alone: nothing has to carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.findings.finding import Findings
from codex_tui.findings.responses import ResponsesCheck
from codex_tui.findings.tools import ToolCheck
from tests.findings.streams import TOOL, asked, response
from tests.model.streams import added, decoded, message, text_delta

if TYPE_CHECKING:
    from codex_tui.recording.records import RequestRecord

Json = dict[str, Any]


class Checked:
    """Responses, and what was found of them."""

    def __init__(self, *events: Json, request: RequestRecord | None = None) -> None:
        self.findings = Findings()
        self.tools = ToolCheck(self.findings, None)
        self.responses = ResponsesCheck(self.findings, request, self.tools)
        for number, event in enumerate(events, 1):
            self.responses.take(decoded(event), number)

    @property
    def found(self) -> list[tuple[str, list[int | str]]]:
        return [(each.rule, each.entries) for each in self.findings.kept]


def lifecycle(word: str, id_: str = "resp_1", **more: Any) -> Json:
    return {"type": f"response.{word}", "response": response(**more) | {"id": id_}}


STEERED = lifecycle("incomplete", status="incomplete", incomplete_details={"reason": "steered"})
WHY: Json = {"status": "failed", "error": {"code": "x", "message": "no"}}
FAILED, OTHER_FAILED = lifecycle("failed", **WHY), lifecycle("failed", "b", **WHY)


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ([lifecycle("created"), FAILED], []),
        ([lifecycle("in_progress"), FAILED], [("order.no-created", [1])]),
        ([lifecycle("created")] * 2, [("order.second-created", [2, 1])]),
        ([lifecycle("created"), lifecycle("created", "b")], [("order.second-created", [2, 1])]),
        ([lifecycle("created"), FAILED, FAILED], [("order.second-terminal", [3, 2])]),
        ([lifecycle("created"), FAILED, text_delta("x")], [("order.after-terminal", [3, 2])]),
        (
            [lifecycle("created"), FAILED, lifecycle("queued", "b")],
            [("order.second-created", [3, 1])],
        ),
        ([lifecycle("created"), STEERED, lifecycle("created", "b"), OTHER_FAILED], []),
    ],
)
def test_one_response_is_created_and_then_ended(
    events: list[Json], found: list[tuple[str, list[int]]]
) -> None:
    assert Checked(*events).found == found


def test_an_event_says_which_item_of_the_latest_response_it_is_of() -> None:
    checked = Checked(lifecycle("created"))
    opened = checked.responses.take(decoded(added(message(), 0)), 2)
    assert opened is not None
    assert (opened.id, opened.opened) == ("msg_1", 2)
    assert checked.responses.last == 2


def test_what_begins_in_the_middle_needs_nobody_to_create_it() -> None:
    delta = text_delta("on", 0, sequence_number=7)
    assert Checked(delta).found == []
    later = asked(url="http://x/v1/responses/resp_1?stream=true&starting_after=3")
    assert Checked(text_delta("on", 0), request=later).found == []


def test_an_end_is_missed_unless_there_was_one_or_an_error() -> None:
    checked = Checked(lifecycle("created"), lifecycle("in_progress"))
    checked.responses.finish(9)
    assert checked.found == [("order.no-terminal", [2])]
    for end in (FAILED, {"type": "error", "message": "no"}):
        over = Checked(lifecycle("created"), end)
        over.responses.finish(2)
        assert over.responses.over
        assert over.found == []


def test_where_no_response_began_none_has_to_end() -> None:
    nothing = Checked()
    nothing.responses.finish(0)
    assert (nothing.found, nothing.responses.last, nothing.responses.ended) == ([], 0, None)


def test_what_a_response_says_that_it_offers_may_be_called() -> None:
    checked = Checked(lifecycle("created", tools=[TOOL]))
    checked.tools.called("get_weather", None, (1,), "a call")
    checked.tools.called("another", None, (2,), "a call")
    assert [entries for _, entries in checked.found] == [[2]]
