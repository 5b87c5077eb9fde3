"""The preview of a session: its facts, the hit, and what was asked and answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static
from textual.worker import get_current_worker

from codex_tui import units
from codex_tui.library.groups import group_key, run_of
from codex_tui.library.library import Hit
from codex_tui.model.endings import words_of_end
from codex_tui.safe_text import clean, clean_line
from codex_tui.tui.sessions.columns import local_time, title_of
from codex_tui.tui.sessions.rows import snippet_cells
from codex_tui.tui.sessions.shelf import LibraryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult

    from codex_tui.library.saved import SavedSession, TurnText
    from codex_tui.tui.sessions.shelf import Shelf

    Row = SavedSession | Hit

NOTHING_YET = """\
No sessions yet.

Every stream is recorded, unless --no-record; what is recorded stands here.

esc, then type a prompt: that makes the first one. `codex-tui demo` needs no key and no network.

o in a pane opens any file: recordings, dumps of curl -N, rollouts of the Codex CLI.
"""
NOTHING_PASSES = """\
No session fits all of that: words, days (yesterday, 11-28), fields (model:, how:, tool:, turns:>3).

ctrl+u clears the line; ctrl+f searches in the texts instead.
"""
NOTHING_FOUND = "No text has these words. ctrl+f goes back to filtering the rows."

_TURNS = 20
_LONGEST = 2_000  # characters of a text that are shown


class SessionPreview(VerticalScroll, can_focus=False):
    """Shows a row at a time; its texts are read in a thread.

    Args:
        shelf: The library.
        complain: Called on the loop with what kept it from reading.
    """

    DEFAULT_CSS = "SessionPreview > Static { height: auto; }"

    def __init__(self, shelf: Shelf, complain: Callable[[str], None], *, id: str) -> None:
        super().__init__(id=id)
        self._shelf = shelf
        self._complain = complain
        self._row: Row | None = None

    def compose(self) -> ComposeResult:
        """Hold the text."""
        yield Static(markup=False)

    def say(self, text: Content) -> None:
        """Show a text in the place of a row."""
        self._row = None
        self.query_one(Static).update(text)

    def show(self, row: Row) -> None:
        """Show a row, as soon as it has been read."""
        self._row = row
        self._read(row)

    def move(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_relative(y=lines, animate=False)

    @work(thread=True, group="preview", exclusive=True, exit_on_error=False)
    def _read(self, row: Row) -> None:
        worker, call = get_current_worker(), self.app.call_from_thread
        try:
            texts = self._shelf.texts(row.session if isinstance(row, Hit) else row)
        except LibraryError as error:
            call(self._complain, str(error))
            return
        if not worker.is_cancelled:
            call(self._update, row, texts)

    def _update(self, row: Row, texts: list[TurnText]) -> None:
        if self.is_attached and row is self._row:
            path = self._shelf.path(row.session if isinstance(row, Hit) else row)
            self.query_one(Static).update(preview_of(row, texts, str(path)))
            self.scroll_home(animate=False)


def preview_of(row: SavedSession | Hit, texts: list[TurnText], path: str) -> Content:
    """The preview of a session, or of a hit in it; the hit's turn comes first."""
    session = row.session if isinstance(row, Hit) else row
    first = row.turn if isinstance(row, Hit) else 1
    parts = [Content.styled(title_of(session), "bold")]
    if isinstance(row, Hit):
        cells = snippet_cells(row.snippet)
        words = [(text, "bold underline" if style == "match" else "") for text, style in cells]
        parts.append(Content.assemble((f"{row.where}, turn {row.turn}: ", "dim"), *words))
    parts.append(Content("\n".join(_facts(session, path))))
    return Content("\n\n").join([*parts, *_said(texts, first)])


def _facts(session: SavedSession, path: str) -> Iterator[str]:
    when = local_time(session.recorded, "%Y-%m-%d %H:%M:%S")
    yield " · ".join(filter(None, (when, session.problem or words_of_end(session.how))))
    if session.model or session.provider:
        yield clean_line(" at ".join(filter(None, (session.model, session.provider))))
    counts = [units.count(session.turns, "turn"), units.count(session.events, "event")]
    if session.seconds is not None:
        counts.append(units.seconds(max(session.seconds, 0.0)))
    yield " · ".join([*counts, units.size(session.size)])
    if session.input_tokens is not None or session.output_tokens is not None:
        yield f"{session.input_tokens or 0:,} tokens in, {session.output_tokens or 0:,} out"
    if run := run_of(session).replace("/", " of ").strip():
        yield f"run {run} · group:{group_key(session.run_group)} lists them"
    if session.tags:
        yield clean_line(" ".join(f"#{tag}" for tag in session.tag_list))
    yield clean_line(path)


def _ending(said: str) -> str:
    """How a turn ended; the index has the word of the recording before the sentence."""
    how, colon, sentence = said.partition(":")
    return f"{words_of_end(how)}{colon}{sentence}"


def _said(texts: list[TurnText], first: int) -> Iterator[Content]:
    shown = list(enumerate(texts, 1))[first - 1 : first - 1 + _TURNS]
    for number, text in shown:
        turn = f" {number}" if len(texts) > 1 else ""
        parts = (
            ("prompt", text.prompt),
            ("answer", text.answer or text.tools),
            ("ended", _ending(text.ending)),
        )
        for name, words in parts:
            if words:
                yield Content.assemble((f"{name}{turn}\n", "dim"), clean(_cut(words.strip())))
    if len(texts) - first + 1 > _TURNS:
        yield Content(f"… and {len(texts) - first + 1 - _TURNS:,} more turns")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
