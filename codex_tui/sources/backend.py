"""From settings to a source: the provider in use, its model, and what carries its requests.

The app and `codex-tui run` share it. What opens connections is loaded when the first one is
needed: the first paint comes before.
"""

from __future__ import annotations

import asyncio
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from codex_tui.redact import mask_url
from codex_tui.sources.next_request import NO_OUTPUTS, NextRequest
from codex_tui.sources.provider_choice import DEMO, ProviderChoice, demo_settings
from codex_tui.sources.providers import ProviderError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx

    from codex_tui.config import Settings
    from codex_tui.config.profiles import Conversation, UnansweredCalls
    from codex_tui.model.conversation import Turn
    from codex_tui.redact import Secret
    from codex_tui.sources.heard import HeardSoFar
    from codex_tui.sources.live import LiveSource
    from codex_tui.sources.providers import Provider
    from codex_tui.sources.socket_attempt import SocketLine

_HINT = "`codex-tui doctor` says how to connect: OPENAI_API_KEY, a login, or a server."


class Backend:
    """The server that prompts go to.

    Args:
        settings: What the user chose.
        environ: The process's environment: keys, and the variables in profiles.
        demo: Whether to answer from the embedded demo, whatever the settings say.
        demo_speed: How fast the demo plays; None does not wait at all.

    Raises:
        ProviderError: What the settings name does not exist, or lacks something.
    """

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        *,
        demo: bool = False,
        demo_speed: float | None = 1.0,
    ) -> None:
        self._choice = ProviderChoice(demo_settings(settings) if demo else settings, environ)
        self._environ = environ
        self._demo_speed = demo_speed
        self._found_model = ""
        self._line: SocketLine | None = None

    # -- what is in use ----------------------------------------------------------------------

    @property
    def server(self) -> Provider:
        """The provider in use."""
        return self._choice.provider

    @property
    def provider(self) -> str:
        """The provider's name: that of a profile, or of the server where none was named."""
        return self.server.name

    @property
    def is_demo(self) -> bool:
        """Whether the embedded demo answers."""
        return self.server.name == DEMO

    @property
    def model(self) -> str:
        """The model to ask; "" until `prepare` has found one."""
        return self.server.model or self._found_model

    @property
    def effort(self) -> str:
        """The reasoning effort; "" leaves it to the model."""
        return self.server.effort or ""

    @property
    def transport(self) -> str:
        """What was chosen for requests to go over; "" leaves it to the profile."""
        return self._choice.settings.transport or ""

    @property
    def base_url(self) -> str:
        """The server's address, as it may be shown."""
        return self.server.address

    @property
    def url(self) -> str:
        """Where requests go, as it may be shown."""
        return mask_url(self.server.url("/responses"))

    def secrets(self) -> list[Secret]:
        """What must stand nowhere."""
        return self.server.secrets()

    @property
    def unanswered_calls(self) -> UnansweredCalls:
        """What becomes of calls without an output."""
        return self.server.unanswered_calls

    @property
    def hint(self) -> str:
        """How to connect a real provider, in half a line, where the demo answers; else ""."""
        return _HINT if self.is_demo else ""

    @property
    def profiles(self) -> list[str]:
        """The names that `switch` takes: what the program began with, and what is usable."""
        return self._choice.profiles

    # -- choosing another --------------------------------------------------------------------

    def switch(self, profile: str, model: str, effort: str, transport: str = "") -> None:
        """Use another profile, model, effort or transport from the next request on.

        Args:
            profile: One of `profiles`.
            model: The model's name; "" is the profile's own, or the first of its server's list.
            effort: The reasoning effort; "" leaves it to the model.
            transport: What requests go over; "" leaves it to the profile.

        Raises:
            ProviderError: The profile can't be used; what was in use stays.
        """
        self._choice.change(profile, model, effort, transport)
        self._found_model = ""
        self.hang_up()

    def beside(self, profile: str, model: str, effort: str, transport: str = "") -> Backend:
        """Another backend, chosen as `switch` chooses; this one stays as it is.

        Raises:
            ProviderError: The profile can't be used.
        """
        other = Backend(self._choice.first, self._environ, demo_speed=self._demo_speed)
        other.switch(profile, model, effort, transport)
        return other

    # -- asking ------------------------------------------------------------------------------

    async def models(self, profile: str) -> list[str]:
        """The models that a profile's server lists.

        Raises:
            ProviderError: The profile can't be used, or its server has no list.
        """
        return await self._models(self._choice.of(profile))

    async def prepare(self) -> None:
        """Find a model where nobody named one: the first that the server lists.

        Raises:
            ProviderError: The server has no list; the sentence says to name a model.
        """
        # Loading the client takes a tenth of a second, which the screen need not stand still for.
        await asyncio.to_thread(import_module, "codex_tui.sources.live")
        if not (self.model or self._next().built([]).get("model")):
            self._found_model = (await self._models(self.server))[0]

    async def _models(self, provider: Provider) -> list[str]:
        module = await asyncio.to_thread(import_module, "codex_tui.sources.models")
        client = self._demo_client if provider.name == DEMO else None
        try:
            names: list[str] = await module.list_models(provider, client=client)
        except module.NoListError as error:
            raise ProviderError(str(error)) from None
        return names

    def body(
        self,
        history: Sequence[Turn],
        prompt: str | None,
        outputs: Mapping[str, str] = NO_OUTPUTS,
        conversation: Conversation | None = None,
    ) -> dict[str, Any]:
        """The request that goes on from what was said, as `NextRequest.body` has it.

        Raises:
            ProviderError: The tools or the body file can't be used.
        """
        return self._next().body(history, prompt, outputs, conversation)

    def again(self, body: Mapping[str, Any], *, elsewhere: bool) -> dict[str, Any]:
        """A request that was sent, as it is sent over another connection: `NextRequest.again`.

        Raises:
            ProviderError: The tools or the body file can't be used.
        """
        return self._next().again(body, elsewhere=elsewhere)

    def _next(self) -> NextRequest:
        held = None if self._line is None else self._line.held
        return NextRequest(
            self.server,
            self.model,
            in_background=self._choice.settings.background,
            on_socket=self.on_socket,
            held=held,
        )

    def source(
        self,
        body: Mapping[str, Any],
        *,
        turn: int = 1,
        line: SocketLine | None = None,
        history: Sequence[Turn] = (),
    ) -> LiveSource:
        """The stream that answers a request.

        Args:
            body: The request's JSON.
            turn: Its number within the recording.
            line: The socket that it goes over; by default that of the conversation, if that is
                what requests go over.
            history: The turns before it, in which all stands that another socket has to be told.
        """
        line = line or self._line_for(turn)
        retold = partial(self._next().retold, body, history) if line and history else None
        return self._source(body, line=line, turn=turn, retold=retold)

    def _source(self, body: Mapping[str, Any], **more: Any) -> LiveSource:
        live = import_module("codex_tui.sources.live")
        failures = import_module("codex_tui.sources.failures")
        settings = self._choice.settings
        limits = settings.connect_timeout, settings.header_timeout, settings.idle_timeout
        source: LiveSource = live.LiveSource(
            self.server,
            body,
            client=self._demo_client if self.is_demo else None,
            limits=failures.Limits(*limits),
            retries=settings.retries,
            **more,
        )
        return source

    def rest(self, heard: HeardSoFar, *, turn: int = 1) -> LiveSource:
        """The stream of the rest of a response that was asked for before."""
        return self._source({}, heard=heard, turn=turn)

    @property
    def on_socket(self) -> bool:
        """Whether requests go over a WebSocket."""
        return self.server.transport == "websocket" and not self.is_demo

    @property
    def is_connected(self) -> bool:
        """Whether the conversation has a socket that stands."""
        return self._line is not None and self._line.open is not None

    def _line_for(self, turn: int) -> SocketLine | None:
        """The socket that a request goes over: of a new conversation another; None for HTTP."""
        if not self.on_socket:
            return None
        if turn == 1:
            self.hang_up()
        if self._line is None:
            self._line = import_module("codex_tui.sources.socket_attempt").SocketLine()
        return self._line

    def hang_up(self) -> None:
        """Leave the socket of the conversation, if there is one."""
        if self._line is not None:
            self._line.leave()
        self._line = None

    async def close(self) -> None:
        """Leave it, and wait a moment for its server to hear of that."""
        if self._line is not None:
            await self._line.close()

    @cached_property
    def _demo_client(self) -> httpx.AsyncClient:
        """The client of the demo: its transport stands where the network would be."""
        demo, http = import_module("codex_tui.sources.demo"), import_module("httpx")
        client: httpx.AsyncClient = http.AsyncClient(
            transport=demo.DemoTransport(self._demo_speed), timeout=None
        )
        return client
