"""The text that has come since one last looked: an answer or reasoning, printed as it arrives.

What was printed can't be taken back. Parts are printed in their order, each when the one before it
is done, so that the whole is what `show` prints of the recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_tui.redact import KnownSecrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from codex_tui.model.items import Part
    from codex_tui.model.text import Text
    from codex_tui.model.transcript import Transcript


TextKind = tuple[int, str | None, str | None]
"""Which response a text is of, which phase and which agent: texts of two kinds stand apart."""


def answer_parts(transcript: Transcript) -> list[tuple[TextKind, Part]]:
    """The parts of the answer in order, each with what it is: those of all responses."""
    return [
        ((item.response, item.phase, item.which), part)
        for item in transcript.messages
        for part in item.parts
        if part.is_answer
    ]


def answer_of(transcript: Transcript) -> str:
    """The answer as it is printed: the text of the last response, its phases and agents apart."""
    latest = len(transcript.responses) - 1
    pieces: list[str] = []
    before: TextKind | None = None
    for kind, part in answer_parts(transcript):
        if kind[0] == latest and (text := str(part.text)):
            apart = before not in (None, kind) and not pieces[-1].endswith("\n")
            pieces += ["\n" * apart, text]
            before = kind
    return "".join(pieces)


def reasoning_parts(transcript: Transcript) -> list[Part]:
    """The parts of summaries and of raw reasoning, in order."""
    return [part for item in transcript.reasoning for part in item.parts]


class Following:
    """How far a list of growing parts has been read.

    `contradicted` says that what was handed out is not what stands in the end: a closing text was
    another one, or a part grew after it was closed.

    Args:
        known: The secrets that are masked.
    """

    def __init__(self, known: KnownSecrets | None = None) -> None:
        self.contradicted = False
        self._known = known or KnownSecrets()
        self._masked = self._known.stream()
        self._given = 0
        self._part = 0
        self._position = 0
        self._replaced = 0  # how often the text was, when it was read

    def news(self, parts: Sequence[Part], *, last: bool = False) -> Iterator[tuple[int, str]]:
        """What has come, each piece with the number of its part.

        Args:
            parts: All parts so far.
            last: Whether nothing more comes: then no part is waited for.
        """
        while self._part < len(parts):
            text = parts[self._part].text
            over = text.done or last
            if piece := self._masked.feed(self._read(text)) + (self._masked.end() if over else ""):
                yield self._part, piece
            if self._part + 1 == len(parts) or not over:
                break
            self._part += 1
            self._position = self._replaced = 0
        if last and self._given != sum(len(part.text) for part in parts):
            self.contradicted = True

    def _read(self, text: Text) -> str:
        changed = self._position > 0 and text.replaced != self._replaced
        self._replaced = text.replaced
        at, known = self._position, self._known
        piece = rest_of(text, at, known) if changed else text.since(at)
        self.contradicted = self.contradicted or piece is None
        self._given += len(text) - self._position
        self._position = len(text)
        return piece or ""


def rest_of(text: Text, position: int, known: KnownSecrets) -> str | None:
    """What a closing text has behind a position of what was streamed; None if it does not go on.

    A closing text goes on with what was streamed even where a secret is masked in it, as it is in
    recordings where it came in one piece.
    """
    if (streamed := text.streamed) is None:
        return text.since(position)
    before, whole = known.masked(streamed), known.masked(str(text))
    return streamed[position:] + whole[len(before) :] if whole.startswith(before) else None
