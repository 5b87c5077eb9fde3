"""What a verb is made of: its options, its argument, the function that does its work, its help.

The function is named and not imported, so that a verb, its help and its completion cost no more
than they need. Values are taken as they were typed; `config.load` reads them, so that a flag, a
variable and a key of the file are understood, and refused, in the same way.
"""

from __future__ import annotations

import os
import re
import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from codex_tui._version import __version__
from codex_tui.cli.output import NAME, leave_closed_pipe
from codex_tui.config.options import OPTIONS, Option
from codex_tui.gc_pause import release_collector

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from codex_tui.config import Settings

    Work = Callable[[Settings, Any], int]

SECTIONS: dict[str, tuple[str, ...]] = {
    "Request": ("model", "profile", "base_url", "instructions", "effort", "tools", "body"),
    "Connection": ("transport", "connect_timeout", "header_timeout", "idle_timeout", "retries"),
    "Recording and look": ("record", "data_dir", "theme", "plain"),
}
"""The options that every verb takes, before its name and after it, under their headings."""

COMMON = tuple(name for names in SECTIONS.values() for name in names)
_PLACE, _PLACED = re.compile(r"\A-(\d+(?:@\d+)?)\Z"), re.compile(r"\A~\d+(?:@\d+)?\Z")
SIDES = "\x01--"
"""What stands for `--` among the words of a verb that reads it itself; nobody types that."""


class Switch(click.Option):
    """A flag that can be taken back: `--no-…` wins over the file and the variable as well.

    The help shows one of the two spellings, the one that changes something.
    """

    def __init__(self, option: Option, *, hidden: bool) -> None:
        name = (option.spelled or option.name).replace("_", "-")
        opposite = option.negated.replace("_", "-") or f"no-{name}"
        names = [f"--{name}/--{opposite}", option.name]
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
    several = option.kind == "texts"
    names = [option.short, option.flag] if option.short else [option.flag]
    return click.Option(
        [*names, option.name],
        type=_kind(option),
        metavar=option.metavar or None,
        help=_help(option),
        hidden=hidden,
        multiple=several,
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
    if option.default in (None, ()) or option.kind == "flag":
        return option.help
    default = f"{option.default:g}" if isinstance(option.default, float) else option.default
    return f"{option.help}  [{default}]"


CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LateCommand(click.Command):
    """A command whose parameters are made when they are asked for: of all verbs, one is used."""

    def __init__(self, name: str, help: str, make: Callable[[], list[click.Parameter]]) -> None:
        self._make: Callable[[], list[click.Parameter]] | None = None
        super().__init__(name, context_settings=CONTEXT, help=help)
        self._make = make

    @property
    def params(self) -> list[click.Parameter]:
        """Its arguments and options."""
        if self._make is not None:
            self._params, self._make = self._make(), None
        return self._params

    @params.setter
    def params(self, params: list[click.Parameter]) -> None:
        self._params = params


class Verb(LateCommand):
    """One verb. All take the common options; the help shows those that matter to it.

    Args:
        name: What is typed.
        work: The function that does it, as `module:function` under `codex_tui.cli`. It takes the
            settings and the argument ("" where there is none), and returns the exit code.
        help: What `--help` says: a summary, a blank line, and the rest.
        argument: What it takes.
        own: The names of the options that only it takes.
        sections: The headings of the common options that matter to it.
    """

    def __init__(
        self,
        name: str,
        work: str,
        help: str,
        *,
        argument: click.Argument | None = None,
        own: Sequence[str] = (),
        sections: Sequence[str] = (),
    ) -> None:
        super().__init__(name, help, partial(_params, argument, own, sections))
        self.has_sides = False
        """Whether it reads `--` itself; see `with_sides`."""
        self._work = work
        self._sections = sections
        self._takes_session = argument is not None and isinstance(argument.type, click.Path)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read -1, -2… as sessions, where a saved stream is asked for."""
        args = placed(args, self.params) if self._takes_session else args
        kept = [SIDES if arg == "--" else arg for arg in args] if self.has_sides else args
        return super().parse_args(ctx, kept)

    def invoke(self, ctx: click.Context) -> int:
        """Read the settings and do the work."""
        return run(self._work, flags_of(ctx), self.one_argument(ctx.params.get("argument", "")))

    def one_argument(self, words: str | tuple[str, ...]) -> str:
        """The argument, which is one; a prompt that was not quoted comes as several words.

        Raises:
            click.UsageError: It came as several, or says nothing.
        """
        if isinstance(words, str):
            return words
        if len(words) > 1:
            whole = " ".join(words)
            raise click.UsageError(f"a prompt is one argument: quote it, as in '{whole}'")
        if words and not words[0].strip():
            raise click.UsageError("the prompt is empty")
        return words[0] if words else ""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its own options, then the common ones under their headings."""
        common = {name for section in self._sections for name in SECTIONS[section]}
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        own = [option for option in options if option.name not in common]
        write_options(ctx, formatter, "Options", own)
        write_sections(ctx, formatter, self, self._sections)
        formatter.write_paragraph()
        formatter.write_text(f"All other options of `{NAME} --help` are taken here as well.")


def _params(
    argument: click.Argument | None, own: Sequence[str], sections: Sequence[str]
) -> list[click.Parameter]:
    common = [each for each in COMMON if each not in own]
    shown = [each for section in sections for each in SECTIONS[section]]
    params = [*click_options(own, own), *click_options(common, shown), version_option()]
    return [argument, *params] if argument else params


class FilesVerb(Verb):
    """A verb that takes several files, or the words of a command; its work gets all of them."""

    def invoke(self, ctx: click.Context) -> int:
        """Read the settings and do the work."""
        return run(self._work, flags_of(ctx), ctx.params.get("argument", ()))


def with_sides(verb: FilesVerb) -> FilesVerb:
    """A verb whose files stand on two sides of `--`, which click would take away."""
    verb.has_sides = True
    return verb


def with_command(verb: FilesVerb) -> FilesVerb:
    """A verb whose words are the command of a program: what follows its name is the program's."""
    verb.allow_interspersed_args = False
    return verb


class CheckingVerb(Verb):
    """A verb that looks at the configuration itself: one that can't be used is not its end.

    Its work is then done with the defaults, and takes as its argument what is wrong.
    """

    def invoke(self, ctx: click.Context) -> int:
        """Do the work, with a configuration that can be used or without one."""
        wrong = _misconfigured(flags_of(ctx))
        return run(self._work, flags_of(ctx), "") if not wrong else _run_bare(self._work, wrong)


class TopicVerb(Verb):
    """A verb that takes the words of a topic, and does its work whatever the configuration is."""

    def invoke(self, ctx: click.Context) -> int:
        """Do the work, with a configuration that can be used or without one."""
        words = ctx.params.get("argument", ())
        if _misconfigured(flags_of(ctx)):
            return _run_bare(self._work, words)
        return run(self._work, flags_of(ctx), words)


def _misconfigured(flags: Mapping[str, object]) -> str:
    """What is wrong with the configuration; empty where it can be used."""
    try:
        import_module("codex_tui.config").load(flags, os.environ)
    except import_module("codex_tui.config.errors").ConfigError as error:
        return str(error)
    return ""


def _run_bare(work: str, argument: object) -> int:
    """Do a verb's work with the defaults."""
    return run(work, {}, argument, {"CODEX_TUI_CONFIG": os.devnull})


def placed(args: Sequence[str], params: Sequence[click.Parameter]) -> list[str]:
    """The arguments with `-2` as `~2`: a session's place, which click would take for an option.

    What is an option, or an option's value, stays as it is.
    """
    options = {name for param in params for name in param.opts}
    takes = {name for param in params if _takes_value(param) for name in param.opts}
    before = [None, *args]
    return [
        _PLACE.sub(r"~\1", arg) if arg not in options and last not in takes else arg
        for arg, last in zip(args, before, strict=False)
    ]


def as_typed(name: str) -> str:
    """A session's place as it was before `placed`."""
    return f"-{name[1:]}" if _PLACED.match(name) else name


def _takes_value(param: click.Parameter) -> bool:
    return isinstance(param, click.Option) and not param.is_flag


def flags_of(ctx: click.Context) -> dict[str, object]:
    """The options that were given, before the verb's name and after it."""
    own = {name: value for name, value in ctx.params.items() if value not in (None, ())}
    own.pop("argument", None)
    return {**(ctx.parent.params if ctx.parent else {}), **own}


def run(
    work: str,
    flags: Mapping[str, object],
    argument: object,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Do a verb's work with the settings that hold, and give its exit code.

    `argument` is what its function takes beside them.
    """
    settings: Settings = import_module("codex_tui.config").load(flags, environ)
    module, _, name = work.partition(":")
    function: Work = getattr(import_module(f"codex_tui.cli.{module}"), name)
    release_collector()
    try:
        code = function(settings, argument)
        sys.stdout.flush()
    except BrokenPipeError:
        return leave_closed_pipe()
    return code


def write_sections(
    ctx: click.Context,
    formatter: click.HelpFormatter,
    command: click.Command,
    sections: Sequence[str],
) -> None:
    """The common options of a command, under their headings."""
    params = {param.name: param for param in command.get_params(ctx)}
    for section in sections:
        write_options(ctx, formatter, section, [params[name] for name in SECTIONS[section]])


def write_options(
    ctx: click.Context,
    formatter: click.HelpFormatter,
    heading: str,
    params: Sequence[click.Parameter],
) -> None:
    """One heading and its options; nothing where none of them is shown."""
    records = [record for param in params if (record := param.get_help_record(ctx))]
    if records:
        with formatter.section(heading):
            formatter.write_dl(records)


def version_option() -> click.Option:
    """`-V`, which every verb takes."""

    def show(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
        if asked and not ctx.resilient_parsing:
            click.echo(f"{NAME} {__version__}")
            ctx.exit()

    return click.Option(
        ["-V", "--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Show the version and exit.",
    )
