"""Files of the Codex CLI: its rollouts of all versions, and the output of `codex exec --json`.

A line is an event, kept as it stands; words among them are malformed ones, and change nothing.
Where a turn begins and ends is told by the lines; the request of a turn is made of what they say of
it, so a turn's first lines wait for its prompt. What follows a turn's end, until a task or a prompt
begins the next one, belongs to it, and has no time of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, field

from codex_tui.formats.lines import LineReader, nothing_known
from codex_tui.recording.block_codecs import record_of_line
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord, moment_of
from codex_tui.wire.sse import MAX_EVENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.formats.readers import Placed
    from codex_tui.recording.records import How, Span

_MOST_HELD = 256
"""Lines of a turn that wait for its prompt, at most."""

_MOST_BYTES = 8 * 1024 * 1024
"""Bytes of them, at most."""

_CONTEXT = ("<", "# AGENTS.md instructions")
"""How messages begin that the CLI sends in the user's name."""

_WORK = {"agent_message", "agent_reasoning", "agent_reasoning_raw_content", "error", "item_started"}
_OVER = {"task_complete", "turn_complete", "turn_aborted"}
_WORK_OR_END = _WORK | _OVER
_STARTED = {"task_started", "turn_started"}
_TOLD_ONCE = {*_STARTED, "token_count"}  # what tells of a file how its version writes


class _Payload(msgspec.Struct, gc=False):
    type: Any = None
    role: Any = None
    cli_version: Any = None
    id: Any = None
    forked_from_id: Any = None
    parent_thread_id: Any = None
    source: Any = None


class _CodexLine(msgspec.Struct, gc=False):
    type: Any = None
    role: Any = None
    timestamp: Any = None
    payload: _Payload | None = None


_peek = msgspec.json.Decoder(_CodexLine)
_load = msgspec.json.Decoder()


class _RolloutTurn(Struct):
    """A turn, as far as it is known; `open` until its request is told."""

    number: int
    began: float | None
    wall: str
    held: list[tuple[Span, FrameRecord, float | None]] = field(default_factory=list)
    task: bool = False
    prompt: list[Any] | None = None
    given: list[Any] | None = None  # what may be the prompt
    context: bool = False
    size: int = 0  # of what is held
    open: bool = True
    over: bool = False
    answered: bool = False
    compacted: bool = False
    counted: bool = False  # whether its last answer was followed by a count, as whole ones are
    worked: bool = False  # whether the model has said or called anything
    failure: str | None = None  # what an error of it said
    last: float | None = None  # when its latest line was written

    @property
    def full(self) -> bool:
        """Whether no more lines can wait."""
        return len(self.held) > _MOST_HELD or self.size > _MOST_BYTES

    def note(self, peek: _CodexLine, about: str, work: bool) -> None:
        """Take in how far it has come with a line."""
        self.compacted = self.compacted or peek.type == "compacted"
        if about == "token_count":
            self.counted = True
        elif work:
            self.counted = False
            self.worked = self.worked or about not in _OVER
        if _role(peek) == "assistant":
            self.answered = True
        elif peek.type in ("response_item", *_BARE_CALLS):
            self.answered = False


class RolloutReader(LineReader):
    """Reads a rollout."""

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        super().__init__(most)
        self._turn: _RolloutTurn | None = None
        self._model: str | None = None
        self._effort: str | None = None
        self._time: float | None = None  # of the latest line
        self._wall = ""
        self._end = 0
        self._version = ""
        self._thread: Any = None  # its id
        self._copied = False  # whether it came of another one, which it tells of as well
        self._tasks = False  # whether its version tells where turns begin and end
        self._counts = False  # whether it tells counts

    def placed(self, span: Span, line: bytes) -> Iterator[Placed]:
        """Yield a line's event, and what it says of its turn."""
        record = record_of_line(line, span[0])
        self._end = sum(span)
        if not isinstance(record, FrameRecord):
            yield from self._tell()
            yield span, record
            return
        peek = _peeked(record)
        about = _about(peek)
        self._note_time(peek)
        yield from self._begin(peek, about, record, span[0])
        turn = self._turn
        if turn is None:
            return
        if about in _TOLD_ONCE:
            self._tasks = self._tasks or about != "token_count"
            self._counts = self._counts or about == "token_count"
        elif peek.type == "session_meta":
            self._note_thread(peek)
        if not turn.open:
            yield span, record if turn.over else self._timed(record, self._time)
        else:
            turn.held.append((span, record, self._time))
            turn.size += span[1]
        yield from self._follow(turn, peek, about, record, sum(span))

    def close(self) -> list[Placed]:
        """Return what waits, and how the last turn ended where nothing says it."""
        found = [*super().close(), *self._tell()]
        if self._turn is not None and (end := self._unsaid_end(self._turn)) is not None:
            found.append(((self._end, 0), end))
        return found

    def _note_time(self, peek: _CodexLine) -> None:
        self._time = moment_of(peek.timestamp) if isinstance(peek.timestamp, str) else None
        if self._time is not None:
            self._wall = str(peek.timestamp)

    def _note_thread(self, peek: _CodexLine) -> None:
        """Take from a line whose thread it is, and which version writes."""
        if (meta := peek.payload) is None:
            return
        self._version = _word(meta.cli_version) or self._version
        if self._thread is None or self._is_another(peek):
            self._thread = meta.id
            came = meta.forked_from_id or meta.parent_thread_id
            self._copied = bool(came or isinstance(meta.source, dict))

    def _timed(self, record: FrameRecord, time: float | None) -> FrameRecord:
        began = self._turn.began if self._turn is not None else None
        if self._turn is not None and time is not None and began is not None:
            record.t = self._turn.last = round(time - began, 6)
        return record

    def _is_another(self, peek: _CodexLine) -> bool:
        """Whether another thread begins: files that were put behind each other."""
        meta = peek.payload
        if meta is None or meta.id is None or self._thread is None or self._copied:
            return False
        return bool(meta.id != self._thread)

    # -- turns -----------------------------------------------------------------------------------

    def _begin(
        self, peek: _CodexLine, about: str, record: FrameRecord, offset: int
    ) -> Iterator[Placed]:
        """Begin a turn where a line does; what is known of the one before is told first."""
        turn = self._turn
        if turn is not None and not self._begins(turn, peek, about, record):
            if turn.began is None and turn.open:  # but words stand before
                turn.began, turn.wall = self._time, self._wall
            return
        if turn is not None:
            yield from self._tell()
            if (end := self._unsaid_end(turn)) is not None:
                yield (offset, 0), end
        self._turn = _RolloutTurn(turn.number + 1 if turn else 1, self._time, self._wall)

    def _begins(
        self, turn: _RolloutTurn, peek: _CodexLine, about: str, record: FrameRecord
    ) -> bool:
        if peek.type == "session_meta" and self._is_another(peek):
            return True
        if about in _STARTED:
            return turn.over or turn.task or turn.answered
        if not turn.over and (turn.task or turn.open):
            return False
        return _role(peek) == "user" and _prompt_in(record) is not None

    def _follow(
        self, turn: _RolloutTurn, peek: _CodexLine, about: str, record: FrameRecord, end: int
    ) -> Iterator[Placed]:
        work = _is_work(peek)
        turn.task = turn.task or about in _STARTED
        if turn.open:
            self._learn(turn, peek, record)
            if turn.full or work or (turn.prompt and turn.context):
                yield from self._tell()
        turn.note(peek, about, work)
        if peek.type == "turn_context" and turn.over:
            self._note_settings(record)
        elif about == "error":
            turn.failure = _word(_payload(record).get("message")) or turn.failure
        elif about in _OVER and not turn.over:
            turn.over = True
            how, detail = _ending(turn, about, record)
            yield (end, 0), EndRecord(turn.number, record.t, how, detail)

    def _learn(self, turn: _RolloutTurn, peek: _CodexLine, record: FrameRecord) -> None:
        """Take from a line what it says of the request."""
        about = _about(peek)
        if peek.type == "turn_context":
            turn.context = True
            self._note_settings(record)
        elif about in ("user_message", "item_completed"):
            turn.prompt = _prompt_told(_payload(record)) or turn.prompt
        elif _role(peek) == "user":
            turn.given = _prompt_in(record) or turn.given

    def _note_settings(self, record: FrameRecord) -> None:
        payload = _payload(record)
        self._model = _word(payload.get("model")) or self._model
        self._effort = _word(payload.get("effort")) or self._effort

    def _tell(self) -> Iterator[Placed]:
        """Yield the request of the open turn, and the lines that waited for it."""
        turn = self._turn
        if turn is None or not turn.open:
            return
        turn.open = False
        held, turn.held = turn.held, []
        yield (held[0][0][0], 0), self._request(turn)
        for span, record, time in held:
            yield span, self._timed(record, time)

    def _request(self, turn: _RolloutTurn) -> RequestRecord:
        request = nothing_known(turn.number, turn.wall)
        body: dict[str, Any] = {}
        if self._model:
            body["model"] = self._model
        if self._effort:
            body["reasoning"] = {"effort": self._effort}
        if content := turn.prompt or turn.given:
            body["input"] = [{"type": "message", "role": "user", "content": content}]
        request.body = body or None
        return request

    def _unsaid_end(self, turn: _RolloutTurn) -> EndRecord | None:
        """The end of a turn of versions that write none; what can't be known is not claimed."""
        if turn.over or turn.task:
            return None
        turn.over = True
        unsaid = self._unsaid()
        if turn.answered and (turn.counted or not self._counts):
            return EndRecord(turn.number, turn.last, "completed", unsaid)
        lacks = "no count behind its last answer" if turn.answered else "no answer at its end"
        detail = turn.failure or f"{unsaid} It has {lacks}."
        return EndRecord(turn.number, turn.last, "interrupted", detail)

    def _unsaid(self) -> str:
        """Why no line says how a turn ended; of a version only what is known of it."""
        if not self._tasks and _numbers(self._version) <= _LAST_WITHOUT_TASKS:
            writer = f"Codex {self._version}" if self._version else "This version of Codex"
            return f"{writer} does not write how a turn ended."
        return "The file does not say how the turn ended."


_LAST_WITHOUT_TASKS = (0, 80)
"""The last version of which it is known that it writes no ends; 0.120 does."""

_BARE_CALLS = ("reasoning", "function_call", "local_shell_call", "custom_tool_call")


def _peeked(record: FrameRecord) -> _CodexLine:
    try:
        return _peek.decode(record.frame.data)
    except (ValueError, RecursionError):
        return _CodexLine()


def _about(peek: _CodexLine) -> str:
    about = peek.payload.type if peek.payload and peek.type == "event_msg" else None
    return about if isinstance(about, str) else ""


def _role(peek: _CodexLine) -> str:
    """Whose message a line is: of a rollout, or a bare one of the first versions."""
    holder: _CodexLine | _Payload | None = peek.payload if peek.type == "response_item" else peek
    role = holder.role if holder is not None and _is_message(peek) else None
    return role if isinstance(role, str) else ""


def _is_message(peek: _CodexLine) -> bool:
    if peek.type == "response_item":
        return peek.payload is not None and peek.payload.type == "message"
    return bool(peek.type == "message")


def _is_work(peek: _CodexLine) -> bool:
    """Whether the model, or a tool, has done something: the request was sent before."""
    if peek.type == "response_item":
        return not _is_message(peek) or _role(peek) == "assistant"
    if peek.payload is None and isinstance(peek.type, str):
        return peek.type != "message" or peek.role == "assistant"
    return _about(peek) in _WORK_OR_END


def _loaded(record: FrameRecord) -> dict[str, Any]:
    try:
        value = _load.decode(record.frame.data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _payload(record: FrameRecord) -> dict[str, Any]:
    value = _loaded(record).get("payload")
    return value if isinstance(value, dict) else {}


def _prompt_told(payload: dict[str, Any]) -> list[Any] | None:
    """The user's words as the CLI told of them, as the content of a message."""
    if payload.get("type") == "item_completed":
        item = payload.get("item")
        if not isinstance(item, dict) or item.get("type") != "UserMessage":
            return None
        return _contents(item.get("content")) or None
    text = payload.get("message")
    return [{"type": "input_text", "text": text}] if isinstance(text, str) else None


def _contents(content: Any) -> list[Any]:
    parts = content if isinstance(content, list) else []
    return [
        {**part, "type": "input_text"} if part.get("type") == "text" else part
        for part in parts
        if isinstance(part, dict)
    ]


def _prompt_in(record: FrameRecord) -> list[Any] | None:
    """The content of a user's message; None where the CLI wrote it."""
    value = _loaded(record)
    item = value.get("payload") if value.get("type") == "response_item" else value
    content = item.get("content") if isinstance(item, dict) else None
    if not isinstance(content, list):
        return None
    texts = [part.get("text") for part in content if isinstance(part, dict)]
    first = next((text for text in texts if isinstance(text, str)), "")
    return None if first.lstrip().startswith(_CONTEXT) else content


def _ending(turn: _RolloutTurn, about: str, record: FrameRecord) -> tuple[How, str | None]:
    payload = _payload(record)
    if about == "turn_aborted":
        reason = payload.get("reason")
        return "cancelled", f"Aborted: {reason}." if isinstance(reason, str) else "Aborted."
    error = payload.get("error")
    if error:
        message = error.get("message") if isinstance(error, dict) else error
        return "failed", message if isinstance(message, str) else "The turn failed."
    if _lacks_answer(turn, payload):
        return "failed", turn.failure or _NO_MESSAGE
    if turn.answered or turn.compacted or payload.get("last_agent_message"):
        return "completed", None
    return "interrupted", "The task is over with no answer, and Codex has not written why."


def _lacks_answer(turn: _RolloutTurn, payload: dict[str, Any]) -> bool:
    """Whether a turn that was asked for something has no last message, and that is said."""
    told = "last_agent_message" in payload and payload["last_agent_message"] is None
    asked = turn.prompt or turn.given or turn.failure
    return bool(told and asked and (turn.worked or not turn.compacted))


_NO_MESSAGE = "Codex has kept no last message: the turn failed, and the file does not say why."


def _numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version; none where it has none."""
    return tuple(int(word) for word in version.split(".")[:2] if word.isdecimal())


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


class ExecReader(LineReader):
    """Reads the output of `codex exec --json`, of several runs in a row as well."""

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        super().__init__(most)
        self._turn = 1
        self._thread = self._started = self._over = False

    def placed(self, span: Span, line: bytes) -> Iterator[Placed]:
        """Yield a line's event, and the turn that it begins or ends."""
        record = record_of_line(line, span[0])
        peek = _peeked(record) if isinstance(record, FrameRecord) else _CodexLine()
        if self._begins(peek.type):
            self._turn += 1
            self._thread = self._started = self._over = False
            yield (span[0], 0), nothing_known(self._turn)
        self._thread = self._thread or peek.type == "thread.started"
        self._started = self._started or peek.type == "turn.started"
        yield span, record
        if peek.type in ("turn.completed", "turn.failed") and isinstance(record, FrameRecord):
            self._over = True
            yield (sum(span), 0), _exec_end(self._turn, str(peek.type), record)

    def _begins(self, type_: Any) -> bool:
        if type_ == "thread.started":
            return self._thread or self._started
        return type_ == "turn.started" and self._started


def _exec_end(turn: int, type_: str, record: FrameRecord) -> EndRecord:
    if type_ == "turn.completed":
        return EndRecord(turn, None, "completed")
    error = _loaded(record).get("error")
    message = error.get("message") if isinstance(error, dict) else None
    return EndRecord(turn, None, "failed", message if isinstance(message, str) else None)
