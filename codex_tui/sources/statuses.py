"""HTTP statuses in words: what they are called, and what the user can do about them."""

from __future__ import annotations

from http import HTTPStatus

_NOT_TAKEN = "The server does not take this request as it is."
_AGAIN = "You can send it again."
_ADVICE = {
    400: _NOT_TAKEN,
    403: "The key, or this place, is not allowed to do this.",
    404: "Check the base URL and the model's name.",
    405: "Check the base URL.",
    408: _AGAIN,
    413: "The request is too large.",
    422: _NOT_TAKEN,
    429: _AGAIN,
}


def status_words(status: int) -> str:
    """The status and its name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def status_advice(status: int) -> str:
    """What to do about a status, as a sentence; empty where the server's words must do."""
    return _AGAIN if status >= 500 else _ADVICE.get(status, "")
