"""What is left when the program itself fails: a file to report, and one sentence.

The file has the places in the code and no values of variables, since those may be keys or what a
model wrote. What the errors say is added only where the user agrees, and without keys.
"""

from __future__ import annotations

import platform
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codex_tui._version import __version__
from codex_tui.atomic_files import write_atomically
from codex_tui.redact import mask_keys

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from codex_tui.redact import Secret


@dataclass(frozen=True, slots=True)
class Crash:
    """A failure of ours that has been reported.

    Attributes:
        error: What failed.
        path: The file to report; None where it could not be written.
    """

    error: BaseException
    path: Path | None

    @property
    def what(self) -> str:
        """What happened, as the beginning of a sentence."""
        return f"codex-tui stopped on an error of its own ({type(self.error).__name__})"

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        if self.path is None:
            return f"{self.what}. The recording is closed; nothing that was recorded is lost."
        return f"{self.what}. The recording is closed. Please report it with this file: {self.path}"

    def add_messages(self, secrets: Iterable[Secret] = ()) -> None:
        """Add what the errors say, which may quote what a model wrote; keys are masked.

        Raises:
            OSError: The file can't be written.
        """
        if self.path is not None:
            said = [f"{type(each).__qualname__}: {each}" for each in _chain(self.error)]
            masked = mask_keys("\n".join(said), secrets)
            write_atomically(self.path, f"{_text_of(self.error)}\nWhat they say:\n{masked}\n")


def report_crash(error: BaseException, folder: Path, now: datetime | None = None) -> Crash:
    """Write what failed into a folder."""
    now = now or datetime.now(UTC)
    path = folder / f"crash-{now:%Y%m%dT%H%M%SZ}.txt"
    try:
        write_atomically(path, _text_of(error))
    except OSError:
        return Crash(error, None)
    return Crash(error, path)


def _text_of(error: BaseException) -> str:
    system = f"Python {platform.python_version()}, Textual {_version_of('textual')}"
    places = [line for each in _chain(error) for line in _places(each)]
    return "\n".join([f"codex-tui {__version__}, {system}, {platform.platform()}", "", *places, ""])


def _version_of(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # 7 ms, mostly of e-mail

    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"


def _chain(error: BaseException) -> list[BaseException]:
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    return chain[::-1]


def _places(error: BaseException) -> list[str]:
    # The message of an exception may quote what was being handled, so only its type is told.
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return [type(error).__qualname__, *lines]
