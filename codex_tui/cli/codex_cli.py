"""The Codex CLI as a program that is tapped: where its option goes, and which server it means.

It passes OPENAI_BASE_URL over. `-c openai_base_url="…"` moves all that it asks of a model, with
whichever login; of several the last counts, before a subcommand or after it. So one that stands in
the command is replaced where it stands, and what it named is where the tap passes things on to.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from codex_tui.sources.codex_auth import codex_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

KEY = "openai_base_url"
_SET = re.compile(rf"(?P<flag>|-c=?|--config=)\s*{KEY}\s*=\s*(?P<value>.*)", re.DOTALL)
_PACKAGE = re.compile(r"(?:@openai/)?codex(?:@[\w.^~-]+)?")
_FETCHERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("npx", "bunx", "pnpx"), ()),
    **dict.fromkeys(("pnpm", "yarn"), ("dlx", "exec")),
    "npm": ("exec", "x"),
    "bun": ("x",),
}
"""What fetches a program and runs it, with its subcommands for that."""
_FETCHERS_VALUES = ("-p", "--package")
"""Options of theirs that are followed by a value."""
_LAUNCHERS: dict[str, tuple[str, int]] = {
    "env": ("-u --unset -C --chdir -a --argv0", 0),
    "nice": ("-n --adjustment", 0),
    "ionice": ("-c --class -n --classdata", 0),
    "nohup": ("", 0),
    "setsid": ("", 0),
    "time": ("-f --format -o --output", 0),
    "timeout": ("-k --kill-after -s --signal", 1),
    "stdbuf": ("-i --input -o --output -e --error", 0),
    "caffeinate": ("-t -w", 0),
}
"""What runs the program that is named behind it: its options that are followed by a value, and how
many words of its own it has."""
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
"""A variable as `env` sets it."""
_WITHOUT_TERMINAL = ("exec", "e", "review")


def first_argument(command: Sequence[str]) -> int | None:
    """Where the Codex CLI's own arguments begin in a command; None where it runs another program.

    The program is named itself, or node with its script, or a fetcher with its package; before it
    may stand what launches it, as `env` with variables or `timeout`.
    """
    launched = _launched(command)
    start = _first_of(command[launched:]) if launched < len(command) else None
    return None if start is None else launched + start


def _first_of(command: Sequence[str]) -> int | None:
    name = _name(command[0])
    if name == "codex":
        return 1
    if name == "node" and len(command) > 1 and _name(command[1]) == "codex":
        return 2
    if name not in _FETCHERS:
        return None
    place = _fetched(command, _FETCHERS[name])
    if place is None or not _PACKAGE.fullmatch(command[place]):
        return None
    return place + 1 if name != "npm" else _behind_dashes(command, place)


def _launched(command: Sequence[str]) -> int:
    """The place of the program that all launchers before it run."""
    place = 0
    while place < len(command) and (own := _LAUNCHERS.get(_name(command[place]))) is not None:
        valued, words = own
        place = _behind_own(command, place + 1, valued.split(), words)
    return place


def _behind_own(command: Sequence[str], place: int, valued: Sequence[str], words: int) -> int:
    """The place behind a launcher's options, variables and words."""
    while place < len(command):
        word = command[place]
        if word in valued:
            place += 1
        elif not word.startswith("-") and not _ASSIGNED.fullmatch(word):
            if not words:
                break
            words -= 1
        place += 1
    return place


def _behind_dashes(command: Sequence[str], place: int) -> int | None:
    """Where arguments begin that npm leaves alone: those before `--` it takes for its own."""
    dashes = command.index("--") if "--" in command else len(command)
    if dashes < place:
        return place + 1
    return place + 2 if dashes == place + 1 else None


def _name(word: str) -> str:
    """A program's name without its folder, and without what Windows and node put behind it."""
    return re.sub(r"\.(?:exe|cmd|ps1|m?js)$", "", PurePath(word.replace("\\", "/")).name.lower())


def _fetched(command: Sequence[str], subcommands: Sequence[str]) -> int | None:
    """The place of what a fetcher is to run: the first word that is none of its own."""
    place, passed = 1, not subcommands
    while place < len(command):
        word = command[place]
        if word in _FETCHERS_VALUES:
            place += 1
        elif not word.startswith("-"):
            if passed:
                return place
            if word not in subcommands:
                return None
            passed = True
        place += 1
    return None


def with_base_url(command: Sequence[str], url: str) -> list[str]:
    """The command of the Codex CLI with the address of a tap; any other one as it is."""
    start = first_argument(command)
    if start is None:
        return list(command)
    set_ = f'{KEY}="{url}"'
    own = list(_own(command, start))
    if not own:
        return [*command[:start], "-c", set_, *command[start:]]
    changed = list(command)
    for place, found in own:
        changed[place] = f"{found['flag']}{set_}"
    return changed


def _own(command: Sequence[str], start: int) -> Iterator[tuple[int, re.Match[str]]]:
    """The arguments of a command that set the address; behind `--` all is a prompt."""
    for place in range(start, len(command)):
        if command[place] == "--":
            return
        found = _SET.fullmatch(command[place])
        if found and (found["flag"] or command[place - 1] in ("-c", "--config")):
            yield place, found


def named_server(command: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """The server that the Codex CLI means, where its command or its settings name one."""
    start = first_argument(command)
    if start is None:
        return None
    own = list(_own(command, start))
    if own:
        return own[-1][1]["value"].strip().strip("\"'") or None
    found = filter(None, map(_ASSIGNED.match, command[:start]))
    assigned = {each[1]: each[2] for each in found}
    return _of_settings(codex_home({**environ, **assigned}), _profile(command[start:]))


def _profile(arguments: Sequence[str]) -> str | None:
    for place, word in enumerate(arguments):
        if word in ("-p", "--profile") and place + 1 < len(arguments):
            return arguments[place + 1]
        if word.startswith("--profile="):
            return word.partition("=")[2]
    return None


def _of_settings(home: Path, profile: str | None) -> str | None:
    named = [f"{profile}.config.toml"] if profile and PurePath(profile).name == profile else []
    for name in (*named, "config.toml"):
        if isinstance(url := _table(home / name).get(KEY), str) and url:
            return url
    return None


def _table(path: Path) -> Mapping[str, object]:
    """A file of settings; one that can't be read is the Codex CLI's to complain of."""
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def needs_terminal(command: Sequence[str]) -> bool:
    """Whether a command is the Codex CLI with a screen of its own."""
    start = first_argument(command)
    return start is not None and not any(word in _WITHOUT_TERMINAL for word in command[start:])
