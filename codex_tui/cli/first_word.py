"""What stands first on the command line: a verb, or a prompt, and the help of both.

A typo must never be sent to a server as a prompt. A single word that resembles a verb is therefore
refused, and so is the name of a file; after `--` everything is a prompt.
"""

from __future__ import annotations

import difflib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

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
_MEANT = {
    "version": "--version",
    **dict.fromkeys(("proxy", "mitm", "intercept", "wrap", "sniff", "record"), "tap"),
    **dict.fromkeys(("view", "play", "open"), "replay"),
    **dict.fromkeys(("cat", "print", "dump"), "show"),
    **dict.fromkeys(("list", "ls", "history", "session", "logs", "search"), "sessions"),
    **dict.fromkeys(("tail", "live", "streams", "ps", "top"), "watch"),
    **dict.fromkeys(("lint", "validate", "verify"), "check"),
    **dict.fromkeys(("diff", "versus", "vs"), "compare"),
    **dict.fromkeys(("test", "probe", "conformance"), "conform"),
    **dict.fromkeys(("ask", "prompt", "exec", "chat"), "run"),
    **dict.fromkeys(("config", "login", "init", "setup", "status"), "doctor"),
    **dict.fromkeys(("save", "convert"), "export"),
}
"""What other programs call their verbs: as a prompt, a single such word would cost money."""
_NEAR = 0.7  # what is more like a verb than "hello" is like "help"

_HEAD = """\
Usage: codex-tui [OPTIONS] [PROMPT]
       codex-tui VERB [OPTIONS] ...

See what a streaming response does, live and afterwards.

With no verb the app opens, and a PROMPT is sent at once. It is one argument:
quote it. A word that looks like a verb is refused, so that a typo is never
sent; `--` before it sends it all the same.

With --plain, and by itself where stdout is no terminal or TERM is dumb, the
app does not open: what happens is told in lines that begin with a word for
what they are, for screen readers, pipes and CI.

Examples:
  codex-tui demo                      watch an answer; no key, no network
  codex-tui tap -- codex              watch what another program streams
  codex-tui "why is the sky blue?"    ask, and watch the answer arrive
  codex-tui replay stream.sse -s 4    watch a saved stream, four times as fast
  codex-tui show stream.sse           print the answer of a saved stream
  codex-tui watch                     what streams now, whoever made it
  codex-tui sessions                  the recordings: list, search, prune
  codex-tui codex                     the Codex CLI's own sessions, to be opened
  codex-tui compare a.sse b.sse       what differs, and where one is slower
  codex-tui export stream.sse         hand it on, redacted, in another form
  codex-tui run -R "why?" > why.md    no app: the answer to stdout, as it comes,
                                      and the reasoning to stderr
  codex-tui --base-url http://localhost:8000/v1 -m llama "hello there"
  curl -sN ... | codex-tui -          watch and record what comes through a pipe
  curl -sN ... | codex-tui show - --format json | jq .usage
  codex-tui help                      the manual, page by page

"""

_TAIL = """
Every option is a key of config.toml (`codex-tui paths` says where it lies) and
a variable: --base-url is base_url = "..." in the file and CODEX_TUI_BASE_URL in
the environment. Flags win over variables, variables over the file. What holds
for one run alone is a flag only: --to, --port, --host and --view of `tap`,
--film, --begin and --end of `export`, --only of `conform` and `compare`,
--tolerance of `compare`.

Exit codes:
  0    done; of `run`: the response was completed
  N    of `tap`: what its program ended with
  1    of `run`, and of what is told in lines: the response ended in any other
       way; of `compare`: something differs; of `doctor`: something is wrong;
       of `sessions search`: nothing was found; of the app: it failed
  2    an argument, the configuration or a file can't be used, and one line on
       stderr says why
  130  interrupted by ctrl+c; 129 and 143: by the signals HUP and TERM

Shell completion:
  bash  eval "$(_CODEX_TUI_COMPLETE=bash_source codex-tui)"    in ~/.bashrc
  zsh   eval "$(_CODEX_TUI_COMPLETE=zsh_source codex-tui)"     in ~/.zshrc
  fish  _CODEX_TUI_COMPLETE=fish_source codex-tui | source     in config.fish
"""


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
            raise self._explained(error, ctx.meta[_ARGUMENTS]) from None

    def _explained(self, error: click.NoSuchOption, typed: Sequence[str]) -> click.UsageError:
        """An option of a verb's own must stand after it: say so, of the verb that was typed."""
        verbs = sorted(self.commands.items(), key=lambda each: each[0] not in typed)
        for name, verb in verbs:
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
        near = difflib.get_close_matches(word.lower(), self.commands, n=1, cutoff=_NEAR)
        return near[0] if near else None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The page that has to be enough."""
        formatter.write(_HEAD)
        with formatter.section("Verbs"):
            verbs = self.commands.items()
            formatter.write_dl([(name, verb.get_short_help_str(200)) for name, verb in verbs])
        write_sections(ctx, formatter, self, tuple(SECTIONS))
        rest = [param for param in self.get_params(ctx) if param.name not in COMMON]
        write_options(ctx, formatter, "Other", rest)
        formatter.write(_TAIL)


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
