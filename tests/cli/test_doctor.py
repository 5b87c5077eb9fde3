"""`codex-tui doctor`: each finding, and no key in any."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from tests.servers import Handler, Peer, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli, Result

KEY = "sk-proj-canary0123456789canary0123456789"


def findings(result: Result) -> dict[str, str]:
    """The sign and the text of each topic, the texts of one topic together."""
    found: dict[str, str] = {}
    for line in result.out.decode().splitlines():
        sign, topic, text = line.split(maxsplit=2)
        found[topic] = f"{found.get(topic, '')}{sign}: {text}\n"
    return found


def config(home: Path, text: str) -> Path:
    path = home / "config" / "codex-tui" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def answering(status: int) -> Handler:
    """A server of one model, or of an error that repeats the key."""

    async def handler(peer: Peer) -> None:
        body = {"data": [{"id": "a-model"}]} if status == 200 else {"error": {"message": KEY}}
        await peer.reply_json(status, body)

    return handler


async def examined(cli: Cli, status: int) -> Result:
    """What the doctor says of a server that answers with a status."""
    async with serving(answering(status)) as server:
        return await asyncio.to_thread(cli, "doctor", "--base-url", server.url)


def test_a_new_user_is_told_how_to_connect_and_nothing_is_wrong(cli: Cli, home: Path) -> None:
    result = cli("doctor")
    found = findings(result)
    assert result.code == 0
    assert found["provider"].startswith("note: none: the embedded demo answers; to connect: set")
    assert "codex-tui 0." in found["versions"]
    assert "textual 8." in found["versions"]
    assert "will be made" in found["sessions"]
    assert "OPENAI_API_KEY: not set" in found["key"]
    assert not (home / "data").exists(), "looking must make nothing"


async def test_a_key_is_said_to_be_there_and_never_what_it_is(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    result = await examined(cli, 401)
    assert "OPENAI_API_KEY: set" in findings(result)["key"]
    assert KEY not in result.out.decode() + result.err


async def test_a_server_that_refuses_the_key_is_wrong_and_the_advice_names_the_variable(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another-key-0123456789")
    result = await examined(cli, 401)
    assert result.code == 1
    found = findings(result)["server"]
    assert found.startswith("wrong: it refuses: 401")
    assert "check the key in OPENAI_API_KEY" in found


@pytest.mark.parametrize(
    ("status", "sign", "words"),
    [
        (200, "ok", "it answers, with 1 model"),
        (404, "ok", "it answers, without a list of models; name a model with -m"),
        (503, "wrong", "it answers: 503"),
    ],
)
async def test_a_server_is_asked_for_its_models(
    cli: Cli, status: int, sign: str, words: str
) -> None:
    result = await examined(cli, status)
    assert findings(result)["server"].startswith(f"{sign}: {words}")
    assert result.code == (sign == "wrong")


def test_a_server_that_is_not_there_is_wrong(cli: Cli) -> None:
    result = cli("doctor", "--base-url", "http://127.0.0.1:1/v1")
    assert result.code == 1
    assert "refused the connection" in findings(result)["server"]


def test_a_broken_configuration_is_a_finding_and_not_the_end(cli: Cli, home: Path) -> None:
    path = config(home, 'model = "gpt-5"\nthem = "nord"\n')
    result = cli("doctor")
    found = findings(result)
    assert result.code == 1
    assert found["config"].startswith(f'wrong: {path}:2: "them" is not a key')
    assert "disk" in found


def test_a_profile_whose_key_is_missing_is_noted(cli: Cli, home: Path) -> None:
    config(home, '[profiles.azure]\nbase_url = "https://x.test/v1"\nkey_variable = "AZURE_KEY"\n')
    result = cli("doctor")
    assert "note: AZURE_KEY (profile azure): not set; export AZURE_KEY" in findings(result)["key"]
    assert result.code == 0


def test_a_profile_in_use_that_cannot_be_used_is_wrong(cli: Cli) -> None:
    result = cli("doctor", "-p", "nowhere")
    assert result.code == 1
    assert findings(result)["provider"].startswith('wrong: There is no profile "nowhere"')


def test_a_folder_of_recordings_that_others_may_read_is_wrong(cli: Cli, home: Path) -> None:
    sessions = home / "data" / "codex-tui" / "sessions"
    sessions.mkdir(parents=True)
    sessions.chmod(0o755)
    result = cli("doctor")
    assert result.code == 1
    assert f"others may read it (0755); chmod 700 {sessions}" in findings(result)["sessions"]


def test_a_file_where_a_folder_must_be_is_wrong(cli: Cli, home: Path) -> None:
    (home / "data").write_text("in the way")
    result = cli("doctor")
    assert result.code == 1
    assert findings(result)["sessions"].startswith(f"wrong: {home / 'data'} is no folder")


def test_a_link_that_leads_nowhere_is_wrong_and_not_the_end(cli: Cli, home: Path) -> None:
    (home / "data").symlink_to(home / "gone")
    found = findings(cli("doctor"))
    assert found["sessions"].startswith(f"wrong: {home / 'data'} is no folder")
    assert "provider" in found


def test_an_expired_login_says_what_renews_it(cli: Cli, home: Path) -> None:
    (home / "codex").mkdir()
    login = {"tokens": {"access_token": KEY, "expires_at": 1}}
    (home / "codex" / "auth.json").write_text(json.dumps(login))
    result = cli("doctor")
    assert "has expired; `codex login`" in findings(result)["key"]
    assert KEY not in result.out.decode()


def test_what_the_terminal_lacks_is_noted(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "a socket")
    monkeypatch.setenv("NO_COLOR", "1")
    found = findings(cli("doctor"))
    assert "set-clipboard" in found["clipboard"]
    assert found["colours"].startswith("ok: none, since NO_COLOR is set")
