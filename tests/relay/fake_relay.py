"""A relay without a network: it tells a recorder what it is given, and says what came of it."""

from __future__ import annotations

import json
import weakref
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from codex_tui.config.paths import Paths
from codex_tui.recording.reader import read_records
from codex_tui.recording.recording import new_id
from codex_tui.relay.recorder import TapRecorder
from codex_tui.relay.tee import ExchangeEnd, RequestHead, ResponseHead

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codex_tui.recording.records import Record
    from codex_tui.relay.tee import Ending, Headers, Side, Tee

BEGAN = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
TAP = new_id(BEGAN, bytes)
EVENTS = {"content-type": "text/event-stream; charset=utf-8"}
JSON = {"content-type": "application/json"}
ASKED = {"model": "gpt-5", "input": "Why?", "stream": True}


def paths_in(folder: Path) -> Paths:
    """Where things lie in a test."""
    return Paths.of({"CODEX_TUI_CONFIG": str(folder / "config.toml")}, folder / "data")


def _close(recorder: TapRecorder) -> None:
    """Let go of its files and threads, as a tap does that ends: a test may have done so."""
    with suppress(OSError):
        recorder.close()


class _Seconds:
    """A clock that stands where it is put."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class FakeRelay:
    """Tells a recorder of exchanges; the recorder is closed when nobody has it any more.

    Attributes:
        told: What was told.
    """

    def __init__(self, folder: Path, **options: Any) -> None:
        self._clock = _Seconds()
        self.told: list[dict[str, Any]] = []
        self.paths = paths_in(folder)
        self.recorder = TapRecorder(self.paths, TAP, self.told.append, clock=self._clock, **options)
        self._number = 0
        weakref.finalize(self, _close, self.recorder)

    @property
    def now(self) -> float:
        """The recorder's time, in seconds."""
        return self._clock.now

    @now.setter
    def now(self, seconds: float) -> None:
        self._clock.now = seconds

    def begin(
        self,
        headers: dict[str, str] | None = None,
        *,
        method: str = "POST",
        target: str = "/v1/responses",
        url: str = "",
    ) -> Tee:
        """A request's head has come."""
        self._number += 1
        sent = tuple((JSON if headers is None else headers).items())
        wall = BEGAN + timedelta(seconds=self.now)
        where = url or f"https://api.openai.com{target}"
        return self.recorder.begin(RequestHead(self._number, method, target, where, sent, wall))

    def post(self, body: object = ASKED, headers: dict[str, str] | None = None, **more: str) -> Tee:
        """A request is whole."""
        tee = self.begin({**JSON, **(headers or {})}, **more)
        tee.request_body(body if isinstance(body, bytes) else json.dumps(body).encode())
        tee.request_done()
        return tee

    def work(self) -> None:
        """Take down what was told."""
        while self.recorder.work():
            pass

    def ended(self) -> list[dict[str, Any]]:
        """The exchanges that ended."""
        return [each["ended"] for each in self.told if "ended" in each]

    def said(self) -> list[str]:
        """What a user has to hear."""
        return [each["said"] for each in self.told if "said" in each]

    def files(self) -> list[Path]:
        """The recordings."""
        return sorted(self.paths.sessions.rglob("*.sse"))

    def lines(self) -> list[dict[str, Any]]:
        """The tap's list."""
        path = self.recorder.folder / "exchanges.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def everything(self) -> bytes:
        """All that stands in any file of the data folder, or was told."""
        found = [each.read_bytes() for each in self.paths.data.rglob("*") if each.is_file()]
        return b"".join([*found, json.dumps(self.told).encode()])


def head(status: int = 200, headers: dict[str, str] | None = None, t: float = 0.1) -> ResponseHead:
    """The head of an answer."""
    fields: Headers = tuple((EVENTS if headers is None else headers).items())
    return ResponseHead(status, "", fields, t)


def answer(tee: Tee, reads: Iterable[bytes], *, status: int = 200, **headers: str) -> None:
    """An answer, a read each tenth of a second."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    tee.response(head(status, {**EVENTS, **given}))
    for number, data in enumerate(reads, 2):
        tee.response_body(data, number / 10)


def end(
    tee: Tee, how: Ending = "whole", by: Side = "server", t: float = 9.0, detail: str = ""
) -> None:
    """An exchange is over."""
    tee.ended(ExchangeEnd(by, how, t, detail))


def records_of(path: Path) -> list[Record]:
    """All records of a file."""
    return [record for _, record in read_records(path)]
