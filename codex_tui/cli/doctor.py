"""`codex-tui doctor`: what works here and what doesn't, a line each.

Each check gives its findings, without asking anybody but the provider. One says what is, and where
that is not well, what to do. No key's text goes into one.
"""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import stat
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from typing import TYPE_CHECKING, Literal

from codex_tui import units
from codex_tui._version import __version__
from codex_tui.cli.output import Output
from codex_tui.recording.files import LEFT_FREE
from codex_tui.safe_text import clean_line
from codex_tui.sources.codex_auth import AuthFileError, auth_file, read_login
from codex_tui.sources.providers import ProviderError, how_to_connect, resolve
from codex_tui.terminal import takes_unicode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from codex_tui.config import Settings
    from codex_tui.sources.codex_auth import CodexLogin
    from codex_tui.sources.models import NoListError
    from codex_tui.sources.providers import Provider

Sign = Literal["ok", "note", "wrong"]
_SMALLEST = (20, 6)  # columns and lines of the smallest layout
_STREAMS = (0, 1, 2)
_DAY = 86_400
_LIBRARIES = ("textual", "httpx", "msgspec")

_REFUSED = (401, 403)
_NOT_THERE = (404, 405, 501)  # servers that answer prompts and keep no list of models
_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line: `wrong` keeps something from working, `note` may surprise."""

    sign: Sign
    topic: str
    text: str
    advice: str = ""


def versions() -> Iterator[Diagnosis]:
    """What a report of a bug should begin with."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    python = f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    yield Diagnosis("ok", "versions", f"codex-tui {__version__}, {python}, {libraries}")


# -- the terminal ------------------------------------------------------------------------------


def terminal(environ: Mapping[str, str]) -> Iterator[Diagnosis]:
    """Whether the app can be drawn, how large, and with which characters."""
    name = environ.get("TERM", "")
    size = _size()
    if size is None:
        yield Diagnosis("note", "terminal", "there is none: lines are printed in place of the app")
    elif name in ("", "dumb"):
        advice = "set TERM to what your terminal is, as in TERM=xterm-256color"
        yield Diagnosis(
            "note", "terminal", f"TERM is {name or 'not set'}: the app needs more", advice
        )
    else:
        yield _sized(name, size)
    yield _colours(environ)
    if not takes_unicode():
        advice = "choose a UTF-8 locale, as in LC_ALL=C.UTF-8"
        yield Diagnosis("note", "characters", "ASCII, as the locale says", advice)
    if "TMUX" in environ:
        advice = "`set -g set-clipboard on` in tmux.conf lets them; a file holds each copy as well"
        yield Diagnosis(
            "note", "clipboard", "tmux keeps copies from the terminal by default", advice
        )


def _size() -> os.terminal_size | None:
    for number in _STREAMS:
        if os.isatty(number):
            return os.get_terminal_size(number)
    return None


def _sized(name: str, size: os.terminal_size) -> Diagnosis:
    text = f"{name}, {size.columns} columns, {size.lines} lines"
    if size.columns < _SMALLEST[0] or size.lines < _SMALLEST[1]:
        advice = "the app shows little below {} by {}".format(*_SMALLEST)
        return Diagnosis("note", "terminal", text, advice)
    return Diagnosis("ok", "terminal", text)


def _colours(environ: Mapping[str, str]) -> Diagnosis:
    if environ.get("NO_COLOR"):
        return Diagnosis("ok", "colours", "none, since NO_COLOR is set")
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return Diagnosis("ok", "colours", "16 million (COLORTERM)")
    if "256color" in environ.get("TERM", ""):
        advice = "where the terminal has more, COLORTERM=truecolor says so"
        return Diagnosis("ok", "colours", "256", advice)
    return Diagnosis("note", "colours", "16", "the theme codex-ansi looks best with these")


# -- files -------------------------------------------------------------------------------------


def configuration(settings: Settings, problem: str) -> Iterator[Diagnosis]:
    """The config file: read, not there, or in the way."""
    path = settings.paths.config_file
    if problem:
        yield Diagnosis("wrong", "config", problem, "nothing of the configuration was used below")
    elif not path.exists():
        yield Diagnosis("ok", "config", f"{path}: not there, and not needed")
    else:
        count = units.count(len(settings.profiles), "profile")
        yield Diagnosis("ok", "config", f"{path}: {count}")


def folders(settings: Settings) -> Iterator[Diagnosis]:
    """Whether what must be written can be, and whether only its owner may read it."""
    paths = settings.paths
    for topic, path in (("sessions", paths.sessions), ("state", paths.state)):
        yield _folder(topic, path)
    yield _folder("cache", paths.cache, private=False)
    yield _folder("log", paths.log, private=False)
    yield from _room(paths.sessions)


def _folder(topic: str, path: Path, *, private: bool = True) -> Diagnosis:
    there = _nearest(path)
    if not there.is_dir():
        return Diagnosis("wrong", topic, f"{there} is no folder", "move it away")
    if not os.access(there, os.W_OK | os.X_OK):
        return Diagnosis("wrong", topic, f"{there} can't be written to", f"chmod u+rwx {there}")
    if there != path:
        return Diagnosis("ok", topic, f"{path}: will be made when it is needed")
    if private and (loose := _loose(path)):
        return Diagnosis(
            "wrong", topic, f"{path}: others may read it ({loose})", f"chmod 700 {path}"
        )
    return Diagnosis("ok", topic, str(path))


def _nearest(path: Path) -> Path:
    """The path itself, or what is there of the way to it."""
    while not os.path.lexists(path) and path != path.parent:
        path = path.parent
    return path


def _loose(path: Path) -> str:
    """The mode of a folder that is open to others; nothing on Windows, which has no modes."""
    mode = stat.S_IMODE(path.stat().st_mode)
    return f"{mode:04o}" if sys.platform != "win32" and mode & 0o077 else ""


def _room(path: Path) -> Iterator[Diagnosis]:
    try:
        free = shutil.disk_usage(_nearest(path)).free
    except OSError:  # a link that leads nowhere: the folder's own finding says so
        return
    text = f"{units.size(free)} free for recordings"
    if free < LEFT_FREE:
        yield Diagnosis("wrong", "disk", text, "make room: what can't be written isn't recorded")
    else:
        yield Diagnosis("ok", "disk", text)


# -- keys --------------------------------------------------------------------------------------


def keys(settings: Settings, environ: Mapping[str, str]) -> Iterator[Diagnosis]:
    """Which keys are there; what they are is nobody's business."""
    variables = {"OPENAI_API_KEY": ""}
    for name, profile in settings.profiles.items():
        if profile.key_variable:
            variables.setdefault(profile.key_variable, name)
    for variable, profile_name in variables.items():
        yield _variable(variable, profile_name, there=bool(environ.get(variable, "").strip()))
    yield _login(auth_file(environ))


def _variable(name: str, profile: str, *, there: bool) -> Diagnosis:
    whose = f" (profile {profile})" if profile else ""
    if there or not profile:
        return Diagnosis("ok", "key", f"{name}{whose}: {'set' if there else 'not set'}")
    return Diagnosis("note", "key", f"{name}{whose}: not set", f"export {name}=…")


def _login(path: Path) -> Diagnosis:
    try:
        login = read_login(path)
    except AuthFileError as error:
        return Diagnosis("note", "key", str(error))
    if login is None:
        return Diagnosis("ok", "key", f"no login of the Codex CLI in {path}")
    return _described(login, path, time.time())


def _described(login: CodexLogin, path: Path, now: float) -> Diagnosis:
    if login.token is None:
        return Diagnosis("ok", "key", f"an API key in {path}")
    if login.expired(now):
        return Diagnosis("note", "key", f"the ChatGPT login in {path} has expired", "`codex login`")
    left = f", good for {(login.expires_at - now) / _DAY:.1f} days" if login.expires_at else ""
    return Diagnosis("ok", "key", f"a ChatGPT login in {path}{left}")


# -- the provider, and all of it -----------------------------------------------------------------


def examine(settings: Settings, problem: str) -> int:
    """Print the findings; the exit code is 1 if one of them is wrong.

    Args:
        settings: What the user chose.
        problem: Why the configuration can't be used; "" where it can.
    """
    output, wrong = Output(sys.stdout), False
    findings = chain(
        versions(),
        terminal(os.environ),
        configuration(settings, problem),
        folders(settings),
        keys(settings, os.environ),
        _provider(settings),
    )
    for finding in findings:
        output.write(_line(finding))
        output.flush()  # the provider may take its time
        wrong |= finding.sign == "wrong"
    return int(wrong)


def _line(finding: Diagnosis) -> str:
    text = f"{finding.text}; {_clause(finding.advice)}" if finding.advice else finding.text
    return f"{finding.sign:<5}  {finding.topic:<10}  {clean_line(text)}\n"


def _clause(sentence: str) -> str:
    """A sentence as the end of another."""
    return (sentence[0].lower() + sentence[1:]).removesuffix(".")


def _provider(settings: Settings) -> Iterator[Diagnosis]:
    """Who would be asked, and whether there is an answer."""
    try:
        provider = resolve(settings, os.environ)
    except ProviderError as error:
        yield Diagnosis("wrong", "provider", str(error))
        return
    if provider is None:
        advice = how_to_connect(settings.paths.config_file)
        yield Diagnosis("note", "provider", "none: the embedded demo answers", advice)
        return
    yield Diagnosis("ok", "provider", f"{provider.name}, at {provider.address}")
    yield asyncio.run(_reached(provider, settings.connect_timeout or _SECONDS))


async def _reached(provider: Provider, seconds: float) -> Diagnosis:
    """Whether the server answers, and takes the key."""
    from codex_tui.network import proxy_of
    from codex_tui.sources.models import NoListError, list_models

    through = proxy_of(provider.base_url)
    way = f" through the proxy {through}" if through else ""
    try:
        names = await list_models(provider, seconds=seconds)
    except NoListError as error:
        return _without_list(error, provider, way)
    except (ProviderError, OSError) as error:
        return Diagnosis("wrong", "server", f"{error}{way}")
    return Diagnosis("ok", "server", f"it answers{way}, with {units.count(len(names), 'model')}")


def _without_list(error: NoListError, provider: Provider, way: str) -> Diagnosis:
    if not error.answered:
        return Diagnosis("wrong", "server", f"no answer{way}: {error.reason}")
    if error.status in _REFUSED:
        return Diagnosis("wrong", "server", f"it refuses{way}: {error.reason}", provider.login_hint)
    if error.status is None or error.status in _NOT_THERE:
        advice = "" if provider.model else "name a model with -m"
        return Diagnosis("ok", "server", f"it answers{way}, without a list of models", advice)
    return Diagnosis("wrong", "server", f"it answers{way}: {error.reason}")
