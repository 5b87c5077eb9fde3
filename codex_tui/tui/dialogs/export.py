"""What the session is exported as, and what is taken out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from codex_tui.exports.formats import FORMATS
from codex_tui.safe_text import clean_line
from codex_tui.tui.dialogs.dialog import Box, Dialog
from codex_tui.tui.mends.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.app import ComposeResult

    from codex_tui.exports.formats import ExportFormat


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What the user chose."""

    format: ExportFormat
    redact: bool = True
    structure_only: bool = False
    film: bool = False


class ExportDialog(Dialog[ExportChoice]):
    """A list of the formats over two switches; enter writes the file.

    Args:
        folder: Where it will be written.
    """

    DEFAULT_CSS = """
    ExportDialog {
        & > .dialog { width: 76; height: 17; }
        & Choices, & Choices:focus {
            height: 1fr; border: none; padding: 0; background: transparent;
            scrollbar-size-vertical: 1; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & .switch { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & #redact { margin-top: 1; }
        & .dialog-note { margin-top: 1; text-wrap: nowrap; text-overflow: ellipsis; height: 1; }
    }
    """

    AUTO_FOCUS = "Choices"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "switch('redact')", "Redact, or don't", id="export.redact"),
        Binding("s", "switch('structure')", "Lengths in the place of texts", id="export.structure"),
    ]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._offers = list(_offers())
        self._on = {"redact": True, "structure": False}

    def compose(self) -> ComposeResult:
        """Lay out the list and the switches."""
        with Box("Export", "enter writes · r s switch · esc closes"):
            said = (
                f"{offer.name:<6} {offer.film if film else offer.help}"
                for offer, film in self._offers
            )
            yield Choices(*(Option(Content(each)) for each in said))
            yield Static(id="redact", classes="switch", markup=False)
            yield Static(id="structure", classes="switch", markup=False)
            note = f"a new file in {self._folder}, for you alone"
            yield Static(Content(clean_line(note)), classes="dialog-note")

    def on_mount(self) -> None:
        """Show how the switches stand."""
        self.query_one(Choices).highlighted = 0
        self._show()

    def _show(self) -> None:
        structure = self._on["structure"]
        masked = "keys, credentials, e-mail addresses and home folders are masked"
        told = "nothing that was said is in it" if structure else masked
        if not (structure or self._on["redact"]):
            told = "keys, addresses and paths stay in it as they are"
        self.query_one("#redact", Static).update(Content(f"r  {_box(self._on['redact'])} {told}"))
        lengths = f"s  {_box(structure)} structure only: texts stand as their lengths"
        self.query_one("#structure", Static).update(Content(lengths))

    def action_switch(self, name: str) -> None:
        """Turn a switch."""
        self._on[name] = not self._on[name]
        self._show()

    @on(Choices.OptionSelected)
    def _chosen(self, event: Choices.OptionSelected) -> None:
        wanted, film = self._offers[event.option_index]
        self.dismiss(ExportChoice(wanted, self._on["redact"], self._on["structure"], film))


def _offers() -> Iterator[tuple[ExportFormat, bool]]:
    """Every format, and behind it that with a film, where it has one."""
    for each in FORMATS.values():
        yield each, False
        if each.film:
            yield each, True


def _box(on: bool) -> str:
    return "☑" if on else "☐"
