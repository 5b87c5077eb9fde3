"""What is known of one saved session, and what of its words can be searched.

Rows come by the ten thousand straight out of the index, so they are named tuples.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's letters, small: those of ids."""

KEY_LENGTH = 10
"""Letters of a key: 50 bits."""

SHORT_KEY = 7
"""Letters of a key that are shown: any that are enough to tell can be typed."""

UNREAD = "unread"
"""How a session ended that nobody has read yet."""

DEMO_HOST = "demo.invalid"
"""Where the demo answers."""

STREAMING = "streaming"
"""How a session ended that is still being recorded."""

_NAMED = re.compile(rf"-([{ALPHABET}]{{{KEY_LENGTH}}})\.sse\Z")
_DATED = re.compile(r"(\d{4})/(\d\d)/(\d\d)T(\d\d)-(\d\d)-(\d\d)-")


class SavedSession(NamedTuple):
    """A file in the folder of recordings, as the list shows it.

    Attributes:
        number: Its number in the index; it means nothing elsewhere.
        name: Its path below the folder of recordings, with slashes.
        key: What it is called by; the end of the recording's id, or made from `name`.
        size: Bytes.
        recorded: When, in seconds since 1970: of its first request, else as its header, its name
            or the file's time say.
        title: The first line of its first prompt.
        given_title: The title that the user gave it, "" without one.
        tags: The user's, with spaces between them.
        starred: Whether the user starred it.
        model: The model that answered last, or else was asked.
        provider: The host that was asked.
        turns: How many requests, or 1 for a plain dump.
        events: How many, `[DONE]` not counted.
        seconds: How long its turns took in all; None without times.
        input_tokens: Of all turns; None where no server said.
        output_tokens: As above.
        how: How its last turn ended, `streaming` or `unread`.
        is_open: Whether nothing in the file says how its last turn ended.
        problem: Why the file can't be read, or is no recording; "" for all others.
        errors: How many errors the rules find in it; None while nobody has checked it.
        warnings: As above.
        rules: The rules that it breaks, with spaces between them.
        first_text: Seconds from the first request to the first text of its answer; None where
            nobody knows.
        tools: The names of the tools that were called, with spaces between them.
        program: The program whose stream it is, where a tap recorded it.
        run_group: What it has in common with the runs that it was made to be compared with; ""
            for most.
        run: Which of them it is, as in `2/6`.
    """

    number: int
    name: str
    key: str
    size: int
    recorded: float
    title: str
    given_title: str
    tags: str
    starred: int
    model: str
    provider: str
    turns: int
    events: int
    seconds: float | None
    input_tokens: int | None
    output_tokens: int | None
    how: str
    is_open: int
    problem: str
    errors: int | None = None
    warnings: int | None = None
    rules: str = ""
    first_text: float | None = None
    tools: str = ""
    program: str = ""
    run_group: str = ""
    run: str = ""

    @property
    def is_demo(self) -> bool:
        """Whether the program's own demo answered."""
        return self.provider == DEMO_HOST

    @property
    def tokens(self) -> int | None:
        """All tokens, those that went in and those that came out; None where no server said."""
        if self.input_tokens is None and self.output_tokens is None:
            return None
        return (self.input_tokens or 0) + (self.output_tokens or 0)

    @property
    def findings(self) -> int | None:
        """How many errors and warnings the rules find in it; None where nobody has checked it."""
        return None if self.errors is None else self.errors + (self.warnings or 0)

    @property
    def shown_title(self) -> str:
        """The user's title, else the prompt's first line."""
        return self.given_title or self.title

    @property
    def file_name(self) -> str:
        """The file's own name."""
        return real_name(self.name).rpartition("/")[2]

    @property
    def tag_list(self) -> list[str]:
        """The user's tags."""
        return self.tags.split()

    @property
    def words(self) -> str:
        """What typing filters by, in small letters."""
        star = "*" if self.starred else ""
        rules = " ".join(f"rule:{rule}" for rule in self.rules.split())
        said = (self.given_title, self.title, self.model, self.provider, self.program, self.tags)
        more = (self.how, self.key, self.name, self.run_group, self.problem, star, rules)
        return " ".join((*said, *more)).casefold()


class TurnText(NamedTuple):
    """The words of one turn: what was asked, what came back, and how it ended."""

    prompt: str = ""
    answer: str = ""
    reasoning: str = ""
    tools: str = ""
    ending: str = ""


def key_of(name: str) -> str:
    """What a file is called by, from its name alone: the end of its id, or a digest."""
    if found := _NAMED.search(name):
        return found[1]
    number = int.from_bytes(blake2b(name.encode("utf-8", "surrogateescape")).digest()[:7])
    return "".join(ALPHABET[number >> shift & 31] for shift in range(45, -1, -5))


def recorded_at(name: str, mtime_ns: int) -> float:
    """When a file that nobody has read was recorded: as its name says, or else its time."""
    if found := _DATED.match(name):
        with suppress(ValueError):
            return datetime.strptime(
                "".join(found.groups()) + "+0000", "%Y%m%d%H%M%S%z"
            ).timestamp()
    return mtime_ns / 1e9


_ODD = "\1"


def stored_name(name: str) -> str:
    """A file's name as the index keeps it: bytes that are no UTF-8 are kept another way."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return _ODD + name.encode("utf-8", "surrogateescape").decode("latin-1")
    return name


def real_name(stored: str) -> str:
    """The name that a stored one stands for."""
    if not stored.startswith(_ODD):
        return stored
    return stored[1:].encode("latin-1").decode("utf-8", "surrogateescape")
