"""Where prompts go: provider, model and reasoning effort, chosen in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Protocol, get_args

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static
from textual.widgets.option_list import Option

from codex_tui import units
from codex_tui.config.profiles import Transport
from codex_tui.safe_text import clean_line
from codex_tui.sources.providers import ProviderError
from codex_tui.tui.dialogs.dialog import Box, Dialog
from codex_tui.tui.mends.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from textual.app import ComposeResult

    from codex_tui.sources.backend import Backend

EFFORTS = ("", "none", "minimal", "low", "medium", "high", "xhigh")
"""The reasoning efforts that the API documents; the first leaves it to the model."""

_WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (60, "-wide")]
TRANSPORTS = ("", *get_args(Transport))
"""What requests go over; the first leaves it to the profile."""


@dataclass(frozen=True, slots=True)
class ConnectionChoice:
    """What the user chose."""

    profile: str
    model: str
    effort: str
    transport: str = ""


class Models(Protocol):
    """Asks a profile's server for its models."""

    async def __call__(self, profile: str) -> Sequence[str]:
        """Return the names of the models; raises `ProviderError` where there are none."""
        ...


class ConnectionDialog(Dialog[ConnectionChoice]):
    """Lists side by side; typing narrows the models, and any name may be typed.

    What is highlighted in the lists is what enter takes, wherever the focus is.
    """

    DEFAULT_CSS = """
    ConnectionDialog {
        & > .dialog { width: 92; height: 18; }
        & Horizontal { height: 1fr; }
        & .column { width: 1fr; height: 100%; margin-right: 2; }
        & .column.-model { width: 2fr; }
        & .column.-effort, & .column.-transport { width: 11; }
        & .column.-transport { margin-right: 0; }
        &.-narrow .column.-transport { display: none; }
        & .head, & .dialog-note {
            height: 1; color: $quiet; text-style: $quiet-style;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & .column:focus-within > .head { color: $line-focus; text-style: bold; }
        & Choices, & Choices:focus {
            height: 1fr; border: none; padding: 0; background: transparent;
            scrollbar-size-vertical: 1; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & #efforts, & #profiles, & #transports { margin-top: 1; }
        & Input, & Input:focus { border: none; height: 1; padding: 0; background: $surface; }
    }
    """

    AUTO_FOCUS = "#model"
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = _WIDTHS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "accept", "Use these", id="connection.accept", priority=True),
        Binding("up", "move(-1)", "Model above", id="connection.up", show=False),
        Binding("down", "move(1)", "Model below", id="connection.down", show=False),
    ]

    def __init__(
        self,
        profiles: Sequence[str],
        choice: ConnectionChoice,
        models: Models,
        title: str = "Connection",
    ) -> None:
        super().__init__()
        self._title = title
        self._profiles = list(profiles)
        self._choice = choice
        self._models = models
        self._names: list[str] = []
        self._offered: list[str] = []  # what stands in the list of models

    # -- what is shown -----------------------------------------------------------------------

    @classmethod
    def over(cls, backend: Backend, title: str = "Connection") -> Self:
        """Begin with what a backend uses."""
        now = ConnectionChoice(backend.provider, backend.model, backend.effort, backend.transport)
        return cls(backend.profiles, now, backend.models, title)

    def compose(self) -> ComposeResult:
        """Lay out the three columns."""
        with Box(self._title, "enter uses these · tab next · esc closes"):
            with Horizontal():
                with Vertical(classes="column"):
                    yield Static("Profile", classes="head")
                    yield Choices(*map(_option, self._profiles), id="profiles")
                with Vertical(classes="column -model"):
                    yield Static("Model", classes="head")
                    yield Input(
                        self._choice.model,
                        placeholder="type to narrow, or name another",
                        id="model",
                        select_on_focus=True,
                    )
                    yield Choices(id="models")
                with Vertical(classes="column -effort"):
                    yield Static("Effort", classes="head")
                    yield Choices(*(_option(e or "default") for e in EFFORTS), id="efforts")
                with Vertical(classes="column -transport"):
                    yield Static("Over", classes="head")
                    yield Choices(*(_option(t or "default") for t in TRANSPORTS), id="transports")
            yield Static("", classes="dialog-note", id="note", markup=False)

    def on_mount(self) -> None:
        """Show what is chosen now and ask for the models."""
        self._highlight("profiles", self._profiles, self._choice.profile)
        self._highlight("efforts", EFFORTS, self._choice.effort)
        self._highlight("transports", TRANSPORTS, self._choice.transport)
        self._offer("")
        self._ask(self._choice.profile)
        self._ready = True

    _ready = False

    def _list(self, name: str) -> Choices:
        return self.query_one(f"#{name}", Choices)

    @property
    def _field(self) -> Input:
        return self.query_one("#model", Input)

    def _highlight(self, name: str, values: Sequence[str], value: str) -> None:
        options = self._list(name)
        options.highlighted = list(values).index(value) if value in values else None

    def _highlighted(self, name: str, values: Sequence[str], otherwise: str) -> str:
        index = self._list(name).highlighted
        return otherwise if index is None else values[index]

    # -- models ------------------------------------------------------------------------------

    @work(group="models", exclusive=True, exit_on_error=False)
    async def _ask(self, profile: str) -> None:
        self._say(f"asking {profile} for its models …")
        try:
            self._names = list(await self._models(profile))
        except ProviderError as error:
            self._say(f"{error}")
        else:
            count = units.count(len(self._names), "model")
            self._say(f"{count} listed; type any other name to use it")
        self._offer_typed(self._field.value)

    def _say(self, text: str) -> None:
        self.query_one("#note", Static).update(Content(clean_line(text)))

    @on(Input.Changed, "#model")
    def _typed(self, event: Input.Changed) -> None:
        self._offer_typed(event.value)

    def _offer_typed(self, typed: str) -> None:
        # What stands there at first is the model in use, and not a search.
        self._offer("" if typed == self._choice.model else typed.strip())

    def _offer(self, typed: str) -> None:
        """List the models that match; what was typed can be taken as it is, too."""
        words = typed.lower().split()
        found = [name for name in self._names if all(word in name.lower() for word in words)]
        wanted = typed or self._choice.model
        self._offered = [*found, *([wanted] if wanted and wanted not in found else [])]
        models = self._list("models")
        models.clear_options()
        models.add_options(map(_option, self._offered))
        best = wanted if not typed or wanted in found or not found else found[0]
        self._highlight("models", self._offered, best)

    def action_move(self, step: int) -> None:
        """Move through the models while the name is being typed."""
        models = self._list("models")
        if step > 0:
            models.action_cursor_down()
        else:
            models.action_cursor_up()

    # -- choosing ----------------------------------------------------------------------------

    @on(Choices.OptionHighlighted, "#profiles")
    def _profile_changed(self, event: Choices.OptionHighlighted) -> None:
        # The list tells of its first option too, before and after ours is highlighted.
        if not self._ready or event.option_index != event.option_list.highlighted:
            return
        profile = self._profiles[event.option_index]
        if profile != self._choice.profile:
            self._choice = replace(self._choice, profile=profile, model="")
            self._names = []
            self._field.value = ""
            self._offer("")
            self._ask(profile)

    @on(Choices.OptionSelected, "#profiles")
    def _profile_chosen(self) -> None:
        self._field.focus()

    @on(Input.Submitted, "#model")
    @on(Choices.OptionSelected, "#models")
    @on(Choices.OptionSelected, "#efforts")
    @on(Choices.OptionSelected, "#transports")
    def _done(self) -> None:
        self.action_accept()

    def action_accept(self) -> None:
        """Use what is highlighted in the columns."""
        profile = self._highlighted("profiles", self._profiles, self._choice.profile)
        model = self._highlighted("models", self._offered, "")
        effort = self._highlighted("efforts", EFFORTS, "")
        transport = self._highlighted("transports", TRANSPORTS, "")
        self.dismiss(ConnectionChoice(profile, model, effort, transport))


def _option(text: str) -> Option:
    return Option(Content(clean_line(text)))
