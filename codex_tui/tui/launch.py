"""With what the app opens: a prompt, a replay or nothing yet, and where its bytes are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from codex_tui.engine.keeping import borrowed, recorded, watched
from codex_tui.formats.open_file import OpenFile
from codex_tui.formats.sniffing import RECORDING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from codex_tui.config import Settings
    from codex_tui.engine.intake import Replayed
    from codex_tui.engine.keeping import Keep
    from codex_tui.engine.loading import OpenPipe
    from codex_tui.sources import Source
    from codex_tui.sources.pipe import PipeSource
    from codex_tui.streams.watch import StreamsAsked


class Launch(Struct):
    """What the app begins with.

    Attributes:
        keep: Makes the place where what comes is kept.
        prompt: What is sent at once.
        file: What is replayed.
        source: What is watched.
        name: What stands in the place of a provider.
        called: What a file is called, for exports.
        note: What is said at the beginning.
        remarks: Says, when the source has ended, what has to be known of all that came.
        exit_at_end: Whether to leave when the source has ended.
        streams: Which streams are listed; the list is the first screen then.
    """

    keep: Keep
    prompt: str | None = None
    file: Replayed | None = None
    source: Source | None = None
    name: str = ""
    called: str = ""
    note: str = ""
    remarks: Callable[[], Sequence[str]] = tuple
    exit_at_end: bool = False
    streams: StreamsAsked | None = None


def launch_of(settings: Settings, prompt: str | None, replay: Replayed | None) -> Launch:
    """Begin with a prompt or nothing yet, or with a file or a pipe that is replayed."""
    if replay is None:
        return Launch(recorded(_folder(settings)), prompt)
    opened = replay.opened
    called = opened.path.name if isinstance(opened, OpenFile) else ""
    keep = borrowed(opened.keeper)
    return Launch(keep, file=replay, name=replay_name(opened), called=called)


def replay_name(opened: OpenFile | OpenPipe, *, growing: bool = False) -> str:
    """What the status says in the place of a provider; `growing` where another program writes."""
    if not isinstance(opened, OpenFile):
        return "from a pipe"
    kind = "" if opened.format is RECORDING else f"{opened.format.title} · "
    return f"{kind}{'watching' if growing else 'replay of'} {opened.path.name}"


def watching(settings: Settings, pipe: PipeSource) -> Launch:
    """Begin with a pipe that is watched while it comes."""
    note = "what has no times gets those of its arrival, from the start of reading"
    keep = watched(pipe, _folder(settings))
    launch = Launch(keep, source=pipe, name="from a pipe", note=note, exit_at_end=settings.exit)
    launch.remarks = lambda: pipe.remarks
    return launch


def _folder(settings: Settings) -> Path | None:
    return settings.paths.sessions if settings.record else None
