"""A turn's figures written out: the JSON object for scripts, aligned lines and one line for people.

The object's keys are a promise: every key under `"timing"` is always there, null is what the data
lacks; strings are the wire's, uncleaned. In lines a figure that the data lacks is left out, never
guessed, and the words of servers stand as they came.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from codex_tui import units
from codex_tui.figures.measures import measure
from codex_tui.figures.table import FIGURES, seconds
from codex_tui.model.codex_marks import inherited_turns, marks_on, rolled_back_turns
from codex_tui.model.items import MessageItem, OtherItem, ToolCall
from codex_tui.model.remarks import remarks_on
from codex_tui.model.timing import END, HEADERS, TOPIC
from codex_tui.wire.base import NOT_SENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codex_tui.figures.measures import ItemTime, Measures
    from codex_tui.figures.rate_limits import RateLimit
    from codex_tui.figures.table import Figure
    from codex_tui.model.conversation import Turn
    from codex_tui.model.irregular import Irregularities
    from codex_tui.model.items import Item
    from codex_tui.model.stalls import Buffering, Stall
    from codex_tui.model.timing import Timing
    from codex_tui.model.transcript import Transcript
    from codex_tui.wire.items import ResponseError, Usage

# Commands come as lists in an object; only these types carry their arguments as one string.
_COMPOSED = {"shell_call", "local_shell_call"}


def report(turn: Turn) -> dict[str, Any]:
    """Return what a turn brought and how it ended.

    `protocol` is whose events it is made of: `responses`, `chat_completions` or `messages`.
    `status` is None without a terminal event; `error` is the server's error object, or
    `{"message": …}` where the transport ended the turn; `notes` says what was wrong with the
    stream, and was read all the same.
    """
    transcript, events = turn.transcript, turn.events
    return {
        "protocol": turn.protocol,
        "status": transcript.status,
        "output_text": transcript.output_text,
        "output": [_text(item) for item in transcript.items if _has_text(item)],
        "reasoning_summary": transcript.reasoning_summary,
        "reasoning_text": transcript.reasoning_text,
        "refusal": transcript.refusal,
        "tool_calls": [_tool_call(call) for call in transcript.tool_calls],
        "usage": usage_object(transcript.usage),
        "responses": _responses(transcript),
        "usage_of_all": usage_object(transcript.usage_sum) if _several(transcript) else None,
        "error": _error(turn),
        "how": turn.how,
        "why": turn.sentence or None,
        "events": {
            "total": events.total,
            "unknown": events.unknown,
            "malformed": events.malformed,
            **_irregular(turn.irregular),
        },
        "contradiction": transcript.response.contradiction or None,
        "notes": remarks_on(turn),
    }


def _irregular(found: Irregularities) -> dict[str, Any]:
    """Counts of what should not be there, and the places of the first hundred of each.

    A place is an event's number, or `#120+1`: the first row after event 120 that has none.
    """
    places = {
        "malformed": found.malformed,
        "errors": found.errors,
        "after_end": found.late,
        "foreign": found.foreign,
        "bare": found.bare,
        "untyped": found.untyped,
    }
    told = ("malformed", "untyped")  # the latter among those that are unknown
    counts = {name: each.count for name, each in places.items() if name not in told}
    others = {name: each.count for name, each in found.others.items()}
    at = {name: each.first for name, each in places.items() if each.count}
    return {**counts, "other_apis": others, "places": at}


def whole_report(turn: Turn, timing: Timing, turns: Sequence[Turn] = ()) -> dict[str, Any]:
    """Return the same with its figures under `timing`, and what a file of the CLI says, `codex`.

    Args:
        turn: The turn.
        timing: What its figures are worked out from.
        turns: All turns of the session; what later ones say of this one is known by them.
    """
    return {
        **report(turn),
        "codex": codex_object(turn, turns or [turn]),
        "socket": socket_object(turn),
        "timing": timing_object(measure(turn, timing), timing),
    }


def codex_object(turn: Turn, turns: Sequence[Turn]) -> dict[str, Any] | None:
    """Return what a file of the Codex CLI says of a turn and its thread; None in all others.

    `usage` stands elsewhere and is the turn's own; `thread_usage` is what exec output told of the
    thread so far; `notes` are sentences.
    """
    if (codex := turn.codex) is None:
        return None
    return {
        "thread_id": codex.thread.id or None,
        "parent_id": codex.thread.parent or None,
        "subagent": codex.thread.spawned,
        "inherited": turn.number in inherited_turns(turns),
        "rolled_back": turn.number in rolled_back_turns(turns),
        "context_tokens": codex.context,
        "context_window": codex.window,
        "thread_usage": usage_object(codex.whole),
        "notes": list(marks_on(turn, turns)),
    }


def socket_object(turn: Turn) -> dict[str, Any] | None:
    """Return what a socket carried beside the events of a turn; None where none carried it.

    `sent` are the first hundred messages of the client that began no turn, of `sent_total`;
    `others` counts control frames and binary messages by way and kind; `asked_at` is when the turn
    was asked for, in seconds since the socket was.
    """
    if (facts := turn.socket) is None:
        return None
    request = turn.request
    return {
        "asked_at": request.t if request is not None else None,
        "lane": request.lane if request is not None else None,
        "warm_up": turn.warm_up,
        **facts.told(),
    }


def _has_text(item: Item) -> bool:
    if isinstance(item, OtherItem):
        return bool(item.note)
    return isinstance(item, MessageItem) and not item.repeats and not item.empty


def _text(item: Item) -> dict[str, Any]:
    """Return a text of the output, with its phase, and who of several agents says it.

    `streamed` is false for what only a terminal event brought; so it is of calls.
    """
    message = item if isinstance(item, MessageItem) else None
    return {
        "type": item.type,
        "phase": message.phase if message else None,
        "agent": item.agent,
        "streamed": item.streamed,
        "text": message.text if message else getattr(item, "note", ""),
        "others": _other_texts(message) if message else [],
    }


def _other_texts(message: MessageItem) -> list[dict[str, str]]:
    """Return the texts of a message that are neither its answer nor its refusal."""
    parts = (part for part in message.parts if part.type not in ("", *_TOLD_APART))
    return [{"type": part.type, "text": str(part.text)} for part in parts if len(part.text)]


_TOLD_APART = ("output_text", "refusal")


def _several(transcript: Transcript) -> bool:
    return len(transcript.responses) > 1


def _responses(transcript: Transcript) -> list[dict[str, Any]]:
    """Return what each response of a stream said, where it held several."""
    count = len(transcript.responses) if _several(transcript) else 0
    return [_response(transcript, number) for number in range(count)]


def _response(transcript: Transcript, number: int) -> dict[str, Any]:
    """Return one of the responses of a stream: texts and figures above are the last one's."""
    state, texts = transcript.responses[number], transcript.texts_of(number)
    return {
        "id": state.id,
        "status": state.status,
        "begun_at": state.begun or None,
        **texts._asdict(),
        "usage": usage_object(state.usage),
    }


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {
        "type": call.type,
        "name": call.name,
        "call_id": call.call_id,
        "arguments": "" if call.type in _COMPOSED else str(call.arguments),
        "action": call.action,
        "closed_with": _json(call.closed_with),
        "output": str(call.output),
        "agent": call.agent,
        "caller": call.called_by,
        "status": call.status,
        "outcome": call.outcome,
        "error": call.error,
        "streamed": call.streamed,
    }


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def usage_object(usage: Usage | None) -> dict[str, Any] | None:
    """Return token counts as they stood on the wire; None where there were none."""
    if usage is None:
        return None
    if usage.own_words:
        return usage.extra
    details = usage.input_tokens_details, usage.output_tokens_details
    found = {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": details[0]
        and _sent(**{"cached_tokens": details[0].cached_tokens, **details[0].extra}),
        "output_tokens": usage.output_tokens,
        "output_tokens_details": details[1]
        and _sent(**{"reasoning_tokens": details[1].reasoning_tokens, **details[1].extra}),
        "total_tokens": usage.total_tokens,
    }
    return _sent(**found) | usage.extra


def error_object(error: ResponseError) -> dict[str, Any]:
    """Return an error as it stood on the wire; `code` and `message` are always there."""
    found = {"code": error.code, "message": error.message}
    return found | _sent(type=error.type, param=error.param) | error.extra


def _error(turn: Turn) -> dict[str, Any] | None:
    if (error := turn.transcript.error) is not None:
        return error_object(error)
    told = turn.how in ("completed", "incomplete", "streaming")
    if told or turn.detail is None or turn.transcript.response.outcome is not None:
        return None
    return {"message": turn.detail}


def _sent(**fields: Any) -> dict[str, Any]:
    """Return the fields that were sent."""
    return {k: v for k, v in fields.items() if v is not None and v is not NOT_SENT}


def timing_object(measures: Measures, timing: Timing) -> dict[str, Any]:
    """Return the figures of a turn as an object, times in seconds.

    Events are named by their numbers, as in the timeline. `times` says of what the times are:
    `event`, `item` where they are those of whole items, `ends` where there are those of the
    answer's head and end alone, `none` where there are none.
    """
    found: dict[str, Any] = {"times": measures.times}
    for figure in FIGURES:
        if figure.reported:
            _place(found, figure.key, figure.of(measures))
    found["gaps"] |= {"after": measures.longest_after, "before": measures.longest_before}
    found["stalls"]["all"] = [_stall(stall, timing) for stall in measures.stalls]
    found["server"]["timings"] = measures.words.timings or None
    found["buffering"] = _buffering(measures.buffering)
    found["items"] = [_item(time) for time in measures.items]
    found["rate_limits"] = [_rate_limit(limit) for limit in measures.limits]
    return found


def _place(found: dict[str, Any], key: str, value: float | None) -> None:
    *outer, last = key.split(".")
    for name in outer:
        found = found.setdefault(name, {})
    found[last] = _rounded(value)


def _rounded(value: float | None) -> float | None:
    return round(value, 6) if isinstance(value, float) else value


def _stall(stall: Stall, timing: Timing) -> dict[str, Any]:
    return {
        "seconds": _rounded(stall.seconds),
        "start": _rounded(stall.start),
        "after": None if stall.after is None else timing.number(stall.after),
        "before": None if stall.before is None else timing.number(stall.before),
        "keepalives": stall.keepalives,
    }


def _buffering(found: Buffering | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "held": found.held,
        "reads": found.reads,
        "events": found.events,
        "sentence": found.sentence,
    }


def _item(time: ItemTime) -> dict[str, Any]:
    item = time.item
    return {
        "type": item.type,
        "name": (item.display_name or None) if isinstance(item, ToolCall) else None,
        "item_id": item.item_id,
        "output_index": None if item.output_index is None else int(item.output_index),
        "first": _rounded(time.first),
        "last": _rounded(time.last),
        "seconds": _rounded(time.seconds),
    }


def _rate_limit(limit: RateLimit) -> dict[str, Any]:
    return {
        "name": limit.name,
        "limit": limit.limit,
        "remaining": limit.remaining,
        "used_percent": limit.used_percent,
        "window_minutes": limit.window,
        "reset_seconds": limit.reset,
        "reset_at": limit.reset_at,
        "sentence": limit.sentence,
    }


NO_TIMING = "no timing in this file"
PER_ITEM = "times per item: when each was written, not how it streamed"
ENDS_ALONE = "times of head and end only: when events came is not known"
NO_REQUEST = "the request is unknown: times count from the beginning"

_MERGED = {"span", "stalls.seconds"}  # said by other lines
_ALWAYS = {"events", "stalls.count"}
_MARKS = {HEADERS: "headers", END: "end"}
_NAME, _VALUE = 19, 8
HANGING = _NAME + 1 + _VALUE + 3
"""Where a line that is broken goes on: under how its value is meant."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is, its value, and how the value is meant; `group` is what it is among."""

    group: str
    name: str
    value: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.name:<{_NAME}} {self.value:>{_VALUE}}   {self.note}".rstrip()


def summary(measures: Measures, timing: Timing, turns: Sequence[Turn] = ()) -> str:
    """Return the summary of a turn, a blank line between its groups.

    Args:
        measures: The figures.
        timing: What they were worked out from.
        turns: All turns of the session.
    """
    turn = measures.turn
    whole = f"turn {turn.number} of {len(turns) or 1}"
    said = [whole, turn.transcript.model or "", str(turn.how)]
    blocks = [" · ".join(filter(None, said))]
    if marks := [f"note: {mark}" for mark in marks_on(turn, turns or [turn])]:
        blocks.append("\n".join(marks))
    if turn.transcript.response.contradiction:
        blocks.append(turn.transcript.response.contradiction)
    if note := note_on_times(measures):
        blocks.append(note)
    for _, lines in groupby(lines_of(measures, timing), key=lambda line: line.group):
        blocks.append("\n".join(str(line).replace("\n", " ") for line in lines))
    if measures.buffering is not None:
        blocks.append(measures.buffering.sentence)
    if notes := remarks_on(turn):
        blocks.append("\n".join(f"note: {note}" for note in notes))
    return "\n\n".join(blocks) + "\n"


def note_on_times(measures: Measures) -> str:
    """Return what has to be said of a turn's times; empty where they are what figures say."""
    if not measures.timed:
        return NO_TIMING
    if measures.times == "item":
        return PER_ITEM
    if measures.times == "ends":
        return ENDS_ALONE
    return NO_REQUEST if measures.turn.request is None else ""


_REQUEST, _RANGE = "request sent →", "the range's start →"


def lines_of(measures: Measures, timing: Timing) -> Iterator[Line]:
    """Yield the lines, group by group: figures, stalls after those of arrival, items, limits."""
    for group, figures in groupby(FIGURES, key=lambda figure: figure.group):
        for figure in figures:
            value = figure.of(measures)
            if value is None or not _is_told(figure, measures, value):
                continue
            extra = _EXTRAS.get(figure.key, _nothing)(measures)
            ends = figure.ends if measures.whole else figure.ends.replace(_REQUEST, _RANGE)
            yield Line(group, figure.name, figure.words(value), f"{extra}{ends.replace('`', '')}")
        if group == "arrival" and measures.whole:
            yield from _irregular_lines(measures.turn.irregular)
        if group == "arrival":
            yield from (_stall_line(stall, timing) for stall in measures.stalls)
        if group == "usage":
            yield from _usage_lines(measures)
        if group == "shares":
            yield from (_item_line(time) for time in measures.items)
    for limit in measures.limits:
        yield Line("limits", "rate limit", "", f"{limit.title}: {limit.sentence}")


def _is_told(figure: Figure, measures: Measures, value: float) -> bool:
    """Whether a figure has a line of its own, and no other line says it."""
    own = figure.group == "usage" and measures.usage is not None and measures.usage.own_words
    shown = bool(value) or figure.key in _ALWAYS or figure.unit != "count"
    return shown and not own and figure.key not in _MERGED and figure.unit != "share"


def _irregular_lines(found: Irregularities) -> Iterator[Line]:
    """What should not be there, with the places of the first."""
    for name, places in found.counted():
        yield Line("arrival", name.many.removeprefix("events "), f"{places.count:,}", str(places))
    for api, places in found.others.items():
        yield Line("arrival", "of another API", f"{places.count:,}", f"{api}s: {places}")


def _usage_lines(measures: Measures) -> Iterator[Line]:
    """The tokens in the words of another API; of several responses those of each and of all."""
    if measures.usage is not None and measures.usage.own_words:
        yield from _own_usage_lines(measures.usage.extra)
    transcript = measures.turn.transcript
    if not _several(transcript):
        return
    for number, state in enumerate(transcript.responses, 1):
        yield _usage_line(f"  response {number}", state.usage)
    yield _usage_line("  all of them", transcript.usage_sum)


def _own_usage_lines(words: dict[str, Any], of: str = "") -> Iterator[Line]:
    """The tokens that another API counts, under its own names; those inside others behind them."""
    for name, count in islice(words.items(), _MOST_COUNTS):
        if isinstance(count, dict) and not of:
            yield from _own_usage_lines(count, name)
        elif type(count) is int and (count or not of):
            yield Line(
                "usage",
                name.replace("_", " "),
                f"{count:,}",
                f"{of or 'usage'}, as the server counted",
            )


_MOST_COUNTS = 32  # of one object: a server that makes up names fills no screen


def _usage_line(name: str, usage: Usage | None) -> Line:
    if usage is None:
        return Line("usage", name, "", "no usage sent")
    value = f"{usage.total_tokens:,}" if usage.total_tokens is not NOT_SENT else ""
    return Line("usage", name, value, f"{_in_and_out(usage)} tokens")


def _in_and_out(usage: Usage) -> str:
    """The tokens of a request and of its answer; what was not sent is no 0."""
    both = (usage.input_tokens, usage.output_tokens)
    return " → ".join("?" if count is NOT_SENT else f"{count:,}" for count in both)


def _nothing(_: Measures) -> str:
    return ""


def _longest(measures: Measures) -> str:
    return f"#{measures.longest_after} → #{measures.longest_before}, "


def _percent(part: str) -> Callable[[Measures], str]:
    figure = next(figure for figure in FIGURES if figure.key == f"{part}.share")

    def percent(measures: Measures) -> str:
        share = figure.of(measures)
        return "" if share is None else f"{figure.words(share):>5}, "

    return percent


def _window(measures: Measures) -> str:
    codex = measures.turn.codex
    return "" if codex is None or codex.window is None else f"of a window of {codex.window:,}; "


_EXTRAS: dict[str, Callable[[Measures], str]] = {
    "gaps.longest": _longest,
    "usage.context": _window,
    **{f"{part}.seconds": _percent(part) for part in ("reasoning", "text", "tools", "waiting")},
}


def _stall_line(stall: Stall, timing: Timing) -> Line:
    note = f"{_named(stall.after, timing)} → {_named(stall.before, timing)}"
    if stall.keepalives:
        note += f", {units.count(stall.keepalives, 'keep-alive')} meanwhile"
    return Line("arrival", "  stall", seconds(stall.seconds), note)


def _named(entry: int | None, timing: Timing) -> str:
    """An entry by its event's number, or as what it is."""
    if entry is None:
        return "request"
    if (number := timing.number(entry)) is not None:
        return f"#{number}"
    return _MARKS.get(timing.what(entry) & TOPIC, "request")


def _item_line(time: ItemTime) -> Line:
    ends = f"{seconds(time.first)} → {seconds(time.last)}"
    note = f"{ends}, {_what(time.item)}"
    return Line("items", f"  {time.item.key}", seconds(time.seconds), note)


def _what(item: Item) -> str:
    """The type of an item, and its name where that says more."""
    name = item.display_name if isinstance(item, ToolCall) else ""
    said = item.type in name or item.type == f"{name}_call"
    return (name or item.type) if said else f"{item.type} {name}".rstrip()


def figures_of(turn: Turn) -> list[str]:
    """Return the figures of a turn in the order of their worth, none of them guessed."""
    said = []
    if turn.per_item:
        said.append("times per item")
    elif turn.times.first_event is not None:
        said.append(f"first event {units.seconds(turn.times.first_event)}")
    if turn.times.first_text is not None and not turn.per_item:
        said.append(f"first text {units.seconds(turn.times.first_text)}")
    said.append(units.count(turn.events.total, "event"))
    said += _faults(turn)
    if tokens := tokens_of(turn):
        said.append(tokens)
    if (codex := turn.codex) is not None and codex.context is not None and codex.window:
        said.append(f"{codex.context:,} of a window of {codex.window:,}")
    return said + _sums(turn)


def tokens_of(turn: Turn) -> str:
    """Return the tokens of a turn's last response, in and out; "" where it says none."""
    usage = turn.transcript.usage
    return f"{_in_and_out(usage)} tokens" if usage is not None and usage.output_tokens else ""


def _sums(turn: Turn) -> list[str]:
    """What several responses of one stream have used together."""
    count, usage = len(turn.transcript.responses), turn.transcript.usage_sum
    if count == 1 or usage is None:
        return []
    said = f"{_in_and_out(usage)} in all"
    return [f"{said} {units.count(count, 'response')}"]


def _faults(turn: Turn) -> list[str]:
    broken = turn.transcript.forgiving.counts
    counted = (
        ("malformed", turn.events.malformed),
        ("foreign", turn.irregular.foreign.count),
        ("binary", turn.irregular.binary.count),
        ("after the end", turn.irregular.late.count),
        ("unknown", turn.events.unknown),
        ("out of order", broken.get("number.back")),
    )
    said = [f"{number:,} {what}" for what, number in counted if number]
    numbers = (("repeat", "number.repeat"), ("gap", "number.gap"))
    odd = ((what, broken.get(rule, 0)) for what, rule in numbers)
    return [*said, *(f"{units.count(count, what)} in the numbers" for what, count in odd if count)]
