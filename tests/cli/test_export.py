"""`codex-tui export`: files for the user alone, never over another, and what was masked is said."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.streams import answer, deltas, recording

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    path = tmp_path / "a stream.sse"
    path.write_bytes(recording(answer("one"), answer("two ", KEY[:9], KEY[9:])))
    return path


def test_a_file_named_after_the_session_is_written_and_its_path_printed(
    cli: Cli, saved: Path
) -> None:
    result = cli("export", str(saved))
    assert (result.code, result.out) == (0, b"a-stream.md\n")
    assert result.line.startswith("masked 1 key, in ")
    path = saved.parent / "here" / "a-stream.md"
    assert KEY not in path.read_text()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_name_that_is_taken_gets_a_number(cli: Cli, saved: Path) -> None:
    names = [cli("export", str(saved), "--format", "txt").out for _ in range(3)]
    assert names == [b"a-stream.txt\n", b"a-stream-2.txt\n", b"a-stream-3.txt\n"]


def test_a_file_that_is_there_is_written_over_only_when_told_to(cli: Cli, saved: Path) -> None:
    path = saved.with_name("x.json")
    path.write_text("mine")
    result = cli("export", str(saved), "-o", str(path))
    assert (result.code, path.read_text()) == (2, "mine")
    assert result.line == f"{path} is there already: --force writes over it"
    assert cli("export", str(saved), "-o", str(path), "--force").code == 0
    assert len(json.loads(path.read_text())["turns"]) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_a_pipe_or_a_device_is_written_to_and_stays_what_it_is(
    cli: Cli, saved: Path, force: tuple[str, ...]
) -> None:
    path = saved.with_name("pipe")
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        result = cli("export", str(saved), "--format", "txt", "-o", str(path), *force)
        read = os.read(reading, 65_536)
    finally:
        os.close(reading)
    assert (result.code, stat.S_ISFIFO(path.stat().st_mode)) == (0, True)
    assert b"one" in read


def test_what_a_link_points_to_is_written_over_and_not_the_link(cli: Cli, saved: Path) -> None:
    target, link = saved.with_name("target.txt"), saved.with_name("link.txt")
    target.write_text("before")
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("no links here")
    assert cli("export", str(saved), "-o", str(link), "--force").code == 0
    assert link.is_symlink()
    assert "one" in target.read_text()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no terminals among the files")
def test_a_terminal_by_its_name_gets_nothing_that_was_not_made_safe(cli: Cli, saved: Path) -> None:
    master, slave = os.openpty()
    result = cli("export", str(saved), "-o", os.ttyname(slave), "--force")
    os.close(slave)
    os.close(master)
    assert result.code == 2
    assert "`-o -` prints there" in result.line


def test_the_suffix_says_the_format_and_the_option_says_it_louder(cli: Cli, saved: Path) -> None:
    path = saved.with_name("x.jsonl")
    cli("export", str(saved), "-o", str(path), "--format", "sse")
    assert path.read_bytes().startswith(b"event: response.created\n")


def test_a_hyphen_is_standard_output_and_no_redact_leaves_all_in(cli: Cli, saved: Path) -> None:
    result = cli("export", str(saved), "--format", "txt", "-o", "-", "--no-redact")
    assert KEY in result.out.decode()
    assert result.line.startswith("not redacted")


def test_one_turn_of_several(cli: Cli, saved: Path) -> None:
    result = cli("export", str(saved), "--format", "sse", "--turn", "1", "-o", "-")
    assert b"one" in result.out
    assert b"two" not in result.out
    result = cli("export", str(saved), "--turn", "3", "-o", "-")
    assert (result.code, result.line) == (2, "there is no turn 3: 2 turns")


def test_standard_input(cli: Cli, saved: Path) -> None:
    dump = b"".join(deltas("piped"))
    result = cli("export", "-", "--format", "txt", stdin=dump)
    assert (result.code, result.out) == (0, b"stream.txt\n")
    assert "piped" in (saved.parent / "here" / "stream.txt").read_text()


def test_a_dump_has_no_request_to_repeat_and_leaves_no_file(cli: Cli, saved: Path) -> None:
    saved.write_bytes(b"".join(deltas("x")))
    result = cli("export", str(saved), "--format", "curl")
    assert result.code == 2
    assert result.line == "no request is recorded in it: it is the dump of an answer"
    assert not list((saved.parent / "here").iterdir())


def test_the_keys_that_the_settings_name_are_masked_whatever_they_look_like(
    cli: Cli, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "no shape at all")
    saved.write_bytes(b"".join(deltas("it is no shape", " at all.")))
    result = cli("export", str(saved), "--format", "txt", "-o", "-")
    assert "it is ***." in result.out.decode()


def test_whatever_logs_into_a_profiles_server_is_masked(
    cli: Cli, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (saved.parent / "config.toml").write_text(
        '[profiles.odd]\nbase_url = "http://[::1"\n'
        '[profiles.mine]\nbase_url = "https://me:of-the-address@x/v1"\nkey_variable = "MY_KEY"\n'
        'headers = { Authorization = "Bearer $TOKEN", X-Key = "of-a-header" }\n'
        'query = { code = "of-the-query", api-version = "a-preview" }\n'
    )
    monkeypatch.setenv("CODEX_TUI_CONFIG", str(saved.parent / "config.toml"))
    monkeypatch.setenv("MY_KEY", "of-a-variable\n")
    monkeypatch.setenv("TOKEN", "of-another")
    words = ["of-a-variable", "of-another", "of-a-header", "of-the-query", "of-the-address"]
    saved.write_bytes(recording(answer(" ".join([*words, "a-preview"]))))
    printed = cli("export", str(saved), "--format", "txt", "-o", "-").out.decode()
    assert "*** *** *** *** *** a-preview" in printed


def test_what_is_no_stream_is_refused(cli: Cli, saved: Path) -> None:
    saved.write_text("hello")
    result = cli("export", str(saved))
    assert (result.code, result.err.count("\n")) == (2, 1)


@pytest.mark.parametrize("format_", ["text", "json", "events", "summary"])
def test_lines_show_as_the_recording_does(cli: Cli, saved: Path, format_: str) -> None:
    path = saved.with_name("lines")
    cli("export", str(saved), "--no-redact", "--format", "jsonl", "-o", str(path))
    shown = [cli("show", str(each), "--format", format_).out for each in (saved, path)]
    assert shown[0] == shown[1]


def test_a_session_of_the_library_is_called_by_its_key_or_last(cli: Cli, saved: Path) -> None:
    cli("sessions", "import", str(saved))
    result = cli("export", "last", "--format", "txt", "-o", "-", "--turn", "1")
    assert (result.code, b"one" in result.out) == (0, True)
    for verb in (["show", "--turn", "1"], ["replay", "--plain", "--speed", "max"]):
        result = cli(*verb, "last")
        assert (result.code, b"one" in result.out) == (0, True)


@pytest.mark.parametrize("verb", [["export"], ["show"], ["replay", "--plain"]])
def test_what_is_neither_a_session_nor_a_file_is_one_line(cli: Cli, verb: list[str]) -> None:
    result = cli(*verb, "nothing-like-it")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert result.line.startswith("nothing-like-it: no such file, and no session: ")


def test_an_empty_name_is_one_line(cli: Cli) -> None:
    result = cli("export", "")
    assert result.code == 2
    assert result.line.startswith("the file's name is empty. ")


def test_a_film_is_an_svg_that_moves_with_what_is_private_masked(cli: Cli, saved: Path) -> None:
    result = cli("export", str(saved), "--film", "--begin", "#1", "--end", "50%", "-s", "20")
    assert (result.code, result.out) == (0, b"a-stream.svg\n")
    drawn = (saved.parent / "here" / "a-stream.svg").read_text()
    assert "@keyframes" in drawn
    assert KEY[:12] not in drawn


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--format", "md"), "--film: md has no film, svg has"),
        (("-o", "x.cast"), "--film: cast has no film, svg has"),
        (("-s", "max"), "--speed: a film has a pace: max is none"),
        (("--begin", "#9999"), "There is no event 9999; there are 10."),
        (("--begin", "60%", "--end", "50%"), "There is nothing between 60% and 50%."),
    ],
)
def test_a_film_that_cannot_be_is_told_in_one_line(
    cli: Cli, saved: Path, args: tuple[str, ...], said: str
) -> None:
    result = cli("export", str(saved), "--film", *args)
    assert (result.code, result.line) == (2, said)


def test_what_a_film_begins_with_is_said_of_films_alone(cli: Cli, saved: Path) -> None:
    result = cli("export", str(saved), "--begin", "#1")
    assert (result.code, result.line) == (2, "--begin and --end are of a film: add --film")
