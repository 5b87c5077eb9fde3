"""The whole app in a terminal: a tmux server of its own, its keys and its screen."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tests.sources.conftest import KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

LOOK = 0.03
"""Seconds between two looks at the screen."""

START = 20.0
"""Seconds that the app has to begin, on a machine that is busy with other tests."""


class NeverSeenError(AssertionError):
    """What was waited for did not come on the screen."""


class Terminal:
    """A window in which one command runs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        # The path of a socket must be short.
        self._code = home / "exit-code"
        self._folder = tempfile.TemporaryDirectory(prefix="t")
        self._tmux = ["tmux", "-S", f"{self._folder.name}/s", "-f", "/dev/null"]

    async def start(self, *arguments: str, size: tuple[int, int] = (120, 36), **more: str) -> None:
        """Run `codex-tui` with arguments, and with more variables in its environment."""
        names = ("CONFIG", "DATA", "STATE", "CACHE")
        environ = {f"XDG_{name}_HOME": str(self.home / name.lower()) for name in names}
        environ |= {"HOME": str(self.home), "OPENAI_API_KEY": KEY, "LC_ALL": "C.UTF-8"}
        environ |= {"PATH": os.environ["PATH"], "TERM": "screen-256color", **more}
        settings = [f"{name}={value}" for name, value in environ.items()]
        command = ["env", "-i", *settings, sys.executable, "-m", "codex_tui", *arguments]
        width, height = map(str, size)
        await self.say("new-session", "-d", "-x", width, "-y", height, "sleep 1000")
        await self.say("set", "-g", "remain-on-exit", "on")
        await self.say("set", "-g", "status", "off")
        # tmux does not always hear of a child's end; so the shell writes down how it ended.
        noted = f"{shlex.join(command)}; echo $? > {shlex.quote(str(self._code))}"
        await self.say("respawn-pane", "-k", noted)

    async def stop(self) -> None:
        """End everything that runs in it."""
        await self.say("kill-server")
        self._folder.cleanup()

    async def say(self, *words: str) -> str:
        """Give tmux a command, and return what it says."""
        process = await asyncio.create_subprocess_exec(
            *self._tmux, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        return said.decode()

    async def screen(self) -> str:
        """What stands on the screen."""
        return await self.say("capture-pane", "-p")

    async def type(self, text: str) -> None:
        """Type characters."""
        await self.say("send-keys", "-l", text)

    async def press(self, *keys: str) -> None:
        """Press keys by tmux's names for them."""
        await self.say("send-keys", *keys)

    async def resize(self, width: int, height: int) -> None:
        """Change the size of the window."""
        await self.say("resize-window", "-x", str(width), "-y", str(height))

    async def until(self, *words: str, within: float = 10.0) -> str:
        """The screen, as soon as all of the words stand on it."""
        return await self.until_true(lambda screen: all(w in screen for w in words), within, words)

    async def until_true(
        self, fits: Callable[[str], bool], within: float, what: object = "it"
    ) -> str:
        """The screen, as soon as it fits."""
        due = monotonic() + within
        while not fits(screen := await self.screen()):
            if monotonic() > due:
                raise NeverSeenError(f"{what} did not come within {within:g} s:\n{screen}")
            await asyncio.sleep(LOOK)
        return screen

    async def pid(self) -> int:
        """The number of the app's process."""
        shell = (await self.say("display-message", "-p", "#{pane_pid}")).strip()
        process = await asyncio.create_subprocess_exec(
            "pgrep", "-P", shell, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        return int(said)

    async def exit_code(self, within: float = 5.0) -> int:
        """The code with which the app leaves."""
        await self.until_true(lambda _: bool(self._left()), within, "the end")
        return int(self._left())

    def _left(self) -> str:
        return self._code.read_text().strip() if self._code.exists() else ""

    def recordings(self) -> list[Path]:
        """The recordings that the app has made."""
        return sorted(self.home.glob("data/**/*.sse"))

    def memory(self, pid: int) -> tuple[int, int]:
        """The memory of a process now and at its highest, in MB."""
        text = Path(f"/proc/{pid}/status").read_text()
        found = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        now, most = (int(found[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM"))
        return now, most


@asynccontextmanager
async def running(
    home: Path, *arguments: str, size: tuple[int, int] = (120, 36), **environ: str
) -> AsyncIterator[Terminal]:
    """The app with arguments and variables, for as long as the context is open."""
    terminal = Terminal(home)
    try:
        await terminal.start(*arguments, size=size, **environ)
        yield terminal
    finally:
        await terminal.stop()


def has_memory_figures() -> bool:
    """Whether the system tells how much memory a process has."""
    return Path("/proc/self/status").exists()
