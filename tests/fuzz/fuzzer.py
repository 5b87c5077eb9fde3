"""The loop: damage an input, check it, keep what fails, and make that as short as it can be."""

from __future__ import annotations

import signal
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import TYPE_CHECKING

from tests.fuzz.shrinking import shrunk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import FrameType

TOO_LONG = 30
"""Seconds after which a check hangs."""

_SHRINKING = 30.0  # seconds at most that a finding is made shorter
_TOLD_EVERY = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """What is fuzzed.

    Attributes:
        seeds: what damage begins with.
        mutate: damages an input, with pieces of another one.
        check: raises where something doesn't hold; the same for the same input.
        largest: bytes of an input, about.
    """

    seeds: Callable[[], list[bytes]]
    mutate: Callable[[Random, bytes, bytes], bytes]
    check: Callable[[bytes], None]
    largest: int = 16_000


class HangError(BaseException):
    """A check took too long."""


@dataclass
class Fuzzer:
    """Fuzzes one target.

    Attributes:
        target: what is fuzzed.
        folder: where what fails is kept.
        seed: what the damage depends on.
    """

    target: Target
    folder: Path
    seed: int = 0
    findings: dict[str, bytes] = field(default_factory=dict)
    """The shortest input of each way to fail."""
    count: int = 0
    slowest: tuple[float, bytes] = (0.0, b"")

    def __post_init__(self) -> None:
        self.seeds = self.target.seeds()
        self.random = Random(self.seed)
        self._told = monotonic()

    def take(self, inputs: Iterable[bytes]) -> None:
        """Begin with these as well."""
        self.seeds += inputs

    def run(self, seconds: float) -> None:
        """Check every seed as it is, and then damaged ones until the time is over."""
        end = monotonic() + seconds
        for data in self._inputs():
            self.check(data)
            if monotonic() > end:
                break
        self._write("slowest", self.slowest[1])

    def _inputs(self) -> Iterator[bytes]:
        for seed in self.seeds:
            yield self.damaged(seed)
        while True:
            yield self.damaged(self.random.choice(self.seeds))

    def damaged(self, data: bytes) -> bytes:
        """An input damaged, with pieces of any seed."""
        return self.target.mutate(self.random, data, self.random.choice(self.seeds))

    def check(self, data: bytes) -> None:
        """Check an input; a new way to fail is told, made shorter and kept."""
        began = monotonic()
        failure = self._failure(data)
        self.slowest = max(self.slowest, (monotonic() - began, data))
        self.count += 1
        self._tell()
        if failure is None or failure[0] in self.findings:
            return
        self.findings[failure[0]] = data
        print(f"FOUND {failure[1]}", flush=True)
        self._keep(failure[0], shrunk(data, self._fails_as(failure[0]), _SHRINKING))

    def _tell(self) -> None:
        if monotonic() > self._told + _TOLD_EVERY:
            self._told = monotonic()
            print(f"  {self.summary}", flush=True)

    def _failure(self, data: bytes) -> tuple[str, str] | None:
        """How an input fails, and its traceback; None where it doesn't."""
        try:
            with _no_longer_than(TOO_LONG):
                self.target.check(data)
        except (Exception, HangError) as error:  # noqa: BLE001 - whatever it is, it is a finding
            return _way(error), "".join(traceback.format_exception(error))
        return None

    def _fails_as(self, way: str) -> Callable[[bytes], bool]:
        def fails(data: bytes) -> bool:
            failure = self._failure(data)
            return failure is not None and failure[0] == way

        return fails

    def _keep(self, way: str, data: bytes) -> None:
        self.findings[way] = data
        path = self._write(f"{len(self.findings):03}", data)
        print(f"  {way}\n  {path}: {data[:2000]!r}", flush=True)

    def _write(self, name: str, data: bytes) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        path.write_bytes(data)
        return path

    @property
    def summary(self) -> str:
        """What was done so far, in a line."""
        seconds, data = self.slowest
        slow = f"; the slowest took {seconds:.2f} s ({len(data):,} bytes)"
        inputs = f"{self.count:,} inputs, " if self.count else ""
        return f"{inputs}{len(self.findings)} findings{slow if self.count else ''}"


def _way(error: BaseException) -> str:
    """What tells one way to fail from another: where it was raised, without the message."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} in {places}"


@contextmanager
def _no_longer_than(seconds: int) -> Iterator[None]:
    def hang(_signal: int, _frame: FrameType | None) -> None:
        raise HangError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, hang)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
