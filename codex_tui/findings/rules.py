"""The rules: what each demands, how bad it is to break it by each specification, who says so.

A rule is a row. What finds that it was broken stands in the module of its subject; what a rule is
under another specification is a column, and never an `if`.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Level = Literal["error", "warning", "note"]
Spec = Literal["openai", "open-responses", "lenient"]

SPECS: tuple[Spec, ...] = ("openai", "open-responses", "lenient")
VERSION = 3
"""Of the table: findings that were kept under another are out of date."""

DONE_MARKER: dict[Spec, bool] = {"openai": False, "open-responses": True, "lenient": False}
"""Whether a stream ends with `[DONE]`."""

_SINKS: dict[Level | None, Level | None] = {"error": "warning", "warning": "note"}
_LEVELS: tuple[Level, ...] = ("note", "warning", "error")


class Rule(Struct, frozen=True):
    """One rule.

    Attributes:
        id: Its name: a family and what is wrong.
        openai: Its level by the official API; None where it has nothing to say.
        open_responses: Its level by the Open Responses specification.
        demand: What it demands.
        why: What breaks where it is broken, and what the usual cause is.
        example: Lines of a stream that break it.
        source: The document and its section.
        client: A client in wide use that breaks; then it stays an error under `lenient`.
    """

    id: str
    openai: Level | None
    open_responses: Level | None
    demand: str
    why: str
    example: str
    source: str
    client: str = ""

    def level(self, spec: Spec, at_most: Level | None = None) -> Level | None:
        """Return how bad it is; None where it is not spoken of.

        Args:
            spec: The specification that judges.
            at_most: The worst that it can be in the case at hand.
        """
        own = self.open_responses if spec == "open-responses" else self.openai
        if own is not None and at_most is not None:
            own = min(own, at_most, key=_LEVELS.index)
        if spec != "lenient" or (own == "error" and self.client):
            return own
        return _SINKS.get(own)


SSE = "WHATWG HTML, 9.2"
API = "OpenAI API reference, Responses, Streaming events"
OBJECT = "OpenAI API reference, Responses, The response object"
OPEN = "Open Responses 2026-04-24, Streaming"
SOCKET = "OpenAI, WebSocket mode of the Responses API; RFC 6455"
GUIDE = "OpenAI, Streaming API responses"
CHAT = "OpenAI API reference, Chat Completions, Streaming"
MESSAGES = "Claude API reference, Messages, Streaming"

_ROWS = (
    Rule(
        "wire.content-type",
        "error",
        "error",
        "A stream is sent as text/event-stream, and nothing else is.",
        "Clients choose how to read an answer by its content type; proxies hold back what they "
        "don't take for a stream.",
        "content-type: application/json\n\nevent: response.created\ndata: {…}",
        f"{SSE}.3 Processing model",
    ),
    Rule(
        "wire.event-name",
        "error",
        "error",
        "The `event:` field says the same as the `type` in the data.",
        "Some clients dispatch by the one, some by the other.",
        'event: response.created\ndata: {"type":"response.in_progress",…}',
        API,
    ),
    Rule(
        "wire.no-event-name",
        "note",
        "error",
        "Each frame has an `event:` field.",
        "Clients that dispatch by `event:` (EventSource listeners) hear nothing.",
        'data: {"type":"response.created",…}',
        OPEN,
    ),
    Rule(
        "wire.id-field",
        "note",
        "warning",
        "Frames have no `id:` field.",
        "An EventSource sends the last id when it connects anew, and the server has to know it.",
        "id: 7\nevent: response.created\ndata: {…}",
        OPEN,
    ),
    Rule(
        "wire.done-marker",
        "note",
        "warning",
        "The official API ends with its terminal event alone; Open Responses with `[DONE]`.",
        "A client that waits for the marker waits for ever, or one that parses it as JSON fails.",
        "data: [DONE]",
        OPEN,
    ),
    Rule(
        "wire.not-json",
        "error",
        "error",
        "Data is one JSON object with a string `type`.",
        "The official SDKs raise on it, and the rest of the stream is lost.",
        'event: response.output_text.delta\ndata: {"type":"response.output_te',
        API,
        "openai-python and openai-node raise",
    ),
    Rule(
        "wire.foreign-line",
        "error",
        "error",
        "Each line is a field of SSE, a comment or blank.",
        "Bytes of something else were written between or into the events, or a line break stands "
        "raw in the data: clients drop the line, and what it belonged to is torn.",
        'data: {"type":"response.output_text.delta","delta":"one\ntwo"}',
        f"{SSE}.6 Interpreting an event stream",
    ),
    Rule(
        "wire.empty-event",
        "note",
        "warning",
        "An event has data.",
        "The standard dispatches nothing for it; some clients parse the empty text as JSON.",
        "event: ping\n\n",
        f"{SSE}.6 Interpreting an event stream",
    ),
    Rule(
        "wire.cut-off",
        "error",
        "error",
        "The last event is ended by a blank line.",
        "Clients drop what stands behind the last blank line, be it the terminal event.",
        'event: response.completed\ndata: {"type":"response.completed",…}<end of the bytes>',
        f"{SSE}.6 Interpreting an event stream",
    ),
    Rule(
        "wire.encoding",
        "error",
        "error",
        "The stream is UTF-8, and a character is not cut in two.",
        "A server that decodes token by token sends U+FFFD for half a character.",
        'data: {"type":"response.output_text.delta","delta":"caf\ufffd"}',
        f"{SSE}.6 Interpreting an event stream",
    ),
    Rule(
        "wire.other-protocol",
        "error",
        "error",
        "A Responses stream has events of the Responses API.",
        "The request went to another endpoint, or a gateway answers in another API's terms.",
        'data: {"object":"chat.completion.chunk","choices":[…]}',
        API,
    ),
    Rule(
        "field.missing",
        "error",
        "error",
        "Required fields are sent.",
        "Typed clients fail where they read it; the SDKs hand out an object without it.",
        'data: {"type":"response.output_text.delta","delta":"Hi"}',
        "The OpenAPI files of both specifications, and the official SDK's types",
    ),
    Rule(
        "field.type",
        "error",
        "error",
        "A field has the type that is specified.",
        "Typed clients fail, and the others join or compare values of two types.",
        'data: {"type":"response.function_call_arguments.done","arguments":{"city":"Rome"},…}',
        "The OpenAPI files of both specifications, and the official SDK's types",
    ),
    Rule(
        "field.unknown-type",
        "warning",
        "error",
        "The types of events, items and parts are those of the specification.",
        "Clients pass over what they don't know, so that its content is lost.",
        'data: {"type":"response.thinking.delta",…}',
        "The OpenAPI files of both specifications",
    ),
    Rule(
        "order.no-created",
        "error",
        "error",
        "The first event is response.created.",
        "The SDK's accumulating stream raises on anything else.",
        "event: response.output_item.added\n…",
        GUIDE,
        "openai-python's responses.stream() raises",
    ),
    Rule(
        "order.second-created",
        "error",
        "error",
        "A stream holds one response.",
        "A gateway tried another server in the middle; clients join two answers to one.",
        "event: response.created\n…\nevent: response.created\n…",
        GUIDE,
    ),
    Rule(
        "order.after-terminal",
        "error",
        "error",
        "Nothing of the response comes after the event that ends it.",
        "Clients have left by then.",
        "event: response.completed\n…\nevent: response.output_text.delta\n…",
        GUIDE,
    ),
    Rule(
        "order.no-terminal",
        "error",
        "error",
        "A stream ends with a terminal event.",
        "Clients can't tell a whole answer from a broken connection.",
        "event: response.output_item.done\n…<end of the stream>",
        GUIDE,
        "the Codex CLI says that the stream closed before response.completed, and tries again",
    ),
    Rule(
        "order.second-terminal",
        "error",
        "error",
        "One terminal event ends a response.",
        "The two may say different things; clients believe the first or the last.",
        "event: response.completed\n…\nevent: response.completed\n…",
        GUIDE,
    ),
    Rule(
        "order.item-not-added",
        "error",
        "error",
        "An item is opened by response.output_item.added before anything else is said of it.",
        "Clients that look the item up by its index raise.",
        "event: response.created\n…\nevent: response.output_text.delta\n…",
        GUIDE,
        "openai-python's responses.stream() raises",
    ),
    Rule(
        "order.item-not-done",
        "error",
        "error",
        "Each item is closed by response.output_item.done before the response is completed.",
        "Clients that work by whole items see none.",
        "event: response.output_item.added\n…\nevent: response.completed\n…",
        GUIDE,
        "the Codex CLI prints nothing and runs no tool",
    ),
    Rule(
        "order.part",
        "warning",
        "error",
        "A part is opened by its added event, and closed by its done event.",
        "Clients that look the part up by its index raise.",
        "event: response.output_item.added\n…\nevent: response.output_text.delta\n…",
        GUIDE,
    ),
    Rule(
        "order.done-alone",
        "note",
        "note",
        "A text is sent in deltas before the event that closes it.",
        "It was not streamed: users wait, and see it at once.",
        "event: response.content_part.added\n…\nevent: response.output_text.done\n…",
        GUIDE,
    ),
    Rule(
        "order.delta-after-done",
        "error",
        "error",
        "No delta comes after the event that closes its text.",
        "Clients have taken the text for whole.",
        "event: response.output_text.done\n…\nevent: response.output_text.delta\n…",
        GUIDE,
    ),
    Rule(
        "order.done-missing",
        "error",
        "error",
        "Deltas are closed by the done event of their kind.",
        "Clients that act on it (a call whose arguments are whole) never do.",
        "event: response.function_call_arguments.delta\n…\nevent: response.output_item.done\n…",
        GUIDE,
    ),
    Rule(
        "number.gap",
        "error",
        "error",
        "Sequence numbers go up by one.",
        "An event was lost, or the server counts what it doesn't send; who resumes asks wrongly.",
        'data: {"sequence_number":4,…}\n\ndata: {"sequence_number":6,…}',
        API,
    ),
    Rule(
        "number.repeat",
        "error",
        "error",
        "A sequence number comes once.",
        "An event was sent twice, or the counter stands still.",
        'data: {"sequence_number":4,…}\n\ndata: {"sequence_number":4,…}',
        API,
    ),
    Rule(
        "number.back",
        "error",
        "error",
        "Sequence numbers do not go back.",
        "Events were put into another order on the way.",
        'data: {"sequence_number":5,…}\n\ndata: {"sequence_number":3,…}',
        API,
    ),
    Rule(
        "number.start",
        "note",
        "note",
        "Sequence numbers begin at 0.",
        "A resumed stream, a server that counts otherwise, or a file that begins in the middle.",
        'data: {"type":"response.output_text.delta","sequence_number":12,…}',
        API,
    ),
    Rule(
        "index.collision",
        "error",
        "error",
        "An index is of one item, and of one part within it.",
        "Clients that keep items by their index write one over the other.",
        'data: {"type":"response.output_item.added","output_index":0,…}\n\n'
        'data: {"type":"response.output_item.added","output_index":0,…}',
        API,
    ),
    Rule(
        "index.gap",
        "error",
        "error",
        "Indices begin at 0, go up by one, and stay with what they were given to.",
        "Clients that keep a list raise, or file what comes under another item.",
        'data: {"type":"response.output_item.added","output_index":0,…}\n\n'
        'data: {"type":"response.output_item.added","output_index":2,…}',
        API,
    ),
    Rule(
        "id.changes",
        "error",
        "error",
        "An id stays with what it was given to.",
        "Clients that join events by their id take one item for many.",
        'data: {"type":"response.output_item.added","item":{"id":"msg_1",…},…}\n\n'
        'data: {"type":"response.output_text.delta","item_id":"msg_2",…}',
        API,
    ),
    Rule(
        "id.repeat",
        "error",
        "error",
        "An id is of one thing.",
        "Clients that join events by their id take two items for one.",
        'data: {"type":"response.output_item.added","output_index":1,"item":{"id":"msg_1",…}}',
        API,
    ),
    Rule(
        "text.differs",
        "error",
        "error",
        "Deltas, the event that closes them, the part, the item and the response say the same.",
        "What users have read is not what is kept; a delta was lost or doubled on the way.",
        'data: {"type":"response.output_text.delta","delta":"Hel",…}\n\n'
        'data: {"type":"response.output_text.done","text":"Hello",…}',
        API,
    ),
    Rule(
        "text.only-final",
        "warning",
        "warning",
        "What stands in the final response was streamed.",
        "Clients that show what streams never show it.",
        'data: {"type":"response.completed","response":{"output":[{"type":"message",…}],…}}',
        GUIDE,
    ),
    Rule(
        "output.differs",
        "warning",
        "error",
        "The output of the final response is the items that were done, in their order.",
        "Who goes on from the final response sends back another conversation than was shown.",
        'data: {"type":"response.completed","response":{"output":[],…}}',
        OBJECT,
    ),
    Rule(
        "status.contradicts",
        "error",
        "error",
        "The name of an event and the status of what it carries say the same.",
        "One client takes it for a success, another for a failure.",
        'data: {"type":"response.completed","response":{"status":"failed",…}}',
        OBJECT,
    ),
    Rule(
        "usage.sum",
        "error",
        "error",
        "Tokens add up: input and output are the total; cached is part of input, reasoning of "
        "output.",
        "Costs and limits are computed from them.",
        '"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":5}',
        OBJECT,
    ),
    Rule(
        "tool.arguments-json",
        "warning",
        "warning",
        "The arguments of a finished call are JSON.",
        "The model's doing, or a server's parser of tool calls; the client can't call anything.",
        'data: {"type":"response.function_call_arguments.done","arguments":"{\\"city\\": ",…}',
        API,
    ),
    Rule(
        "tool.schema",
        "warning",
        "warning",
        "The arguments of a call follow the JSON Schema that the request gave for the tool.",
        "The model's doing, as long as the tool is not `strict`.",
        '{"unit":"kelvinn"} where the schema says {"enum":["celsius","kelvin"]}',
        "JSON Schema, as the request gives it",
    ),
    Rule(
        "tool.unknown",
        "warning",
        "warning",
        "A call is of a tool that the request offered.",
        "The model's doing, or a name that was cut; the client has nothing to call.",
        '"item":{"type":"function_call","name":"get_wether",…}',
        API,
    ),
    Rule(
        "time.buffered",
        "note",
        "note",
        "Events arrive as they are made.",
        "Something on the way holds the stream back: compression, a proxy's buffer, a test server.",
        "200 events in 2 reads, all within the last second",
        "what the recording measured",
    ),
    Rule(
        "time.silent",
        "note",
        "note",
        "Something is sent every 15 seconds, be it a comment.",
        "Proxies and load balancers cut connections that are silent for 60 seconds.",
        "20 s between two reads, with no keep-alive",
        f"{SSE}.7 Authoring notes (a comment line every 15 seconds or so)",
    ),
    Rule(
        "socket.binary",
        "error",
        "error",
        "A server's messages are text.",
        "Events are JSON in text messages; clients pass over anything else, or fail.",
        "a frame with opcode 2",
        SOCKET,
    ),
    Rule(
        "socket.two-responses",
        "error",
        "error",
        "One response goes on in a lane at a time.",
        "Events of two responses can't be told apart by those who know only the lane.",
        'data: {"type":"response.created","response":{"id":"resp_1",…}}\n\n'
        'data: {"type":"response.created","response":{"id":"resp_2",…}}',
        SOCKET,
    ),
    Rule(
        "socket.lane",
        "error",
        "error",
        "Events name the lane that was asked for.",
        "A client with several lanes can't tell whose event it is.",
        'response.create with "stream_id":"a" and data: {"type":"response.created",…}',
        SOCKET,
    ),
    Rule(
        "socket.closed",
        "error",
        "error",
        "A socket is not closed before the response that it carries has ended.",
        "The rest of the answer is lost; the code and its reason say whether to try again.",
        'data: {"type":"response.output_text.delta",…}\n\na close frame with code 1011',
        SOCKET,
    ),
    Rule(
        "chat.id",
        "error",
        "error",
        "All chunks of a stream have one `id`, and a later one begins no other answer.",
        "Whoever groups chunks by their id takes them for several answers.",
        'data: {"id":"chatcmpl-1",…}\n\ndata: {"id":"chatcmpl-2",…}',
        CHAT,
    ),
    Rule(
        "chat.role",
        "note",
        "note",
        "The first chunk of a choice says its `role`.",
        "A client that begins a message with the role has none to add the text to.",
        'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]} as the first chunk',
        CHAT,
    ),
    Rule(
        "chat.choice-index",
        "error",
        "error",
        "Each choice has an `index`; they count from 0 without a gap, as many as `n` says.",
        "Choices are put together by their index; a choice without one has no place.",
        'data: {"choices":[{"delta":{"content":"Hi"}}]}',
        CHAT,
        "openai-python's helper for streams",
    ),
    Rule(
        "chat.call-index",
        "error",
        "error",
        "Each piece of a call has its `index`; they count from 0, and one index is one call.",
        "Pieces of two calls are joined to one, whose arguments are no JSON.",
        'data: {…"tool_calls":[{"function":{"arguments":"{}"}}]…}',
        CHAT,
        "openai-python, which raises without an index",
    ),
    Rule(
        "chat.call-begin",
        "error",
        "error",
        "The first piece of a call says its `id` and the name of its function, and no "
        "later one does again.",
        "A call without an id can't be answered; names that come again are joined to one.",
        'data: {…"tool_calls":[{"index":0,"function":{"arguments":"{"}}]…} as its first piece',
        CHAT,
    ),
    Rule(
        "chat.after-finish",
        "error",
        "error",
        "Nothing more of a choice comes behind its `finish_reason`, and no chunk behind `[DONE]`.",
        "Clients stop reading there, and the rest is lost.",
        'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: '
        '{"choices":[{"index":0,"delta":{"content":"!"}}]}',
        CHAT,
        "all that stop at [DONE]",
    ),
    Rule(
        "chat.no-finish",
        "error",
        "error",
        "Each choice that begins ends with a `finish_reason`.",
        "Nobody can tell whether the answer is whole.",
        'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}\n\n'
        "data: [DONE]",
        CHAT,
    ),
    Rule(
        "chat.finish-reason",
        "warning",
        "warning",
        "`finish_reason` is `stop`, `length`, `tool_calls`, `content_filter` or "
        "`function_call`, and is `tool_calls` where there are calls.",
        "An agent goes by it: calls of an answer that has stopped are not made.",
        'data: {…"tool_calls":[…]…}\n\ndata: {…"finish_reason":"stop"…}',
        CHAT,
        "agents that look for calls only where it says tool_calls",
    ),
    Rule(
        "chat.done-marker",
        "warning",
        "warning",
        "The stream ends with `[DONE]`.",
        "A client that waits for it waits until the connection is closed.",
        'data: {…"finish_reason":"stop"…} and the end of the bytes',
        CHAT,
    ),
    Rule(
        "chat.usage",
        "error",
        "error",
        "Token counts add up, and none is negative or larger than what it is a part of.",
        "Costs are reckoned from them.",
        '"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":10}',
        CHAT,
    ),
    Rule(
        "chat.no-usage",
        "warning",
        "warning",
        "Where `stream_options.include_usage` asks for it, a chunk brings the tokens used.",
        "The costs of the answer are not known.",
        '"stream_options":{"include_usage":true} and no chunk with usage',
        CHAT,
    ),
    Rule(
        "messages.event-name",
        "error",
        "error",
        "Each frame has an `event:` field that says its type.",
        "The official client passes over frames without one, and hears nothing.",
        'data: {"type":"message_start",…}',
        MESSAGES,
        "anthropic-python",
    ),
    Rule(
        "messages.no-start",
        "error",
        "error",
        "The first event is `message_start`, and there is one of it.",
        "There is no message that blocks could be added to.",
        "event: content_block_start as the first event",
        MESSAGES,
        "anthropic-python, whose helper for streams raises",
    ),
    Rule(
        "messages.no-stop",
        "error",
        "error",
        "The stream ends with `message_stop`, or with an error.",
        "Nobody can tell whether the answer is whole.",
        "event: message_delta\n… and the end of the bytes",
        MESSAGES,
    ),
    Rule(
        "messages.after-stop",
        "error",
        "error",
        "Nothing more comes behind `message_stop`.",
        "Clients stop reading there, and the rest is lost.",
        "event: message_stop\n…\nevent: content_block_delta\n…",
        MESSAGES,
    ),
    Rule(
        "messages.block-index",
        "error",
        "error",
        "The `index` of blocks counts from 0, without a gap and without a repeat.",
        "Blocks stand at their index in the message: a client finds none there, or another.",
        'event: content_block_start\ndata: {"index":1,…} as the first block',
        MESSAGES,
        "anthropic-python's helper for streams",
    ),
    Rule(
        "messages.block-order",
        "error",
        "error",
        "A block begins when the one before it has stopped; deltas stand between its "
        "start and its stop.",
        "What belongs to no block is lost, or is added to another one.",
        'event: content_block_delta\ndata: {"index":0,…} and no content_block_start before it',
        MESSAGES,
        "anthropic-python's helper for streams",
    ),
    Rule(
        "messages.delta-type",
        "error",
        "error",
        "A block grows by deltas of its own type: text by `text_delta`, thinking by "
        "`thinking_delta`.",
        "A client passes over the piece, or adds it to what it is not.",
        '"content_block":{"type":"tool_use",…}\n… "delta":{"type":"text_delta",…}',
        MESSAGES,
        "anthropic-python, which passes over it",
    ),
    Rule(
        "messages.signature",
        "warning",
        "warning",
        "A thinking block has a signature when it stops.",
        "The API refuses it when it is sent back, as calls of tools demand.",
        '"content_block":{"type":"thinking",…} and no signature_delta before its stop',
        MESSAGES,
    ),
    Rule(
        "messages.stop-reason",
        "warning",
        "warning",
        "A `message_delta` says a known `stop_reason` before `message_stop`, and "
        "`tool_use` where there are calls for the client.",
        "An agent goes by it: calls of a message that says end_turn are not made.",
        "event: message_stop with no message_delta before it",
        MESSAGES,
        "agents that look for calls only where it says tool_use",
    ),
    Rule(
        "messages.usage",
        "warning",
        "warning",
        "`message_start` says the tokens of the request, `message_delta` those of the "
        "answer; counts never sink.",
        "Costs are reckoned from them.",
        'event: message_delta\ndata: {"delta":{"stop_reason":"end_turn"}}',
        MESSAGES,
        "anthropic-python's helper for streams, without usage in message_delta",
    ),
    Rule(
        "messages.done-marker",
        "note",
        "note",
        "The stream ends with `message_stop`, and not with `[DONE]`.",
        "A client that reads every frame as JSON fails.",
        "event: message_stop\n…\n\ndata: [DONE]",
        MESSAGES,
    ),
    Rule(
        "rollout.ordinal",
        "warning",
        None,
        "The lines of a session file are numbered without a gap and without a repeat.",
        "Two programs wrote one file, or lines were lost.",
        '{"ordinal":4,…}\n{"ordinal":4,…}',
        "files of the Codex CLI",
    ),
    Rule(
        "rollout.abandoned",
        "warning",
        None,
        "A command or a call that begins has an end.",
        "The program was killed, or lost the call.",
        '{"type":"response_item","payload":{"type":"function_call",…}} and no output of it',
        "files of the Codex CLI",
    ),
    Rule(
        "rollout.usage",
        "warning",
        None,
        "A request's tokens fit the model's window.",
        "Counts of several requests, or of a parent, were added up.",
        '"total_token_usage":{"total_tokens":4280000},"model_context_window":258400',
        "files of the Codex CLI",
    ),
)

RULES: dict[str, Rule] = {rule.id: rule for rule in _ROWS}
"""The rules by their id, in the order of their families."""


def markdown_list() -> str:
    """The rules by family as the manual prints them: id, levels, what is demanded, who breaks."""
    lines: list[str] = []
    family = ""
    for rule in RULES.values():
        if (own := rule.id.partition(".")[0]) != family:
            family = own
            lines += ["", f"### {family}", ""]
        breaks = f" Breaks: {rule.client}." if rule.client else ""
        lines.append(f"- **{rule.id}** ({_levels(rule)}): {rule.demand}{breaks}")
    return "\n".join(lines[1:])


def _levels(rule: Rule) -> str:
    """The level by the official API, and by Open Responses where that says otherwise."""
    if rule.openai == rule.open_responses:
        return str(rule.openai)
    return f"{rule.openai or 'nothing'}; open-responses: {rule.open_responses or 'nothing'}"
