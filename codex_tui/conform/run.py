"""Probes, run one after the other: asked through the engine as `run` asks, recorded and checked.

Where the first of them can't be asked at all nothing else is tried: `blocked` says why.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from codex_tui.conform.evidence import Evidence, Heard, trouble
from codex_tui.conform.requests import request_of
from codex_tui.conform.watch import LongestSilence, ProbeWatch
from codex_tui.engine.keeping import NewRecording, Recordings, spooled
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.session import Session
from codex_tui.sources.heard import HeardSoFar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from pathlib import Path

    from codex_tui.conform.probes import Probe, Step
    from codex_tui.engine.keeping import Keep, Wake
    from codex_tui.findings import Findings, Spec
    from codex_tui.sources.backend import Backend
    from codex_tui.sources.live import LiveSource
    from codex_tui.sources.socket_attempt import SocketLine

LONGEST = 300.0
"""Seconds that one answer has, however lively it is."""

_NO_WAY_IN = (401, 403, 404, 405, 407)
"""Statuses by which a server says that it has nothing at that address, or nothing for that key."""

_BROUGHT = ("completed", "incomplete", "cancelled", "not_sse")
"""How a turn ends that can be gone on from."""

_STOPPED = Evidence("untried", "stopped before its end")


class ProbeResult(Struct):
    """What came of one probe.

    Attributes:
        probe: What was tried.
        evidence: Whether it is supported.
        findings: What is wrong with what came.
        checked: How many events were checked.
        silence: The longest time in which nothing came.
        tokens: What the server says that it cost; None where it never says.
        recording: The recording; None where there is none.
        trouble: Why it is not, or not whole, recorded.
        answered: Whether any answer was more than a refusal.
        unreached: Whether not even its first request reached anybody.
    """

    probe: Probe
    evidence: Evidence
    findings: Findings
    checked: int = 0
    silence: LongestSilence = LongestSilence()
    tokens: int | None = None
    recording: Path | None = None
    trouble: str = ""
    answered: bool = False
    unreached: bool = False


class ConformRun:
    """One server and model, put to some probes.

    Args:
        backend: The server.
        probes: What is tried, in this order.
        rules: Whose rules hold, and which of them are not spoken of.
        folder: Where each is recorded; None records nothing.
        begins: Is told of each probe before it begins.
        longest: Seconds that one answer has.

    Attributes:
        blocked: Why nothing could be tried; "" where something was.
        stopped: Whether the user ended it.
    """

    def __init__(
        self,
        backend: Backend,
        probes: Iterable[Probe],
        rules: tuple[Spec, tuple[str, ...]],
        folder: Path | None,
        *,
        begins: Callable[[Probe], None] = lambda _probe: None,
        longest: float = LONGEST,
    ) -> None:
        self.blocked = ""
        self.stopped = False
        self._backend = backend
        self._probes = list(probes)
        self._rules = rules
        self._folder = folder
        self._begins = begins
        self._longest = longest
        self._trial: _Trial | None = None

    async def results(self) -> AsyncIterator[ProbeResult]:
        """Run the probes, and yield what came of each as soon as it is over."""
        first = True
        for probe in self._probes:
            if self.stopped or self.blocked:
                return
            self._begins(probe)
            watch = ProbeWatch(*self._rules)
            self._trial = _Trial(self._backend, probe, watch, self._keep(probe), self._longest)
            heard = await self._trial.heard()
            yield self._trial.result(stopped=self.stopped)
            if first:
                self.blocked, first = _block(probe, heard[:1]), False

    def _keep(self, probe: Probe) -> Keep:
        if self._folder is None:
            return spooled
        recordings = Recordings(self._folder, probe.name)

        def kept(wake: Wake) -> NewRecording:
            return NewRecording(recordings, wake, lambda _records: probe.name)

        return kept

    def stop(self) -> None:
        """End with what came so far; what has arrived stays."""
        self.stopped = True
        if self._trial is not None:
            self._trial.stop()


def _block(probe: Probe, answers: list[Heard]) -> str:
    """Why the first request of all got no way in, so that no other would; "" where it did."""
    for heard in answers:
        never = heard.status in _NO_WAY_IN or (probe.basic and heard.refused)
        if _is_unreached(heard) or (never and heard.turn.how == "http_error"):
            return heard.turn.sentence
    return ""


def _is_unreached(heard: Heard) -> bool:
    how = heard.turn.how
    return how == "connect_error" or (how == "timeout" and not heard.status)


class _Trial:
    """One probe, its session and its answers."""

    def __init__(
        self, backend: Backend, probe: Probe, watch: ProbeWatch, keep: Keep, longest: float
    ) -> None:
        self._backend = backend
        self._probe = probe
        self._watch = watch
        self._longest = longest
        self._session = Session(keep, watch, AtOnce)
        self._heard: list[Heard] = []
        self._over = False
        self._overdue = False
        self._source: LiveSource | None = None
        self._socket: SocketLine | None = None

    async def heard(self) -> list[Heard]:
        """Ask, and return the answers; a request that can't go on from them is not sent."""
        try:
            for step in self._probe.steps:
                if self._over or not await self._asked(step):
                    break
        finally:
            self._session.close()
            self._watch.finish()
            if self._socket is not None:
                await self._socket.close()
        return self._heard

    async def _asked(self, step: Step) -> bool:
        turns = self._session.conversation.turns
        if self._heard and self._heard[-1].turn.how not in _BROUGHT:
            return False
        body = request_of(self._backend, step, turns)
        if body is None:
            return False
        self._watch.on_delta = self._session.cancel if step.leaves else None
        source = self._source = self._source_of(step, body)
        timer = asyncio.get_running_loop().call_later(self._longest, self._leave)
        try:
            await self._session.stream(source)
        finally:
            timer.cancel()
        self._heard.append(
            Heard(self._session.conversation.turns[-1], self._watch.final, self._overdue)
        )
        return True

    def _source_of(self, step: Step, body: dict[str, Any]) -> LiveSource:
        backend, number = self._backend, len(self._session.conversation.turns) + 1
        match step.way:
            case "socket":
                return backend.source(body, turn=number, line=self._line())
            case "retrieve":
                turn = self._session.conversation.turns[-1]
                heard = HeardSoFar(turn.transcript.response_id or "", whole=True)
                return backend.rest(heard, turn=number)
            case "resume":
                before = self._source.heard() if self._source is not None else None
                return backend.rest(before or HeardSoFar(), turn=number)
        return backend.source(body, turn=number)

    def _line(self) -> SocketLine:
        from codex_tui.sources.socket_attempt import SocketLine  # with what frames need

        self._socket = self._socket or SocketLine()
        return self._socket

    def _leave(self) -> None:
        self._overdue = True
        self.stop()

    def stop(self) -> None:
        """Send nothing more, and leave what runs."""
        self._over = True
        self._session.cancel()

    def result(self, *, stopped: bool) -> ProbeResult:
        """Return what came of it."""
        kept, watch = self._session.kept, self._watch
        usages = [heard.turn.transcript.usage for heard in self._heard]
        tokens = [each.total_tokens for each in usages if each and each.total_tokens is not None]
        return ProbeResult(
            self._probe,
            _STOPPED if stopped else self._evidence(),
            watch.findings,
            watch.events,
            watch.silence,
            sum(tokens) if tokens else None,
            kept.place(),
            kept.trouble(),
            any(heard.turn.how in _BROUGHT for heard in self._heard),
            bool(self._heard) and _is_unreached(self._heard[0]),
        )

    def _evidence(self) -> Evidence:
        probe = self._probe
        for heard in self._heard:
            wrong = trouble(heard, basic=probe.basic, may_refuse=probe.may_refuse)
            if wrong is not None:
                return wrong
        return probe.shows(self._heard)
