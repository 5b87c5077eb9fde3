"""HTTP statuses in words: what they are called, and what the user can do about them."""

from __future__ import annotations

from http import HTTPStatus

_NOT_TAKEN = "The server does not take this request as it is: change it."
_AGAIN = "You can send it again."
_ADVICE = {
    400: _NOT_TAKEN,
    402: "Check the account's balance.",
    403: "The key, or this place, is not allowed to do this: try another key or model.",
    404: "Check the base URL and the model's name.",
    405: "Check the base URL.",
    407: "Check the user name and the password of the proxy.",
    408: _AGAIN,
    409: _AGAIN,
    413: "The request is too large: begin another conversation, or send less.",
    422: _NOT_TAKEN,
    425: _AGAIN,
    429: _AGAIN,
}


def status_words(status: int) -> str:
    """The status and its name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def status_advice(status: int) -> str:
    """What to do about a status, as a sentence."""
    if status >= 500:
        return _AGAIN
    return _ADVICE.get(status, _NOT_TAKEN if status >= 400 else "Check the base URL.")
