"""The list of streams as the screen of a tap: the app in this thread, and what is heard in another.

The app is loaded here and not before: most taps have no screen of their own.
"""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from codex_tui.cli.watch import open_list
from codex_tui.streams.taps import TapView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from codex_tui.cli.held_output import HeldOutput
    from codex_tui.cli.tap_hearing import Begun, TapHearing
    from codex_tui.config import Settings


def view(
    settings: Settings,
    begun: Begun,
    hearing: TapHearing,
    held: Callable[[], Sequence[str]],
    output: HeldOutput | None,
) -> int:
    """Show the streams of a tap until the user leaves; return the app's exit code.

    Args:
        settings: What holds.
        begun: What the relay said at its beginning.
        hearing: Hears on meanwhile, in a thread.
        held: Sentences that the user has to hear, the latest last.
        output: What the program prints; None where there is none, or it has a terminal.
    """
    shown = TapView(
        begun.tap,
        begun.listening,
        hearing.to,
        Path(begun.folder) if begun.private else None,
        output.lines if output is not None else None,
        lambda: next(reversed(held()), ""),
    )

    def choose(to: str) -> None:
        shown.to = to

    hearing.chosen = choose
    left = Event()
    thread = Thread(target=hearing.wait, args=(left.is_set,), name="hearing", daemon=True)
    thread.start()
    try:
        return open_list(settings, shown)
    finally:
        left.set()
        thread.join()
        hearing.chosen = _unheard


def _unheard(_: str) -> None:
    """Nobody asks any more."""
