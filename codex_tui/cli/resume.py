"""`codex-tui resume` and `codex-tui cancel`: a response that its server makes in the background."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import click

from codex_tui.cli.output import say
from codex_tui.cli.run import listen, refuse_demo
from codex_tui.sources.backend import Backend
from codex_tui.sources.background import cancel_response
from codex_tui.sources.heard import HeardSoFar
from codex_tui.sources.providers import ProviderError

if TYPE_CHECKING:
    from codex_tui.config import Settings


def resume(settings: Settings, response: str) -> int:
    """Print what comes of a response from an event on; the exit codes are those of `run`.

    Raises:
        click.ClickException: There is no provider, or no id.
        ProviderError: What the settings name can't be used.
    """
    backend = _backend(settings, response)
    heard = HeardSoFar(response, settings.after)
    return asyncio.run(listen(settings, backend, heard))


def cancel(settings: Settings, response: str) -> int:
    """Have a server make a response no further.

    Raises:
        click.ClickException: There is no provider, or no id, or the server refuses it.
        ProviderError: What the settings name can't be used.
    """
    backend = _backend(settings, response)
    try:
        status = asyncio.run(cancel_response(backend.server, response))
    except ProviderError as error:
        raise click.ClickException(f"{response} is not cancelled: {error}") from None
    say(f"{response}: {status}")
    return 0


def _backend(settings: Settings, response: str) -> Backend:
    if not response.strip():
        raise click.UsageError("name the response by its id, as resp_…")
    backend = Backend(settings, os.environ)
    refuse_demo(settings, backend)
    if backend.is_demo:
        raise click.ClickException("the demo makes nothing in the background")
    return backend
