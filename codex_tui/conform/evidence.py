"""What answers show: whether something is supported, in the words of a table.

Not supported is no fault: a refusal that says so, a tool that is never called. What breaks is:
an answer that never comes, an error of the server, a connection that is cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec import Struct

from codex_tui.findings.finding import cut
from codex_tui.sources.errors import json_of
from codex_tui.wire.error_words import message_in, message_of, status_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codex_tui.model.conversation import Turn

Support = Literal["yes", "no", "broken", "untried"]

REMEMBERED = "4171"
"""The number that a conversation has to remember."""

BUSY = 429
SWITCHED = 101
_NOT_IMPLEMENTED = 501
_CLIENT, _SERVER = 400, 500  # the first status of the client's faults, and of the server's
_KEYS = 8  # names of fields that a remark lists


class Evidence(NamedTuple):
    """Whether something is supported, and why not, or what else is worth a word."""

    support: Support
    remark: str = ""


class Heard(Struct):
    """One answer.

    Attributes:
        turn: What it was folded into.
        final: The response object of its terminal event, as JSON; None without one.
        overdue: Whether it did not end in time, and was left.
    """

    turn: Turn
    final: Any = None
    overdue: bool = False

    @property
    def status(self) -> int:
        """The status of the answer; 0 where none came."""
        head = self.turn.response_head
        return 0 if head is None else head.status

    @property
    def refused(self) -> bool:
        """Whether the request was not taken, by a status that blames the client or says so."""
        return _CLIENT <= self.status < _SERVER or self.status == _NOT_IMPLEMENTED

    @property
    def said(self) -> str:
        """How it ended, in half a line: the status with its message, or the sentence."""
        if self.turn.how != "http_error":
            return cut(self.turn.sentence or self.turn.how)
        message = message_of(self.turn.body.encode("utf-8", "surrogatepass"))
        words = status_words(self.status)
        return cut(f"{words}: {message}" if message else words)


# -- what holds for all ----------------------------------------------------------------------------


def trouble(heard: Heard, *, basic: bool, may_refuse: bool) -> Evidence | None:
    """Return why an answer shows nothing of what was asked; None where it may.

    Args:
        heard: The answer.
        basic: Whether every server has to be able to do this.
        may_refuse: Whether a refusal is for the probe to judge.
    """
    turn, wrong = heard.turn, Evidence("broken" if basic else "no", heard.said)
    if heard.overdue:
        return Evidence("broken", "it went on and on, and was left without an end")
    match turn.how:
        case "http_error" if heard.status == BUSY:
            return Evidence("untried", heard.said)
        case "http_error" if heard.refused:
            return None if may_refuse else Evidence("no", heard.said)
        case "not_sse" if _asks_for_a_stream(turn):
            return wrong
        case "failed" | "api_error":
            return None if may_refuse else wrong
        case "completed" | "incomplete" | "cancelled" | "not_sse":
            return None
        case _:
            return Evidence("broken", heard.said)


def _asks_for_a_stream(turn: Turn) -> bool:
    request = turn.request
    if request is not None and request.body is None:
        return "stream=true" in request.url
    body = request.body if request is not None else None
    return not (isinstance(body, dict) and body.get("stream") is False)


# -- what shows that it is supported ---------------------------------------------------------------


def text(answers: Sequence[Heard]) -> Evidence:
    """A text came."""
    transcript = answers[-1].turn.transcript
    if transcript.output_text or transcript.refusal:
        return Evidence("yes")
    if answers[-1].turn.how == "incomplete":
        return Evidence("yes", f"no text within the limit: {_why_incomplete(answers[-1])}")
    return Evidence("broken", "it was completed, and no text came")


def reasoning(answers: Sequence[Heard]) -> Evidence:
    """A reasoning item came."""
    items = answers[-1].turn.transcript.reasoning
    if not items:
        return Evidence("no", "no reasoning item came")
    said = any(len(each) for item in items for each in item.texts())
    return Evidence("yes", "" if said else "its item has neither a summary nor a text")


def call(answers: Sequence[Heard]) -> Evidence:
    """The tool was called."""
    calls = _calls(answers[0])
    return Evidence("yes") if calls else Evidence("no", _not_called(answers[0]))


def parallel_calls(answers: Sequence[Heard]) -> Evidence:
    """The tool was called twice in one answer."""
    count = len(_calls(answers[0]))
    if count > 1:
        return Evidence("yes", f"{count} calls in one response")
    return Evidence("no", "it was called once" if count else _not_called(answers[0]))


def round_trip(answers: Sequence[Heard]) -> Evidence:
    """What the tool gave was taken, and answered."""
    if len(answers) == 1:
        return Evidence("no", _not_called(answers[0]))
    if _calls(answers[1]) and not answers[1].turn.transcript.output_text:
        return Evidence("yes", "its output was taken, and the tool called again")
    return text(answers)


def memory(answers: Sequence[Heard]) -> Evidence:
    """What was said before is known."""
    if len(answers) == 1:
        return Evidence("untried", "the first answer can't be gone on from")
    if REMEMBERED in answers[1].turn.transcript.output_text:
        return Evidence("yes")
    return Evidence("no", "it is answered, but what was said before is not known")


def memory_of_the_server(answers: Sequence[Heard]) -> Evidence:
    """The same, where the server itself has kept it."""
    if len(answers) > 1 and "previous_response_id" not in _body(answers[1].turn):
        return Evidence("no", "no response to go on from: it has no id, or did not end")
    return memory(answers)


def limit(answers: Sequence[Heard]) -> Evidence:
    """The answer ended where it had to, and says why."""
    answer = answers[0]
    if answer.turn.how == "incomplete":
        why = _why_incomplete(answer)
        return Evidence("yes", "" if why == "max_output_tokens" else f"its reason is {why}")
    usage = answer.turn.transcript.usage
    used = f" with {usage.output_tokens} output tokens" if usage and usage.output_tokens else ""
    return Evidence("no", f"it was completed{used}, and not incomplete")


def refusal(answers: Sequence[Heard]) -> Evidence:
    """A request that nobody can answer was refused."""
    answer = answers[0]
    if answer.turn.how in ("failed", "api_error"):
        return Evidence("no", "the status says that all is well, and an event that it is not")
    if not answer.refused:
        return Evidence("no", "an input that is a number was answered as if nothing were wrong")
    return Evidence("yes", answer.said if _says_why(answer) else f"{answer.said}; no error.message")


def unknown_field(answers: Sequence[Heard]) -> Evidence:
    """A field that nobody knows was ignored, or refused."""
    answer = answers[0]
    if answer.refused or answer.turn.how in ("failed", "api_error"):
        return Evidence("yes", f"it is refused: {answer.said}")
    return Evidence("yes", "it is ignored")


def cancel(answers: Sequence[Heard]) -> Evidence:
    """The client left in the middle, and the next request is answered."""
    if answers[0].turn.how != "cancelled":
        return Evidence("untried", "the answer was over before it could be left")
    if len(answers) == 1:
        return Evidence("untried", "nothing was asked after it was left")
    return text(answers)._replace(remark="left in the middle; what came next was answered")


def socket(answers: Sequence[Heard]) -> Evidence:
    """Two turns over one WebSocket, of which the second knows the first."""
    answer = answers[0]
    if answer.refused:
        return Evidence("no", answer.said)
    if answer.turn.response_head is None or answer.status != SWITCHED:
        return Evidence("broken", answer.said)
    return memory(answers) if answers[-1].turn.how == "completed" else _broken(answers[-1])


def retrieved(answers: Sequence[Heard]) -> Evidence:
    """A response that was kept is there by its id, as it was streamed."""
    if len(answers) == 1 or answers[0].turn.how != "completed":
        return Evidence("no", answers[0].said)
    streamed, answer = answers
    if answer.refused:
        return Evidence("no", answer.said)
    if answer.turn.how != "not_sse" and answer.turn.events.total:
        return Evidence("broken", "a stream of events came, though none was asked for")
    response = _json(answer.turn.body)
    if not isinstance(response, dict) or not isinstance(response.get("output"), list):
        return Evidence("broken", f"it is no response: {answer.said}")
    return Evidence("yes", "; ".join(filter(None, _differences(streamed.final, response))))


def resumed(answers: Sequence[Heard]) -> Evidence:
    """What is left of a stream comes behind the event that was named."""
    first = answers[0]
    if first.turn.how not in ("cancelled", "completed") or len(answers) == 1:
        return Evidence("no", first.said)
    if first.turn.how == "completed":
        return Evidence("untried", "the answer was over before it could be left")
    answer = answers[1]
    if answer.refused:
        return Evidence("no", answer.said)
    if answer.turn.how != "completed":
        return _broken(answer)
    again = answer.turn.transcript.response.created
    return Evidence("yes", "it sends everything again, from the first event" if again else "")


def _broken(answer: Heard) -> Evidence:
    return Evidence("broken", answer.said)


def whole(answers: Sequence[Heard]) -> Evidence:
    """Without a stream a whole response came, of the same form as the streamed one."""
    if len(answers) == 1:
        return Evidence("untried", "there is no stream to compare with")
    streamed, answer = answers
    if answer.turn.how != "not_sse":
        return Evidence("broken", "a stream of events came, though stream is false")
    response = _json(answer.turn.body)
    if not isinstance(response, dict) or not isinstance(response.get("output"), list):
        return Evidence("broken", f"it is no response: {answer.said}")
    return Evidence("yes", "; ".join(filter(None, _differences(streamed.final, response))))


def _differences(streamed: Any, response: dict[str, Any]) -> list[str]:
    if not isinstance(streamed, dict):
        return []
    return [
        _only("in the stream", streamed.keys() - response.keys()),
        _only("in the whole", response.keys() - streamed.keys()),
        _unlike("status", streamed.get("status"), response.get("status")),
        _unlike("items", _types(streamed.get("output")), _types(response["output"])),
    ]


def _only(where: str, names: set[str]) -> str:
    named = sorted(names)[:_KEYS]
    more = f" and {len(names) - _KEYS} more" if len(names) > _KEYS else ""
    return cut(f"only {where}: {', '.join(named)}{more}") if names else ""


def _unlike(what: str, one: Any, other: Any) -> str:
    return "" if one == other else cut(f"{what} streamed {one or 'none'}, whole {other or 'none'}")


def _types(output: Any) -> str:
    items = output if isinstance(output, list) else []
    return ", ".join(str(each.get("type")) for each in items if isinstance(each, dict))


def _calls(answer: Heard) -> list[Any]:
    return [each for each in answer.turn.transcript.tool_calls if each.type == "function_call"]


def _not_called(answer: Heard) -> str:
    if answer.turn.how == "incomplete":
        return f"the tool was not called within the limit: {_why_incomplete(answer)}"
    return "the tool was not called"


def _why_incomplete(answer: Heard) -> str:
    return cut(answer.turn.transcript.incomplete_reason or "not said")


def _says_why(answer: Heard) -> bool:
    found = _json(answer.turn.body)
    error = found.get("error") if isinstance(found, dict) else None
    return isinstance(error, dict) and bool(message_in({"error": error}))


def _body(turn: Turn) -> Any:
    return turn.request.body if turn.request is not None else {}


def _json(text_: str) -> Any:
    return json_of(text_.encode("utf-8", "surrogatepass"))
