"""A recorded stream as the one JSON that a request without `stream` gets: its terminal response."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from codex_tui.recording.records import FrameRecord
from codex_tui.relay.refusals import NotPassedError
from codex_tui.serve.recorded_script import JSON_HEADERS, script_of
from codex_tui.serve.script import WirePiece, Write
from codex_tui.wire.registry import TERMINAL_TYPES

if TYPE_CHECKING:
    from codex_tui.serve.recorded_turn import RecordedTurn
    from codex_tui.serve.script import AnswerScript


class _Terminal(msgspec.Struct):
    response: msgspec.Raw


def whole_script(turn: RecordedTurn) -> AnswerScript:
    """What a request is answered that asks for no stream; what was no stream stays as it was.

    Raises:
        NotPassedError: Nothing was recorded that could be given whole.
        OSError: The file can't be read any more.
    """
    script = script_of(turn)
    if script.framing == "body" or not script.status:
        return script
    entry = _terminal(turn)
    if entry is None:
        if script.closing != "clean":
            return replace(script, status=0, writes=())
        how = turn.end.how if turn.end is not None else "interrupted"
        sentence = f"Of {turn.title} there is no whole response: it ended as `{how}`."
        raise NotPassedError(500, "no_response", sentence)
    at = turn.seconds(turn.log.t(entry)) or 0.0
    kept = tuple(pair for pair in script.headers if pair[0].lower() != "content-type")
    write = Write.of(at, [WirePiece(_response(turn, entry), 1, turn.log.name(entry))])
    headers = (*JSON_HEADERS, *kept)
    return replace(
        script, headers=headers, head_at=at, writes=[write], framing="body", events=1, end_at=at
    )


def _terminal(turn: RecordedTurn) -> int | None:
    """The entry of its last terminal event."""
    log = turn.log
    entries = (entry for each in reversed(turn.ranges) for entry in reversed(each))
    return next((entry for entry in entries if log.name(entry) in TERMINAL_TYPES), None)


def _response(turn: RecordedTurn, entry: int) -> bytes:
    """The response's own bytes, as the event has them.

    Raises:
        NotPassedError: The event has none.
        OSError: The file can't be read any more.
    """
    record = turn.log.record(entry)
    data = record.frame.data.encode() if isinstance(record, FrameRecord) else b""
    try:
        return bytes(msgspec.json.decode(data, type=_Terminal).response)
    except msgspec.DecodeError:
        sentence = f"The terminal event of {turn.title} holds no response."
        raise NotPassedError(500, "no_response", sentence) from None
