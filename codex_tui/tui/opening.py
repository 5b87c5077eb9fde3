"""With what the app opens: a prompt, a replay or nothing yet, and where its bytes are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex_tui.engine.keeping import Recordings, borrowed, spooled
from codex_tui.formats.files import OpenFile
from codex_tui.formats.sniffing import RECORDING
from codex_tui.sources.replay import ReplaySource

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from codex_tui.config import Settings
    from codex_tui.engine.keeping import Keep
    from codex_tui.sources import Source
    from codex_tui.sources.pipe import PipeSource


@dataclass(frozen=True, slots=True)
class Replayed:
    """A file to replay, and how.

    Attributes:
        path: The file.
        speed: 2.0 is double; None shows all of it at once.
        paused: Begin paused.
        idle_limit: Seconds of a silence that are played; None for all.
        loop: Begin again at the end.
        at: Where to begin, as `#1200`, `12.5s` or `50%`; "" for the beginning.
        follow: Go on with what is still being written to the file.
        exit: Leave when it has ended.
    """

    path: Path
    speed: float | None = 1.0
    paused: bool = False
    idle_limit: float | None = None
    loop: bool = False
    at: str = ""
    follow: bool = False
    exit: bool = False


@dataclass
class Opening:
    """What the app begins with."""

    keep: Keep
    prompt: str | None = None
    file: Replayed | None = None
    opened: OpenFile | None = None
    source: Source | None = None
    name: str = ""
    note: str = ""
    exit_at_end: bool = False


def opening_of(
    settings: Settings, prompt: str | None, replay: Replayed | BinaryIO | None
) -> Opening:
    """Begin with a prompt or nothing yet, a file that is replayed, or a pipe that is played.

    Raises:
        OSError: The file can't be opened.
    """
    if replay is None:
        keep = Recordings(settings.paths.sessions).open if settings.record else spooled
        return Opening(keep, prompt)
    if isinstance(replay, Replayed):
        opened = OpenFile(replay.path)
        name = replay_name(opened, replay.path)
        return Opening(borrowed(opened.keeper), file=replay, opened=opened, name=name)
    source = ReplaySource(replay, settings.speed, paused=settings.paused)
    return Opening(
        borrowed(source.keeper), source=source, name="from a pipe", exit_at_end=settings.exit
    )


def replay_name(opened: OpenFile, path: Path) -> str:
    """What the status says in the place of a provider."""
    kind = "" if opened.format is RECORDING else f"{opened.format.title} · "
    return f"{kind}replay of {path.name}"


def watching(settings: Settings, pipe: PipeSource) -> Opening:
    """Begin with a pipe that is watched while it comes."""
    note = "what has no times gets those of its arrival, from the start of reading"
    keep: Keep = spooled
    if settings.record:
        keep = Recordings(
            settings.paths.sessions, title="from a pipe", wanted=lambda: not pipe.saved
        ).open
    return Opening(keep, source=pipe, name="from a pipe", note=note, exit_at_end=settings.exit)
