"""What `--help` says in words: examples first, since they are what is read."""

from __future__ import annotations

HEAD = """\
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
  codex-tui "why is the sky blue?"    ask, and watch the answer arrive
  codex-tui replay stream.sse -s 4    watch a saved stream, four times as fast
  codex-tui show stream.sse           print the answer of a saved stream
  codex-tui sessions                  the recordings: list, search, prune
  codex-tui codex                     the Codex CLI's own sessions, to be opened
  codex-tui export stream.sse         hand it on, redacted, in another form
  codex-tui run -R "why?" > why.md    no app: the answer to stdout, as it comes,
                                      and the reasoning to stderr
  codex-tui --base-url http://localhost:8000/v1 -m llama "hello there"
  curl -sN ... | codex-tui -          watch and record what comes through a pipe
  curl -sN ... | codex-tui show - --format json | jq .usage

"""

TAIL = """
Every option is a key of config.toml (`codex-tui paths` says where it lies) and
a variable: --base-url is base_url = "..." in the file and CODEX_TUI_BASE_URL in
the environment. Flags win over variables, variables over the file.

Exit codes:
  0    done; of `run`: the response was completed
  1    of `run`, and of what is told in lines: the response ended in any other
       way; of `doctor`: something is wrong; of `sessions search`: nothing was
       found; of the app: it failed
  2    an argument, the configuration or a file can't be used, and one line on
       stderr says why
  130  interrupted by ctrl+c; 129 and 143: by the signals HUP and TERM

Shell completion:
  bash  eval "$(_CODEX_TUI_COMPLETE=bash_source codex-tui)"    in ~/.bashrc
  zsh   eval "$(_CODEX_TUI_COMPLETE=zsh_source codex-tui)"     in ~/.zshrc
  fish  _CODEX_TUI_COMPLETE=fish_source codex-tui | source     in config.fish
"""

OPEN = "Open the app, and send a prompt if there is one."

DEMO = """Watch the embedded demo: no key and no network.

It answers through the same client as a real server would. The first prompt is sent by itself;
further ones go through the other sessions: tool calls, a web search, a failure.
"""

PIPE = """Watch what comes through standard input, while it comes.

It is any stream that `show` and `replay` take as a file: of `curl -N`, with or without the headers
of `-i`, or of a program that prints events as lines of JSON. Each event gets the time of its
arrival, counted from the start of reading, and the stream is recorded; of the request nothing is
known. What was saved with times of its own, such as a recording, keeps them and is not recorded
again. Keys come from the terminal; leaving, or esc, closes the pipe.

\b
Examples:
  curl -sN https://.../v1/responses -d @request.json ... | codex-tui -
  curl -sN ... | tee stream.sse | codex-tui - --plain --no-record
"""

REPLAY = """Watch a saved stream, at its recorded pace or any other.

FILE is told by its content: a recording, a dump of a stream (`curl -N` or `curl -i`), NDJSON or a
JSON array of events, a Response, a HAR file, a rollout or exec output of the Codex CLI, or gzip of
one of these; or it is a session as `codex-tui sessions` lists it, as in `last`. `-` reads standard
input, and the keys then come from the terminal. What has no times plays at an even pace.

\b
Examples:
  codex-tui replay stream.sse --paused
  codex-tui replay last --speed max --exit
  codex-tui replay stream.sse --plain --at 50% --paused    # what was there at half-time
"""

SHOW = """Print what is in a saved stream, without the app.

FILE is whatever `codex-tui replay` opens; `-` reads standard input, and prints what comes through a
pipe while it comes: the answer too, of each turn, unless what comes was saved with its times.

\b
Formats:
  text    the answer; exact into a pipe, made safe on a terminal
  json    one object on one line: status, output_text, reasoning_summary, reasoning_text,
          refusal, tool_calls, usage, error, how, events, timing; of the last turn, or --turn N
  events  one object a line and event: n, t, read, type, and data, which is verbatim
  summary the figures of a turn in words: when what came, gaps, rates, tokens, limits
  plain   all that happened in lines, role words first; of all turns, or --turn N (also --plain)

\b
Examples:
  codex-tui show stream.sse > answer.md
  codex-tui show stream.sse --format summary
  codex-tui show stream.sse --format json | jq .timing.first_text
  codex-tui show stream.sse --format events | jq -r 'select(.type == "error") | .data'

The exit code is 0 if FILE could be shown, however the stream ended; `how` says that.
"""

EXPORT = """Hand a saved stream on: as a page, as a document, as the plain stream.

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
  svg    the screen as a picture, at its end or --at a place
  cast   a film of the replay for asciinema, at most ten frames a second
  curl   the last request as a command, the key as a variable

\b
Examples:
  codex-tui export stream.sse                       Markdown, in a new file
  codex-tui export last -o page.html
  codex-tui export stream.sse -o stalls.jsonl --structure-only
  codex-tui export stream.sse --format curl -o - | sh
"""

RUN = """Send a prompt and print the answer as it arrives, without the app.

PROMPT is one argument: quote it; `-` reads it from standard input. The stream is recorded as in
the app. The exit code is 0 only if the response was completed.

\b
Examples:
  codex-tui run "why is the sky blue?"
  git diff | codex-tui run - -R > review.md
  codex-tui run "…" --format events | jq -c '[.t, .type]'
  codex-tui run "…" --format json --retries 3
"""

PATHS = """Say where configuration, themes, recordings and logs lie.

One line each: what it is, where, and whether it is there.
"""

DOCTOR = """Say what works here and what doesn't: a line each, with what to do.

Terminal, folders, configuration, keys (whether they are there, never what they are), the provider
(it is asked for its models, with its key), versions. The exit code is 0 where nothing is wrong.
"""
