"""A file of any format taken into the library: as a recording, with the source's own times."""

from __future__ import annotations

import errno
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from codex_tui.formats import said_of
from codex_tui.formats.open_file import OpenFile, UnreadableError
from codex_tui.formats.readers import slices, trouble_of
from codex_tui.model.prompts import prompt_of
from codex_tui.recording.files import LEFT_FREE
from codex_tui.recording.reader import CHUNK
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import LATEST, EndRecord, RequestRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from codex_tui.recording.records import Record


class Imported(NamedTuple):
    """Where a recording stands that was made of a file, and whether a limit has cut that off."""

    path: Path
    cut: bool = False


def import_file(
    path: Path,
    folder: Path,
    tell: Callable[[str], None] = lambda _: None,
    *,
    limited: bool = True,
) -> Imported:
    """Write a recording of what a file holds, and return where it stands.

    It is named after its first prompt and the time of its first request, if the file tells them;
    its header says where it comes from. What has no times has none there either.

    Args:
        path: Anything that can be opened.
        folder: The folder of recordings.
        tell: Takes what has to be said of the whole: what was taken off, or left out.
        limited: Whether no more is read and written than limits allow.

    Raises:
        UnreadableError: The file holds nothing that can be read as records.
        OSError: It can't be read, or the recording can't be written; then there is none.
    """
    opened = OpenFile(path, limited=limited)
    batches = _batches(opened)
    first = next(batches, None)
    if first is None:
        raise UnreadableError(errno.EINVAL, trouble_of(opened.reader) or "empty", str(path))
    request = next((each for each in first if isinstance(each, RequestRecord)), None)
    recording = Recording.create(
        folder,
        title=prompt_of(request.body) if request is not None else path.stem,
        now=_moment(request.wall if request is not None else ""),
        source=f"{opened.format.name}: {path.name}",
        left=LEFT_FREE if limited else 0,
    )
    try:
        _write(recording, first, batches)
        _write_trouble(recording, opened)
    except BaseException:
        recording.discard()
        raise
    recording.close()
    for sentence in said_of(opened.reader):
        tell(sentence)
    return Imported(recording.path, bool(opened.reader.limit))


def _batches(opened: OpenFile) -> Iterator[list[Record]]:
    with opened.path.open("rb", buffering=0) as file:
        while not opened.reader.limit and (chunk := file.read(CHUNK)):
            for found in map(opened.reader.feed, slices(chunk)):
                if found:
                    yield [record for _, record in found]
    if found := opened.reader.close():
        yield [record for _, record in found]


def _write(recording: Recording, first: list[Record], rest: Iterator[list[Record]]) -> None:
    recording.append(b"".join(recording.blocks(first)))
    for batch in rest:
        recording.append(b"".join(recording.blocks(batch)))


def _write_trouble(recording: Recording, opened: OpenFile) -> None:
    """Say at the end what was wrong with the whole."""
    ends: Sequence[Record] = []
    if trouble := trouble_of(opened.reader):
        ends = [EndRecord(LATEST, None, "interrupted", trouble)]
    recording.write(ends)


def _moment(wall: str) -> datetime:
    with suppress(ValueError, OverflowError):  # as of a time before the year 1
        moment = datetime.fromisoformat(wall)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return datetime.now(UTC)
