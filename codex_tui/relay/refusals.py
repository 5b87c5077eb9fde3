"""Answers that the relay gives itself: an error in the API's shape, and then it hangs up."""

from __future__ import annotations

import json
from http import HTTPStatus


class NotPassedError(Exception):
    """Why a request is not passed on, or got no answer.

    Args:
        status: What the program is answered.
        type_: What kind of error it is, in a word.
        sentence: What happened, and what to do.
    """

    def __init__(self, status: int, type_: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.type = type_

    @property
    def sentence(self) -> str:
        """What happened, and what to do."""
        return str(self)

    def wire(self, *, with_body: bool = True) -> bytes:
        """The answer's bytes; to HEAD there is no body."""
        error = {"message": self.sentence, "type": self.type, "param": None, "code": None}
        body = json.dumps({"error": error}).encode()
        head = (
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        return head.encode() + (body if with_body else b"")
