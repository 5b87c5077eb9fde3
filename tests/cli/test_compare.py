"""`codex-tui compare`: two sides, what differs, and the exit code that tells of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.cli.inked_lines import wrapped
from tests.cli.streams import answer, recording
from tests.findings.streams import TEXT, call, clean, message, whole
from tests.model.timed import DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.cli.conftest import Cli

    Save = Callable[..., str]

KEY = "sk-proj-" + "a1B2c3D4e5F6g7H8i9J0" * 2


def sse(events: Sequence[Any]) -> bytes:
    frames = (f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
    return "".join(frames).encode()


def timed(delay: float, said: str = "Hi", turns: int = 1) -> bytes:
    """A recording in which the first text came so late."""
    late = recording(*([answer(said, " there")] * turns))
    for read in (2, 3, 4):
        t = f"t={read / 10:.6f} read={read}\n".encode()
        late = late.replace(t, f"t={read / 10 + delay:.6f} read={read}\n".encode())
    return late


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def saved(name: str, data: bytes) -> str:
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return saved


@pytest.fixture
def sides(save: Save) -> tuple[str, str]:
    """Two answers that differ in one word."""
    other = [piece.replace("loop", "hoop") for piece in TEXT]
    return save("a.sse", sse(whole(message(0)))), save("b.sse", sse(whole(message(0, other))))


def test_a_file_and_itself_are_alike(cli: Cli, save: Save) -> None:
    path = save("a.sse", sse(clean()))
    result = cli("compare", path, path)
    assert result.code == 0
    assert "alike: nothing differs but times" in result.out.decode()


def test_what_differs_is_told_and_the_code_is_1(cli: Cli, sides: tuple[str, str]) -> None:
    result = cli("compare", *sides)
    said = result.out.decode()
    assert result.code == 1
    assert "different: 1 in text" in said
    assert "other text?      answer of message: “loop” → “hoop”" in " ".join(said.split("\n"))
    assert "[-loop-] {+hoop+}" in said
    assert "left out: ids, created_at, obfuscation" in said


def test_only_what_is_asked_of_decides(cli: Cli, sides: tuple[str, str]) -> None:
    assert cli("compare", *sides, "--only", "text").code == 1
    assert cli("compare", *sides, "--only", "events,usage").code == 0
    result = cli("compare", *sides, "--only", "words")
    assert result.code == 2
    assert "no such question" in result.line


def test_times_decide_only_where_they_alone_are_asked_of(cli: Cli, save: Save) -> None:
    a, b = save("a.sse", timed(0)), save("b.sse", timed(1))
    assert cli("compare", a, b).code == 0
    result = cli("compare", a, b, "--only", "time")
    assert result.code == 1
    assert "slower where?    first text +1.00 s (×6.0)" in result.out.decode()
    assert cli("compare", a, b, "--only", "time", "--tolerance", "600%").code == 0
    assert cli("compare", a, b, "--only", "time", "--tolerance", "much").code == 2


def test_several_a_side_are_medians_with_ranges(cli: Cli, save: Save) -> None:
    names = [save(f"{delay}.sse", timed(delay)) for delay in (0, 0.1, 0.2, 1, 1.5, 3)]
    result = cli("compare", *names[:3], "--", *names[3:])
    said = result.out.decode()
    assert result.code == 0
    assert "medians of 3 and 3 runs" in said
    assert "first text +1.40 s (×5.7), ranges apart" in said
    assert "0.20–0.40 s" in said


@pytest.mark.parametrize(
    "words", [(), ("a.sse",), ("a", "b", "c"), ("--", "b"), ("a", "--"), ("-", "-")]
)
def test_what_are_no_two_sides_is_refused(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli("compare", *words).code == 2


def test_a_turn_is_named_behind_its_file(cli: Cli, save: Save) -> None:
    path = save("a.sse", timed(0, turns=3))
    assert cli("compare", f"{path}@1", f"{path}@3", "--only", "text").code == 0
    assert cli("compare", f"{path}@1", f"{path}@3", "--only", "request").code == 1
    assert "there is no turn 4: 3 turns" in cli("compare", f"{path}@4", path).line


def test_a_name_with_an_at_is_a_file_first(cli: Cli, save: Save) -> None:
    path = save("a@2", sse(clean()))
    assert cli("compare", path, path).code == 0


def test_turns_that_one_side_lacks_are_a_difference(cli: Cli, save: Save) -> None:
    a, b = save("a.sse", timed(0, turns=1)), save("b.sse", timed(0, turns=3))
    result = cli("compare", a, b)
    assert result.code == 1
    assert "only B: turns 2 to 3" in result.out.decode()


def test_sessions_are_named_by_their_places(cli: Cli, save: Save) -> None:
    for said in ("Hi", "Ho"):
        cli("sessions", "import", save(f"{said}.sse", timed(0, said)))
    result = cli("compare", "-2", "-1@1", "--only", "text")
    assert result.code == 1
    assert cli("compare", "-1", "-1").code == 0


def test_a_file_that_holds_nothing_is_no_side(cli: Cli, sides: tuple[str, str], save: Save) -> None:
    assert cli("compare", sides[0], save("empty", b"")).code == 2
    assert cli("compare", sides[0], "nowhere.sse").code == 2


def test_the_object_has_what_programs_ask_for(cli: Cli, sides: tuple[str, str]) -> None:
    result = cli("compare", *sides, "--format", "json")
    told = json.loads(result.out)
    (turn,) = told["turns"]
    assert (result.code, told["alike"]) == (1, False)
    assert turn["differences"] == [
        {
            "kind": "text",
            "sentence": "answer of message: “loop” → “hoop” (1 word removed, 1 added)",
            "a": 3,
            "b": 3,
        }
    ]
    (text,) = turn["text"]
    assert ["removed", "loop "] in text["hunks"]
    assert {"time", "events", "text", "request", "usage", "findings"} <= turn.keys()
    only = json.loads(cli("compare", *sides, "--format", "json", "--only", "usage").out)
    assert only["alike"] is True
    assert "text" not in only["turns"][0]


@pytest.mark.parametrize("suffix", ["md", "html", "json"])
def test_a_document_is_written_by_its_suffix(
    cli: Cli, sides: tuple[str, str], tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"out.{suffix}"
    result = cli("compare", *sides, "-o", str(path))
    assert (result.code, result.out.decode()) == (1, f"{path}\n")
    assert "hoop" in path.read_text(encoding="utf-8")
    assert cli("compare", *sides, "-o", str(path)).code == 2
    assert cli("compare", *sides, "-o", str(path), "--force").code == 1


def test_a_suffix_that_is_no_document_is_refused(
    cli: Cli, sides: tuple[str, str], tmp_path: Path
) -> None:
    assert cli("compare", *sides, "-o", str(tmp_path / "out.svg")).code == 2


@pytest.mark.parametrize("suffix", ["md", "html", "json"])
def test_what_is_private_does_not_leave(cli: Cli, save: Save, tmp_path: Path, suffix: str) -> None:
    a = save("a.sse", sse(whole(message(0, ("the key is ", KEY[:20], KEY[20:])))))
    b = save("b.sse", sse(whole(message(0, ("the keys are ", KEY)))))
    path = tmp_path / f"out.{suffix}"
    cli("compare", a, b, "-o", str(path))
    assert KEY not in path.read_text(encoding="utf-8")
    cli("compare", a, b, "-o", str(path), "--force", "--no-redact")
    assert KEY in path.read_text(encoding="utf-8")


HOSTILE = '</div><script>alert(1)</script>\x1b[31m<img src=x onerror="alert(1)">`~|**`'


@pytest.mark.parametrize("suffix", ["md", "html"])
def test_foreign_text_can_not_break_out(cli: Cli, save: Save, tmp_path: Path, suffix: str) -> None:
    a = save("a.sse", sse(whole(message(0, (HOSTILE, " a")), call(1, HOSTILE))))
    b = save("b.sse", sse(whole(message(0, (HOSTILE, " b")), call(1, f"{HOSTILE} b"))))
    path = tmp_path / f"out.{suffix}"
    cli("compare", a, b, "-o", str(path))
    page = path.read_text(encoding="utf-8")
    assert "\x1b" not in page
    if suffix == "html":
        assert "<script" not in page
        assert "<img" not in page
        assert "default-src 'none'; style-src 'sha256-" in page


def test_hostile_text_is_made_safe_in_lines(cli: Cli, save: Save) -> None:
    a = save("a.sse", sse(whole(message(0, (HOSTILE, " a")))))
    b = save("b.sse", sse(whole(message(0, (HOSTILE, " b")))))
    assert b"\x1b" not in cli("compare", a, b).out


@pytest.mark.parametrize("width", [80, 140])
def test_lines_fit_the_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr("codex_tui.cli.compare_lines.terminal_width", lambda: width)
    said = cli("compare", str(DATA / "slow-tool.sse"), str(DATA / "retry-loop.sse")).out.decode()
    assert [line for line in said.splitlines() if len(line) > width] == []
    assert not any(line != line.rstrip() for line in said.splitlines())


def test_a_word_that_fits_no_line_is_broken_behind_a_sign() -> None:
    lines = [
        "".join(text for _, text in line)
        for line in wrapped([("", "see input_details.cache_write_tokens/of_all")], 24, 2, 0)
    ]
    assert lines == ["see input_details.", "  cache_write_tokens/", "  of_all"]
