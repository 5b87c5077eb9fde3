"""The HTTP client that live sources use, and its silence.

Nothing is kept between requests: a connection that is used again may have been closed meanwhile by
the server, and a request that is sent once can't find that out.
"""

from __future__ import annotations

import asyncio
import errno
import logging
from functools import lru_cache
from typing import TYPE_CHECKING

import anyio.lowlevel
import httpx

from codex_tui.network import trusting

if TYPE_CHECKING:
    import ssl

# Their INFO and DEBUG lines hold URLs with queries and the headers of answers.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    # anyio imports its backend when it is first used, which would count as the server's time.
    asyncio.run(anyio.lowlevel.checkpoint())
    return trusting()


async def make_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """A client with no time-outs of its own, which follows no redirects and knows the proxies.

    What takes long to make is made in a thread, once in a process: the SSL context, 28 ms.

    Args:
        transport: What stands in for the network, as the demo does.

    Raises:
        OSError: Variables that name certificates or proxies can't be used.
    """
    forever, hooks = httpx.Timeout(None), {"response": [_set_aside]}
    if transport is not None:
        return httpx.AsyncClient(transport=transport, timeout=forever, event_hooks=hooks)
    context = await asyncio.to_thread(_ssl_context)
    limits = httpx.Limits(max_keepalive_connections=0)
    try:
        return httpx.AsyncClient(verify=context, timeout=forever, limits=limits, event_hooks=hooks)
    except (ValueError, ImportError, httpx.InvalidURL):
        raise OSError(
            errno.EINVAL, "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY holds no address of a proxy"
        ) from None


async def _set_aside(response: httpx.Response) -> None:
    """Take away a `Location` that httpx can't read, since it raises in the place of the answer."""
    location = response.headers.get("location")
    if location is None or _is_reachable(response.url, location):
        return
    del response.headers["location"]
    response.extensions["location"] = location


def _is_reachable(base: httpx.URL, location: str) -> bool:
    try:
        url = base.join(location)
        return url.scheme in ("http", "https") and bool(url.host)
    except (httpx.InvalidURL, ValueError):
        return False


def location_of(response: httpx.Response) -> str:
    """Where an answer points to, in the server's words; "" where it doesn't."""
    return str(response.extensions.get("location") or response.headers.get("location", ""))
