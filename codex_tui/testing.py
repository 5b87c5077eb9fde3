"""A recording as a server for the tests of a client: the same frames, and any fault on demand.

    from codex_tui.testing import recorded_server

    def test_it_asks_again_when_it_is_cut_off() -> None:
        with recorded_server("answer.sse", chaos="1:cut@50%") as server:
            assert my_client(base_url=server.url) == "Hello"
        assert [each.ended for each in server.requests] == ["reset", "whole"]

The server has a thread of its own: the client may block, or be another process.
"""

from __future__ import annotations

import json
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from codex_tui.serve.answers import Answers
from codex_tui.serve.chaos import ChaosPlan
from codex_tui.serve.files import opened
from codex_tui.serve.programme import Programme
from codex_tui.serve.running import RunningServer
from codex_tui.serve.server import ReplayServer
from codex_tui.wire.web_socket import SocketReader

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from codex_tui.relay.tee import Ending, ExchangeEnd, RequestHead, ResponseHead, Tee

__all__ = ["RecordedServer", "ServedRequest", "recorded_server"]

_PATIENCE = 10.0
"""Seconds in which what is over for the client is over here too."""


@contextmanager
def recorded_server(
    *recordings: str | os.PathLike[str] | bytes,
    chaos: str | Sequence[str] = (),
    seed: int = 0,
    speed: float | None = None,
    match: Sequence[str] = (),
    strict: bool = False,
    loop: bool = False,
) -> Iterator[RecordedServer]:
    """Serve what was recorded, on a free port of this machine.

    Args:
        recordings: Files of them, whatever `codex-tui serve` takes; or a stream as its bytes.
        chaos: What is to go wrong, as `--chaos` has it; by itself nothing.
        seed: Where chance begins: the same seed gives the same faults.
        speed: How fast answers come: 1 is as recorded; None at once. Faults keep their own times.
        match: In what a turn's request has to agree: `model`, `text`, `call_id`, `previous`.
        strict: Whether a request has to be the recorded one.
        loop: Whether the first turn comes again after the last.

    Raises:
        OSError: A recording can't be read.
        codex_tui.serve.files.UnservedError: What it holds can't be served.
        codex_tui.serve.amounts.ChaosError: There is no such fault; the sentence says what there is.
    """
    texts = [chaos] if isinstance(chaos, str) else chaos
    treat = ChaosPlan.of(texts, seed).dealt
    with TemporaryDirectory() as folder:
        files = [_file(each, Path(folder, f"{n}.sse")) for n, each in enumerate(recordings, 1)]
        turns = [turn for file in files for turn in opened(file).turns]
        programme = Programme(turns, match=match, strict=strict, loop=loop)
        with RecordedServer.serving(Answers(programme, speed, treat)) as server:
            yield server


def _file(recording: str | os.PathLike[str] | bytes, to: Path) -> Path:
    if not isinstance(recording, bytes):
        return Path(recording)
    to.write_bytes(recording)
    return to


class ServedRequest:
    """A request of the client, and what became of its answer.

    Attributes:
        method: Its method.
        path: Its path, with the query.
        headers: Its headers, names in lower case.
        body: Its body.
        messages: What the client said on its WebSocket, each as JSON.
        status: What it was answered; 0 before that.
    """

    def __init__(self, head: RequestHead) -> None:
        self.method, self.path = head.method, head.target
        self.headers = {name.lower(): text for name, text in head.headers}
        self.body = b""
        self.messages: list[Any] = []
        self.status = 0
        self.over: Future[ExchangeEnd] = Future()

    @property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: It is none.
        """
        return json.loads(self.body)

    @property
    def ended(self) -> Ending:
        """How it ended, which is waited for: `whole`, `closed`, `reset`, or `refused` by us.

        Raises:
            TimeoutError: It goes on.
        """
        return self.over.result(_PATIENCE).how

    @property
    def left(self) -> bool:
        """Whether it was the client that ended it, which is waited for.

        Raises:
            TimeoutError: It goes on.
        """
        return self.over.result(_PATIENCE).by == "program"


class _RequestCopy:
    """Takes the copy of an exchange, in the server's thread."""

    def __init__(self, request: ServedRequest) -> None:
        self._request = request
        self._socket = SocketReader(masked=True)

    def request_body(self, data: bytes) -> None:
        self._request.body += data

    def request_done(self) -> None:
        """Nothing: the request is known by its body."""

    def response(self, head: ResponseHead) -> None:
        self._request.status = head.status

    def response_body(self, data: bytes, t: float) -> None:
        """Nothing: what is sent is what was recorded."""

    def switched(self, t: float) -> None:
        """Nothing: the status says it."""

    def sent(self, data: bytes, t: float) -> None:
        said = (each.data for each in self._socket.feed(data) if each.kind == "text")
        self._request.messages += map(json.loads, said)

    def received(self, data: bytes, t: float) -> None:
        """Nothing, as of a body."""

    def ended(self, end: ExchangeEnd) -> None:
        self._request.over.set_result(end)


class RecordedServer:
    """A server of recordings, for as long as `recorded_server` has it.

    Attributes:
        url: The base URL for a client, as in `http://127.0.0.1:49152/v1`.
        requests: What clients asked for, in order; for models too.
    """

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[ServedRequest] = []

    @classmethod
    @contextmanager
    def serving(cls, answers: Answers) -> Iterator[Self]:
        """A server with these answers; what went wrong in it is raised at its end."""
        served, faults = cls(), list[Exception]()
        running = RunningServer(lambda: ReplayServer(answers, served, fault=faults.append))
        with closing(running):
            served.url = running.urls[0]
            yield served
        if faults:
            raise faults[0]

    def begin(self, head: RequestHead) -> Tee:
        """Take note of a request; for the server alone, in its thread."""
        request = ServedRequest(head)
        self.requests.append(request)
        return _RequestCopy(request)
