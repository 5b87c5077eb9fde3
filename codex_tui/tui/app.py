"""The app: one viewer over one session, and the life of the process.

Themes, the keymap and the end are here; what is said to a provider is `talk`, what is shown the
viewer's and the panes'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.screen import ModalScreen
from textual.widgets import TextArea

from codex_tui.config.paths import with_tilde
from codex_tui.engine.pace import ScreenPace
from codex_tui.engine.replay import Replay
from codex_tui.engine.session import Session
from codex_tui.state import load_history
from codex_tui.terminal import takes_unicode
from codex_tui.tui.ascii import AsciiFilter
from codex_tui.tui.collector import release_collector
from codex_tui.tui.commands import STOCK, commands_of
from codex_tui.tui.crash_notice import show_crash
from codex_tui.tui.dressing import bind_keys, dress
from codex_tui.tui.ending import EndingApp
from codex_tui.tui.exporting import Exporting
from codex_tui.tui.keys import APP_KEYS, OF_THE_VIEWER
from codex_tui.tui.mends.command_palette import PaletteApp
from codex_tui.tui.mends.terminal_driver import lasting, paint_on_return
from codex_tui.tui.messages import (
    Connection,
    ConnectionChanged,
    Noted,
    PlaybackCommanded,
    PromptSubmitted,
    RecordingChanged,
)
from codex_tui.tui.opener import REPLAYED, Opener
from codex_tui.tui.opening import opening_of, watching
from codex_tui.tui.safe_lines import SafeLines
from codex_tui.tui.screen_observer import ScreenObserver
from codex_tui.tui.shelving import Shelving
from codex_tui.tui.starting import taking_over
from codex_tui.tui.talk import Talk, busy
from codex_tui.tui.theming import variable_defaults
from codex_tui.tui.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.screen import Screen

    from codex_tui.config import Settings
    from codex_tui.engine.replay import Replayed
    from codex_tui.sources import Source
    from codex_tui.sources.backend import Backend
    from codex_tui.sources.pipe import PipeSource
    from codex_tui.tui.opening import Opening
    from codex_tui.tui.starting import StartingTerminal

_SAFE_LINES = SafeLines()
_FRAME = 1 / 30  # seconds between two moments of a replay
_CLOCK = 1.0  # seconds between two looks at the clock: what is shown has no more than that


class CodexTui(EndingApp, PaletteApp[int]):
    """Opens a viewer over one session and keeps the two in step."""

    TITLE = "codex-tui"
    CSS_PATH = Viewer.CSS_PATH  # that of the default screen is not read otherwise
    COMMAND_PALETTE_BINDING = "ctrl+p"

    BINDINGS: ClassVar[list[BindingType]] = APP_KEYS

    def __init__(self, settings: Settings, opening: Opening, backend: Backend | None) -> None:
        self._settings = settings
        super().__init__(settings.paths.log)
        self._opening = opening
        state = settings.paths.state
        self.viewer = Viewer(load_history(state), state / "copied.txt", settings.keys)
        # Before the first paint, which is to have no composer then.
        replaying = opening.file is not None or opening.source is not None
        self.viewer.set_class(replaying, "-replaying")
        observer = ScreenObserver(self.viewer, self._over)
        self.session = Session(opening.keep, observer, ScreenPace, "codex-tui was closed.")
        self.replay = Replay(self.session, settings.paths.cache / "index", tick=_FRAME)
        called = opening.called or opening.name
        self.exporting = Exporting(self.viewer, self.session, settings, called, self.replay.place)
        self._talk: Talk | None = None
        if backend is not None:
            self._talk = Talk(backend, self.session, self.viewer, self._stream, state)
        folder = settings.paths.sessions if settings.record else None
        self._opener = Opener(self.viewer, self.session, self.replay, folder, self._open)
        self._shelving = Shelving(self.viewer, self._opener, settings.paths, self._talk)

    # -- life --------------------------------------------------------------------------------

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give every theme our variables."""
        return variable_defaults(self.current_theme)

    def get_driver_class(self) -> type[Driver]:
        """Use a driver that outlives its terminal."""
        return lasting(super().get_driver_class())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing that a terminal would obey into any line."""
        return [*super().get_line_filters(), _SAFE_LINES, *self._ascii]

    def draw_ascii(self) -> None:
        """Draw nothing but ASCII: the locale is not one of UTF-8."""
        self._ascii = (AsciiFilter(),)

    _ascii: tuple[AsciiFilter, ...] = ()

    def get_default_screen(self) -> Viewer:
        """Begin with the viewer: a screen below it would be laid out and painted for nothing."""
        return self.viewer

    def on_mount(self) -> None:
        """Put on the theme, show the session, and begin what was asked for."""
        paint_on_return(self)
        dress(self, self._settings)
        bind_keys(self, self._settings)
        self.call_after_refresh(self._begin)
        self.set_interval(_CLOCK, self._tick)

    async def _begin(self) -> None:
        release_collector()
        await self.take_keys()
        self.leave_if_ended()
        if self.session.closed:
            return  # all that could be shown on is going
        self._open()
        if self._talk is not None:
            self._talk.show_connection()
        else:
            connection = Connection(self._opening.name)
            self.viewer.broadcast(lambda: ConnectionChanged(connection))
        if self._opening.file is not None:
            self._opener.play(self._opening.file)
        elif self._opening.source is not None:
            note = self._opening.note
            self.viewer.broadcast(lambda: Noted(note))
            self._stream(self._opening.source)
        elif self._talk is not None and self._opening.prompt:
            self._talk.send(self._opening.prompt)

    def _open(self) -> None:
        session = self.session
        if self._talk is not None:
            self._talk.forget()
        self.viewer.open_session(session.conversation, session.log, session.folds.timing)
        self.viewer.pointing.open(session.folds)
        self._show_recording()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer our actions in the palette, and of Textual's those that we have no own for."""
        stock = super().get_system_commands(screen)
        yield from (command for command in stock if command.title in STOCK)
        if screen is self.viewer:
            yield from commands_of(self, self.viewer)

    # -- streaming ---------------------------------------------------------------------------

    def _stream(self, source: Source) -> None:
        self.run_worker(self._follow(source), group="stream", exclusive=True)

    async def _follow(self, source: Source) -> None:
        self.replay.stop()
        await self.session.stream(source)
        self._show_recording()
        if self._opening.exit_at_end:
            self.exit(0)
        self.replay.offer()
        if self._talk is not None:
            self._talk.offer()
            self._talk.ask_for_outputs()

    def _over(self) -> None:
        if self.replay.file is not None and self.replay.file.exit:
            self.exit(0)

    def _tick(self) -> None:
        session = self.session
        if session.running:
            self.viewer.tick(session.now())
        self._show_recording()  # after the end as well: it may have been recorded only now
        if self._talk is not None:
            self._talk.offer()

    def _show_recording(self) -> None:
        kept_at = place, trouble = self.session.kept_at()
        if kept_at != self._kept_at:
            self._kept_at = kept_at
            path = None if place is None else with_tilde(place)
            self.viewer.broadcast(lambda: RecordingChanged(path, trouble))

    _kept_at: tuple[Path | None, str] | None = None

    # -- what the user does ------------------------------------------------------------------

    @on(PromptSubmitted)
    def _submitted(self, event: PromptSubmitted) -> None:
        if self._talk is not None:
            self._talk.submit(event.text)

    @on(PlaybackCommanded)
    def _commanded(self, event: PlaybackCommanded) -> None:
        self.replay.command(event.command, event.argument)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep to the viewer what is done to its session: elsewhere nobody would see it."""
        return self.screen is self.viewer or action not in OF_THE_VIEWER

    def action_escape(self) -> None:
        """Close the innermost open thing; when nothing is open, stop what was asked for."""
        if self.viewer.close_innermost():
            return
        if self.session.running:
            self.session.cancel()
        elif self._talk is not None and self.session.preparing:
            self._talk.leave()
        elif self._talk is not None and self._talk.unanswered():
            self._talk.leave_calls()

    async def action_copy_or_back(self) -> None:
        """Copy a selection if there is one; else do as esc does."""
        focused = self.focused
        selected = focused.selected_text if isinstance(focused, TextArea) else ""
        selected = selected or self.screen.get_selected_text() or ""
        if selected:
            self.viewer.taking.copy(selected)
            return
        match self.screen:
            case Viewer():
                self.action_escape()
            case ModalScreen() as dialog:
                dialog.dismiss(None)
            case screen:  # that of the sessions, where esc has more to do than to leave
                await self.run_action("back", screen)

    def action_sessions(self) -> None:
        """Show all recordings."""
        self._shelving.show_sessions()

    def action_open_file(self) -> None:
        """Ask for a file to open."""
        self._shelving.ask_for_file()

    def _can_send(self) -> bool:
        """Whether a request may follow what is shown; where it may not, that is said."""
        if self._talk is None:
            return False
        if self.viewer.has_class("-replaying"):
            self._talk.note(REPLAYED, wrong=True)
            return False
        return True

    def action_resend(self) -> None:
        """Send the last request again, as it was."""
        if self._talk is not None and self._can_send():
            self._talk.send_again()

    def action_export(self) -> None:
        """Ask for a format, and write the session to a file."""
        self.exporting.ask()

    def action_renew(self) -> None:
        """Begin another conversation, in a recording of its own."""
        if self._talk is None:
            return
        if reason := busy(self.session):
            self._talk.note(reason, wrong=True)
            return
        self.replay.stop()
        self.session.renew()
        self.viewer.remove_class("-replaying")
        self._open()
        self._talk.show_connection()
        self._talk.ask_for_outputs()

    def action_edit_request(self) -> None:
        """Show the request that would be sent now, to be edited and sent."""
        if self._talk is not None and self._can_send():
            self._talk.edit_request()

    def action_connection(self) -> None:
        """Choose provider, model and effort."""
        if self._talk is not None:
            self._talk.choose_connection()

    def close_session(self) -> None:
        """Have everything written."""
        self.session.close()


def run_app(
    settings: Settings,
    *,
    backend: Backend | None = None,
    prompt: str | None = None,
    replay: Replayed | None = None,
    pipe: PipeSource | None = None,
    terminal: StartingTerminal | None = None,
) -> int:
    """Run the app until the user leaves it, and return the process's exit code.

    Args:
        settings: What the user chose.
        backend: Where prompts go; None while replaying.
        prompt: What to send at once.
        replay: A file or a pipe to play instead.
        pipe: A pipe to watch instead, while it comes.
        terminal: The terminal, where it says already that the app is starting.
    """
    opening = opening_of(settings, prompt, replay) if pipe is None else watching(settings, pipe)
    app = CodexTui(settings, opening, backend)
    if not takes_unicode():
        app.draw_ascii()
    if terminal is not None:
        app.driver_class = taking_over(terminal, app.driver_class)
    code = app.run()
    if app.crash is not None:
        show_crash(app.crash, backend.secrets() if backend is not None else [])
    return app.return_code or code or 0
