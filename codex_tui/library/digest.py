"""A file read once: what the list says of it, and its words.

It is folded as the app folds it, so that the list and the app can't tell two stories. Turns that a
thread of the Codex CLI has from its parent are the parent's: their words are found, and no more.
"""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from codex_tui.findings import Checker
from codex_tui.formats import any_reader
from codex_tui.library.saved import TurnText
from codex_tui.model.codex_marks import inherited_turns
from codex_tui.model.conversation import Conversation
from codex_tui.model.items import ToolCall, ToolOutput
from codex_tui.model.warm_ups import said_turns
from codex_tui.recording.files import READ_ONLY
from codex_tui.recording.format import parse_header
from codex_tui.recording.log import event_of
from codex_tui.recording.records import moment_of
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from io import RawIOBase
    from pathlib import Path

    from codex_tui.formats.readers import Placed
    from codex_tui.model.conversation import Turn
    from codex_tui.recording.format import Header

_CHUNK = 32 * 1024  # bytes read at a time: some ten milliseconds
_RECORDS = 100  # records between two calls of `pause`
_TITLE = 200
_MOST_TOOLS = 100
_BEFORE = 60.0  # seconds: a file is made when the first record of a request has come


class Digest(NamedTuple):
    """What a file says; the fields are those of `SavedSession`."""

    problem: str = ""
    recorded: float | None = None
    title: str = ""
    model: str = ""
    provider: str = ""
    turns: int = 0
    events: int = 0
    seconds: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    how: str = ""
    is_open: bool = False
    errors: int | None = None
    warnings: int | None = None
    rules: tuple[str, ...] = ()
    first_text: float | None = None
    tools: tuple[str, ...] = ()
    program: str = ""
    run_group: str = ""
    run: str = ""
    texts: tuple[TurnText, ...] = ()

    def masked(self, mask: Callable[[str], str]) -> Digest:
        """The same, with what was said as `mask` gives it: a secret may have come in pieces."""
        texts = tuple(TurnText._make(map(mask, text)) for text in self.texts)
        return self._replace(texts=texts, title=_title(texts), model=mask(self.model))


def digest(
    path: Path, pause: Callable[[], None] = lambda: None, folder_problem: str | None = None
) -> Digest:
    """Read a file; whatever is wrong with it is said in `problem`.

    Args:
        path: The file, or what stands for a folder that can't be looked into.
        pause: Called every few milliseconds; what it raises ends the reading.
        folder_problem: Why the folder can't.
    """
    if folder_problem is not None:
        return Digest(f"the folder can't be read: {folder_problem}")
    try:
        descriptor = os.open(path, READ_ONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Digest("no recording: not a regular file")
            return _read(file, pause)
    except OSError as error:
        return Digest(f"can't be read: {error.strerror or error}")


def _read(file: RawIOBase, pause: Callable[[], None]) -> Digest:
    reader, checker = any_reader(), Checker()
    conversation = Conversation(witness=checker)
    head = b""
    while not reader.limit and (chunk := file.read(_CHUNK)):
        head = head or chunk
        for found in reader.fed(chunk):
            _fold(found, conversation, checker, pause)
    _fold(reader.close(), conversation, checker, pause)
    if reader.refusal is not None:
        return Digest(f"no recording: {reader.refusal.sentence}")
    header, turn = parse_header(head), conversation.turn
    # A plain dump never says how it ended; a recording does, unless it is being written or was cut.
    is_open = header is not None and turn is not None and not turn.ended
    conversation.finish()
    checker.finish(growing=is_open)
    return _checked(_digest(conversation.turns, header, is_open=is_open), checker)


def _checked(digest: Digest, checker: Checker) -> Digest:
    """The digest with what is wrong, where there was something that could be checked."""
    if not checker.checked:
        return digest
    counts = checker.findings.counted()
    rules = dict.fromkeys(each.rule for each in checker.findings.of("warning"))
    return digest._replace(errors=counts["error"], warnings=counts["warning"], rules=tuple(rules))


def _fold(
    found: Sequence[Placed],
    conversation: Conversation,
    checker: Checker,
    pause: Callable[[], None],
) -> None:
    for number, (_, record) in enumerate(found, 1):
        event = event_of(record)
        conversation.apply(record, event)
        checker.take(record, event, conversation.current)
        if not number % _RECORDS:
            pause()
    pause()


def _digest(turns: list[Turn], header: Header | None, *, is_open: bool) -> Digest:
    texts = tuple(_text(turn) for turn in turns)
    inherited = inherited_turns(turns)
    own = [turn for turn in turns if turn.number not in inherited] or turns
    said = said_turns(own)
    usages = [turn.transcript.usage for turn in own if turn.transcript.usage]
    times = [seconds for turn in own if (seconds := _seconds(turn)) is not None]
    return Digest(
        recorded=_recorded(turns, header),
        title=_title([texts[turn.number - 1] for turn in said]),
        first_text=said[0].times.first_text if said else None,
        tools=_tool_names(said),
        program=(header and header.program) or "",
        run_group=(header and header.group) or "",
        run=(header and header.run) or "",
        model=_last(turn.transcript.model or _asked_model(turn) for turn in turns),
        provider=_last(_host(turn) for turn in turns),
        turns=len(said),
        events=sum(turn.events.total for turn in own),
        seconds=sum(times) if times else None,
        input_tokens=_tokens(usage.input_tokens for usage in usages),
        output_tokens=_tokens(usage.output_tokens for usage in usages),
        how=str(said[-1].how) if said else "",
        is_open=is_open,
        texts=texts,
    )


def _last(values: Iterable[str]) -> str:
    return next((value for value in reversed([*values]) if value), "")


def _asked_model(turn: Turn) -> str:
    body = turn.request.body if turn.request else None
    model = body.get("model") if isinstance(body, dict) else None
    return model if isinstance(model, str) else ""


def _host(turn: Turn) -> str:
    try:
        return urlsplit(turn.request.url).netloc.rpartition("@")[2] if turn.request else ""
    except ValueError:
        return ""


def _seconds(turn: Turn) -> float | None:
    times = turn.times
    return times.last_read if times.end is None else times.end


def _tokens(counts: Iterable[int]) -> int | None:
    sent = [count for count in counts if count is not NOT_SENT]
    return sum(sent) if sent else None


def _recorded(turns: list[Turn], header: Header | None) -> float | None:
    """When the first request was sent since the file was made, or else the first of all.

    A recording that goes on from another begins with its turns, and is as old as what it added.
    """
    asked = [moment_of(turn.request.wall) for turn in turns if turn.request is not None]
    known = [moment for moment in asked if moment is not None]
    made = moment_of(header.created) if header is not None else None
    if made is None:
        return known[0] if known else None
    since = [moment for moment in known if moment > made - _BEFORE]
    return (since or known or [made])[0]


def _title(texts: Sequence[TurnText]) -> str:
    """The first line that was asked; where none is known, of what was answered, in quotes."""
    if asked := _first_line(text.prompt for text in texts):
        return asked
    answered = _first_line(text.answer for text in texts)
    return f"“{answered}”" if answered else ""


def _first_line(texts: Iterable[str]) -> str:
    lines = (line.strip() for text in texts for line in text.splitlines())
    return next((line[:_TITLE] for line in lines if line), "")


def _tool_names(turns: Sequence[Turn]) -> tuple[str, ...]:
    names = (call.display_name for turn in turns for call in turn.transcript.tool_calls)
    return tuple(dict.fromkeys(name.replace(" ", "_") for name in names if name))[:_MOST_TOOLS]


def _text(turn: Turn) -> TurnText:
    transcript = turn.transcript
    return TurnText(
        turn.says,
        "\n\n".join(filter(None, (transcript.output_text, transcript.refusal))),
        "\n\n".join(filter(None, (transcript.reasoning_summary, transcript.reasoning_text))),
        "\n".join(_tools(turn)),
        f"{turn.how}: {turn.detail}" if turn.detail else "",
    )


def _tools(turn: Turn) -> Iterable[str]:
    """The tool calls, their outputs, and the outputs that the request brought back."""
    yield from (output for _, output in turn.tool_outputs)
    for item in turn.transcript.items:
        if isinstance(item, ToolCall):
            action = json.dumps(item.action, ensure_ascii=False) if item.action else ""
            said = (item.display_name, *map(str, item.texts()), action, item.error)
            yield " ".join(filter(None, said))
        elif isinstance(item, ToolOutput):
            yield from map(str, item.texts())
