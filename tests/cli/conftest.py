"""A clean home for each test, and the command line run in this process."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FOREIGN = ("CODEX_", "OPENAI_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_COLOR")


@dataclass
class Result:
    code: int
    out: bytes
    err: str

    @property
    def line(self) -> str:
        """The one line of stderr."""
        assert self.err.startswith("codex-tui: ")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("codex-tui: ").rstrip("\n")


Cli = Callable[..., Result]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with nothing in it, and an environment that says nothing."""
    for name in list(os.environ):
        if name.upper().startswith(FOREIGN):
            monkeypatch.delenv(name)
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "codex"))
    return tmp_path


@pytest.fixture
def cli(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run the command line with these arguments and give what it printed."""

    def run(*args: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(args)
        printed = capsysbinary.readouterr()
        return Result(code, printed.out, printed.err.decode())

    return run
