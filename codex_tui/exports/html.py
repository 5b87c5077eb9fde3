"""One page that holds everything: the conversation, the time strip, the events, and a player.

It loads nothing and sends nothing: a Content-Security-Policy in it allows its own style and script
by their hashes, and nothing else. What was said is escaped in the markup and text in the script.
Without scripts the conversation, the figures and a table of the events stand there all the same.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui._version import __version__
from codex_tui.exports.page.data import Script
from codex_tui.exports.page.strip import density_of, strip
from codex_tui.exports.page.table import table
from codex_tui.exports.prose import html_of
from codex_tui.exports.story import figures_of, heading_of, note_of, tell, title_of
from codex_tui.figures.measures import measure
from codex_tui.figures.table import seconds
from codex_tui.safe_text import clean, clean_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.exports.material import Material
    from codex_tui.exports.story import Telling
    from codex_tui.model.conversation import Turn

UNTIMED = "There are no times in its source: the replay goes through the events at an even pace."
_LONG = 1500
_POLICY = (
    "default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}';"
    " base-uri 'none'; form-action 'none'"
)


def write(material: Material) -> Iterator[bytes]:
    """Yield the page in pieces.

    Raises:
        OSError: What was kept can't be read back.
    """
    for piece in _page(material):
        yield piece.encode("utf-8", "replace")


def _page(material: Material) -> Iterator[str]:
    style, script = _asset("page.css"), _asset("page.js")
    title = escape(clean_line(title_of(material)))
    policy = _POLICY.format(script=_hash(script), style=_hash(style))
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" '
        f'content="light dark">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n'
    )
    yield _top(material, title)
    density = density_of(material)
    yield _time(strip(density), timed=density.timed)
    yield '<section id="conversation" aria-label="conversation">\n'
    for turn in material.turns:
        yield _turn(material, turn)
    yield '</section>\n<section id="stage" class="panel" aria-label="replay" hidden></section>\n'
    yield _EVENTS_HEAD
    yield from table(material)
    yield _EVENTS_END
    yield "".join(_figures(material, turn) for turn in material.turns)
    yield (
        f"<footer>Exported by codex-tui {__version__}. {escape(_told(material))} This page loads "
        "nothing and sends nothing.</footer>\n"
    )
    data = Script(material, density)
    for number, portion in enumerate(data.portions()):
        yield f'<script type="text/plain" id="chunk-{number}">{portion}</script>\n'
    yield f'<script type="text/plain" id="data">{data.columns()}</script>\n'
    yield f"<script>{script}</script>\n</body>\n</html>\n"


def _asset(name: str) -> str:
    return (files("codex_tui.exports.page") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode("ascii")


def _told(material: Material) -> str:
    sentence = material.scrub.sentence()
    return f"{sentence[:1].upper()}{sentence[1:]}."


# -- the top -----------------------------------------------------------------------------------


def _top(material: Material, title: str) -> str:
    last = material.turns[-1] if material.turns else None
    how = str(last.how) if last else "empty"
    model = escape(clean_line(last.transcript.model or "")) if last else ""
    word = escape(how.replace("_", " "))
    turns = units.count(len(material.turns), "turn")
    ended = f'<span class="how {escape(how)}">{word}</span>'
    said = " · ".join(filter(None, (model, turns, ended)))
    figures = _headline(material, last) if last else ""
    return (
        f'<header class="top"><div><h1>{title}</h1><div class="quiet">{said}</div></div>\n'
        '<button id="theme" class="needs-script" type="button">Dark</button></header>\n'
        f"{figures}"
    )


def _headline(material: Material, turn: Turn) -> str:
    """The few figures that are looked for first; those of the last turn."""
    timing = material.folds.timing
    measures = measure(turn, timing)
    times = {
        "first event": measures.first_event,
        "first text": measures.first_text,
        "end": measures.end,
        "longest gap": measures.gaps.longest if measures.gaps else None,
    }
    values = {name: seconds(value) for name, value in times.items() if value is not None}
    values["events"] = f"{turn.events.total:,}"
    usage = turn.transcript.usage
    if usage is not None and usage.output_tokens:
        values["output tokens"] = f"{usage.output_tokens:,}"
    rows = "".join(f"<li><b>{escape(v)}</b><span>{k}</span></li>" for k, v in values.items())
    return f'<ul class="head-figures">{rows}</ul>\n'


def _time(drawn: str, *, timed: bool) -> str:
    note = "" if timed else f'<p class="note">{UNTIMED}</p>\n'
    return f'<section class="panel time" aria-label="time">{drawn}{note}{_PLAYER}</section>\n{_OLD}'


_SPEEDS = "".join(
    f'<option value="{speed}"{" selected" if speed == "1" else ""}>{speed}×</option>'
    for speed in ("0.5", "1", "2", "4", "10", "30")
)
_PLAYER = (
    '<div class="bar player needs-script">'
    '<button id="play" type="button" title="space">Play</button>'
    '<input id="seek" type="range" min="0" max="1000" value="1000" aria-label="moment">'
    f'<label>speed <select id="speed" title="+ and -">{_SPEEDS}</select></label>'
    '<label><input id="skip" type="checkbox" checked> skip silences</label>'
    '<button id="view-final" type="button" aria-pressed="true">Conversation</button>'
    '<button id="view-replay" type="button" aria-pressed="false">Replay</button>'
    '<span id="clock"></span></div>\n'
)
_OLD = (
    '<p id="old" class="note" hidden>This browser is too old for the replay and the filter; '
    "the conversation and the table stand below.</p>\n"
)
_EVENTS_HEAD = (
    '<section aria-label="events"><div class="section-head"><h2>Events</h2>'
    '<div class="tools needs-script"><span id="count"></span>'
    '<input id="types" type="search" placeholder="type, as in output_text !delta" size="26"'
    ' aria-label="types">'
    '<input id="text" type="search" placeholder="text in the data" aria-label="text"></div></div>\n'
    '<div class="panel needs-script"><div id="list" tabindex="0" aria-label="list of events">'
    '</div><div id="detail" hidden><pre></pre></div></div>\n'
    '<div class="no-script wide">\n'
)
_EVENTS_END = "</div></section>\n"


# -- the conversation --------------------------------------------------------------------------


def _turn(material: Material, turn: Turn) -> str:
    turns = len(material.turns)
    heading = escape(clean_line(heading_of(turn, turns)))
    head = f'<div class="turn-head">{heading}</div>\n' if turns > 1 else ""
    lengths = material.scrub.lengths
    return head + "".join(_part(part, lengths=lengths) for part in tell(turn))


def _part(part: Telling, *, lengths: bool) -> str:
    name = f"<code>{escape(clean_line(part.name))}</code>" if part.name else ""
    note = f"<span>{escape(clean_line(part.note))}</span>" if part.note else ""
    title = f"<b>{escape(clean_line(part.title))}</b>{name}{note}"
    return (
        f'<div class="part {part.kind}"><div class="title">{title}</div>'
        f"{_said(part, lengths=lengths)}</div>\n"
    )


def _said(part: Telling, *, lengths: bool) -> str:
    if not part.text:
        return ""
    if lengths:
        return f'<p class="quiet">{units.count(len(part.text), "character")}</p>'
    if part.kind in ("answer", "reasoning"):
        return f'<div class="prose">{html_of(part.text)}</div>'
    body = f'<pre class="said">{escape(clean(part.text))}</pre>'
    if len(part.text) <= _LONG or part.kind == "prompt":
        return body
    lines = units.count(part.text.count("\n") + 1, "line")
    size = units.count(len(part.text), "character")
    return f"<details><summary>{lines}, {size}</summary>{body}</details>"


def _figures(material: Material, turn: Turn) -> str:
    rows = "".join(
        f"<tr><td>{escape(clean_line(line.name.strip()))}</td><td>{escape(line.value)}</td>"
        f'<td class="quiet">{escape(clean_line(line.note))}</td></tr>\n'
        for line in figures_of(material, turn)
    )
    which = f" of turn {turn.number}" if len(material.turns) > 1 else ""
    note = note_of(material, turn)
    said = f'<p class="note">{escape(note)}</p>' if note else ""
    return (
        f'<section aria-label="figures"><div class="section-head"><h2>Figures{which}</h2></div>'
        f'{said}<div class="wide"><table class="figures"><tbody>\n{rows}</tbody></table></div>'
        "</section>\n"
    )
