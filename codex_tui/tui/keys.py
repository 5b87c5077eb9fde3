"""All keys of the app, by the place where they work; every one has an id and can be rebound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

from codex_tui.tui.panes.words import PANES
from codex_tui.tui.section_view.view import POINTER_KEYS, SECTION_KEYS
from codex_tui.tui.sessions.keys import LIBRARY_KEYS, SESSION_KEYS
from codex_tui.tui.streams.keys import FILTER_KEYS, LIST_KEY, SCREEN_KEYS, TABLE_KEYS
from codex_tui.tui.widgets.findings_view import FindingsView
from codex_tui.tui.widgets.line_view import LineView
from codex_tui.tui.widgets.time_strip import TimeStrip
from codex_tui.tui.widgets.timeline_view import TimelineView

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Any

    from textual.binding import BindingType
    from textual.dom import DOMNode
    from textual.screen import Screen

    from codex_tui.tui.dialogs.help import KeyGroup

APP_KEYS: list[BindingType] = [
    Binding("escape", "escape", "Back, or stop", id="app.back", key_display="esc"),
    Binding(
        "ctrl+c",
        "copy_or_back",
        "Copy selection, or as esc",
        id="app.copy",
        show=False,
        priority=True,
    ),
    Binding("r,f9", "resend", "Send again", id="app.resend", show=False),
    Binding("x", "export", "Export", id="app.export", show=False),
    Binding("ctrl+n", "renew", "New conversation", id="app.new", show=False),
    Binding("ctrl+g", "edit_request", "Edit the request", id="app.request", show=False),
    Binding("b,ctrl+l", "another_model", "To another model", id="app.another-model", show=False),
    Binding("ctrl+o", "connection", "Connection", id="app.connection", show=False),
    *LIBRARY_KEYS,
    LIST_KEY,
    Binding("ctrl+p", "command_palette", "Palette", id="app.palette", show=False, priority=True),
    Binding("ctrl+z", "suspend_process", "Suspend", id="app.suspend", show=False, priority=True),
    Binding("q", "leave_replay", "Leave", id="app.leave"),
    Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True),
]
"""The app's keys; those with priority work on every screen and in every dialog."""

OF_THE_VIEWER = {
    each.action for each in APP_KEYS if isinstance(each, Binding) and not each.priority
}
"""What the others do, to the session that the viewer shows."""

_GO = [
    Binding(
        f"alt+{number},f{number + 1}",
        f"go('{pane}')",
        title,
        id=f"viewer.go-{pane}",
        show=False,
        priority=True,
    )
    for number, (pane, title) in enumerate(PANES.items(), 1)
]
"""To a pane from everywhere, the composer too; f keys for terminals that keep alt to themselves."""

VIEWER_KEYS = [
    Binding("tab", "next(1)", "Next pane", id="viewer.next"),
    Binding("shift+tab", "next(-1)", "Previous pane", id="viewer.previous", show=False),
    Binding("slash", "search", "Search", id="viewer.search", key_display="/"),
    Binding("n", "match(1)", "Next match", id="viewer.next-match", show=False),
    Binding("N", "match(-1)", "Previous match", id="viewer.previous-match", show=False),
    Binding("f", "filter", "Filter the timeline", id="viewer.filter", show=False),
    Binding("v", "range", "Choose a range of time", id="viewer.range", show=False),
    Binding("z", "zoom", "Zoom", id="viewer.zoom"),
    Binding("i", "inspect", "Inspector", id="viewer.inspect", show=False),
    Binding("m", "measure", "Metrics", id="viewer.metrics", show=False),
    Binding("w", "wrong", "What is wrong", id="viewer.wrong", show=False),
    Binding("t", "tokens", "Token view", id="viewer.tokens", show=False),
    Binding("d", "ids", "Ids in the timeline", id="viewer.ids", show=False),
    Binding("y", "copy", "Copy", id="viewer.copy"),
    Binding("l", "links", "Links", id="viewer.links", show=False),
    Binding("question_mark,f1", "help", "Help", id="viewer.help", key_display="?"),
    *_GO,
]
"""The keys that work in every pane."""


_FIRST = {
    "composer.send": "send what is typed below",
    "app.connection": "connect: provider, model, effort",
    "app.sessions": "sessions: what was recorded",
    "app.streams": "streams of other programs",
    "app.open": "open a file, from any pane",
    "app.palette": "everything else, by its name",
    "viewer.help": "all keys",
    "app.quit": "quit",
}


def _play_key(key: str, command: str, what: str, *, show: bool = False) -> Binding:
    action = f"playback('{command}')"
    return Binding(key, action, what, id=f"play.{command}", show=show)


PLAY_KEYS = [
    _play_key("space", "toggle", "Play or pause", show=True),
    _play_key("full_stop", "next-event", "Event forward", show=True),
    _play_key("comma", "previous-event", "Event back"),
    _play_key("right_square_bracket", "next-mark", "Next mark"),
    _play_key("left_square_bracket", "previous-mark", "Previous mark"),
    _play_key("right", "forward", "Forward 5 s"),
    _play_key("left", "back", "Back 5 s"),
    _play_key("shift+right", "forward-share", "Forward 10 %"),
    _play_key("shift+left", "back-share", "Back 10 %"),
    _play_key("plus,equals_sign", "faster", "Faster"),
    _play_key("minus", "slower", "Slower"),
    _play_key("e", "next-error", "Next error, malformed"),
    _play_key("E", "previous-error", "Previous error, malformed"),
    _play_key("s", "next-slow", "Next slow-down"),
    _play_key("S", "previous-slow", "Previous slow-down"),
    _play_key("L", "loop", "Loop"),
    Binding("colon", "goto", "Go to #1200, 12.5s or 50%", id="play.goto", show=False),
    *(_play_key(str(n), f"tenth-{n}", f"Go to {n * 10} %") for n in range(10)),
]
"""Those of asciinema's player, and some that a stream has need of. They work in every pane; where
text is typed they are text."""


def first_keys(rebound: Mapping[str, str]) -> list[str]:
    """Return the keys that matter at the beginning, a line each.

    Args:
        rebound: The user's own keys, by the ids of bindings.
    """
    from codex_tui.tui.key_names import say_keys
    from codex_tui.tui.panes.composer import Composer

    all_keys = (*Composer.BINDINGS, *APP_KEYS, *VIEWER_KEYS)
    keys = {each.id: each.key for each in all_keys if isinstance(each, Binding)} | dict(rebound)
    said = {id_: say_keys(keys[id_].split(",")[-1]) for id_ in _FIRST}
    return [f"{said[id_]:<8} {what}" for id_, what in _FIRST.items()]


def key_of(id_: str, rebound: Mapping[str, str], *, typing: bool) -> str:
    """Return a key of the app as people write it: one that works where the focus is.

    Args:
        id_: The id of its binding.
        rebound: The user's own keys, by the ids of bindings.
        typing: Whether the focus is where letters are typed.
    """
    from codex_tui.tui.key_names import is_typed, say_keys

    stock = next(each.key for each in APP_KEYS if isinstance(each, Binding) and each.id == id_)
    keys = rebound.get(id_, stock).split(",")
    return say_keys(next((key for key in keys if not (typing and is_typed(key))), keys[0]))


def key_groups(everywhere: Sequence[BindingType], here: Collection[str] = ()) -> list[KeyGroup]:
    """Return all keys, those of the place where the user is before the others.

    Args:
        everywhere: The keys of the app.
        here: The ids of the keys that only this place has.
    """
    from codex_tui.tui.comparison.keys import COMPARISON_KEYS, PART_KEYS
    from codex_tui.tui.dialogs.help import KeyGroup
    from codex_tui.tui.panes.composer import Composer

    groups = [
        KeyGroup("Everywhere", [*everywhere, *VIEWER_KEYS]),
        KeyGroup("Composer", Composer.BINDINGS[:4]),
        KeyGroup(
            "Output, reasoning, tool calls, inspector, metrics",
            [*LineView.BINDINGS, *SECTION_KEYS],
        ),
        KeyGroup("A cursor in output, reasoning and tool calls", POINTER_KEYS),
        KeyGroup("Timeline", TimelineView.BINDINGS),
        KeyGroup("What is wrong", FindingsView.BINDINGS),
        KeyGroup("A range of time", TimeStrip.BINDINGS),
        KeyGroup("Sessions", SESSION_KEYS),
        KeyGroup("Streams", [*TABLE_KEYS, *SCREEN_KEYS, *FILTER_KEYS]),
        KeyGroup("Two runs compared", [*PART_KEYS, *COMPARISON_KEYS]),
        KeyGroup("Playing, while replaying and after a stream has ended", PLAY_KEYS),
    ]
    return sorted(groups, key=lambda group: -group.share_of(here))


def keys_here(screen: Screen[Any], viewer: DOMNode) -> set[str]:
    """Return the ids of the keys that work where the focus is, and not all over the viewer."""
    active = screen.active_bindings.values()
    everywhere = (viewer, screen.app)
    return {each.binding.id for each in active if each.binding.id and each.node not in everywhere}
