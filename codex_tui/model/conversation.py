"""The fold of records: turns, each with its transcript, its counts, its times and its ending.

A time is what a record said, or None; nothing is measured here, so folding a recording again gives
the very same figures.
How a stream ended is worked out where it doesn't say so (plain dumps, recordings cut short): the
end of the bytes is not the end of the response, only a terminal event gives its word.
"""

from __future__ import annotations

import json
from copy import copy
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct, field

from codex_tui import units
from codex_tui.model.endings import behind
from codex_tui.model.irregular import NONE, Irregularities, Occurrences
from codex_tui.model.items import ANSWERED, MessageItem, ReasoningItem, Span, ToolCall
from codex_tui.model.prompts import (
    branches_from,
    call_ids_answered_by,
    call_names_of,
    ends_with_prompt,
    prompt_of,
    tool_outputs_of,
)
from codex_tui.model.socket_facts import SocketFacts
from codex_tui.model.socket_words import closing_words, way_of
from codex_tui.model.transcript import Transcript
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    How,
    Record,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
    moment_of,
)
from codex_tui.wire.base import Family
from codex_tui.wire.decode import decode_answer, decode_event
from codex_tui.wire.error_words import message_in, one_line
from codex_tui.wire.events import (
    EmptyEvent,
    LifecycleEvent,
    MalformedEvent,
    MetadataEvent,
    RateLimitsEvent,
    ResponseCreatedEvent,
    ResponseErrorEvent,
    StreamDone,
    UnknownEvent,
)
from codex_tui.wire.messages_events import MessageStartEvent, MessageStopEvent
from codex_tui.wire.other_apis import api_of, protocol_asked
from codex_tui.wire.outcomes import ending_of
from codex_tui.wire.registry import PER_ITEM, type_of
from codex_tui.wire.sse import MAX_EVENT_BYTES
from codex_tui.wire.tails import unended_sentence, unended_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from codex_tui.model.codex_thread import CodexTurn
    from codex_tui.model.forgiven import Witness
    from codex_tui.model.irregular import Unnumbered
    from codex_tui.model.items import Item, Part, PartedItem
    from codex_tui.recording.records import How
    from codex_tui.wire.base import ProtocolWord, ResponseStreamEvent


class EventCounts(Struct, gc=False):
    """How many events came; `[DONE]` is an end mark and no event."""

    total: int = 0
    unknown: int = 0
    malformed: int = 0
    marks: int = 0

    @property
    def numbered(self) -> int:
        """How many have a number in the file: end marks too."""
        return self.total + self.marks

    def count(self, event: ResponseStreamEvent) -> None:
        """Count one event."""
        cls = event.__class__
        if cls is StreamDone:
            self.marks += 1
            return
        self.total += 1
        if cls is UnknownEvent:
            self.unknown += 1
        elif cls is MalformedEvent:
            self.malformed += 1


class Times(Struct, gc=False):
    """When things happened: seconds since the request was sent, None where that is not known.

    `first_read` is the first byte of the body that made something whole, be it a keep-alive;
    reasoning, text and tool begin with the first character of a summary or a raw reasoning text,
    of the answer, and of a call's arguments. Where the first of a kind came nobody knows when, what
    came later is not the first of it; `settled` has the names of those that are known, or never.
    """

    header: float | None = None
    first_read: float | None = None
    first_event: float | None = None
    first_reasoning: float | None = None
    first_text: float | None = None
    first_tool: float | None = None
    last_read: float | None = None
    last_event: float | None = None
    end: float | None = None
    settled: tuple[str, ...] = ()

    def miss(self, item: Item | None) -> None:
        """Take in that an event came, and changed an item, at a time that is not known."""
        if "first_event" not in self.settled:
            self.settled += ("first_read", "first_event")
        if item is not None and (name := self._first_of(item)):
            self.settled += (name,)

    def note_read(self, t: float) -> None:
        """Take in the time of whatever arrived."""
        if self.first_read is None and "first_read" not in self.settled:
            self.first_read = t
        self.last_read = t

    def note_event(self, t: float) -> None:
        """Take in the time of an event."""
        if self.first_event is None and "first_event" not in self.settled:
            self.first_event = t
        self.last_event = t

    def note_item(self, item: Item, t: float) -> None:
        """Take in the time at which an item changed, if it is the first of its kind."""
        if name := self._first_of(item):
            self.settled += (name,)
            setattr(self, name, t)

    def _first_of(self, item: Item) -> str:
        """Which of the first times an item gives now; "" for none, as with most events."""
        name = _FIRSTS.get(item.__class__, "")
        return name if name and name not in self.settled and _holds_something(item) else ""


_FEW_PARTS = 64
_FIRSTS: dict[type[Item], str] = {
    MessageItem: "first_text",
    ReasoningItem: "first_reasoning",
    ToolCall: "first_tool",
}


def _holds_something(item: Item) -> bool:
    match item:
        case MessageItem():
            return any(part.text for part in _looked_at(item) if part.is_answer)
        case ReasoningItem():
            return any(part.text for part in _looked_at(item))
        case ToolCall():
            return bool(item.arguments)
        case _:
            return False


def _looked_at(item: PartedItem) -> Iterable[Part]:
    """The parts of which one may be the first with a text; of very many, those at hand."""
    parts = item.parts
    return parts if len(parts) <= _FEW_PARTS else filter(None, (item.latest, parts[-1]))


def _stretch(spoken: Item | Part, t: float) -> None:
    if (span := spoken.span) is None:
        spoken.span = Span(t, t)
    else:
        span.last = t


class TakenUp(Struct, frozen=True):
    """Where the stream of a turn broke and was taken up again.

    `after` is the sequence number of the last event before, `gap` the seconds from what came last
    until the server answered again, `broke` what broke, as a sentence.
    """

    after: int
    gap: float | None = None
    broke: str = ""

    def __str__(self) -> str:
        broke = f"{self.broke.rstrip('.')}: " if self.broke else ""
        later = "" if self.gap is None else f", {units.seconds(self.gap)} after what came last"
        return f"{broke}taken up again {behind(self.after)}{later}"


class Turn(Struct):
    """One request and all that came back; a plain dump is a turn without a request.

    `reads` is the number of the latest read, 0 where reads are not known. `how` and `detail` say
    how it ended, in the words of the recording, and `streaming` until it has. `prompt` is the
    request's last user message, `says` that message if it is new, `tool_outputs` the call ids and
    texts of the outputs that it ends with, `call_names` the names of those calls, as far as they
    are known, `passed_over` those of the calls before it that nobody answered, where it goes on
    from before them. `per_item` says that its times are those at which whole items were written,
    not those at which they streamed.
    `comments` counts what says that the connection is alive: comments, and fields without data.
    `irregular` has the places of what should not be there. `warm_up` says that no answer was asked
    for. `began` is when it was asked for on the clock of its records, which on a socket is that of
    the connection; all other times of a turn count from there. `socket` is what else that carried.
    `taken_up` says where its stream broke and went on over another connection.
    """

    number: int
    request: RequestRecord | None = None
    response_head: ResponseRecord | None = None
    transcript: Transcript = field(default_factory=Transcript)
    events: EventCounts = field(default_factory=EventCounts)
    comments: int = 0
    reads: int = 0
    times: Times = field(default_factory=Times)
    cut: CutRecord | None = None
    unnumbered: Unnumbered = (0, 0)
    irregular: Irregularities = field(default_factory=lambda: NONE)
    closed: bool = False
    how: How | Literal["streaming"] = "streaming"
    detail: str | None = None
    per_item: bool = False
    prompt: str = ""
    says: str = ""
    tool_outputs: tuple[tuple[str, str], ...] = ()
    call_names: dict[str, str] = field(default_factory=dict)
    passed_over: tuple[str, ...] = ()
    warm_up: bool = False
    began: float = 0.0
    socket: SocketFacts | None = None
    taken_up: tuple[TakenUp, ...] = ()

    def __post_init__(self) -> None:
        body = self.request.body if self.request else None
        self.prompt = prompt_of(body)
        self.tool_outputs = tuple(tool_outputs_of(body))
        self.says = self.prompt if not self.tool_outputs or ends_with_prompt(body) else ""
        self.call_names = call_names_of(body) if self.tool_outputs else {}
        if self.request is not None:
            self.warm_up, self.began = self.request.warm_up, self.request.t or 0.0
            self.socket = SocketFacts() if self.request.on_socket else None

    def since(self, t: float) -> float:
        """Return how long after its request a moment of its records' clock is."""
        return round(t - self.began, 6) if self.began else t

    @property
    def reached(self) -> float | None:
        """When something last came, on the clock of its records; None where nobody knows."""
        times = self.times
        latest = times.header if times.last_read is None else times.last_read
        return None if latest is None else self.began + latest

    def present(self, wall: float) -> float | None:
        """Return what time it is on the clock of its records, by the time of day.

        None where it is over, or nobody knows when it was asked for.
        """
        asked = None if self.ended else self.request
        began = moment_of(asked.wall) if asked is not None else None
        if asked is None or began is None:
            return None
        return max(0.0, wall - began + (asked.t or 0.0))

    def follow(self, before: Sequence[Turn]) -> None:
        """Learn from the turns before what became of their calls."""
        self._name_calls(before)
        late = islice(reversed(before), _LOOKED_BACK)
        last = next((turn for turn in late if turn.transcript.items), None)
        if last is not None and self.request is not None and last.request is not None:
            left = self._unanswered(last.transcript.tool_calls)
            if left and branches_from(self.request.body, last.request.body):
                self.passed_over = tuple(dict.fromkeys(call.display_name for call in left))

    def _unanswered(self, calls: Iterable[ToolCall]) -> list[ToolCall]:
        found = [call for call in calls if call.type in ANSWERED and not len(call.output)]
        answered = call_ids_answered_by(self.request.body) if found and self.request else set()
        return [call for call in found if call.call_id not in answered]

    def _name_calls(self, before: Sequence[Turn]) -> None:
        """Learn the names of the calls whose outputs are sent from the turns that made them."""
        wanted = {id_ for id_, _ in self.tool_outputs} - self.call_names.keys()
        for turn in islice(reversed(before), _LOOKED_BACK if wanted else 0):
            for call in turn.transcript.tool_calls:
                if call.call_id in wanted and call.name:
                    self.call_names.setdefault(call.call_id, call.name)
            wanted -= self.call_names.keys()

    @property
    def sentence(self) -> str:
        """The first line of `detail`: what happened, and what to do."""
        return (self.detail or "").partition("\n")[0]

    @property
    def body(self) -> str:
        """The rest of `detail`: what a server sent in the place of a stream."""
        return (self.detail or "").partition("\n")[2]

    @property
    def protocol(self) -> ProtocolWord:
        """Whose events it is made of: as they say, else as its request does, else Responses."""
        asked = "" if self.request is None else protocol_asked(self.request.url)
        return self.transcript.protocol or asked or "responses"

    @property
    def codex(self) -> CodexTurn | None:
        """What a file of the Codex CLI says of it; None in all others."""
        return self.transcript.response.codex

    @property
    def ended(self) -> bool:
        """Whether the turn is over."""
        return self.how != "streaming"

    @property
    def said(self) -> int:
        """What its records call it: the number of its request."""
        return self.number if self.request is None else self.request.turn

    def has(self, number: int) -> bool:
        """Whether records of that number are its own."""
        return number == self.said

    def fork(self) -> Turn:
        """Return a copy that grows apart; it costs the items that were written since the last."""
        return self._with(self.transcript.fork())

    def keep(self) -> Turn:
        """Return a copy for keeping: nobody may fold into it, but into forks of it."""
        return self._with(self.transcript.keep())

    def _with(self, transcript: Transcript) -> Turn:
        fork = copy(self)
        fork.transcript = transcript
        fork.events, fork.times = copy(self.events), copy(self.times)
        if self.irregular is not NONE:
            fork.irregular = self.irregular.fork()
        return fork

    def take_event(
        self, event: ResponseStreamEvent, record: FrameRecord, number: int
    ) -> Item | None:
        """Fold one event in, the file's of that number; return the item that it spoke of."""
        self.events.count(event)
        self.per_item = self.per_item or event.__class__ in PER_ITEM
        self.comments += len(record.frame.comments)
        item = self.transcript.apply(event, number)
        if (t := self._arrived(record)) is None:
            self.times.miss(item)
            return item
        self.times.note_event(t)
        if item is not None:
            self._note_item(item, t)
        return item

    def take_unusual(self, event: ResponseStreamEvent, number: int) -> None:
        """Remember the place of an event that should not be there, or not there any more."""
        begins = self.transcript.response.begun == number  # another response, in the same stream
        if begins:
            self.closed = False
        elif self.closed and _is_late(event):
            self._own_irregular().late.note(number)
        match event:
            case MalformedEvent():
                self._own_irregular().malformed.note(number)
            case ResponseErrorEvent():
                self._own_irregular().errors.note(number, error_said(event))
            case _ if api := api_of(event, self.transcript.protocol):
                self._own_irregular().others.setdefault(api, Occurrences()).note(number)
            case UnknownEvent(type=None):
                self._own_irregular().untyped.note(number, said_without_type(event))
            case ResponseCreatedEvent() | MessageStartEvent():
                self.closed = False
            case LifecycleEvent() | MessageStopEvent():
                self.closed = self.transcript.response.terminal_type is not None
            case StreamDone():
                self.closed = self.closed or self.transcript.response.marked

    def _own_irregular(self) -> Irregularities:
        if self.irregular is NONE:
            self.irregular = Irregularities()
        return self.irregular

    def take_head(self, record: ResponseRecord) -> None:
        """Remember the answer's head; that of a socket was there before the turn was asked for.

        One that goes on with an answer is none of its own.
        """
        if record.after is not None and self.response_head is not None:
            self._take_up(record, record.after)
            return
        self.response_head = record
        early = record.t is None or record.t < self.began
        self.times.header = None if early or record.t is None else self.since(record.t)

    def _take_up(self, record: ResponseRecord, after: int) -> None:
        last, at = self.times.last_read, None if record.t is None else self.since(record.t)
        gap = None if last is None or at is None else max(at - last, 0.0)
        self.taken_up = (*self.taken_up, TakenUp(after, gap, record.broke or ""))
        self.transcript.take_up(after)

    @property
    def close(self) -> SocketRecord | None:
        """The close frame of its socket that came first."""
        return None if self.socket is None else self.socket.close

    def take_message(self, record: SentRecord | SocketRecord, place: str) -> None:
        """Remember what else its socket carried; pings are signs of life."""
        self.socket = (self.socket or SocketFacts()).take(record)
        if way_of(record) == "received binary":
            self._own_irregular().binary.note(place)
        if isinstance(record, SocketRecord) and record.is_sign_of_life:
            self.comments += 1
            if record.t is not None:
                self.times.note_read(self.since(record.t))

    def take_comment(self, record: CommentRecord) -> None:
        """Count a keep-alive."""
        self.comments += len(record.comments)
        self._arrived(record)

    def take_foreign(self, record: ForeignRecord, place: str) -> None:
        """Remember lines that are no event; a field without data is a sign of life."""
        if record.kind == "empty":
            self.comments += 1
            self._own_irregular().bare.note(place)
        else:
            self._own_irregular().foreign.note(place)
        self._arrived(record)

    def take_cut(self, record: CutRecord) -> None:
        """Remember that the bytes ended inside an event."""
        self.cut = record
        self._arrived(record)

    def take_end(self, record: EndRecord) -> None:
        """Close the turn as the recording says; what came in the place of a stream may be whole.

        An ending without a reason is that of the events: they say why, and whether a response that
        was called a success was one. What broke off behind their end took nothing of it.
        """
        self.how, self.detail = record.how, record.detail
        self.times.end = None if record.t is None else self.since(record.t)
        told = self._told_how()
        silent = told != "completed" and record.detail is None
        if told is not None and (silent or record.how == "interrupted"):
            self._end_by_events()
        elif record.detail is None and self.close is not None and record.how == "interrupted":
            self.detail = _interruption(self)
        if record.how == "not_sse" and (answer := decode_answer(self.body)) is not None:
            self.transcript.take_whole(answer)

    def finish(self) -> None:
        """Close the turn because nothing more will come, as far as nobody has said how it ended."""
        if self.ended:
            return
        if self._told_how() is None:
            self.how, self.detail = "interrupted", _interruption(self)
        else:
            self._end_by_events()

    def _told_how(self) -> How | None:
        response = self.transcript.response
        empty = not self.transcript.items
        return ending_of(response.outcome, saw_error=response.saw_error, empty=empty)

    def _end_by_events(self) -> None:
        """Close the turn by what its events say of its end."""
        response = self.transcript.response
        self.how = self._told_how() or "interrupted"
        reason = None if self.how == "completed" else response.reason
        self.detail = sentences(reason, response.contradiction)

    def _arrived(
        self, record: FrameRecord | CommentRecord | ForeignRecord | CutRecord
    ) -> float | None:
        if record.read is not None and record.read > self.reads:
            self.reads = record.read
        if (t := record.t) is None:
            return None
        if self.began:
            t = self.since(t)
        self.times.note_read(t)
        return t

    def span_of(self, item: Item, part: Part | None = None) -> Span | None:
        """When an item, or one part of a reasoning item, was first and last spoken of."""
        return item.span if part is None else part.span

    def _note_item(self, item: Item, t: float) -> None:
        _stretch(item, t)
        if isinstance(item, ReasoningItem) and item.latest is not None and not item.done:
            _stretch(item.latest, t)
        self.times.note_item(item, t)


_NOBODY = -1
_LOOKED_BACK = 100  # turns that may stand between a call and the request that brings its output


class Standing(NamedTuple):
    """What a fold has counted: numbered events, the place of the last row without, turns over."""

    events: int
    unnumbered: Unnumbered
    over: int


class TurnsBeside:
    """The turns that go on beside the latest, in the order of their requests.

    A socket may carry any number of them: none is looked for among all.

    Args:
        turns: Those that go on.
    """

    def __init__(self, turns: Iterable[Turn] = ()) -> None:
        self._going: dict[int, Turn] = {}
        self._asked: dict[int, Turn] = {}
        self._over: dict[int, Turn] = {}  # by what records call them, of the first `_known` turns
        self._known = 0
        for turn in turns:
            self.add(turn)

    def __iter__(self) -> Iterator[Turn]:
        return iter(self._going.values())

    @property
    def first(self) -> Turn | None:
        """The one that was asked for first; None without any."""
        return next(iter(self._going.values()), None)

    def add(self, turn: Turn) -> None:
        """Take in one that goes on."""
        self._going[turn.number] = turn
        self._asked.setdefault(turn.said, turn)

    def leave(self, turn: Turn) -> None:
        """Let go of one that is over."""
        self._going.pop(turn.number, None)
        if self._asked.get(turn.said) is turn:
            del self._asked[turn.said]

    def clear(self) -> None:
        """Let go of all."""
        self._going.clear()
        self._asked.clear()

    def find(self, said: int) -> Turn | None:
        """Return the one that records call so."""
        return self._asked.get(said)

    def among(self, turns: Sequence[Turn], said: int) -> Turn | None:
        """Return the latest of all turns that records call so; they are looked through once."""
        for turn in turns[self._known :]:
            self._over[turn.said] = turn
        self._known = len(turns)
        return self._over.get(said)


class Conversation:
    """The turns of a session, in order of their requests.

    Only the latest changes, and those that go on beside it; which of them a record is of, it says
    itself.

    Args:
        turns: those that were folded before.
        witness: who is told what is forgiven.
        standing: where the fold of those turns stood.
    """

    def __init__(
        self,
        turns: Iterable[Turn] = (),
        witness: Witness | None = None,
        standing: Standing | None = None,
    ) -> None:
        self.turns = list(turns)
        self._witness = witness
        self._number, self._unnumbered, over = standing or (0, (0, 0), 0)
        self._current = self.turn
        self._said = _NOBODY  # what the last record said of its turn
        self.whose = len(self.turns)
        """The number of the turn that the last record was folded into; 0 if there was none."""
        self._beside = TurnsBeside(turn for turn in self.turns[over:-1] if not turn.ended)

    @property
    def turn(self) -> Turn | None:
        """The latest turn; None before the first record."""
        return self.turns[-1] if self.turns else None

    @property
    def current(self) -> Turn:
        """What the last record was folded into.

        Raises:
            IndexError: There was none.
        """
        return self._current or self.turns[-1]

    def fork(self) -> Conversation:
        """Return a copy that grows apart; they share the turns that are over."""
        over = self.turns[: self.over]
        running = (turn.fork() for turn in self.turns[len(over) :])
        return Conversation((*over, *running), None, self.standing)

    @property
    def running(self) -> list[Turn]:
        """The turns that are not over, and those between them."""
        return self.turns[self.over :]

    @property
    def standing(self) -> Standing:
        """Where the fold stands."""
        return Standing(self._number, self._unnumbered, self.over)

    def goes_on(self, turn: Turn) -> bool:
        """Whether a turn may still change."""
        return turn is self.turn or not turn.ended

    @property
    def over(self) -> int:
        """How many turns are over, and so are all before them: they don't change any more."""
        first = self._beside.first
        return max(0, len(self.turns) - 1) if first is None else first.number - 1

    def apply(self, record: Record, event: ResponseStreamEvent | None = None) -> Item | None:
        """Fold one record in; `event` is what its frame carries, if it was decoded already.

        Returns the item that the event spoke of, None where it spoke of none.
        """
        if isinstance(record, RequestRecord):
            self._begin(record)
            return None
        turn = self._current
        if turn is None or record.turn != self._said:
            turn = self._turn_of(record.turn)
        if not isinstance(record, FrameRecord):
            self._take_mark(turn, record)
            return None
        self._number += 1
        event = event or decode_event(record.frame)
        item = turn.take_event(event, record, self._number)
        if item is None or turn.closed:
            turn.take_unusual(event, self._number)
        return item

    def _take_mark(self, turn: Turn, record: Record) -> None:
        match record:
            case ResponseRecord():
                turn.take_head(record)
            case CommentRecord():
                self._place(turn)
                turn.take_comment(record)
            case ForeignRecord():
                turn.take_foreign(record, self._place(turn))
            case CutRecord():
                turn.take_cut(record)
            case SentRecord() | SocketRecord():
                self._take_message(turn, record, self._place(turn))
            case EndRecord():
                turn.take_end(record)
                self._beside.leave(turn)
                self._said = _NOBODY  # what says the same may be of another from here on

    def _take_message(self, turn: Turn, record: SentRecord | SocketRecord, place: str) -> None:
        """Tell a turn what else its socket carried; that it was closed, all that go on."""
        others = self._beside if record.opcode == "close" else ()
        for each in (turn, *(other for other in others if other is not turn)):
            each.take_message(record, place)

    def finish(self) -> None:
        """Say that no more records will come: what is still open ended here."""
        for turn in (*self._beside, *self.turns[-1:]):
            turn.finish()
        self._beside.clear()

    def _place(self, turn: Turn) -> str:
        """Where the next row without a number stands."""
        number, before = self._unnumbered
        place = self._number, before + 1 if number == self._number else 1
        self._unnumbered = turn.unnumbered = place
        return "#{}+{}".format(*place)

    def _turn_of(self, number: int) -> Turn:
        """The turn with the number of a request; the latest where there is none.

        What comes for a turn that is over changes it no more: it is folded into a copy.
        """
        turn = self.turns[-1] if self.turns else self._begin(None)
        if number and not turn.has(number):
            turn = self._beside.find(number) or turn
            over = None if turn.has(number) else self._beside.among(self.turns, number)
            turn = turn if over is None else over.fork()
        self._current, self._said, self.whose = turn, number, turn.number
        return turn

    def _begin(self, request: RequestRecord | None) -> Turn:
        latest = self.turn
        if latest is not None and request is not None and request.beside:
            if not latest.ended:
                self._beside.add(latest)
        elif latest is not None:
            self.finish()
            latest.transcript.settle()
        before = latest.codex if latest is not None else None
        transcript = Transcript(None if before is None else before.next(), self._witness)
        if request is not None and (after := request.starting_after) is not None:
            transcript.begin_behind(after)
        turn = Turn(len(self.turns) + 1, request, transcript=transcript)
        turn.follow(self.turns)
        self.turns.append(turn)
        self._current, self._said, self.whose = turn, _NOBODY, turn.number
        return turn


_ALLOWED_LATE = (
    *(StreamDone, EmptyEvent, MalformedEvent),
    *(RateLimitsEvent, MetadataEvent, ResponseCreatedEvent),
)


def _is_late(event: ResponseStreamEvent) -> bool:
    """Whether an event has no place after the end: what says nothing of the response has one."""
    kind = type_of(event.__class__)
    alive = kind is not None and kind.family is Family.KEEPALIVE
    return not (alive or isinstance(event, _ALLOWED_LATE))


def error_said(event: ResponseErrorEvent) -> str:
    """What an error event says, on one line: its message, and its code."""
    said = one_line(message_in({"message": event.message, **event.extra}) or "")
    code = "" if event.code is None else str(event.code)
    if not said or not code or code == said:
        return said or code or event.error_type or "without a message"
    return f"{said} ({code})"


def said_without_type(event: UnknownEvent) -> str:
    """What an object says that no type tells what it is: its message, else the beginning of it."""
    words = message_in(event.data) or json.dumps(event.data, ensure_ascii=False)
    return one_line(words[:_SAID])


_SAID = 200


def sentences(*said: str | None) -> str | None:
    """Some sentences as one text; None where there is none."""
    *first, last = [each for each in said if each] or [""]
    return " ".join((*(f"{each.rstrip('.')}." for each in first), last)) or None


_TOO_LARGE = MAX_EVENT_BYTES - 1024
"""Bytes of what is cut off that no event has: of one that is larger so many are kept, but for the
mark of its time."""


_LASTS = {"chat_completions": "finish_reason", "messages": "message_stop"}
"""What ends a response where that is no terminal event of the Responses API."""


def _interruption(turn: Turn) -> str:
    events, cut = turn.events.total, turn.cut
    if cut is not None and len(cut.data) > _TOO_LARGE:
        most = f"{MAX_EVENT_BYTES >> 20} MB"
        return f"Read up to an event of more than {most}, after {units.count(events, 'event')}."
    if cut is not None and (type_ := unended_type(cut.data)):
        return unended_sentence(type_)
    if not events:
        return "The stream ended inside its first event." if cut else "The stream held no event."
    if turn.close is not None and not cut:
        return f"{closing_words(turn.close)}, after {units.count(events, 'event')}."
    where = "inside an event, " if cut else ""
    lacks = _LASTS.get(turn.protocol, "terminal event")
    ended = f"The stream ended {where}after {units.count(events, 'event')}, with no {lacks}"
    others = ", ".join(units.count(each.count, api) for api, each in turn.irregular.others.items())
    return f"{ended}: {others}, another API's." if others else f"{ended}."


def left(number: int, t: float | None, turn: Turn | None, why: str) -> EndRecord:
    """Return the end of a turn that we leave: cancelled, unless a terminal event has come.

    Args:
        number: The turn's.
        t: When it is left.
        turn: The turn as far as it was folded, if it was.
        why: Why it is left, as a sentence.
    """
    how = turn.transcript.response.outcome if turn is not None else None
    if how is not None:
        return EndRecord(number, t, how)
    return EndRecord(number, t, "cancelled", why)
