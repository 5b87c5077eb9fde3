"""`sessions list`, `show`, `search` and `path`: what only looks.

For people it prints rows in columns, cleaned, and cut where a terminal ends.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from codex_tui import units
from codex_tui.cli.output import NAME, Output, say, terminal_width
from codex_tui.cli.references import library
from codex_tui.library.filters import conditions_of, passes, today
from codex_tui.library.groups import follows, group_key, run_of, together
from codex_tui.library.query import CLOSE, OPEN
from codex_tui.library.saved import SHORT_KEY
from codex_tui.model.endings import words_of_end
from codex_tui.safe_text import clean, clean_line, cut_to_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from codex_tui.config import Settings
    from codex_tui.library.library import Hit, Library
    from codex_tui.library.saved import SavedSession, TurnText

ON_A_TERMINAL = 50
"""How many sessions are listed there, unless asked otherwise."""

_HITS = 20
_MARKS = str.maketrans({OPEN: "«", CLOSE: "»"})
_NO_MARKS = str.maketrans({OPEN: "", CLOSE: ""})


def list_sessions(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Print the sessions, newest first; the exit code is 0."""
    output = Output(sys.stdout)
    words = " ".join(asked["words"]).casefold().split()
    tests = conditions_of(words, today())
    limit = asked["limit"]
    if limit is None:
        limit = ON_A_TERMINAL if output.terminal else 0
    with library(settings) as shelf:
        most = -1 if words or not limit else limit
        found = [each for each in shelf.sessions(most) if passes(each, each.words, tests)]
        total = len(found) if words else shelf.count()
        _print(found[:limit] if limit else found, asked["kind"], shelf, output)
        if limit and total > limit and asked["kind"] == "text":
            output.write(f"… and {total - limit:,} older: -n 0 lists all\n")
        elif not total and asked["kind"] == "text" and output.terminal:
            output.write(_nothing(words))
        _tell_of_unchecked(words, shelf)
    output.flush()
    return 0


def _tell_of_unchecked(words: Sequence[str], shelf: Library) -> None:
    """Say how many sessions a question for findings knows nothing of."""
    if any(word.startswith("findings:") for word in words):
        unread = [each for each in shelf.sessions() if each.findings is None and each.events]
        if unread:
            say(
                f"{units.count(len(unread), 'session')} could not be checked, and count for nothing"
            )


def _nothing(words: Sequence[str]) -> str:
    if words:
        return "no session has these words; `codex-tui sessions search` looks into the texts\n"
    return "no recordings yet: `codex-tui demo` makes the first one\n"


def _print(sessions: Sequence[SavedSession], kind: str, shelf: Library, output: Output) -> None:
    if kind == "json":
        for session in sessions:
            output.line(as_json(session, shelf))
        return
    output.write("".join(lines(together(sessions))))


def as_json(session: SavedSession, shelf: Library) -> dict[str, object]:
    """A session as an object; its keys are a promise to scripts."""
    return {
        "key": session.key,
        "path": str(shelf.path(session)),
        "recorded": datetime.fromtimestamp(session.recorded, UTC).isoformat(),
        "title": session.shown_title,
        "tags": session.tag_list,
        "starred": bool(session.starred),
        "model": session.model,
        "provider": session.provider,
        "turns": session.turns,
        "events": session.events,
        "seconds": session.seconds,
        "input_tokens": session.input_tokens,
        "output_tokens": session.output_tokens,
        "how": session.how,
        "size": session.size,
        "findings": {"error": session.errors, "warning": session.warnings},
        "rules": session.rules.split(),
        "first_text": session.first_text,
        "tools": session.tools.split(),
        "program": session.program or None,
        "group": session.run_group or None,
        "run": session.run or None,
        "problem": session.problem or None,
    }


# -- one session -------------------------------------------------------------------------------


def show_session(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Print what is known of one; the exit code is 0."""
    output = Output(sys.stdout)
    with library(settings) as shelf:
        session = shelf.find(asked["session"])
        texts = shelf.texts(session)
        if asked["kind"] == "json":
            said = [{**text._asdict(), "turn": n} for n, text in enumerate(texts, 1)]
            output.line(as_json(session, shelf) | {"texts": said})
        else:
            output.write(_facts(session, shelf))
            output.write("".join(_said(n, text) for n, text in enumerate(texts, 1)))
    output.flush()
    return 0


def _facts(session: SavedSession, shelf: Library) -> str:
    facts = {
        "session": session.key,
        "title": title_of(session),
        "recorded": local_time(session.recorded),
        "ended": session.how,
        "problem": session.problem,
        "model": " at ".join(filter(None, (session.model, session.provider))),
        "turns": f"{session.turns}, {units.count(session.events, 'event')}",
        "took": "" if session.seconds is None else units.seconds(max(session.seconds, 0.0)),
        "tokens": tokens(session).replace("→", " in, ") + " out" if tokens(session) else "",
        "size": units.size(session.size),
        "wrong": _wrong(session),
        "run": _run(session),
        "starred": "yes" if session.starred else "",
        "path": str(shelf.path(session)),
    }
    return "".join(f"{name:<10}{clean_line(text)}\n" for name, text in facts.items() if text)


def _run(session: SavedSession) -> str:
    """Which of several runs it is, and how to list them all."""
    run = run_of(session).replace("/", " of ")
    return f"{run}· {NAME} sessions list group:{group_key(session.run_group)}" if run else ""


def _wrong(session: SavedSession) -> str:
    """What the rules find in it, in words."""
    if not session.findings:
        return "" if session.findings is None else "nothing, by the rules"
    counts = (
        units.count(session.errors or 0, "error"),
        units.count(session.warnings or 0, "warning"),
    )
    return f"{' and '.join(counts)}: {session.rules.replace(' ', ', ')}"


def _said(number: int, text: TurnText) -> str:
    parts = (("prompt", text.prompt), ("answer", text.answer), ("ended", text.ending))
    shown = "".join(f"\n{name}:\n{clean(words.rstrip())}\n" for name, words in parts if words)
    return f"\n-- turn {number} --{shown}"


def path(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Print the path of one; the exit code is 0."""
    with library(settings) as shelf:
        output = Output(sys.stdout)
        output.write(f"{shelf.path(shelf.find(asked['session']))}\n")
        output.flush()
    return 0


# -- searching ---------------------------------------------------------------------------------


def search(settings: Settings, asked: Mapping[str, Any]) -> int:
    """Print where words were said; the exit code is 1 where they were not."""
    if not any(map(str.strip, asked["words"])):
        raise click.UsageError("there are no words to search for")
    output = Output(sys.stdout)
    limit = asked["limit"]
    most = _HITS if limit is None else limit or sys.maxsize
    with library(settings) as shelf:
        hits, total = shelf.search(" ".join(asked["words"]), most)
        if asked["kind"] == "json":
            for hit in hits:
                output.line(_hit_as_json(hit, shelf))
        else:
            output.write("".join(map(_hit, hits)))
            if not hits and output.terminal:
                output.write("nothing says that; all words must stand in one turn\n")
            if total > len(hits):
                output.write(f"… and {total - len(hits):,} older: -n 0 prints all\n")
    output.flush()
    return 0 if hits else 1


def _hit(hit: Hit) -> str:
    room = terminal_width()
    session = hit.session
    head = f"{session.key[:SHORT_KEY]}  {local_time(session.recorded)}  {title_of(session)}"
    more = f" (and {hit.turns - 1} more)" if hit.turns > 1 else ""
    words = " ".join(hit.snippet.translate(_MARKS).split())
    body = f"    {hit.where}, turn {hit.turn}{more}: {clean_line(words)}"
    return f"{cut(head, room)}\n{cut(body, room)}\n"


def _hit_as_json(hit: Hit, shelf: Library) -> dict[str, object]:
    return as_json(hit.session, shelf) | {
        "turn": hit.turn,
        "matching_turns": hit.turns,
        "where": hit.where,
        "snippet": hit.snippet.translate(_NO_MARKS),
    }


# -- rows in columns ---------------------------------------------------------------------------

_ROOM = 28  # cells that a title gets at least, before columns are left out
_GAP = "  "
_MODEL = 24


class Column(NamedTuple):
    """A column: what it shows, whether to the right, and how soon it is left out."""

    of: Callable[[SavedSession], str]
    to_the_right: bool = False
    spare: int = 0


def local_time(seconds: float) -> str:
    """A moment as the user's clock shows it."""
    try:
        return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError, OSError):
        return "?"


def tokens(session: SavedSession) -> str:
    """Tokens in and out, as `1.2k→340`; "" where no server said."""
    if session.input_tokens is None and session.output_tokens is None:
        return ""
    return f"{units.thousands(session.input_tokens)}→{units.thousands(session.output_tokens)}"


def _seconds(session: SavedSession) -> str:
    return "" if session.seconds is None else units.seconds(max(session.seconds, 0.0))


def _flags(session: SavedSession) -> str:
    """How much is wrong with it; a dot where nobody has checked it."""
    if session.findings is None:
        return "·"
    return f"⚑{session.findings:,}" if session.findings else ""


COLUMNS = (
    Column(lambda session: ("*" if session.starred else " ") + session.key[:SHORT_KEY]),
    Column(lambda session: local_time(session.recorded)),
    Column(lambda session: words_of_end(session.how) or "unusable"),
    Column(
        lambda session: f"{session.turns}t" if session.turns else "", to_the_right=True, spare=4
    ),
    Column(
        lambda session: f"{session.events:,}" if session.turns else "", to_the_right=True, spare=5
    ),
    Column(_seconds, to_the_right=True, spare=2),
    Column(tokens, to_the_right=True, spare=3),
    Column(_flags, to_the_right=True, spare=7),
    Column(lambda session: units.size(session.size), to_the_right=True, spare=6),
    Column(lambda session: clean_line(session.model, _MODEL), spare=1),
)
"""The columns before the title."""


def lines(sessions: Sequence[SavedSession]) -> Iterator[str]:
    """The sessions as lines, with a line end each."""
    room = terminal_width()
    columns = [[column.of(session) for session in sessions] for column in COLUMNS]
    widths = [max(map(len, cells), default=0) for cells in columns]
    shown = _fitting(widths, room)
    for number, session in enumerate(sessions):
        cells = (_cell(column, columns[column][number], widths[column]) for column in shown)
        below = follows(session, sessions[number - 1] if number else None)
        title = run_of(session, below=below) + title_of(session)
        yield cut(_GAP.join((*cells, title)), room).rstrip() + "\n"


def _cell(column: int, text: str, width: int) -> str:
    return text.rjust(width) if COLUMNS[column].to_the_right else text.ljust(width)


def _fitting(widths: Sequence[int], room: int | None) -> list[int]:
    """The columns that leave a title its room."""
    shown = [number for number, width in enumerate(widths) if width]
    by_need = sorted(shown, key=lambda number: COLUMNS[number].spare, reverse=True)
    for number in by_need:
        used = sum(widths[each] + len(_GAP) for each in shown)
        if room is None or used + _ROOM <= room or not COLUMNS[number].spare:
            break
        shown.remove(number)
    return shown


def title_of(session: SavedSession) -> str:
    """The title with its tags, or why there is none."""
    tags = "".join(f" #{tag}" for tag in session.tag_list)
    said = session.shown_title or session.file_name
    said = f"{said}: {session.problem}" if session.problem else said
    return clean_line(said + tags)


def cut(text: str, room: int | None) -> str:
    """A line that fits into a terminal."""
    return text if room is None else cut_to_width(text, room)
