"""The inspector: one record as it was read, and as it was sent."""

from __future__ import annotations

import json
from copy import copy
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui import units
from codex_tui.documents.document import MOST
from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.text_document import TextDocument
from codex_tui.model.record_facts import facts_of, facts_of_range, headline_of, headline_of_range
from codex_tui.model.socket_words import is_good_end
from codex_tui.recording.records import (
    CutRecord,
    EndRecord,
    ForeignRecord,
    FrameRecord,
    RequestRecord,
    SentRecord,
    SocketRecord,
)
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.background_work import AT_ONCE, BackgroundWork
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.panes.words import EMPTY, PANES
from codex_tui.tui.section_view.ranks import Section, State
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.widgets.flags import FLAG
from codex_tui.wire.events import MalformedEvent, UnknownEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textual.app import ComposeResult

    from codex_tui.documents.document import Document
    from codex_tui.engine.checking import Check
    from codex_tui.findings import Finding
    from codex_tui.recording.log import EventLog
    from codex_tui.recording.records import Record
    from codex_tui.tui.messages import (
        EntrySelected,
        FindingsChanged,
        RangeChanged,
        SessionOpened,
    )
    from codex_tui.wire.base import ResponseStreamEvent

_HEX = "backslashreplace"
_NAMES = 12  # cells of a fact's name that the values stand behind


class InspectorPane(Pane):
    """The selected record: what we know of it, its fields, and its verbatim data."""

    TITLE = PANES["inspector"]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._waiting: EntrySelected | None = None  # selected while nothing could be seen
        self._check: Check | None = None
        self._shown: tuple[EntrySelected, list[Finding]] | None = None
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
        view.stack.add(Section("range", title, document=TextDocument()))
        self.say("range")
        self._beside.forget()
        facts = partial(facts_of_range, log, first, last)
        if last - first < AT_ONCE:
            self._say_facts(facts())
        else:
            view.stack.append("range", "counting …")
            self._beside.want(facts, self._say_facts)

    def _say_facts(self, facts: list[tuple[str, str]]) -> None:
        lines = (f"{clean_line(name):<{_NAMES}} {clean_line(value)}" for name, value in facts)
        self._view().stack.replace("range", "\n".join(lines))

    def on_session_opened(self, _message: SessionOpened) -> None:
        """Show nothing of the session before."""
        self._waiting = self._check = self._shown = None
        self._beside.forget()
        self._view().clear()
        self.say("")

    def on_entry_selected(self, message: EntrySelected) -> None:
        """Show another record; a hidden pane reads nothing until it can be seen."""
        if self.region.height:
            self._show(message)
        else:
            self._waiting = message

    def on_findings_changed(self, message: FindingsChanged) -> None:
        """Say what is wrong with the record that is shown, if more of it is known now."""
        self._check = message.check
        if self._shown is not None and self._shown[1] != self._wrong(self._shown[0]):
            self._show(self._shown[0])

    def _wrong(self, message: EntrySelected) -> list[Finding]:
        """Return the findings that name an entry."""
        findings = self._check.findings if self._check is not None else None
        if findings is None or (entry := message.entry) is None or not findings.kept:
            return []
        log = message.log
        named = log.number(entry) or f"#{log.place(entry)}"
        return [copy(each) for each in findings.kept if named in each.entries]

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
        log, wrong = message.log, self._wrong(message)
        self._shown = message, wrong
        self._beside.forget()
        if log.is_large(entry):
            said = f"reading {units.size(log.size(entry))} …"
            self._fill(message, "", [_Block(said, "", TextDocument())])
            told = partial(_told, log, entry, wrong)
            self._beside.want(told, lambda told: self._fill(message, *told))
        else:
            self._fill(message, *_told(log, entry, wrong))

    def _fill(self, message: EntrySelected, sent: str, blocks: list[_Block]) -> None:
        view, log, entry = self._view(), message.log, message.entry or 0
        view.clear()
        view.whole = sent
        for block in blocks:
            view.stack.add(
                Section(block.title, block.title, document=block.document, state=block.state)
            )
            view.stack.append(block.title, block.text)
        number = log.number(entry) or log.place(entry)
        self.say(f"#{number}" if number else clean_line(log.name(entry)))


class _Block(Struct, frozen=True):
    title: str
    text: str
    document: Document
    state: State = ""


def _told(log: EventLog, entry: int, wrong: Sequence[Finding]) -> tuple[str, list[_Block]]:
    """Return a record as it was sent, and what is shown of it."""
    try:
        record, event = log.decoded(entry)
    except OSError as error:
        return "", [_unreadable(error)]
    if not wrong:
        return _sent(record), list(_blocks(record, event))
    from codex_tui.tui.panes.wrong_fields import notes_of, said_of

    culprit = log.number(entry)
    mine = [each for each in wrong if culprit is not None and each.entries[0] == culprit]
    notes = notes_of(mine, record.frame.data) if isinstance(record, FrameRecord) else {}
    first, *others = _blocks(record, event, notes)
    title = f"{FLAG} {units.count(len(wrong), 'finding')}"
    flagged = _Block(title, said_of(wrong, culprit), TextDocument(), _worst(wrong))
    return _sent(record), [first, flagged, *others]


def _worst(wrong: Sequence[Finding]) -> State:
    levels = {each.level for each in wrong}
    return "failed" if "error" in levels else "warning" if "warning" in levels else "muted"


def _unreadable(error: OSError) -> _Block:
    """What is said of a record whose file fails, or was changed by somebody else."""
    said = clean_line(error.strerror or str(error))
    return _Block("It can't be read back", said, TextDocument(), "failed")


def _blocks(
    record: Record,
    event: ResponseStreamEvent | None,
    notes: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[_Block]:
    malformed = isinstance(event, MalformedEvent)
    facts = "\n".join(f"{name:<{_NAMES}} {value}" for name, value in facts_of(record, event))
    headline = "a malformed event" if malformed else clean_line(headline_of(record, event))
    yield _Block(headline, facts, TextDocument(), _state(record, event))
    match record:
        case FrameRecord():
            if not malformed:
                yield _fields(record.frame.data, notes)
            yield _as_sent(record)
        case RequestRecord(content=None):
            yield _Block("Body", _sent(record), JsonDocument())
        case RequestRecord() if sent := _sent(record):
            yield _Block("Body", sent, TextDocument())
        case CutRecord():
            yield _Block("What had come of it", _sent(record), TextDocument())
        case ForeignRecord():
            yield _as_sent(record)
        case SentRecord() | SocketRecord() if sent := _sent(record):
            is_json = sent.lstrip()[:1] in ("{", "[")
            yield _Block("As sent", sent, JsonDocument() if is_json else TextDocument())
        case EndRecord() if record.detail:
            said, _, body = record.detail.partition("\n")
            yield _Block("What happened", said, TextDocument())
            if body:
                document = JsonDocument() if body.lstrip()[:1] in ("{", "[") else TextDocument()
                yield _Block("What the server sent in the place of a stream", body, document)


def _as_sent(record: FrameRecord | ForeignRecord) -> _Block:
    """What was sent, verbatim; of a frame with bytes that are no text, the lines that it came in.

    Those bytes are said in hexadecimal digits: what stands in their place tells nothing of them.
    """
    data = record.frame.raw if isinstance(record, FrameRecord) else record.data
    if data is None or _is_text(data):
        return _Block("As sent", _sent(record), TextDocument())
    title = "As sent, with bytes that are no UTF-8 as \\xNN"
    return _Block(title, data.decode("utf-8", _HEX), TextDocument())


def _is_text(data: bytes) -> bool:
    """Whether some bytes are text."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fields(data: str, notes: Mapping[str, Sequence[str]] | None) -> _Block:
    """The fields of an event; of a large one those that it begins with, for all of it follows."""
    if len(data) <= MOST:
        return _Block("Fields", data, JsonDocument(notes))
    title = f"Fields, of the first {MOST:,} characters; all of it stands below"
    return _Block(title, data[:MOST], JsonDocument(notes))


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
        case SocketRecord() if record.opcode == "close" and not is_good_end(record):
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
        case RequestRecord(content=None):
            return json.dumps(record.body, ensure_ascii=False)
        case RequestRecord(content={"text": str(text)} | {"base64": str(text)}):
            return text
        case SentRecord():
            return record.text
        case SocketRecord() | ForeignRecord() | CutRecord():
            return record.data.decode("utf-8", _HEX)
        case EndRecord():
            return record.detail or ""
        case _:
            return ""
