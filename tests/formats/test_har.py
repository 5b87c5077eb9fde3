"""HAR files as browsers and proxies write them: what is a turn, what is left out, which times."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from codex_tui.figures.measures import Measures, measure
from codex_tui.figures.report import note_on_times, timing_object
from codex_tui.formats import any_reader, said_of
from codex_tui.model.conversation import Conversation
from codex_tui.model.record_facts import gist_of_mark
from codex_tui.model.timing import Timing
from codex_tui.recording.records import FrameRecord, SentRecord, SocketRecord
from tests.formats import samples
from tests.formats.packing import ENCODED
from tests.formats.reading import conversation, records
from tests.formats.test_containers import entry, har, other

BEGAN = 1795348800.0  # 2026-11-22T12:00:00Z, as the entries say


def said(data: bytes) -> list[str]:
    reader = any_reader()
    reader.feed(data)
    reader.close()
    return said_of(reader)


def answer(status: int, text: str | None, **more: Any) -> dict[str, Any]:
    """An entry whose answer has a status, and a body if the file has kept one."""
    saved = entry(text or "")
    saved["response"]["status"] = status
    saved["response"] |= more
    if text is None:
        del saved["response"]["content"]["text"]
    return saved


def noted(*times: float, data: bool = True) -> list[dict[str, Any]]:
    """The events of a stream as Chrome writes them beside its body, with their times."""
    found = []
    for each, t in zip(samples.EVENTS, times, strict=False):
        message = {"time": BEGAN + t, "eventName": json.loads(each)["type"], "eventId": ""}
        found.append(message | ({"data": each} if data else {}))
    return found


def socket(*messages: tuple[str, float, str]) -> dict[str, Any]:
    said = [
        {"type": kind, "time": BEGAN + t, "opcode": 1, "data": data} for kind, t, data in messages
    ]
    return entry("", "x-unknown", _webSocketMessages=said, _resourceType="websocket")


def received(t: float) -> list[tuple[str, float, str]]:
    return [("receive", t + n / 8, each) for n, each in enumerate(samples.EVENTS, 1)]


CREATE = json.dumps({"type": "response.create", "input": "over a socket"})


# -- requests that failed --------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_a_request_that_was_refused_is_a_turn_with_the_servers_word(status: int) -> None:
    saved = answer(status, samples.ERROR.decode())
    saved["response"]["content"]["mimeType"] = "application/json"
    (turn,) = conversation(har(saved)).turns
    assert (turn.how, turn.prompt) == ("http_error", "the prompt")
    assert turn.sentence == f"The server answered with status {status}: No such model."
    assert (turn.events.total, turn.body) == (0, samples.ERROR.decode())


def test_it_is_told_by_its_path_or_by_wanting_a_stream_and_not_by_its_status() -> None:
    renamed = answer(502, "<html>Bad Gateway</html>")
    renamed["request"]["url"] = "https://proxy.example/llm"
    renamed["response"]["content"]["mimeType"] = "text/html"
    assert len(conversation(har(renamed)).turns) == 0
    renamed["request"]["postData"] = {"text": '{"input":"x","stream":true}'}
    (turn,) = conversation(har(other("", "text/html"), renamed)).turns
    assert (turn.how, turn.body) == ("http_error", "<html>Bad Gateway</html>")


def test_asking_whether_one_may_ask_is_no_turn() -> None:
    preflight = answer(403, "")
    preflight["request"] |= {"method": "OPTIONS"}
    assert records(har(preflight)) == []


@pytest.mark.parametrize(
    ("error", "how"),
    [("net::ERR_CONNECTION_REFUSED", "connect_error"), ("net::ERR_ABORTED", "cancelled")],
)
def test_a_request_without_an_answer_says_why(error: str, how: str) -> None:
    (turn,) = conversation(har(answer(0, None, _error=error))).turns
    assert (turn.how, turn.sentence) == (how, f"No answer came: {error}.")


def test_a_page_in_the_place_of_a_stream_is_told_with_its_text() -> None:
    page = answer(200, "<html>Log in</html>")
    page["response"]["content"]["mimeType"] = "text/html"
    (turn,) = conversation(har(page)).turns
    assert (turn.how, turn.body) == ("not_sse", "<html>Log in</html>")


# -- bodies that were not kept ---------------------------------------------------------------------


def test_a_body_that_was_not_kept_is_said_with_its_size() -> None:
    saved = answer(200, None)
    saved["response"]["content"]["size"] = 5321
    (turn,) = conversation(har(saved)).turns
    assert (turn.how, turn.times.header) == ("interrupted", 0.25)
    assert turn.sentence == "The HAR has not kept the body (5,321 bytes)."


def test_of_events_without_data_no_more_than_name_and_time_is_told() -> None:
    saved = answer(200, None, _error="net::ERR_INCOMPLETE_CHUNKED_ENCODING")
    saved["_eventSourceMessages"] = noted(0.5, 0.75, data=False)
    (turn,) = conversation(har(saved)).turns
    assert (turn.events.total, turn.events.malformed, turn.how) == (0, 0, "interrupted")
    assert "net::ERR_INCOMPLETE_CHUNKED_ENCODING" in turn.sentence
    assert "of its events no more than name and time is known" in turn.sentence
    assert "response.output_text.delta" in repr(records(har(saved)))


def test_a_response_whose_name_alone_was_kept_is_completed_all_the_same() -> None:
    saved = answer(200, None, _error="net::ERR_ABORTED")
    saved["_eventSourceMessages"] = noted(0.5, 0.75, 1.0, data=False)
    (turn,) = conversation(har(saved)).turns
    assert turn.how == "completed"
    told = said(har(saved))
    assert "Turn 1: It ended with the error net::ERR_ABORTED." in told
    assert any("no more than name and time is known" in each for each in told)


# -- events in two copies --------------------------------------------------------------------------


@pytest.mark.parametrize("data", [False, True])
def test_events_have_the_data_of_one_copy_and_the_times_of_the_other(data: bool) -> None:
    saved = entry(
        f": ping\n\n{samples.SSE.decode()}", _eventSourceMessages=noted(0.5, 0.75, 1.0, data=data)
    )
    (turn,) = conversation(har(saved)).turns
    assert (turn.transcript.output_text, turn.how, turn.comments) == ("Hel\u00adlo", "completed", 1)
    assert (turn.times.first_event, turn.times.last_event, turn.times.end) == (0.5, 1.0, 1.5)
    assert turn.events.malformed == 0


def test_what_one_copy_lacks_is_taken_from_the_other() -> None:
    body = samples.SSE[: samples.SSE.index(b"event: response.completed")].decode()
    saved = entry(body, _eventSourceMessages=noted(0.5, 0.75, 1.0))
    (turn,) = conversation(har(saved)).turns
    assert (turn.events.total, turn.how) == (3, "completed")


def test_times_of_other_events_are_not_given_to_those_of_the_body() -> None:
    strange = [{"time": BEGAN + 1, "eventName": "tick", "eventId": ""}]
    saved = har(entry(samples.SSE.decode(), _eventSourceMessages=strange))
    (turn,) = conversation(saved).turns
    assert (turn.events.total, turn.times.first_event) == (3, None)
    assert said(saved) == [
        "Turn 1: the times of its events belong to others than those of its body: left out."
    ]


# -- times that contradict the others --------------------------------------------------------------


def test_an_event_before_the_head_has_no_time_and_that_is_said() -> None:
    saved = har(
        entry(samples.SSE.decode(), _eventSourceMessages=noted(0.001, 0.75, 1.0, data=False))
    )
    times = [each.t for each in records(saved) if isinstance(each, FrameRecord)]
    assert times == [None, 0.75, 1.0]
    (told,) = said(saved)
    assert told.startswith("Turn 1: 1 event is stamped before the answer's head (0.250 s): when")


def test_the_end_is_rounded_and_a_little_before_the_last_event() -> None:
    saved = har(entry(samples.SSE.decode(), _eventSourceMessages=noted(0.5, 1.0, 1.512)))
    (turn,) = conversation(saved).turns
    assert (turn.times.last_event, turn.times.end, said(saved)) == (1.512, 1.512, [])


def test_an_event_long_after_the_end_has_no_time() -> None:
    saved = har(entry(samples.SSE.decode(), _eventSourceMessages=noted(0.5, 1.0, 9.0)))
    (turn,) = conversation(saved).turns
    assert (turn.times.last_event, turn.times.end) == (1.0, 1.5)
    assert "after the end (1.500 s)" in said(saved)[0]


def test_tls_is_counted_once_however_a_program_writes_it() -> None:
    timings = {"connect": 20, "ssl": 30, "send": 10, "wait": 240, "receive": 1250}
    (turn,) = conversation(har(entry(samples.SSE.decode(), timings=timings, time=1520))).turns
    assert turn.times.header == 0.27
    (turn,) = conversation(har(entry(samples.SSE.decode(), timings=timings, time=1550))).turns
    assert turn.times.header == 0.3


# -- sockets ---------------------------------------------------------------------------------------


def test_other_messages_of_a_client_begin_no_turn() -> None:
    processed = '{"type":"response.processed","response_id":"resp_1"}'
    greeting = '{"type":"session.created"}'
    messages = [("receive", 0.0, greeting), ("send", 0.5, '{"type":"ping"}'), ("send", 1.0, CREATE)]
    messages += [*received(1.0), ("send", 2.0, processed)]
    saved = har(socket(*messages))
    (turn,) = conversation(saved).turns
    assert (turn.prompt, turn.how, turn.times.first_event) == ("over a socket", "completed", 0.125)
    assert "session.created" in repr(records(saved))
    assert '{"type":"ping"}' in repr(records(saved))
    assert processed in repr(records(saved))


def test_messages_of_the_client_are_records_of_their_own_and_so_are_binary_ones() -> None:
    steer = '{"type":"response.steer"}'
    saved = socket(("send", 1.0, CREATE), *received(1.0)[:2], ("send", 1.5, steer))
    said = saved["_webSocketMessages"]
    said.append({"type": "receive", "time": BEGAN + 2.0, "opcode": 2, "data": "AAE="})
    said.append({"type": "send", "time": BEGAN + 3.0, "opcode": 2, "data": "AgM="})
    assert records(har(saved))[-3:] == [
        SentRecord(0.5, steer),
        SocketRecord(1.0, "received", "binary", data=b"\0\1"),
        SentRecord(2.0, b"\2\3", "binary"),
    ]


def test_what_is_answered_as_a_response_begins_a_turn_whatever_it_is_called() -> None:
    asked = json.dumps({"model": "m", "input": "bare"})
    messages = [("send", 0.0, asked), *received(0.0), ("send", 5.0, asked), *received(5.0)]
    turns = conversation(har(socket(*messages))).turns
    assert [turn.prompt for turn in turns] == ["bare", "bare"]
    assert [turn.times.first_event for turn in turns] == [0.125, 0.125]


def test_a_socket_that_carries_no_responses_is_left_out_and_counted() -> None:
    development = socket(("receive", 0, '{"type":"connected"}'), ("send", 1, '{"type":"ping"}'))
    saved = har(development, entry(samples.SSE.decode()), development)
    assert len(conversation(saved).turns) == 1
    assert said(saved) == ["2 other sockets (4 messages) are left out: they carry no Responses."]


def test_a_warm_up_is_marked() -> None:
    warm_up = json.dumps({"type": "response.create", "generate": False, "input": []})
    messages = [("send", 0.0, warm_up), *received(0.0), ("send", 2.0, CREATE), *received(2.0)]
    saved = har(socket(*messages))
    requests = [turn.request for turn in conversation(saved).turns]
    assert [each is not None and each.warm_up for each in requests] == [True, False]
    assert requests[0] is not None
    assert gist_of_mark(requests[0]).startswith("a warm-up, no answer was asked for · POST ")
    assert said(saved) == [
        "Turn 1 is a warm-up: its `generate` is false, and no answer was asked for."
    ]


@pytest.mark.parametrize("write", [lambda t: int(t * 1000), lambda _: "2026-11-22T12:00:01Z"])
def test_times_of_messages_may_be_milliseconds_or_words(write: Any) -> None:
    saved = socket(("send", 0.0, CREATE), ("receive", 1.0, samples.CREATED))
    saved["_webSocketMessages"][1]["time"] = write(BEGAN + 1)
    (turn,) = conversation(har(saved)).turns
    assert turn.times.first_event == 1.0


# -- what is no stream -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mime"),
    [
        (":root{color:red}\n\n:hover{}\n\n", "text/css"),
        ("data: 1\nid: 2\n\n", "text/yaml"),
        ('{"error":{"message":"no such page"}}', "application/json"),
    ],
)
def test_what_looks_like_a_stream_by_luck_is_left_out(text: str, mime: str) -> None:
    assert records(har(other(text, mime))) == []


# -- figures ---------------------------------------------------------------------------------------


def test_without_times_of_events_there_are_figures_of_head_and_end_alone() -> None:
    found, timing = measured(har(entry(samples.SSE.decode(), time=9000)))
    assert (found.times, found.headers, found.end) == ("ends", 0.25, 9.0)
    assert (found.shares, found.gaps, found.rate, found.stalls) == (None, None, None, [])
    report = timing_object(found, timing)
    assert (report["times"], report["stalls"]["count"], report["waiting"]["seconds"]) == (
        "ends",
        None,
        None,
    )
    assert note_on_times(found) == "times of head and end only: when events came is not known"


def test_what_came_first_at_an_unknown_time_has_no_figure() -> None:
    times = noted(0.001, 0.002, 1.0, data=False)
    found, _ = measured(har(entry(samples.SSE.decode(), _eventSourceMessages=times)))
    assert (found.times, found.first_byte, found.first_event, found.first_text) == (
        "event",
        None,
        None,
        None,
    )
    assert found.last_event == 1.0


def measured(data: bytes) -> tuple[Measures, Timing]:
    folded, timing = Conversation(), Timing()
    for record in records(data):
        item = folded.apply(record)
        timing.apply(record, None, item)
    folded.finish()
    return measure(folded.turns[-1], timing), timing


def test_of_a_file_that_was_cut_off_there_is_what_came() -> None:
    whole = har(entry(samples.SSE.decode()), entry(samples.SSE.decode()))
    in_body = conversation(whole[: whole.rindex(b"delta")])
    assert [turn.how for turn in in_body.turns] == ["completed", "interrupted"]
    assert in_body.turns[1].transcript.events > 0
    in_request = conversation(whole[: whole.rindex(b'"response"') + 4])
    assert [turn.how for turn in in_request.turns] == ["completed", "interrupted"]
    assert said(whole[:-40]) == ["The HAR file is cut off: what there is of it is shown."]


def test_a_file_that_is_broken_and_not_cut_off_says_where() -> None:
    (sentence,) = said(har(entry("")).replace(b'"entries":', b'"entries"'))
    assert sentence.startswith("The HAR file can't be read: Expecting ':' delimiter")


@pytest.mark.parametrize("name", ENCODED)
def test_a_body_that_is_kept_as_it_was_sent_is_read(name: str) -> None:
    content = {"text": b64encode(ENCODED[name](samples.SSE)).decode(), "encoding": "base64"}
    headers = [{"name": "Content-Encoding", "value": name}]
    saved = answer(200, "", content=content | {"mimeType": "text/event-stream"}, headers=headers)
    turn = conversation(har(saved)).turns[-1]
    assert (turn.how, turn.transcript.output_text) == ("completed", "Hel\u00adlo")
