"""A program that is run under a tap: its environment, its signals, and its exit code.

It keeps the terminal, and is in our process group: ctrl+c that is typed there reaches it without
us. Windows has no such groups; there ctrl+c reaches both, and we wait for it all the same.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path, PurePath
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

LOCAL = ("127.0.0.1", "localhost", "::1")
"""By what this machine is called, which no proxy is to be asked for."""

_PASSED_ON = ("SIGTERM", "SIGHUP")
_TYPED = ("SIGINT", "SIGQUIT")
_PATIENCE = 0.2  # seconds that what it printed last is waited for


def environment(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment that sends a program's requests to a tap, by whichever SDK it makes them.

    Anthropic's adds the `/v1` itself. Some SDKs would send what is for this machine through a
    proxy as well.
    """
    near = [*LOCAL, urlsplit(url).hostname or ""]
    return {
        **environ,
        "OPENAI_BASE_URL": url,
        "OPENAI_API_BASE": url,
        "ANTHROPIC_BASE_URL": url.removesuffix("/v1"),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), _not_by_proxy(environ, near)),
    }


def _not_by_proxy(environ: Mapping[str, str], near: Sequence[str]) -> str:
    """What no proxy is asked for: what was said under either name, and hosts of this machine.

    A star means all hosts, and to some programs only where it stands alone.
    """
    said = [environ.get(name, "") for name in ("no_proxy", "NO_PROXY")]
    hosts = [host.strip() for host in ",".join(said).split(",")]
    if "*" in hosts:
        return "*"
    return ",".join(dict.fromkeys(host for host in (*hosts, *near) if host))


def refuse_missing(name: str, environ: Mapping[str, str]) -> None:
    """Let nothing be started for a program that there is not.

    Raises:
        click.ClickException: There is none of that name.
    """
    if shutil.which(name, path=environ.get("PATH")) is not None:
        return
    if "://" in name:
        raise click.ClickException(f"{name}: no program; a server is named by --to {name}")
    there = PurePath(name).name != name and Path(name).exists()
    raise click.ClickException(f"{name}: {'not executable' if there else 'no such program'}")


class TappedProgram:
    """A program that runs.

    Args:
        command: What is run.
        environ: Its environment.
        told: Called in a thread with its exit code, once, when it has ended.
        printed: Where pipes are read instead of the terminal, what is called in a thread with the
            number of the stream (1 or 2) and what came; it has nothing to read then.

    Raises:
        click.ClickException: It can't be run.
    """

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        told: Callable[[int], None],
        printed: Callable[[int, bytes], None] | None = None,
    ) -> None:
        streams: dict[str, Any] = {}
        if printed is not None:
            pipe = subprocess.PIPE
            streams = {"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe}
        program = shutil.which(command[0], path=environ.get("PATH")) or command[0]
        try:
            self._process = subprocess.Popen(
                list(command), executable=program, env=dict(environ), **streams
            )
        except OSError as error:
            raise click.ClickException(f"{command[0]}: {error.strerror or error}") from None
        self._readers = list(self._reading(printed)) if printed is not None else []
        self._told = told
        self.signals: list[int] = []
        Thread(target=self._wait, name="program", daemon=True).start()

    @property
    def number(self) -> int:
        """The number of its process."""
        return self._process.pid

    def _reading(self, printed: Callable[[int, bytes], None]) -> Iterator[Thread]:
        for number, pipe in ((1, self._process.stdout), (2, self._process.stderr)):
            if pipe is not None:
                reader = Thread(target=_read, args=(number, pipe.fileno(), printed), daemon=True)
                reader.start()
                yield reader

    def _wait(self) -> None:
        code = self._process.wait()
        for reader in self._readers:  # a program of its own may go on with its pipes
            reader.join(_PATIENCE)
        self._told(128 - code if code < 0 else code)

    def send(self, number: int) -> None:
        """Pass a signal on to it; nothing where it has ended."""
        self._process.send_signal(number)


def _read(number: int, descriptor: int, printed: Callable[[int, bytes], None]) -> None:
    while data := os.read(descriptor, 65536):
        printed(number, data)


def on_signals(passed_on: Callable[[int], None], typed: Callable[[int], None]) -> None:
    """Call these with signals from now on: those that others send, and those of the keyboard.

    They are handled and not ignored, for what is ignored a program would ignore too; what whoever
    started us ignores stays so, for it as well.
    """
    for names, heard in ((_PASSED_ON, passed_on), (_TYPED, typed)):
        for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, partial(_hear, heard))


def _hear(heard: Callable[[int], None], number: int, _frame: FrameType | None) -> None:
    heard(number)
