"""The probes as data: what each sends, and what shows that it is supported.

Each request names the most that it may cost, and all of a probe stay below a few hundred tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from codex_tui.conform import evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from codex_tui.config.profiles import Conversation
    from codex_tui.conform.evidence import Evidence, Heard

Way = Literal["request", "socket", "retrieve", "resume"]
_MOST = 200
_NUMBER = evidence.REMEMBERED

_WEATHER: dict[str, Any] = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
_TOOL: dict[str, Any] = {"tools": [_WEATHER]}


class Step(Struct, frozen=True):
    """One request of a probe.

    Attributes:
        says: What the user says; None where the outputs of calls are sent.
        fields: What is laid over the request, as RFC 7396 says.
        most: The most tokens that the answer may have.
        gives: What each call of the answer before gave.
        conversation: How the answers before are told; None as the settings say.
        anew: Whether it goes on from nothing.
        leaves: Whether the client leaves when the first piece of a text has come.
        way: How it is asked: by a request, over a WebSocket, or for the response before, whole or
            what is left of its stream.
    """

    says: str | None
    fields: Mapping[str, Any] = {}
    most: int = _MOST
    gives: str = ""
    conversation: Conversation | None = None
    anew: bool = False
    leaves: bool = False
    way: Way = "request"


class Probe(Struct, frozen=True):
    """One thing that a server may be able to do.

    Attributes:
        name: What it is called: on the command line, in tables, as the title of its recording.
        steps: Its requests, one after the other.
        shows: Reads from the answers whether it is supported.
        basic: Whether all else stands on it: where it is refused nothing can be tried.
        may_refuse: Whether to be refused is one of the answers that it waits for.
    """

    name: str
    steps: Sequence[Step]
    shows: Callable[[Sequence[Heard]], Evidence]
    basic: bool = False
    may_refuse: bool = False


_OK = Step("Answer with the one word OK.", anew=True)
_REMEMBER = Step(f"Remember the number {_NUMBER}. Answer with OK.")
_RECALL = "Which number was it? Answer with the number alone."
_FOR_A_TOOL = "What is the weather in Oslo? Ask get_weather."

PROBES: dict[str, Probe] = {
    probe.name: probe
    for probe in (
        Probe("plain", (_OK,), evidence.text, basic=True),
        Probe(
            "reasoning",
            (
                Step(
                    "Is 17 times 3 more than 50? Answer yes or no.",
                    {"reasoning": {"effort": "low", "summary": "auto"}},
                    most=300,
                ),
            ),
            evidence.reasoning,
        ),
        Probe("tool", (Step(_FOR_A_TOOL, _TOOL),), evidence.call),
        Probe(
            "parallel-tools",
            (
                Step(
                    "What is the weather in Oslo, and in Lima? Ask get_weather for both at once.",
                    {**_TOOL, "parallel_tool_calls": True},
                ),
            ),
            evidence.parallel_calls,
        ),
        Probe(
            "tool-round-trip",
            (
                Step(_FOR_A_TOOL, _TOOL),
                Step(None, _TOOL, gives='{"weather": "snow"}', conversation="resend"),
            ),
            evidence.round_trip,
        ),
        Probe(
            "resend",
            (_REMEMBER, Step(_RECALL, conversation="resend")),
            evidence.memory,
        ),
        Probe(
            "previous-response",
            (_REMEMBER, Step(_RECALL, conversation="previous_response_id")),
            evidence.memory_of_the_server,
        ),
        Probe(
            "max-output-tokens",
            (Step("Write the numbers from 1 to 200 in words.", most=16),),
            evidence.limit,
        ),
        Probe("bad-request", (Step("", {"input": 7}, most=16),), evidence.refusal, may_refuse=True),
        Probe(
            "unknown-field",
            (Step("Answer with the one word OK.", {"codex_tui_probe": True}),),
            evidence.unknown_field,
            may_refuse=True,
        ),
        Probe(
            "cancel",
            (Step("Write the numbers from 1 to 100 in words.", leaves=True), _OK),
            evidence.cancel,
        ),
        Probe(
            "websocket",
            (
                msgspec.structs.replace(_REMEMBER, way="socket", anew=True),
                Step(_RECALL, conversation="previous_response_id", way="socket"),
            ),
            evidence.socket,
            may_refuse=True,
        ),
        Probe(
            "retrieve",
            (Step(_OK.says, {"store": True}, anew=True), Step(None, way="retrieve")),
            evidence.retrieved,
            may_refuse=True,
        ),
        Probe(
            "resume",
            (
                Step(
                    "Write the numbers from 1 to 30.",
                    {"store": True, "background": True},
                    leaves=True,
                ),
                Step(None, way="resume"),
            ),
            evidence.resumed,
            may_refuse=True,
        ),
        Probe("no-stream", (_OK, Step(_OK.says, {"stream": False}, anew=True)), evidence.whole),
    )
}
"""All of them by their names, in the order in which they run."""
