"""What `codex-tui sessions … --help` says in words."""

from __future__ import annotations

SESSIONS = """List, search and keep the recordings; alone it lists them.

A SESSION is what the list begins its line with, or the beginning of that; `last` or -1 is the
newest, -2 the one before; a path will do as well.

\b
Examples:
  codex-tui sessions                           the newest recordings
  codex-tui sessions search rate limit         where it was said, with the words around it
  codex-tui replay last                        watch the newest once more
  codex-tui sessions --format json | jq -r 'select(.how != "completed") | .path'
"""

LIST = """List the recordings, newest first.

WORDS leave those whose title, model, provider, tags or ending has all of them. On a terminal the
first 50 are listed, into a pipe all; -n says otherwise.

A file that can't be read, or is no recording, is listed with the reason. `unread` is one that is
new and has not been read yet, `streaming` one that is still being recorded.
"""

SHOW = "Show what is known of a recording, and its prompts and answers."

SEARCH = """Search in prompts, answers, reasoning, tool calls and errors.

What is typed is text: all words must stand in one turn, the last may be the beginning of one.
What begins with a dash or has quotes stands in quotes of the shell: 'paris -cached'. The exit code
is 1 where nothing was found.

\b
  '"rate limit"'      side by side
  -cached             and not this word
  paris OR berlin     either
  tools:get_weather   only there: prompt, answer, reasoning, tools, ending
"""

IMPORT = """Take files into the library, as recordings with the times that they have.

FILE is whatever `codex-tui replay` opens: a dump, a HAR file, a rollout of the Codex CLI. It stays
as it is; where the new recording lies is printed.
"""

CODEX = """List the sessions that the Codex CLI keeps, or open one.

They are its rollouts under CODEX_HOME (by default ~/.codex), newest first: when, size, model,
folder and first prompt, read from each file's head. Nothing there is changed. N is a place in the
list, ID what a session's id begins with.

\b
Examples:
  codex-tui codex                 the newest twenty
  codex-tui codex 1               the newest, in the app
  codex-tui codex -n 0 --format json | jq -r 'select(.cwd | endswith("/app")) | .path'
"""

RENAME = """Give a recording a title; an empty one takes it away.

It is kept in a small file beside the recording, as tags and stars are, and goes where that goes.
"""

TAG = "Tag a recording with words, or take tags away with --remove."

STAR = "Star recordings, so that `prune` leaves them; --off takes the stars away."

RM = """Move recordings to the trash.

`restore` brings them back, until `empty-trash`. One that is being recorded is refused.
"""

TRASH = "List what is in the trash, with where it was and when it was deleted."

RESTORE = "Bring recordings back from the trash, to where they were."

EMPTY_TRASH = "Delete for good what is in the trash."

PATH = "Print the path of a recording."

PRUNE = """Move to the trash what is too old, or too much.

Nothing is ever deleted by itself: this is the only thing that reads keep_days and max_size, from
[sessions] in config.toml or from here. Starred recordings stay, and so does what can't be read.
With --dry-run it only says what would go.
"""
