"""What stands first: a verb, or a prompt. A typo must never be sent to a server as a prompt.

A single word that resembles a verb is therefore refused, and so is the name of a file; after `--`
everything is a prompt.
"""

from __future__ import annotations

import difflib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from codex_tui.cli import texts
from codex_tui.cli.output import NAME
from codex_tui.cli.verb import (
    COMMON,
    CONTEXT,
    SECTIONS,
    Verb,
    click_options,
    run,
    version_option,
    write_options,
    write_sections,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ARGUMENTS = f"{NAME} arguments"
_MEANT = {"help": "--help", "version": "--version"}


class PromptVerb(Verb):
    """What runs where no verb was named: the app, with a prompt to send at once."""

    def get_help(self, ctx: click.Context) -> str:
        """The program's own help: the user named no verb."""
        return ctx.parent.get_help() if ctx.parent else super().get_help(ctx)


class PromptOrVerb(click.Group):
    """The program: its verbs, and the prompt that is none of them."""

    def __init__(self, prompt: PromptVerb, verbs: Iterable[click.Command]) -> None:
        super().__init__(
            NAME,
            commands={verb.name or "": verb for verb in verbs},
            context_settings=CONTEXT,
            params=[*click_options(COMMON, COMMON), version_option()],
            invoke_without_command=True,
        )
        self._prompt = prompt

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember the arguments as they were typed: parsing takes the `--` away."""
        ctx.meta[_ARGUMENTS] = tuple(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise self._explained(error) from None

    def _explained(self, error: click.NoSuchOption) -> click.UsageError:
        """An option of a verb's own must stand after it: say so."""
        for name, verb in self.commands.items():
            if any(error.option_name in param.opts for param in verb.params):
                return click.UsageError(
                    f"{error.option_name} goes after its verb: {NAME} {name} … {error.option_name}"
                )
        return error

    def invoke(self, ctx: click.Context) -> int:
        """Run the verb, or open the app."""
        code = super().invoke(ctx)
        if ctx.invoked_subcommand is None:
            return run("app:open_app", dict(ctx.params), "")
        return int(code)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that the first argument names, or else the prompt."""
        if _forced(ctx.meta[_ARGUMENTS], args):
            return NAME, self._prompt, ["--", *args]
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        if not ctx.resilient_parsing:
            self._refuse_typos(args[0], args[1:])
        return NAME, self._prompt, args

    def _refuse_typos(self, word: str, rest: Sequence[str]) -> None:
        if any(character.isspace() for character in word):
            return
        meant = _MEANT.get(word.lower()) or self._resembled(word)
        if meant is None and _is_file(word):
            meant = f"replay {shlex.quote(word)}"
        if meant is not None:
            raise click.UsageError(
                f'"{word}" is no verb: did you mean `{shlex.join([*meant.split(), *rest])}`?'
                f" To send it as a prompt: {NAME} -- {shlex.quote(word)}"
            )

    def _resembled(self, word: str) -> str | None:
        near = difflib.get_close_matches(word.lower(), self.commands, n=1)
        return near[0] if near else None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The page that has to be enough."""
        formatter.write(texts.HEAD)
        with formatter.section("Verbs"):
            verbs = self.commands.items()
            formatter.write_dl([(name, verb.get_short_help_str(200)) for name, verb in verbs])
        write_sections(ctx, formatter, self, tuple(SECTIONS))
        rest = [param for param in self.get_params(ctx) if param.name not in COMMON]
        write_options(ctx, formatter, "Other", rest)
        formatter.write(texts.TAIL)


def _is_file(word: str) -> bool:
    """Whether a word names a file: one that is longer than any name can be does not.

    A prompt of a language that puts no blanks between its words is one long word.
    """
    try:
        return Path(word).is_file()
    except OSError:
        return False


def _forced(arguments: Sequence[str], args: Sequence[str]) -> bool:
    """Whether `--` stood before what parsing left over."""
    before = len(arguments) - len(args) - 1
    return before >= 0 and arguments[before] == "--"
