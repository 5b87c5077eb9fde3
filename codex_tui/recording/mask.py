"""The user's own secrets in what a server repeats: masked before anything is recorded or shown."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from codex_tui.redact import MASK, Secret, mask_keys, mask_secrets, spellings, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.wire.sse import ServerSentEvent

_ESCAPES = ("\\u00", "\\/", "&#", *(f"%{digit}" for digit in range(2, 8)))
"""What begins a character of ASCII that is escaped though it need not be.

To look for these first is quick; the patterns take a second for 15 MB, and most texts have none.
"""


def _may_be_escaped(text: str) -> bool:
    """Whether a character may be escaped that need not be; most texts lack even what begins one."""
    begins = "\\" in text or "%" in text or "&#" in text
    return begins and any(sign in text for sign in _ESCAPES)


class Mask:
    """Takes given secrets out of texts and frames."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        texts = texts_of(secrets)
        self._written = [_EscapedSecret(text) for text in _longest_first(texts)]
        self._escaped = _escaped_character_of("".join(texts))
        texts = spellings(texts)
        self._secrets = [Secret(text) for text in texts]
        self._texts = tuple(texts)

    def text(self, text: str) -> str:
        """The text without the secrets."""
        if any(map(text.__contains__, self._texts)):
            text = mask_secrets(text, self._secrets)
        if _may_be_escaped(text) and self._escaped.search(text):
            for written in self._written:
                text = written.masked(text)
        return text

    def message(self, text: str) -> str:
        """The text without the secrets, and without anything that has the form of a key."""
        return mask_keys(self.text(text))

    def bytes(self, data: bytes) -> bytes:
        """The bytes without the secrets."""
        for text in self._texts:
            data = data.replace(text.encode(), MASK.encode())
        if any(sign.encode() in data for sign in _ESCAPES):
            text = self.text(data.decode("utf-8", "surrogateescape"))
            data = text.encode("utf-8", "surrogateescape")
        return data

    def json(self, value: Any) -> Any:
        """The JSON value without the secrets in its texts: a number that looks like one is none."""
        match value:
            case str():
                return self.text(value)
            case list():
                return [self.json(each) for each in value]
            case dict():
                return {self.text(name): self.json(each) for name, each in value.items()}
            case _:
                return value

    def frame(self, frame: ServerSentEvent) -> ServerSentEvent:
        """The frame, changed in its place where it holds a secret."""
        if frame.raw is not None:
            self._clean(frame)
            return frame
        for part in (frame.data, frame.id, frame.event, *frame.comments):
            if self.text(part) != part:
                self._clean(frame)
                break
        return frame

    def comments(self, comments: tuple[str, ...]) -> tuple[str, ...]:
        """The comments without the secrets."""
        return tuple(map(self.text, comments)) if self._texts else comments

    def _clean(self, frame: ServerSentEvent) -> None:
        frame.data = self.text(frame.data)
        frame.id = self.text(frame.id)
        frame.event = self.text(frame.event)
        frame.comments = self.comments(frame.comments)
        if frame.raw is not None:
            frame.raw = self.bytes(frame.raw)


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-len(text), text))


def _escaped_character_of(secrets: str) -> re.Pattern[str]:
    """Finds where a character may be escaped that is one of the secrets' own.

    Texts full of others, as of letters with accents, are not searched for whole secrets then.
    """
    characters = sorted({character for character in secrets if character < "\u0100"})
    codes = "|".join(_either_case(f"{ord(character):02x}") for character in characters) or "(?!)"
    slash = r"|\\/" if "/" in secrets else ""
    return re.compile(rf"u00(?:{codes})|%(?:{codes})|&\#{slash}")


def _either_case(code: str) -> str:
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else each for each in code)


class _EscapedSecret:
    """Finds a text in which any character may be escaped, as servers in any language do.

    In JSON, also in a string of JSON in JSON (RFC 8259, section 7), in an address (RFC 3986,
    section 2.1) and in HTML by number. Only its beginning is a pattern of its own, for that takes
    a millisecond for four characters, and a login has thousands.

    Args:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        begin = len(text) if "\\" in text else _BEGIN  # a stroke may be one that escapes as well
        self._begin = re.compile("".join(map(_character, text[:begin])))
        self._rest = text[begin:]

    def masked(self, text: str) -> str:
        """A text without it."""
        pieces: list[str] = []
        position = start = 0
        while found := self._begin.search(text, start):
            end = self._end(text, found.end())
            start = found.start() + 1 if end is None else end
            if end is not None:
                pieces += text[position : found.start()], MASK
                position = end
        return "".join((*pieces, text[position:]))

    def _end(self, text: str, at: int) -> int | None:
        for character in self._rest:
            if text.startswith(character, at):
                at += 1
            elif found := _pattern(character).match(text, at):
                at = found.end()
            else:
                return None
        return at


_BEGIN = 16
"""Characters of a secret that say where it may stand."""


@cache
def _pattern(character: str) -> re.Pattern[str]:
    return re.compile(_character(character))


def _character(character: str) -> str:
    code = ord(character)
    named = f"|{re.escape(character)}" if character in '"\\/' else ""
    escaped = rf"\\{{1,8}}(?:u(?i:{code:04x}){named})"
    quoted = "".join(f"%(?i:{byte:02x})" for byte in character.encode("utf-8", "replace"))
    numbered = rf"&\#(?:[xX]0{{0,6}}(?i:{code:x})|0{{0,6}}{code});"
    return f"(?:{re.escape(character)}|{escaped}|{quoted}|{numbered})"
