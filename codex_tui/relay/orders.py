"""What passes between a tap and its relay: orders to it, and lines of JSON both ways.

The first line to the relay is its `Orders`; later ones are the tap's `Word`s. What the relay tells
is one object a line. Neither goes over an argument, where whoever lists processes would read it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Orders(Struct, frozen=True, omit_defaults=True):
    """What a relay is to do.

    Attributes:
        host: The address to listen on.
        port: The port; 0 for a free one.
        data: The folder of recordings, taps and trash.
        to: The server; None where the first request says it.
        allow_hosts: Further names of this machine that are accepted.
        allow_origins: Web pages that may send requests.
        token: What paths begin with; "" for none.
        record: Whether recordings are kept.
        max_size: Bytes that the recordings of this tap may have; None for any number.
        spec: Whose rules streams are checked by.
        ignore: Rules that are not spoken of.
        command: The program that it listens for; empty for whichever comes.
    """

    host: str
    port: int
    data: str
    to: str | None = None
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    token: str = ""
    record: bool = True
    max_size: int | None = None
    spec: Literal["openai", "open-responses", "lenient"] = "openai"
    ignore: tuple[str, ...] = ()
    command: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Orders({self.host!r}, {self.port!r})"  # a token may stand in it


class Word(Struct, frozen=True, omit_defaults=True):
    """What a tap says later.

    Attributes:
        child: The number of the program's process, once it runs.
        finish: Seconds in which what is under way may end; then all is closed. None before that.
    """

    child: int | None = None
    finish: float | None = None
