"""What a comparison is written as, and whether what is private is masked in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static
from textual.widgets.option_list import Option

from codex_tui.safe_text import clean_line
from codex_tui.tui.dialogs.dialog import Box, Dialog
from codex_tui.tui.mends.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

WRITTEN_AS = {
    "md": "Markdown, to be pasted into an issue",
    "html": "one page: both strips, events side by side, words; it loads nothing",
    "json": "an object for programs",
}
"""The formats, by their suffixes."""


@dataclass(frozen=True, slots=True)
class ComparisonExportChoice:
    """What the user chose."""

    suffix: str
    redact: bool = True


class ComparisonExportDialog(Dialog[ComparisonExportChoice]):
    """A list of the formats over a switch; enter writes the file.

    Args:
        folder: Where it will be written.
    """

    DEFAULT_CSS = """
    ComparisonExportDialog {
        & > .dialog { width: 76; }
        & Choices, & Choices:focus {
            height: auto; border: none; padding: 0; background: transparent;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & #comparison-redact {
            height: 1; margin-top: 1; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & .dialog-note { text-wrap: nowrap; text-overflow: ellipsis; height: 1; }
    }
    """
    AUTO_FOCUS = "Choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "redact", "Redact, or don't", id="comparison-export.redact"),
    ]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._redact = True

    def compose(self) -> ComposeResult:
        """Lay out the list and the switch."""
        with Box("Export the comparison", "enter writes · r switches · esc closes"):
            yield Choices(
                *(Option(Content(f"{suffix:<6} {said}")) for suffix, said in WRITTEN_AS.items())
            )
            yield Static(id="comparison-redact", markup=False)
            note = f"a new file in {self._folder}, for you alone"
            yield Static(Content(clean_line(note)), classes="dialog-note")

    def on_mount(self) -> None:
        """Show how the switch stands."""
        self.query_one(Choices).highlighted = 0
        self._show()

    def _show(self) -> None:
        masked = "keys, credentials, e-mail addresses and home folders are masked"
        told = masked if self._redact else "keys, addresses and paths stay in it as they are"
        box = "☑" if self._redact else "☐"
        self.query_one("#comparison-redact", Static).update(Content(f"r  {box} {told}"))

    def action_redact(self) -> None:
        """Turn the switch."""
        self._redact = not self._redact
        self._show()

    @on(Choices.OptionSelected)
    def _chosen(self, event: Choices.OptionSelected) -> None:
        suffix = [*WRITTEN_AS][event.option_index]
        self.dismiss(ComparisonExportChoice(suffix, self._redact))
