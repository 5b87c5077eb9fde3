"""The program: its verbs in one table, and the border at which errors become one line.

Whatever is the user's to mend ends here with a sentence on stderr and exit code 2; a traceback is
for our own mistakes alone.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import click

from codex_tui.cli import texts
from codex_tui.cli.ended import SignalledError, raised_signals
from codex_tui.cli.group import PromptOrVerb, PromptVerb
from codex_tui.cli.output import (
    NAME,
    drop_streams,
    leave_broken_streams,
    leave_closed_pipe,
    say,
    tolerate_odd_encodings,
)
from codex_tui.cli.sessions.group import codex_verb, sessions_group
from codex_tui.cli.verb import CheckingVerb, Verb
from codex_tui.config.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILED = 1
UNUSABLE = 2
INTERRUPTED = 130


def _prompt(*, required: bool) -> click.Argument:
    return click.Argument(["argument"], metavar="PROMPT", nargs=-1, required=required)


def _file() -> click.Argument:
    kind = click.Path(allow_dash=True)
    return click.Argument(["argument"], metavar="FILE", type=kind, callback=_named)


def _named(_context: click.Context, _argument: click.Parameter, name: str) -> str:
    if not name:  # a path would take it for the current folder
        raise click.UsageError("the file's name is empty")
    return name


def program() -> PromptOrVerb:
    """The command line as click sees it."""
    everything = ("Request", "Connection", "Recording and look")
    return PromptOrVerb(
        PromptVerb(
            NAME, "app:open_app", texts.OPEN, argument=_prompt(required=False), sections=everything
        ),
        [
            Verb("demo", "app:demo", texts.DEMO),
            Verb("-", "app:listen", texts.PIPE),
            Verb(
                "replay",
                "app:replay",
                texts.REPLAY,
                argument=_file(),
                own=("speed", "idle_limit", "paused", "loop", "at", "follow", "exit"),
            ),
            Verb("show", "show:show", texts.SHOW, argument=_file(), own=("format", "turn")),
            Verb(
                "export",
                "export:export",
                texts.EXPORT,
                argument=_file(),
                own=(
                    *("export_format", "output", "force", "turn", "redact", "structure_only"),
                    *("at", "screen_size"),
                ),
            ),
            Verb(
                "run",
                "run:run",
                texts.RUN,
                argument=_prompt(required=True),
                own=("reasoning", "format"),
                sections=everything[:2],
            ),
            sessions_group(),
            codex_verb(),
            Verb("paths", "paths:show_paths", texts.PATHS),
            CheckingVerb("doctor", "doctor:examine", texts.DOCTOR, sections=everything[1:2]),
        ],
    )


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code.

    Args:
        args: The arguments; by default those of the process.
    """
    tolerate_odd_encodings()
    with raised_signals():
        try:
            return _code_of(args)
        except SignalledError as signalled:
            drop_streams()  # whoever reads them may be what this was waiting for
            return signalled.code
        finally:
            leave_broken_streams()


def _code_of(args: Sequence[str] | None) -> int:
    try:
        return int(program().main(args, prog_name=NAME, standalone_mode=False))
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        return leave_closed_pipe()
    except click.ClickException as error:
        return _refuse(_sentence(error))
    except ConfigError as error:
        return _refuse(str(error))
    except _late_errors() as error:
        return _refuse(str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _refuse(f"{where}{error.strerror or error}")
    except Exception as error:  # noqa: BLE001 - a mistake of ours: told without its values
        return SignalledError.code or _crashed(error)


def _late_errors() -> tuple[type[Exception], ...]:
    """Errors of modules that are not loaded before one of them was raised."""
    error: type[Exception] = import_module("codex_tui.sources.providers").ProviderError
    return (error,)


def _refuse(sentence: str) -> int:
    say(sentence)
    return UNUSABLE


def _crashed(error: Exception) -> int:
    """Leave a file to report, and say where it lies."""
    from codex_tui.config.paths import Paths
    from codex_tui.crash import report_crash

    say(report_crash(error, Paths.of(os.environ).log).sentence)
    return FAILED


def _sentence(error: click.ClickException) -> str:
    """Click's message and where to read on, in one line."""
    message = error.format_message()
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return message
    ended = message if message.endswith("?") else f"{message.rstrip('.')}."
    return f"{ended} Try `{context.command_path} --help`."
