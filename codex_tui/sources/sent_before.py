"""A recorded request as one that can be sent again from here, and why some can't be.

Nothing is made up: what of a request was not kept, or means something to its own server alone,
keeps it from being sent to another. And it is said where it went, if that is not where it goes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from codex_tui.model.prompts import call_ids_answered_by, call_names_of
from codex_tui.recording.records import over_http
from codex_tui.redact import MASK
from codex_tui.sources.providers import ProviderError

if TYPE_CHECKING:
    from codex_tui.recording.records import RequestRecord

_PATH = "/responses"


class SentAgain:
    """A request that was recorded.

    Args:
        request: The request.
        url: Where it would go now.

    Raises:
        ProviderError: It can't be sent again; the text says why.
    """

    def __init__(self, request: RequestRecord | None, url: str) -> None:
        body = request.body if request is not None else None
        if request is None or not isinstance(body, dict) or not body:
            raise ProviderError("it can't be sent again: its request was not kept whole")
        if request.url and not urlsplit(request.url).path.rstrip("/").endswith(_PATH):
            raise ProviderError(f"it can't be sent again: it asked {request.url}, another API")
        self._before, self._url = _origin(request.url), url
        self.body: dict[str, Any] = {**over_http(request).body, "stream": True}
        """What is sent."""
        if self.body.get("previous_response_id") and (keeper := self._keeper(request)):
            raise ProviderError(
                f"it can't be sent again: it goes on from a response that only {keeper}"
            )
        if missing := _unasked(self.body):
            raise ProviderError(f"it can't be sent again: it lacks the call {missing} answers")

    def _keeper(self, request: RequestRecord) -> str:
        """Who alone has the response that it goes on from; "" where that may be had again.

        A server goes on from what it keeps with any model. What it was not to keep (`store`) it has
        as long as the socket stands over which it came.
        """
        if self.is_elsewhere:
            return f"{self._before} has"
        unkept = request.on_socket and self.body.get("store") is False
        return "its socket had" if unkept else ""

    @property
    def is_elsewhere(self) -> bool:
        """Whether it would go to another server than it went to."""
        return self._before != _origin(self._url)

    def warning(self, provider: str) -> str:
        """What has to be known before it is sent; "" for nothing."""
        elsewhere = f"it was sent to {self._before or 'nobody knows whom'}; this sends it"
        elsewhere += f" to {_origin(self._url)}, with the key of {provider}"
        masked = "a credential in it is masked: put your own in its place"
        said = [elsewhere] if self.is_elsewhere else []
        said += [masked] if _has_mask(self.body) else []
        return "; ".join(said)


def is_sendable(request: RequestRecord | None, url: str) -> bool:
    """Whether a request that was recorded can be sent again, to an address."""
    try:
        SentAgain(request, url)
    except ProviderError:
        return False
    return True


def _unasked(body: dict[str, Any]) -> str:
    """The id of a call that is answered though nothing before tells of it; "" for none."""
    if body.get("previous_response_id") or body.get("conversation"):
        return ""
    told = set(call_names_of(body)) | _called(body)
    return next((call for call in sorted(call_ids_answered_by(body)) if call not in told), "")


def _called(body: dict[str, Any]) -> set[str]:
    given = body.get("input")
    items = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    calls = (item for item in items if not str(item.get("type")).endswith("_output"))
    return {str(item.get("call_id")) for item in calls if item.get("call_id")}


def _has_mask(body: dict[str, Any]) -> bool:
    return f'"{MASK}"' in json.dumps(body.get("tools", []))


def _origin(url: str) -> str:
    """The host and the port of an address; "" for none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""
