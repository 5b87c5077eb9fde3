"""The options, as one table: the command line, the variables and config.toml are made from it.

An option's name is its key in config.toml; its variable is CODEX_TUI_ and the name in capitals;
its flag is the name with hyphens, unless `flag` says otherwise. `ways` says which of them it has.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from codex_tui.config.paths import expanded

if TYPE_CHECKING:
    from collections.abc import Callable

    from codex_tui.redact import Secret

Kind = Literal[
    "text", "texts", "flag", "seconds", "count", "path", "speed", "choice", "days", "size", "secret"
]
Value: TypeAlias = "str | bool | float | int | Path | tuple[str, ...] | Secret | None"
Way = Literal["flag", "environment", "file"]
"""How a value is given. What holds for one run alone is a flag; a secret is none, since whoever
lists processes reads it."""

PREFIX = "CODEX_TUI_"
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*([kmgt]?i?b?)", re.IGNORECASE)
_UNITS = {
    letter + end: base**power
    for power, letter in enumerate(("", "k", "m", "g", "t"))
    for end, base in (("", 1000), ("b", 1000), ("i", 1024), ("ib", 1024))
}


class UnfitError(Exception):
    """A value that is not of its option's kind; the text says what it must be."""


class Option(NamedTuple):
    """One option.

    Attributes:
        name: The key in config.toml, and the attribute of `Settings`.
        kind: How its value reads; `texts` are a list, which a flag that is given several times
            makes; `seconds`, `days` and `size` may be "none", `speed` may be "max"
            (all are None then); a `secret` is kept as one.
        help: What it does, for `--help`.
        default: Its value where nobody chose one.
        choices: The words of a `choice`.
        short: The one-letter flag, with its hyphen.
        negated: The name under which the opposite of a flag is set: `no_record`.
        metavar: What stands for the value in `--help`.
        table: The table of config.toml in which its key stands; "" for none.
        spelled: The flag without its hyphens, where it is not the name.
        key: The key in its table, where it is not the name.
        ways: How it may be given.
    """

    name: str
    kind: Kind
    help: str
    default: Value = None
    choices: tuple[str, ...] = ()
    short: str = ""
    negated: str = ""
    metavar: str = ""
    table: str = ""
    spelled: str = ""
    key: str = ""
    ways: tuple[Way, ...] = ("flag", "environment", "file")

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        """The long flag as it is typed: that of the opposite where there is one."""
        return "--" + (self.spelled or self.negated or self.name).replace("_", "-")

    def read(self, value: object) -> Value:
        """The value that a config file or a flag gave.

        Raises:
            UnfitError: It is not of the option's kind; the text says what it must be.
        """
        if self.kind == "choice" and value not in self.choices:
            raise UnfitError("must be one of: " + ", ".join(self.choices))
        return _READERS[self.kind](value)

    def read_text(self, text: str) -> Value:
        """The value that an environment variable gave, of which the kind is known, not written.

        Raises:
            UnfitError: As `read`.
        """
        return self.read(_FROM_TEXT.get(self.kind, str)(text))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UnfitError("must be text in quotes")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise UnfitError("must be texts in quotes, between brackets")
    return tuple(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise UnfitError("must be true or false")
    return value


def _number(value: object, wanted: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitError(wanted)
    if not 0 <= value <= sys.float_info.max:
        raise UnfitError(wanted)
    return float(value)


def _number_of(units: str) -> Callable[[object], float | None]:
    def read(value: object) -> float | None:
        if value == "none":
            return None
        return _number(value, f'must be a number of {units}, or "none"') or None

    return read


def _speed(value: object) -> float | None:
    if value == "max":
        return None
    wanted = 'must be a number above 0, or "max"'
    if speed := _number(value, wanted):
        return speed
    raise UnfitError(wanted)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UnfitError("must be a whole number, 0 or more")
    return value


def _size(value: object) -> int | None:
    """Bytes: a number of them, or one with its unit."""
    if value == "none":
        return None
    wanted = 'must be a size as "2 GB" or "500 MB", or "none"'
    if isinstance(value, str):
        found = _SIZE.fullmatch(value.strip())
        if found is None:
            raise UnfitError(wanted)
        return int(float(found[1]) * _UNITS[found[2].lower()]) or None
    return int(_number(value, wanted)) or None


def _secret(value: object) -> Secret:
    from codex_tui.redact import Secret  # which most runs can do without

    return Secret(_text(value))


def _path(value: object) -> Path:
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value:
        raise UnfitError("must be a path in quotes")
    path = expanded(value)
    if path.parts and path.parts[0].startswith("~"):
        raise UnfitError(f"begins with {path.parts[0]}, and nobody knows that home folder")
    return path


def _number_from_text(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip().lower()


def _flag_from_text(text: str) -> object:
    word = text.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    return False if word in {"0", "false", "no", "off"} else text


_READERS: dict[Kind, Callable[[object], Value]] = {
    "text": _text,
    "texts": _texts,
    "flag": _flag,
    "seconds": _number_of("seconds"),
    "count": _count,
    "path": _path,
    "speed": _speed,
    "choice": _text,
    "days": _number_of("days"),
    "size": _size,
    "secret": _secret,
}
_FROM_TEXT: dict[Kind, Callable[[str], object]] = {
    "texts": lambda text: text.replace(",", " ").split(),
    "flag": _flag_from_text,
    "seconds": _number_from_text,
    "count": _number_from_text,
    "speed": _number_from_text,
    "days": _number_from_text,
}

_TABLE = (
    Option("model", "text", "The model to ask.", short="-m", metavar="NAME"),
    Option(
        "profile",
        "text",
        "The provider: openai, chatgpt, demo, or a [profiles.NAME] of config.toml.",
        short="-p",
        metavar="NAME",
    ),
    Option(
        "base_url", "text", "The server's address, as in http://localhost:8000/v1.", metavar="URL"
    ),
    Option("instructions", "text", "The system instructions of each request.", metavar="TEXT"),
    Option(
        "effort", "text", "The reasoning effort: none, minimal, low, medium, high…", metavar="WORD"
    ),
    Option(
        "transport",
        "choice",
        "What requests go over: a stream of events for each, or one WebSocket for all.",
        choices=("sse", "websocket"),
        metavar="WORD",
    ),
    Option("record", "flag", "Do not record the stream.", default=True, negated="no_record"),
    Option("theme", "text", "The colour theme.", metavar="NAME"),
    Option(
        "plain",
        "flag",
        "Print lines, role words first, instead of opening the app; by itself where there is no"
        " terminal, or TERM is dumb.",
    ),
    Option(
        "connect_timeout",
        "seconds",
        "The limit for DNS, TCP, TLS and proxy; 0 or none: no limit.",
        default=15.0,
        metavar="SECONDS",
    ),
    Option(
        "header_timeout",
        "seconds",
        "The limit from the request sent to the end of the answer's headers.",
        metavar="SECONDS",
    ),
    Option(
        "idle_timeout",
        "seconds",
        "The limit of any silence once the request is sent.",
        metavar="SECONDS",
    ),
    Option(
        "retries",
        "count",
        "How often to send again, by itself, after 429, 5xx or a connection error.",
        default=0,
        metavar="N",
    ),
    Option("tools", "path", "Function tools, a JSON file in the API's form.", metavar="FILE"),
    Option("body", "path", "A JSON file to lay over the request.", metavar="FILE"),
    Option("data_dir", "path", "Where recordings are kept.", metavar="FOLDER"),
    Option(
        "speed",
        "speed",
        'How fast: 2 is double, "max" at once.',
        default=1.0,
        short="-s",
        metavar="N|max",
    ),
    Option("paused", "flag", "Begin a replay paused.", default=False),
    Option(
        "idle_limit",
        "seconds",
        "Shorten silences of a replay to so many seconds.",
        short="-i",
        metavar="SECONDS",
    ),
    Option("loop", "flag", "Begin again at the end.", default=False),
    Option(
        "at",
        "text",
        "Where to begin a replay, or what to draw: #1200, 12.5s or 50%.",
        metavar="PLACE",
    ),
    Option("follow", "flag", "Go on with what is still being written.", default=False),
    Option("exit", "flag", "Leave when the replay has ended.", default=False),
    Option(
        "format",
        "choice",
        "What to print.",
        default="text",
        choices=("text", "json", "events", "summary", "plain"),
    ),
    Option("turn", "count", "Which turn of a conversation, from 1.", metavar="N"),
    Option("reasoning", "flag", "Print the reasoning too, to stderr.", default=False, short="-R"),
    Option(
        "keep_days",
        "days",
        "Let go what was recorded longer ago.",
        metavar="DAYS",
        table="sessions",
    ),
    Option(
        "max_size",
        "size",
        'Let go the oldest until the rest is so small: "2 GB".',
        metavar="SIZE",
        table="sessions",
    ),
    Option(
        "export_format",
        "choice",
        "What to write; by itself what the suffix of FILE says, else md.",
        choices=("md", "html", "json", "jsonl", "sse", "txt", "svg", "cast", "curl"),
        spelled="format",
    ),
    Option(
        "output",
        "path",
        "Where to write; `-` is standard output. By itself a new file in this folder.",
        short="-o",
        metavar="FILE",
    ),
    Option("force", "flag", "Write over a FILE that is there.", default=False),
    Option(
        "redact",
        "flag",
        "Leave in keys, credentials, e-mail addresses and the names of homes.",
        default=True,
        negated="no_redact",
    ),
    Option(
        "screen_size",
        "text",
        "The size of the screen that svg and cast draw, in columns and rows.",
        default="140x40",
        metavar="WxH",
        spelled="size",
    ),
    Option(
        "film",
        "flag",
        "Draw the replay from its beginning to its end: an svg that moves.",
        default=False,
        ways=("flag",),
    ),
    Option(
        "begin",
        "text",
        "Where a film begins: #1200, 12.5s or 50%.",
        metavar="PLACE",
        ways=("flag",),
    ),
    Option("end", "text", "Where a film ends.", metavar="PLACE", ways=("flag",)),
    Option(
        "spec",
        "choice",
        "Whose rules a stream is checked by.",
        default="openai",
        choices=("openai", "open-responses", "lenient"),
        table="findings",
    ),
    Option(
        "ignore",
        "texts",
        "A rule not to speak of: its id, a prefix as in wire., or rule:detail; may come again.",
        default=(),
        metavar="ID",
        table="findings",
    ),
    Option(
        "level",
        "choice",
        "The mildest that is printed, and that the exit code tells of.",
        default="error",
        choices=("error", "warning", "note"),
    ),
    Option(
        "check_format",
        "choice",
        "What to print.",
        default="text",
        choices=("text", "json", "junit", "github"),
        spelled="format",
    ),
    Option(
        "models",
        "texts",
        "Ask each of these models, and compare them.",
        default=(),
        metavar="NAME,NAME",
        ways=("flag",),
    ),
    Option(
        "times", "count", "How often to ask each model.", default=1, metavar="N", ways=("flag",)
    ),
    Option(
        "background",
        "flag",
        "Have the server make the response in the background, and keep it: where its stream breaks,"
        " it is listened to again.",
        default=False,
        ways=("flag",),
    ),
    Option(
        "after",
        "count",
        "Only what comes behind the event with this sequence number.",
        metavar="N",
        ways=("flag",),
    ),
    Option(
        "together",
        "flag",
        "Send all of several requests at once, or, with --no-together, one after another; by itself"
        " one round after another, and in a round all models at once.",
        ways=("flag",),
    ),
    Option("check", "flag", "Say on stderr what is wrong with the stream.", default=False),
    Option(
        "conform_format",
        "choice",
        "What to print.",
        default="text",
        choices=("text", "md", "json", "junit"),
        spelled="format",
    ),
    Option(
        "compare_format",
        "choice",
        "What to print; by itself what the suffix of -o says, else text.",
        choices=("text", "json", "md", "html"),
        spelled="format",
    ),
    Option(
        "questions",
        "texts",
        "What to ask of, with commas or several times; the exit code tells of that.",
        default=(),
        metavar="QUESTION[,…]",
        spelled="only",
        ways=("flag",),
    ),
    Option(
        "comparison_file",
        "path",
        "Where to write md, html or json, which its suffix says; by itself standard output.",
        short="-o",
        metavar="FILE",
        spelled="output",
        ways=("flag",),
    ),
    Option(
        "tolerance",
        "text",
        "With --only time: how far apart times may be, of the smaller; 20 ms are nothing.  [20%]",
        metavar="PERCENT",
        ways=("flag",),
    ),
    Option(
        "only",
        "texts",
        "The probes to run, with commas or several times.",
        default=(),
        metavar="PROBE[,PROBE]",
        ways=("flag",),
    ),
    Option(
        "rehearsal",
        "flag",
        "Say what would be sent, and send nothing.",
        default=False,
        spelled="dry_run",
    ),
    Option(
        "probes_folder",
        "path",
        "Where the probes are recorded; by itself among the sessions, in conform/.",
        short="-o",
        metavar="FOLDER",
        spelled="output",
    ),
    Option("explain", "text", "Say what a rule demands, and why.", metavar="ID"),
    Option(
        "structure_only",
        "flag",
        "Replace every text by its length: timing and shape to share in public.",
        default=False,
    ),
    Option(
        "to",
        "text",
        "The server that all is passed on to; by itself the one that the program means.",
        metavar="URL",
        ways=("flag",),
    ),
    Option(
        "port",
        "count",
        "The port to listen on, 0 for a free one; by itself 8787, of `serve` 8788, and a free one"
        " for a program.",
        metavar="N",
        ways=("flag",),
    ),
    Option(
        "host",
        "text",
        "The address to listen on; any but this machine's own needs a token in the path.",
        default="127.0.0.1",
        metavar="ADDRESS",
        ways=("flag",),
    ),
    Option(
        "match",
        "texts",
        "Give the first turn whose request agrees, not the next: model, text, call_id, previous;"
        " with commas or several times.",
        default=(),
        metavar="KEY[,KEY]",
        ways=("flag",),
    ),
    Option(
        "strict",
        "flag",
        "Refuse a request that is not the recorded one, and say where it differs.",
        default=False,
        ways=("flag",),
    ),
    Option(
        "chaos",
        "texts",
        "Let answers go wrong: [REQUESTS:]KIND[=ARGUMENT][@WHERE], as stall=20s@#120; with commas"
        " or several times.",
        default=(),
        metavar="FAULT[,FAULT]",
        ways=("flag",),
    ),
    Option(
        "seed",
        "count",
        "Where the chance of faults begins: the same seed gives the same ones.",
        metavar="N",
        ways=("flag",),
    ),
    Option("list_chaos", "flag", "List all faults, and leave.", default=False, ways=("flag",)),
    Option(
        "allow_host",
        "texts",
        "A name by which programs may call the address; may come again.",
        default=(),
        metavar="NAME",
        table="tap",
    ),
    Option(
        "allow_origin",
        "texts",
        "A web page's origin that may send requests; may come again.",
        default=(),
        metavar="ORIGIN",
        table="tap",
    ),
    Option(
        "view",
        "flag",
        "Show the streams in this terminal, and what the program prints in a pane of it;"
        " --no-view opens no viewer at all.",
        ways=("flag",),
    ),
    Option(
        "split",
        "flag",
        "Show the streams in a pane of tmux beside the program; by itself inside tmux.",
        table="tap",
    ),
    Option(
        "quiet",
        "flag",
        "Print no lines of what was exchanged at the end.",
        default=False,
        table="tap",
    ),
    Option(
        "tap_format",
        "choice",
        "What to print: text at the end, or an object on a line when an exchange ends.",
        default="text",
        choices=("text", "json"),
        spelled="format",
        table="tap",
        key="format",
    ),
    Option(
        "tap_max_size",
        "size",
        "Move a tap's oldest recordings to the trash until the rest is so small.",
        default=2_000_000_000,
        table="tap",
        key="max_size",
        ways=("environment", "file"),
    ),
    Option(
        "token",
        "secret",
        "What programs must begin the path with, where a tap listens beyond this machine.",
        table="tap",
        ways=("environment", "file"),
    ),
    Option(
        "limited",
        "flag",
        "Read FILE whatever it costs: events beyond 64 MB, bombs, the last of the disk.",
        default=True,
        negated="no_limit",
    ),
)

OPTIONS: dict[str, Option] = {option.name: option for option in _TABLE}
"""Every option by its name."""
