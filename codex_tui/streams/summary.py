"""What is told of a stream by its records as they come: nothing is folded, next to nothing is kept.

Numbers come from the columns of the log. Of the records themselves only those are read back that
say something of the whole: requests, heads, ends, the first and the last event of a response, and
the beginnings of items.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from codex_tui.model.prompts import prompt_of, tool_outputs_of
from codex_tui.recording.columns import CUT, END, FIRST_EVENT_KIND, REQUEST, RESPONSE, SENT
from codex_tui.recording.records import (
    EndRecord,
    FrameRecord,
    RequestRecord,
    ResponseRecord,
    moment_of,
)
from codex_tui.streams.origin import Origin, origin_of
from codex_tui.streams.pulse import Pulse
from codex_tui.wire.base import Family
from codex_tui.wire.chat_events import CHUNK, COMPLETION
from codex_tui.wire.outcomes import outcome_of
from codex_tui.wire.registry import DONE, TERMINAL_TYPES, family_of
from codex_tui.wire.stream_end import StreamEnd

if TYPE_CHECKING:
    from codex_tui.recording.log import EventLog

RETRY = 120.0
"""Seconds after one that failed before its first event in which the same request is a retry."""

_LINE = 200
_READ = frozenset((REQUEST, RESPONSE, END))
_NOT_HEARD = frozenset((CUT, SENT))
_PHASES = {
    Family.REASONING: "reasoning",
    Family.OUTPUT: "writing",
    Family.TOOL: "calling",
}
_ITEM = "response.output_item.added"
_HEADS = frozenset(("response.created", "response.in_progress", "response.queued", "turn_context"))
_THREAD, _TOKENS = "session_meta", "event_msg/token_count"
_ERRORS = frozenset(("error", "response.error"))


_CHAT = (CHUNK, COMPLETION, *(f"{CHUNK}/{about}" for about in ("role", "finish_reason", "usage")))
_MESSAGES = ("message_start", "message_delta", "message_stop")
_OTHERS = frozenset((*_CHAT, *_MESSAGES))
"""Events of other APIs that say something of the whole."""

_READ_BACK = frozenset((*_HEADS, *_ERRORS, _ITEM, _THREAD, _TOKENS, *_OTHERS))
_COUNTS = (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens"))


class _Item(msgspec.Struct, gc=False):
    type: Any = None


class _Whole(msgspec.Struct, gc=False):
    model: Any = None
    status: Any = None
    usage: Any = None
    error: Any = None


class _Counts(msgspec.Struct, gc=False):
    total_token_usage: Any = None


class _RolloutLine(msgspec.Struct, gc=False):
    id: Any = None
    info: _Counts | None = None


class _Told(msgspec.Struct, gc=False):
    model: Any = None
    usage: Any = None
    message: _Whole = msgspec.field(default_factory=_Whole)
    item: _Item = msgspec.field(default_factory=_Item)
    response: _Whole = msgspec.field(default_factory=_Whole)
    payload: _RolloutLine = msgspec.field(default_factory=_RolloutLine)


_told = msgspec.json.Decoder(_Told)


class Summary:
    """What some records say; `take` them in order, as they come."""

    def __init__(self) -> None:
        self.origin = Origin()
        self.model = self.provider = self.what = self.how = self.detail = self.retry = ""
        self.status: int | None = None
        self.turns = self.events = 0
        self.tries = 1
        self.first: float | None = None
        self.last: float | None = None
        self.began: float | None = None
        """When the latest request was sent, in seconds since 1970."""
        self.pulse = Pulse()
        self.tokens: tuple[int | None, int | None] = (None, None)
        self.is_open = True
        """Whether nothing says how it ended."""
        self.warm_up = False
        self._outcome = ""
        self._going: set[int] = set()  # the turns that have no end
        self._offset = 0.0  # when the latest request was sent, on the clock of the records
        self.passed_on = True
        self._asked = b""  # what tells a request from another
        self._in_turn = 0  # events of the latest turn
        self._acts: dict[int, tuple[str, bool]] = {}
        self._of_other = StreamEnd()  # of a response of another API,
        self._used: dict[str, Any] = {}  # and the tokens of it so far

    @property
    def heard(self) -> float | None:
        """When something came last, in seconds since 1970; None where the file has no times."""
        return None if self.began is None else self.began + (self.last or 0.0)

    def take(self, log: EventLog) -> None:
        """Take in what has come.

        Raises:
            OSError: A record can't be read back.
        """
        for entry in range(len(log)):
            kind = log.kind(entry)
            if kind in _READ:
                self._mark(log.record(entry))
            elif kind >= FIRST_EVENT_KIND:
                self._event(log, entry, kind)
            elif kind not in _NOT_HEARD:
                self._note(log.t(entry))

    def _note(self, t: float | None) -> None:
        if t is not None:
            self.last = max(t - self._offset, 0.0)

    # -- events ------------------------------------------------------------------------------

    def _event(self, log: EventLog, entry: int, kind: int) -> None:
        t = log.t(entry)
        self._note(t)
        if log.kind_name(kind) == DONE:
            return  # an end mark, and no event
        self.events += 1
        self._in_turn += 1
        if t is not None:
            self.first = self.last if self.first is None else self.first
            self.pulse.add(self.last or 0.0)
        phase, reads = self._acts.get(kind) or self._act(log, kind)
        if phase:
            self.how = phase
        if reads:
            self._read(log.name(entry), log.record(entry))

    def _act(self, log: EventLog, kind: int) -> tuple[str, bool]:
        """What events of a kind say by their type alone, and whether they are to be read."""
        name = log.kind_name(kind)
        reads = name in TERMINAL_TYPES or name in _READ_BACK
        phase = "" if reads else _PHASES.get(family_of(name), "")
        self._acts[kind] = phase, reads
        return phase, reads

    def _read(self, name: str, record: object) -> None:
        if not isinstance(record, FrameRecord):
            return
        try:
            told = _told.decode(record.frame.data)
        except (ValueError, RecursionError):
            told = _Told()
        if name == _ITEM:
            self.how = _PHASES.get(family_of(_text(told.item.type)), self.how)
            return
        if name in (_THREAD, _TOKENS):
            self._learn(told.payload)
            return
        if name in _OTHERS:
            self._other(name, told, record.frame.data)
            return
        self.model = _text(told.response.model) or self.model
        if name in _ERRORS:
            self._outcome = self._outcome or "api_error"
        elif name in TERMINAL_TYPES:
            self._end_of_response(name, told.response)
        elif self.how not in _PHASES.values():
            self.how = "waiting"

    def _other(self, name: str, told: _Told, data: str) -> None:
        """Take in what another API says of the whole: its model, why it stopped, the tokens."""
        self.model = _text(told.message.model) or _text(told.model) or self.model
        end = self._of_other
        end.follow(name.partition("/")[0], data)
        self._outcome = end.outcome or ""
        if self.how not in _PHASES.values():
            self.how = "waiting"
        for usage in (told.message.usage, told.usage):
            self._used |= usage if isinstance(usage, dict) else {}
        if name not in ("message_start", "message_delta"):
            self._count_tokens(self._used)
            self._used = {}

    def _count_tokens(self, usage: dict[str, Any]) -> None:
        """Add the tokens of a response, under whichever names."""
        counted = zip(self.tokens, _COUNTS, strict=True)
        sums = [_sum(n, usage.get(name, usage.get(other))) for n, (name, other) in counted]
        self.tokens = sums[0], sums[1]

    def _learn(self, line: _RolloutLine) -> None:
        """Take from a line of a rollout whose thread it is, and what it has used so far."""
        if line.id and not self.origin.thread:
            self.origin = self.origin._replace(thread=_text(line.id))
        usage = line.info.total_token_usage if line.info is not None else None
        if isinstance(usage, dict):
            given, made = (_sum(None, usage.get(f"{way}_tokens")) for way in ("input", "output"))
            self.tokens = given, made

    def _end_of_response(self, name: str, response: _Whole) -> None:
        has_error = response.error is not None
        self._outcome = outcome_of(name, _text(response.status) or None, has_error=has_error)
        usage = response.usage if isinstance(response.usage, dict) and not self.warm_up else {}
        self._count_tokens(usage)

    # -- what is no event --------------------------------------------------------------------

    def _mark(self, record: object) -> None:
        match record:
            case RequestRecord():
                self._request(record)
            case ResponseRecord():
                self._note(record.t)
                self.status = record.status
                self.retry = _retry_after(record)
                self.how = "headers"
            case EndRecord():
                self._end(record)
            case _:
                pass

    def _end(self, record: EndRecord) -> None:
        self._note(record.t)
        self._going.discard(record.turn)
        if not self._going:  # of turns beside each other the last says how it ended
            self.is_open, self.how = False, record.how
            self.detail = "" if self.retry else record.detail or ""

    def _request(self, record: RequestRecord) -> None:
        began = moment_of(record.wall)
        asked = _digest(record)
        if not record.warm_up:
            self._count(asked, began)
        self.began, self._asked = began, asked
        self._offset = record.t or 0.0
        self.passed_on = bool(record.url)
        self.how, self._outcome, self.status = "connecting", "", None
        self.detail = self.retry = ""
        self.is_open, self._in_turn = True, 0
        self.first = self.last = None
        self.pulse = Pulse()
        self._of_other, self._used = StreamEnd(), {}
        self.warm_up = record.warm_up
        self._going = {*(self._going if record.beside else ()), record.turn}
        origin = origin_of(record.headers)
        self.origin = Origin(*(new or old for new, old in zip(origin, self.origin, strict=True)))
        body = record.body if isinstance(record.body, dict) else {}
        self.model = _text(body.get("model")) or self.model
        self.provider = _host(record.url) or self.provider
        if not self.warm_up:
            self.what = _what(body) or self.what or _path(record.url)

    def _count(self, asked: bytes, began: float | None) -> None:
        """Count a request: as another try of the one before, or as a turn."""
        failed = not self.is_open and not self._in_turn and self.how != "completed"
        near = began is None or self.began is None or began - self.began <= RETRY
        if self.turns and failed and near and asked == self._asked:
            self.tries += 1
        else:
            self.turns += 1
            self.tries = 1

    @property
    def ended(self) -> str:
        """How it ended as far as the events say it, where the file has no end; "" if they don't."""
        return self._outcome


def _digest(record: RequestRecord) -> bytes:
    """What tells a request from another, in whichever order the names in its body come."""
    try:
        body = msgspec.json.encode(record.body, order="deterministic")
    except (TypeError, ValueError, RecursionError):
        body = repr(record.body).encode("utf-8", "replace")
    return sha256(f"{record.method} {record.url} ".encode("utf-8", "replace") + body).digest()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _sum(before: int | None, more: object) -> int | None:
    counts = isinstance(more, int) and not isinstance(more, bool)
    return (before or 0) + more if counts and isinstance(more, int) else before


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _path(url: str) -> str:
    """What was asked for where no prompt says it: of a stream that is none of the Responses API."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _what(body: dict[str, Any]) -> str:
    """The first line of what was asked, or which outputs were brought back."""
    lines = (line.strip() for line in prompt_of(body)[:4000].splitlines())
    prompt = next(filter(None, lines), "")[:_LINE]
    return prompt or ("an output of a tool" if tool_outputs_of(body) else "")


def _retry_after(record: ResponseRecord) -> str:
    asked = record.headers.get("retry-after", "") if record.status >= 400 else ""
    if not asked:
        return ""
    return f"retry after {asked} s" if asked.isdecimal() else f"retry after {asked}"
