"""What is left when the program itself fails: a file to report, and one sentence.

The file has the places in the code and no values of variables, since those may be keys or what a
model wrote.
"""

from __future__ import annotations

import platform
import traceback
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from codex_tui._version import __version__
from codex_tui.state import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


def report_crash(error: BaseException, folder: Path, now: datetime | None = None) -> str:
    """Write what failed into a folder, and return the sentence for the user."""
    now = now or datetime.now(UTC)
    path = folder / f"crash-{now:%Y%m%dT%H%M%SZ}.txt"
    what = f"codex-tui stopped on an error of its own ({type(error).__name__})"
    try:
        write_atomically(path, _text_of(error))
    except OSError:
        return f"{what}. The recording is closed; nothing that was recorded is lost."
    return f"{what}. The recording is closed. Please report it with this file: {path}"


def _text_of(error: BaseException) -> str:
    system = f"Python {platform.python_version()}, Textual {_version_of('textual')}"
    places = [line for each in _chain(error) for line in _places(each)]
    return "\n".join([f"codex-tui {__version__}, {system}, {platform.platform()}", "", *places, ""])


def _version_of(package: str) -> str:
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
