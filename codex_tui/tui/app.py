"""The app: one viewer over one session, and the life of the process.

Themes, the keymap, the start and the end are here; what happens to the session is `presenter`'s.
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

from codex_tui.gc_pause import release_collector
from codex_tui.state import load_history
from codex_tui.terminal import takes_unicode
from codex_tui.tui.appearance import Appearance, bind_keys
from codex_tui.tui.commands import commands_of, commands_on
from codex_tui.tui.idle import LATER, NETWORK, REQUESTS, RULES, SESSION, Idle, loaded
from codex_tui.tui.key_names import say_keys
from codex_tui.tui.keys import APP_KEYS, OF_THE_VIEWER
from codex_tui.tui.line_filters import SafeLinesApp
from codex_tui.tui.mends.alt_keys import know_alt_keys
from codex_tui.tui.mends.first_theme import FirstThemeApp
from codex_tui.tui.mends.terminal_driver import lasting, paint_on_return, show_painted
from codex_tui.tui.messages import (
    IdsToggled,
    PlaybackCommanded,
    PromptSubmitted,
)
from codex_tui.tui.presenter import Presenter
from codex_tui.tui.shutdown import OrderlyApp
from codex_tui.tui.startup import taking_over
from codex_tui.tui.themes import variable_defaults
from codex_tui.tui.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.worker import WorkType

    from codex_tui.config import Settings
    from codex_tui.engine.intake import Replayed
    from codex_tui.engine.replay import Replay
    from codex_tui.engine.session import Session
    from codex_tui.redact import KnownSecrets
    from codex_tui.sources.backend import Backend
    from codex_tui.sources.pipe import PipeSource
    from codex_tui.streams.watch import StreamsAsked
    from codex_tui.tui.launch import Launch
    from codex_tui.tui.startup import StartingTerminal

_HELD = 0.05  # seconds for which the first paint waits for rows, at most
_AGAIN = 3.0  # seconds for which it is said what the same key does next
_CLOCK = 1.0  # seconds between two looks at the clock: what is shown has no more than that


class CodexTui(OrderlyApp, SafeLinesApp[int], FirstThemeApp[int]):
    """Opens a viewer over one session; `presenter` keeps the two in step.

    Args:
        settings: What the user chose.
        opening: With what it opens; where nothing stands on it yet, a function that says so.
        backend: Where prompts go; None while replaying.
    """

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
        self._settings = settings
        super().__init__(settings.paths.log)
        self._backend = backend
        self._idle = Idle()
        self._appearance = Appearance(self, settings)
        state = settings.paths.state
        copies = state / "copied.txt"
        self.viewer = Viewer(load_history(state), copies, settings.keys, self._masked)
        self.presenter = Presenter(self, self.viewer, settings, opening, backend)
        # Before the first paint, which is to have no composer then.
        replaying = not callable(opening) and (opening.file or opening.source) is not None
        self.viewer.set_class(replaying, "-replaying")
        self.viewer.asks = backend is not None or not replaying
        file = None if callable(opening) else opening.file
        self.viewer.plays = file is not None
        self.viewer.begins = "output" if file is None or file.follow else "timeline"
        self.viewer.held = True  # until it has taken the keys, and has the rows of a replay
        self._is_home = not callable(opening) and opening.streams is not None
        """Whether the list of streams is what one begins with."""

    @cached_property
    def session(self) -> Session:
        """The session on the screen."""
        return self.presenter.backstage.session

    @cached_property
    def replay(self) -> Replay:
        """Plays a file, or what has streamed."""
        return self.presenter.backstage.replay

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
        know_alt_keys()
        return lasting(super().get_driver_class(), self._leave)

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
        self.set_interval(_CLOCK, self.presenter.tick)

    async def on_ready(self) -> None:
        """Take keys, now that the panes are there, then load what is behind them."""
        if self._backend is None or loaded(SESSION):
            self._begin()  # the keys of a replay are for what is replayed
        if self._typed:
            self._idle.used()
        if self._is_home:
            self._begin()
            self.presenter.backstage.foreign.go_home()
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
        asks = self._backend is not None
        for name in (*SESSION, *REQUESTS) if asks else SESSION:
            await asyncio.to_thread(import_module, name)
        self._begin()
        if not self.is_running:
            return  # it was left meanwhile
        self._appearance.remember()
        await self._idle.load(RULES)
        self.replay.file_check.allowed = True
        self.presenter.check()
        await self._idle.load((*LATER, *NETWORK) if asks else LATER)
        await self.presenter.recall()

    async def on_event(self, event: Event) -> None:
        """Take note of when the user did something last, and what."""
        if isinstance(event, InputEvent):
            self._idle.used()
        if isinstance(event, Key) and say_keys(event.key) != self.viewer.key_of("app.copy"):
            self._leaving = False
        await super().on_event(event)

    _leaving = False  # whether the key that copied nothing and closed nothing was the latest

    def _begin(self) -> None:
        """Show the session, unless all that it could be shown on is going."""
        if not (self._ended_by or self._exit):
            self.presenter.begin()

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
        else:
            yield from commands_on(self, screen, self._settings.keys)

    def action_command_palette(self) -> None:
        """Show the commands."""
        from codex_tui.tui.mends.command_palette import open_palette

        open_palette(self)

    def search_themes(self) -> None:
        """Show the themes."""
        from codex_tui.tui.mends.command_palette import search_themes

        self._appearance.load_all()
        search_themes(self)

    def close_session(self) -> None:
        """Have everything written, if there is anything."""
        self.presenter.close()

    def on_descendant_focus(self) -> None:
        """Name keys that work where the focus is now."""
        self.presenter.offer()

    # -- what the user does ------------------------------------------------------------------

    @on(PromptSubmitted)
    def _submitted(self, event: PromptSubmitted) -> None:
        self._begin()  # where it was typed before the session was there
        self.presenter.submit(event.text)

    @on(PlaybackCommanded)
    def _commanded(self, event: PlaybackCommanded) -> None:
        self.replay.command(event.command, event.argument)

    @on(IdsToggled)
    def _ids_toggled(self, event: IdsToggled) -> None:
        self._appearance.keep_ids(shown=event.shown)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keep to the viewer what is done to its session: elsewhere nobody would see it."""
        if action == "leave_replay" and not self.presenter.replays:
            return False
        return self.screen is self.viewer or action not in OF_THE_VIEWER

    async def action_leave_replay(self) -> None:
        """Leave a replay: for the list that it is from, or a new conversation, if one may be."""
        if not self.presenter.leave():
            await self.action_quit()

    def action_escape(self) -> None:
        """Close the innermost open thing; when nothing is open, stop what was asked for."""
        if not self.viewer.close_innermost():
            self.presenter.stop()

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
                self.presenter.stop()
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
        self.presenter.backstage.chooser.show_sessions()

    def action_streams(self) -> None:
        """Show the streams of other programs."""
        self.presenter.backstage.foreign.show_list()

    def action_open_file(self) -> None:
        """Ask for a file to open."""
        self.presenter.backstage.chooser.ask_for_file()

    def action_compare(self) -> None:
        """Choose what the file that is shown is compared with."""
        self.presenter.compare()

    def action_export(self) -> None:
        """Ask for a format, and write the session to a file."""
        self.presenter.backstage.session_export.ask()

    def action_resend(self) -> None:
        """Send the last request again, as it was."""
        self.presenter.resend()

    def action_renew(self) -> None:
        """Begin another conversation, in a recording of its own."""
        self.presenter.renew()

    def action_edit_request(self) -> None:
        """Show the request that would be sent now, or that a file has, to be edited and sent."""
        self.presenter.edit_request()

    def action_another_model(self) -> None:
        """Send what is typed, or the request that is shown, to another model too."""
        self.presenter.ask_another_model()

    def action_connection(self) -> None:
        """Choose provider, model and effort."""
        self.presenter.choose_connection()


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
