"""A turn as people read it: part by part, in the order in which it came, and its figures.

Markdown, the page and the plain text are made of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codex_tui import units
from codex_tui.figures.measures import measure
from codex_tui.figures.report import lines_of, note_on_times
from codex_tui.model.codex_marks import inherited_turns, marks_on
from codex_tui.model.items import (
    MessageItem,
    OtherItem,
    ReasoningItem,
    ToolCall,
    ToolOutput,
    path_of,
)
from codex_tui.model.remarks import beginning_of, only_final, remarks_on
from codex_tui.model.socket_words import gist_of_message, way_of
from codex_tui.model.warm_ups import said_turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.exports.material import Material
    from codex_tui.figures.report import Line
    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item, ResponseState
    from codex_tui.model.socket_facts import SocketFacts

Kind = Literal[
    "prompt", "reasoning", "call", "output", "answer", "refusal", "other", "note", "error"
]


@dataclass(frozen=True, slots=True)
class Telling:
    """One part of a turn: what it is, what it is called, and its text.

    `note` says how long it took and how it ended; `name` is that of its tool, or a call's id.
    """

    kind: Kind
    title: str
    text: str
    note: str = ""
    name: str = ""


def tell(turn: Turn, turns: Sequence[Turn]) -> Iterator[Telling]:
    """Yield the parts of a turn: what was asked, what came, and what went wrong.

    Args:
        turn: The turn.
        turns: All turns of the session.
    """
    for mark in marks_on(turn, turns):
        yield Telling("other", "note", "", mark)
    yield from _asked(turn)
    responses, shown = turn.transcript.responses, 0
    for item in turn.transcript.items:
        yield from _beginnings(responses, shown, shown := item.response)
        if not item.repeats:
            yield from _item(turn, item)
    yield from _beginnings(responses, shown, len(responses) - 1)
    if turn.socket is not None:
        yield from _messages(turn.socket)
    if turn.how not in ("completed", "streaming"):
        yield Telling("error", _how(turn), _detail(turn))
    if notes := remarks_on(turn, besides=True):
        yield Telling("note", "on how it was sent", "\n".join(notes))


def _beginnings(responses: list[ResponseState], shown: int, latest: int) -> Iterator[Telling]:
    """Yield the lines between one response of a stream and a later one."""
    for number in range(shown + 1, latest + 1):
        yield Telling("note", beginning_of(responses, number), "")


def _asked(turn: Turn) -> Iterator[Telling]:
    for call_id, text in turn.tool_outputs:
        name = turn.call_names.get(call_id, call_id)
        yield Telling("output", "output sent back", text, name=name)
    if turn.says:
        yield Telling("prompt", "prompt", turn.says)


def _item(turn: Turn, item: Item) -> Iterator[Telling]:
    note = _note(turn, item)
    match item:
        case MessageItem():
            yield from _message(item, note)
        case ReasoningItem():
            yield from _reasoning(item, note)
        case ToolCall():
            yield from _call(item, note)
        case ToolOutput():
            if item.call is None and len(item.output):
                yield Telling("output", "output", str(item.output), name=item.call_id or item.type)
        case OtherItem():
            yield Telling("other", item.type, item.note, note)


def _message(item: MessageItem, note: str) -> Iterator[Telling]:
    role = "answer" if item.role in (None, "assistant") else str(item.role)
    role = f"{role} of {item.which}" if item.which else role
    title = f"{role} ({item.phase.replace('_', ' ')})" if item.phase else role
    if text := item.text:
        yield Telling("answer", title, text, note)
    if refusal := item.refusal:
        yield Telling("refusal", "refusal", refusal, note)
    for part in item.parts:
        if part.type not in ("", "output_text", "refusal") and len(part.text):
            yield Telling("other", part.type, str(part.text), note)


def _reasoning(item: ReasoningItem, note: str) -> Iterator[Telling]:
    for parts, title in ((item.summaries, "reasoning summary"), (item.contents, "reasoning")):
        text = "\n\n".join(str(part.text) for part in parts if len(part.text))
        if text:
            yield Telling("reasoning", title, text, note)
    if not any(map(len, item.texts())):
        said = "encrypted, with no summary" if item.encrypted else "empty"
        yield Telling("reasoning", "reasoning", "", " · ".join(filter(None, (said, note))))


def _call(item: ToolCall, note: str) -> Iterator[Telling]:
    by = [f"called by {item.caller}"] if item.caller else []
    of = [f"of {item.which}"] if item.which else []
    status = item.status if item.status != "completed" else ""
    words = (status, item.outcome or "", *of, *by, note)
    name = " ".join(filter(None, (item.display_name or item.type, path_of(item))))
    said = " · ".join(filter(None, words))
    asked = str(item.arguments)
    if not asked and item.action is not None:
        asked = json.dumps(item.action, ensure_ascii=False)
    yield Telling("call", "tool call", asked, said, name)
    if item.closed_with is not None:
        yield Telling("call", "closed with an object", item.closed_with, name=name)
    if len(item.output):
        yield Telling("output", "output", str(item.output), name=name)
    if item.error:
        yield Telling("error", "error", item.error, name=name)


def _note(turn: Turn, item: Item) -> str:
    span = turn.span_of(item)
    took = units.seconds(span.seconds) if span is not None else ""
    only = "" if item.streamed else only_final(item, turn.transcript.responses)
    return " · ".join(filter(None, (took, only)))


def _how(turn: Turn) -> str:
    return turn.how.replace("_", " ")


def _detail(turn: Turn) -> str:
    detail, reason = turn.detail or "", turn.transcript.response.reason or ""
    return detail if reason in detail else "\n".join(filter(None, (detail, reason)))


def title_of(material: Material) -> str:
    """What the session is called: its first prompt's first line, or the file's name."""
    inherited = inherited_turns(material.turns)
    for turn in (each for each in said_turns(material.turns) if each.number not in inherited):
        if turn.prompt.strip() and not material.scrub.lengths:
            return " ".join(turn.prompt.strip().partition("\n")[0].split())[:120]
    return material.name or "a session"


def _messages(facts: SocketFacts) -> Iterator[Telling]:
    """What was sent besides, and how the socket was closed."""
    for sent in facts.sent:
        text = sent.text if sent.opcode == "text" else ""
        yield Telling("other", way_of(sent), text, "" if text else units.size(len(sent.data)))
    if (left := facts.sent_total - len(facts.sent)) > 0:
        yield Telling("other", "sent", "", f"and {units.count(left, 'further message')}")
    for way, count in facts.others:
        yield Telling("other", way, "", f"×{count:,}")
    if facts.close is not None:
        yield Telling("other", way_of(facts.close), "", gist_of_message(facts.close, _REASON))


_REASON = 200  # characters of a close frame's reason: it has 123 bytes at most


def heading_of(turn: Turn, turns: int) -> str:
    """Which turn it is, of what model, and how it ended."""
    which = f"turn {turn.number} of {turns}" if turns > 1 else ""
    warm_up = "warm-up" if turn.warm_up else ""
    return " · ".join(filter(None, (which, warm_up, turn.transcript.model or "", _how(turn))))


def figures_of(material: Material, turn: Turn) -> list[Line]:
    """The figures of a turn; those that the data lacks are not among them."""
    timing = material.folds.timing
    return list(lines_of(measure(turn, timing), timing))


def note_of(material: Material, turn: Turn) -> str:
    """What has to be said of a turn's times; empty where they are what the figures say."""
    return note_on_times(measure(turn, material.folds.timing))
