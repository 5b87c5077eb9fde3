"""What stands on the command line, and what becomes of it before anything is sent or opened."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui._version import __version__
from codex_tui.cli import main
from codex_tui.cli.verb import COMMON
from codex_tui.config import OPTIONS, Settings

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

WORK = {
    "app": ("open_app", "demo", "replay"),
    "show": ("show",),
    "run": ("run",),
    "paths": ("show_paths",),
}


@dataclass
class Opened:
    """What the app was opened with."""

    settings: Settings
    argument: str


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Opened]:
    """The work of all verbs, replaced by something that remembers what it was given."""
    calls: list[Opened] = []

    def remember(settings: Settings, argument: str) -> int:
        calls.append(Opened(settings, argument))
        return 0

    for module, names in WORK.items():
        fake = ModuleType(f"codex_tui.cli.{module}")
        fake.__dict__.update(dict.fromkeys(names, remember))
        monkeypatch.setitem(sys.modules, fake.__name__, fake)
    return calls


def test_with_no_arguments_the_app_opens(opened: list[Opened]) -> None:
    assert main([]) == 0
    assert [call.argument for call in opened] == [""]


@pytest.mark.parametrize(
    "args",
    [
        ("why is the sky blue?",),
        ("-m", "some-model", "why is the sky blue?"),
        ("why is the sky blue?", "-m", "some-model"),
        ("-m", "other", "why is the sky blue?", "--model=some-model"),
        ("--", "why is the sky blue?"),
    ],
)
def test_a_prompt_is_one_argument_among_options(
    opened: list[Opened], args: tuple[str, ...]
) -> None:
    assert main(args) == 0
    assert opened[0].argument == "why is the sky blue?"
    assert opened[0].settings.model in (None, "some-model")
    assert ("some-model" in " ".join(args)) == (opened[0].settings.model is not None)


@pytest.mark.parametrize(
    ("word", "verb"),
    [
        ("replya", "replay"),
        ("Show", "show"),
        ("shwo", "show"),
        ("dem", "demo"),
        ("runn", "run"),
        ("path", "paths"),
        ("hlep", "help"),
        ("version", "--version"),
        ("proxy", "tap"),
        ("validate", "check"),
        ("tail", "watch"),
        ("list", "sessions"),
    ],
)
def test_a_word_that_resembles_a_verb_is_never_sent(
    cli: Cli, opened: list[Opened], word: str, verb: str
) -> None:
    result = cli(word)
    assert result.code == 2
    assert f"did you mean `{verb}`?" in result.line
    assert f"codex-tui -- {word}" in result.line
    assert not opened


def test_a_question_needs_no_full_stop(cli: Cli) -> None:
    assert "? Try `codex-tui --help`" in cli("--bogus").line


@pytest.mark.parametrize("prompt", ["hello there", "hello"])
def test_an_option_behind_a_prompt_is_one_of_the_program(cli: Cli, prompt: str) -> None:
    assert cli(prompt, "--bogus").line.endswith(" Try `codex-tui --help`.")
    assert cli("show", "x", "--bogus").line.endswith(" Try `codex-tui show --help`.")


def test_a_mistyped_verb_is_told_with_its_arguments(cli: Cli, opened: list[Opened]) -> None:
    assert "`replay 'a b.sse' -s 2`" in cli("reply", "a b.sse", "-s", "2").line
    assert not opened


@pytest.mark.parametrize("word", ["hello", "demo", "replya", "--help", "-", "help"])
def test_two_dashes_make_anything_a_prompt(opened: list[Opened], word: str) -> None:
    assert main(["-m", "m", "--", word]) == 0
    assert opened[0].argument == word
    assert opened[0].settings.model == "m"


@pytest.mark.parametrize("word", ["hello", "空が青いのはなぜ" * 20])
def test_a_single_word_that_resembles_nothing_is_a_prompt(opened: list[Opened], word: str) -> None:
    assert main([word]) == 0
    assert opened[0].argument == word


def test_the_name_of_a_file_is_no_prompt(
    cli: Cli, opened: list[Opened], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("stream.sse").touch()
    assert "`replay stream.sse`" in cli("stream.sse").line
    assert not opened


@pytest.mark.parametrize("verb", [(), ("run",)])
def test_several_words_must_be_quoted(
    cli: Cli, opened: list[Opened], verb: tuple[str, ...]
) -> None:
    result = cli(*verb, "why", "is", "it")
    assert result.code == 2
    assert "quote it, as in 'why is it'" in result.line
    assert not opened


@pytest.mark.parametrize("args", [("",), ("  \n",), ("run", "")])
def test_an_empty_prompt_is_refused(cli: Cli, opened: list[Opened], args: tuple[str, ...]) -> None:
    result = cli(*args)
    assert (result.code, bool(opened)) == (2, False)
    assert "the prompt is empty" in result.line


@pytest.mark.parametrize("verb", ["demo", "paths", "replay", "show", "run"])
@pytest.mark.parametrize("before", [True, False])
def test_every_verb_takes_the_common_options(opened: list[Opened], verb: str, before: bool) -> None:
    options = (
        *("-m", "m", "-p", "demo", "--base-url", "http://h/v1", "--instructions", "be brief"),
        *("--effort", "low", "--no-record", "--theme", "t", "--retries", "2"),
        *("--idle-timeout", "5", "--tools", "t.json"),
    )
    argument = () if verb in ("demo", "paths") else ("x",)
    args = (*options, verb, *argument) if before else (verb, *argument, *options)
    assert main(args) == 0
    settings = opened[0].settings
    assert (settings.model, settings.profile, settings.theme) == ("m", "demo", "t")
    assert (settings.base_url, settings.instructions) == ("http://h/v1", "be brief")
    assert (settings.effort, settings.record, settings.retries) == ("low", False, 2)
    assert (settings.idle_timeout, settings.tools) == (5.0, Path("t.json"))


def test_an_option_after_the_verb_wins_over_one_before_it(opened: list[Opened]) -> None:
    assert main(["-m", "a", "--no-record", "show", "x", "-m", "b", "--record"]) == 0
    assert opened[0].settings.model == "b"
    assert opened[0].settings.record is True


@pytest.mark.parametrize(
    ("args", "name", "value"),
    [
        (("replay", "x", "-s", "4"), "speed", 4.0),
        (("replay", "x", "--speed", "max"), "speed", None),
        (("replay", "x", "--paused"), "paused", True),
        (("replay", "x", "--exit"), "exit", True),
        (("show", "x", "--format", "events"), "format", "events"),
        (("show", "x", "--turn", "2"), "turn", 2),
        (("run", "x", "-R"), "reasoning", True),
        (("run", "x", "--format", "json"), "format", "json"),
    ],
)
def test_verbs_have_options_of_their_own(
    opened: list[Opened], args: tuple[str, ...], name: str, value: Any
) -> None:
    assert main(args) == 0
    assert getattr(opened[0].settings, name) == value


def test_flags_win_over_variables_over_the_file(
    opened: list[Opened], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = home / "config" / "codex-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('model = "file"\ntheme = "file"\neffort = "low"\nrecord = false\nexit = true')
    monkeypatch.setenv("CODEX_TUI_MODEL", "variable")
    monkeypatch.setenv("CODEX_TUI_THEME", "variable")
    assert main(["-m", "flag", "replay", "x", "--record", "--no-exit"]) == 0
    settings = opened[0].settings
    assert (settings.model, settings.theme, settings.effort) == ("flag", "variable", "low")
    assert (settings.record, settings.exit) == (True, False)


def test_every_option_of_the_configuration_is_one_of_the_command_line(cli: Cli) -> None:
    asking = ("", "run", "resume", "conform", "tap", "serve")
    reading = ("replay", "show", "export", "check", "compare", "sessions prune")
    pages = [cli(*verb.split(), "--help").out.decode() for verb in (*asking, *reading)]
    for option in OPTIONS.values():
        named = any(f" {option.flag} " in page for page in pages)
        assert named is ("flag" in option.ways), option.name


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--nonsense",), "--nonsense"),
        (("show",), "FILE"),
        (("show", "a", "b"), "unexpected"),
        (("demo", "x"), "unexpected"),
        (("replay", "x", "--speed", "fast"), "--speed: must be a number above 0"),
        (("replay", "x", "--speed", "0"), "--speed: must be a number above 0"),
        (("show", "x", "--format", "xml"), "xml"),
        (("--retries", "-1", "paths"), "--retries: must be a whole number"),
        (("--format", "json", "show", "x"), "codex-tui show … --format"),
        (("--format", "json", "tap"), "codex-tui tap … --format"),
        (("run", "x", "--speed", "2"), "--speed"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_code_2(
    cli: Cli, opened: list[Opened], args: tuple[str, ...], said: str
) -> None:
    result = cli(*args)
    assert result.code == 2
    assert said in result.line
    assert not result.out
    assert not opened


def test_a_broken_config_is_named_with_its_line(cli: Cli, home: Path) -> None:
    config = home / "config" / "codex-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("# mine\nmodle = 1\n")
    result = cli("paths")
    assert result.code == 2
    assert f"{config}:2:" in result.line
    assert "model" in result.line


@pytest.mark.parametrize(
    "args", [("-V",), ("--version",), ("run", "-V"), ("-m", "x", "show", "-V")]
)
def test_the_version_is_printed(cli: Cli, args: tuple[str, ...]) -> None:
    result = cli(*args)
    assert (result.code, result.out.decode()) == (0, f"codex-tui {__version__}\n")


@pytest.mark.parametrize("args", [("--help",), ("-h",), ("a prompt", "--help")])
def test_the_help_has_examples_verbs_exit_codes_and_completion(
    cli: Cli, args: tuple[str, ...]
) -> None:
    result = cli(*args)
    page = result.out.decode()
    assert result.code == 0
    for part in ("Examples:", "Verbs:", "Exit codes:", "_CODEX_TUI_COMPLETE=bash_source"):
        assert part in page
    assert all(OPTIONS[name].flag in page for name in COMMON)
    assert max(map(len, page.splitlines())) <= 80


def test_a_verbs_help_has_its_own_options_first(cli: Cli) -> None:
    page = cli("show", "--help").out.decode()
    assert "--format [text|json|events|summary|plain]" in page
    assert "--base-url" not in page
    assert "All other options of `codex-tui --help` are taken here as well." in page


def test_paths_are_printed_with_whether_they_exist(cli: Cli, home: Path) -> None:
    (home / "data" / "codex-tui" / "sessions").mkdir(parents=True)
    lines = cli("paths").out.decode().splitlines()
    names = [line.split()[0] for line in lines]
    assert names == ["config", "themes", "sessions", "trash", "state", "cache", "log"]
    assert lines[0].split()[1] == str(home / "config" / "codex-tui" / "config.toml")
    assert lines[0].endswith("not there")
    assert lines[2].endswith("  exists")


def test_the_shell_completes_verbs_options_and_choices(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def completed(words: str, place: int) -> list[str]:
        monkeypatch.setenv("_CODEX_TUI_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", f"codex-tui {words}")
        monkeypatch.setenv("COMP_CWORD", str(place))
        with pytest.raises(SystemExit):
            main([])
        return [line.partition(",")[2] for line in capsys.readouterr().out.split()]

    assert completed("rep", 1) == ["replay"]
    assert completed("show x --format ", 4) == ["text", "json", "events", "summary", "plain"]
    assert "--base-url" in completed("run --", 2)
