"""The inspector: one record as it was read, and as it was sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from textual.content import Content

from codex_tui.insight.facts import facts_of, headline_of
from codex_tui.safe_text import clean_line
from codex_tui.sessions.records import CutRecord, EndRecord, FrameRecord, RequestRecord
from codex_tui.tui.panes.pane import Pane
from codex_tui.tui.widgets.documents import TextDocument
from codex_tui.tui.widgets.json_document import JsonDocument
from codex_tui.tui.widgets.section_view import SectionView
from codex_tui.tui.widgets.sections import Section

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from codex_tui.sessions.log import EventLog
    from codex_tui.sessions.records import Record
    from codex_tui.tui.messages import EntrySelected, SessionOpened
    from codex_tui.tui.widgets.documents import Document

PLACEHOLDER = "What the selected event says will stand here, field by field and as it was sent."


class InspectorPane(Pane):
    """The selected record: what we know of it, its fields, and its verbatim data."""

    TITLE = "Inspector"

    def compose(self) -> ComposeResult:
        """Hold the view."""
        yield SectionView(placeholder=Content(PLACEHOLDER), follow=False)

    def on_session_opened(self, _message: SessionOpened) -> None:
        """Show nothing of the session before."""
        self._view().clear()
        self.say("")

    def on_entry_selected(self, message: EntrySelected) -> None:
        """Show another record; a hidden pane reads nothing."""
        if message.entry is None or not self.display:
            return
        self._show(message.log, message.entry)

    def _view(self) -> SectionView:
        return self.query_one(SectionView)

    def _show(self, log: EventLog, entry: int) -> None:
        record = log.record(entry)
        view = self._view()
        view.clear()
        for key, title, document, text in _sections(record):
            view.add(Section(key, Content(title) if title else None, document=document))
            view.append(key, text)
        number = log.number(entry)
        self.say(f" #{number} " if number is not None else f" {clean_line(log.name(entry))} ")


def _sections(record: Record) -> list[tuple[str, str, Document, str]]:
    facts = "\n".join(f"{name:<9} {value}" for name, value in facts_of(record))
    sections: list[tuple[str, str, Document, str]] = [
        ("facts", clean_line(headline_of(record)), TextDocument(), facts)
    ]
    fields, sent = _payload(record)
    if fields:
        sections.append(("fields", "Fields", JsonDocument(), fields))
    if sent:
        sections.append(("sent", "As sent", TextDocument(), sent))
    return sections


def _payload(record: Record) -> tuple[str, str]:
    match record:
        case FrameRecord():
            return record.frame.data, record.frame.data
        case RequestRecord():
            return json.dumps(record.body, ensure_ascii=False), ""
        case CutRecord():
            return "", record.data.decode("utf-8", "replace")
        case EndRecord():
            return "", record.detail or ""
        case _:
            return "", ""
