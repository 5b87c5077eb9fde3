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
from codex_tui.recording.records import EndRecord, ResponseRecord
from codex_tui.sources.attempt import Again
from codex_tui.sources.client import make_client
from codex_tui.sources.errors import json_of
from codex_tui.sources.failures import FAULTS, SEND_AGAIN, failure_of
from codex_tui.sources.heard import HeardSoFar
from codex_tui.sources.http_attempt import HttpAttempt
from codex_tui.sources.providers import ProviderError
from codex_tui.wire.decode import decode_answer
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

LONGEST_WAIT = 60.0
"""Seconds that a server which is busy may ask to wait; what takes longer is left to the user."""

_BROKEN = ("interrupted", "timeout", "connect_error")
_GONE = (404, 410)
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
    if answer.content and not isinstance(told, dict):
        raise ProviderError(f"{status_words(answer.status_code)} with what is no response.")
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
        self.listens_in: float | None = None
        self._asking = asking
        self._client = client
        self._pause = pause
        known = heard is not None
        self._attempt = self._asking_for_the_rest() if known else HttpAttempt(turn, asking, client)
        self._broken: EndRecord | None = None
        self._after = -1
        self._head: list[ResponseRecord] = []  # of what goes on, before it has brought anything
        self._stopped = asyncio.Event()
        self._vain = 0
        self._left = False

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
            before = self.heard.number
            async with aclosing(self._attempt.batches()) as batches:
                async for batch in batches:
                    if told := self._told(batch):
                        yield told
            came = self.heard.number != before  # what was sent once more is nothing new
            end = self._attempt.end(cancelled=self._stopped.is_set())
            if _is_whole(end) and (head := self._taken_head()):
                yield head
            self._vain = 0 if came else self._vain + 1
            if not await self._goes_on(end, came=came):
                return
            self._attempt = self._listening()

    def _told(self, batch: Sequence[Record]) -> Sequence[Record]:
        """A batch as it is told: the head of a connection that goes on waits for what it brings."""
        self.heard.follow(batch)
        if self._broken is None:
            return batch
        if self._attempt.refused:
            return ()
        told: list[Record] = []
        for record in batch:
            if isinstance(record, ResponseRecord):
                broke = _sentence(self._broken) or None
                self._head = [replace(record, after=self._after, broke=broke)]
            else:
                told += [*self._taken_head(), record]
        return told

    def _taken_head(self) -> list[ResponseRecord]:
        head, self._head = self._head, []
        return head

    async def _goes_on(self, end: EndRecord, *, came: bool) -> bool:
        """Whether there is more to be heard: then wait a moment before it is asked for."""
        if (wait := self._wait_after(end)) is None:
            return False
        if came or self._broken is None:
            self._broken = end
        if self._vain >= TRIES:
            return False
        return await self._waited(wait)

    async def _waited(self, seconds: float) -> bool:
        """Wait; False where it was stopped meanwhile."""
        self.listens_in = seconds
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return True
        finally:
            self.listens_in = None
        return False

    def _wait_after(self, end: EndRecord) -> float | None:
        """How many seconds later the rest is asked for; None where it can't be."""
        pause = min(self._pause * 2**self._vain, _LONGEST_PAUSE)
        if not self.heard.response:
            return None
        if not self._attempt.refused:
            return pause if end.how in _BROKEN else None
        again = self._attempt.again
        wait = pause if again.wait is None else max(again.wait, pause)
        busy = self._broken is not None and again.may_help
        return wait if busy and wait <= LONGEST_WAIT else None

    def _listening(self) -> HttpAttempt:
        self._after = self.heard.number if self.heard.number is not None else -1
        return self._asking_for_the_rest(self._attempt)

    def _asking_for_the_rest(self, before: HttpAttempt | None = None) -> HttpAttempt:
        outgoing = self.heard.outgoing(self._asking.provider)
        asked = self.turn, self._asking, self._client, outgoing, before
        return HttpAttempt(*asked, advice=self._advice)

    def _advice(self, status: int) -> str:
        if status in _GONE:
            return "The server has no such response, or keeps it no longer."
        return self._asking.advice(status)

    def left_behind(self) -> str | None:
        """That the server makes the response all the same, where it does."""
        if not self._left:
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
        end = self._told_end(cancelled=cancelled)
        left = end.how in _BROKEN or (cancelled and end.how == "cancelled")
        self._left = left and bool(self.heard.response) and self._attempt.status not in _GONE
        # What goes on need not be asked for once more.
        return EndRecord(self.turn, end.t, end.how, _sentence(end)) if self._left else end

    def _told_end(self, *, cancelled: bool) -> EndRecord:
        end, broken = self._attempt.end(cancelled=cancelled), self._broken
        vain = self._vain and (end.how in _BROKEN or end.how == "not_sse")
        if broken is None or _is_whole(end) or not (self._attempt.refused or vain):
            return end
        if cancelled:
            said = f"{_sentence(broken)} Cancelled before it was taken up again."
            return EndRecord(self.turn, end.t, "cancelled", said)
        said = f"{_sentence(broken)} It can't be taken up again: {_sentence(end)}"
        return EndRecord(self.turn, end.t, broken.how, said)

    def stop(self) -> None:
        """Listen no more; the server makes it all the same."""
        self._stopped.set()
        self._attempt.stop()


def _is_whole(end: EndRecord) -> bool:
    """Whether the response came in the place of its stream, as JSON."""
    _, _, body = (end.detail or "").partition("\n")
    return end.how == "not_sse" and decode_answer(body) is not None


def _sentence(end: EndRecord) -> str:
    """What happened, without what is to be done now."""
    sentence = (end.detail or "").partition("\n")[0]
    return sentence.removesuffix(SEND_AGAIN).rstrip()
