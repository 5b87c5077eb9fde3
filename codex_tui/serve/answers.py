"""What a request is answered: a recorded turn, the models that were asked, or an error of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from codex_tui.relay.refusals import NotPassedError
from codex_tui.serve.asked import RESPONSES, Wanted, place_of
from codex_tui.serve.http_carrier import preflight
from codex_tui.serve.recorded_script import JSON_HEADERS, kept_headers, script_of
from codex_tui.serve.script import AnswerScript, WirePiece, Write
from codex_tui.serve.whole_response import whole_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    import h11

    from codex_tui.relay.bodies import KeptBody
    from codex_tui.relay.tee import Headers
    from codex_tui.serve.programme import Programme
    from codex_tui.serve.recorded_turn import RecordedTurn

_MODELS = "models"
_NO_SOCKET = (
    "What is served here was recorded over HTTP: ask it by POST, as clients do where a server has"
    " no WebSocket."
)


class Treated(Protocol):
    """An answer with what was done to it."""

    @property
    def script(self) -> AnswerScript:
        """The answer to give: can be gone through once."""
        ...

    @property
    def told(self) -> tuple[str, ...]:
        """What befell it, once it has gone out."""
        ...

    @property
    def missed(self) -> tuple[str, ...]:
        """What did not, and why."""
        ...

    @property
    def withheld(self) -> bool:
        """Whether the client went without its answer by that."""
        ...


class AsRecorded(NamedTuple):
    """An answer to which nothing is done."""

    script: AnswerScript
    told: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    withheld: bool = False


Treatment = Callable[[int, AnswerScript], Treated]
"""What is done to the answer of a request, by the request's number from 1."""


class Given(NamedTuple):
    """An answer that a request is given.

    Attributes:
        treated: The answer.
        turn: The turn that it is of; None where it is of none.
        number: Of the request, among those that a turn was given; 0 for any other.
    """

    treated: Treated
    turn: RecordedTurn | None = None
    number: int = 0


@dataclass(slots=True)
class Answers:
    """What requests are answered.

    Attributes:
        programme: Which turn comes.
        speed: How fast it is told: 2 is double; None at once.
        treat: What is done to an answer before it goes out.
        told: Told of what was done to it, when it has gone out, by the request's number.
        asked: How many requests for a turn there were.
    """

    programme: Programme
    speed: float | None = 1.0
    treat: Treatment = lambda _, script: AsRecorded(script)
    told: Callable[[int, Treated], None] = lambda _, __: None
    asked: int = 0

    def to(self, request: h11.Request, target: str, body: KeptBody) -> Given:
        """The answer to a request that is whole.

        Raises:
            NotPassedError: There is none; this is what is said instead.
            OSError: The recording can't be read any more.
        """
        place = place_of(target)
        if request.method == b"OPTIONS":
            return Given(AsRecorded(AnswerScript(204, preflight(request), 0.0, (), "clean", 0.0)))
        if request.method == b"POST" and place in {RESPONSES, *self.programme.places}:
            return self._turn(Wanted.of(body.json(), place), body.json(), socket=False)
        if request.method in (b"GET", b"HEAD") and (found := self._models(target)) is not None:
            return Given(AsRecorded(found))
        method = request.method.decode("ascii")
        raise NotPassedError(404, "unknown_request", _unknown(method, target))

    def to_message(self, message: Any) -> Given:
        """The answer to a `response.create` of a socket.

        Raises:
            NotPassedError: There is none.
            OSError: The recording can't be read any more.
        """
        inner = message.get("response") if isinstance(message, dict) else None
        asked = (
            {**inner, "generate": message.get("generate")} if isinstance(inner, dict) else message
        )
        return self._turn(Wanted.of(asked), message, socket=True)

    def to_upgrade(self) -> Given | None:
        """What refuses a socket: as it was recorded, or because nothing was; None where it opens.

        Raises:
            NotPassedError: Nothing that is served was recorded on a socket.
        """
        if (turn := self.programme.upgrade()) is not None:
            return self._given(turn, script_of(turn))
        if not self.programme.has_sockets:
            raise NotPassedError(426, "no_websocket", _NO_SOCKET)
        return None

    def opening(self) -> tuple[float, Headers]:
        """When a socket opens, in seconds, and what its server said then: as the next one did."""
        turn = self.programme.next_on_socket()
        if turn is None or turn.head is None:
            return 0.0, ()
        return (turn.head.t or 0.0) * pace_of(self.speed), kept_headers(turn.head)

    @contextmanager
    def giving(self, given: Given) -> Iterator[None]:
        """While an answer goes out: what its client goes without by a fault is given again.

        One that leaves an answer with a fault in it leaves because of that.
        """
        left = True
        try:
            yield
            left = False
        finally:
            treated = given.treated
            if given.turn is not None and (treated.withheld or (left and treated.told)):
                self.programme.give_back(given.turn)
            self.told(given.number, treated)

    def _turn(self, wanted: Wanted, body: object, *, socket: bool) -> Given:
        turn = self.programme.take(wanted, body)
        whole = wanted.streams is False and not socket
        return self._given(turn, whole_script(turn) if whole else script_of(turn, socket=socket))

    def _given(self, turn: RecordedTurn, script: AnswerScript) -> Given:
        self.asked += 1
        return Given(self.treat(self.asked, sped(script, self.speed)), turn, self.asked)

    # -- models ------------------------------------------------------------------------------

    def _models(self, target: str) -> AnswerScript | None:
        """The list of models, or one of them; None where something else is asked for.

        Raises:
            NotPassedError: There is no such model.
        """
        path = urlsplit(target).path.rstrip("/")
        models = {name: _model(name) for name in self.programme.models}
        if path.endswith(f"/{_MODELS}"):
            return _json_script({"object": "list", "data": [*models.values()]})
        _, marked, name = path.rpartition(f"/{_MODELS}/")
        if not marked:
            return None
        if (model := models.get(unquote(name))) is None:
            known = ", ".join(models) or "none"
            sentence = f"No recorded request asks for the model {unquote(name)}: there is {known}."
            raise NotPassedError(404, "model_not_found", sentence)
        return _json_script(model)


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "codex-tui"}


def _json_script(value: object) -> AnswerScript:
    write = Write.of(0.0, [WirePiece(json.dumps(value).encode())])
    return AnswerScript(200, JSON_HEADERS, 0.0, [write], "clean", 0.0, "body")


def _unknown(method: str, target: str) -> str:
    where = f"{method} {urlsplit(target).path}"
    known = f"POST …/{RESPONSES}, GET …/{_MODELS}"
    return f"{where} is nothing that is served here: {known}."


def pace_of(speed: float | None) -> float:
    """How long a recorded second lasts; None for a speed that has no limit."""
    return 0.0 if speed is None else 1 / speed


def sped(script: AnswerScript, speed: float | None) -> AnswerScript:
    """An answer at another pace; None gives all of it at once."""
    if speed == 1:
        return script
    factor = pace_of(speed)
    return replace(
        script,
        head_at=script.head_at * factor,
        writes=(replace(write, at=write.at * factor) for write in script.writes),
        end_at=script.end_at * factor,
    )
