"""The output: prompts and the answers to them, rendered as they stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from codex_tui.insight import units
from codex_tui.insight.figures import figures_of
from codex_tui.insight.items import Item, MessageItem, Part
from codex_tui.safe_text import clean_line
from codex_tui.tui.panes.projection import ProjectionPane
from codex_tui.tui.widgets.documents import TextDocument
from codex_tui.tui.widgets.json_document import JsonDocument
from codex_tui.tui.widgets.markdown import MarkdownDocument
from codex_tui.tui.widgets.sections import Section, State
from codex_tui.tui.widgets.styles import Role

if TYPE_CHECKING:
    from codex_tui.insight.conversation import Turn

_ENDINGS = {"completed": "✓", "incomplete": "◐", "cancelled": "■"}
_ADVICE = "What arrived is kept; r sends the request again."
_STATES: dict[str, State] = {"completed": "muted", "incomplete": "warning", "cancelled": "warning"}


class OutputPane(ProjectionPane):
    """The conversation: what was asked, what was answered, and how it ended."""

    TITLE = "Output"
    PLACEHOLDER = "The answer will stand here, as it streams.\nType a prompt below; enter sends it."

    def project(self, key: str, turn: Turn) -> None:
        """Draw the prompt, the messages and the end of a turn."""
        self._prompt(key, turn)
        for name, item in self.changed(key, turn, MessageItem):
            self._message(name, item)
        if turn.ended:
            self._end(key, turn)
        characters = sum(_length(item) for item in turn.transcript.items)
        self.say(f" {units.count(characters, 'character')} " if characters else "")

    # -- the prompt --------------------------------------------------------------------------

    def _prompt(self, key: str, turn: Turn) -> None:
        prompt = turn.prompt
        if not prompt or not self.need(f"{key}/prompt", lambda: _prompt_section(key, prompt)):
            return
        if "\n" in prompt.strip():
            self.sections.append(f"{key}/prompt", prompt.strip())

    # -- messages ----------------------------------------------------------------------------

    def _message(self, key: str, item: MessageItem) -> None:
        for number, part in enumerate(item.parts):
            self._part(f"{key}/{number}", part)
        if item.done and item.annotations:
            self._sources(f"{key}/sources", item.annotations)

    def _part(self, key: str, part: Part) -> None:
        if part.type == "refusal":
            self.need(
                key,
                lambda: Section(key, Content("refusal"), state="failed", document=TextDocument()),
            )
        elif len(part.text):
            self.need(key, lambda: Section(key, None, document=MarkdownDocument()))
        else:
            return
        self.flow(key, part.text)
        if part.text.streamed is not None:
            self._contradiction(f"{key}/streamed", part.text.streamed)

    def _contradiction(self, key: str, streamed: str) -> None:
        title = "the closing text differs from what streamed, which is kept here"
        if self.need(key, lambda: _folded(key, title)):
            self.sections.append(key, streamed)

    def _sources(self, key: str, annotations: list[Any]) -> None:
        lines = [line for line in map(_source_line, annotations) if line]
        if lines and self.need(
            key, lambda: _folded(key, units.count(len(lines), "source"), open_=True)
        ):
            self.sections.append(key, "\n".join(dict.fromkeys(lines)))

    # -- the end -----------------------------------------------------------------------------

    def _end(self, key: str, turn: Turn) -> None:
        key = f"{key}/end"
        if not self.need(key, lambda: _end_section(key, turn)):
            return
        words = [" · ".join(figures_of(turn))]
        if turn.how != "completed":
            words = [turn.sentence, *words, _ADVICE]
        self.sections.append(key, "\n".join(word for word in words if word))
        if turn.body and self.need(f"{key}/body", lambda: _body_section(key)):
            self.sections.append(f"{key}/body", turn.body)


def _length(item: Item) -> int:
    if not isinstance(item, MessageItem) or item.repeats:
        return 0
    return sum(len(part.text) for part in item.parts)


def _prompt_section(key: str, prompt: str) -> Section:
    lines = prompt.strip().splitlines()
    more = f"  +{len(lines) - 1} lines" if len(lines) > 1 else ""
    return Section(
        f"{key}/prompt",
        Content(f"❯ {clean_line(lines[0])}"),
        meta=Content(more),
        document=TextDocument() if more else None,
        state="prompt",
        collapsible=bool(more),
        open=False,
    )


def _folded(key: str, title: str, *, open_: bool = False) -> Section:
    return Section(
        key, Content(title), document=TextDocument(), state="muted", collapsible=True, open=open_
    )


def _end_section(key: str, turn: Turn) -> Section:
    end = turn.times.end
    state = _STATES.get(turn.how, "failed")
    return Section(
        key,
        Content(f"{_ENDINGS.get(turn.how, '✗')} {turn.how}"),
        meta=Content(units.seconds(end)) if end is not None else None,
        document=TextDocument(role=Role.MUTED if state == "muted" else Role.TEXT),
        state=state,
        collapsible=False,
    )


def _body_section(key: str) -> Section:
    title = Content("what the server sent in the place of a stream")
    return Section(f"{key}/body", title, document=JsonDocument(), state="muted")


def _source_line(annotation: Any) -> str:
    if not isinstance(annotation, dict):
        return ""
    title = annotation.get("title") or annotation.get("filename") or ""
    place = annotation.get("url") or annotation.get("file_id") or ""
    return f"{title}  {place}".strip()
