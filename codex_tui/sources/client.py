"""The HTTP client that live sources use, and its silence.

Nothing is kept between requests: a connection that is used again may have been closed meanwhile by
the server, and a request that is sent once can't find that out.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import ssl
from functools import lru_cache
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import anyio.lowlevel
import httpx

# Their INFO and DEBUG lines hold URLs with queries and the headers of answers.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    # anyio imports its backend when it is first used, which would count as the server's time.
    asyncio.run(anyio.lowlevel.checkpoint())
    return httpx.create_ssl_context()


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
    try:
        context = await asyncio.to_thread(_ssl_context)
    except (OSError, ssl.SSLError):
        raise OSError(
            errno.EINVAL, "the file in SSL_CERT_FILE or SSL_CERT_DIR can't be loaded"
        ) from None
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


def proxy_of(url: str) -> str:
    """The host and port of the proxy that the environment sends `url` through; "" for none."""
    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all", "")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return ""
    try:
        return urlsplit(proxy if "://" in proxy else f"//{proxy}").netloc.rpartition("@")[2]
    except ValueError:  # it holds no address: `make_client` says so
        return ""
