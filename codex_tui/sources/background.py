"""A response that its server makes in the background: listened to again where its stream breaks.

`GET /responses/{id}?stream=true&starting_after=N` goes on behind the event with that sequence
number. It costs nothing and changes nothing, so it is asked for without asking the user.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from codex_tui.recording.mask import Mask
from codex_tui.recording.records import EndRecord, FrameRecord, ResponseRecord
from codex_tui.sources.attempt import Again
from codex_tui.sources.client import make_client
from codex_tui.sources.errors import json_of
from codex_tui.sources.failures import FAULTS, SEND_AGAIN, failure_of
from codex_tui.sources.heard import HeardSoFar
from codex_tui.sources.http_attempt import HttpAttempt
from codex_tui.sources.providers import ProviderError
from codex_tui.wire.error_words import message_of, status_words

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    import httpx

    from codex_tui.recording.records import Record
    from codex_tui.sources.attempt import Asking
    from codex_tui.sources.failures import Phase
    from codex_tui.sources.providers import Provider

SECONDS = 15.0
"""How long a server has to cancel a response."""

TRIES = 5
"""How often in a row it is asked for in vain."""

_BROKEN = ("interrupted", "timeout", "connect_error")
_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds before the first of them, doubled each time


async def cancel_response(provider: Provider, response: str) -> str:
    """Have a server make a response no further, and return what it says of it.

    Raises:
        ProviderError: It could not be asked, or does not do it; the text says why.
    """
    mask = Mask(provider.secrets())
    url = provider.url(f"/responses/{quote(response, safe='')}/cancel")
    try:
        async with asyncio.timeout(SECONDS), await make_client() as client:
            answer = await client.post(url, headers=provider.request_headers())
    except TimeoutError:
        raise ProviderError(f"no answer within {SECONDS:g} s.") from None
    except FAULTS as error:
        raise ProviderError(mask.message(failure_of(error, "waiting", url).sentence)) from None
    if not answer.is_success:
        said = message_of(answer.content)
        words = status_words(answer.status_code)
        raise ProviderError(mask.message(f"{words}: {said}" if said else words))
    told = json_of(answer.content)
    status = told.get("status") if isinstance(told, dict) else None
    return status if isinstance(status, str) else "the server has taken it"


class BackgroundAttempt:
    """A request whose response goes on without us, and what comes of it over how many connections.

    Args:
        turn: The number of its turn.
        asking: What is asked of whom.
        client: The client to use, which stays open; by default one is made and closed.
        heard: What was heard of it before; then nothing is asked for but the rest.
        pause: Seconds before it is listened to again: doubled each time that was in vain.
    """

    def __init__(
        self,
        turn: int,
        asking: Asking,
        client: httpx.AsyncClient | None = None,
        heard: HeardSoFar | None = None,
        pause: float = _PAUSE,
    ) -> None:
        self.turn = turn
        self.heard = heard or HeardSoFar()
        self._asking = asking
        self._client = client
        self._pause = pause
        outgoing = None if heard is None else heard.outgoing(asking.provider)
        self._attempt = HttpAttempt(turn, asking, client, outgoing)
        self._broken: EndRecord | None = None
        self._stopped = asyncio.Event()
        self._vain = 0

    @property
    def again(self) -> Again:
        """Whether sending the request again may help: not while it is made all the same."""
        return self._attempt.again if not self.heard.response else Again()

    @property
    def phase(self) -> Phase:
        """How far it has come."""
        return self._attempt.phase

    @property
    def bytes_received(self) -> int:
        """Bytes over the connection that stands."""
        return self._attempt.bytes_received

    @property
    def reads(self) -> int:
        """Reads so far."""
        return self._attempt.reads

    def elapsed(self) -> float | None:
        """Seconds since it was asked for first."""
        return self._attempt.elapsed()

    def beginning(self) -> Sequence[Record]:
        """What is about to be sent."""
        return self._attempt.beginning()

    async def batches(self) -> AsyncGenerator[Sequence[Record]]:
        """Listen, and listen again as long as the stream breaks before its end."""
        while True:
            came = False
            async with aclosing(self._attempt.batches()) as batches:
                async for batch in batches:
                    if told := self._told(batch):
                        came = came or any(isinstance(each, FrameRecord) for each in told)
                        yield told
            self._vain = 0 if came else self._vain + 1
            if not await self._goes_on(came=came):
                return
            self._attempt = self._listening()

    def _told(self, batch: Sequence[Record]) -> Sequence[Record]:
        """A batch as it is told: of a connection that goes on, its head says so."""
        self.heard.follow(batch)
        if self._broken is None:
            return batch
        if self._attempt.refused:
            return ()
        return [self._as_going_on(record) for record in batch]

    def _as_going_on(self, record: Record) -> Record:
        if not isinstance(record, ResponseRecord):
            return record
        broke = _sentence(self._broken) if self._broken is not None else ""
        return replace(record, after=self._after, broke=broke or None)

    async def _goes_on(self, *, came: bool) -> bool:
        """Whether there is more to be heard: then wait a moment before it is asked for."""
        end = self._attempt.end(cancelled=self._stopped.is_set())
        if end.how not in _BROKEN or not self.heard.response or self._attempt.refused:
            return False
        if came or self._broken is None:
            self._broken = end
        if self._vain >= TRIES:
            return False
        try:
            async with asyncio.timeout(min(self._pause * 2**self._vain, _LONGEST_PAUSE)):
                await self._stopped.wait()
        except TimeoutError:
            return True
        return False

    def _listening(self) -> HttpAttempt:
        self._after = self.heard.number if self.heard.number is not None else -1
        outgoing = self.heard.outgoing(self._asking.provider)
        return HttpAttempt(self.turn, self._asking, self._client, outgoing, self._attempt.exchange)

    _after = -1
    _ended = ""

    def left_behind(self) -> str | None:
        """That the server makes the response all the same, where it does."""
        if not self.heard.response or self._ended not in (*_BROKEN, "cancelled"):
            return None
        behind = "" if self.heard.number is None else f" --after {self.heard.number}"
        listen = f"`codex-tui resume {self.heard.response}{behind}` listens to the rest"
        cancel = f"`codex-tui cancel {self.heard.response}` stops it"
        return f"the server goes on with it: {listen}, {cancel}"

    async def steer(self, text: str) -> bool:
        """Nothing: over HTTP no response can be steered."""
        return await self._attempt.steer(text)

    def returned(self) -> None:
        """Nothing."""

    def end(self, *, cancelled: bool) -> EndRecord:
        """How it ended; what broke it is said where it could not be taken up again."""
        end = self._attempt.end(cancelled=cancelled)
        broken, self._ended = self._broken, end.how
        gave_up = self._attempt.refused or (self._vain and end.how in _BROKEN)
        if broken is None or not gave_up:
            return end
        said = f"{_sentence(broken)} It can't be taken up again: {_sentence(end)}"
        return EndRecord(self.turn, end.t, broken.how, said)

    def stop(self) -> None:
        """Listen no more; the server makes it all the same."""
        self._stopped.set()
        self._attempt.stop()


def _sentence(end: EndRecord) -> str:
    """What happened, without what is to be done now."""
    sentence = (end.detail or "").partition("\n")[0]
    return sentence.removesuffix(SEND_AGAIN).rstrip()
