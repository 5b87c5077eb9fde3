"""What logs in, and so must be exported nowhere."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.config import load
from codex_tui.redact import Secret
from codex_tui.sources.credentials import private_of, secrets_of

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.config import Settings


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "CODEX_HOME": str(tmp_path)}


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    return load({}, environ)


def claims(account: str) -> str:
    said = json.dumps({"https://api.openai.com/auth": {"chatgpt_account_id": account}})
    return f"e30.{urlsafe_b64encode(said.encode()).decode()}.x"


LOGINS: dict[str, dict[str, Any]] = {
    "whole": {
        "OPENAI_API_KEY": "api-key-0",
        "tokens": {
            "access_token": "access-token-1",
            "refresh_token": "refresh-token-2",
            "id_token": "id-token-3",
            "account_id": "account-4",
        },
    },
    "flat": {"access_token": "access-token-1", "refresh_token": "refresh-token-2"},
    "with a key": {"OPENAI_API_KEY": "api-key-0", "auth_mode": "apikey", "tokens": None},
    "that names its account": {"tokens": {"access_token": claims("account-4")}},
}
HELD = ("api-key-0", "access-token-1", "refresh-token-2", "id-token-3", "account-4")


@pytest.mark.parametrize("login", LOGINS.values(), ids=LOGINS)
def test_all_of_the_codex_login_is_secret(
    tmp_path: Path, settings: Settings, environ: dict[str, str], login: dict[str, Any]
) -> None:
    (tmp_path / "auth.json").write_text(json.dumps(login))
    known = secrets_of(settings, environ)
    said = json.dumps(login) + ("account-4" if "e30" in str(login) else "")
    for secret in HELD:
        assert (Secret(secret) in known) == (secret in said)
        found = private_of(settings, environ).find(f"it is {secret}!")
        assert [text.what for text in found] == ["key"] * (secret in said)


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"tokens": 3}', None])
def test_a_login_that_says_nothing_is_no_reason_to_fail(
    tmp_path: Path, settings: Settings, environ: dict[str, str], text: str | None
) -> None:
    if text is not None:
        (tmp_path / "auth.json").write_text(text)
    assert secrets_of(settings, environ) == []


def test_a_pipe_in_the_place_of_the_login_is_not_waited_for(
    tmp_path: Path, settings: Settings, environ: dict[str, str]
) -> None:
    os.mkfifo(tmp_path / "auth.json")
    assert secrets_of(settings, environ) == []
