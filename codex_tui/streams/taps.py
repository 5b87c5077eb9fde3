"""What a tap leaves beside its recordings: who it is, and the exchanges that are no streams."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codex_tui.recording.records import moment_of
from codex_tui.streams.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

EXCHANGES, TAP = "exchanges.jsonl", "tap.json"
"""The files in a tap's folder."""

_MOST = 1_000  # of the latest exchanges
_UNREACHED = (None, 502, 508)  # a tap's own statuses where it found no server to pass on to
_TAIL = 1 << 20  # bytes of its end, in which they are looked for


def _nothing() -> str:
    return ""


@dataclass
class TapView:
    """The tap that a list is the screen of.

    Attributes:
        id: Its id.
        listening: The addresses that it listens at.
        to: The server that it passes on to; "" until it is chosen.
        folder: Its own folder, where that is not in the data folder.
        lines: The latest lines of the program's output; None where that has a terminal.
        said: What the user has to hear, as a sentence; "" for nothing.
    """

    id: str
    listening: tuple[str, ...] = ()
    to: str = ""
    folder: Path | None = None
    lines: Callable[[], Sequence[str]] | None = None
    said: Callable[[], str] = _nothing


def tap_in(folder: Path, taps: Path) -> TapView | None:
    """The tap whose own folder this is; None where it is none.

    Args:
        folder: The folder.
        taps: Where those of taps are that are kept.
    """
    try:
        told = json.loads((folder / TAP).read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("id"), str):
        return None
    listening = told.get("listening")
    urls = [url for url in listening if isinstance(url, str)] if isinstance(listening, list) else []
    to = told.get("to")
    kept = folder.absolute().parent == taps.absolute()
    return TapView(
        told["id"], tuple(urls), to if isinstance(to, str) else "", None if kept else folder
    )


class Exchanges:
    """The lines of one tap, read on as they come.

    `checked` has what the rules find in the tap's recordings, by their paths: errors and warnings.

    Args:
        folder: The tap's folder.
        tap: Its id; by default the folder's name.
    """

    def __init__(self, folder: Path, tap: str = "") -> None:
        self._tap = tap or folder.name
        self.checked: dict[str, tuple[int, int]] = {}
        self._folder = folder
        self._rows: dict[str, Stream] = {}
        self._read_to = 0
        self._rest = b""

    def read(self) -> bool:
        """Read what is new; return whether there was anything.

        Raises:
            OSError: It can't be read.
        """
        path = self._folder / EXCHANGES
        size = path.stat().st_size
        if size < self._read_to:
            self._read_to, self._rest, self._rows = 0, b"", {}
        if size == self._read_to:
            return False
        start = max(self._read_to, size - _TAIL)
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            data = file.read(size - start) or b""
        *lines, self._rest = (self._rest + data).split(b"\n")
        whole = lines if start == self._read_to else lines[1:]
        self._read_to = start + len(data)
        for line in whole:
            self._take(line)
        return True

    def _take(self, line: bytes) -> None:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            return
        if not isinstance(told, dict):
            return
        if isinstance(file := told.get("file"), str) and file:
            self._note(file, told.get("findings"))
            return
        row = exchange_of(told, self._tap)
        self._rows[row.name] = row
        if len(self._rows) > _MOST:
            del self._rows[next(iter(self._rows))]

    def _note(self, file: str, findings: object) -> None:
        counts = findings if isinstance(findings, dict) else None
        if counts is not None:
            self.checked[file] = _number(counts.get("error")), _number(counts.get("warning"))

    @property
    def rows(self) -> list[Stream]:
        """Those that are no recordings."""
        return list(self._rows.values())


def exchange_of(told: dict[str, Any], tap: str) -> Stream:
    """The row of an exchange that is no recording; what its line lacks is not made up."""
    status = told.get("status")
    method, path = _text(told.get("method")), _text(told.get("path"))
    end, began = _seconds(told.get("end")), moment_of(_text(told.get("wall")))
    program, _, agent = _text(told.get("program")).partition(" /")
    return Stream(
        f"{tap}/{told.get('n')}",
        how=_how(told),
        started=began or 0.0,
        heard=(began or 0.0) + (end or 0.0),
        program=program,
        agent=f"/{agent}" if agent else "",
        model=_text(told.get("model")),
        what=" ".join(filter(None, (method, path))),
        detail=_text(told.get("detail")),
        status=status if isinstance(status, int) else None,
        first=_seconds(told.get("first_event")),
        last=end,
        tap=tap,
        turns=1,
    )


def _how(told: dict[str, Any]) -> str:
    """How an exchange ended that is no stream: one that was answered well is `answered`."""
    how, status = _text(told.get("how")), told.get("status")
    if how == "connect_error" and status not in _UNREACHED:
        return "refused"
    answered = isinstance(status, int) and status < 400
    return "answered" if answered and how in ("", "not_sse", "completed") else how or "http_error"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value < 1e12 else None
