"""Which server is asked, with which key: the built-in providers and the profiles of config.toml.

Nothing here opens a connection. A key leaves this module as a `Secret`, and meets the request in
`Provider.request_headers` alone.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec import Struct, field
from msgspec.structs import replace

from codex_tui._version import __version__
from codex_tui.config.errors import suggestion
from codex_tui.config.profiles import Conversation, Profile, Transport, UnansweredCalls
from codex_tui.redact import Secret, mask_url
from codex_tui.sources.codex_auth import AuthFileError, CodexLogin, auth_file, read_login
from codex_tui.sources.credentials import (
    address_secrets,
    all_filled,
    filled,
    header_secrets,
    query_secrets,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from codex_tui.config import Settings

OPENAI_URL = "https://api.openai.com/v1"
OPENAI_MODEL = "gpt-5"
CHATGPT_URL = "https://chatgpt.com/backend-api/codex"
_BETA = "responses=experimental"
CHATGPT_INSTRUCTIONS = "You are a helpful assistant."
BUILT_IN = ("openai", "chatgpt", "demo")
DEMO_MODELS = ("gpt-5-codex", "gpt-5", "gpt-5-mini")
"""What the demo's `/models` lists."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")
_ORGANIZATION = {
    "OpenAI-Organization": ("OPENAI_ORG_ID", "OPENAI_ORGANIZATION"),
    "OpenAI-Project": ("OPENAI_PROJECT_ID", "OPENAI_PROJECT"),
}


class ProviderError(Exception):
    """No connection can be made of what is configured; the text says how to make one."""


class Provider(Struct, frozen=True):
    """A server, and how it is spoken to.

    Attributes:
        name: What the status line calls it.
        base_url: What `/responses` and `/models` are added to.
        key: The key or token; None for servers that want none.
        auth_header: The header that carries the key.
        headers: Further headers; those with something secret in them are `Secret`.
        query: Further query parameters, likewise.
        model: The model to ask; None leaves it to the server's list of models.
        effort: The reasoning effort; None is not sent.
        instructions: The system instructions; None is not sent.
        reasoning_summary: The kind of reasoning summaries to ask for; None is not sent.
        encrypted_reasoning: Whether to ask for reasoning items that can be sent back.
        only_reasoning_models: Whether the two before are sent only to models known to reason,
            since this server rejects them for others.
        store: Whether the server may store the response; None is not sent.
        conversation: How earlier turns are told.
        unanswered_calls: What becomes of calls without an output.
        tools: A JSON file of tools.
        body: Further fields of the body.
        overlay: A JSON file that is laid over the body, last.
        models_query: What `/models` wants in its query.
        transport: What requests go over.
        login_hint: What to do when the server does not accept the key.
    """

    name: str
    base_url: str
    key: Secret | None = None
    auth_header: str = "Authorization"
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    query: Mapping[str, str | Secret] = field(default_factory=dict)
    model: str | None = None
    effort: str | None = None
    instructions: str | None = None
    reasoning_summary: str | None = None
    encrypted_reasoning: bool = False
    only_reasoning_models: bool = False
    store: bool | None = None
    conversation: Conversation = "resend"
    unanswered_calls: UnansweredCalls = "branch"
    tools: Path | None = None
    body: Mapping[str, Any] = field(default_factory=dict)
    overlay: Path | None = None
    models_query: Mapping[str, str] = field(default_factory=dict)
    transport: Transport = "sse"
    login_hint: str = "Check the key."

    def __repr__(self) -> str:
        return f"Provider({self.name!r})"  # an address may hold a password

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("name", self.name)]

    @property
    def address(self) -> str:
        """The server's address, as it may be shown."""
        return mask_url(self.base_url)

    def url(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """The address of `/responses` or `/models`, queries and user-info included.

        But for user-info where a header authorizes: the client would send `Authorization: Basic`
        in the place of that.
        """
        parts = urlsplit(self.base_url)
        others = {name.lower() for name in self.request_headers()}
        host = parts.netloc.rpartition("@")[2] if "authorization" in others else parts.netloc
        base = parts.path.rstrip("/").removesuffix("/responses")
        own = {name: _revealed(value) for name, value in self.query.items()}
        pairs = [*parse_qsl(parts.query, keep_blank_values=True), *own.items()]
        pairs += (query or {}).items()
        return urlunsplit((parts.scheme, host, base + path, urlencode(pairs), ""))

    def request_headers(self) -> dict[str, str]:
        """The headers of a request, the key among them: for the connection, never for a file."""
        headers = {"User-Agent": f"codex-tui/{__version__}"}
        headers |= {name: _revealed(value) for name, value in self.headers.items()}
        if self.key:
            bearer = "Bearer " if self.auth_header.lower() == "authorization" else ""
            headers[self.auth_header] = bearer + self.key.reveal()
        return headers

    def secrets(self) -> list[Secret]:
        """Whatever of this must not stand in a recording, even where a server repeats it."""
        held = (
            *([self.key] if self.key else []),
            *header_secrets(self.headers),
            *query_secrets(self.query),
            *address_secrets(self.base_url),
        )
        return [secret for secret in held if secret]


def how_to_connect(config_file: Path) -> str:
    """One sentence for somebody who has no provider yet."""
    return (
        "To connect: set OPENAI_API_KEY, or log in with `codex login`, or name a server with"
        f" --base-url URL, or write a [profiles.NAME] in {config_file}."
    )


def demo_provider() -> Provider:
    """The provider that needs no key and no network; its transport is `sources.demo`'s."""
    return Provider(
        name="demo",
        base_url="https://demo.invalid/v1",
        model=DEMO_MODELS[0],
        reasoning_summary="auto",
        encrypted_reasoning=True,
        store=False,
        login_hint="The demo needs no key.",
    )


def resolve(
    settings: Settings, environ: Mapping[str, str], *, clock: Callable[[], float] = time.time
) -> Provider | None:
    """The provider that the settings and the environment name; None is the demo.

    In this order: the profile that was named, a base URL, `openai` if its key is set, `chatgpt`
    if the Codex CLI is logged in.

    Args:
        settings: What the user chose.
        environ: The process's environment: keys, and the variables in profiles.
        clock: The time of day, in seconds since the epoch: logins expire.

    Raises:
        ProviderError: What was named does not exist, or lacks something.
    """
    return _Resolver(settings, environ, clock()).provider()


class _Resolver:
    def __init__(self, settings: Settings, environ: Mapping[str, str], now: float) -> None:
        self.settings = settings
        self.environ = environ
        self.now = now

    def provider(self) -> Provider | None:
        name = self.settings.profile or self._name_by_what_is_there()
        match name:
            case None | "demo":
                return None
            case "openai":
                provider = self._openai(self.settings.profiles.get(name, Profile(name)))
            case "chatgpt":
                provider = self._chatgpt(self.settings.profiles.get(name, Profile(name)))
            case _ if profile := self.settings.profiles.get(name):
                provider = self._named(profile)
            case _:
                known = {*self.settings.profiles, *BUILT_IN}
                said = f'There is no profile "{name}": {suggestion(name, known)}'
                raise ProviderError(self.settings.place("profile") + said)
        return _checked(provider)

    def _name_by_what_is_there(self) -> str | None:
        if self.settings.base_url or self._variable("OPENAI_API_KEY"):
            return "openai"
        login = self._login()
        if login is None:
            return None
        return "chatgpt" if login.token else "openai"

    def _openai(self, profile: Profile) -> Provider:
        variable = profile.key_variable or "OPENAI_API_KEY"
        key = self._variable(variable)
        url = self._chosen("base_url", profile.base_url)
        own_url = url is None
        place = self._place_of_url(profile) if url else ""
        url = self._filled(url, profile) or self._variable("OPENAI_BASE_URL") or OPENAI_URL
        url = _checked_url(url, place)
        official = (urlsplit(url).hostname or "").endswith("api.openai.com")
        if key is None and official:
            key = self._key_of_the_codex_login(variable)
        provider = Provider(
            name="openai" if own_url or official else urlsplit(url).netloc.rpartition("@")[2],
            base_url=url,
            key=Secret(key) if key else None,
            headers=self._organization(),
            model=OPENAI_MODEL if official else None,
            # A server of somebody else's may answer 422 to fields that it does not know.
            reasoning_summary="auto" if own_url or official else None,
            encrypted_reasoning=own_url or official,
            only_reasoning_models=True,
            login_hint=f"Check the key in {variable}.",
        )
        return self._with_profile(provider, profile)

    def _organization(self) -> dict[str, str | Secret]:
        found = {
            header: next(filter(None, map(self._variable, variables)), None)
            for header, variables in _ORGANIZATION.items()
        }
        return {header: value for header, value in found.items() if value}

    def _key_of_the_codex_login(self, variable: str) -> str:
        login = self._login()
        if login is None or login.api_key is None:
            raise ProviderError(
                f"The profile openai needs a key: set {variable}, or name a server with --base-url."
            )
        return login.api_key.reveal()

    def _chatgpt(self, profile: Profile) -> Provider:
        login = self._login()
        if login is None or login.token is None:
            raise ProviderError(
                f"There is no ChatGPT login in {auth_file(self.environ)}: run `codex login`."
            )
        if login.expired(self.now):
            raise ProviderError(
                f"The ChatGPT login in {auth_file(self.environ)} has expired. Run any `codex`"
                " command, which renews it, or `codex login`; codex-tui never changes that file."
            )
        transport = self._chosen("transport", profile.transport)
        beta = "responses_websockets=2026-02-06" if transport == "websocket" else _BETA
        headers: dict[str, str | Secret] = {
            "OpenAI-Beta": beta,
            "originator": "codex-tui",
        }
        if login.account_id:
            headers["chatgpt-account-id"] = login.account_id
        url = self.settings.base_url if self.settings.chosen("base_url") else profile.base_url
        provider = Provider(
            name="chatgpt",
            base_url=_checked_url(
                self._filled(url, profile) or CHATGPT_URL, self._place_of_url(profile)
            ),
            key=login.token,
            headers=headers,
            instructions=CHATGPT_INSTRUCTIONS,
            reasoning_summary="auto",
            encrypted_reasoning=True,
            store=False,
            models_query={"client_version": "1.0.0"},
            login_hint="Run any `codex` command, which renews the login, or `codex login`.",
        )
        return self._with_profile(provider, profile)

    def _named(self, profile: Profile) -> Provider:
        url = self._chosen("base_url", profile.base_url)
        if not url:
            place = self.settings.place("profiles", profile.name)
            raise ProviderError(f'{place}The profile "{profile.name}" needs a base_url.')
        place = self._place_of_url(profile)
        provider = Provider(profile.name, _checked_url(self._filled(url, profile), place))
        if variable := profile.key_variable:
            key = self._variable(variable)
            if not key:
                raise ProviderError(
                    f'The profile "{profile.name}" takes its key from {variable}, which is not set.'
                )
            hint = f"Check the key in {variable}."
            provider = replace(provider, key=Secret(key), login_hint=hint)
        return self._with_profile(provider, profile)

    def _with_profile(self, provider: Provider, profile: Profile) -> Provider:
        """The provider with what the profile and the settings say instead of its own."""
        summary = profile.reasoning_summary
        encrypted = profile.encrypted_reasoning
        return replace(
            provider,
            auth_header=profile.auth_header or provider.auth_header,
            headers={**provider.headers, **all_filled(profile.headers, self._values(profile))},
            query=all_filled(profile.query, self._values(profile)),
            model=self._chosen("model", profile.model) or provider.model,
            effort=self._chosen("effort", profile.effort),
            transport=self._chosen("transport", profile.transport) or provider.transport,
            instructions=self._chosen("instructions", profile.instructions)
            or provider.instructions,
            reasoning_summary=provider.reasoning_summary if summary is None else _word(summary),
            encrypted_reasoning=provider.encrypted_reasoning if encrypted is None else encrypted,
            only_reasoning_models=provider.only_reasoning_models and summary is None,
            conversation=profile.conversation or provider.conversation,
            unanswered_calls=profile.unanswered_calls or provider.unanswered_calls,
            tools=self.settings.tools
            if self.settings.chosen("tools")
            else profile.tools or self.settings.tools,
            body=profile.body,
            overlay=self.settings.body,
        )

    def _chosen(self, name: str, of_profile: str | None) -> str | None:
        """Flags and variables win over the profile, the profile over the rest of the file."""
        value: str | None = getattr(self.settings, name)
        if self.settings.chosen(name):
            return value
        return of_profile if of_profile is not None else value

    def _place_of_url(self, profile: Profile) -> str:
        """Where the file says the address, to begin a complaint with."""
        if self.settings.chosen("base_url"):
            return ""
        own = profile.base_url is not None
        return self.settings.place(*(("profiles", profile.name) if own else ()), "base_url")

    def _variable(self, name: str) -> str | None:
        return self.environ.get(name, "").strip() or None

    def _login(self) -> CodexLogin | None:
        try:
            return read_login(auth_file(self.environ))
        except AuthFileError as error:
            raise ProviderError(str(error)) from None

    def _filled(self, url: str | None, profile: Profile) -> str:
        """An address with the values of its variables; "" for none."""
        return filled(url, self._values(profile)).reveal() if url else ""

    def _values(self, profile: Profile) -> Callable[[str], str]:
        """What the variables stand for that a profile names."""

        def value_of(name: str) -> str:
            if name in self.environ:
                return self.environ[name].strip()
            raise ProviderError(f'The profile "{profile.name}" uses ${name}, which is not set.')

        return value_of


def _revealed(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _word(text: str) -> str | None:
    return None if text.lower() in {"", "none"} else text


def _checked(provider: Provider) -> Provider:
    if provider.key and not re.fullmatch(r"[\x21-\x7e]+", provider.key.reveal()):
        raise ProviderError(f"The key holds what no header can carry. {provider.login_hint}")
    for name, value in provider.headers.items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(_revealed(value))):
            raise ProviderError(
                f'The header "{name}" of the profile "{provider.name}" can\'t be sent:'
                " its name or value holds what no header can carry."
            )
    return provider


def _checked_url(url: str, place: str) -> str:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = None
    if not fits or re.search(r"[\x00-\x20\x7f]", url):
        hint = f"http://{url}" if "://" not in url else OPENAI_URL
        raise ProviderError(
            f'{place}"{mask_url(url)}" is no address of a server: write it as in {mask_url(hint)}'
        )
    return url
