"""What verbs that listen have in common: the port, the token of the path, and what is printed."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Literal

import click

from codex_tui.redact import Secret
from codex_tui.relay.hosts import is_loopback

if TYPE_CHECKING:
    from codex_tui.config import Settings

Telling = Literal["lines", "objects", "summary", "nothing"]
"""What is printed: a line an event of note, an object an exchange, or a line each at the end."""

_LAST_PORT = 65_535
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{8,}")


def port_of(settings: Settings, otherwise: int) -> int:
    """The port to listen on, by itself another one.

    Raises:
        click.ClickException: There is none of that number.
    """
    if (settings.port or 0) > _LAST_PORT:
        raise click.ClickException(f"--port {settings.port}: the last one is {_LAST_PORT}")
    return otherwise if settings.port is None else settings.port


def token_of(settings: Settings) -> Secret | None:
    """What paths begin with, where others than programs of this machine may ask.

    Raises:
        click.ClickException: The one that was set can't be a part of a path.
    """
    if is_loopback(settings.host):
        return None
    if settings.token is None:
        return Secret(secrets.token_urlsafe(16))
    if not _TOKEN.fullmatch(settings.token.reveal()):
        raise click.ClickException(
            "the token is a part of a path: letters, digits, - and _, eight of them at least"
        )
    return settings.token


def telling_of(settings: Settings, otherwise: Telling) -> Telling:
    """What was asked to be printed, by itself something else.

    Raises:
        click.UsageError: Two things were asked for.
    """
    lines = settings.plain and settings.origins.get("plain") == "flag"
    if settings.tap_format == "json" and lines and settings.chosen("tap_format"):
        raise click.UsageError("--plain and --format json are two things to print: which?")
    if lines:
        return "lines"
    return "objects" if settings.tap_format == "json" else otherwise
