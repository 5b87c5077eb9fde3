"""What the user chose of the app's looks and keys, put on when it starts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from textual.binding import Binding

from codex_tui.config.errors import suggestion
from codex_tui.state import load_choices, save_choice
from codex_tui.tui.keys import key_groups
from codex_tui.tui.theming import load_themes, shipped_folder

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import App

    from codex_tui.config import Settings

_DEFAULT_THEME = "codex-dark"
_READ = 20  # seconds that it takes to read where in a file something is wrong


def dress(app: App[int], settings: Settings) -> None:
    """Load the themes, put on the user's, and remember what is put on later."""
    loaded = load_themes(shipped_folder(), settings.paths.themes)
    for theme in loaded.themes:
        app.register_theme(theme)
    for problem in loaded.problems:
        said = str(problem)
        app.notify(said, title="Theme left out", severity="warning", markup=False, timeout=_READ)
    app.theme = _known_theme(app, settings)
    state = settings.paths.state
    app.theme_changed_signal.subscribe(app, lambda theme: _keep(state, theme.name))


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
        app.notify(problem, severity="warning", markup=False, timeout=_READ)
    if "app.quit" in keys:
        keys["app.quit"] += ",ctrl+q"
    app.set_keymap(keys)


def _known_theme(app: App[int], settings: Settings) -> str:
    wanted = settings.theme or load_choices(settings.paths.state).get("theme") or _DEFAULT_THEME
    if wanted in app.available_themes:
        return wanted
    place = settings.place("theme") if settings.theme else ""
    said = f"{place}there is no theme {wanted!r}"
    app.notify(said, severity="warning", markup=False, timeout=_READ)
    return _DEFAULT_THEME


def _keep(state: Path, name: str) -> None:
    with contextlib.suppress(OSError):
        save_choice(state, "theme", name)
