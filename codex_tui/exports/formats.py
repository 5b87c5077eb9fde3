"""The formats, as one table: what the command line, the dialog and the help are made from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.exports.material import Material

_SUFFIXES = re.compile(r"\.(?:sse|gz|zst|har|jsonl|ndjson|json|txt|log)$", re.IGNORECASE)
_UNFIT = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format.

    Attributes:
        name: What is typed, and the suffix of its files.
        help: What it is.
        module: The module of this room that writes it; empty where the screen has to be drawn.
        film: What it is with `--film`; empty where it has none.
    """

    name: str
    help: str
    module: str = ""
    film: str = ""

    @property
    def drawn(self) -> bool:
        """Whether it is a picture of the screen, which needs the app."""
        return not self.module

    def write(self, material: Material) -> Iterator[bytes]:
        """Yield the file in pieces; not for formats that are `drawn`.

        Raises:
            OSError: What the material keeps can't be read back.
            LookupError: The material has nothing of the kind; the text says what is missing.
        """
        module = import_module(f"codex_tui.exports.{self.module}")
        pieces: Iterator[bytes] = module.write(material)
        return pieces

    def told(self, material: Material) -> str:
        """What the user is to know of the file: what was taken out, and what has no place in it."""
        said = material.scrub.sentence()
        if self.name != "sse" or not material.torn:
            return said
        events = "1 event that was" if material.torn == 1 else f"{material.torn} events that were"
        return f"{said}; left out: {events} cut off before more came"


_TABLE = (
    ExportFormat("md", "Markdown to paste into an issue", "md"),
    ExportFormat("html", "one page: conversation, time strip, events, and a player", "html"),
    ExportFormat("json", "the report of every turn, as `show --format json`", "json"),
    ExportFormat("jsonl", "a line an event: n, t, read, type, data", "jsonl"),
    ExportFormat("sse", "the plain stream as the server sent it, ready to be served", "sse"),
    ExportFormat("txt", "the conversation as plain text", "txt"),
    ExportFormat(
        "svg",
        "the screen as a picture, where the replay stands",
        film="the replay as one picture that moves, for a README",
    ),
    ExportFormat("cast", "a film of the replay for asciinema"),
    ExportFormat("curl", "the request as a command, the key as a variable", "curl"),
)

FORMATS: dict[str, ExportFormat] = {each.name: each for each in _TABLE}
"""Every format by its name."""


def format_of(path: Path | None) -> ExportFormat | None:
    """The format that a file's suffix names, if any."""
    return FORMATS.get(path.suffix.removeprefix(".").lower()) if path is not None else None


def stem_of(name: str) -> str:
    """What an export of a file is called, without the suffix."""
    stem = Path(name).name
    while (shorter := _SUFFIXES.sub("", stem)) != stem and shorter:
        stem = shorter
    return _UNFIT.sub("-", stem).strip("-.") or "session"
