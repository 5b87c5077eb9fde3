"""A body as it comes: its encoding taken off a copy, kept up to a size, hashed and counted.

What can't be decoded is kept as it came, and why is said; what is too large is told by its size
and the SHA-256 of its bytes as they were sent.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from codex_tui.json_text import is_too_deep
from codex_tui.redact import CREDENTIAL_NAMES, MASK, mask_keys, mask_url
from codex_tui.wire.content_encoding import EncodingError, decoder_for
from codex_tui.wire.content_type import media_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.recording.mask import Mask

_LISTED = 1 << 20  # bytes of a body that a list of exchanges has
_FORM = "application/x-www-form-urlencoded"
_SPACE = b"\xef\xbb\xbf \t\r\n"


class Undressed:
    """Takes a content encoding off, as far as that can be done.

    Attributes:
        trouble: Why no more can be decoded, as a sentence; empty where it can.
    """

    def __init__(self, encoding: str) -> None:
        self.trouble = ""
        self._decoder = None
        try:
            self._decoder = decoder_for(encoding)
        except EncodingError as error:
            self.trouble = str(error)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what some more bytes hold, as far as they can be decoded."""
        if self.trouble:
            return
        if self._decoder is None:
            yield data
            return
        try:
            yield from self._decoder.feed(data)
        except EncodingError as error:
            self.trouble = str(error)


class KeptBody:
    """What is kept of a body.

    Args:
        kind: Its content type.
        encoding: Its content encoding.
        most: How many bytes are kept, decoded.

    Attributes:
        size: Bytes that came, encoded as they were.
    """

    def __init__(self, kind: str, encoding: str, most: int) -> None:
        self.size = 0
        self._kind = kind
        self._most = most
        self._hash = sha256()
        self._undressed = Undressed(encoding)
        self._encoded = bytearray()
        self._decoded = bytearray()
        self._too_large = False
        self._skipped = False

    @property
    def sha256(self) -> str:
        """The hash of what came."""
        return self._hash.hexdigest()

    @property
    def text(self) -> str:
        """What is kept, as text."""
        return self._decoded.decode("utf-8", "replace")

    @property
    def decoded(self) -> bytes:
        """What is kept, decoded."""
        return bytes(self._decoded)

    @property
    def whole(self) -> bool:
        """Whether all that came is kept, decoded."""
        return not (self._too_large or self._undressed.trouble)

    @property
    def trouble(self) -> str:
        """Why it can't be decoded; empty where it can."""
        return self._undressed.trouble

    def take(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        self._hash.update(data)
        if self._too_large:
            return
        self._encoded += data
        for piece in self._undressed.feed(data):
            self._decoded += piece[: self._most + 1 - len(self._decoded)]
        self._too_large = max(len(self._encoded), len(self._decoded)) > self._most
        if self._too_large:
            self._encoded.clear()
            del self._decoded[self._most :]

    def skip(self, size: int) -> None:
        """Note that more came than is kept, or looked at."""
        self.size += size
        self._too_large = self._skipped = True

    def json(self) -> Any:
        """The body's JSON; None for what is none, is not all there, or is nested too deeply."""
        lead = bytes(self._decoded.lstrip(_SPACE)[:1])
        if not self.whole or not ("json" in self._kind.lower() or lead in (b"{", b"[")):
            return None
        try:
            value = json.loads(self._decoded.removeprefix(_SPACE[:3]))
        except (ValueError, RecursionError):
            return None
        return None if is_too_deep(value) else value

    def content(self, mask: Mask, *, cut: bool = False) -> dict[str, Any] | None:
        """What is kept of a body that is not told by its JSON; None where there is none.

        Args:
            mask: Takes the user's secrets out.
            cut: Whether more of it may come.
        """
        if not self.size:
            return None
        told: dict[str, Any] = {"type": self._kind, **self._told(mask)}
        more = {"cut": cut, "error": self.trouble}
        return told | {name: value for name, value in more.items() if value}

    def _told(self, mask: Mask) -> dict[str, Any]:
        if self._too_large:
            hashed = {} if self._skipped else {"sha256": self.sha256}
            return {"size": self.size, **hashed}
        data = bytes(self._encoded if self.trouble else self._decoded)
        try:
            return {"text": self._masked(mask, data.decode())}
        except UnicodeDecodeError:
            return {"base64": b64encode(data).decode("ascii")}

    def _masked(self, mask: Mask, text: str) -> str:
        """A text without secrets; of a form, each value may be one."""
        if media_type(self._kind) == _FORM:
            return mask_url(f"?{text}").removeprefix("?")
        return mask.text(text)

    def told(self, mask: Mask, *, cut: bool = False) -> dict[str, Any]:
        """The same for a list of exchanges of any kind, in which credentials may be told of.

        That is `body` for JSON, `content` for all else, and nothing where nothing came.
        """
        body = None if cut or len(self._decoded) > _LISTED else self.json()
        if body is not None:
            return {"body": without_credentials(mask.json(body))}
        if self.size > _LISTED:
            self.skip(0)
        content = self.content(mask, cut=cut)
        if content is not None and "text" in content:
            content["text"] = mask.message(content["text"])
        return {} if content is None else {"content": content}


def without_credentials(value: Any) -> Any:
    """A JSON value without what its names call credentials."""
    match value:
        case dict():
            return {
                name: MASK if name.lower() in CREDENTIAL_NAMES else without_credentials(each)
                for name, each in value.items()
            }
        case list():
            return [without_credentials(each) for each in value]
        case str():
            return mask_keys(value)
        case _:
            return value
