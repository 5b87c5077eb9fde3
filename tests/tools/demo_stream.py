"""A server's side of one demo recording: events in the order and the shape of the Responses API.

Nothing here is random: all that looks so comes from a generator seeded with the file's name.
"""

from __future__ import annotations

import json
import random
import re
import string
from typing import Any

CREATED = 1_795_382_045
"""When the demo's responses were made, in seconds since 1970: 2026-11-22, 21:14:05 UTC."""

RESPONSE: dict[str, Any] = json.loads("""{
  "id": null, "object": "response", "created_at": 1795382045, "status": null,
  "background": false, "completed_at": null, "error": null, "frequency_penalty": 0.0,
  "incomplete_details": null, "instructions": null, "max_output_tokens": null,
  "max_tool_calls": null, "model": null, "output": [], "parallel_tool_calls": true,
  "presence_penalty": 0.0, "previous_response_id": null, "prompt_cache_key": null,
  "prompt_cache_retention": "in_memory", "reasoning": null, "safety_identifier": null,
  "service_tier": "default", "store": false, "temperature": 1.0,
  "text": {"format": {"type": "text"}, "verbosity": "medium"}, "tool_choice": "auto",
  "tools": [], "top_logprobs": 0, "top_p": 1.0, "truncation": "disabled", "usage": null,
  "user": null, "metadata": {}
}""")
"""A response object with every field that the API sends, in its order."""

_TOKEN = re.compile(r"\n+| ?[A-Za-zÀ-ÿ]{1,9}| ?\d{1,3}| ?[^\sA-Za-z\dÀ-ÿ]{1,4}|[ \t]+")
_ALPHABET = string.ascii_letters + string.digits


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class Tape:
    """The lines of a recording, and the time that passes between them."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.t = 0.0
        self.read = 0
        self._blocks: list[str] = []
        self._arrived = True

    def note(self, name: str, value: dict[str, Any]) -> None:
        self._blocks.append(f": codex-tui {name}{compact(value)}\n")

    def block(self, *lines: str) -> None:
        """Add a frame; it belongs to a new read if time has passed since the last one."""
        if self._arrived:
            self.read += 1
            self._arrived = False
        self._blocks.append(
            f": codex-tui t={self.t:.6f} read={self.read}\n" + "".join(f"{x}\n" for x in lines)
        )

    def comment(self, text: str) -> None:
        self.block(f":{text}")

    def wait(self, seconds: float) -> None:
        """Let time pass, never by a round number."""
        self.t += seconds * self.dice.uniform(0.985, 1.03)
        self._arrived = True

    def text(self) -> str:
        return "".join(f"{block}\n" for block in self._blocks)


class Stream:
    """The response that is being streamed, and the tape that it is recorded on."""

    def __init__(self, name: str, body: dict[str, Any]) -> None:
        self.dice = random.Random(name)  # noqa: S311
        self.tape = Tape(self.dice)
        self.request_id = f"req_{self.hexes(32)}"
        self.error: dict[str, str] | None = None
        self._body = body
        self._family = self.hexes(16) + "01"
        self._response_id = self._id("resp")
        self._sequence = 0
        self._output: list[dict[str, Any]] = []
        self._begin()

    def _begin(self) -> None:
        wall = "2026-11-22T21:14:05.000Z"
        recording = {"version": 1, "id": self._ulid(), "created": wall, "tool": "codex-tui demo"}
        self.tape.note("", recording)
        request = {
            "n": 1,
            "wall": wall,
            "method": "POST",
            "url": "https://demo.invalid/v1/responses",
            "headers": {"accept": "text/event-stream", "content-type": "application/json"},
            "body": self._body,
        }
        self.tape.note("request ", request)
        self.tape.wait(0.34)
        headers = {
            "content-type": "text/event-stream; charset=utf-8",
            "openai-processing-ms": "61",
            "x-request-id": self.request_id,
        }
        t = round(self.tape.t, 6)
        self.tape.note("response ", {"n": 1, "t": t, "status": 200, "headers": headers})
        self.tape.wait(0.004)
        for kind in ("response.created", "response.in_progress"):
            self.send(kind, response=self._response("in_progress"))

    # -- events

    def send(self, kind: str, **fields: Any) -> None:
        """Send an event; fields stand in the order in which the API sends them: sorted."""
        ordered = dict(sorted({**fields, "sequence_number": self._sequence}.items()))
        self._sequence += 1
        self.tape.block(f"event: {kind}", f"data: {compact({'type': kind, **ordered})}")

    def send_raw(self, kind: str, data: str) -> None:
        self.send(kind, **json.loads(data))

    def deltas(self, kind: str, text: str, rate: float, **fields: Any) -> None:
        """Send a text token by token, at so many tokens a second, as unevenly as a network."""
        for token in self._tokens(text):
            self._pace(rate)
            padding = "".join(self.dice.choices(_ALPHABET, k=16 - len(token) % 16))
            self.send(kind, **fields, delta=token, obfuscation=padding)
        self.tape.wait(0.012)

    def _tokens(self, text: str) -> list[str]:
        tokens = _TOKEN.findall(text)
        if "".join(tokens) != text:
            raise ValueError(f"a character has no token: {text!r}")
        return tokens

    def _pace(self, rate: float) -> None:
        # One token in four comes in the packet of the one before; one in forty is late.
        luck = self.dice.random()
        if luck > 0.25:
            late = 5.0 if luck > 0.975 else 1.0
            self.tape.wait(late * self.dice.lognormvariate(0.0, 0.35) / rate / 0.93)

    # -- items

    def open(self, prefix: str, kind: str, **fields: Any) -> tuple[int, dict[str, Any]]:
        """Add an output item; returns its index and the item."""
        item = {"id": self._id(prefix), "type": kind, **fields}
        index = len(self._output)
        self._output.append(item)
        self.send("response.output_item.added", item=item, output_index=index)
        return index, item

    def close(self, index: int, item: dict[str, Any]) -> None:
        self._output[index] = item
        self.send("response.output_item.done", item=item, output_index=index)

    def finish(self, script: dict[str, Any]) -> None:
        """Send the terminal event and note how it ended."""
        status = "failed" if self.error else "completed"
        response = self._response(status)
        if not self.error:
            done = {"completed_at": CREATED + round(self.tape.t), "output": self._output}
            response |= {**done, "usage": self._usage(script)}
        self.send(f"response.{status}", response=response)
        detail = self.error and f"{self.error['message']} ({self.error['code']})"
        self.tape.t += 0.001
        t = round(self.tape.t, 6)
        self.tape.note("end ", {"n": 1, "t": t, "how": status, "detail": detail})

    def _usage(self, script: dict[str, Any]) -> dict[str, Any]:
        visible = [
            compact(item.get("content") or item.get("arguments", "")) for item in self._output
        ]
        thought = script["reasoning_tokens"]
        written = len(self._tokens(" ".join(visible))) + thought
        return {
            "input_tokens": script["input_tokens"],
            "input_tokens_details": {"cached_tokens": script["cached_tokens"]},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": thought},
            "total_tokens": script["input_tokens"] + written,
        }

    def _response(self, status: str) -> dict[str, Any]:
        return RESPONSE | {
            "id": self._response_id,
            "status": status,
            "error": self.error,
            "model": self._body["model"],
            "reasoning": self._body["reasoning"],
            "tools": self._body.get("tools", []),
        }

    # -- what looks random

    def hexes(self, count: int) -> str:
        return "".join(self.dice.choices("0123456789abcdef", k=count))

    def call_id(self) -> str:
        return "call_" + "".join(self.dice.choices(_ALPHABET, k=24))

    def secret(self) -> str:
        """Encrypted reasoning, as opaque as the real one, but short."""
        return "gAAAAABq" + "".join(self.dice.choices(_ALPHABET + "-_", k=312)) + "=="

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{self._family}{CREATED + int(self.tape.t):08x}{self.hexes(24)}"

    def _ulid(self) -> str:
        return "01KD" + "".join(self.dice.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=22))
