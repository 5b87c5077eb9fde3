"""Recordings in which every string is hostile, in the real app in a terminal: nothing gets out.

Looked at are the bytes that the terminal got. `TOUR` leads through everything that can be opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.leaks import leaks, printed_leaks
from tests.hostile.payloads import FAMILIES, MADE, SAMPLE, frame, raw, recording, response
from tests.hostile.terminal import Terminal, environment

if TYPE_CHECKING:
    from pathlib import Path

WIDE, NARROW = (140, 40), (80, 24)

# Every pane, the inspector on events of many sorts, metrics, zoom, help, search, filter, cursor,
# tokens, links, palette, seeking and copying.
TOUR = (
    *("\t", "\t", "\t", "\t", "\t", "i", "?", "\x1b", "m", "z", "z", "G", "g"),
    *("j", "j", "j", "j", "/", "a\r", "n", "\x1b", "f", "a\r", "\x1b", "c", "\x1b", "t", "t"),
    *("l", "\x1b", "\x10", "new", "\x1b", "0", ".", ".", "]", "]", "5", "e", "s", "9", "y"),
)


def toured(home: Path, file: Path, size: tuple[int, int], quiet: float = 0.1) -> Terminal:
    """Replay a file at once, open everything there is, and leave."""
    with Terminal.run(["replay", "-s", "max", str(file)], environment(home), size) as terminal:
        terminal.until("failed")
        terminal.settle(quiet)
        for keys in TOUR:
            terminal.press(keys, quiet)
            assert not terminal.gone(), f"it ended at {keys!r}"
        terminal.press("\x1b", 0.05)
        terminal.send("\x11")
        terminal.wait()
    return terminal


def written(folder: Path, text: str) -> Path:
    file = folder / "hostile.sse"
    file.write_bytes(recording(text))
    return file


def test_nothing_hostile_reaches_the_terminal_of_a_replay(tmp_path: Path) -> None:
    terminal = toured(tmp_path, written(tmp_path, SAMPLE), WIDE, quiet=0.04)
    assert leaks(bytes(terminal.received), copying=True) == []
    assert "␛[7777m" in terminal.text()  # it was there, and shown as what it is
    assert terminal.code == 0


@pytest.mark.slow
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("family", FAMILIES)
def test_no_family_reaches_the_terminal(tmp_path: Path, family: str, size: tuple[int, int]) -> None:
    terminal = toured(tmp_path, written(tmp_path, FAMILIES[family]), size)
    assert leaks(bytes(terminal.received), copying=True) == []
    assert terminal.code == 0


@pytest.mark.slow
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("made", MADE)
def test_too_much_of_anything_is_drawn_and_can_be_left(
    tmp_path: Path, made: str, size: tuple[int, int]
) -> None:
    file = tmp_path / "much.sse"
    text = MADE[made]
    parts = [text[at : at + 20_000] for at in range(0, len(text), 20_000)]
    deltas = (frame("response.output_text.delta", output_index=0, delta=part) for part in parts)
    failed = frame("response.failed", response=response(""))
    file.write_bytes(b"".join([*deltas, failed]))
    terminal = toured(tmp_path, file, size)
    assert leaks(bytes(terminal.received), copying=True, ringing=True) == []
    assert terminal.code == 0


# -- names of files ----------------------------------------------------------------------------

EVIL_NAME = "\x1b]0;PWNED\x07\x1b[7777m\u202e\udc9b[@click=app.quit]x[.sse"


@pytest.mark.slow
def test_a_files_name_is_shown_clean(tmp_path: Path) -> None:
    file = tmp_path / EVIL_NAME
    file.write_bytes(recording("hi"))
    with Terminal.run(["replay", "-s", "max", str(file)], environment(tmp_path), WIDE) as terminal:
        terminal.until("failed")
        terminal.press("\x11")
        terminal.wait()
    assert leaks(bytes(terminal.received)) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay", "/no" + EVIL_NAME],
        ["show", "/no" + EVIL_NAME],
        ["show", "FILE", "--turn", "9"],
        ["show", "FILE", "--format", EVIL_NAME],
        ["--profile", EVIL_NAME, "hi"],
        ["--base-url", EVIL_NAME, "run", "hi", "-m", EVIL_NAME],
        [f"--{EVIL_NAME}"],
        ["demo", EVIL_NAME],
        ["--tools", EVIL_NAME, "run", "hi", "--base-url", "http://127.0.0.1:1", "-m", "m"],
    ],
    ids=lambda arguments: "-".join(arguments)[:20].encode("ascii", "ignore").decode(),
)
@pytest.mark.slow
def test_a_refusal_repeats_no_sequence(tmp_path: Path, arguments: list[str]) -> None:
    file = tmp_path / EVIL_NAME
    file.write_bytes(recording("hi"))
    given = [str(file) if each == "FILE" else each for each in arguments]
    with Terminal.run(given, environment(tmp_path), WIDE) as terminal:
        assert terminal.wait() in (1, 2)
    assert printed_leaks(bytes(terminal.received)) == []
    assert "Traceback" not in terminal.text()


CONFIGS = {
    "a key": f'"{raw("KEY")}EVIL" = 1',
    "a value": 'theme = "EVIL"',
    "a profile": 'profile = "EVIL"\n[profiles."EVIL"]\nbase_url = "http://127.0.0.1:1"',
    "a rebound key": '[keys]\n"EVIL" = "x"',
    "no TOML": "a = EVIL",
}


@pytest.mark.slow
@pytest.mark.parametrize("config", CONFIGS)
def test_a_config_that_somebody_else_wrote_gets_nothing_out(tmp_path: Path, config: str) -> None:
    evil = r"\u001b]0;PWNED\u0007\u001b[7777m\u202e\u009b7777m[@click=app.quit]x[/]"
    file = tmp_path / "config.toml"
    file.write_text(CONFIGS[config].replace("EVIL", evil))
    environ = environment(tmp_path, CODEX_TUI_CONFIG=str(file))
    with Terminal.run([], environ, WIDE) as terminal:
        terminal.settle(1)
        for keys in ("\x0f", "\x1b", "?", "\x1b", "\x11"):
            if not terminal.gone():
                terminal.press(keys)
        terminal.wait()
    assert leaks(bytes(terminal.received)) == []
    assert "Traceback" not in terminal.text()


# -- show --------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["text", "json", "events", "summary"])
def test_on_a_terminal_show_prints_what_may_be_printed(tmp_path: Path, format_: str) -> None:
    file = written(tmp_path, SAMPLE)
    arguments = ["show", str(file), "--format", format_]
    with Terminal.run(arguments, environment(tmp_path), WIDE) as terminal:
        assert terminal.wait() == 0
    assert printed_leaks(bytes(terminal.received)) == []
    assert "7777" in terminal.text()
