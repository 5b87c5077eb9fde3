"""The decoder: any bytes, cut anywhere, give what the standard says, and all of it is folded."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from zlib import crc32

from codex_tui.recording.records import FrameRecord
from codex_tui.wire.base import ResponseStreamEvent
from codex_tui.wire.decode import decode_event, event_type
from codex_tui.wire.events import MalformedEvent
from codex_tui.wire.sse import SSEDecoder
from tests.fuzz import seeds
from tests.fuzz.files import file_of
from tests.fuzz.folding import assert_folds
from tests.fuzz.fuzzer import Target
from tests.fuzz.mutation import damaged
from tests.fuzz.showing import FORMATS, assert_prints
from tests.wire.reference import dispatch_all
from tests.wire.test_sse_properties import cut, everything

if TYPE_CHECKING:
    from codex_tui.wire.sse import ServerSentEvent


def check(data: bytes) -> None:
    """Raise where a promise of the decoder is broken."""
    random = Random(crc32(data))
    _assert_any_cut_gives_the_same(data, random)
    _assert_frames_are_those_of_the_standard(data)
    decoder = SSEDecoder()
    frames = [*decoder.feed(data), *decoder.close()]
    for frame in frames:
        _assert_decodes(frame)
    records = [FrameRecord(number / 10, number, frame) for number, frame in enumerate(frames, 1)]
    assert_folds(records, random)
    assert_prints(file_of(data), "json")
    assert_prints(file_of(data), random.choice(FORMATS))


def _assert_any_cut_gives_the_same(data: bytes, random: Random) -> None:
    whole = everything([data])
    places = [random.randrange(len(data) + 1) for _ in range(random.choice((1, 3, 20, 200)))]
    assert everything(cut(data, places)) == whole
    if len(data) < 1000:
        assert everything([bytes([byte]) for byte in data]) == whole


def _assert_frames_are_those_of_the_standard(data: bytes) -> None:
    expected = [(frame.event, frame.data, frame.id) for frame in dispatch_all(data)]
    assert [(frame.event, frame.data, frame.id) for frame in SSEDecoder().feed(data)] == expected


def _assert_decodes(frame: ServerSentEvent) -> None:
    event, type_ = decode_event(frame), event_type(frame)
    assert isinstance(event, ResponseStreamEvent)
    assert type_ == event.type or (isinstance(event, MalformedEvent) and type_ is None)


TARGET = Target(
    lambda: [*seeds.dumps(), *seeds.recordings(), *seeds.codex_streams()], damaged, check
)
