"""What the palette offers beside Textual's own: every action that has a key, with that key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import SystemCommand
from textual.binding import Binding

from codex_tui.tui.key_names import say_keys
from codex_tui.tui.keys import APP_KEYS, PLAY_KEYS, VIEWER_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textual.app import App
    from textual.binding import BindingType
    from textual.screen import Screen

    from codex_tui.tui.viewer import Viewer

_SAID = {
    "sessions": ("Sessions", "all recordings: search, open"),
    "streams": ("Streams", "what other programs' streams do now"),
    "open_file": ("Open a file", "whatever holds a stream"),
    "renew": ("New conversation", "begin anew, in a new recording"),
    "connection": ("Connection", "choose provider, model, effort"),
    "edit_request": ("Edit the request", "see and edit its JSON"),
    "resend": ("Send again", "send the last request again; it asks first"),
    "another_model": ("Send to another model", "the same request, side by side; it asks first"),
    "export": ("Export", "write the session to a file"),
    "zoom": ("Zoom", "show the focused pane alone"),
    "inspect": ("Inspector", "show or hide the inspector"),
    "measure": ("Metrics", "show or hide the figures of the response"),
    "wrong": ("What is wrong", "show or hide the findings: which events break which rules"),
    "tokens": ("Tokens", "show the pieces that the texts came in, or no longer"),
    "ids": ("Ids", "show the ids of items, calls and responses in the timeline, or no longer"),
    "help": ("Help", "show the keys of the place where you are"),
}
"""Titles and words for some actions; the others say what their bindings say."""

COMPARE = (
    "Compare with another session",
    "mark what is shown, and choose the other in the sessions: alt+enter compares",
)
"""What has no key of its own: it begins in the lists, where two are marked."""

_LEFT_OUT = frozenset({"command_palette", "escape", "copy_or_back"})
"""What is no command: the palette itself, and what depends on what is open."""


def commands_of(
    app: App[int], viewer: Viewer, rebound: Mapping[str, str]
) -> Iterator[SystemCommand]:
    """Yield them in the order in which the palette lists them.

    Args:
        app: Runs the actions of its own keys.
        viewer: Runs the others.
        rebound: The user's own keys, by the ids of bindings.
    """
    for node, keys in ((app, APP_KEYS), (viewer, VIEWER_KEYS), (viewer, PLAY_KEYS)):
        for binding in keys:
            if isinstance(binding, Binding) and _is_offered(binding, viewer):
                name = binding.action.partition("(")[0]
                title, words = _SAID.get(name, (binding.description, ""))
                title = f"Go to {title}" if name == "go" else title
                key = say_keys(rebound.get(binding.id or "", binding.key))
                yield SystemCommand(
                    title,
                    f"{key} · {words}" if words else key,
                    partial(app.run_action, binding.action, node),
                )
    yield SystemCommand(*COMPARE, partial(app.run_action, "compare", app))


def commands_on(
    app: App[int], screen: Screen[Any], rebound: Mapping[str, str]
) -> Iterator[SystemCommand]:
    """Yield what a screen other than the viewer has to offer, if it has anything."""
    bindings: Sequence[Binding] = getattr(screen, "OFFERED", ())
    for binding in bindings:
        key = say_keys(rebound.get(binding.id or "", binding.key))
        title = binding.tooltip or binding.description
        yield SystemCommand(title, key, partial(app.run_action, binding.action, screen))


def _is_offered(binding: BindingType, viewer: Viewer) -> bool:
    """Whether there is anything that it could do now."""
    if not isinstance(binding, Binding) or (binding.id or "").startswith("play.tenth-"):
        return False
    match binding.action.partition("(")[0]:
        case "playback" | "goto":
            return viewer.playable
        case "leave_replay":
            return viewer.has_class("-replaying")
        case name:
            return name not in _LEFT_OUT
