"""The request that comes next, made of the provider's settings and of what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from codex_tui.sources.providers import ProviderError
from codex_tui.sources.request import (
    RequestError,
    as_items,
    build_body,
    follow_up,
    merged,
    user_message,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from codex_tui.config.profiles import Conversation
    from codex_tui.model.conversation import Turn
    from codex_tui.sources.providers import Provider

NO_OUTPUTS: Mapping[str, str] = {}
_OF_THE_CONNECTION = ("model", "reasoning", "include")  # fields that follow what is chosen there
_IN_BACKGROUND = {"background": True, "store": True}


@dataclass(frozen=True, slots=True)
class NextRequest:
    """How the next request is made.

    Attributes:
        provider: Whose settings it carries.
        model: The model to ask; "" leaves it out.
        in_background: Whether the server is to make the response on its own, and to keep it.
        on_socket: Whether it goes over a WebSocket.
        held: The response that the server has as long as the socket stands; None for none.
    """

    provider: Provider
    model: str
    in_background: bool = False
    on_socket: bool = False
    held: str | None = None

    def body(
        self,
        history: Sequence[Turn],
        prompt: str | None,
        outputs: Mapping[str, str] = NO_OUTPUTS,
        conversation: Conversation | None = None,
    ) -> dict[str, Any]:
        """The request that goes on from what was said.

        A turn in which nothing was answered is left out: what it asked was not heard.

        Args:
            history: The turns so far.
            prompt: What the user says; None where only outputs are sent.
            outputs: What the calls of the last turn gave, by `call_id`; of those that gave nothing
                the provider's settings say what becomes.
            conversation: How earlier turns are told; by default as the provider's settings say.

        Raises:
            ProviderError: The tools or the body file can't be used.
        """
        said = [user_message(prompt)] if prompt is not None else []
        if not history:  # the model need not be loaded for the first prompt
            return self.built(said)
        from codex_tui.sources.going_on import asked_by, asked_whole, going_on, last_answered

        last = last_answered(history)
        if last is None or last.request is None:
            return self.built(said)
        so_far = going_on(last, outputs, self.provider.unanswered_calls)
        provider, asked = self.provider, last.request.body
        conversation = conversation or self._told_by(so_far.response_id)
        if conversation == "resend" and self.on_socket:
            asked = asked_whole(asked_by(last), history, provider)
        following = follow_up(
            replace(provider, conversation=conversation),
            asked,
            so_far.response_id,
            so_far.again,
            [*so_far.outputs, *said],
        )
        return self.built(following["items"], following["previous_response_id"])

    def _told_by(self, response: str | None) -> Conversation:
        """How what was said before is told: a socket's server has what was said over it."""
        if response and response == self.held:
            return "previous_response_id"
        return self.provider.conversation

    def retold(self, body: Mapping[str, Any], history: Sequence[Turn]) -> dict[str, Any]:
        """A request with all that it goes on from, for a server that has lost it.

        Args:
            body: What is asked.
            history: The turns so far.
        """
        if self.provider.conversation == "previous_response_id":
            return dict(body)
        from codex_tui.sources.going_on import asked_whole

        whole = asked_whole(body, history, self.provider)
        told = {name: whole.get(name) for name in ("input", "previous_response_id")}
        return {name: value for name, value in {**body, **told}.items() if value is not None}

    def again(self, body: Mapping[str, Any], *, elsewhere: bool) -> dict[str, Any]:
        """A request that was sent, as it is sent once another connection was chosen.

        Args:
            body: What was sent; what of it is not chosen with a connection stays.
            elsewhere: Whether it went to another server: only what was said goes to this one.

        Raises:
            ProviderError: The tools or the body file can't be used.
        """
        fresh = self.built(as_items(body.get("input")) if elsewhere else [])
        if elsewhere:
            return fresh
        return merged(body, {name: fresh.get(name) for name in _OF_THE_CONNECTION})

    def built(self, items: Sequence[dict[str, Any]], previous: str | None = None) -> dict[str, Any]:
        """A request with these items, and what it goes on from.

        Raises:
            ProviderError: The tools or the body file can't be used.
        """
        try:
            body = build_body(
                self.provider, items, model=self.model or None, previous_response_id=previous
            )
        except RequestError as error:
            raise ProviderError(str(error)) from None
        return body | _IN_BACKGROUND if self.in_background else body
