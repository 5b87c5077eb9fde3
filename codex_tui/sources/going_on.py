"""How a conversation goes on: from which response, with what, and what of it stays behind.

A call that nobody answered is a state of the conversation and not its end, whether the server keeps
it or all is sent again: the next prompt branches from before it, or says that it was not run. And
no request goes on from a response that no server would have kept. Apart from the request, as
`sent_items` is: this loads the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codex_tui.model.items import ANSWERED, ToolCall
from codex_tui.model.prompts import call_ids_answered_by
from codex_tui.sources.request import as_items, resent
from codex_tui.sources.sent_items import as_sent, call_outputs, resendable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codex_tui.config.profiles import UnansweredCalls
    from codex_tui.model.conversation import Turn
    from codex_tui.sources.providers import Provider
    from codex_tui.sources.request import Item

NOT_RUN = "This call was not run: the user went on with something else."
"""The output of a call that nobody answered, where the server is to be told so."""

_KEPT = ("completed", "incomplete")
_STOPPED = ("cancelled", "interrupted", "timeout", "protocol_error")
# Calls that wait for their client as well, and whose outputs nobody can type.
_OTHERS = ("local_shell_call", "shell_call", "computer_call", "apply_patch_call")


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What the next request has of the last turn.

    Attributes:
        response_id: The response that it goes on from; None branches from the one before that.
        again: The turn's items that are sent again where it branches, or nothing is kept.
        outputs: The outputs of its calls, as input items.
    """

    response_id: str | None
    again: list[Item]
    outputs: list[Item]


def last_answered(turns: Sequence[Turn]) -> Turn | None:
    """The last turn that brought anything: what another asked was not heard."""
    return next((turn for turn in reversed(turns) if turn.request and turn.transcript.items), None)


def going_on(turn: Turn, outputs: Mapping[str, str], unanswered: UnansweredCalls) -> GoingOn:
    """How the next request goes on from a turn.

    Args:
        turn: The last one that was answered.
        outputs: What its calls gave, by `call_id`.
        unanswered: What becomes of calls that gave nothing.
    """
    found = turn.transcript.items
    items = [as_sent(item.sent) for item in found if item.sent and not item.repeats]
    given = {str(item.get("call_id")) for item in items if _is_output(item)}
    waiting = [item for item in items if _waits(item) and item.get("call_id") not in given]
    if unanswered == "answer":
        outputs = {**_not_run(waiting), **outputs}
    left = [item for item in waiting if item.get("call_id") not in outputs]
    response_id = turn.transcript.response_id if is_kept(turn) and not left else None
    told = [item for item in items if item not in left]
    again = resendable(told, {*outputs, *given})
    return GoingOn(response_id, again, call_outputs(items, outputs))


def asked_whole(
    asked: Mapping[str, Any], turns: Sequence[Turn], provider: Provider
) -> Mapping[str, Any]:
    """What was asked, with all that it went on from, as far as that is among these turns.

    A socket's server has a response no longer than the socket: over another one it is told again.
    """
    known = {each.transcript.response_id: each for each in turns if each.transcript.response_id}
    input_: list[Item] = []
    while (before := known.pop(asked.get("previous_response_id") or "", None)) is not None:
        answered = dict.fromkeys(call_ids_answered_by(asked), "")
        again = going_on(before, answered, provider.unanswered_calls).again
        input_ = [*resent(provider, again), *as_items(asked.get("input")), *input_]
        asked = asked_by(before)
    whole = {"input": [*as_items(asked.get("input")), *input_]}
    return {**asked, **whole}


def asked_by(turn: Turn) -> Mapping[str, Any]:
    """The body of a turn's request, as far as it is JSON."""
    body = turn.request.body if turn.request is not None else None
    return body if isinstance(body, dict) else {}


def is_kept(turn: Turn) -> bool:
    """Whether a server that keeps responses has kept this one: else a request can't name it."""
    return turn.how in _KEPT or turn.transcript.response.status in _KEPT


def _waits(item: Item) -> bool:
    return item.get("type") in (*ANSWERED, *_OTHERS)


def _is_output(item: Item) -> bool:
    return str(item.get("type")).endswith("_output")


def _not_run(calls: Iterable[Item]) -> dict[str, str]:
    return {
        str(call["call_id"]): NOT_RUN
        for call in calls
        if call.get("type") in ANSWERED and call.get("call_id") is not None
    }


# -- what is said of it ----------------------------------------------------------------------------


def waiting_calls(turns: Sequence[Turn]) -> list[ToolCall]:
    """The calls that wait for an output from the user.

    They are those of the last response, also where a request that brought their outputs was
    cancelled, or failed, before anything came.
    """
    turn = last_answered(turns)
    if turn is None or turn.how != "completed" or turns[-1].how == "streaming":
        return []
    return [call for call in turn.transcript.open_calls if call.call_id is not None]


def typed_before(turns: Sequence[Turn], call: ToolCall) -> str:
    """The output of a waiting call in a request that nothing answered; "" without one."""
    last = last_answered(turns)
    after = [turn for turn in turns if last is not None and turn.number > last.number]
    texts = [text for turn in after for id_, text in turn.tool_outputs if id_ == call.call_id]
    return next((text for text in reversed(texts) if text != NOT_RUN), "")


def left_behind(turn: Turn) -> str:
    """What of a turn that was stopped is no part of the conversation; "" where all of it is."""
    if turn.request is None or turn.how not in _STOPPED or is_kept(turn):
        return ""
    items = turn.transcript.items
    if not items:
        return "not answered: what was asked is kept here, not sent again"
    if all(item.sent is None for item in items):
        return "what came of the answer is kept here, not sent again"
    if all(item.sent is not None for item in items):
        return ""
    return "what was finished goes on with the conversation; the rest is kept here, not sent again"
