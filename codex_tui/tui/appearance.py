"""What the user chose of the app's looks and keys, put on when it starts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from textual.binding import Binding

from codex_tui.config.errors import suggestion
from codex_tui.state import load_choices, save_choice
from codex_tui.tui.keys import key_groups
from codex_tui.tui.themes import load_themes, shipped_folder, shipped_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import App
    from textual.theme import Theme

    from codex_tui.config import Settings
    from codex_tui.tui.mends.first_theme import FirstThemeApp
    from codex_tui.tui.themes import ThemeProblem

_DEFAULT_THEME = "codex-dark"
_OURS = "codex-"  # how the themes begin that are made for this app
_SHOWN = "shown"
_LOOK = 4.0  # seconds until somebody looks at a warning,
_READ = 15  # and characters that he reads of it in one


class Appearance:
    """The themes, of which the user's is put on first, and what else of the looks is remembered."""

    def __init__(self, app: FirstThemeApp[int], settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._problems: Sequence[ThemeProblem] = ()
        self.missing = ""
        self._first = ""
        self._loaded = False

    def put_on(self) -> None:
        """Put on the user's theme, before anything is drawn."""
        wanted = self._settings.theme or self._remembered("theme") or _DEFAULT_THEME
        if (worn := self._shipped(wanted)) is not None:
            self._app.register_theme(worn)
        else:
            self.load_all()
        if wanted not in self._app.available_themes:
            place = self._settings.said_at("theme") if self._settings.theme else ""
            known = self._app.available_themes
            ours = (name for name in known if name.startswith(_OURS))
            others = suggestion(wanted, known, ours)
            self.missing = f"{place}there is no theme {wanted!r}: {others}"
            wanted = _DEFAULT_THEME
        self._app.begin_with(wanted)
        self._first = wanted

    def _shipped(self, name: str) -> Theme | None:
        """The theme of that name, if it is one of ours that no file of the user stands before."""
        if any(self._settings.paths.themes.glob("*.toml")):
            return None
        return shipped_theme(name)

    def load_all(self) -> None:
        """Load the themes that are not worn, once: the user may choose one of them."""
        if not self._loaded:
            self._loaded = True
            loaded = load_themes(shipped_folder(), self._settings.paths.themes)
            self._problems = loaded.problems
            for theme in loaded.themes:
                self._app.register_theme(theme)

    def tell(self) -> None:
        """Say what was wrong with them."""
        for problem in self._problems:
            _warn(self._app, str(problem), title="Theme left out")
        if self.missing:
            _warn(self._app, self.missing)

    def remember(self) -> None:
        """Remember what the user puts on, and not what a flag or a variable has put on him.

        From now on all can be chosen.
        """
        self.load_all()
        if self._app.theme != self._first:
            self._keep(self._app.current_theme)
        self._app.theme_changed_signal.subscribe(self._app, self._keep)

    def _keep(self, theme: Theme) -> None:
        self._save("theme", theme.name)

    @property
    def shows_ids(self) -> bool:
        """Whether the timeline was left with the ids of its events."""
        return self._remembered("ids") == _SHOWN

    def keep_ids(self, *, shown: bool) -> None:
        """Remember whether the timeline shows the ids of its events."""
        self._save("ids", _SHOWN if shown else "")

    def _save(self, name: str, value: str) -> None:
        if value != self._remembered(name):
            with contextlib.suppress(OSError):
                save_choice(self._settings.paths.state, name, value)

    def _remembered(self, name: str) -> str:
        return load_choices(self._settings.paths.state).get(name, "")


def bind_keys(app: App[int], settings: Settings) -> None:
    """Bind the user's keys; one that names nothing is said, and ctrl+q always quits."""
    if not settings.keys:
        return
    keys = dict(settings.keys)
    bindings = [each for group in key_groups(app.BINDINGS) for each in group.bindings]
    known = {each.id for each in bindings if isinstance(each, Binding) and each.id}
    for name in sorted(keys.keys() - known):
        place = settings.place("keys", name)
        problem = f'{place}[keys] has no "{name}": {suggestion(name, known)}'
        _warn(app, problem)
    if "app.quit" in keys:
        keys["app.quit"] += ",ctrl+q"
    app.set_keymap(keys)


def _warn(app: App[int], text: str, *, title: str = "") -> None:
    seconds = _LOOK + len(text) / _READ
    app.notify(text, title=title, severity="warning", markup=False, timeout=seconds)
