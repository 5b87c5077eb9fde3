"""The user's own secrets in what a server repeats: masked before anything is recorded or shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from codex_tui.redact import MASK, Secret, mask_keys, mask_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.wire.sse import ServerSentEvent

_SHORTEST = 8
_PLACEHOLDERS = frozenset(
    ["lm-studio", "not-needed", "dummy-key", "no-key-required", "sk-no-key-required", "changeme"]
)


class Mask:
    """Takes given secrets out of texts and frames.

    What is shorter than eight characters, or what local servers' guides tell everybody to use, is
    left alone: it is no secret, and a model may well write the word.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        texts = {secret.reveal() for secret in secrets}
        texts = {text for text in texts if len(text) >= _SHORTEST and text not in _PLACEHOLDERS}
        # In an address it is quoted; in JSON a quote or a backslash of it is escaped, and in JSON
        # that stands in a string of JSON once more.
        texts |= {each for text in texts for each in (quote(text, safe=""), quote_plus(text))}
        for _ in range(2):
            texts |= {json.dumps(text)[1:-1] for text in texts}
        self._secrets = [Secret(text) for text in texts]
        self._texts = tuple(texts)

    def text(self, text: str) -> str:
        """The text without the secrets."""
        return mask_secrets(text, self._secrets)

    def message(self, text: str) -> str:
        """The text without the secrets, and without anything that has the form of a key."""
        return mask_keys(text, self._secrets)

    def bytes(self, data: bytes) -> bytes:
        """The bytes without the secrets."""
        for text in self._texts:
            data = data.replace(text.encode(), MASK.encode())
        return data

    def json(self, value: Any) -> Any:
        """The JSON value without the secrets; itself where there are none."""
        text = json.dumps(value)
        return json.loads(self.text(text)) if any(held in text for held in self._texts) else value

    def frame(self, frame: ServerSentEvent) -> ServerSentEvent:
        """The frame, changed in its place where it holds a secret."""
        for text in self._texts:
            if text in frame.data or text in frame.id or text in frame.event or frame.comments:
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
