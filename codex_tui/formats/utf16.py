"""Text in UTF-16, as the shells of Windows write what is sent to a file, read as UTF-8."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.formats.readers import Placed, Reader

_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_LITTLE, _BIG = re.compile(rb"(?:[\t\r\n -~]\0){8}"), re.compile(rb"(?:\0[\t\r\n -~]){8}")


def encoding_of(head: bytes) -> str | None:
    """Which UTF-16 some bytes are, by their mark or by eight characters of ASCII; None if not."""
    if (found := _MARKS.get(head[:2])) is not None:
        return found
    if _LITTLE.match(head):
        return "utf-16-le"
    return "utf-16-be" if _BIG.match(head) else None


def as_utf8(head: bytes, encoding: str) -> bytes:
    """The beginning of what some bytes say."""
    return _Decoder(encoding).decode(head)


class _Decoder:
    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._begun = False

    def decode(self, data: bytes, *, final: bool = False) -> bytes:
        text = self._decoder.decode(data, final)
        if text and not self._begun:
            self._begun = True
            text = text.removeprefix("\ufeff")
        return text.encode("utf-8", "replace")


class Utf16Reader:
    """Reads what such a text says.

    Args:
        encoding: Which UTF-16 it is.
        inner: Reads it as UTF-8.
    """

    def __init__(self, encoding: str, inner: Reader) -> None:
        self._decoder = _Decoder(encoding)
        self._inner = inner

    @property
    def trouble(self) -> str:
        """What is wrong with the whole."""
        return self._inner.trouble

    @property
    def limit(self) -> str:
        """The limit at which reading ended."""
        return self._inner.limit

    @property
    def remarks(self) -> Sequence[str]:
        """How it was read."""
        return ["Read as UTF-16, as the shells of Windows write files.", *self._inner.remarks]

    def feed(self, chunk: bytes) -> list[Placed]:
        """Return the records that some more bytes complete."""
        return self._nowhere(self._inner.feed(self._decoder.decode(chunk)))

    def close(self) -> list[Placed]:
        """Return what is left."""
        found = self._inner.feed(self._decoder.decode(b"", final=True))
        return self._nowhere([*found, *self._inner.close()])

    def _nowhere(self, placed: Sequence[Placed]) -> list[Placed]:
        return [((0, 0), record) for _, record in placed]
