"""What is private in a text though it does not stand there as it is: escaped, or in base64.

Each text is looked through as it stands, with its escapes taken back, and where it holds base64 of
a text, that too; one level each. What takes a run of base64 for no text leaves it: an image, or
what a server has encrypted, is masked by nobody.
"""

from __future__ import annotations

import re
from base64 import b64decode
from bisect import bisect_right
from typing import TYPE_CHECKING

from codex_tui.redact import MASK, Found, without_overlaps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.redact import Private

# In JSON within JSON (RFC 8259, section 7), in an address (RFC 3986, section 2.1), in HTML.
_ESCAPES = re.compile(
    r"\\{1,8}(?:u00([2-7][0-9a-fA-F])|(/))|%([2-7][0-9a-fA-F])|&#(?:x([2-7][0-9a-f])|([0-9]{2,3}));"
)
_SIGNS = ("\\u00", "\\/", "%2", "%3", "%4", "%5", "%6", "%7", "&#")
_BASE64 = re.compile(r"(?<![\w+/-])[A-Za-z0-9+/_-]{24,}(?![\w+/-])")
_HEAD = 24  # characters of base64 that tell whether there may be a text in it
_NO_TEXT = re.compile(rb"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Veiled:
    """Finds what is private however it is written.

    Args:
        private: What finds it as it stands.
    """

    def __init__(self, private: Private) -> None:
        self._private = private

    def suspects(self, text: str) -> bool:
        """Whether there may be something private in a text: if not, there is nothing."""
        return (
            self._private.suspects(text)
            or any(sign in text for sign in _SIGNS)
            or any(_may_hold_text(run[0]) for run in _BASE64.finditer(text))
        )

    def find(self, text: str) -> list[Found]:
        """What is private in a text, in order, without overlaps."""
        found = self._private.find(text)
        veiled = [*self._escaped(text), *self._encoded(text)]
        return without_overlaps(sorted([*found, *veiled])) if veiled else found

    def _escaped(self, text: str) -> Iterator[Found]:
        if not any(sign in text for sign in _SIGNS):
            return
        plain = _Unescaped(text)
        if plain.escapes:
            for found in self._private.find(plain.text):
                start, end = plain.place(found.start), plain.place(found.end)
                yield found._replace(start=start, end=end)

    def _encoded(self, text: str) -> Iterator[Found]:
        for run in _BASE64.finditer(text):
            said = _text_in(run[0])
            if said and self._private.find(said):
                yield Found(run.start(), run.end(), "credential", MASK)


class _Unescaped:
    """A text with its escapes taken back, and where each of its characters stood."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = []
        self._starts, self._places = [0], [0]  # of the pieces: in the plain text, and before
        position = length = 0
        for escape in _ESCAPES.finditer(text):
            pieces += text[position : escape.start()], _character(escape)
            length += escape.start() - position
            self._note(length, escape.start())
            length += len(pieces[-1])
            self._note(length, escape.end())
            position = escape.end()
        self.text = "".join((*pieces, text[position:]))
        self.escapes = len(pieces) > 0

    def _note(self, start: int, place: int) -> None:
        self._starts.append(start)
        self._places.append(place)

    def place(self, position: int) -> int:
        """Where a character stood in the text before."""
        piece = bisect_right(self._starts, position) - 1
        return self._places[piece] + position - self._starts[piece]


def _character(escape: re.Match[str]) -> str:
    hexadecimal = escape[1] or escape[3] or escape[4]
    if hexadecimal:
        return chr(int(hexadecimal, 16))
    return escape[2] or chr(int(escape[5]))


def _may_hold_text(run: str) -> bool:
    return _NO_TEXT.search(_decoded(run[:_HEAD])) is None


def _decoded(run: str) -> bytes:
    return b64decode(run[: len(run) // 4 * 4].replace("-", "+").replace("_", "/"))


def _text_in(run: str) -> str:
    """The text that base64 holds, be it cut off at its end; empty where it holds none."""
    if not _may_hold_text(run):
        return ""
    data = _decoded(run)
    try:
        return "" if _NO_TEXT.search(data) else data.decode()
    except UnicodeDecodeError as error:
        return data[: error.start].decode() if error.end == len(data) else ""
