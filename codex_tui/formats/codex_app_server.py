"""What `codex app-server` and its clients say to each other, a JSON-RPC message a line.

A line is an event, kept as it stands, and named by its method. A turn begins where a client asks
for one, or where the server says so; then its first lines wait for the prompt that an item tells.
What other threads do meanwhile, as those of sub-agents, begins none and ends none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from codex_tui.formats.lines import LineReader, nothing_known
from codex_tui.recording.block_codecs import message_of_line
from codex_tui.recording.records import EndRecord, FrameRecord
from codex_tui.wire.sse import MAX_EVENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.formats.readers import Placed
    from codex_tui.recording.records import How, Record, Span

_MOST_HELD = 32
_HOW: dict[Any, How] = {"completed": "completed", "interrupted": "cancelled", "failed": "failed"}
_METHODS = ("thread/", "turn/", "item/", "codex/event")


def is_message(value: dict[str, Any]) -> bool:
    """Whether an object is a message of the app server, or of one of its clients."""
    match value:
        case {"method": str() as method}:
            return method.startswith(_METHODS) or method in ("initialize", "initialized")
        case {"id": int() | str(), "result": dict() as result}:
            return not result.keys().isdisjoint(("thread", "turn", "userAgent"))
    return False


class _AppTurn(Struct):
    number: int
    asked: Any = None  # its input, where it is known
    model: str | None = None
    held: list[tuple[Span, Record]] = field(default_factory=list)
    open: bool = True  # until its request is told
    begun: bool = False  # whether the server has said so
    over: bool = False
    thread: str | None = None  # the one that it is a turn of, where that is known

    def is_of(self, params: dict[str, Any]) -> bool:
        """Whether a message is about its thread, as far as both are known."""
        return self.thread in (None, params.get("threadId"))


class AppServerReader(LineReader):
    """Reads messages of the app server."""

    def __init__(self, most: int = MAX_EVENT_BYTES) -> None:
        super().__init__(most)
        self._turn: _AppTurn | None = None
        self._model: str | None = None

    def placed(self, span: Span, line: bytes) -> Iterator[Placed]:
        """Yield a line's event, and what it says of its turn."""
        record = message_of_line(line, span[0])
        value = _loaded(record)
        method, params = value.get("method"), _object(value, "params")
        yield from self._begin(method, params)
        turn = self._turn
        if turn is None:
            turn = self._turn = _AppTurn(1)
        turn.held.append((span, record))
        self._learn(turn, method, params)
        if not turn.open or _is_item(method) or len(turn.held) > _MOST_HELD:
            yield from self._tell()
        if method == "turn/completed" and not turn.over and turn.is_of(params):
            turn.over = True
            yield from self._tell()
            yield (sum(span), 0), _end(turn.number, _object(params, "turn"))

    def close(self) -> list[Placed]:
        """Return what waits."""
        return [*super().close(), *self._tell()]

    def _begin(self, method: Any, params: dict[str, Any]) -> Iterator[Placed]:
        """Begin a turn, where one was before: a request and the word that it began are one."""
        turn = self._turn
        if turn is None or method not in ("turn/start", "turn/started"):
            return
        if method == "turn/started" and not (turn.over or turn.is_of(params)):
            return  # a sub-agent's
        asked = turn.asked is not None or turn.begun
        if turn.over or (method == "turn/start" and asked) or turn.begun:
            yield from self._tell()
            self._turn = _AppTurn(turn.number + 1)

    def _learn(self, turn: _AppTurn, method: Any, params: dict[str, Any]) -> None:
        item = _object(params, "item")
        self._model = _word(params.get("model")) or self._model
        if method == "turn/start":
            turn.asked = params.get("input")
        elif method == "turn/started":
            turn.begun = True
            turn.thread = turn.thread or _word(params.get("threadId"))
        elif _is_item(method) and item.get("type") == "userMessage":
            turn.asked = turn.asked or item.get("content")

    def _tell(self) -> Iterator[Placed]:
        """Yield the request of the open turn, and the lines that waited for it."""
        turn = self._turn
        if turn is None:
            return
        held, turn.held = turn.held, []
        if turn.open and held:
            turn.open = False
            request = nothing_known(turn.number)
            request.body = _body(turn.asked, self._model)
            yield (held[0][0][0], 0), request
        yield from held


def _body(asked: Any, model: str | None) -> dict[str, Any] | None:
    body: dict[str, Any] = {"model": model} if model else {}
    parts = [each for each in asked if isinstance(each, dict)] if isinstance(asked, list) else []
    content = [
        {**part, "type": "input_text"} if part.get("type") == "text" else part for part in parts
    ]
    if content:
        body["input"] = [{"type": "message", "role": "user", "content": content}]
    return body or None


def _end(number: int, turn: dict[str, Any]) -> EndRecord:
    message = _word(_object(turn, "error").get("message"))
    how = _HOW.get(turn.get("status"), "completed")
    detail = message or (None if how == "completed" else "The server does not say why.")
    return EndRecord(number, None, how, detail)


def _is_item(method: Any) -> bool:
    return isinstance(method, str) and method.startswith("item/")


def _loaded(record: Record) -> dict[str, Any]:
    try:
        value = json.loads(record.frame.data) if isinstance(record, FrameRecord) else None
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _object(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None
