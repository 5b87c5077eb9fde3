"""What people and scripts read of the figures: the table, the summary, the JSON object."""

from __future__ import annotations

import json

from codex_tui.figures.report import NO_TIMING, summary, timing_object
from codex_tui.figures.table import FIGURES, markdown_table
from tests.model.streams import created, delta, done, ended, function_call, text_delta
from tests.model.timed import Session, at, comment, demo, end, head, play, request


def lines(session: Session) -> list[str]:
    return summary(session.measures(), session.timing).splitlines()


def test_every_figure_of_the_table_has_a_key_of_its_own_and_can_be_read() -> None:
    empty, whole = play(request()).measures(), demo("slow-tool").measures()
    assert len({figure.key for figure in FIGURES}) == len(FIGURES)
    assert all(isinstance(f.of(m), int | float | None) for f in FIGURES for m in (empty, whole))


def test_distances_have_two_ends() -> None:
    distances = [f for f in FIGURES if f.group == "milestones" or f.key.startswith("gaps.")]
    assert all(figure.start and figure.stop for figure in distances)


def test_the_table_for_the_manual_has_a_row_for_each_figure() -> None:
    rows = markdown_table().splitlines()
    assert len(rows) == len(FIGURES) + 2
    assert {row.count(" | ") for row in rows} == {4}
    assert "| first text | `first_text` | s | request sent → first character of output text |" in (
        row.rsplit(" | ", 1)[0] + " |" for row in rows
    )


def test_lines_name_a_figure_its_value_and_its_ends() -> None:
    session = play(request(), head(0.031), at(0.83, text_delta("a", 0), 1), end(75.2))
    assert [line for line in lines(session) if "sent →" in line] == [
        "headers                31 ms   request sent → headers of the answer",
        "first byte            0.83 s   request sent → first event or keep-alive",
        "first event           0.83 s   request sent → first event",
        "first output          0.83 s   request sent → first event of an output item",
        "first text            0.83 s   request sent → first character of output text",
        "last event            0.83 s   request sent → last event",
        "end                 1 m 15 s   request sent → end of the response",
    ]


def test_a_stall_names_what_stands_around_it() -> None:
    session = play(request(), head(2.5), at(2.6, created()), comment(3.0), end(14.6, "timeout"))
    stalls = [line for line in lines(session) if line.startswith("  stall")]
    assert stalls == [
        "  stall               2.50 s   request → headers",
        "  stall               12.0 s   #1 → end, 1 keep-alive meanwhile",
    ]


def test_a_plain_dump_says_so_and_shows_what_it_has() -> None:
    usage = {"input_tokens": 5, "output_tokens": 7}
    session = play(at(None, text_delta("a", 0)), at(None, ended(usage=usage)))
    assert lines(session) == [
        "turn 1 of 1 · gpt-5 · streaming",
        "",
        NO_TIMING,
        "",
        "events                     2   every event but [DONE]",
        "",
        "input tokens               5   usage, as the server counted",
        "output tokens              7   usage, as the server counted",
    ]


def test_buffering_is_said_in_the_end() -> None:
    held = [at(8.0, text_delta("a", 0), 1)] * 84
    assert lines(play(request(), *held))[-1] == (
        "84 events in 1 read: something between you and the model is buffering"
    )


def test_the_figures_of_the_demo_are_no_wider_than_a_terminal() -> None:
    for name in ("retry-loop", "slow-tool", "server-error"):
        figures = [line for line in lines(demo(name)) if not line.startswith("  item")]
        assert max(map(len, figures)) <= 80


def test_a_line_stays_one_line_whatever_a_server_calls_things() -> None:
    call = function_call("{}", name="a\nb")
    session = play(
        request(), at(1.0, delta("function_call_arguments", "{}", 0)), at(2.0, done(call, 0))
    )
    assert "  item-1              1.00 s   1.00 s → 2.00 s, function_call a b" in lines(session)


def test_every_key_of_the_object_is_there_for_any_file() -> None:
    def shape(value: object) -> object:
        return {k: shape(v) for k, v in value.items()} if isinstance(value, dict) else None

    whole, bare = demo("slow-tool"), play(at(None, created()))
    found = [timing_object(each.measures(), each.timing) for each in (whole, bare)]
    assert shape(found[0]) == shape(found[1])
    assert all(json.loads(json.dumps(each)) == each for each in found)


def test_the_object_of_a_plain_dump_has_no_time() -> None:
    session = play(at(None, created()), at(None, ended()))
    found = timing_object(session.measures(), session.timing)
    assert found["events"] == 2
    assert found["first_event"] is found["end"] is found["gaps"]["p50"] is None
    assert found["server"] == dict.fromkeys(found["server"])


def test_the_object_of_a_demo() -> None:
    session = demo("slow-tool")
    found = timing_object(session.measures(), session.timing)
    assert found["gaps"]["longest"] == 10.501003
    assert (found["gaps"]["after"], found["gaps"]["before"]) == (88, 89)
    assert found["stalls"]["all"] == [
        {"seconds": 10.501003, "start": 2.814078, "after": 88, "before": 89, "keepalives": 3}
    ]
    assert [(item["type"], item["name"]) for item in found["items"]][2] == (
        "mcp_call",
        "releases.compare_releases",
    )


def test_counts_of_hundreds_of_digits_are_no_figures() -> None:
    many = 10**400
    usage = {"input_tokens": 7, "output_tokens": many, "total_tokens": many}
    session = play(request(), at(1.0, text_delta("a", 0)), at(2.0, ended(usage=usage)))
    assert "input tokens" in "".join(lines(session))
    assert session.measures().tokens_per_second is None
    assert json.dumps(timing_object(session.measures(), session.timing))
