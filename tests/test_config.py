"""Layers, kinds, profiles, and what is said about mistakes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_tui.config import OPTIONS, ConfigError, Settings, load
from codex_tui.config.errors import line_of


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "config.toml").touch()
    return {"CODEX_TUI_CONFIG": str(tmp_path / "config.toml")}


def write(environ: dict[str, str], text: str) -> Path:
    path = Path(environ["CODEX_TUI_CONFIG"])
    path.write_text(text)
    return path


def complaint(environ: dict[str, str], text: str = "") -> str:
    write(environ, text)
    with pytest.raises(ConfigError) as caught:
        load({}, environ)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(environ["CODEX_TUI_CONFIG"])


def test_the_settings_are_the_table_of_options() -> None:
    names = Settings.__struct_fields__
    assert names[1 : 1 + len(OPTIONS)] == tuple(OPTIONS)


def test_the_defaults_of_the_settings_are_those_of_the_table(environ: dict[str, str]) -> None:
    loaded = load({}, environ)
    assert all(getattr(loaded, option.name) == option.default for option in OPTIONS.values())
    assert set(loaded.origins.values()) == {"default"}


def test_flags_win_over_variables_over_the_file(environ: dict[str, str]) -> None:
    write(environ, 'model = "of the file"\neffort = "low"\ntheme = "paper"')
    environ |= {"CODEX_TUI_MODEL": "of the variable", "CODEX_TUI_EFFORT": "high"}
    loaded = load({"model": "of the flag", "effort": None}, environ)
    assert (loaded.model, loaded.effort, loaded.theme) == ("of the flag", "high", "paper")
    assert loaded.origins["model"] == "flag"
    assert loaded.origins["effort"] == "environment"
    assert loaded.origins["theme"] == "file"
    assert [loaded.chosen(name) for name in ("model", "effort", "theme")] == [True, True, False]


def test_options_have_the_keys_and_variables_that_the_table_says(environ: dict[str, str]) -> None:
    written = {
        "text": ('"x"', "x"),
        "flag": ("true", "yes"),
        "seconds": ("2.5", "2.5"),
        "count": ("3", "3"),
        "path": ('"x.json"', "x.json"),
        "speed": ("4", "4"),
        "choice": ("", ""),
        "texts": ('["x", "y."]', "x,y."),
        "days": ("30", "30"),
        "size": ('"2 GB"', "2GB"),
        "secret": ('"a-token-of-mine"', "a-token-of-mine"),
    }
    for option in OPTIONS.values():
        toml, text = written[option.kind]
        if option.kind == "choice":
            toml, text = f'"{option.choices[-1]}"', option.choices[-1]
        table = f"[{option.table}]\n" if option.table else ""
        write(environ, f"{table}{option.key or option.name} = {toml}")
        if "file" in option.ways:
            assert load({}, environ).origins[option.name] == "file"
        else:
            with pytest.raises(ConfigError):
                load({}, environ)
        write(environ, "")
        origin = load({}, environ | {option.variable: text}).origins[option.name]
        assert origin == ("environment" if "environment" in option.ways else "default")


def test_two_tables_may_have_a_key_of_one_name(environ: dict[str, str]) -> None:
    write(environ, '[tap]\nmax_size = "1 GB"\n[sessions]\nmax_size = "3 GB"\n')
    loaded = load({}, environ)
    assert (loaded.tap_max_size, loaded.max_size) == (1_000_000_000, 3_000_000_000)
    assert complaint(environ, '[tap]\nmax_size = "much"\n').startswith(':2: "tap.max_size" must be')
    assert 'did you mean "max_size"?' in complaint(environ, "[tap]\nmax-sise = 1\n")


def test_a_token_shows_in_no_setting_that_is_printed(environ: dict[str, str]) -> None:
    loaded = load({}, environ | {"CODEX_TUI_TOKEN": "a-token-of-mine"})
    assert loaded.token is not None
    assert loaded.token.reveal() == "a-token-of-mine"
    assert "a-token-of-mine" not in repr(loaded)


@pytest.mark.parametrize("text", ["no_record = true", "no-record = true", "record = false"])
def test_recording_is_switched_off_in_the_file_under_either_name(
    environ: dict[str, str], text: str
) -> None:
    write(environ, text)
    assert load({}, environ).record is False


def test_recording_is_switched_off_by_either_variable(environ: dict[str, str]) -> None:
    assert load({}, environ | {"CODEX_TUI_NO_RECORD": "1"}).record is False
    assert load({}, environ | {"CODEX_TUI_RECORD": "off"}).record is False


def test_an_empty_variable_names_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert load({}, {"CODEX_TUI_CONFIG": ""}) == load({}, {})


def test_the_codex_clis_own_variable_is_not_ours(environ: dict[str, str]) -> None:
    assert load({}, environ | {"CODEX_TUI_RECORD_SESSION": "1"}) == load({}, environ)


def test_an_empty_variable_says_nothing(environ: dict[str, str]) -> None:
    assert load({}, environ | {"CODEX_TUI_RETRIES": ""}).retries == 0


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("connect_timeout", "none", None),
        ("connect_timeout", "0", None),
        ("connect_timeout", "2.5", 2.5),
        ("speed", "max", None),
        ("speed", "8", 8.0),
        ("retries", "3", 3),
        ("keep_days", "0.5", 0.5),
        ("keep_days", "none", None),
        ("max_size", "1500", 1500),
        ("max_size", "1.5kB", 1500),
        ("max_size", "2 GiB", 2 * 1024**3),
        ("max_size", "none", None),
    ],
)
def test_numbers_and_their_words(
    environ: dict[str, str], variable: str, text: str, value: float | None
) -> None:
    loaded = load({}, environ | {f"CODEX_TUI_{variable.upper()}": text})
    assert getattr(loaded, variable) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('\nmodle = "x"', ':2: "modle" is not a key: did you mean "model"?'),
        ("model = 3", ':1: "model" must be text in quotes'),
        ("retries = true", ':1: "retries" must be a whole number, 0 or more'),
        ("retries = -1", ':1: "retries" must be a whole number, 0 or more'),
        ('idle_timeout = "soon"', ':1: "idle_timeout" must be a number of seconds, or "none"'),
        ("speed = 0", ':1: "speed" must be a number above 0, or "max"'),
        ('format = "xml"', ':1: "format" must be one of: text, json, events, summary'),
        ("record = 1", ':1: "record" must be true or false'),
        ("[profiles.a]\nurl = 1", ':2: "profiles.a.url" is not a key: '),
        ("[profiles.a]\nbase-ulr = 1", 'did you mean "base_url"?'),
        ('[profiles.a]\n\nheaders = "x"', ':3: "profiles.a.headers" must be a table of texts'),
        ("[profiles.a]\nheaders.x = 1", ':2: "profiles.a.headers" must be a table of texts'),
        ("[profiles.a]\nconversation = 'all'", 'must be "resend" or "previous_response_id"'),
        ("[profiles.a]\nunanswered_calls = 'run'", 'must be "branch" or "answer"'),
        ("[profiles]\na = 1", ':2: "profiles.a" must be a table: [profiles.a]'),
        ("keys = 1", ':1: "keys" must be a table: [keys]'),
        ("[keys]\nsend = 1", ':2: "keys.send" must be a key, or a list of keys, in quotes'),
        ("keep_days = 1", ':1: "keep_days" is not a key'),
        ('model = "m"\nidle-timeout = "x"', ':2: "idle_timeout" must be a number of seconds'),
        ('[sessions]\n\nkeep-days = "x"', ':3: "sessions.keep_days" must be a number of days'),
        ("[profiles.a-b]\nmodel = 1", ':2: "profiles.a-b.model" must be text in quotes'),
        ('[profiles]\n"a b" . model = 1', ':2: "profiles.a b.model" must be text in quotes'),
        ('instructions = """\nmodle = 1\n"""\nmodle = 1', ':4: "modle" is not a key'),
        ("[profiles.a]\n\nbody = { n = nan }", ':3: "profiles.a.body" must be a table, without'),
        ("[sessions]\nkeep_day = 1", ':2: "sessions.keep_day" is not a key: did you mean'),
        ('[sessions]\nkeep_days = "x"', ':2: "sessions.keep_days" must be a number of days'),
        ('[sessions]\nmax_size = "2 GX"', ':2: "sessions.max_size" must be a size as "2 GB"'),
        ("sessions = 1", ':1: "sessions" must be a table: [sessions]'),
        ('\ndata_dir = "~no-such-user/x"', ':2: "data_dir" begins with ~no-such-user, and nobody'),
        ("model = \n", ":1: not TOML: "),
        ("model = [", "not TOML"),
        ('"a\\nb" = 1', '"a␊b" is not a key'),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_cure(
    environ: dict[str, str], text: str, says: str
) -> None:
    assert says in complaint(environ, text)


def test_a_number_beyond_all_floats_is_a_mistake(environ: dict[str, str]) -> None:
    assert "must be a number of seconds" in complaint(environ, f"idle_timeout = 1{'0' * 400}")


def test_a_wrong_variable_is_named(environ: dict[str, str]) -> None:
    environ["CODEX_TUI_RETRIES"] = "often"
    assert complaint(environ) == "CODEX_TUI_RETRIES: must be a whole number, 0 or more"


def test_a_wrong_flag_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"^--connect-timeout: must be a number of seconds"):
        load({"connect_timeout": "soon"}, environ)


def test_a_config_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere.toml: no such file"):
        load({}, {"CODEX_TUI_CONFIG": str(tmp_path / "nowhere.toml")})


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00", b"a = " + b"[" * 5000 + b"]" * 5000, b"retries = " + b"1" * 5000],
    ids=["bytes", "deep", "digits"],
)
def test_files_that_are_no_config_are_one_clear_line(
    environ: dict[str, str], content: bytes
) -> None:
    Path(environ["CODEX_TUI_CONFIG"]).write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load({}, environ)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_config_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read: Is a directory"):
        load({}, {"CODEX_TUI_CONFIG": str(tmp_path)})


@pytest.mark.skipif(os.name == "nt", reason="it has no such device")
def test_a_config_that_has_no_end_is_none() -> None:
    with pytest.raises(ConfigError, match="larger than 1 MB"):
        load({}, {"CODEX_TUI_CONFIG": "/dev/zero"})


def test_a_profile_is_read_with_other_programs_words_too(environ: dict[str, str]) -> None:
    path = write(
        environ,
        """
        [profiles.azure]
        base_url = "https://x.openai.azure.com/openai/v1"
        api-key-env = "AZURE_KEY"
        auth_header = "api-key"
        headers = { x-team = "$TEAM" }
        tools = "tools.json"
        body = { since = 2026-11-22, temperature = 0, metadata = { a = "b" } }
        [profiles.azure.query]
        api-version = "preview"
        """,
    )
    azure = load({}, environ).profiles["azure"]
    assert (azure.name, azure.key_variable, azure.auth_header) == ("azure", "AZURE_KEY", "api-key")
    assert azure.headers == {"x-team": "$TEAM"}
    assert azure.query == {"api-version": "preview"}
    assert azure.tools == path.parent / "tools.json"
    assert azure.body == {"since": "2026-11-22", "temperature": 0, "metadata": {"a": "b"}}


def test_keys_are_bound_by_one_or_by_a_list(environ: dict[str, str]) -> None:
    write(environ, '[keys]\nsend = "f5"\nquit = ["ctrl+q", "f10"]')
    assert load({}, environ).keys == {"send": "f5", "quit": "ctrl+q,f10"}


def test_paths_in_the_file_are_relative_to_it(environ: dict[str, str]) -> None:
    path = write(environ, 'tools = "t.json"\nbody = "/b.json"\ndata_dir = "data"')
    loaded = load({}, environ)
    assert loaded.tools == path.parent / "t.json"
    assert loaded.body == Path("/b.json")
    assert loaded.paths.sessions == path.parent / "data" / "sessions"


def test_home_folders_are_filled_in_wherever_a_path_stands(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    write(environ, 'tools = "~/t.json"\n[profiles.a]\ntools = "~/a.json"')
    loaded = load({"body": "~/b.json"}, environ)
    found = (loaded.tools, loaded.body, loaded.profiles["a"].tools)
    assert found == tuple(tmp_path / "me" / name for name in ("t.json", "b.json", "a.json"))


def test_a_home_folder_that_nobody_knows_is_one_clear_line(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"^--data-dir: begins with ~no-such-user, and nobody"):
        load({"data_dir": "~no-such-user/x"}, environ)
    with pytest.raises(ConfigError, match=r"^~no-such-user/config.toml: no such file"):
        load({}, {"CODEX_TUI_CONFIG": "~no-such-user/config.toml"})


def test_themes_lie_beside_the_config_file(environ: dict[str, str], tmp_path: Path) -> None:
    assert load({}, environ).paths.themes == tmp_path / "themes"


@given(st.text())
def test_no_text_raises_anything_but_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(text, errors="surrogatepass")
    with suppress(ConfigError):
        load({}, {"CODEX_TUI_CONFIG": str(path)})


def test_a_line_is_found_under_dotted_headers_and_quoted_keys() -> None:
    text = '[profiles."a b".headers]\n"x y" = 1\n\n[keys]\nsend = 2'
    assert line_of(text, ("profiles", "a b", "headers", "x y")) == 2
    assert line_of(text, ("keys", "send")) == 5
    assert line_of(text, ("keys", "gone")) == 4
    assert line_of(text, ("gone",)) is None
