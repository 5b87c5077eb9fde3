"""`codex-tui sessions` on the command line: lines for people, JSON for programs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.recording.records import EndRecord
from tests.library.shelf import call, record, turn

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli, Result


@pytest.fixture
def folder(home: Path) -> Path:
    """Two recordings; the second is the newer."""
    folder = home / "data" / "codex-tui" / "sessions"
    record(folder, turn("Weather in Paris?", "Sunny.", call("get_weather", "{}")), "weather")
    later = turn("Why \x1b[31mred?", "Because.")
    record(folder, later, "red", minutes=5)
    return folder


def objects(result: Result) -> list[Any]:
    assert (result.code, result.err) == (0, "")
    return [json.loads(line) for line in result.out.splitlines()]


def titles(cli: Cli, *args: str) -> list[str]:
    return [found["title"] for found in objects(cli("sessions", *args, "--format", "json"))]


def test_alone_it_lists_the_newest_first(cli: Cli, folder: Path) -> None:
    lines = cli("sessions").out.decode().splitlines()
    assert len(lines) == 2
    assert all("completed" in line and "7→5" in line and "m-1" in line for line in lines)
    assert lines[0].endswith("Why ␛[31mred?")


def test_words_leave_those_that_have_all_of_them(cli: Cli, folder: Path) -> None:
    assert titles(cli, "list", "paris", "m-1") == ["Weather in Paris?"]
    assert titles(cli, "list", "paris", "red") == []


def test_n_says_how_many(cli: Cli, folder: Path) -> None:
    assert len(titles(cli, "-n", "1")) == 1
    assert cli("sessions", "-n", "1").out.endswith("… and 1 older: -n 0 lists all\n".encode())


def test_a_session_is_an_object_with_fixed_keys(cli: Cli, folder: Path) -> None:
    found = objects(cli("sessions", "list", "paris", "--format", "json"))[0]
    assert found["path"].startswith(str(folder))
    assert set(found.pop("findings")) == {"error", "warning"}
    assert "field.missing" in found.pop("rules")
    assert (found.pop("first_text"), found.pop("tools"), found.pop("program")) == (
        *(0.5, ["get_weather"], None),
    )
    assert found | {"path": "", "key": "", "recorded": "", "size": 0} == {
        "key": "",
        "path": "",
        "recorded": "",
        "title": "Weather in Paris?",
        "tags": [],
        "starred": False,
        "model": "m-1",
        "provider": "api.example:8443",
        "turns": 1,
        "events": 3,
        "seconds": 2.0,
        "input_tokens": 7,
        "output_tokens": 5,
        "how": "completed",
        "size": 0,
        "problem": None,
        "group": None,
        "run": None,
    }


@pytest.fixture
def runs(folder: Path) -> str:
    """Three runs of a group, recorded around another session; what the group is called."""
    for minutes, run in ((20, "1/3"), (22, "2/3"), (26, "3/3")):
        record(folder, turn("Why?", "So."), "why", minutes, group=GROUP, run=run)
    record(folder, turn("Between?", "Yes."), "between", 24)
    return GROUP[-7:].lower()


GROUP = "01JD0000000000000GR0VPK3YZ"


def test_the_runs_of_a_group_stand_together_in_their_order(cli: Cli, runs: str) -> None:
    lines = cli("sessions").out.decode().splitlines()
    ends = ("1/3 Why?", "└ 2/3 Why?", "└ 3/3 Why?", "Between?", "Why ␛[31mred?")
    assert all(line.endswith(f"  {end}") for line, end in zip(lines, ends, strict=False))


def test_a_group_is_a_filter_and_stands_in_the_object(cli: Cli, runs: str) -> None:
    found = objects(cli("sessions", "list", f"group:{runs}", "--format", "json"))
    assert [(each["group"], each["run"]) for each in found] == [
        (GROUP, f"{number}/3") for number in (3, 2, 1)
    ]
    said = cli("sessions", "show", found[0]["key"]).out.decode()
    assert f"run       3 of 3 · codex-tui sessions list group:{runs}\n" in said


def test_a_run_is_deleted_and_restored_like_any_session(cli: Cli, runs: str) -> None:
    key = objects(cli("sessions", "list", f"group:{runs}", "--format", "json"))[1]["key"]
    assert cli("sessions", "rm", key).code == 0
    left = objects(cli("sessions", "list", f"group:{runs}", "--format", "json"))
    assert [each["run"] for each in left] == ["3/3", "1/3"]
    assert cli("sessions", "restore", key).code == 0
    back = objects(cli("sessions", "list", f"group:{runs}", "--format", "json"))
    assert [each["run"] for each in back] == ["3/3", "2/3", "1/3"]


def test_a_search_shows_where_it_was_said(cli: Cli, folder: Path) -> None:
    result = cli("sessions", "search", "get_weather")
    assert result.code == 0
    assert "tools, turn 1: «get_weather»" in result.out.decode()
    (found,) = objects(cli("sessions", "search", "sunny", "--format", "json"))
    assert (found["where"], found["turn"], found["snippet"]) == ("answer", 1, "Sunny.")


def test_a_search_in_vain_is_a_1_as_grep_has_it(cli: Cli, folder: Path) -> None:
    result = cli("sessions", "search", "(nothing AND")
    assert (result.code, result.out, result.err) == (1, b"", "")


@pytest.mark.parametrize("reference", ["last", "-1"])
def test_the_newest_has_a_name(cli: Cli, folder: Path, reference: str) -> None:
    path = cli("sessions", "path", reference).out.decode().strip()
    assert path.endswith(".sse")
    assert "-red-" in path
    assert cli("show", path).out == b"Because."


@pytest.mark.parametrize("verb", ["show", "check", "export", "replay", "sessions show"])
def test_every_verb_counts_sessions_from_the_newest(cli: Cli, folder: Path, verb: str) -> None:
    options = {"check": ["--level", "note"], "export": ["-o", "-"], "replay": ["--plain"]}
    named, counted = (cli(*verb.split(), place, *options.get(verb, [])) for place in ("last", "-1"))
    assert counted.code == named.code
    assert counted.out == named.out.replace(b"last:", b"-1:")
    assert cli(*verb.split(), "-9").line.startswith("there is no session -9: there are ")


def test_a_negative_value_of_an_option_is_no_session(cli: Cli, folder: Path) -> None:
    assert "--idle-timeout" in cli("show", "last", "--idle-timeout", "-1").line


def test_show_has_the_prompt_and_the_answer(cli: Cli, folder: Path) -> None:
    shown = cli("sessions", "show", "-2").out.decode()
    assert "prompt:\nWeather in Paris?\n" in shown
    assert "answer:\nSunny.\n" in shown
    found = objects(cli("sessions", "show", "-2", "--format", "json"))[0]
    assert found["texts"][0]["tools"] == "get_weather {}"


def test_titles_tags_and_stars_are_given_and_taken(cli: Cli, folder: Path) -> None:
    assert cli("sessions", "rename", "last", "mine").code == 0
    assert cli("sessions", "tag", "last", "a", "b").out == b"a b\n"
    assert cli("sessions", "tag", "last", "--remove", "a").out == b"b\n"
    assert cli("sessions", "star", "last", "-2").code == 0
    assert [
        (f["title"], f["tags"], f["starred"]) for f in objects(cli("sessions", "--format", "json"))
    ] == [
        ("mine", ["b"], True),
        ("Weather in Paris?", [], True),
    ]
    assert cli("sessions", "star", "last", "--off").code == 0
    assert cli("sessions").out.decode().splitlines()[0].endswith("mine #b")


def test_the_trash_gives_back_until_it_is_emptied(cli: Cli, folder: Path) -> None:
    removed = cli("sessions", "rm", "last")
    key = removed.out.decode().split()[0]
    assert titles(cli) == ["Weather in Paris?"]
    line = cli("sessions", "trash").out.decode()
    assert re.match(rf"{key}  \d{{4}}-\d\d-\d\d \d\d:\d\d  ", line)  # by the clock of the list
    assert cli("sessions", "restore", key[:5]).code == 0
    assert len(titles(cli)) == 2
    cli("sessions", "rm", "last", "-2")
    assert cli("sessions", "empty-trash").out.startswith(b"deleted 2 recordings")
    assert cli("sessions", "restore", key).code == 2


def test_prune_goes_by_the_rule_and_a_dry_run_by_words_alone(
    cli: Cli, folder: Path, home: Path
) -> None:
    assert cli("sessions", "prune").line.startswith("nothing says what may go")
    config = home / "config" / "codex-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[sessions]\nmax_size = "1 kB"\n')
    cli("sessions", "star", "last")
    dry = cli("sessions", "prune", "--dry-run").out.decode()
    assert "Weather in Paris?  (more than max_size)" in dry
    assert "1 recording, " in dry
    assert len(titles(cli)) == 2
    assert cli("sessions", "prune").code == 0
    assert titles(cli) == ["Why \x1b[31mred?"]
    assert cli("sessions", "prune", "--keep-days", "1", "--max-size", "none").code == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("lst",), "Did you mean"),
        (("path", "nowhere"), 'no session is "nowhere"'),
        (("path", "-9"), "there is no session"),
        (("list", "--limit", "x"), "--limit"),
        (("search",), "WORDS"),
        (("search", " "), "there are no words"),
        (("prune", "--max-size", "big"), 'must be a size as "2 GB"'),
    ],
)
def test_a_mistake_is_one_line(cli: Cli, folder: Path, args: tuple[str, ...], words: str) -> None:
    result = cli("sessions", *args)
    assert result.code == 2
    assert words in result.line


FILES = {
    "notes.txt": (b"Dear reader,\n", "notes.txt: text of another kind"),
    "page.json": (b'{"a": 1}', "page.json: JSON, not an event stream"),
    "empty": (b"", "empty: empty"),
    "dump.sse": (b"data: {}\n\n", "is not in the library: `codex-tui show` prints it"),
}


@pytest.mark.parametrize("verb", [("show",), ("path",), ("rm",), ("tag",)], ids=" ".join)
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_session_is_told_for_what_it_is(
    cli: Cli, tmp_path: Path, name: str, verb: tuple[str, ...]
) -> None:
    content, words = FILES[name]
    (tmp_path / name).write_bytes(content)
    result = cli("sessions", *verb, str(tmp_path / name))
    assert result.code == 2
    assert words in result.line
    assert cli("sessions", *verb, str(tmp_path)).line == f"{tmp_path} is a folder, and no session"


def test_every_verb_has_help(cli: Cli) -> None:
    shown = cli("sessions", "--help").out.decode()
    verbs = ("list", "show", "search", "rename", "tag", "star", "rm", "path", "prune", "restore")
    for verb in verbs:
        assert f"  {verb} " in shown
        assert b"--data-dir" in cli("sessions", verb, "--help").out


@pytest.mark.parametrize("verb", ["list", "search", "codex"])
def test_a_number_to_print_is_0_or_more_and_the_help_says_so_in_words(cli: Cli, verb: str) -> None:
    words = [verb] if verb == "codex" else ["sessions", verb]
    result = cli(*words, "-n", "-1", *(["word"] if verb == "search" else []))
    assert (result.code, "must be 0 or more" in result.line) == (2, True)
    assert b"0 is all.\n" in cli(*words, "--help").out


def test_how_one_ended_is_said_in_peoples_words_and_in_json_in_the_recordings(
    cli: Cli, folder: Path
) -> None:
    request = turn("Slow down?", "")[0]
    record(folder, [request, EndRecord(1, 0.2, "http_error", "429: slow down.")], minutes=9)
    assert "  HTTP error  " in cli("sessions").out.decode().splitlines()[0]
    assert objects(cli("sessions", "--format", "json"))[0]["how"] == "http_error"
