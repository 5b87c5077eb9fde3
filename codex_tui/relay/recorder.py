"""What records a relay's exchanges, by a thread of its own, and tells of them.

Who passes on is never waited for: what it tells is put into a queue, and what goes wrong behind it
costs a copy at most, which is said.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePath
from threading import Thread
from typing import TYPE_CHECKING, Any

from codex_tui.recording.mask import Mask
from codex_tui.recording.recording import iso
from codex_tui.redact import Secret, mask_keys, mask_url
from codex_tui.relay.asked import by_name
from codex_tui.relay.copying import GATHER, PORTION, CopyQueue, CopyTee
from codex_tui.relay.exchange_copy import MOST, ExchangeCopy
from codex_tui.relay.followed import rehearse
from codex_tui.relay.recordings import TapRecordings
from codex_tui.relay.tap_folder import TapFolder
from codex_tui.threads import Caught
from codex_tui.wire.content_type import EVENT_STREAM, media_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from codex_tui.config.paths import Paths
    from codex_tui.recording.records import Record
    from codex_tui.relay.asked import AskedRequest, SameRequest
    from codex_tui.relay.followed import Rules
    from codex_tui.relay.recordings import TapRecording
    from codex_tui.relay.tee import RequestHead, ResponseHead

MAX_SIZE = 2_000_000_000
"""Bytes of a tap's recordings, by default; the oldest go when there are more."""

BEHIND = 1.0
"""Seconds for which more may wait than one pass takes down; it is told of when it was longer."""

_CREDENTIALS = (
    *("authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key"),
    *("chatgpt-account-id", "cookie", "openai-organization", "openai-project"),
)
_SENTENCES = 64  # are said once each; whoever makes more has read enough
_MASKS = 64  # of so many logins the masks are kept


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


class TapRecorder:
    """Records what passes through one tap, as the relay's `Recorder`.

    Args:
        paths: Where things lie.
        tap: The tap's id.
        tell: Is told of exchanges and of what a user has to hear, by the recorder's thread.
        record: Whether what is recorded stays; else it lies in a private folder that goes with
            the tap.
        max_size: Bytes of the tap's recordings, at most; None for any number.
        rules: Whose rules exchanges are held to, and which of them are not spoken of.
        secrets: What must stand in no file: keys, the tap's own token.
        command: The program that the tap runs, if it runs one.
        to: Where it passes on to, if that is set.
        serves: The files that are served instead of passing on to a server.
        clock: Seconds that never go back.
        wall: The time of day.

    Raises:
        OSError: The tap's folder can't be made.
    """

    def __init__(
        self,
        paths: Paths,
        tap: str,
        tell: Callable[[dict[str, Any]], None],
        *,
        record: bool = True,
        max_size: int | None = MAX_SIZE,
        rules: Rules = ("openai", ()),
        secrets: Iterable[Secret] = (),
        command: Sequence[str] | None = None,
        to: str | None = None,
        serves: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self.rules = rules
        self._tell = tell
        self._secrets = tuple(secrets)
        told = None if command is None else [mask_keys(word, self._secrets) for word in command]
        self._tap: dict[str, Any] = {"id": tap, "to": to and mask_url(to), "command": told}
        self._tap |= {"serves": [*serves]} if serves else {}
        self._program = PurePath(command[0]).name if command else ""
        self._masks: dict[tuple[str, ...], Mask] = {}
        self._clock = clock
        self._wall = wall
        self._folder = TapFolder(paths.data / "taps" / tap if record else None, self.say)
        self._recordings = self._made_recordings(paths, tap, max_size)
        self._queue = CopyQueue()
        self._thread: Thread | None = None
        self._closing = False
        self._said: set[str] = set()
        self._behind: float | None = None  # since when, if it is

    def _made_recordings(self, paths: Paths, tap: str, max_size: int | None) -> TapRecordings:
        if self.private:
            return TapRecordings(self.folder / "sessions", None, tap, max_size, self.say)
        return TapRecordings(paths.sessions, paths.trash, tap, max_size, self.say)

    @property
    def folder(self) -> Path:
        """The tap's own folder; a private one has the recordings in it, in `sessions`."""
        return self._folder.path

    @property
    def private(self) -> bool:
        """Whether all of it goes with the tap."""
        return self._folder.private

    def begun(self, listening: Sequence[str], to: str | None = None) -> None:
        """Write down what the tap is, once it listens; and begin to take down what passes.

        Args:
            listening: The URLs at which it does.
            to: Where it passes on to, if that is known by now.
        """
        import os

        told = {"pid": os.getpid(), "started": iso(self._wall()), "listening": [*listening]}
        self._tap |= {"to": mask_url(to) if to else self._tap["to"]}
        try:
            self._folder.describe(self._tap | told)
        except OSError as error:
            self.say(f"The tap is not described: {(error.strerror or str(error)).lower()}.")
        self.start()

    def start(self) -> None:
        """Begin to take down what passes."""
        if self._thread is None:
            self.mask({}).message("")  # what is compiled for that must make no exchange late
            self._thread = Thread(target=self._run, name="recorder", daemon=True)
            self._thread.start()

    def begin(self, head: RequestHead) -> CopyTee:
        """Take the copy of an exchange; what says no name is called as what the tap runs."""
        head = head if head.program else replace(head, program=self._program)
        return CopyTee(self._queue, ExchangeCopy(head, self), _may_be_long, MOST)

    # -- the thread ------------------------------------------------------------------------

    def work(self) -> int:
        """Take down what waits, as far as a pass goes; return how many calls that were."""
        began = self._clock()
        done = self._queue.run()
        self._recordings.flush()
        now = self._clock()
        self._recordings.tidy(now)
        self._look_back(began, now)
        return done

    def _look_back(self, began: float, now: float) -> None:
        """Tell how long the recording was behind, once it no longer is."""
        late = now - began > BEHIND or self._queue.waiting > PORTION
        if late:
            self._behind = began if self._behind is None else self._behind
        elif self._behind is not None:
            took, self._behind = now - self._behind, None
            if took > BEHIND:
                self.say(f"The recording was behind for {took:.1f} s; it has caught up.")

    def _run(self) -> None:
        rehearse(self.rules)
        while not self._closing or self._queue.waiting:
            with Caught() as caught:
                if self.work():
                    time.sleep(GATHER if self._queue.waiting < PORTION else 0)
                elif not self._closing:
                    self._queue.wait(self._recordings.patience(self._clock()))
            if caught.error is not None:
                self.mistaken(caught.error)

    def mistaken(self, error: Exception) -> None:
        """Say that a mistake of ours cost a piece of a copy; the rest goes on."""
        name = type(error).__name__
        self.say_once(f"An error of codex-tui's own in recording: {name}. Please report it.")

    def close(self, timeout: float = 10.0) -> bool:
        """Take down all that waits and close the files; whether that is done in so many seconds.

        A private folder is removed.
        """
        self._closing = True
        self._queue.wake()
        if self._thread is not None:
            self._thread.join(timeout)
        else:
            while self.work():
                pass
        done = self._thread is None or not self._thread.is_alive()
        if done:
            done = self._recordings.close(timeout)
            self._folder.close()
        return done

    # -- the ledger of the copies ----------------------------------------------------------

    def mask(self, headers: dict[str, str]) -> Mask:
        """What takes the secrets out of an exchange with such headers: its own login included."""
        texts = tuple(sorted({each for name in _CREDENTIALS for each in _keys(headers, name)}))
        if texts not in self._masks:
            while len(self._masks) >= _MASKS:
                del self._masks[next(iter(self._masks))]
            self._masks[texts] = Mask((*self._secrets, *map(Secret, texts)))
        return self._masks[texts]

    def open(self, asked: AskedRequest, same: SameRequest | None, title: str) -> TapRecording:
        """The recording of a request: a new one, or that of the try before it."""
        now, wall = self._clock(), asked.head.wall
        return self._recordings.open(same, now, wall, title, asked.program)

    def write(self, recording: TapRecording, records: Sequence[Record]) -> None:
        """Have records written at the end of this pass."""
        self._recordings.write(recording, records)

    def let_go(self, recording: TapRecording, again: SameRequest | None) -> None:
        """A recording's exchange has ended; a failed one waits for another try."""
        self._recordings.ended(recording, again, self._clock())

    def began(self, told: dict[str, Any]) -> None:
        """Tell that an exchange has begun."""
        self._tell({"began": told})

    def ended(self, told: dict[str, Any], beside: dict[str, Any]) -> None:
        """Tell that an exchange has ended, and note it in the tap's list."""
        self._folder.note(told | beside)
        self._tell({"ended": told})

    def say(self, sentence: str) -> None:
        """Tell what a user has to hear."""
        self._tell({"said": sentence})

    def say_once(self, sentence: str) -> None:
        """Tell what a user has to hear, but not each time that it is so."""
        if sentence not in self._said and len(self._said) < _SENTENCES:
            self._said.add(sentence)
            self.say(sentence)


def _keys(headers: dict[str, str], name: str) -> list[str]:
    """The secrets in a header: what stands in it, each without the name of its scheme."""
    value = headers.get(name, "")
    pairs = (pair.strip().partition("=")[2] for pair in value.split(";"))
    return [*pairs] if name == "cookie" else [value.rpartition(" ")[2]]


def _may_be_long(head: ResponseHead) -> bool:
    """Whether an answer may be a stream, of which all is wanted."""
    headers = by_name(head.headers)
    return media_type(headers.get("content-type", "")) == EVENT_STREAM
