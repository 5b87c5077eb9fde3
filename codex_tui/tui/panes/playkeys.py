"""The keys of the transport: those of asciinema's player, and some that a stream has need of."""

from __future__ import annotations

from textual.binding import Binding


def _key(key: str, command: str, what: str, *, show: bool = False) -> Binding:
    action = f"playback('{command}')"
    return Binding(key, action, what, id=f"play.{command}", show=show)


PLAY_KEYS = [
    _key("space", "toggle", "Play or pause", show=True),
    _key("full_stop", "next-event", "One event forward", show=True),
    _key("comma", "previous-event", "One event back"),
    _key("right_square_bracket", "next-mark", "Next mark"),
    _key("left_square_bracket", "previous-mark", "Previous mark"),
    _key("right", "forward", "5 s forward"),
    _key("left", "back", "5 s back"),
    _key("shift+right", "forward-share", "10 % forward"),
    _key("shift+left", "back-share", "10 % back"),
    _key("plus,equals_sign", "faster", "Faster"),
    _key("minus", "slower", "Slower"),
    _key("e", "next-error", "Next error, malformed"),
    _key("E", "previous-error", "Previous error, malformed"),
    _key("s", "next-slow", "Next slow-down"),
    _key("S", "previous-slow", "Previous slow-down"),
    _key("L", "loop", "Loop"),
    Binding("colon", "goto", "Go to #1200, 12.5s or 50%", id="play.goto", show=False),
    *(_key(str(n), f"tenth-{n}", f"Go to {n * 10} %") for n in range(10)),
]
"""They work in every pane; where text is typed they are text."""
