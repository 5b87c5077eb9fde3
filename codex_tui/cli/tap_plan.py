"""What a tap is to do, from its options and from what there is; what can't be done is refused here.

Nothing is started before all of it is known to fit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from codex_tui.cli import codex_cli
from codex_tui.cli.listening import port_of, telling_of, token_of
from codex_tui.cli.plainness import is_plain
from codex_tui.cli.tapped_program import refuse_missing
from codex_tui.config.errors import suggestion
from codex_tui.redact import mask_keys
from codex_tui.relay.destination import CHATGPT, OPENAI, DestinationError, checked
from codex_tui.relay.orders import Orders
from codex_tui.sources.credentials import filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codex_tui.cli.listening import Telling
    from codex_tui.config import Settings
    from codex_tui.redact import Secret

PORT = 8787
"""Where a tap listens for whichever program comes."""

Viewer = Literal["here", "beside", "none"]


@dataclass(frozen=True, slots=True)
class TapPlan:
    """What a tap is to do.

    Attributes:
        settings: What holds.
        command: The program; empty to listen for whichever comes.
        environ: The environment as it was.
        to: The server; None where the first request says it.
        telling: What is printed.
        viewer: Where the streams are shown.
        token: What paths begin with; None for none.
    """

    settings: Settings
    command: tuple[str, ...]
    environ: Mapping[str, str]
    to: str | None
    telling: Telling
    viewer: Viewer
    token: Secret | None

    @classmethod
    def of(cls, settings: Settings, command: Sequence[str], environ: Mapping[str, str]) -> TapPlan:
        """Return what is to be done.

        Raises:
            click.ClickException: It can't be done, or contradicts itself.
        """
        port_of(settings, PORT)
        if ignore := settings.rules()[1]:
            from codex_tui.cli.check import refuse_unknown_rules  # with the rules

            refuse_unknown_rules(ignore)
        if command:
            refuse_missing(command[0], environ)
        return cls(
            settings,
            tuple(command),
            environ,
            _server(settings, command, environ),
            telling := _telling(settings, command),
            _viewer(settings, command, environ, telling),
            token_of(settings),
        )

    def orders(self) -> Orders:
        """Return what its relay is to do."""
        settings = self.settings
        spec, ignore = settings.rules()
        return Orders(
            host=settings.host,
            port=port_of(settings, 0 if self.command else PORT),
            data=str(settings.paths.data.absolute()),
            to=self.to,
            allow_hosts=settings.allow_host,
            allow_origins=settings.allow_origin,
            token=self.token.reveal() if self.token else "",
            record=settings.record,
            max_size=settings.tap_max_size,
            spec=spec,
            ignore=ignore,
            command=tuple(map(mask_keys, self.command)),
        )

    def relay_environ(self) -> dict[str, str]:
        """Return the environment that says where requests went before the tap.

        The Codex CLI passes a variable over that others go by: its key must not go there.
        """
        environ = dict(self.environ)
        if self.command and codex_cli.first_argument(self.command) is not None:
            environ.pop("OPENAI_BASE_URL", None)
        return environ


def _server(settings: Settings, command: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """The server that was named: by an option, or by the Codex CLI's own settings.

    What config.toml has as a default is nothing that another program's key may be sent to.
    """
    named, place = settings.to, "--to"
    if named is None and settings.origins.get("base_url") == "flag":
        named, place = settings.base_url, "--base-url"
    if named is None and settings.origins.get("profile") == "flag":
        named, place = _of_profile(settings, environ), f"the profile {settings.profile}"
    if named is None and command:
        named, place = codex_cli.named_server(command, environ), codex_cli.KEY
    try:
        return None if named is None else checked(named, place)
    except DestinationError as error:
        raise click.ClickException(str(error)) from None


def _of_profile(settings: Settings, environ: Mapping[str, str]) -> str:
    name = settings.profile or ""
    own = settings.profiles.get(name)
    if own is not None and own.base_url:
        return filled(own.base_url, lambda variable: environ.get(variable, "").strip()).reveal()
    built_in = {"openai": environ.get("OPENAI_BASE_URL") or OPENAI, "chatgpt": CHATGPT}
    if name in built_in:
        return built_in[name]
    known = [each.name for each in settings.profiles.values() if each.base_url]
    said = suggestion(name, {*known, *built_in})
    raise click.ClickException(f'--profile: there is no server of the name "{name}": {said}')


def _telling(settings: Settings, command: Sequence[str]) -> Telling:
    """What is printed: lines by themselves only where the list would have opened, and can't."""
    listed = not command and settings.view is None and is_plain(settings)
    return telling_of(settings, "lines" if listed else "nothing" if settings.quiet else "summary")


def _viewer(
    settings: Settings, command: Sequence[str], environ: Mapping[str, str], telling: Telling
) -> Viewer:
    shown = telling in ("summary", "nothing") and settings.view is not False
    if settings.view:
        _refuse_viewer(settings, command, shown=shown)
        return "here"
    if settings.split and settings.chosen("split"):
        _refuse_split(environ, shown=shown)
        return "beside"
    if not command:
        return "here" if shown else "none"
    fits = shown and settings.split is not False and environ.get("TMUX") and _all_terminals()
    return "beside" if fits else "none"


def _refuse_viewer(settings: Settings, command: Sequence[str], *, shown: bool) -> None:
    if not shown:
        raise click.UsageError("--view opens the viewer, and --plain and --format print instead")
    if settings.split and settings.chosen("split"):
        raise click.UsageError("--view takes this terminal, --split another one: which?")
    if not (os.isatty(1) and os.isatty(2)):
        raise click.ClickException("--view: there is no terminal to draw on")
    if command and codex_cli.needs_terminal(command):
        raise click.ClickException(
            "--view: the Codex CLI needs the terminal for itself: leave --view out, inside tmux the"
            " viewer opens beside it; or run `codex exec`"
        )


def _refuse_split(environ: Mapping[str, str], *, shown: bool) -> None:
    if not shown:
        raise click.UsageError("--split opens a viewer, and --no-view, --plain and --format none")
    if not environ.get("TMUX"):
        raise click.ClickException("--split: this is no tmux; `codex-tui watch` elsewhere shows it")
    if not _all_terminals():
        raise click.ClickException("--split: stdin, stdout and stderr are not all a terminal")


def _all_terminals() -> bool:
    return all(map(os.isatty, range(3)))
