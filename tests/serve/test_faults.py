"""What each fault does to an answer: its bytes, its times, its end. Time stands in the script."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codex_tui.serve.chaos import ChaosPlan
from codex_tui.serve.chaos_kinds import CHAOS_KINDS
from codex_tui.serve.framing import framed, socket_frame
from codex_tui.serve.injected import encoded
from codex_tui.serve.script import WirePiece, Write
from codex_tui.wire.web_socket import SocketReader
from tests.findings.streams import clean, message, whole
from tests.serve.scripts import events_in, script_of, sent

if TYPE_CHECKING:
    from codex_tui.serve.framing import Framing
    from codex_tui.serve.script import AnswerScript, Closing

PLAIN = whole(message(0))
"""12 events: created, in_progress, added, part added, 4 deltas, text done, part done, done, end."""

FIRST_DELTA = 5


class Got(NamedTuple):
    """What a client gets of an answer."""

    script: AnswerScript
    writes: list[Write]
    told: tuple[str, ...]
    withheld: bool

    @property
    def data(self) -> bytes:
        return sent(self.writes)

    @property
    def numbers(self) -> list[int]:
        """The sequence numbers of its events."""
        return [each.get("sequence_number") for each in events_in(self.data)]

    @property
    def times(self) -> list[float]:
        """When its events come."""
        return [each.at for each in self.writes for piece in each.pieces if piece.event]

    @property
    def closing(self) -> Closing:
        return self.writes[-1].closing or self.script.closing

    @property
    def over(self) -> float:
        """When it ends."""
        last = self.writes[-1]
        return last.at if last.closing else max(last.at, self.script.end_at)


def got(*specs: str, script: AnswerScript | None = None, seed: int = 0) -> Got:
    dealt = ChaosPlan.of(specs, seed).dealt(1, script or script_of(PLAIN))
    writes = list(dealt.script.writes)
    return Got(dealt.script, writes, dealt.told, dealt.withheld)


def test_without_faults_all_is_as_it_was() -> None:
    assert got().writes == list(script_of(PLAIN).writes)


def test_a_stall_is_silence_from_an_event_on_and_all_behind_it_is_late() -> None:
    whole_times = got().times
    stalled = got("stall=20s@#5")
    assert stalled.times == whole_times[:4] + [at + 20 for at in whole_times[4:]]
    assert stalled.numbers == list(range(12))
    assert stalled.over == got().over + 20


def test_a_stall_at_a_moment_begins_in_the_silence_before_an_event() -> None:
    stalled = got("stall=20s@2.2s")
    assert next(write.at for write in stalled.writes if not write.data) == 2.2
    assert stalled.times == got("stall=20s@#5").times


def test_a_stall_with_keep_alives_is_silence_of_events_alone() -> None:
    alive = [write for write in got("stall=20s/5s@#5").writes if b"keep-alive" in write.data]
    assert [write.at for write in alive] == [7.5, 12.5, 17.5, 22.5]
    socket = got("stall=2s/1s", script=script_of(PLAIN, framing="socket")).writes
    assert [write.data for write in socket].count(socket_frame("ping", b"")) == 2


def test_slow_stretches_what_comes_behind_its_place() -> None:
    assert got("slow=2x").times == [at * 2 for at in got().times]
    assert got("slow=2x").over == got().over * 2
    assert got("slow=2x@#11").times[-3:] == [5.0, 5.5, 6.5]


def test_jitter_is_late_by_chance_and_keeps_the_order() -> None:
    before, late = got().times, got("jitter=2s", seed=3).times
    assert late == sorted(late)
    assert late != before
    assert all(0 <= b - a <= 2 for a, b in zip(before, late, strict=True))
    assert late == got("jitter=2s", seed=3).times


def test_events_are_dropped_repeated_and_swapped_where_they_stand() -> None:
    assert got("drop@#3").numbers == [0, 1, *range(3, 12)]
    assert got("drop=2@#3").numbers == [0, 1, *range(4, 12)]
    assert got("repeat=2@#3").numbers == [0, 1, 2, 2, 2, *range(3, 12)]
    assert got("swap@#3").numbers == [0, 1, 3, 2, *range(4, 12)]
    assert got("swap@#12").numbers == list(range(12))


def test_several_events_in_one_read_stay_one_but_for_the_fault() -> None:
    three = got("drop@#5", script=script_of(PLAIN, per_read=3))
    assert three.numbers == [0, 1, 2, 3, *range(5, 12)]
    assert [len(write.pieces) for write in three.writes if write.data] == [3, 1, 1, 3, 3]


@pytest.mark.parametrize(
    ("spec", "closing", "events"),
    [
        ("cut@#5", "reset", 4),
        ("cut@50%", "reset", 6),
        ("cut@first-text", "reset", FIRST_DELTA - 1),
        ("cut@end", "reset", 12),
        ("end", "clean", 11),
        ("end@#1", "clean", 0),
        ("never-end", "held", 12),
        ("never-end@#5", "held", 4),
        ("cut-byte@#5", "cut", 4),
    ],
)
def test_an_answer_ends_before_its_time(spec: str, closing: Closing, events: int) -> None:
    short = got(spec)
    assert (short.closing, short.numbers) == (closing, list(range(events)))
    assert got("end@2.2s").over == 2.2


def test_a_cut_inside_an_event_leaves_the_first_half_of_it() -> None:
    plain = got().data
    torn = got("cut-byte@#5").data
    assert plain.startswith(torn)
    assert not torn.endswith(b"\n\n")
    assert torn.count(b"event: ") == FIRST_DELTA


@pytest.mark.parametrize("framing", ["stream", "socket"])
def test_a_cut_inside_a_character_is_at_the_first_that_follows(framing: Framing) -> None:
    events = whole(message(0, ["plain ", "thrée ", "more"]))
    torn = got("cut-byte=character@#1", script=script_of(events, framing=framing))
    assert torn.data.endswith(b"thr" + "é".encode()[:1])
    assert torn.closing == "cut"


def test_where_no_character_has_several_bytes_none_is_cut() -> None:
    assert got("cut-byte=character@#1").data == got().data
    assert got("cut-byte=character@#1").closing == "clean"


@pytest.mark.parametrize("spec", ["cut-byte=character@#1", "drop@end", "repeat@end", "swap@#12"])
def test_what_finds_nothing_to_strike_at_is_not_told_and_keeps_nothing_back(spec: str) -> None:
    idle = got(spec)
    assert (idle.told, idle.withheld, idle.numbers) == ((), False, list(range(12)))


def test_an_error_event_comes_in_place_of_the_rest() -> None:
    *before, last = events_in(got("error=overloaded@#5").data)
    assert len(before) == FIRST_DELTA - 1
    assert last["type"], last["code"] == ("error", "overloaded")
    assert last["sequence_number"] == FIRST_DELTA - 1
    assert "chaos" in last["message"]


def test_a_response_that_fails_is_the_one_that_was_begun() -> None:
    last = events_in(got("failed=rate_limit_exceeded@#5").data)[-1]
    assert last["type"] == "response.failed"
    assert last["sequence_number"] == FIRST_DELTA - 1
    began = PLAIN[0]["response"]
    error = last["response"].pop("error")
    assert error["code"] == "rate_limit_exceeded"
    assert last["response"] == {k: v for k, v in began.items() if k != "error"} | {
        "status": "failed"
    }


def test_before_the_first_event_there_is_a_response_all_the_same() -> None:
    (only,) = events_in(got("failed@#1").data)
    assert only["sequence_number"] == 0
    assert only["response"]["status"] == "failed"


def test_events_without_numbers_are_followed_by_one_without() -> None:
    bare = [{k: v for k, v in each.items() if k != "sequence_number"} for each in PLAIN]
    assert "sequence_number" not in events_in(got("error@#5", script=script_of(bare)).data)[-1]


CHUNK = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}}]}
STARTED = {"type": "message_start", "message": {"id": "msg_1", "role": "assistant"}}


@pytest.mark.parametrize("kind", ["error", "failed"])
@pytest.mark.parametrize(
    ("name", "first", "error"),
    [
        ("chat.completion.chunk/content", CHUNK, {"error": {"type": "busy", "code": "busy"}}),
        ("message_start", STARTED, {"type": "error", "error": {"type": "busy"}}),
    ],
    ids=["chat", "messages"],
)
def test_the_other_apis_have_errors_of_their_own(
    kind: str, name: str, first: dict[str, Any], error: dict[str, Any]
) -> None:
    pieces = [WirePiece(framed("stream", "", encoded(first)), n, name) for n in (1, 2)]
    script = replace(script_of(PLAIN), writes=[Write.of(1.0, pieces)], events=2)
    *_, last = events_in(got(f"{kind}=busy@#2", script=script).data)
    said = last["error"].pop("message")
    assert "chaos" in said
    last["error"].pop("param", None)
    assert last == error


def socket_messages(data: bytes) -> list[Any]:
    return [json.loads(each.data) for each in SocketReader(masked=False).feed(data)]


@pytest.mark.parametrize("spec", ["error=overloaded@#5", "status=429"])
def test_on_a_socket_an_error_is_its_envelope(spec: str) -> None:
    last = socket_messages(got(spec, script=script_of(PLAIN, framing="socket")).data)[-1]
    assert last["type"] == "error"
    assert {"type", "code", "message", "param"} == set(last["error"])
    assert last["status"] == (429 if "429" in spec else 500)


def test_the_end_of_a_socket_is_its_closing_handshake() -> None:
    bye = got("end", script=script_of(PLAIN, framing="socket"))
    assert bye.closing == "cut"
    *_, last = SocketReader(masked=False).feed(bye.data)
    assert (last.kind, last.close_code) == ("close", 1000)


def test_a_status_is_an_error_of_the_api_with_its_time_to_come_again() -> None:
    refused = got("status=503/2.5s")
    assert (refused.script.status, refused.script.framing) == (503, "body")
    assert dict(refused.script.headers) == {
        "content-type": "application/json",
        "retry-after": "3",
        "retry-after-ms": "2500",
    }
    assert json.loads(refused.data)["error"]["type"] == "server_error"
    assert refused.withheld


@pytest.mark.parametrize(("status", "later"), [(429, "1"), (503, "1"), (500, None), (404, None)])
def test_who_is_too_busy_says_when_to_come_again(status: int, later: str | None) -> None:
    assert dict(got(f"status={status}").script.headers).get("retry-after") == later


def test_a_buffering_proxy_gives_what_it_has_when_it_is_full() -> None:
    merged = got("merge=4kB")
    assert merged.data == got().data
    assert all(len(write.data) >= 4000 for write in merged.writes[:-1])
    slots = got("merge=2s")
    assert [write.at for write in slots.writes] == [2.5, 4.5, 6.0]
    assert slots.numbers == list(range(12))


def test_reads_of_some_bytes_cut_anywhere() -> None:
    single = got("byte-reads")
    assert single.data == got().data
    assert {len(write.data) for write in single.writes} == {1}
    assert {len(write.data) for write in got("byte-reads=7").writes} <= set(range(1, 8))


def test_a_packed_stream_can_be_read_write_by_write() -> None:
    packed = got("gzip")
    assert dict(packed.script.headers)["content-encoding"] == "gzip"
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    plain = [unpacker.decompress(write.data) for write in packed.writes]
    assert [each for each in plain if each] == [write.data for write in got().writes]
    assert unpacker.eof


def test_a_packed_stream_that_is_cut_has_no_end() -> None:
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    plain = b"".join(unpacker.decompress(write.data) for write in got("gzip", "cut").writes)
    assert plain == got("cut").data
    assert not unpacker.eof
    ended = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    assert ended.decompress(got("gzip", "end").data) == got("end").data
    assert ended.eof


def test_a_wrong_type_is_the_head_alone() -> None:
    wrong = got("wrong-type=text/plain")
    assert dict(wrong.script.headers) == {"content-type": "text/plain", "x-request-id": "req_1"}
    assert wrong.data == got().data


def test_faults_befall_in_the_order_of_their_rows_whichever_they_are_given_in() -> None:
    for specs in (["cut@3s", "stall=10s@#3"], ["stall=10s@#3", "cut@3s"]):
        assert (got(*specs).numbers, got(*specs).over) == ([0, 1], 3.0)


def test_a_turn_whose_answer_was_kept_back_is_to_be_given_again() -> None:
    assert got("never-end@#3").withheld
    assert not got("cut@end").withheld
    assert {spec for spec in CHAOS_KINDS if got(spec).withheld} == {
        *("error", "failed", "cut", "cut-byte", "end", "status")
    }


@pytest.mark.parametrize("seed", range(20))
def test_random_faults_are_those_that_are_told(seed: int) -> None:
    drawn = got("random=2", seed=seed)
    assert drawn.data == got(*drawn.told).data


SPECS = st.sampled_from([*CHAOS_KINDS, "stall=2s/1s", "cut-byte=character", "merge=1s"])
PLACES = st.sampled_from(["#1", "#4", "#99", "50%", "100%", "0.7s", "99s", "first-text", "end"])


@st.composite
def faults(draw: st.DrawFn) -> str:
    spec = draw(SPECS)
    return spec + (f"@{draw(PLACES)}" if CHAOS_KINDS[spec.partition("=")[0]].place else "")


@example(["slow", "gzip"], 1, "stream")
@example(["slow", "slow"], 1, "stream")
@given(
    st.lists(faults(), max_size=4),
    st.sampled_from([1, 3, 50]),
    st.sampled_from(["stream", "socket"]),
)
def test_any_faults_keep_order_and_time_and_never_raise(
    specs: list[str], per_read: int, framing: Framing
) -> None:
    script = script_of(clean(), per_read=per_read, framing=framing)
    chaotic = got(*specs, script=script)
    numbers = [p.event for write in chaotic.writes for p in write.pieces if p.event is not None]
    if not any(spec.startswith(("swap", "repeat")) for spec in specs):
        assert numbers == sorted(set(numbers))
    times = [write.at for write in chaotic.writes]
    assert times == sorted(times)
    assert all(write.closing is None for write in chaotic.writes[:-1])
