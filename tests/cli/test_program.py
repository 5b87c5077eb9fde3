"""The program as a shell runs it: its exit codes, its streams, and its closed pipes."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.streams import answer, deltas, done, ended, frame, message, recording

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAM = (sys.executable, "-m", "codex_tui")


def program(
    *args: str, env: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    environ = {**os.environ, **(env or {})}
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run([*PROGRAM, *args], env=environ, check=False, **output)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "stream.sse"
    path.write_bytes(recording(answer(*["word " * 100] * 1000)))
    return path


@pytest.mark.parametrize("args", [(), ("--format", "events")])
def test_a_reader_that_goes_away_ends_it_quietly(saved: Path, args: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [*PROGRAM, "show", str(saved), *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_one_line(saved: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = program("show", str(saved), stdout=full)
    assert (done.returncode, done.stderr) == (2, b"codex-tui: No space left on device\n")


def test_an_unreadable_file_is_one_line(saved: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    saved.chmod(0)
    done = program("show", str(saved))
    assert done.returncode == 2
    assert done.stderr == f"codex-tui: {saved}: Permission denied\n".encode()


def test_a_locale_without_unicode_changes_nothing(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "stream"
    path.write_bytes(b"".join(answer("日本 é")))
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    assert program("show", str(path), env=env).stdout.decode() == "日本 é"
    assert program("run", "--help", env=env).returncode == 0


def test_a_stream_is_shown_line_by_line_while_it_comes() -> None:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    args = [*PROGRAM, "show", "-", "--format", "events"]
    with subprocess.Popen(
        args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for piece in ("one", "two"):
            process.stdin.write(b"".join(deltas(piece)))
            process.stdin.flush()
            assert piece.encode() in process.stdout.readline()
        process.stdin.close()
    assert process.returncode == 0


def test_an_answer_is_shown_piece_by_piece_while_it_comes() -> None:
    with reading("show", "-") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for piece in ("one ", "two"):
            process.stdin.write(b"".join(deltas(piece)))
            process.stdin.flush()
            assert os.read(process.stdout.fileno(), 100) == piece.encode()
        process.stdin.write(b"".join([done(message("one two, three")), ended()]))
        process.stdin.close()
        assert process.stdout.read() == b", three"
    assert process.returncode == 0


def test_a_saved_conversation_that_comes_through_a_pipe_shows_its_last_turn(saved: Path) -> None:
    saved.write_bytes(recording(answer("one"), answer("two")))
    piped = subprocess.run(
        [*PROGRAM, "show", "-"], input=saved.read_bytes(), capture_output=True, check=False
    )
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, b"two", b"")


def test_a_final_text_that_differs_from_what_was_printed_is_noted() -> None:
    body = b"".join([*deltas("one"), done(message("another")), ended()])
    result = subprocess.run([*PROGRAM, "show", "-"], input=body, capture_output=True, check=False)
    assert (result.returncode, result.stdout) == (0, b"one")
    assert b"the final text differs from what was streamed" in result.stderr


@pytest.mark.parametrize("options", [(), ("--format", "events"), ("--plain",)])
def test_it_stops_quietly_where_nobody_reads_on(options: tuple[str, ...]) -> None:
    with reading("show", "-", *options) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"".join(deltas("one")))
        process.stdin.flush()
        assert os.read(process.stdout.fileno(), 3)
        process.stdout.close()
        with pytest.raises(BrokenPipeError):
            process.stdin.writelines(itertools.repeat(b"".join(deltas("more" * 1000))))
        assert process.stderr.read() == b""
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
    assert process.returncode == 141


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's way to close it")
@pytest.mark.parametrize("args", ["show -", "show - --format json", "run - -p demo"])
def test_standard_input_that_is_closed_is_one_line(args: str) -> None:
    line = f"exec {' '.join(PROGRAM)} {args} <&-"
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False)
    said = b"codex-tui: standard input: it is closed\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", said)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's way to close it")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_nothing_and_no_file_is_taken_for_one(
    tmp_path: Path, closed: str
) -> None:
    file, out = tmp_path / "stream.sse", tmp_path / "out.sse"
    file.write_bytes(b"".join(deltas("a word")))
    for args in (f"show {file}", f"export {file} --format sse -o {out}"):
        line = f"exec {' '.join(PROGRAM)} {args} {closed}"
        done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False)
        assert done.returncode == 0
        assert b"Traceback" not in done.stdout + done.stderr
    assert out.read_bytes() == file.read_bytes()


def reading(*args: str) -> subprocess.Popen[bytes]:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    pipe = subprocess.PIPE
    return subprocess.Popen([*PROGRAM, *args], stdin=pipe, stdout=pipe, stderr=pipe, env=environ)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_large_answer_goes_through_a_pipe_whole(saved: Path, unbuffered: str) -> None:
    done = program("show", str(saved), env={"PYTHONUNBUFFERED": unbuffered})
    assert done.stdout == b"word " * 100_000


def test_the_entry_point_is_the_module() -> None:
    script = Path(sys.executable).parent / "codex-tui"
    if not script.exists():
        pytest.skip("not installed")
    done = subprocess.run([script, "--version"], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, program("-V").stdout)


CODES = {"SIGTERM": 143, "SIGHUP": 129, "SIGINT": 130, "SIGQUIT": 131}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", CODES)
def test_a_signal_ends_it_quietly_while_it_waits_for_a_pipe(name: str) -> None:
    with reading("show", "-") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"".join(deltas("so far")))
        process.stdin.flush()
        assert os.read(process.stdout.fileno(), 100) == b"so far"
        process.send_signal(getattr(signal, name))
        assert process.wait(10) == CODES[name]
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("args", [("show", "--format", "json"), ("export", "-o", "out.md")])
def test_a_signal_ends_it_quietly_while_it_waits_for_a_file(
    tmp_path: Path, args: tuple[str, ...]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [*PROGRAM, *args, str(pipe)], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        with pipe.open("wb"):  # when it is open at this end, it is so at the other
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 143
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_signal_ends_it_where_nobody_takes_what_it_prints(saved: Path) -> None:
    with reading("show", str(saved)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert os.read(process.stdout.fileno(), 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 143
        assert process.stderr.read() == b""


_SIGNALLED = """
import os, signal, sys
import codex_tui.cli.paths
class Sends:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.SIGTERM)
def show(*arguments):
    class Made:  # as modules that are being imported make many
        attribute = Sends()
codex_tui.cli.paths.show_paths = show
from codex_tui.cli import main
sys.exit(main(["paths"]))
"""


def test_a_signal_while_a_class_is_made_is_no_crash(tmp_path: Path) -> None:
    environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", _SIGNALLED]
    done = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (143, b"", b"")
    assert list(tmp_path.rglob("crash-*")) == []


def test_a_final_text_that_has_what_came_before_a_resumed_stream_is_no_other() -> None:
    place = {"item_id": "msg_0", "output_index": 0}
    first = frame("response.output_text.delta", sequence_number=6, delta="rest", **place)
    body = b"".join([first, done(message("the rest")), ended()])
    result = subprocess.run([*PROGRAM, "show", "-"], input=body, capture_output=True, check=False)
    assert (result.returncode, result.stdout) == (0, b"rest")
    assert b"differs" not in result.stderr
