"""With what the app opens: a prompt, a replay or nothing yet, and where its bytes are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from codex_tui.formats.files import OpenFile
from codex_tui.formats.sniffing import RECORDING
from codex_tui.model.prompts import prompt_of
from codex_tui.recording.block_codecs import RECORDED
from codex_tui.recording.payload import ReplayedFile, Spool
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import RequestRecord
from codex_tui.recording.writer import RecordingWriter
from codex_tui.sources.replay import ReplaySource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from codex_tui.config import Settings
    from codex_tui.recording.block_codecs import Form
    from codex_tui.recording.payload import Keeper
    from codex_tui.recording.records import Record, Span
    from codex_tui.sources import Source
    from codex_tui.sources.pipe import PipeSource


class Store(Protocol):
    """Makes the place where the bytes of one conversation are kept."""

    def open(self, wake: Callable[[], None]) -> Kept:
        """Return a place; `wake` is called from any thread when more has been written to it."""
        ...


class Kept(Protocol):
    """A keeper that can say where it keeps, and what troubles it."""

    form: Form

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take records and return where each stands."""
        ...

    def settled(self, offset: int) -> bool:
        """Whether what stands before an offset may be drawn."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes at a place."""
        ...

    def place(self) -> Path | None:
        """Return the file's path, None where there is none that lasts."""
        ...

    def recorded(self) -> bool:
        """Whether it is being recorded, or is to be as soon as it can."""
        ...

    def trouble(self, now: float) -> str:
        """Say why it is not recorded, or that it is behind; nothing where all is well."""
        ...

    def lasts(self) -> bool:
        """Whether all of it stands in a file that is there when another session is shown."""
        ...

    def close(self) -> None:
        """Have all that was kept written."""
        ...


class RecordingStore:
    """Records each conversation in a file of its own, which is made with the first record.

    Args:
        folder: The folder of recordings.
        title: What names the file of a conversation that has no prompt.
        wanted: Whether it is to be recorded; asked when the first record has come.
    """

    def __init__(
        self, folder: Path, *, title: str = "", wanted: Callable[[], bool] = lambda: True
    ) -> None:
        self.folder = folder
        self._title = title
        self.wanted = wanted

    def open(self, wake: Callable[[], None]) -> Kept:
        """Return a recording that begins when something is kept."""
        return _LateRecording(self, wake)

    def make(self, title: str, continues: str | None = None) -> Recording:
        """Make a recording; `continues` is the name of one that it goes on from.

        Raises:
            OSError: It can't be made.
        """
        return Recording.create(self.folder, title=title or self._title, continues=continues)


class Written:
    """What a writer says of its recording; there is none before there is something to record."""

    _writer: RecordingWriter | None = None
    _keeper: Keeper | None = None  # where new records go, recorded or not
    _error = ""  # why there is no writer

    def place(self) -> Path | None:
        """Return the recording's path."""
        return self._writer.place if self._writer is not None else None

    def recorded(self) -> bool:
        """Whether there is a writer, be it that it has no file yet."""
        return self._writer is not None

    def trouble(self, now: float) -> str:
        """Say why it is not recorded, or that the disk is slow."""
        if self._writer is None:
            return self._error
        if self._writer.error is not None:
            return self._writer.error
        behind = self._writer.behind_since(now) is not None
        return "recording behind" if behind else self._writer.note

    def lasts(self) -> bool:
        """Whether what is new is recorded, or there is nothing new."""
        if self._writer is None:
            return self._keeper is None
        return self._writer.error is None

    def close(self) -> None:
        """Write what is waiting."""
        if self._writer is not None:
            self._writer.close()


class _LateRecording(Written):
    """A recording that is made when there is something to record, or as soon as it can be."""

    form = RECORDED

    def __init__(self, store: RecordingStore, wake: Callable[[], None]) -> None:
        self._store = store
        self._wake = wake

    def _made(self, title: str = "") -> Keeper:
        if self._keeper is None:
            self._keeper = self._make(title)
        return self._keeper

    def _make(self, title: str) -> Keeper:
        store = self._store
        if not store.wanted():
            return Spool()
        recording: Recording | OSError
        try:
            recording = store.make(title)
        except OSError as error:
            recording = error
        self._writer = RecordingWriter(
            recording, lambda _written: self._wake(), renew=lambda before: store.make(title, before)
        )
        return self._writer

    def keep(self, records: Sequence[Record]) -> Sequence[Span]:
        """Take records and return where each stands."""
        return self._made(_title_of(records)).keep(records)

    def settled(self, offset: int) -> bool:
        """Whether what stands before an offset may be drawn."""
        return self._made().settled(offset)

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes at a place."""
        return self._made().read(offset, length)


def _title_of(records: Sequence[Record]) -> str:
    requests = (record for record in records if isinstance(record, RequestRecord))
    return next((prompt_of(request.body) for request in requests), "")


class SpoolStore:
    """Keeps conversations in temporary files without a name: nothing is recorded."""

    def open(self, wake: Callable[[], None]) -> Kept:
        """Return a temporary place."""
        return _Unrecorded(Spool(), lasts=False)


class FileStore:
    """The file that is replayed, or the spool of a pipe, which does not last."""

    def __init__(self, keeper: ReplayedFile | Spool, *, lasts: bool = True) -> None:
        self._keeper = keeper
        self._lasts = lasts

    def open(self, wake: Callable[[], None]) -> Kept:
        """Return the file."""
        return _Unrecorded(self._keeper, lasts=self._lasts)


class _Unrecorded:
    """A keeper that records nothing."""

    def __init__(self, keeper: ReplayedFile | Spool, *, lasts: bool) -> None:
        self._lasts = lasts
        self._keeper = keeper
        self.form = keeper.form
        self.keep = keeper.keep
        self.settled = keeper.settled
        self.read = keeper.read

    def place(self) -> Path | None:
        """Return None: what is replayed is not being recorded."""
        return None

    def recorded(self) -> bool:
        """Say no."""
        return False

    def trouble(self, now: float) -> str:
        """Say what another program did to the file; nobody promised a recording."""
        return self._keeper.trouble()

    def lasts(self) -> bool:
        """Whether it is a file that was there before, and is there still."""
        return self._lasts and not self._keeper.deleted

    def close(self) -> None:
        """Do nothing: there is nothing to write."""


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

    store: Store
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
        store = RecordingStore(settings.paths.sessions) if settings.record else SpoolStore()
        return Opening(store, prompt)
    if isinstance(replay, Replayed):
        opened = OpenFile(replay.path)
        name = replay_name(opened, replay.path)
        return Opening(FileStore(opened.keeper), file=replay, opened=opened, name=name)
    source = ReplaySource(replay, settings.speed, paused=settings.paused)
    kept = FileStore(source.keeper, lasts=False)
    return Opening(kept, source=source, name="from a pipe", exit_at_end=settings.exit)


def replay_name(opened: OpenFile, path: Path) -> str:
    """What the status says in the place of a provider."""
    kind = "" if opened.format is RECORDING else f"{opened.format.title} · "
    return f"{kind}replay of {path.name}"


def watching(settings: Settings, pipe: PipeSource) -> Opening:
    """Begin with a pipe that is watched while it comes."""
    note = "what has no times gets those of its arrival, from the start of reading"
    store: Store = SpoolStore()
    if settings.record:
        store = RecordingStore(
            settings.paths.sessions, title="from a pipe", wanted=lambda: not pipe.saved
        )
    return Opening(store, source=pipe, name="from a pipe", note=note, exit_at_end=settings.exit)
