"""`codex-tui check`: what is wrong with streams, for people and for programs."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import pytest

from codex_tui.findings import RULES
from codex_tui.recording.locks import hold
from tests.findings.streams import clean, place

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli

KEY = "sk-proj-" + "a1B2c3D4e5F6g7H8i9J0" * 2


def sse(events: list[Any]) -> bytes:
    frames = (f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)
    return "".join(frames).encode()


def faulty(change: Callable[[list[Any]], Any]) -> bytes:
    events = clean()
    change(events)
    return sse(events)


def retext(events: list[Any]) -> None:
    events[place(events, "output_text.done")]["text"] = "Something else."


def repeat(events: list[Any]) -> None:
    for each in events:
        each["sequence_number"] = 0


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., str]:
    def save(data: bytes, name: str = "stream.sse") -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return save


def test_nothing_is_wrong_with_a_clean_stream(cli: Cli, saved: Callable[..., str]) -> None:
    path = saved(sse(clean()))
    result = cli("check", path)
    assert result.code == 0
    assert "nothing wrong" in result.out.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="there no lock tells it")
def test_what_is_still_written_lacks_no_end_yet(cli: Cli, saved: Callable[..., str]) -> None:
    path = saved(sse(clean()[:-1]))
    with Path(path).open("ab") as file:
        hold(file.fileno())
        growing = cli("check", path)
    assert growing.code == 0
    assert "it is still being written" in growing.err
    assert cli("check", path).code == 1


def test_a_finding_names_its_events_and_quotes_them(cli: Cli, saved: Callable[..., str]) -> None:
    result = cli("check", saved(faulty(retext)))
    lines = result.out.decode().splitlines()
    number = place(clean(), "output_text.done") + 1
    assert result.code == 1
    assert "error  text.differs" in lines
    assert any(line.startswith(f"  #{number}, #{number - 4}: ") for line in lines)
    assert any(
        line.startswith(f'    #{number}  {{"type": "response.output_text.d') for line in lines
    )
    assert f"  {RULES['text.differs'].source}" in lines
    assert max(map(len, lines[1:])) <= 80


def test_the_level_says_what_is_printed_and_what_counts(
    cli: Cli, saved: Callable[..., str]
) -> None:
    events = clean()
    events[-1]["response"]["usage"] = None
    path = saved(sse(events))
    assert cli("check", path).code == 0
    assert "1 warning below error" in " ".join(cli("check", path).out.decode().split())
    assert cli("check", path, "--level", "warning").code == 1


def test_json_is_one_object_on_one_line_a_file(cli: Cli, saved: Callable[..., str]) -> None:
    first, second = saved(sse(clean()), "a.sse"), saved(faulty(retext), "b.sse")
    result = cli("check", first, second, "--format", "json", "--level", "note")
    told = [json.loads(line) for line in result.out.splitlines()]
    assert [each["file"] for each in told] == [first, second]
    assert [each["checked"] for each in told] == [len(clean())] * 2
    assert told[1]["counts"] == {"error": 1, "warning": 0, "note": 0}
    (finding,) = told[1]["findings"]
    assert set(finding) == {
        *("rule", "level", "entries", "message", "expected", "seen", "source", "count")
    }
    assert result.code == 1


class Suites(HTMLParser):
    """The test suites of a report, with the names of their cases and the levels of failures."""

    def __init__(self, report: bytes) -> None:
        super().__init__()
        self.suites: list[dict[str, str | None]] = []
        self.cases: list[str | None] = []
        self.failures: list[str | None] = []
        self.feed(report.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        match tag:
            case "testsuite":
                self.suites.append(given)
            case "testcase":
                self.cases.append(given["name"])
            case "failure":
                self.failures.append(given["type"])


def test_junit_is_a_test_case_a_rule(cli: Cli, saved: Callable[..., str]) -> None:
    result = cli("check", saved(faulty(retext)), saved(sse(clean()), "b"), "--format", "junit")
    report = Suites(result.out)
    assert report.cases == ["text.differs", "rules"]
    assert report.failures == ["error"]
    assert [suite["failures"] for suite in report.suites] == ["1", "0"]


def test_junit_takes_what_xml_has_no_character_for(cli: Cli, saved: Callable[..., str]) -> None:
    def change(events: list[Any]) -> None:
        events[place(events, "output_text.done")]["text"] = "\x00\ud800]]> <&\x1b[31m"

    parser = expat.ParserCreate()
    parser.Parse(cli("check", saved(faulty(change)), "--format", "junit").out, True)


def test_annotations_are_commands_of_one_line(cli: Cli, saved: Callable[..., str]) -> None:
    def change(events: list[Any]) -> None:
        events[place(events, "output_text.done")]["text"] = "a\n::error::b"

    result = cli("check", saved(faulty(change), "a,b:c.sse"), "--format", "github")
    (line,) = result.out.decode().splitlines()
    assert line.startswith("::error file=")
    assert "a%2Cb%3Ac.sse,title=text.differs::#" in line


def test_of_several_files_the_worst_counts(
    cli: Cli, saved: Callable[..., str], tmp_path: Path
) -> None:
    good, bad = saved(sse(clean()), "a"), saved(faulty(retext), "b")
    missing = str(tmp_path / "nobody")
    assert cli("check", good, bad).code == 1
    result = cli("check", missing, bad, good)
    assert result.code == 2
    assert missing in result.line
    assert b"text.differs" in result.out


def test_where_nothing_can_be_checked_that_is_said(cli: Cli, saved: Callable[..., str]) -> None:
    chunk: dict[str, Any] = {"candidates": []}
    result = cli("check", saved(f"data: {json.dumps(chunk)}\n\n".encode()))
    assert result.code == 2
    assert "nothing could be checked" in result.line


@pytest.mark.parametrize("pattern", ["number.repeat", "number.", "number.*"])
def test_rules_are_ignored_by_id_and_by_prefix(
    cli: Cli, saved: Callable[..., str], pattern: str
) -> None:
    path = saved(faulty(repeat))
    assert cli("check", path).code == 1
    assert cli("check", path, "--ignore", pattern).code == 0


def test_a_rule_that_nobody_knows_is_refused(cli: Cli, saved: Callable[..., str]) -> None:
    result = cli("check", saved(sse(clean())), "--ignore", "text.difers")
    assert result.code == 2
    assert "text.difers" in result.line


def test_the_file_says_whose_rules_hold_and_the_profile_before_it(
    cli: Cli, saved: Callable[..., str], home: Path
) -> None:
    config = home / "config" / "codex-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        '[findings]\nspec = "open-responses"\nignore = ["wire."]\n'
        '[profiles.local]\nbase_url = "http://x/v1"\nspec = "lenient"\nignore = ["text."]\n'
    )
    path = saved(faulty(retext))

    def spec(*more: str) -> str:
        told: str = json.loads(cli("check", path, "--format", "json", *more).out)["spec"]
        return told

    assert spec() == "open-responses"
    assert spec("-p", "local") == "lenient"
    assert spec("-p", "local", "--spec", "openai") == "openai"
    assert cli("check", path, "-p", "local", "--level", "note").code == 0


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_explained_with_an_example(cli: Cli, rule: str) -> None:
    result = cli("check", "--explain", rule)
    said = result.out.decode()
    assert result.code == 0
    assert said.startswith(f"{rule}\n\n{RULES[rule].demand}\n")
    assert f"    {RULES[rule].example.splitlines()[0]}" in said
    assert f"Source: {RULES[rule].source}" in said


def test_explaining_all_is_a_line_a_rule(cli: Cli) -> None:
    assert len(cli("check", "--explain", "all").out.splitlines()) == len(RULES)


def test_no_file_is_a_question(cli: Cli) -> None:
    assert cli("check").code == 2


def test_findings_on_one_event_stand_together(cli: Cli, saved: Callable[..., str]) -> None:
    def change(events: list[Any]) -> None:
        del events[place(events, "content_part.added")]

    said = cli("check", saved(faulty(change)), "--level", "warning").out.decode()
    assert "    also warning order.part: " in said or "    also error number.gap: " in said


def test_secrets_stand_in_no_format(cli: Cli, saved: Callable[..., str]) -> None:
    def change(events: list[Any]) -> None:
        events[place(events, "output_text.done")]["text"] = f"It is {KEY}"

    path = saved(faulty(change))
    for name in ("text", "json", "junit", "github"):
        assert KEY.encode() not in cli("check", path, "--format", name).out


def test_a_pipe_is_checked_while_it_comes() -> None:
    """What is found is printed before the next event is sent."""
    events = clean()
    at = place(events, "output_text.done")
    events[at]["text"] = "Something else."
    program = subprocess.Popen(
        [sys.executable, "-m", "codex_tui", "check", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    with program:
        program.stdin.write(sse(events[: at + 1]))
        program.stdin.flush()
        assert program.stdout.readline().startswith(b"error  text.differs  #")
        program.stdin.write(sse(events[at + 1 :]))
        program.stdin.close()
        assert b"1 error in" in program.stdout.read()
    assert program.returncode == 1
