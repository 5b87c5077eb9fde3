"""The output: prompts and the answers to them, rendered as they stream."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from codex_tui import units
from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.styles import Role
from codex_tui.documents.text_document import TextDocument
from codex_tui.model.codex_marks import fates_of, marks_on
from codex_tui.model.endings import STEERED
from codex_tui.model.items import MessageItem, OtherItem, Part
from codex_tui.model.record_facts import WARM_UP
from codex_tui.model.remarks import beginning_of, only_final, remarks_on
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes import verdict
from codex_tui.tui.panes.first_page import first_page
from codex_tui.tui.panes.projection import ProjectionPane, SectionGroup, Shown
from codex_tui.tui.panes.words import (
    EMPTY_REPLAY,
    PANES,
    PHASES,
    ending_of,
    phase_of,
    said_briefly,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from codex_tui.model.conversation import Turn
    from codex_tui.model.items import Item, ResponseState
    from codex_tui.model.timing import Timing
    from codex_tui.recording.log import EventLog
    from codex_tui.tui.messages import (
        ClockTicked,
        Connection,
        ConnectionChanged,
        PlaybackMoved,
        RecordsArrived,
        SessionOpened,
        SessionSought,
        SessionsRecalled,
    )
    from codex_tui.tui.section_view.ranks import State

_FEW_LINES = 10
_ABOVE = 8  # lines of a silence before the thought
_GAP = 4  # cells between what stands at the two ends of a line, and at its edges
_ENDINGS = {"completed": "✓", "incomplete": "◐", "cancelled": "■"}
_CANNED = "The demo's own answer, whatever was asked: {key}, or `codex-tui doctor`, connects."
_KEPT, _ADVICE = "What arrived is kept.", "{key} sends the request again."
_UNBOUND = {"app.resend": "f9", "app.connection": "ctrl+o"}
"""The keys where no app says how they are bound."""

_STATES: dict[str, State] = {"completed": "muted", "incomplete": "warning", "cancelled": "warning"}


class OutputPane(ProjectionPane):
    """The conversation: what was asked, what was answered, and how it ended."""

    TITLE = PANES["output"]
    SHOWS = MessageItem

    def __init__(
        self,
        keys: Sequence[str] = (),
        key_of: Callable[[str], str] = _UNBOUND.__getitem__,
        *,
        id: str | None = None,
        replayed: bool = False,
    ) -> None:
        """Make it.

        Args:
            keys: The keys that matter at the beginning, a line each.
            key_of: Says the key of a binding, by its id, as it is bound now.
            id: Its id.
            replayed: Whether the session is a file's.
        """
        self._keys = keys
        self._key_of = key_of
        self._connection: Connection | None = None
        self._recent: Sequence[str] | None = None
        super().__init__(id=id, replayed=replayed)

    def _placeholder(self) -> str:
        if self.replayed:
            return EMPTY_REPLAY
        return first_page(self._connection, self._keys, self._recent)

    def on_connection_changed(self, message: ConnectionChanged) -> None:
        """Say where prompts go."""
        self._connection = message.connection
        self._show_placeholder()

    def on_sessions_recalled(self, message: SessionsRecalled) -> None:
        """Name the newest sessions."""
        self._recent = message.lines
        self._show_placeholder()

    def _show_placeholder(self) -> None:
        self.sections.placeholder = self._placeholder()
        if not self.turns:
            self.sections.refresh()

    @property
    def _says(self) -> Callable[[str], str] | None:
        return None if self.replayed else self._key_of

    _timing: Timing | None = None
    _log: EventLog | None = None
    _now: float | None = None  # by the clock of the running turn's records; None where nobody says
    _beat = 0  # how often time passed
    _position: int | None = None  # how many entries are shown; None for all

    def on_session_opened(self, message: SessionOpened) -> None:
        """Forget the session before."""
        self._timing, self._log = message.timing, message.log
        self._now = self._position = None
        super().on_session_opened(message)

    def on_records_arrived(self, message: RecordsArrived) -> None:
        """Draw what has changed."""
        self._position = message.position
        if message.position is not None:
            self._now = None
        elif self._now is not None and message.conversation.turns:
            self._meet(message.conversation.turns[-1])
        super().on_records_arrived(message)

    def _meet(self, turn: Turn) -> None:
        """Take what came for the present: a keep-alive is told at once, as the status tells it."""
        if turn.reached is not None:
            self._now = turn.reached
            self._beat += verdict.is_silent(turn, self._now)

    def on_session_sought(self, message: SessionSought) -> None:
        """Show another moment, which has no present."""
        self._now, self._position = None, message.position
        super().on_session_sought(message)

    def on_clock_ticked(self, message: ClockTicked) -> None:
        """Say for how long nothing has come, where that is waited for."""
        self._now = message.now
        turn = self.turns[-1] if self.turns else None
        if self._shown is None or turn is None or turn.ended:
            return
        if verdict.is_silent(turn, self._now) or not self._projection.size():
            self._beat += 1
            self._draw(self._shown)

    def on_playback_moved(self, message: PlaybackMoved) -> None:
        """Wait for nothing at a place in time where nothing plays."""
        if not message.playing and self._now is not None and self._shown is not None:
            self._now = None
            self._beat += 1
            self._draw(self._shown)

    def above(self, turn: Turn) -> Iterator[SectionGroup]:
        """Yield what was asked."""
        if turn.codex is not None and (fates := list(fates_of(turn, self.turns))):
            yield SectionGroup("fate", len(fates), lambda: [_fate(fates)])
        if turn.tool_outputs:
            yield SectionGroup("outputs", 0, lambda: list(_outputs(turn, self.turns)))
        if turn.passed_over:
            yield SectionGroup("passed over", 0, lambda: [_passed_over(turn)])
        if turn.says:
            yield SectionGroup("prompt", 0, lambda: [_prompt(turn.says)])
        if turn.warm_up:
            warm_up = Shown("warm-up", f"⤷ {WARM_UP}", "", "muted")
            yield SectionGroup("warm-up", 0, [warm_up].copy)

    def of_items(
        self, turn: Turn, items: Sequence[Item], before: Item | None
    ) -> Iterator[SectionGroup]:
        """Yield the messages, and where one response ends and another begins."""
        responses = turn.transcript.responses
        shown = 0 if before is None else before.response
        for item in items:
            yield from _beginnings(responses, shown, shown := item.response)
            if isinstance(item, MessageItem) and not item.repeats:
                yield SectionGroup(item.key, item.version, partial(_message, item, responses))
            elif isinstance(item, OtherItem) and item.note:
                yield SectionGroup(item.key, item.version, partial(_other, item, responses))

    def below(self, turn: Turn, size: int) -> Iterator[SectionGroup]:
        """Yield the end of a turn, or what is waited for."""
        transcript = turn.transcript
        shown = transcript.items[-1].response if transcript.items else 0
        yield from _beginnings(transcript.responses, shown, len(transcript.responses) - 1, "begun")
        if turn.ended:
            yield SectionGroup("end", 0, lambda: _end(turn, self.turns, self._says))
        elif not size or verdict.is_silent(turn, self._now):
            version = 1 + self._beat * len(PHASES) + list(PHASES).index(phase_of(turn))
            yield SectionGroup("waiting", version, lambda: [self._waiting(turn)])

    def size_of(self, items: Sequence[Item]) -> int:
        """Return how many characters some messages have."""
        messages = [item for item in items if isinstance(item, MessageItem)]
        parts = [part for item in messages if not item.repeats for part in item.parts]
        return sum(len(part.text) for part in parts)

    def _waiting(self, turn: Turn) -> Shown:
        """Say why there is no answer yet, or no more of it, in the place where it will stand."""
        silent = verdict.is_silent(turn, self._now)
        head = verdict.headline(turn, self._now)
        life = verdict.life(turn, self._now, self._timing, self._position)
        width, height = self.sections.size
        most = min(verdict.TAIL, width * (height - _ABOVE))  # else the headline is scrolled away
        text = verdict.report(turn, self._now, self._timing, self._log, self._position, most)
        if len(head) + len(life) + _GAP > width:  # else what ticks is one line
            life, text = "", "\n".join(filter(None, (life, text)))
        document = partial(TextDocument, role=Role.MUTED)
        return Shown("phase", head, life, "warning" if silent else "muted", text, document)

    def figure(self, turn: Turn, size: int) -> str:
        """Return how long the answer is."""
        return units.count(size, "character") if size else ""


def _beginnings(
    responses: list[ResponseState], shown: int, latest: int, key: str = "response"
) -> Iterator[SectionGroup]:
    """Yield the lines between one response of a stream and a later one."""
    for number in range(shown + 1, latest + 1):
        line = Shown("line", beginning_of(responses, number), "", "warning")
        yield SectionGroup(f"{key}-{number}", 0, [line].copy)


def _prompt(prompt: str) -> Shown:
    lines = prompt.strip().splitlines()
    more = len(lines) > 1
    return Shown(
        "text",
        f"❯ {clean_line(lines[0] if lines else '')}",
        f"  +{units.count(len(lines) - 1, 'line')}" if more else "",
        "prompt",
        prompt.strip() if more else "",
        TextDocument if more else None,
        collapsible=more,
        open=False,
    )


def _passed_over(turn: Turn) -> Shown:
    names = clean_line(", ".join(turn.passed_over))
    return Shown("calls", f"⤷ goes on from before {names}, which nobody answered", "", "muted")


def _outputs(turn: Turn, turns: Sequence[Turn]) -> Iterator[Shown]:
    for number, (call_id, output) in enumerate(turn.tool_outputs):
        title = clean_line(f"⏎ output of {_call(call_id, turn, turns)}")
        yield Shown(f"{number}", title, "", "prompt", output, TextDocument, collapsible=True)


def _call(call_id: str, turn: Turn, turns: Sequence[Turn]) -> str:
    """The call that an output belongs to; with its arguments where others have that name too."""
    name = turn.call_names.get(call_id, call_id)
    if list(turn.call_names.values()).count(name) < 2:
        return name
    before = (each for each in reversed(turns) if each.number < turn.number)
    calls = (call for each in before for call in each.transcript.tool_calls)
    made = next((call for call in calls if call.call_id == call_id), None)
    return name if made is None else f"{name} {said_briefly(str(made.arguments))}"


def _fate(fates: list[str]) -> Shown:
    """Say before all else that a turn is none of this conversation."""
    return Shown("fate", clean_line(" · ".join(fates)), state="warning")


def _other(item: OtherItem, responses: list[ResponseState]) -> list[Shown]:
    document = partial(TextDocument, role=Role.MUTED)
    only = "" if item.streamed else only_final(item, responses)
    title = " · ".join(filter(None, (item.type, only)))
    return [Shown("note", f"· {clean_line(title)}", "", "muted", item.note, document)]


def _message(item: MessageItem, responses: list[ResponseState]) -> list[Shown]:
    if item.role == "user":
        return [_prompt("".join(str(part.text) for part in item.parts))]
    shown = [each for part in item.parts for each in _part(part)]
    only = "" if item.streamed else only_final(item, responses)
    label = " · ".join(filter(None, (item.label, only)))
    if label and shown:
        state: State = "muted" if item.streamed else "warning"
        shown.insert(0, Shown("label", clean_line(label), "", state))
    if item.done and item.annotations:
        shown += _sources(item.annotations)
    return shown


def _part(part: Part) -> Iterator[Shown]:
    from codex_tui.documents.markdown import MarkdownDocument

    if part.type == "refusal":
        yield Shown(f"{part.number}", "refusal", "", "failed", part.text, TextDocument)
    elif len(part.text):
        yield Shown(f"{part.number}", text=part.text, document=MarkdownDocument)
    if part.text.streamed is not None:
        yield Shown(
            f"{part.number}/streamed",
            "the closing text differs from what streamed, which is kept here",
            state="warning",
            text=part.text.streamed,
            document=TextDocument,
            collapsible=True,
            open=False,
        )


def _sources(annotations: list[Any]) -> Iterator[Shown]:
    lines = list(dict.fromkeys(line for line in map(_source_line, annotations) if line))
    if lines:
        title = units.count(len(lines), "source")
        text = "\n".join(lines)
        yield Shown("sources", title, "", "muted", text, TextDocument, collapsible=True)


def _end(turn: Turn, turns: Sequence[Turn], key_of: Callable[[str], str] | None) -> list[Shown]:
    """Say how a turn ended.

    Args:
        turn: It.
        turns: It and those before it.
        key_of: Says the key of a binding; None where nothing can be asked.
    """
    end = turn.times.end
    state = _STATES.get(turn.how, "failed")
    from codex_tui.figures.report import figures_of
    from codex_tui.library.saved import DEMO_HOST

    words = [" · ".join(figures_of(turn))] if turn.events.total else []
    if turn.how != "completed":
        said, advice = turn.sentence, [_KEPT] if words else []
        if key_of is not None:
            said = _without_advice(said)
        if key_of is not None and turn.transcript.incomplete_reason != STEERED:
            advice.append(_ADVICE.format(key=key_of("app.resend")))
        words = [said, *words, " ".join(advice)]
    if turn.request is not None and DEMO_HOST in turn.request.url and key_of is not None:
        words.append(_CANNED.format(key=key_of("app.connection")))
    fates = set(fates_of(turn, turns))
    words += [mark for mark in marks_on(turn, turns) if mark not in fates]
    shown = Shown(
        "end",
        f"{_ENDINGS.get(turn.how, '✗')} {ending_of(turn)[0]}",
        "" if end is None else units.seconds(end),
        state,
        "\n".join(word for word in words if word),
        partial(TextDocument, role=Role.MUTED if state == "muted" else Role.TEXT),
    )
    return [shown, *_notes(turn), *_body(turn.body, open_=_wants_body(turn))]


def _without_advice(sentence: str) -> str:
    from codex_tui.sources.errors import without_advice  # not where a file is replayed

    return without_advice(sentence)


def _wants_body(turn: Turn) -> bool:
    """Whether what came is shown at once: where nothing else was, and no sentence has its point.

    A long one would push the ending out of sight.
    """
    is_json = turn.body.lstrip()[:1] in ("{", "[")
    return not turn.transcript.items and not is_json and turn.body.count("\n") < _FEW_LINES


def _notes(turn: Turn) -> Iterator[Shown]:
    """Say what was wrong with the stream, and was read all the same."""
    if notes := remarks_on(turn, besides=True):
        title = f"{units.count(len(notes), 'note')} on how it was sent"
        text = "\n".join(notes)
        yield Shown("notes", title, "", "warning", text, TextDocument, collapsible=True)


def _body(body: str, *, open_: bool) -> Iterator[Shown]:
    """Show what came instead of events."""
    if body:
        title = "what came instead of an event stream"
        document = JsonDocument if body.lstrip()[:1] in ("{", "[") else TextDocument
        yield Shown("body", title, "", "muted", body, document, collapsible=True, open=open_)


def _source_line(annotation: Any) -> str:
    if not isinstance(annotation, dict):
        return ""
    title = annotation.get("title") or annotation.get("filename") or ""
    place = annotation.get("url") or annotation.get("file_id") or ""
    return f"{title}  {place}".strip()
