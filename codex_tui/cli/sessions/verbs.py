"""The verbs of `codex-tui sessions` in one table, and what their help says; alone it is `list`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from codex_tui.cli.verb import (
    COMMON,
    CONTEXT,
    LateCommand,
    click_options,
    placed,
    run,
    version_option,
    write_options,
)
from codex_tui.config.options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = ("data_dir",)

_SESSIONS = """List, search and keep the recordings; alone it lists them.

A SESSION is what the list begins its line with, or the beginning of that; `last` or -1 is the
newest, -2 the one before; a path will do as well.

\b
Examples:
  codex-tui sessions                           the newest recordings
  codex-tui sessions search rate limit         where it was said, with the words around it
  codex-tui replay last                        watch the newest once more
  codex-tui sessions --format json | jq -r 'select(.how != "completed") | .path'
"""

_LIST = """List the recordings, newest first.

WORDS leave those whose title, model, provider, tags or ending has all of them. On a terminal the
first 50 are listed, into a pipe all; -n says otherwise. `findings:>0` leaves those with which
something is wrong, `rule:text.differs` those that break a rule; ⚑ counts errors and warnings.

A file that can't be read, or is no recording, is listed with the reason. `unread` is one that is
new and has not been read yet, `streaming` one that is still being recorded.
"""

_SHOW = "Show what is known of a recording, and its prompts and answers."

_SEARCH = """Search in prompts, answers, reasoning, tool calls and errors.

What is typed is text: all words must stand in one turn, the last may be the beginning of one.
What begins with a dash or has quotes stands in quotes of the shell: 'paris -cached'. The exit code
is 1 where nothing was found.

\b
  '"rate limit"'      side by side
  -cached             and not this word
  paris OR berlin     either
  tools:get_weather   only there: prompt, answer, reasoning, tools, ending
  findings:>0         only in sessions with which something is wrong, by the rules
  rule:text.differs   only in those that break a rule
"""

_IMPORT = """Take files into the library, as recordings with the times that they have.

FILE is whatever `codex-tui replay` opens: a dump, a HAR file, a rollout of the Codex CLI. It stays
as it is; where the new recording lies is printed.
"""

_WATCH = """Watch the streams of other programs, while they run.

The list has every recording that grows now, whoever writes it, and what ended in the last 24 hours:
those of `tap`, of `run` and of other codex-tui's, and the Codex CLI's own sessions. WORDS leave the
rows that have all of them; a FOLDER is looked into instead, a FILE is opened and followed. enter
opens a stream in the panes, esc comes back; ctrl+t opens the list from there.

A stream is live while its writer holds its file. Where nobody can tell, as with a dump that another
program writes, it is maybe live for 30 seconds after it grew. Into a pipe, and with --plain, what
there is now is printed, a line a stream.

\b
Examples:
  codex-tui watch
  codex-tui watch how:failed model:gpt-5
  codex-tui watch ./dumps
  codex-tui watch --format json | jq -r 'select(.state == "live") | .file'
"""

_CODEX = """List the sessions that the Codex CLI keeps, or open one.

They are its rollouts under CODEX_HOME (by default ~/.codex), newest first: when, size, model,
folder and first prompt, read from each file's head. Nothing there is changed. N is a place in the
list, ID what a session's id begins with.

\b
Examples:
  codex-tui codex                 the newest twenty
  codex-tui codex 1               the newest, in the app
  codex-tui codex -n 0 --format json | jq -r 'select(.cwd | endswith("/app")) | .path'
"""

_RENAME = """Give a recording a title; an empty one takes it away.

It is kept in a small file beside the recording, as tags and stars are, and goes where that goes.
"""

_TAG = "Tag a recording with words, or take tags away with --remove."

_STAR = "Star recordings, so that `prune` leaves them; --off takes the stars away."

_RM = """Move recordings to the trash.

`restore` brings them back, until `empty-trash`. One that is being recorded is refused.
"""

_TRASH = "List what is in the trash, with where it was and when it was deleted."

_RESTORE = "Bring recordings back from the trash, to where they were."

_EMPTY_TRASH = "Delete for good what is in the trash."

_PATH = "Print the path of a recording."

_PRUNE = """Move to the trash what is too old, or too much.

Nothing is ever deleted by itself: this is the only thing that reads keep_days and max_size, from
[sessions] in config.toml or from here. Starred recordings stay, and so does what can't be read.
With --dry-run it only says what would go.
"""


class LibraryVerb(LateCommand):
    """One verb of the library.

    Args:
        name: What is typed.
        work: The function that does it, as `module:function` under `codex_tui.cli`. It takes the
            settings and a mapping of this verb's own arguments, and returns the exit code.
        help: What `--help` says.
        params: Its own arguments and options.
        settings: The names of further options of the table that it takes.
    """

    def __init__(
        self,
        name: str,
        work: str,
        help: str,
        *params: click.Parameter,
        settings: Sequence[str] = (),
    ) -> None:
        super().__init__(name, help, partial(_params, params, settings))
        self._work = work

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read -1, -2… as sessions."""
        return super().parse_args(ctx, placed(args, self.params))

    def invoke(self, ctx: click.Context) -> int:
        """Read the settings and do the work."""
        flags = {name: value for name, value in ctx.params.items() if name in OPTIONS}
        given = {name: value for name, value in flags.items() if value is not None}
        asked = {name: value for name, value in ctx.params.items() if name not in OPTIONS}
        return run(self._work, {**ctx.find_root().params, **given}, asked)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Its own options."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        write_options(ctx, formatter, "Options", options)


def _params(own: Sequence[click.Parameter], settings: Sequence[str]) -> list[click.Parameter]:
    common = [*click_options(settings, settings), *click_options(COMMON, _SHOWN)]
    return [*own, *common, version_option()]


class SessionsGroup(click.Group):
    """`sessions`, and its verbs."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what names no verb for options of `list`."""
        of_its_own = {"--help", "-h", "--version", "-V"}
        if not args or (args[0].startswith("-") and args[0] not in of_its_own):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the table: what looks, then what changes."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each verb with its whole sentence."""
        with formatter.section("Verbs"):
            verbs = self.commands.items()
            formatter.write_dl([(name, verb.get_short_help_str(200)) for name, verb in verbs])


def sessions_group() -> SessionsGroup:
    """The group with all its verbs."""
    return SessionsGroup(
        "sessions",
        commands={verb.name or "": verb for verb in _verbs()},
        context_settings=CONTEXT,
        subcommand_metavar="[VERB] [OPTIONS] …",
        params=[version_option()],
        help=_SESSIONS,
        short_help="List, search and keep the recordings.",
    )


def codex_verb() -> LibraryVerb:
    """`codex`, which looks at the Codex CLI's own sessions as the library is looked at."""
    rollout = click.Argument(["rollout"], metavar="[N|ID|FILE]", required=False)
    return LibraryVerb(
        "codex", "rollouts:codex", _CODEX, rollout, _limit(), _format(), settings=("limited",)
    )


def watch_verb() -> LibraryVerb:
    """`watch`, which looks at streams that run as the library looks at those that ran."""
    words = click.Argument(["words"], metavar="[WORD…|FOLDER|FILE]", nargs=-1)
    return LibraryVerb("watch", "watch:watch", _WATCH, words, _format())


def _verbs() -> list[LibraryVerb]:
    one, many = _session(), _session(nargs=-1)
    format_ = _format()
    return [
        LibraryVerb("list", "sessions.lists:list_sessions", _LIST, _words(), _limit(), format_),
        LibraryVerb("show", "sessions.lists:show_session", _SHOW, one, format_),
        LibraryVerb(
            "search",
            "sessions.lists:search",
            _SEARCH,
            _words(required=True),
            _limit(),
            format_,
        ),
        LibraryVerb(
            "import", "sessions.changes:import_files", _IMPORT, _files(), settings=("limited",)
        ),
        LibraryVerb("rename", "sessions.changes:rename", _RENAME, one, _title()),
        LibraryVerb("tag", "sessions.changes:tag", _TAG, one, _tags(), _removed()),
        LibraryVerb("star", "sessions.changes:star", _STAR, many, _off()),
        LibraryVerb("rm", "sessions.changes:remove", _RM, many),
        LibraryVerb("trash", "sessions.changes:list_trash", _TRASH, format_),
        LibraryVerb("restore", "sessions.changes:restore", _RESTORE, many),
        LibraryVerb("empty-trash", "sessions.changes:empty_trash", _EMPTY_TRASH),
        LibraryVerb("path", "sessions.lists:path", _PATH, one),
        LibraryVerb(
            "prune",
            "sessions.changes:prune",
            _PRUNE,
            _dry_run(),
            settings=("keep_days", "max_size"),
        ),
    ]


def _session(nargs: int = 1) -> click.Argument:
    name = "session" if nargs == 1 else "sessions"
    return click.Argument(
        [name], metavar="SESSION" if nargs == 1 else "SESSION…", nargs=nargs, required=True
    )


def _words(*, required: bool = False) -> click.Argument:
    return click.Argument(
        ["words"], metavar="WORDS…" if required else "[WORDS…]", nargs=-1, required=required
    )


def _files() -> click.Argument:
    kind = click.Path()
    return click.Argument(["files"], metavar="FILE…", nargs=-1, required=True, type=kind)


def _title() -> click.Argument:
    return click.Argument(["title"], metavar="TITLE")


def _tags() -> click.Argument:
    return click.Argument(["tags"], metavar="TAG…", nargs=-1)


def _removed() -> click.Option:
    return _option(
        "--remove", metavar="TAG", multiple=True, help="Take a tag away; more than once."
    )


def _off() -> click.Option:
    return _option("--off", is_flag=True, help="Take the stars away.")


def _dry_run() -> click.Option:
    return _option("--dry-run", is_flag=True, help="Only say what would go.")


def _limit() -> click.Option:
    return _option(
        "-n",
        "--limit",
        type=int,
        callback=_not_negative,
        metavar="N",
        help="How many to print; 0 is all.",
    )


def _not_negative(
    _context: click.Context, _option: click.Parameter, number: int | None
) -> int | None:
    # A range would say the same in the help, as `[x>=0]`.
    if number is not None and number < 0:
        raise click.BadParameter("must be 0 or more")
    return number


def _format() -> click.Option:
    kinds = click.Choice(["text", "json"])
    return _option("--format", "kind", type=kinds, default="text", help="What to print.  [text]")


def _option(*names: str, **what: Any) -> click.Option:
    return click.Option([*names], **what)
