"""The program: its verbs in one table with their help, and the border where errors become a line.

Whatever is the user's to mend ends here with a sentence on stderr and exit code 2; a traceback is
for our own mistakes alone.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

import click

from codex_tui.cli.first_word import PromptOrVerb, PromptVerb
from codex_tui.cli.output import (
    NAME,
    drop_streams,
    fill_closed_streams,
    leave_broken_streams,
    leave_closed_pipe,
    say,
    tolerate_odd_encodings,
)
from codex_tui.cli.sessions.verbs import codex_verb, sessions_group, watch_verb
from codex_tui.cli.verb import (
    CheckingVerb,
    FilesVerb,
    TopicVerb,
    Verb,
    as_typed,
    with_command,
    with_sides,
)
from codex_tui.config.errors import ConfigError
from codex_tui.engine.signals import SignalledError, raised_signals

if TYPE_CHECKING:
    from collections.abc import Sequence

FAILED = 1
UNUSABLE = 2
INTERRUPTED = 130

# -- what `--help` says of each verb: examples are what is read ------------------------------------

_OPEN = "Open the app, and send a prompt if there is one."

_DEMO = """Watch the embedded demo: no key and no network.

It answers through the same client as a real server would. The first prompt is sent by itself;
further ones go through the other sessions: tool calls, a web search, a failure.
"""

_PIPE = """Watch what comes through standard input, while it comes.

It is any stream that `show` and `replay` take as a file: of `curl -N`, with or without the headers
of `-i`, or of a program that prints events as lines of JSON. Each event gets the time of its
arrival, counted from the start of the program, and the stream is recorded; of the request nothing
is known. What was saved with times of its own, such as a recording, keeps them and is not recorded
again. Keys come from the terminal; leaving, or esc, closes the pipe.

\b
Examples:
  curl -sN https://.../v1/responses -d @request.json ... | codex-tui -
  curl -sN ... | tee stream.sse | codex-tui - --plain --no-record
"""

_TAP = """Watch the streams of another program, while they come.

CMD runs with the terminal, as it would without; a process of ours stands between it and its server,
passes every byte on at once and unchanged, and records each exchange. SDKs are sent there by
variables, the Codex CLI by its own option. Its exit code is the code of CMD, and 128+N after a
signal N. Inside tmux a viewer opens beside it, and at the end there is a line an exchange.

Without CMD it listens, says what to set in another terminal, and shows what comes; ctrl+c or
SIGTERM ends it, with code 0.

The server is the one that the program means: what OPENAI_BASE_URL or ANTHROPIC_BASE_URL says, that
of the ChatGPT login, or the official one. --to names another, and -p takes that of a profile.

\b
Examples:
  codex-tui tap -- codex                       the Codex CLI, with all that it asks
  codex-tui tap --check -- pytest tests/live   code 1 where a stream broke a rule
  codex-tui tap --plain -- python agent.py     lines as it goes on, for logs and CI
  codex-tui tap --to http://localhost:8000/v1 -- python agent.py
  codex-tui tap --no-view --port 8787          listens, for whichever program comes

\b
Printed:
  text     a line an exchange at the end, on stderr; --quiet leaves that out
  json     an object on a line on stdout when an exchange ends: n, file, program, method, path,
           status, how, transport, model, events, first_event, end, usage, findings
  --plain  a line an event of note on stdout: began, first event, first text, tool call, stalled,
           finding, ended, failed

With --check what is wrong is said at the end, and code 0 becomes 1 where it is of the level.
"""

_SERVE = """Be the server that was recorded: the same frames, pauses, reads, and the same end.

FILE is what `codex-tui replay` opens, a session as well, but for what holds no stream: a rollout,
`codex exec` output, a HAR without bodies. POST .../responses, over HTTP or a WebSocket, gets the
next recorded turn; GET .../models has the models that were asked. When all turns have been given
there is a 404 that says so. It ends by ctrl+c or SIGTERM, with code 0.

What clients do is recorded, printed, and shown by `codex-tui watch` as what passes a tap is: who
closed early, who came again, who read slowly.

\b
Which turn answers:
  by itself     the n-th request gets the n-th turn of all FILEs; --loop begins again
  --match KEY   the first that was not given yet and whose request agrees: model, text (the user's
                last words), call_id (of a tool's output), previous (previous_response_id)
  --strict      a request that is not the recorded one is refused, with where it differs

\b
Examples:
  codex-tui serve last                          the session that was recorded last
  codex-tui serve talk.sse --port 0 --loop      "serving on http://127.0.0.1:PORT/v1" on stderr
  codex-tui serve a.sse b.sse --match model,text
  codex-tui serve last --chaos 1:cut@50%        breaks the first answer, so that a retry succeeds
  codex-tui serve last --chaos stall=20s@#120 --chaos random=2      --list-chaos explains them
  OPENAI_BASE_URL=http://127.0.0.1:8788/v1 python agent.py

\b
Printed:
  text     a line an event of note on stdout: began, first event, first text, ended, failed
  json     an object on a line on stdout when an exchange ends, as of `codex-tui tap`
"""

_REPLAY = """Watch a saved stream, at its recorded pace or any other.

FILE is told by its content: a recording, a dump of a stream (`curl -N` or `curl -i`), NDJSON or a
JSON array of events, a Response, a HAR file, a flow file of mitmproxy, a trace of curl, messages of
a WebSocket as text, a rollout, exec output or app-server messages of the Codex CLI; gzip or zstd of
one of these, or a stream that was pasted, logged or printed, of which is said what was taken off.
Or it is a session as `codex-tui sessions` lists it, as in `last`. `-` reads standard input, and the
keys then come from the terminal. What has no times plays at an even pace.

\b
Examples:
  codex-tui replay stream.sse --paused
  codex-tui replay last --speed max --exit
  codex-tui replay stream.sse --plain --at 50% --paused    # what was there at half-time
"""

_SHOW = """Print what is in a saved stream, without the app.

FILE is whatever `codex-tui replay` opens; `-` reads standard input, and prints what comes through a
pipe while it comes: the answer too, of each turn, unless what comes was saved with its times. What
was not gets the times of its arrival, in all formats that have times.

\b
Formats:
  text    the answer; exact into a pipe, made safe on a terminal
  json    one object on one line: protocol, status, output_text, reasoning_summary,
          reasoning_text, refusal, tool_calls, usage, error, how, why, events, timing; of the
          last turn, or --turn N
  events  one object a line and event: n, t, read, type, and data, which is verbatim
  summary the figures of a turn in words: when what came, gaps, rates, tokens, limits
  plain   all that happened in lines, role words first; of all turns, or --turn N (also --plain)

\b
Examples:
  codex-tui show stream.sse > answer.md
  codex-tui show stream.sse --format summary
  codex-tui show stream.sse --format json | jq .timing.first_text
  codex-tui show stream.sse --format events | jq -r 'select(.type == "error") | .data'

The exit code is 0 if FILE could be shown, however the stream ended; `how` says that. It is 1 where
a limit cut FILE off, which is said.
"""

_CHECK = """Say what is wrong with a stream, and by which rule.

FILE is whatever `codex-tui replay` opens, a session as well; `-` reads standard input, and prints
what is found while it comes. Each finding names the events, what they contradict, and the document
that says so.

\b
Levels:
  error    the specification says must, or a client in wide use breaks
  warning  specified, and no client is known to break
  note     a dialect, worth knowing

\b
Formats:
  text     for people, in 80 columns, with what proves it
  json     one object on one line a file: file, spec, level, checked, counts, findings
  junit    a test suite a file, a test case a broken rule
  github   annotations of GitHub Actions

\b
Examples:
  codex-tui check stream.sse --level note
  curl -sN ... | codex-tui check -
  codex-tui check *.sse --spec open-responses --ignore wire. --format junit > report.xml
  codex-tui check --explain text.differs    (all: the whole table)

The exit code is 0 where nothing of the level was found, 1 where something was, 2 where nothing
could be checked.
"""

_COMPARE = """Say what differs between two runs of the same.

A and B are whatever `codex-tui replay` opens, sessions as well: `-1` is the latest, `last` too.
Each turn is compared with the one at its place; FILE@3 is the third turn of FILE alone. Several
recordings a side stand around `--`: then figures are medians with their ranges, and all else is of
the first of each side.

\b
Asked:
  time      slower where? each figure, B − A and B ÷ A
  events    other events? item by item, runs of deltas folded
  text      other text? word by word; arguments as JSON, by their values
  request   other request? and which input item is the first that differs
  usage     other tokens?
  findings  other rules broken?

Ids, created_at, obfuscation, encrypted content, sequence numbers and where deltas were cut differ
always, and are left out. Times and figures are shown and decide nothing, but with --only time.

\b
Examples:
  codex-tui compare before.sse after.sse
  codex-tui compare -2 -1                         the two latest sessions
  codex-tui compare chat.sse@2 chat.sse@3         two turns of one file
  codex-tui compare a1.sse a2.sse -- b1.sse b2.sse
  codex-tui compare a.sse b.sse --only time --tolerance 20%    for CI
  codex-tui compare a.sse b.sse -o page.html

The exit code is 0 where both are alike in what was asked of, 1 where something differs, 2 where
nothing could be compared.
"""

_CONFORM = """Try out what a server can do, and say what it does wrong.

It is sent a few small requests: a plain prompt, reasoning, one tool and several, a tool's output,
a second turn (sent again, and by previous_response_id), a limit to reach, a bad request, an unknown
field, an answer that is left in the middle, and one without a stream. Each answer is recorded, and
checked by the rules of `codex-tui check`. No probe costs more than a few hundred tokens. A silence
of a minute ends a probe, or what --idle-timeout says.

\b
Supported:
  yes      it was seen
  no       a refusal that says so, a tool that is never called …: that is no error
  broken   no answer, an error of the server, a connection that was cut
  untried  nothing came that would tell

\b
Examples:
  codex-tui conform --base-url http://localhost:8000/v1 -m MODEL
  codex-tui conform --only plain,tool --dry-run        what would be sent, and its tokens
  codex-tui conform -p NAME --format md -o probes/     a table for a README
  codex-tui conform --format junit > report.xml

The exit code is 0 where nothing is wrong, 1 where errors were found or something broke, 2 where no
probe could run.
"""

_EXPORT = """Hand a saved stream on: as a page, as a document, as the plain stream.

FILE is whatever `codex-tui replay` opens, a session as well; `-` reads standard input. The export
is for you alone (mode 0600), over another file only with --force, and its path is printed. Keys,
credentials, e-mail addresses and home folders are masked in it, also where a key came in pieces;
stderr says how many. With --structure-only every text is a run of x of its length.

\b
Formats:
  md     Markdown to paste into an issue: prompt, reasoning, tool calls, answer, figures
  html   one page: conversation, time strip, events with a filter, a player; it loads nothing
  json   one object: the report of every turn, as `show --format json`
  jsonl  a line an event: n, t, read, type, data; what else was recorded in lines of its own
  sse    the plain stream as the server sent it, ready to be served
  txt    the conversation as plain text
  svg    the screen as a picture, at its end or --at a place; with --film as one that moves
  cast   a film of the replay for asciinema, at most ten frames a second
  curl   the last request as a command, the key as a variable

\b
Examples:
  codex-tui export stream.sse                       Markdown, in a new file
  codex-tui export last -o page.html
  codex-tui export stream.sse -o stalls.jsonl --structure-only
  codex-tui export stream.sse --format curl -o - | sh
  codex-tui export stream.sse -o film.svg --film --begin 5s --end 50% --speed 2
"""

_RUN = """Send a prompt and print the answer as it arrives, without the app.

PROMPT is one argument: quote it; `-` reads it from standard input. The stream is recorded as in
the app. The exit code is 0 only if the response was completed.

\b
Examples:
  codex-tui run "why is the sky blue?"
  git diff | codex-tui run - -R > review.md
  codex-tui run "…" --format events | jq -c '[.t, .type]'
  codex-tui run "…" --format json --retries 3
  codex-tui run "…" --check > answer.md             what is wrong with the stream, on stderr

With --check the exit code is 1 as well where something of the level was found.

\b
Several runs, which are printed as a table: medians, ranges, how each ended:
  codex-tui run "…" --times 5                       one after another
  codex-tui run "…" --models gpt-5,gpt-5-mini       both at once
  codex-tui run "…" --models A,B --times 5          five rounds, both at once in each
  codex-tui run "…" --models A,B --format json      group, models, runs: an object

Each is a request of its own, and is recorded; their answers are not printed. The exit code is 0
only if all were completed; ctrl+c ends those that run, and the table has what there is.
"""

_RESUME = """Listen to a response that its server makes in the background.

`run --background` asks for one: it goes on where its stream breaks, by itself. This listens to one
whose id is known, from its beginning or, with --after, from behind an event. What comes is printed
and recorded as `run` does. A server keeps such a response for a few minutes.

\b
Examples:
  codex-tui resume resp_0123
  codex-tui resume resp_0123 --after 41 --format events
"""

_CANCEL = """Have a server make a response in the background no further.

It is said what the server answers: `cancelled`, or how the response ended before.
"""

_PATHS = """Say where configuration, themes, recordings and logs lie.

One line each: what it is, where, and whether it is there.
"""

_DOCTOR = """Say what works here and what doesn't: a line each, with what to do.

Terminal, folders, configuration, keys (whether they are there, never what they are), the provider
(it is asked for its models, with its key), versions. The exit code is 0 where nothing is wrong.
"""

_HELP = """Show a page of the manual, or what pages there are.

In a terminal it is drawn, and shown by $PAGER (less, where none is named); into a pipe it is the
page's Markdown. A verb in the place of a TOPIC shows that verb's --help.

\b
Examples:
  codex-tui help              the contents
  codex-tui help open         what can be opened
  codex-tui help figures > figures.md
"""


# -- the verbs -------------------------------------------------------------------------------------


def _prompt(*, required: bool) -> click.Argument:
    return click.Argument(["argument"], metavar="PROMPT", nargs=-1, required=required)


def _response() -> click.Argument:
    return click.Argument(["argument"], metavar="RESPONSE_ID")


def _file() -> click.Argument:
    kind = click.Path(allow_dash=True)
    return click.Argument(["argument"], metavar="FILE", type=kind, callback=_named)


def _files(shown: str = "FILE...") -> click.Argument:
    kind = click.Path(allow_dash=True)
    return click.Argument(["argument"], metavar=shown, type=kind, nargs=-1, callback=_all_named)


def _all_named(_: click.Context, __: click.Parameter, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(as_typed, names))


def _topic() -> click.Argument:
    return click.Argument(["argument"], metavar="[TOPIC]", nargs=-1)


def _command() -> click.Argument:
    return click.Argument(["argument"], metavar="[--] [CMD...]", nargs=-1, type=click.UNPROCESSED)


def _named(_context: click.Context, _argument: click.Parameter, name: str) -> str:
    if not name:  # a path would take it for the current folder
        raise click.UsageError("the file's name is empty")
    return as_typed(name)


_SECTIONS = ("Request", "Connection", "Recording and look")
"""All sections of options in a `--help`."""


def _watching() -> list[click.Command]:
    """What shows streams as they come, and what serves one."""
    return [
        Verb("demo", "app:demo", _DEMO),
        Verb("-", "app:listen", _PIPE, own=("limited",)),
        with_command(
            FilesVerb(
                "tap",
                "tap:tap",
                _TAP,
                argument=_command(),
                own=(
                    *("to", "profile", "port", "host", "allow_host", "allow_origin"),
                    *("view", "split", "plain", "tap_format", "quiet"),
                    *("check", "level", "spec", "ignore", "record"),
                ),
            )
        ),
        watch_verb(),
        FilesVerb(
            "serve",
            "serve:serve",
            _SERVE,
            argument=_files(),
            own=(
                *("match", "strict", "loop", "speed", "port", "host"),
                *("chaos", "seed", "list_chaos"),
                *("allow_host", "allow_origin", "plain", "tap_format", "quiet"),
                *("record", "limited"),
            ),
        ),
    ]


def _opening() -> list[click.Command]:
    """What opens what was saved, checks, compares and hands it on, and what tries a server."""
    return [
        Verb(
            "replay",
            "app:replay",
            _REPLAY,
            argument=_file(),
            own=("speed", "idle_limit", "paused", "loop", "at", "follow", "exit", "limited"),
        ),
        Verb("show", "show:show", _SHOW, argument=_file(), own=("format", "turn", "limited")),
        FilesVerb(
            "check",
            "check:check",
            _CHECK,
            argument=_files(),
            own=("spec", "level", "ignore", "check_format", "explain", "limited"),
        ),
        with_sides(
            FilesVerb(
                "compare",
                "compare:compare",
                _COMPARE,
                argument=_files("A B"),
                own=(
                    *("questions", "compare_format", "tolerance", "comparison_file", "force"),
                    *("redact", "spec", "ignore", "limited"),
                ),
            )
        ),
        Verb(
            "conform",
            "conform:conform",
            _CONFORM,
            own=("only", "conform_format", "probes_folder", "rehearsal", "spec", "ignore"),
            sections=_SECTIONS[:2],
        ),
        Verb(
            "export",
            "export:export",
            _EXPORT,
            argument=_file(),
            own=(
                *("export_format", "output", "force", "turn", "redact", "structure_only"),
                *("at", "screen_size", "film", "begin", "end", "speed", "limited"),
            ),
        ),
    ]


def _asking() -> list[click.Command]:
    """What asks a server, without the app."""
    return [
        Verb(
            "run",
            "run:run",
            _RUN,
            argument=_prompt(required=True),
            own=(
                *("models", "times", "together", "background"),
                *("reasoning", "format", "check", "level", "spec", "ignore"),
            ),
            sections=_SECTIONS[:2],
        ),
        Verb(
            "resume",
            "resume:resume",
            _RESUME,
            argument=_response(),
            own=("after", "reasoning", "format", "check", "level", "spec", "ignore"),
            sections=_SECTIONS[:2],
        ),
        Verb("cancel", "resume:cancel", _CANCEL, argument=_response(), sections=_SECTIONS[1:2]),
    ]


def _knowing() -> list[click.Command]:
    """What says where things are, and how all of it is used."""
    return [
        sessions_group(),
        codex_verb(),
        Verb("paths", "paths:show_paths", _PATHS),
        CheckingVerb("doctor", "doctor:examine", _DOCTOR, sections=_SECTIONS[1:2]),
        TopicVerb("help", "manual:show_page", _HELP, argument=_topic()),
    ]


def program() -> PromptOrVerb:
    """The command line as click sees it."""
    return PromptOrVerb(
        PromptVerb(
            NAME, "app:open_app", _OPEN, argument=_prompt(required=False), sections=_SECTIONS
        ),
        [*_watching(), *_opening(), *_asking(), *_knowing()],
    )


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code.

    Args:
        args: The arguments; by default those of the process.
    """
    fill_closed_streams()
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
    path = context.command_path.removeprefix(f"{NAME} ") if context.info_name == NAME else ""
    return f"{ended} Try `{path or context.command_path} --help`."
