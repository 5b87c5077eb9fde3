"""The app: one viewer over one session, and the life of the process.

Themes, the keymap and the end are here; what is said to a provider is `requests`, what is shown the
viewer's and the panes'.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.events import Event, InputEvent, Key
from textual.screen import ModalScreen

from codex_tui.config.paths import with_tilde
from codex_tui.gc_pause import release_collector
from codex_tui.state import load_history
from codex_tui.terminal import takes_unicode
from codex_tui.tui.appearance import Appearance, bind_keys
from codex_tui.tui.commands import commands_of
from codex_tui.tui.idle import LATER, RULES, SESSION, Idle, loaded
from codex_tui.tui.key_names import say_keys
from codex_tui.tui.keys import APP_KEYS, OF_THE_VIEWER
from codex_tui.tui.line_filters import AsciiFilter, SafeLines
from codex_tui.tui.mends.alt_digits import know_alt_digits
from codex_tui.tui.mends.first_theme import FirstThemeApp
from codex_tui.tui.mends.terminal_driver import lasting, paint_on_return, show_painted
from codex_tui.tui.messages import (
    Connection,
    ConnectionChanged,
    IdsToggled,
    Noted,
    PlaybackCommanded,
    PromptSubmitted,
    RecordingChanged,
    SessionsRecalled,
)
from codex_tui.tui.panes.first_page import RECENT
from codex_tui.tui.shutdown import OrderlyApp
from codex_tui.tui.startup import taking_over
from codex_tui.tui.themes import variable_defaults
from codex_tui.tui.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.screen import Screen
    from textual.worker import WorkType

    from codex_tui.config import Settings
    from codex_tui.engine.replay import Replay, Replayed
    from codex_tui.engine.session import Session
    from codex_tui.redact import KnownSecrets
    from codex_tui.sources import Source
    from codex_tui.sources.backend import Backend
    from codex_tui.sources.pipe import PipeSource
    from codex_tui.streams.watch import StreamsAsked
    from codex_tui.tui.files import FileChooser, Opener
    from codex_tui.tui.foreign import ForeignStreams
    from codex_tui.tui.launch import Launch
    from codex_tui.tui.requests import Requests
    from codex_tui.tui.session_export import SessionExport
    from codex_tui.tui.startup import StartingTerminal

_SAFE_LINES = SafeLines()
_FRAME = 1 / 30  # seconds between two moments of a replay
_HELD = 0.05  # seconds for which the first paint waits for rows, at most
_AGAIN = 3.0  # seconds for which it is said what the same key does next
_CLOCK = 1.0  # seconds between two looks at the clock: what is shown has no more than that


class CodexTui(OrderlyApp, FirstThemeApp[int]):
    """Opens a viewer over one session and keeps the two in step."""

    TITLE = "codex-tui"
    CSS_PATH = Viewer.CSS_PATH  # that of the default screen is not read otherwise
    COMMAND_PALETTE_BINDING = "ctrl+p"

    BINDINGS: ClassVar[list[BindingType]] = APP_KEYS

    def __init__(
        self,
        settings: Settings,
        opening: Launch | Callable[[], Launch],
        backend: Backend | None,
    ) -> None:
        """Make the panes; what is behind them is made when it is asked for, after the first paint.

        Args:
            settings: What the user chose.
            opening: With what it opens; where nothing stands on it yet, a function that says so.
            backend: Where prompts go; None while replaying.
        """
        self._settings = settings
        super().__init__(settings.paths.log)
        self._opens_with = opening
        self._backend = backend
        self._begun = False
        self._idle = Idle()
        self._appearance = Appearance(self, settings)
        state = settings.paths.state
        copies = state / "copied.txt"
        self.viewer = Viewer(load_history(state), copies, settings.keys, self._masked)
        # Before the first paint, which is to have no composer then.
        replaying = not callable(opening) and (opening.file or opening.source) is not None
        self.viewer.set_class(replaying, "-replaying")
        self.viewer.asks = backend is not None or not replaying
        self.viewer.plays = not callable(opening) and opening.file is not None
        self.viewer.held = True  # until it has taken the keys, and has the rows of a replay
        self._is_home = not callable(opening) and opening.streams is not None
        """Whether the list of streams is what one begins with."""

    # -- what is behind the panes ------------------------------------------------------------

    @cached_property
    def _opening(self) -> Launch:
        return self._opens_with() if callable(self._opens_with) else self._opens_with

    @cached_property
    def session(self) -> Session:
        """The session on the screen."""
        from codex_tui.engine.checking import Check
        from codex_tui.engine.pace import ScreenPace
        from codex_tui.engine.session import Session
        from codex_tui.tui.screen_observer import ScreenObserver

        observer = ScreenObserver(self.viewer, self._over)
        left = "codex-tui was closed."
        check = partial(Check, *self._settings.rules())
        return Session(self._opening.keep, observer, ScreenPace, left, check=check)

    @cached_property
    def replay(self) -> Replay:
        """Plays a file, or what has streamed."""
        from codex_tui.engine.replay import Replay

        return Replay(self.session, self._settings.paths.cache / "index", tick=_FRAME)

    @cached_property
    def session_export(self) -> SessionExport:
        """Writes the session to a file."""
        from codex_tui.tui.session_export import SessionExport

        called = self._opening.called or self._opening.name
        place = self.replay.place
        return SessionExport(self.viewer, self.session, self._settings, called, place)

    @cached_property
    def _requests(self) -> Requests | None:
        if self._backend is None:
            return None
        from codex_tui.tui.requests import Requests

        state = self._settings.paths.state
        return Requests(self._backend, self.session, self.viewer, self._stream, state)

    @cached_property
    def _opener(self) -> Opener:
        from codex_tui.tui.files import Opener

        folder = self._settings.paths.sessions if self._settings.record else None
        return Opener(self.viewer, self.session, self.replay, folder, self._open, self._check)

    @cached_property
    def _chooser(self) -> FileChooser:
        from codex_tui.tui.files import FileChooser

        return FileChooser(self.viewer, self._opener, self._settings.paths, self._requests)

    @cached_property
    def _foreign(self) -> ForeignStreams:
        from codex_tui.tui.foreign import ForeignStreams

        streams = self._opening.streams
        paths = self._settings.paths
        return ForeignStreams(self.viewer, self._opener, paths, streams, self._is_sendable)

    def _is_sendable(self) -> bool:
        """Whether the request that is shown can be sent from here."""
        turn, requests = self.replay.turn, self._requests
        return requests is not None and turn is not None and requests.may_send_again(turn.request)

    @cached_property
    def _known(self) -> KnownSecrets:
        from codex_tui.sources.credentials import known_secrets

        return known_secrets(self._settings, os.environ)

    def _masked(self, text: str) -> str:
        return self._known.masked(text)

    # -- life --------------------------------------------------------------------------------

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give every theme our variables."""
        return variable_defaults(self.current_theme)

    def get_driver_class(self) -> type[Driver]:
        """Use a driver that outlives its terminal, and knows its keys."""
        know_alt_digits()
        return lasting(super().get_driver_class(), self._leave)

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

    def on_load(self) -> None:
        """Put on the theme, before anything is drawn."""
        self._appearance.put_on()
        self.viewer.shows_ids = self._appearance.shows_ids

    @property
    def missing_theme(self) -> str:
        """What to say of the theme that was asked for and is none; "" where it is worn."""
        return self._appearance.missing

    def on_mount(self) -> None:
        """Show the session, and begin what was asked for."""
        paint_on_return(self)
        self._appearance.tell()
        bind_keys(self, self._settings)
        if self.viewer.plays:
            self.viewer.call_next(self._begin)  # so that it is loaded while the panes are laid out
        self.set_interval(_CLOCK, self._tick)

    async def on_ready(self) -> None:
        """Take keys, now that the panes are there, then load what is behind them."""
        if self._backend is None or loaded(SESSION):
            self._begin()  # the keys of a replay are for what is replayed
        if self._typed:
            self._idle.used()
        if self._is_home:
            self._begin()
            self._foreign.go_home()
        await self._rows()
        await self.take_keys()
        self.leave_if_ended()
        if not self._exit:
            # Not its coroutine, which nobody would await where the app is left by then.
            work: WorkType[None] = self._load
            self.run_worker(work, group="loading")

    def on_early_keys_taken(self) -> None:
        """Paint, with what the first keys have changed."""
        self.viewer.show()
        show_painted(self)
        if self.viewer.plays:
            self.replay.shown.set()
        release_collector(lambda: len(self.screen_stack) == 1)

    async def _rows(self) -> None:
        """Wait for the rows of a replay, which are there in a moment: they are painted at once."""
        if self.viewer.plays:
            with suppress(TimeoutError):
                async with asyncio.timeout(_HELD):
                    await self.viewer.told.wait()

    async def _load(self) -> None:
        await self._idle.rest()  # what was typed early is to be seen first
        for name in SESSION:
            await asyncio.to_thread(import_module, name)
        self._begin()
        if not self.is_running:
            return  # it was left meanwhile
        self._appearance.remember()
        await self._idle.load(RULES)
        self.replay.checks = True
        self._check()
        await self._idle.load(LATER)
        await self._recall()

    async def _recall(self) -> None:
        """Name the newest sessions, where nothing was asked yet."""
        if self._requests is None or self.session.conversation.turns:
            return
        from codex_tui.tui.sessions.recent import recent_lines

        paths, most = self._settings.paths, RECENT
        lines = await asyncio.to_thread(recent_lines, paths, self._masked, most)
        self.viewer.broadcast(lambda: SessionsRecalled(lines))

    def _check(self) -> None:
        """Check the file that is shown, as far as it is there; a stream is checked as it comes."""
        if self.replay.checks:
            work: WorkType[None] = self.replay.check  # not its coroutine, as above
            self.run_worker(work, group="check", exclusive=True)

    async def on_event(self, event: Event) -> None:
        """Take note of when the user did something last, and what."""
        if isinstance(event, InputEvent):
            self._idle.used()
        if isinstance(event, Key) and say_keys(event.key) != self.viewer.key_of("app.copy"):
            self._leaving = False
        await super().on_event(event)

    _leaving = False  # whether the key that copied nothing and closed nothing was the latest

    def _begin(self) -> None:
        """Show the session, and begin what was asked for, if that is still to be done."""
        if self._begun or self._ended_by or self._exit:
            return  # or all that could be shown on is going
        self._begun = True
        self._open()
        if self._requests is not None:
            self._requests.show_connection()
        else:
            connection = Connection(self._opening.name)
            self.viewer.broadcast(lambda: ConnectionChanged(connection))
        if self._opening.file is not None:
            if self.viewer.held:
                self.replay.shown.clear()  # until it is painted
            self._opener.play(self._opening.file)
        elif self._opening.source is not None:
            note = self._opening.note
            self.viewer.broadcast(lambda: Noted(note))
            self._stream(self._opening.source)
        elif self._requests is not None and self._opening.prompt:
            self._requests.send(self._opening.prompt)

    def _open(self) -> None:
        session = self.session
        if self._requests is not None:
            self._requests.forget()
        self.viewer.open_session(session.conversation, session.log, session.folds.timing)
        self.viewer.provenance.open(session.folds)
        self._show_recording()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer our actions in the palette, and of Textual's those that we have no own for.

        Its pictures are not redacted, and its help is not ours.
        """
        ours = screen is self.viewer
        stock = {"Theme"} if ours else {"Theme", "Quit"}  # among ours that has its key
        every = super().get_system_commands(screen)
        yield from (command for command in every if command.title in stock)
        if ours:
            yield from commands_of(self, self.viewer, self._settings.keys)

    def action_command_palette(self) -> None:
        """Show the commands."""
        from codex_tui.tui.mends.command_palette import open_palette

        open_palette(self)

    def search_themes(self) -> None:
        """Show the themes."""
        from codex_tui.tui.mends.command_palette import search_themes

        self._appearance.load_all()
        search_themes(self)

    # -- streaming ---------------------------------------------------------------------------

    def _stream(self, source: Source) -> None:
        self.run_worker(self._follow(source), group="stream", exclusive=True)

    async def _follow(self, source: Source) -> None:
        self.replay.stop()
        await self.session.stream(source)
        self._show_recording()
        if remarks := self._opening.remarks():
            self.viewer.broadcast(lambda: Noted(" ".join(remarks), of=len(remarks)))
        if self._opening.exit_at_end:
            self.exit(0)
        self.replay.offer()
        self._check()  # what went on from a file whose check was behind
        if self._requests is not None:
            self._requests.ended()

    def _over(self) -> None:
        if self.replay.file is not None and self.replay.file.exit:
            self.exit(0)

    def _tick(self) -> None:
        if not self._begun:
            return
        session = self.session
        if session.running:
            self.viewer.tick(session.now())
        elif (present := self.replay.present()) is not None:
            self.viewer.tick(present)  # what another program is having answered
        self._show_recording()  # after the end as well: it may have been recorded only now
        if self._requests is not None:
            self._requests.offer()

    def _show_recording(self) -> None:
        kept_at = place, trouble = self.session.kept_at()
        if kept_at != self._kept_at:
            self._kept_at = kept_at
            path = None if place is None else with_tilde(place)
            self.viewer.broadcast(lambda: RecordingChanged(path, trouble))

    _kept_at: tuple[Path | None, str] | None = None

    def on_descendant_focus(self) -> None:
        """Name keys that work where the focus is now."""
        if self._begun and self._requests is not None:
            self._requests.offer()

    # -- what the user does ------------------------------------------------------------------

    @on(PromptSubmitted)
    def _submitted(self, event: PromptSubmitted) -> None:
        self._begin()  # where it was typed before the session was there
        if self._requests is not None:
            self._requests.submit(event.text)

    @on(PlaybackCommanded)
    def _commanded(self, event: PlaybackCommanded) -> None:
        self.replay.command(event.command, event.argument)

    @on(IdsToggled)
    def _ids_toggled(self, event: IdsToggled) -> None:
        self._appearance.keep_ids(shown=event.shown)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep to the viewer what is done to its session: elsewhere nobody would see it."""
        if action == "leave_replay" and not self._replays:
            return False
        return self.screen is self.viewer or action not in OF_THE_VIEWER

    @property
    def _replays(self) -> bool:
        """Whether a replay is shown, and nothing that is still coming."""
        shown = self.viewer.has_class("-replaying")
        return shown and not (self._begun and self.session.running)

    async def action_leave_replay(self) -> None:
        """Leave a replay: for the list that it is from, or a new conversation, if one may be."""
        if self._is_from_the_list:
            self._foreign.show_list()
        elif self._requests is None:
            await self.action_quit()
        else:
            self.action_renew()
            self.viewer.composer.focus()

    def action_escape(self) -> None:
        """Close the innermost open thing; when nothing is open, stop what was asked for."""
        if not self.viewer.close_innermost():
            self._stop()

    def _stop(self) -> None:
        """Stop what was asked for, or leave what is asked."""
        if not self._begun:
            return
        if self.session.running:
            self.session.cancel()
        elif self._requests is not None and self.session.preparing:
            self._requests.leave()
        elif self._requests is not None and self._requests.unanswered():
            self._requests.leave_calls()
        elif self._requests is not None and self._requests.left():
            self._requests.take_up_calls()
        elif self._is_from_the_list:
            self._foreign.show_list()

    @property
    def _is_from_the_list(self) -> bool:
        """Whether what is shown was opened from the list; to ask that loads nothing of it."""
        is_replay = self.viewer.has_class("-replaying")
        return is_replay and "_foreign" in vars(self) and self._foreign.shown is not None

    async def action_copy_or_back(self) -> None:
        """Copy a selection if there is one; else do as esc does, and twice in a row quit."""
        from textual.widgets import TextArea

        focused = self.focused
        selected = focused.selected_text if isinstance(focused, TextArea) else ""
        selected = selected or self.screen.get_selected_text() or ""
        if selected:
            self.viewer.clipboard.copy(selected)
            return
        match self.screen:
            case Viewer() if self._leaving:
                await self.action_quit()
            case Viewer() if not self.viewer.close_innermost():
                self._stop()
                self._leaving = self.screen is self.viewer
                self.notify(f"{self.viewer.key_of('app.copy')} again quits", timeout=_AGAIN)
            case Viewer():
                pass
            case ModalScreen() as dialog:
                dialog.dismiss(None)
            case screen:  # that of the sessions, where esc has more to do than to leave
                await self.run_action("back", screen)

    def action_sessions(self) -> None:
        """Show all recordings."""
        self._chooser.show_sessions()

    def action_streams(self) -> None:
        """Show the streams of other programs."""
        self._foreign.show_list()

    def action_open_file(self) -> None:
        """Ask for a file to open."""
        self._chooser.ask_for_file()

    def _can_send(self) -> bool:
        """Whether a request may follow what is shown; where it may not, that is said."""
        if self._requests is None:
            return False
        from codex_tui.tui.files import REPLAYED

        if self.viewer.has_class("-replaying"):
            self._requests.note(REPLAYED, wrong=True)
            return False
        return True

    def action_resend(self) -> None:
        """Send the last request again, as it was."""
        if self._requests is not None and self._can_send():
            self._requests.send_again()

    def action_export(self) -> None:
        """Ask for a format, and write the session to a file."""
        self.session_export.ask()

    def action_renew(self) -> None:
        """Begin another conversation, in a recording of its own."""
        if self._requests is None:
            return
        from codex_tui.tui.requests import busy

        if reason := busy(self.session):
            self._requests.note(reason, wrong=True)
            return
        self.replay.stop()
        self.session.renew()
        self.viewer.remove_class("-replaying")
        self._open()
        self._requests.show_connection()
        self._requests.ask_for_outputs()

    def action_edit_request(self) -> None:
        """Show the request that would be sent now, or that a file has, to be edited and sent."""
        if self._requests is None:
            return
        if self.viewer.has_class("-replaying"):
            turn = self.replay.turn
            request = turn.request if turn is not None else None
            self._requests.edit_recorded(request, self.action_renew)
        else:
            self._requests.edit_request()

    def action_connection(self) -> None:
        """Choose provider, model and effort."""
        if self._requests is not None:
            self._requests.choose_connection()

    def close_session(self) -> None:
        """Have everything written, if there is anything."""
        if self._begun:
            self.session.close()


def run_app(
    settings: Settings,
    *,
    backend: Backend | None = None,
    prompt: str | None = None,
    replay: Replayed | None = None,
    pipe: PipeSource | None = None,
    streams: StreamsAsked | None = None,
    terminal: StartingTerminal | None = None,
) -> int:
    """Run the app until the user leaves it, and return the process's exit code.

    Args:
        settings: What the user chose.
        backend: Where prompts go; None while replaying.
        prompt: What to send at once.
        replay: A file or a pipe to play instead.
        pipe: A pipe to watch instead, while it comes.
        streams: Begin with the list of streams, and with which of them.
        terminal: The terminal, where it says already that the app is starting.
    """
    opening = partial(_launch_of, settings, prompt, replay, pipe)
    asking = replay is None and pipe is None and streams is None
    launch = opening if asking else opening()
    if streams is not None and not callable(launch):
        launch.streams = streams
    app = CodexTui(settings, launch, backend)
    if not takes_unicode():
        app.draw_ascii()
    if terminal is not None:
        app.driver_class = taking_over(terminal, app.driver_class)
    code = app.run()
    if app.crash is not None:
        from codex_tui.tui.crash_notice import show_crash

        show_crash(app.crash, backend.secrets() if backend is not None else [])
    return app.return_code or code or 0


def _launch_of(
    settings: Settings, prompt: str | None, replay: Replayed | None, pipe: PipeSource | None
) -> Launch:
    from codex_tui.tui.launch import launch_of, watching

    return launch_of(settings, prompt, replay) if pipe is None else watching(settings, pipe)
