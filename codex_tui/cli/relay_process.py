"""A tap's end of its relay, which is a process of its own: it is started, told, and heard.

In a session of its own no terminal ends it. It is the same Python with the same modules, wherever
they came from, and nothing of the folder that we happen to be in.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

import msgspec

from codex_tui.relay.orders import Orders, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Told = Mapping[str, Any]

_APART: dict[str, Any] = (
    {"creationflags": 0x00000200 | 0x08000000}  # a new process group, and no console
    if sys.platform == "win32"
    else {"start_new_session": True}
)


class RelayProcess:
    """A relay that runs.

    Args:
        orders: What it is to do.
        environ: Its environment: proxies, certificates, and where requests went before the tap.
        told: Called in a thread with each object that it tells.
        gone: Called there with its exit code at the end, negative for a signal.
    """

    def __init__(
        self,
        orders: Orders,
        environ: Mapping[str, str],
        told: Callable[[Told], None],
        gone: Callable[[int], None],
    ) -> None:
        self._told, self._gone = told, gone
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "codex_tui.relay"],
            env={**environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **_APART,
        )
        self._say(orders)
        Thread(target=self._hear, name="relay", daemon=True).start()

    def _say(self, what: Orders | Word) -> None:
        if (words := self._process.stdin) is None:
            return
        with suppress(OSError, ValueError):  # it is gone, which is told by itself
            words.write(msgspec.json.encode(what) + b"\n")
            words.flush()

    def _hear(self) -> None:
        with self._process.stdout or nullcontext(()) as lines:
            for line in lines:
                with suppress(msgspec.DecodeError):  # one that was cut off: it was killed
                    self._told(msgspec.json.decode(line))
        if (words := self._process.stdin) is not None:
            with suppress(OSError):  # what it was told last found nobody
                words.close()
        self._gone(self._process.wait())

    def knows_child(self, number: int) -> None:
        """Tell it of the program: should we be killed, it goes on for that."""
        self._say(Word(child=number))

    def finish(self, seconds: float) -> None:
        """Let what is under way end for so long, and have it close then."""
        self._say(Word(finish=seconds))
