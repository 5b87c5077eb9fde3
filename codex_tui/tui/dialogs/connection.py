"""Where prompts go: provider, model and reasoning effort, chosen in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from codex_tui.safe_text import clean_line
from codex_tui.sources.providers import ProviderError
from codex_tui.tui.dialogs.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

EFFORTS = ("", "none", "minimal", "low", "medium", "high", "xhigh")
"""The reasoning efforts that the API documents; the first leaves it to the model."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose."""

    profile: str
    model: str
    effort: str


class Models(Protocol):
    """Asks a profile's server for its models."""

    async def __call__(self, profile: str) -> Sequence[str]:
        """Return the names of the models; raises `ProviderError` where there are none."""
        ...


class ConnectionDialog(Dialog[Choice]):
    """Three lists side by side; typing narrows the models, and any name may be typed."""

    DEFAULT_CSS = """
    ConnectionDialog {
        & > .dialog { width: 100; height: 24; }
        & Horizontal { height: 1fr; }
        & .column { width: 1fr; height: 100%; margin-right: 1; }
        & .column.-model { width: 2fr; }
        & OptionList {
            height: 1fr; border: none; padding: 0; background: transparent;
            scrollbar-size-vertical: 1;
        }
        & Input { border: none; height: 1; padding: 0; background: $surface; }
        & .head { color: $quiet; text-style: $quiet-style; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "accept", "Use these", id="connection.accept", priority=True),
    ]

    def __init__(self, profiles: Sequence[str], choice: Choice, models: Models) -> None:
        super().__init__()
        self._profiles = list(profiles)
        self._choice = choice
        self._models = models
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out the three columns."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(" Connection ")
            box.border_subtitle = Content(" tab next · enter chooses · ctrl+s uses these · esc ")
            with Horizontal():
                with Vertical(classes="column"):
                    yield Static("Profile", classes="head")
                    yield OptionList(*map(_option, self._profiles), id="profiles")
                with Vertical(classes="column -model"):
                    yield Static("Model: type to narrow, or name another", classes="head")
                    yield Input(self._choice.model, id="model", select_on_focus=True)
                    yield OptionList(id="models")
                with Vertical(classes="column"):
                    yield Static("Reasoning effort", classes="head")
                    yield OptionList(
                        *(_option(e or "the model's own") for e in EFFORTS), id="efforts"
                    )
            yield Static("", classes="dialog-note", id="note", markup=False)

    def on_mount(self) -> None:
        """Show what is chosen now and ask for the models."""
        self._highlight("profiles", self._profiles, self._choice.profile)
        self._highlight("efforts", EFFORTS, self._choice.effort)
        self.query_one("#model").focus()
        self._ask(self._choice.profile)

    def _highlight(self, name: str, values: Sequence[str], value: str) -> None:
        if value in values:
            self.query_one(f"#{name}", OptionList).highlighted = list(values).index(value)

    @work(group="models", exclusive=True, exit_on_error=False)
    async def _ask(self, profile: str) -> None:
        self._say(f"asking {profile} for its models …")
        try:
            self._names = list(await self._models(profile))
        except ProviderError as error:
            self._names = []
            self._say(f"{error}")
        else:
            self._say(f"{len(self._names)} models")
        self._narrow("")

    def _say(self, text: str) -> None:
        self.query_one("#note", Static).update(Content(clean_line(text)))

    def _narrow(self, typed: str) -> None:
        models = self.query_one("#models", OptionList)
        models.clear_options()
        words = typed.lower().split()
        models.add_options(
            _option(name) for name in self._names if all(word in name.lower() for word in words)
        )

    @on(Input.Changed, "#model")
    def _typed(self, event: Input.Changed) -> None:
        # What stands there at first is the model in use, and not a search.
        self._narrow("" if event.value == self._choice.model else event.value)

    @on(Input.Submitted, "#model")
    @on(OptionList.OptionSelected, "#efforts")
    def _done(self) -> None:
        self.action_accept()

    @on(OptionList.OptionSelected, "#models")
    def _model_chosen(self, event: OptionList.OptionSelected) -> None:
        index = event.option_index
        words = self.query_one("#model", Input).value.lower().split()
        if self.query_one("#model", Input).value == self._choice.model:
            words = []
        names = [name for name in self._names if all(word in name.lower() for word in words)]
        self.query_one("#model", Input).value = names[index]
        self.action_accept()

    @on(OptionList.OptionSelected, "#profiles")
    def _profile_chosen(self, event: OptionList.OptionSelected) -> None:
        profile = self._profiles[event.option_index]
        if profile != self._choice.profile:
            self._choice = Choice(profile, "", self._choice.effort)
            self.query_one("#model", Input).value = ""
            self._ask(profile)
        self.query_one("#model").focus()

    def action_accept(self) -> None:
        """Use what stands in the three columns."""
        profile = self.query_one("#profiles", OptionList).highlighted
        effort = self.query_one("#efforts", OptionList).highlighted
        self.dismiss(
            Choice(
                self._profiles[profile] if profile is not None else self._choice.profile,
                self.query_one("#model", Input).value.strip(),
                EFFORTS[effort] if effort is not None else "",
            )
        )


def _option(text: str) -> Option:
    return Option(Content(clean_line(text)))
