"""Which models a server has: `GET {base_url}/models`, in the shapes that servers answer with."""

from __future__ import annotations

import asyncio
import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from codex_tui.recording.mask import Mask
from codex_tui.sources.client import make_client
from codex_tui.sources.failures import FAULTS, failure_of
from codex_tui.wire.error_words import message_of, status_words

if TYPE_CHECKING:
    import httpx

    from codex_tui.sources.providers import Provider

SECONDS = 15.0
MOST_BYTES = 4 << 20
_NAMES = ("id", "slug", "model", "name")


class NoListError(Exception):
    """A server gave no list of models; the text says why, and what to do.

    Args:
        reason: Why, to be put into a sentence.
        status: The status of its answer; None where none came, or where it was a list of nothing.
        answered: Whether it answered at all.
    """

    def __init__(self, reason: str, *, status: int | None = None, answered: bool = False) -> None:
        super().__init__(f"The list of models can't be had: {reason}. Name one with --model.")
        self.reason = reason
        self.status = status
        self.answered = answered


async def list_models(
    provider: Provider, *, client: httpx.AsyncClient | None = None, seconds: float = SECONDS
) -> list[str]:
    """The names of the server's models, in its order.

    Args:
        provider: The server.
        client: The client to use, which stays open; by default one is made and closed.
        seconds: The limit for all of it.

    Raises:
        NoListError: There is no list; the text says why, and what to do.
    """
    mask = Mask(provider.secrets())
    try:
        async with asyncio.timeout(seconds):
            names = await _list(provider, client)
    except TimeoutError:
        raise NoListError(f"no answer within {seconds:g} s") from None
    except FAULTS as error:
        sentence = failure_of(error, "connecting", provider.name).sentence
        raise NoListError(mask.message(sentence.removesuffix("."))) from None
    except _RefusedError as error:
        reason = mask.message(str(error))
        raise NoListError(reason, status=error.status, answered=True) from None
    if not names:
        raise NoListError("the server's list is empty, or none that is known here", answered=True)
    return names


class _RefusedError(Exception):
    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


async def _list(provider: Provider, client: httpx.AsyncClient | None) -> list[str]:
    url = provider.url("/models", provider.models_query)
    headers = {**provider.request_headers(), "Accept": "application/json"}
    # Uncompressed, so that the bound below is one on what is held.
    headers["Accept-Encoding"] = "identity"
    opening = nullcontext(client) if client else await make_client()
    async with opening as opened, opened.stream("GET", url, headers=headers) as response:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MOST_BYTES:
                raise _RefusedError(f"it is longer than {MOST_BYTES:,} bytes", response.status_code)
    if not response.is_success:
        said = message_of(bytes(body))
        words = status_words(response.status_code)
        raise _RefusedError(f"{words}: {said}" if said else words, response.status_code)
    return names_in(bytes(body))


def names_in(body: bytes) -> list[str]:
    """The models in an answer: of OpenAI, Ollama, ChatGPT, or a bare list."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if isinstance(value, dict):
        value = next((value[name] for name in ("data", "models") if value.get(name)), [])
    models = value if isinstance(value, list) else []
    return [name for name in map(_name, models) if name]


def _name(model: Any) -> str | None:
    if isinstance(model, dict):
        model = next((model[name] for name in _NAMES if model.get(name)), None)
    return model if isinstance(model, str) else None
