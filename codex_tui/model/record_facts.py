"""What is known of one record, or of a range of them: its gist in one line, and facts with names.

They are made from what the records hold and nothing else. They may hold anything that a server
sent, so they are cleaned before they are drawn.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from codex_tui import units
from codex_tui.model.codex_thread import kept_by
from codex_tui.model.endings import behind, words_of_end
from codex_tui.model.fold_text import text_of
from codex_tui.model.logprobs import tokens_of
from codex_tui.model.payloads import agent_of, arguments_of, as_text, output_of
from codex_tui.model.socket_words import code_words, gist_of_message, way_of
from codex_tui.recording.log import FIRST_EVENT_KIND
from codex_tui.recording.records import (
    CommentRecord,
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    Record,
    RequestRecord,
    ResponseRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.wire.app_server import AppServerMessage
from codex_tui.wire.base import NOT_SENT
from codex_tui.wire.chat_events import ChatCompletionChunk
from codex_tui.wire.codex_events import (
    BareItemLine,
    CodexLine,
    CompactedLine,
    ExecEvent,
    ResponseItemLine,
)
from codex_tui.wire.decode import decode_event
from codex_tui.wire.events import EmptyEvent, MalformedEvent, UnknownEvent
from codex_tui.wire.items import (
    OutputItem,
    Response,
    ResponseOutputMessage,
    ResponseReasoningItem,
    ToolOutputItem,
)
from codex_tui.wire.messages_events import (
    BlockEvent,
    CitationsDeltaEvent,
    ContentBlockDeltaEvent,
    ContentBlockStartEvent,
    InputJsonDeltaEvent,
    MessageDeltaEvent,
    MessagesEvent,
    MessageStartEvent,
    WholeMessage,
)
from codex_tui.wire.other_apis import other_api
from codex_tui.wire.registry import label_of, short_name
from codex_tui.wire.tails import unended_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codex_tui.recording.log import EventLog
    from codex_tui.wire.base import ResponseStreamEvent
    from codex_tui.wire.chat_events import ChatChoice
    from codex_tui.wire.sse import ServerSentEvent

WARM_UP = "a warm-up, no answer was asked for"

_LIMIT = 400
_WRITER = json.JSONEncoder(ensure_ascii=False)

# The field that says most about an event; the first one that it has.
_TELLING = ("delta", "text", "arguments", "input", "code", "diff", "refusal", "command", "message")


def gist_of_event(event: ResponseStreamEvent) -> str:
    """Return what an event brought, in at most a few hundred characters."""
    match event:
        case MalformedEvent():
            return f"{event.reason}: {_cut(event.data)}"
        case UnknownEvent():
            return _beginning(event.data)
        case EmptyEvent():
            return "no data"
        case ResponseItemLine() | BareItemLine():
            item = event.payload if isinstance(event, ResponseItemLine) else event.item
            return _cut(_gist_of_item(item))
        case CodexLine() | ExecEvent() | AppServerMessage():
            return _cut(_gist_of_codex(event))
        case ChatCompletionChunk() | MessagesEvent() if (gist := _gist_of_other(event)) is not None:
            return _cut(gist)
    for name in _TELLING:
        if isinstance(value := getattr(event, name, None), str):
            return _cut(value) if "arguments" in (event.type or "") else quoted(value)
    return _cut(_gist_of_object(event))


def _gist_of_chunk(event: ChatCompletionChunk) -> str:
    """What each choice brought, and why it ended; of a call its name too."""
    said = [_gist_of_choice(choice) for choice in event.choices]
    if event.usage:
        said.append(as_text(event.usage))
    return "  ".join(filter(None, said))


def _gist_of_choice(choice: ChatChoice) -> str:
    brought = choice.brought
    texts = (brought.thought, brought.thought_summary, brought.answer, brought.refusal or "")
    calls = (f"{call.name}  {call.piece}".strip() for call in brought.tool_calls or ())
    said = [*(quoted(text) for text in texts if text), *calls]
    if brought.function_call is not None:
        function = brought.function_call
        said.append(f"{function.name or ''}  {function.arguments or ''}".strip())
    said.append(f"finish_reason {choice.finish_reason}" if choice.finish_reason else "")
    words = "  ".join(filter(None, said)) or brought.role or ""
    return f"choice {choice.index}  {words}" if choice.index else words


def _gist_of_other(event: ChatCompletionChunk | MessagesEvent) -> str | None:
    """What an event of another API says; None where its piece of text says it."""
    match event:
        case ChatCompletionChunk():
            return _gist_of_chunk(event)
        case MessageStartEvent() | WholeMessage():
            names = ("role", "model", "stop_reason")
            return "  ".join(str(each) for name in names if (each := event.message.get(name)))
        case MessageDeltaEvent():
            return f"stop_reason {event.stop_reason}  {as_text(event.usage or {})}"
        case ContentBlockStartEvent():
            return _gist_of_block(event.content_block)
        case CitationsDeltaEvent():
            return _describe(event.citation)
        case ContentBlockDeltaEvent():
            return as_text(event.changes)
        case InputJsonDeltaEvent():
            return event.delta
        case _:
            return None


def _gist_of_block(block: dict[str, Any]) -> str:
    """What a block begins as: what it calls, or what it says already."""
    named = (block.get(name) for name in ("name", "id", "tool_use_id"))
    words = "  ".join(each for each in named if isinstance(each, str))
    said = block.get("text") or block.get("thinking")
    return words or (quoted(said) if isinstance(said, str) else "")


def named_text(event: ResponseStreamEvent) -> str:
    """Return what tells the text of a delta from others: its agent, its item, its part."""
    index = getattr(event, "output_index", NOT_SENT)
    item = getattr(event, "item_id", None) or ("" if index is NOT_SENT else f"output {index}")
    parts = (getattr(event, name, NOT_SENT) for name in ("content_index", "summary_index"))
    part = next((number for number in parts if number), 0)
    if isinstance(event, ChatCompletionChunk) and event.choices and event.choices[0].index:
        item = f"choice {event.choices[0].index}"
    if isinstance(event, BlockEvent) and event.index is not NOT_SENT:
        item = f"block {event.index}"
    words = (agent_of(event.agent), item, f"part {part}" if part else "")
    return " ".join(word for word in words if word)


def _gist_of_codex(event: CodexLine | ExecEvent | AppServerMessage) -> str:
    match event:
        case CompactedLine():
            return kept_by(event.payload) or _gist_of_line(event.payload)
        case CodexLine():
            return _gist_of_line(event.payload)
        case ExecEvent():
            told = (event.item, event.error, event.usage, event.thread_id)
            return _gist_of_line(next((each for each in told if each), None))
        case _:
            return quoted(event.delta) if event.delta else _gist_of_line(event.item or event.params)


def _beginning(data: dict[str, Any]) -> str:
    """How the JSON of an object begins; what is large in it is not written out for that."""
    short = {k: v[:_LIMIT] if isinstance(v, str) else v for k, v in islice(data.items(), _LIMIT)}
    written: list[str] = []
    room = _LIMIT
    for piece in _WRITER.iterencode(short):
        written.append(piece)
        room -= len(piece)
        if room <= 0:
            break
    return _cut("".join(written))


def quoted(text: str) -> str:
    """Return a text in quotes, so that the blanks at its ends can be seen."""
    return f'"{_cut(text)}"'


def _cut(text: str) -> str:
    """As much of a text as a gist has; that it was cut is seen."""
    return text if len(text) <= _LIMIT else f"{text[:_LIMIT]}…"


def _gist_of_object(event: ResponseStreamEvent) -> str:
    for name in ("item", "response", "part", "annotation"):
        value = getattr(event, name, None)
        if value is not None:
            return _describe(value)
    return ""


def _gist_of_item(item: OutputItem) -> str:
    match item:
        case ResponseOutputMessage():
            return f"{item.role}  {quoted(''.join(map(text_of, item.content)))}"
        case ResponseReasoningItem():
            return quoted(" ".join(map(text_of, item.summary or item.content)))
        case ToolOutputItem():
            return quoted(output_of(item))
        case _:
            return f"{_describe(item)}  {arguments_of(item)}"


def _gist_of_line(value: Any) -> str:
    """What a line of the Codex CLI says first: a text, or else all of it."""
    if isinstance(value, dict):
        found = next((value[key] for key in _SAID if isinstance(value.get(key), str)), None)
        if found is not None:
            return quoted(found)
        value = {key: each for key, each in value.items() if key != "type"}
    return "" if value is None else json.dumps(value, ensure_ascii=False)


_SAID = ("message", "text", "command", "last_agent_message", "reason", "query", "model", "cwd")


def _describe(value: Any) -> str:
    words: tuple[object, ...]
    match value:
        case Response():
            return _describe_response(value)
        case OutputItem():
            words = (value.type, getattr(value, "name", None), getattr(value, "status", None))
        case dict():
            words = (value.get("type"), value.get("title"), value.get("url"))
        case _:
            words = (getattr(value, "type", None),)
    return "  ".join(str(word) for word in words if word)


def _describe_response(response: Response) -> str:
    words = [response.status or "", response.model or ""]
    if response.error is not None:
        words.append(str(response.error.message or response.error.code or ""))
    if response.usage is not None and response.usage.total_tokens:
        words.append(units.count(response.usage.total_tokens, "token"))
    return "  ".join(word for word in words if word)


def gist_of_mark(record: Record) -> str:
    """Return what a record that is no event says."""
    match record:
        case RequestRecord():
            said = f"{record.method} {record.url}".strip() or record.wall
            lane = f"lane {record.lane}" if record.lane else ""
            words = (WARM_UP if record.warm_up else "", lane, said)
            return " · ".join(word for word in words if word)
        case ResponseRecord():
            taken_up = "" if record.after is None else f"goes on {behind(record.after)}"
            facts = f"status {record.status}", record.headers.get("content-type", ""), taken_up
            return "  ".join(filter(None, facts))
        case CommentRecord():
            return " · ".join(comment.strip() for comment in record.comments)
        case ForeignRecord():
            said = record.data[: 4 * _LIMIT].decode("utf-8", "replace")
            return _cut(said).replace("\n", " · ")
        case CutRecord():
            return gist_of_cut(record.data)
        case SentRecord() | SocketRecord():
            return gist_of_message(record, _LIMIT)
        case EndRecord():
            sentence = (record.detail or "").partition("\n")[0]
            return f"{words_of_end(record.how)}  {sentence}".rstrip()
        case _:
            return ""


def gist_of_cut(data: bytes) -> str:
    """Return what the end of a stream's bytes is, where no blank line ends them."""
    if type_ := unended_type(data):
        return f"the last event, {type_}, lacks the blank line that ends it: {DROPPED}"
    return f"{units.size(len(data))} of an event that never ended"


DROPPED = "most clients drop it"


def headline_of(record: Record, event: ResponseStreamEvent | None = None) -> str:
    """Return what a record is, in a few words; `event` is what its frame says, if that is known."""
    match record:
        case FrameRecord():
            event = event or decode_event(record.frame)
            return label_of(event) or record.frame.event
        case RequestRecord():
            return f"request of turn {record.turn}"
        case ResponseRecord():
            return f"answer with status {record.status}"
        case CommentRecord():
            return "comments: a keep-alive"
        case SentRecord() | SocketRecord():
            return way_of(record)
        case ForeignRecord():
            return "an event without data" if record.kind == "empty" else "lines that are no field"
        case CutRecord():
            return "an event that never ended"
        case EndRecord():
            return f"the end: {words_of_end(record.how)}"


def facts_of(record: Record, event: ResponseStreamEvent | None = None) -> list[tuple[str, str]]:
    """Return the facts of a record as names and values; what isn't known isn't there.

    To decode a large event takes long: `event` is what was made of it already.
    """
    return [(name, value) for name, value in _facts(record, event) if value]


def _facts(record: Record, event: ResponseStreamEvent | None) -> Iterator[tuple[str, str]]:
    match record:
        case RequestRecord():
            yield "sent", record.wall
            yield "time", _time(record.t)
            yield "lane", record.lane or ""
            yield "warm-up", "no answer was asked for" if record.warm_up else ""
            yield "on the wire", _wire(record.wire)
            yield "body", "" if record.content is None else words_of_content(record.content)
            yield record.method, record.url
            yield from record.headers.items()
        case ResponseRecord():
            yield "time", _time(record.t)
            yield from record.headers.items()
        case EndRecord():
            yield "time", _time(record.t)
        case FrameRecord():
            yield from _arrival(record.t, record.read)
            yield "turn", f"{record.turn}, not the latest" if record.turn else ""
            yield from _frame(record.frame, event or decode_event(record.frame))
            yield "on the wire", _wire(record.wire)
        case CommentRecord():
            yield from _arrival(record.t, record.read)
            yield "comment", "\n".join(comment.strip() for comment in record.comments)
        case ForeignRecord():
            yield from _arrival(record.t, record.read)
            yield record.kind, _FOREIGN[record.kind]
            yield "size", units.size(len(record.data))
        case CutRecord():
            yield from _arrival(record.t, record.read)
            yield "size", units.size(len(record.data))
            yield "whole", gist_of_cut(record.data) if unended_type(record.data) else ""
        case SentRecord() | SocketRecord():
            yield from _message(record)


def _message(record: SentRecord | SocketRecord) -> Iterator[tuple[str, str]]:
    yield "time", _time(record.t)
    yield "direction", record.dir if isinstance(record, SocketRecord) else "sent"
    yield "opcode", record.opcode
    if isinstance(record, SocketRecord):
        yield "code", code_words(record)
        yield "reason", record.reason or ""
    data = record.data.encode() if isinstance(record.data, str) else record.data
    yield "size", units.size(len(data)) if data or record.opcode != "close" else ""
    yield "on the wire", _wire(record.wire)


def words_of_content(content: Mapping[str, Any]) -> str:
    """Return what a request's body is that is no JSON, or was too large to be kept."""
    size, hashed, kind = content.get("size"), content.get("sha256"), content.get("type")
    words = (
        str(kind or "without a content type"),
        f"{units.size(size)}, not kept" if isinstance(size, int) else "",
        f"SHA-256 {hashed}" if hashed else "",
        "the answer came before its end" if content.get("cut") else "",
        str(content.get("error") or ""),
    )
    return " · ".join(word for word in words if word)


def _wire(size: int | None) -> str:
    """The size of a message on the wire, where it was another: it was compressed."""
    return "" if size is None else units.size(size)


_RAW = "the data has bytes that are not UTF-8, other line ends, or fields that SSE doesn't know"
_FOREIGN = {
    "foreign": "no name of a field stands before the colon: clients pass over it",
    "empty": "the standard dispatches no event without data: it is a sign of life",
}


def _time(t: float | None) -> str:
    return "" if t is None else f"{t:.6f} s"


def _arrival(t: float | None, read: int | None) -> Iterator[tuple[str, str]]:
    yield "time", _time(t)
    yield "read", "" if read is None else str(read)


def _frame(frame: ServerSentEvent, event: ResponseStreamEvent) -> Iterator[tuple[str, str]]:
    if isinstance(event, MalformedEvent):
        yield "malformed", event.reason
    elif isinstance(event, UnknownEvent):
        api = other_api(event.data)
        yield "unknown", "" if api else "no type of this name is documented; it is kept as it came"
        yield "other API", f"a {api}: no event of the Responses API" if api else ""
    yield "event", frame.event if frame.event != event.type else ""
    yield "id", frame.id
    yield "retry", "" if frame.retry is None else f"{frame.retry} ms"
    yield "size", units.size(len(frame.data.encode("utf-8", "surrogatepass")))
    for number, token in enumerate(tokens_of(event)):
        yield "" if number else "logprob", token
    yield "comment", "\n".join(comment.strip() for comment in frame.comments)
    if frame.raw is not None:
        yield "bytes", _RAW


def headline_of_range(log: EventLog, first: int, last: int) -> str:
    """Return which events a range holds, by their numbers."""
    before, through = log.events_before(first), log.events_before(last + 1)
    return f"#{before + 1:,} to #{through:,}" if through > before else "a range without events"


def facts_of_range(log: EventLog, first: int, last: int) -> list[tuple[str, str]]:
    """Return names and values: what came, when, in how many reads, and of which types."""
    return [(name, value) for name, value in _range_facts(log, first, last) if value]


def _range_facts(log: EventLog, first: int, last: int) -> Iterator[tuple[str, str]]:
    begin, end = log.t(first), log.t(last)
    yield "events", f"{log.events_before(last + 1) - log.events_before(first):,}"
    if begin is not None and end is not None:
        yield "time", f"{begin:.3f} s to {end:.3f} s"
        yield "lasting", units.seconds(end - begin) if end >= begin else ""
    reads = {read for entry in range(first, last + 1) if (read := log.read(entry)) is not None}
    yield "reads", f"{len(reads):,}" if reads else ""
    yield "size", units.size(log.total_size(first, last))
    kinds = Counter(log.kind(entry) for entry in range(first, last + 1))
    for kind, count in kinds.most_common():
        name = log.kind_name(kind)
        yield f"×{count:,}", short_name(name) if kind >= FIRST_EVENT_KIND else name
