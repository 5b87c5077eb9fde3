"""What a tap says on stderr: what to set, what became of its relay, and why nothing came."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from codex_tui.cli import codex_cli
from codex_tui.cli.tapped_program import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def what_to_set(url: str) -> Iterator[str]:
    """What another terminal is to type, so that a program comes by: three lines to copy."""
    base = url.removesuffix("/v1")
    near = ",".join(dict.fromkeys((*LOCAL, urlsplit(url).hostname or LOCAL[0])))
    yield f"export OPENAI_BASE_URL={url} OPENAI_API_BASE={url}"
    yield f"export ANTHROPIC_BASE_URL={base} NO_PROXY={near}${{NO_PROXY:+,$NO_PROXY}}"
    yield f"codex -c 'openai_base_url=\"{url}\"'"


def relay_ended(code: int) -> str:
    """That the relay is gone, and what that means."""
    how = f"was killed by {_signal(-code)}" if code < 0 else f"ended with code {code}"
    return f"the relay {how}: nothing was passed on after that, and an open stream is cut off"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def nothing_came(command: Sequence[str]) -> str:
    """Why no exchange may have come."""
    if command and codex_cli.first_argument(command) is not None:
        return (
            "nothing came through the tap: does config.toml of the Codex CLI name another"
            " model_provider, or did its background server answer (--no-daemon leaves that out)?"
        )
    if any("codex" in word for word in command):
        return (
            "nothing came through the tap: the Codex CLI is known where the command begins with it,"
            " as in `codex-tui tap -- codex`"
        )
    where = f"does {command[0]} read" if command else "did a program read"
    return f"nothing came through the tap: {where} OPENAI_BASE_URL or ANTHROPIC_BASE_URL?"
