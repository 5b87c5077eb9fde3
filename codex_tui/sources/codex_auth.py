"""The login that the official Codex CLI keeps in auth.json: read, never refreshed, never written.

A refresh token can be used once: renewing the login here would log the CLI out. So an expired login
is told to the user, with the command that renews it.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from codex_tui.config.paths import expanded
from codex_tui.redact import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CLAIMS = "https://api.openai.com/auth"
_MOST_BYTES = 1_000_000
_LATEST = 10**20
_SECRETS = ("OPENAI_API_KEY", "access_token", "refresh_token", "id_token", "account_id")


class AuthFileError(Exception):
    """auth.json is there, but can't be used; the text is a sentence that says what to do."""


class CodexLogin(Struct, frozen=True):
    """What auth.json holds: a ChatGPT login, or an API key.

    Attributes:
        token: The access token of a ChatGPT login.
        account_id: The ChatGPT account that the token belongs to.
        expires_at: When the token expires, in seconds since the epoch; None if nothing says so.
        api_key: An OpenAI API key, where the CLI was logged in with one.
    """

    token: Secret | None = None
    account_id: Secret | None = None
    expires_at: float | None = None
    api_key: Secret | None = None

    def expired(self, now: float) -> bool:
        """Whether the token is of no use at a time, in seconds since the epoch."""
        return self.expires_at is not None and self.expires_at <= now


def auth_file(environ: Mapping[str, str]) -> Path:
    """Where the CLI keeps its login."""
    return codex_home(environ) / "auth.json"


def codex_home(environ: Mapping[str, str]) -> Path:
    """The CLI's own folder: CODEX_HOME, by default ~/.codex."""
    return expanded(environ.get("CODEX_HOME") or "~/.codex")


def read_login(path: Path) -> CodexLogin | None:
    """The login in auth.json; None where there is no such file.

    Both forms are read: the CLI's own, with its `tokens`, and the flat one of codex_open_client.

    Raises:
        AuthFileError: The file can't be read, or holds no login.
    """
    data = _read(path)
    if data is None:
        return None
    login = _login(data)
    if login.token is None and login.api_key is None:
        raise AuthFileError(f"{path} holds no login. Run `codex login`.")
    return login


def login_secrets(path: Path) -> list[Secret]:
    """All that the login in auth.json consists of, whatever it is used for; it never raises."""
    try:
        data = (_read(path) if path.is_file() else None) or {}
    except (AuthFileError, OSError):
        return []
    tokens = data.get("tokens")
    held = data | tokens if isinstance(tokens, dict) else data
    found = [*map(_secret, map(held.get, _SECRETS)), _login(data).account_id]
    return [secret for secret in found if secret]


def _read(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(_MOST_BYTES))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AuthFileError(f"{path} can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise AuthFileError(f"{path} is not JSON. Run `codex login` to write it anew.") from None
    return data if isinstance(data, dict) else {}


def _login(data: dict[str, Any]) -> CodexLogin:
    tokens = data.get("tokens")
    if not isinstance(tokens, dict):
        tokens = data
    api_key = _secret(data.get("OPENAI_API_KEY"))
    token = _secret(tokens.get("access_token"))
    if token is None or data.get("auth_mode") == "apikey":
        return CodexLogin(api_key=api_key)
    claims = _claims(token)
    return CodexLogin(
        token=token,
        account_id=_secret(tokens.get("account_id")) or _account(claims, tokens.get("id_token")),
        expires_at=_time(claims.get("exp")) or _time(tokens.get("expires_at")),
        api_key=api_key,
    )


def _secret(value: object) -> Secret | None:
    return Secret(value.strip()) if isinstance(value, str) and value.strip() else None


def _account(claims: dict[str, Any], id_token: object) -> Secret | None:
    for held in (claims, _claims(_secret(id_token))):
        auth = held.get(_CLAIMS)
        if isinstance(auth, dict):
            return _secret(auth.get("chatgpt_account_id") or auth.get("account_id"))
    return None


def _claims(token: Secret | None) -> dict[str, Any]:
    """The payload of a JSON Web Token, unverified: only its server can verify it."""
    _, _, rest = token.reveal().partition(".") if token else ("", "", "")
    payload = rest.partition(".")[0]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _time(value: object) -> float | None:
    """Seconds since the epoch, of seconds, of milliseconds, or of ISO 8601."""
    match value:
        case bool():
            return None
        case int() | float():
            # Beyond this a number of seconds would lie in the year 5138: it is milliseconds.
            value = max(min(value, _LATEST), -_LATEST)
            return float(value if value < 1e11 else value / 1000)
        case str():
            return _iso_time(value)
        case _:
            return None


def _iso_time(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
