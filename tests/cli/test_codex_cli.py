"""The Codex CLI as a program under a tap: where its option goes, and which server it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from codex_tui.cli.codex_cli import first_argument, named_server, needs_terminal, with_base_url

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://127.0.0.1:8787/v1"
SET = f'openai_base_url="{URL}"'


@pytest.mark.parametrize(
    ("command", "place"),
    [
        ("codex", 1),
        ("/opt/bin/codex exec hi", 1),
        ("C:\\npm\\codex.cmd exec hi", 1),
        ("node /usr/lib/node_modules/@openai/codex/bin/codex.js exec hi", 2),
        ("npx @openai/codex exec hi", 2),
        ("npx -y @openai/codex@latest exec hi", 3),
        ("npx --yes -p @openai/codex@0.171.0 codex exec hi", 5),
        ("bunx codex exec", 2),
        ("bun x @openai/codex exec", 3),
        ("pnpm dlx @openai/codex exec", 3),
        ("yarn dlx -q @openai/codex exec", 4),
        ("pnpm exec codex exec", 3),
        ("npm exec -- @openai/codex exec", 4),
        ("npm x --yes -- codex", 5),
        ("npm exec @openai/codex -- exec hi", 4),
        ("npm exec codex exec hi", None),
        ("npm run codex", None),
        ("pnpm install codex", None),
        ("npx tsx codex", None),
        ("npx", None),
        ("node server.js codex", None),
        ("python -m codex", None),
        ("grep codex README.md", None),
        ("codex-tui codex", None),
        ("env codex exec hi", 2),
        ("env -i -u HOME RUST_LOG=debug CODEX_HOME=/a codex exec hi", 7),
        ("timeout 60 codex exec hi", 3),
        ("timeout -k 5 --signal=INT 60s codex exec hi", 6),
        ("nice -n 5 nohup npx -y codex exec hi", 7),
        ("time -p node /opt/codex.js exec hi", 4),
        ("env RUST_LOG=debug", None),
        ("env -S codex", 3),
        ("timeout codex", None),
        ("nohup grep codex README.md", None),
        ("bash -c codex", None),
    ],
)
def test_the_codex_cli_is_known_however_it_is_started(command: str, place: int | None) -> None:
    assert first_argument(command.split()) == place


@pytest.mark.parametrize(
    ("command", "changed"),
    [
        (["codex"], ["codex", "-c", SET]),
        (["codex", "exec", "hi"], ["codex", "-c", SET, "exec", "hi"]),
        (["npx", "-y", "codex", "e", "x"], ["npx", "-y", "codex", "-c", SET, "e", "x"]),
        (["env", "A=1", "codex", "e"], ["env", "A=1", "codex", "-c", SET, "e"]),
        (["python", "codex"], ["python", "codex"]),
    ],
)
def test_its_option_stands_before_all_of_its_arguments(
    command: list[str], changed: list[str]
) -> None:
    assert with_base_url(command, URL) == changed


@pytest.mark.parametrize(
    ("own", "changed"),
    [
        (["-c", 'openai_base_url="https://a.example/v1"'], ["-c", SET]),
        (["-copenai_base_url=https://a.example/v1"], [f"-c{SET}"]),
        (["-c=openai_base_url = 'https://a.example/v1'"], [f"-c={SET}"]),
        (["--config", "openai_base_url=https://a.example/v1"], ["--config", SET]),
        (["--config=openai_base_url=https://a.example/v1"], [f"--config={SET}"]),
    ],
)
@pytest.mark.parametrize("before", [[], ["exec"]])
def test_an_address_in_the_command_is_replaced_and_is_the_server(
    own: list[str], changed: list[str], before: list[str]
) -> None:
    command = ["codex", *before, *own, "-m", "gpt-5"]
    assert with_base_url(command, URL) == ["codex", *before, *changed, "-m", "gpt-5"]
    assert named_server(command, {"CODEX_HOME": "/nowhere"}) == "https://a.example/v1"


def test_a_prompt_that_speaks_of_the_option_is_none() -> None:
    command = ["codex", "exec", "--", "openai_base_url=https://a.example/v1"]
    assert with_base_url(command, URL) == ["codex", "-c", SET, *command[1:]]
    assert named_server(command, {"CODEX_HOME": "/nowhere"}) is None


def test_its_settings_name_the_server_those_of_a_profile_first(tmp_path: Path) -> None:
    environ = {"CODEX_HOME": str(tmp_path)}
    assert named_server(["codex"], environ) is None
    (tmp_path / "config.toml").write_text('openai_base_url = "https://a.example/v1"\n')
    (tmp_path / "work.config.toml").write_text('openai_base_url = "https://b.example/v1"\n')
    (tmp_path / "plain.config.toml").write_text('model = "gpt-5"\n')
    assert named_server(["codex", "exec"], environ) == "https://a.example/v1"
    assert named_server(["codex", "-p", "work"], environ) == "https://b.example/v1"
    assert named_server(["codex", "--profile=plain"], environ) == "https://a.example/v1"
    assert named_server(["codex", "-p", "../work"], environ) == "https://a.example/v1"
    assert named_server(["env", f"CODEX_HOME={tmp_path}", "codex"], {}) == "https://a.example/v1"
    assert named_server(["python", "x.py"], environ) is None
    (tmp_path / "config.toml").write_bytes(b"openai_base_url = \xff")
    assert named_server(["codex"], environ) is None


@pytest.mark.parametrize(
    ("command", "needs"),
    [
        ("codex", True),
        ("codex resume --last", True),
        ("codex -m gpt-5 exec hi", False),
        ("npx codex e hi", False),
        ("codex review", False),
        ("python agent.py", False),
    ],
)
def test_only_its_own_screen_needs_the_terminal(command: str, needs: bool) -> None:
    assert needs_terminal(command.split()) is needs
