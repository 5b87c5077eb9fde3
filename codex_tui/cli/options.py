"""The table of options as options of the command line: what an option is, is said once.

Values are taken as they were typed; `config.load` reads them, so that a flag, a variable and a key
of the file are understood, and refused, in the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from codex_tui.config.options import OPTIONS, Option

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

SECTIONS: dict[str, tuple[str, ...]] = {
    "Request": ("model", "profile", "base_url", "instructions", "effort", "tools", "body"),
    "Connection": ("connect_timeout", "header_timeout", "idle_timeout", "retries"),
    "Recording and look": ("record", "data_dir", "theme", "plain"),
}
"""The options that every verb takes, before its name and after it, under their headings."""

COMMON = tuple(name for names in SECTIONS.values() for name in names)


class Switch(click.Option):
    """A flag that can be taken back: `--no-…` wins over the file and the variable as well.

    The help shows one of the two spellings, the one that changes something.
    """

    def __init__(self, option: Option, *, hidden: bool) -> None:
        name = option.name.replace("_", "-")
        names = [f"--{name}/--no-{name}", option.name]
        super().__init__(
            [option.short, *names] if option.short else names,
            is_flag=True,
            default=None,
            help=option.help,
            hidden=hidden,
        )
        self._shown = f"{option.short}, {option.flag}" if option.short else option.flag

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The documented spelling alone."""
        return None if self.hidden else (self._shown, self.help or "")


def click_options(names: Iterable[str], shown: Collection[str]) -> list[click.Parameter]:
    """Options of the table, by name; those that are not `shown` are taken, but not in the help."""
    return [_click_option(OPTIONS[name], hidden=name not in shown) for name in names]


def _click_option(option: Option, *, hidden: bool) -> click.Option:
    if option.kind == "flag":
        return Switch(option, hidden=hidden)
    names = [option.short, option.flag] if option.short else [option.flag]
    return click.Option(
        [*names, option.name],
        type=_kind(option),
        metavar=option.metavar or None,
        help=_help(option),
        hidden=hidden,
    )


def _kind(option: Option) -> click.Choice[str] | click.Path | None:
    """What the shell completes the value by."""
    match option.kind:
        case "choice":
            return click.Choice(option.choices)
        case "path":
            return click.Path()
        case _:
            return None


def _help(option: Option) -> str:
    if option.default is None or option.kind == "flag":
        return option.help
    default = f"{option.default:g}" if isinstance(option.default, float) else option.default
    return f"{option.help}  [{default}]"
