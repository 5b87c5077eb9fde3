"""The standard (HTML, 9.2.5 and 9.2.6), word by word and slowly, to compare with."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass
class Dispatched:
    event: str
    data: str
    id: str


def dispatch_all(stream: bytes) -> list[Dispatched]:
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    *lines, _unfinished = re.split("\r\n|\r|\n", text)
    frames: list[Dispatched] = []
    data = event = last_id = id_buffer = ""
    for line in lines:
        if line == "":
            last_id = id_buffer
            if data:
                frames.append(Dispatched(event or "message", data.removesuffix("\n"), last_id))
            data = event = ""
            continue
        if line.startswith(":"):
            continue
        name, colon, value = line.partition(":")
        if colon:
            value = value.removeprefix(" ")
        if name == "event":
            event = value
        elif name == "data":
            data += value + "\n"
        elif name == "id" and "\0" not in value:
            id_buffer = value
    return frames
