"""The way to a server as the environment has it: through which proxy, with whose certificates.

And why there is none, in words: made of what is known of an error, not of its text.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECK_URL = "Check the base URL and the network."
CHECK_PROXY = "Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY."


def proxy_for(url: str) -> str:
    """The address of the proxy that the environment sends `url` through; "" for none.

    It may hold a password.
    """
    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all", "")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def proxy_of(url: str) -> str:
    """The host and port of the proxy that the environment sends `url` through; "" for none."""
    try:
        return urlsplit(proxy_for(url)).netloc.rpartition("@")[2]
    except ValueError:  # it holds no address: who connects says so
        return ""


def trusting() -> ssl.SSLContext:
    """What verifies servers, by the authorities that the environment names; it takes 28 ms.

    Raises:
        OSError: What it names can't be loaded.
    """
    try:
        return ssl.create_default_context(cafile=_authorities(), capath=_folder_of_authorities())
    except (OSError, ssl.SSLError):
        raise OSError(
            errno.EINVAL, "the file in SSL_CERT_FILE or SSL_CERT_DIR can't be loaded"
        ) from None


def _folder_of_authorities() -> str | None:
    return None if os.environ.get("SSL_CERT_FILE") else os.environ.get("SSL_CERT_DIR") or None


def _authorities() -> str | None:
    if file := os.environ.get("SSL_CERT_FILE"):
        return file
    if os.environ.get("SSL_CERT_DIR"):
        return None
    import certifi

    return certifi.where()


def why_unreached(error: BaseException, host: str) -> tuple[str, str] | None:
    """Why there is no connection to a host, and what to do; None where it is not known."""
    known = (_known_cause(cause, host) for cause in causes_of(error))
    return next(filter(None, known), None)


def _known_cause(cause: BaseException, host: str) -> tuple[str, str] | None:
    match cause:
        case ssl.SSLCertVerificationError():
            sentence = f"The certificate of {host} is not to be trusted: {cause.verify_message}."
            return sentence, "If it is yours, name its authority in SSL_CERT_FILE."
        case ssl.SSLError():
            reason = (cause.reason or "handshake failure").replace("_", " ").lower()
            sentence = f"TLS with {host} failed ({reason})."
            plain = reason in ("wrong version number", "record layer failure", "http request")
            return sentence, "Does it speak plain http:// instead?" if plain else CHECK_URL
        case socket.gaierror():
            return f"The name {host} can't be resolved: {cause.strerror}.", CHECK_URL
        case ConnectionRefusedError():
            return f"{host} refused the connection.", "Is the server running, and is it that port?"
    return None


def reason_of(error: BaseException) -> str:
    """What the system says of an error, else its text."""
    reasons = [cause.strerror for cause in causes_of(error) if isinstance(cause, OSError)]
    reason = next(filter(None, reversed(reasons)), None)
    return reason.lower() if reason else str(error) or "it was cut"


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, each once; of groups all members."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
        waiting += filter(None, (cause.__cause__, cause.__context__))
