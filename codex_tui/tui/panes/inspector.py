"""The inspector: one record as it was read, and as it was sent."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui import units
from codex_tui.documents.document import MOST
from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.text_document import TextDocument
from codex_tui.model.record_facts import facts_of, facts_of_range, headline_of, headline_of_range
from codex_tui.recording.records import (
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
)
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.background_work import AT_ONCE, BackgroundWork
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.panes.words import EMPTY, PANES
from codex_tui.tui.section_view.stack import Section, State
from codex_tui.tui.section_view.view import SectionView
from codex_tui.wire.events import MalformedEvent, UnknownEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from codex_tui.documents.document import Document
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record
    from codex_tui.tui.messages import EntrySelected, RangeChanged, SessionOpened
    from codex_tui.wire.base import ResponseStreamEvent

_NAMES = 12  # cells of a fact's name that the values stand behind


class InspectorPane(Pane):
    """The selected record: what we know of it, its fields, and its verbatim data."""

    TITLE = PANES["inspector"]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._waiting: EntrySelected | None = None  # selected while nothing could be seen
        self._beside = BackgroundWork(self)

    def compose(self) -> ComposeResult:
        """Hold the view."""
        yield SectionView(EMPTY["inspector"], follow=False)

    def on_range_changed(self, message: RangeChanged) -> None:
        """Say what a chosen range holds."""
        if message.entries is None:
            self._beside.forget()
        elif self.display:
            self._show_range(message.log, *message.entries)

    def _show_range(self, log: EventLog, first: int, last: int) -> None:
        view = self._view()
        view.clear()
        view.whole = ""
        title = clean_line(headline_of_range(log, first, last))
        view.add(Section("range", title, document=TextDocument()))
        self.say(" range ")
        self._beside.forget()
        facts = partial(facts_of_range, log, first, last)
        if last - first < AT_ONCE:
            self._say_facts(facts())
        else:
            view.append("range", "counting …")
            self._beside.want(facts, self._say_facts)

    def _say_facts(self, facts: list[tuple[str, str]]) -> None:
        lines = (f"{clean_line(name):<{_NAMES}} {clean_line(value)}" for name, value in facts)
        self._view().replace("range", "\n".join(lines))

    def on_session_opened(self, _message: SessionOpened) -> None:
        """Show nothing of the session before."""
        self._waiting = None
        self._beside.forget()
        self._view().clear()
        self.say("")

    def on_entry_selected(self, message: EntrySelected) -> None:
        """Show another record; a hidden pane reads nothing until it can be seen."""
        if self.region.height:
            self._show(message)
        else:
            self._waiting = message

    def on_resize(self) -> None:
        """Show what was selected while the pane was hidden."""
        if self._waiting is not None and self.region.height:
            self._show(self._waiting)
            self._waiting = None

    def _view(self) -> SectionView:
        return self.query_one(SectionView)

    def _show(self, message: EntrySelected) -> None:
        """Show a record; one that takes long to read is read beside the loop."""
        if (entry := message.entry) is None:
            return
        log = message.log
        self._beside.forget()
        if log.is_large(entry):
            said = f"reading {units.size(log.size(entry))} …"
            self._fill(message, "", [_Block(said, "", TextDocument())])
            self._beside.want(partial(_told, log, entry), lambda told: self._fill(message, *told))
        else:
            self._fill(message, *_told(log, entry))

    def _fill(self, message: EntrySelected, sent: str, blocks: list[_Block]) -> None:
        view, log, entry = self._view(), message.log, message.entry or 0
        view.clear()
        view.whole = sent
        for block in blocks:
            view.add(Section(block.title, block.title, document=block.document, state=block.state))
            view.append(block.title, block.text)
        number = log.number(entry) or log.place(entry)
        self.say(f" #{number} " if number else f" {clean_line(log.name(entry))} ")


class _Block(Struct, frozen=True):
    title: str
    text: str
    document: Document
    state: State = ""


def _told(log: EventLog, entry: int) -> tuple[str, list[_Block]]:
    """Return a record as it was sent, and what is shown of it."""
    try:
        record, event = log.decoded(entry)
    except OSError as error:
        return "", [_unreadable(error)]
    return _sent(record), list(_blocks(record, event))


def _unreadable(error: OSError) -> _Block:
    """What is said of a record whose file fails, or was changed by somebody else."""
    said = clean_line(error.strerror or str(error))
    return _Block("It can't be read back", said, TextDocument(), "failed")


def _blocks(record: Record, event: ResponseStreamEvent | None) -> Iterator[_Block]:
    malformed = isinstance(event, MalformedEvent)
    facts = "\n".join(f"{name:<{_NAMES}} {value}" for name, value in facts_of(record, event))
    headline = "a malformed event" if malformed else clean_line(headline_of(record, event))
    yield _Block(headline, facts, TextDocument(), _state(record, event))
    match record:
        case FrameRecord():
            if not malformed:
                yield _fields(record.frame.data)
            yield _Block("As sent", record.frame.data, TextDocument())
        case RequestRecord():
            yield _Block("Body", _sent(record), JsonDocument())
        case CutRecord():
            yield _Block("What had come of it", _sent(record), TextDocument())
        case ForeignRecord():
            yield _Block("As sent", _sent(record), TextDocument())
        case EndRecord() if record.detail:
            said, _, body = record.detail.partition("\n")
            yield _Block("What happened", said, TextDocument())
            if body:
                document = JsonDocument() if body.lstrip()[:1] in ("{", "[") else TextDocument()
                yield _Block("What the server sent in the place of a stream", body, document)


def _fields(data: str) -> _Block:
    """The fields of an event; of a large one those that it begins with, for all of it follows."""
    if len(data) <= MOST:
        return _Block("Fields", data, JsonDocument())
    title = f"Fields, of the first {MOST:,} characters; all of it stands below"
    return _Block(title, data[:MOST], JsonDocument())


def _state(record: Record, event: ResponseStreamEvent | None) -> State:
    """Return how a record's headline looks: faults stand out here as in the timeline."""
    match record:
        case FrameRecord() if isinstance(event, UnknownEvent):
            return "warning"
        case FrameRecord() if isinstance(event, MalformedEvent):
            return "failed"
        case CutRecord():
            return "failed"
        case ForeignRecord() if record.kind == "foreign":
            return "failed"
        case EndRecord() if record.how != "completed":
            return "failed"
        case _:
            return ""


def _sent(record: Record) -> str:
    """Return a record's data as it was sent."""
    match record:
        case FrameRecord():
            return record.frame.data
        case RequestRecord():
            return json.dumps(record.body, ensure_ascii=False)
        case ForeignRecord() | CutRecord():
            return record.data.decode("utf-8", "replace")
        case EndRecord():
            return record.detail or ""
        case _:
            return ""
