"""`sessions list`, `show`, `search` and `path`: what only looks."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from codex_tui import units
from codex_tui.cli.output import Output
from codex_tui.cli.sessions.shelf import library
from codex_tui.cli.sessions.table import cut, lines, local_time, terminal_width, title_of, tokens
from codex_tui.library.query import CLOSE, OPEN
from codex_tui.safe_text import clean, clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    limit = asked["limit"]
    if limit is None:
        limit = ON_A_TERMINAL if output.terminal else 0
    with library(settings) as shelf:
        most = -1 if words or not limit else limit
        found = [each for each in shelf.sessions(most) if _has(each, words)]
        total = len(found) if words else shelf.count()
        _print(found[:limit] if limit else found, asked["kind"], shelf, output)
        if limit and total > limit and asked["kind"] == "text":
            output.write(f"… and {total - limit:,} older: -n 0 lists all\n")
        elif not total and asked["kind"] == "text" and output.terminal:
            output.write(_nothing(words))
    output.flush()
    return 0


def _has(session: SavedSession, words: Sequence[str]) -> bool:
    return not words or all(word in session.words for word in words)


def _nothing(words: Sequence[str]) -> str:
    if words:
        return "no session has these words; `codex-tui sessions search` looks into the texts\n"
    return "no recordings yet: `codex-tui demo` makes the first one\n"


def _print(sessions: Sequence[SavedSession], kind: str, shelf: Library, output: Output) -> None:
    if kind == "json":
        for session in sessions:
            output.line(as_json(session, shelf))
        return
    output.write("".join(lines(sessions)))


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
        "starred": "yes" if session.starred else "",
        "path": str(shelf.path(session)),
    }
    return "".join(f"{name:<10}{clean_line(text)}\n" for name, text in facts.items() if text)


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
    head = f"{session.key[:7]}  {local_time(session.recorded)}  {title_of(session)}"
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
