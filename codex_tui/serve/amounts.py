"""What stands behind the `=` of a fault: 20s, 200ms, 2x, 4kB, 503/2s. Each reader is of one form.

What is no such amount is a `ChaosError` with a sentence that says what is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_SECONDS = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(ms|s|m)", re.ASCII)
_TIMES = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)x", re.ASCII)
_BYTES = re.compile(r"(\d{1,9})(B|kB|MB)", re.ASCII)
_COUNT = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_STATUS = re.compile(r"[45]\d\d", re.ASCII)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_CODE = re.compile(r"[\w.-]{1,80}", re.ASCII)
_OF_A_SECOND = {"ms": 0.001, "s": 1.0, "m": 60.0}
_OF_A_BYTE = {"B": 1, "kB": 1000, "MB": 1000**2}


class ChaosError(ValueError):
    """A fault that can't be had; the message is a sentence for the user."""


def seconds(text: str) -> float:
    """A duration, in seconds.

    Raises:
        ChaosError: It is none.
    """
    number, unit = _of(_SECONDS, text, "a duration, as 20s or 200ms").groups()
    return float(number) * _OF_A_SECOND[unit]


def factor(text: str) -> float:
    """How many times as long something takes.

    Raises:
        ChaosError: It is none, or 0.
    """
    wanted = "how many times as long it takes, as 2x"
    if times := float(_of(_TIMES, text, wanted)[1]):
        return times
    raise _no(text, wanted)


def count(text: str) -> int:
    """A number of things, 1 at least.

    Raises:
        ChaosError: It is none.
    """
    return int(_of(_COUNT, text, "a number, 1 or more")[0])


def size(text: str) -> int:
    """A number of bytes.

    Raises:
        ChaosError: It is none, or 0.
    """
    wanted = "a number of bytes, as 4kB, or a duration, as 2s"
    number, unit = _of(_BYTES, text, wanted).groups()
    if found := int(number) * _OF_A_BYTE[unit]:
        return found
    raise _no(text, wanted)


def is_duration(text: str) -> bool:
    """Whether it is a duration, where it may be something else."""
    return _SECONDS.fullmatch(text) is not None


def status(text: str) -> int:
    """The status of an answer that is an error.

    Raises:
        ChaosError: It is none.
    """
    return int(_of(_STATUS, text, "the status of an error, 400 to 599")[0])


def media_type(text: str) -> str:
    """What a body claims to be.

    Raises:
        ChaosError: It is no such name.
    """
    return _of(_MEDIA_TYPE, text, "a media type, as text/html")[0]


def code(text: str) -> str:
    """The code of an error, a word of the API's.

    Raises:
        ChaosError: It is no word.
    """
    return _of(_CODE, text, "the code of an error, as server_error")[0]


def one_of(text: str, known: Mapping[str, T]) -> T:
    """What a word stands for.

    Raises:
        ChaosError: It is none of those.
    """
    if text in known:
        return known[text]
    raise _no(text, " or ".join(known))


def _of(form: re.Pattern[str], text: str, wanted: str) -> re.Match[str]:
    if found := form.fullmatch(text):
        return found
    raise _no(text, wanted)


def _no(text: str, wanted: str) -> ChaosError:
    return ChaosError(f'"{text}" is not {wanted}')
