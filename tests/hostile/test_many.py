"""Four times as many of a thing at once are four times the work, whoever reads the stream.

In the suite lines are counted; a test that takes minutes measures the processor's time, of which
also a loop within C takes its share.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from codex_tui.cli import main
from tests.counting import steps_of
from tests.hostile.many import SHAPES
from tests.hostile.test_growth import seconds_of

if TYPE_CHECKING:
    from pathlib import Path

SETTING_UP = 20_000
"""Lines that may be added: what is set up once, and bounds that few things do not reach."""

VERBS = {
    "show": ("show", "{file}"),
    "as JSON": ("show", "--format", "json", "{file}"),
    "check": ("check", "{file}"),
    "compare": ("compare", "{file}", "{file}"),
    "md": ("export", "{file}", "--force", "-o", "{file}.md"),
    "html": ("export", "{file}", "--force", "-o", "{file}.html"),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))


def read(verb: str, file: Path) -> None:
    assert main([word.format(file=file) for word in VERBS[verb]]) in (0, 1, 2)


@pytest.mark.parametrize("name", SHAPES)
def test_four_times_as_many_take_four_times_the_lines_to_check(name: str, tmp_path: Path) -> None:
    assert is_linear("check", name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", SHAPES)
def test_four_times_as_many_take_four_times_the_lines(verb: str, name: str, tmp_path: Path) -> None:
    assert is_linear(verb, name, tmp_path)


def is_linear(verb: str, name: str, folder: Path) -> bool:
    read(verb, made(name, 10, folder))  # what is imported and compiled once
    small, large = (steps_of(partial(read, verb, made(name, each, folder))) for each in (100, 400))
    return large <= 5 * small + SETTING_UP


def made(name: str, size: int, folder: Path) -> Path:
    file = folder / f"{size}.sse"
    file.write_bytes(SHAPES[name](size))
    return file


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", SHAPES)
def test_four_times_as_many_take_four_times_as_long(verb: str, name: str, tmp_path: Path) -> None:
    def ratio() -> float:
        small, large = (
            seconds_of(partial(read, verb, made(name, each, tmp_path))) for each in (4_000, 16_000)
        )
        return large / max(small, 0.1)

    read(verb, made(name, 10, tmp_path))
    assert min(ratio() for _ in range(2)) < 6
