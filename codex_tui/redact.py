"""What may be written down or shown of requests, answers, URLs and keys.

Allow-lists: what is not known to be harmless is left out, so that a header invented tomorrow can't
carry a credential into a file.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

MASK = "***"
"""What stands where a secret stood."""

REQUEST_HEADERS = frozenset(
    [
        "accept",
        "accept-encoding",
        "content-length",
        "content-type",
        "host",
        "content-encoding",
        "openai-beta",
        "originator",
        "sec-websocket-extensions",
        "session-id",
        "session_id",
        "thread-id",
        "thread_id",
        "upgrade",
        "user-agent",
        "x-client-request-id",
        "x-codex-turn-metadata",
        "x-stainless-lang",
        "x-stainless-package-version",
        "x-stainless-retry-count",
    ]
)
"""The request headers that are kept, in lower case."""

TURN_METADATA = "x-codex-turn-metadata"
"""The request header in which the Codex CLI says what a request is part of, as JSON."""

_PLAIN_METADATA = ("thread_id", "turn_id", "agent_name", "request_kind")
"""What is kept of it: the rest tells of the user's folders and their origins."""

RESPONSE_HEADERS = frozenset(
    [
        "age",
        "apim-request-id",
        "cache-control",
        "cf-cache-status",
        "cf-ray",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "location",
        "openai-model",
        "openai-processing-ms",
        "openai-version",
        "request-id",
        "retry-after",
        "retry-after-ms",
        "sec-websocket-extensions",
        "server",
        "server-timing",
        "transfer-encoding",
        "upgrade",
        "via",
        "x-accel-buffering",
        "x-cache",
        "x-content-type-options",
        "x-envoy-upstream-service-time",
        "x-ms-region",
        "x-ms-request-id",
        "x-reasoning-included",
        "x-request-id",
    ]
)
"""The response headers that are kept, in lower case, beside the prefixes."""

RESPONSE_HEADER_PREFIXES = (
    "x-ratelimit-",
    "anthropic-ratelimit-",
    "x-codex-primary-",
    "x-codex-secondary-",
)
"""Families of response headers that are kept: limits and what is left of them."""

PLAIN_QUERY_NAMES = frozenset(
    [
        *("api-version", "api_version", "beta", "deployment", "model"),
        *("starting_after", "stream", "version"),
    ]
)
"""The query parameters whose values are shown."""

# A word begins here, be it behind an escape of JSON or behind a colour of a terminal: a line feed
# and a key, in the JSON of a call's arguments, are the characters `\\nsk-…`.
_BEGINS = (
    r"""(?: (?<! \w ) | (?<= \\ [abfnrtv0] ) | (?<= \\u [0-9A-Fa-f]{4} ) | (?<= [\[;0-9] m ) )"""
)

# Or a key hangs on a word (`keysk-proj-…`). In the middle of base64 anything stands somewhere: so
# the word is no longer than this, and what goes on behind it is no blob. What hangs there has to
# look more like a key than what stands alone, or `task-force` would be one.
_HANGS = r"(?<= \w ) (?<! [\w+/-]{128} )"
_NO_BLOB = r"(?! [\w+/-]{400} )"
_DIGITS = r"(?= [A-Za-z_]{0,40} [0-9] ) (?= [0-9_]{0,40} [A-Za-z] )"
_CASES = r"(?= [A-Z0-9]{0,20} [a-z] ) (?= [a-z0-9]{0,20} [A-Z] )"
_PARTS = r"(?: [A-Za-z0-9_]{0,40} - ){0,6}"
_RANDOM = rf"(?: {_PARTS} {_DIGITS} [A-Za-z0-9_]{{16}} | {_PARTS} [A-Za-z0-9]{{24}} )"
_MORE_RANDOM = rf"{_PARTS} (?= [A-Za-z]{{0,40}} [0-9] ) {_CASES} [A-Za-z0-9]{{20}}"
# After these letters `sk`, `rk` and `sess` end an English word: task, disk, network, assess.
_ENDS_NO_WORD = r"""
    (?: (?<! a ) (?<! [dhlr]i ) (?<! [dhlmrt]u ) (?<! de ) (?<! io ) (?= sk )
    | (?<! [aeiou] ) (?= rk ) | (?<! [ao]s ) (?= sess ) )
    """

# What has the form of a key, whoever issued it.
_KEY_SHAPES = rf"""
    {_BEGINS} (?:
      (?: sk | rk | sess | glpat | pplx | tvly | csk | xai ) - [\w-]{{16,}}
    | (?: gsk_ | hf_ | gh[pousr]_ | npm_ | r8_ ) [A-Za-z0-9]{{20,}} # Groq, Hugging Face, GitHub …
    | github_pat_ \w{{20,}}
    | (?: sk | rk | pk ) _ (?: live | test ) _ [A-Za-z0-9]{{16,}}   # Stripe
    | xox[abeoprs] - [\w-]{{10,}}                                  # Slack
    | AIza [\w-]{{30,}} | ya29\. [\w-]{{20,}}                     # Google
    | (?: AKIA | ASIA ) [A-Z0-9]{{16}} \b                          # AWS
    | (?<! [\w-]{{256}} ) eyJ [\w-]{{8,4096}}+ \.{{1,2}} [\w-]{{8,}} (?: \. [\w-]+ )*
    )
    | (?: {_HANGS} | {_BEGINS} ) (?:
      (?: {_ENDS_NO_WORD} (?: sk | rk | sess ) | csk | glpat | pplx | tvly | xai ) - (?= {_RANDOM} )
      {_NO_BLOB} [\w-]+
    | (?: sk | rk | sess ) - (?= {_MORE_RANDOM} ) {_NO_BLOB} [\w-]+
    | sk-(?: proj | ant | svcacct | admin | or-v1 | lf | None ) - (?= {_RANDOM} ) {_NO_BLOB} [\w-]+
    | (?: gsk_ | npm_ | gh[pour]_ | (?<! [iu] ) ghs_ ) {_DIGITS} [A-Za-z0-9]{{20,}}
    | ghs_ (?= [A-Za-z]{{0,40}} [0-9] ) {_CASES} [A-Za-z0-9]{{20,}}
    | hf_ (?: {_CASES} | {_DIGITS} ) [A-Za-z0-9]{{20,}}
    | r8_ (?= [A-Za-z]{{0,40}} [0-9] ) {_CASES} [A-Za-z0-9]{{20,}}
    | github_pat_ {_DIGITS} \w{{20,}}
    | {_ENDS_NO_WORD} (?: sk | rk ) _ (?: live | test ) _ (?: {_CASES} | {_DIGITS} )
      [A-Za-z0-9]{{16,}}
    | (?: sk | rk ) _ (?: live | test ) _ (?= [A-Za-z]{{0,40}} [0-9] ) {_CASES} [A-Za-z0-9]{{16,}}
    | pk_ (?: live | test ) _ (?: {_CASES} | {_DIGITS} ) [A-Za-z0-9]{{16,}}
    | xox[abeoprs] - (?= [A-Za-z_-]{{0,20}} [0-9] ) [\w-]{{10,}}
    | AIza {_NO_BLOB} [\w-]{{30,}}
    | ya29\. (?= {_RANDOM} ) [\w-]{{20,}}
    | (?: AKIA | ASIA ) (?= [A-Z]{{0,15}} [0-9] ) [A-Z0-9]{{16}} {_NO_BLOB}
    )
    | (?<= \w ) (?<! [\w-]{{256}} ) eyJ [\w-]{{8,4096}}+ (?:
      \. eyJ [\w-]{{5,}} (?: \. [\w-]+ )*
    | \.{{1,2}} [\w-]{{16,}}+ \. [\w-]{{16,}} (?: \. [\w-]+ )*
    )
    | -----BEGIN[ ][A-Z ]{{0,24}}PRIVATE[ ]KEY(?:[ ]BLOCK)?-----
      (?: [^-"'] | - (?! ---- ) ){{0,8000}}+
      (?: -----END[ ][A-Z ]{{0,24}}PRIVATE[ ]KEY(?:[ ]BLOCK)?----- )?
    | (?<= \b [Bb]earer\  ) [\w.~+/=-]{{20,}}
    | (?<= [Bb]earer\  ) (?= [\w.~+/=-]{{0,40}} [0-9] ) [\w.~+/=-]{{20,}}
    """

# Between the name of a header and its value: a colon; the comma of a list of pairs; that and the
# length, as in the files of mitmproxy; or, as in HAR, the name `value`.
_THEN = r"""
    (?: \\{0,3} ["']? [ ]{0,2} : [ ]{0,2} \\{0,3} ["']?
    | , \d{1,6} :
    | \\{0,3} ["'] [ ]? , [ ]? (?: \\{0,3} ["'] value \\{0,3} ["'] [ ]? : [ ]? )? \\{0,3} ["'] )
    """
_HEADER_VALUES = rf"""
    (?<! [A-Za-z0-9] ) (?: authorization | api-key )
    {_THEN} (?: (?: bearer | basic | token ) [ ]+ )?
    ( [^\s"'\\,;$<>(){{}}*]{{8,}} )
    """
_COOKIES = rf"""
    (?<! [A-Za-z0-9] ) (?: set- )? cookie {_THEN}
    ( [^\s"'\\,;$<>(){{}}*=]{{1,80}} = [^\r\n"'\\<>\x00]{{4,}}
    | [^\s"'\\,;$<>(){{}}*]{{8,}} )
    """
_NAMED_VALUES = r"""
    (?<! [A-Za-z0-9] ) (?: api[_-]?key | (?: access | auth | id | refresh | session ) _token
    | client_secret | private_key | passw(?:or)?d | secret ) \\{0,3} ["'] \s? : \s? \\{0,3} ["']
    ( (?= [^"'\\\n]{4} ) [^"'\\\s]+ (?: [ ]+ [^"'\\\s]+ )* )  # of one word or more
    """
# Without quotes, as in an environment, a shell or YAML, a word may follow the name as well: what is
# masked has a figure, and is no variable, call or placeholder.
_VALUE = r"""(?= [^\s"'\\,;&$<>(){}|*\[\]]{0,80} [0-9] ) [^\s"'\\,;&$<>(){}|*\[\]]{8,}"""
_ASSIGNED = rf"""
    (?: api[_-]?key | access[_-]?key(?:[_-]id)? | secret(?:[_-](?:access[_-])?key)? | passw(?:or)?d
    | private_key | (?: access | api | auth | bot | hub | id | refresh | session ) _token )
    [ ]{{0,2}} [=:] [ ]{{0,2}} ["']? ( {_VALUE} )
    """
# What signs or opens an address, in its query or fragment.
_QUERY_VALUES = r"""
    [?&;#] (?: amp; )? (?: x-(?:amz|goog)- )?
    (?: (?: api[_-]?key | auth | pass(?:w(?:or)?d)? | pwd | (?: client_ )? secret | sig(?:nature)?
        | credential | (?: access_ | id_ | refresh_ | security- )? token )
      = ( [^&;\s"'\\<>\#*]{4,} )
    | (?: key | code ) = ( [^&;\s"'\\<>\#*]{16,} ) )
    """
CREDENTIAL_NAMES = frozenset(
    (
        *("access_token", "api-key", "api_key", "apikey", "auth_token", "authorization"),
        *("client_secret", "cookie", "id_token", "openai_api_key", "passwd", "password"),
        *("private_key", "proxy-authorization", "refresh_token", "secret", "session_token"),
        *("set-cookie", "x-api-key", "x-goog-api-key"),
    )
)
"""Keys of JSON objects, in lower case, whose values are credentials whatever they look like."""

_URL_PASSWORDS = re.compile(r"(?<=://)([^\s/?#@\"'\\:]{1,200}:[^\s/?#@\"'\\]{1,500})(?=@)")
_E_MAIL = rf"""
    (?: {_BEGINS} (?<! [.+%-] ) ) ( [A-Za-z0-9_.+%-]{{1,64}}+ @ [A-Za-z0-9-]{{1,63}}
    (?: \. [A-Za-z0-9-]{{1,63}} )* \. (?! (?:png|jpe?g|gif|svg|webp) \b ) [A-Za-z]{{2,24}} )
    (?! [A-Za-z0-9] )
    """
_HOMES = rf"""
    (?: {_BEGINS} (?<! [.~-] ) )
    ( (?: / (?: home | Users ) / | [A-Za-z]: (?: \\{{1,4}} | / ) Users (?: \\{{1,4}} | / ) )
    [\w.-]* \w )
"""

_USER_INFO = re.compile(r"^([a-z][a-z0-9+.-]*:(?=[/\\]))?([/\\]*)[^/?#\\]*@", re.IGNORECASE)
_QUERY_PAIR = re.compile(r"[^&;]+")


# What finds private texts is compiled when something is looked for: that takes as long as all else
# of the module.


@cache
def key_shapes() -> re.Pattern[str]:
    """Text that has the form of a key, whoever issued it."""
    return re.compile(_KEY_SHAPES, re.VERBOSE | re.ASCII)


class Secret:
    """A key or a token. Whatever prints it prints a mask; `reveal` is the one way to its text.

    Crash reports print local variables and settings print themselves, so a bare `str` would do
    for neither.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the header that it is sent in."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        from hmac import compare_digest  # which loads OpenSSL's hashes

        return isinstance(other, Secret) and compare_digest(
            self._text.encode("utf-8", "replace"), other._text.encode("utf-8", "replace")
        )

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"Secret({MASK!r})" if self else "Secret('')"

    def __str__(self) -> str:
        return MASK if self else ""

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


def mask_keys(text: str, secrets: Iterable[Secret] = ()) -> str:
    """`text` without the given secrets and without anything that has the form of a key.

    For messages and headers, not for what a model wrote: that may speak of keys as it likes.
    """
    return key_shapes().sub(MASK, mask_secrets(text, secrets))


def mask_secrets(text: str, secrets: Iterable[Secret]) -> str:
    """`text` with each of the given secrets masked, and nothing else changed."""
    for secret in sorted(secrets, key=lambda secret: -len(secret.reveal())):
        if secret:
            text = text.replace(secret.reveal(), MASK)
    return text


_CUT = re.compile(r"(…|\\u2026)")  # what our own sentences end in that were cut, also in JSON
_TELLING = 6  # characters of the beginning of a secret that tell of it
SHORTEST = 8
"""Characters of the shortest text that is taken for a secret."""

_PLACEHOLDERS = frozenset(
    ["lm-studio", "not-needed", "dummy-key", "no-key-required", "sk-no-key-required", "changeme"]
)


def texts_of(secrets: Iterable[Secret]) -> set[str]:
    """The texts of secrets, without what is none.

    What is shorter than eight characters, or what local servers' guides tell everybody to use, is
    left alone: a model may well write the word.
    """
    texts = {secret.reveal() for secret in secrets}
    return {text for text in texts if len(text) >= SHORTEST and text not in _PLACEHOLDERS}


def spellings(texts: Iterable[str]) -> set[str]:
    """Texts as they are written in an address, in JSON, and in JSON that stands in a string of it.

    In the former they are quoted; in the latter a quote or a backslash is escaped.
    """
    import json
    from urllib.parse import quote, quote_plus

    found = {each for text in texts for each in (text, quote(text, safe=""), quote_plus(text))}
    for _ in range(2):
        found |= {json.dumps(text)[1:-1] for text in found}
    return found | {text.replace("/", r"\/") for text in found}


def _spelled(secrets: Iterable[Secret]) -> set[str]:
    texts = texts_of(secrets)
    return spellings(texts) if texts else texts


class KnownSecrets:
    """Masks given secrets in texts that are put together of pieces.

    Args:
        secrets: The secrets.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self.spelled = sorted(_spelled(secrets), key=lambda text: (-len(text), text))
        """The longest first: a shorter one may stand in it."""
        self.longest = max(map(len, self.spelled), default=0)
        self._any = re.compile("|".join(map(re.escape, self.spelled)))

    def masked(self, text: str) -> str:
        """A whole text without the secrets."""
        if any(secret in text for secret in self.spelled):
            text = self._any.sub(MASK, text)
        cut = self.spelled and ("…" in text or "\\u2026" in text)
        return self._without_cut_ones(text) if cut else text

    def _without_cut_ones(self, text: str) -> str:
        """Mask the beginning of a secret where that is what a cut has left of it."""
        pieces = _CUT.split(text)
        for at in range(0, len(pieces) - 1, 2):
            piece = pieces[at]
            left = len(piece) - self._beginning(piece, 0)
            if left >= _TELLING:
                pieces[at] = piece[: len(piece) - left] + MASK
        return "".join(pieces)

    def stream(self) -> MaskedStream:
        """What masks a text that comes in pieces."""
        return MaskedStream(self)

    def split(self, text: str) -> tuple[str, str]:
        """What of a text is sure, masked, and its end, which may be the beginning of a secret."""
        pieces: list[str] = []
        position = 0
        while True:
            open_ = self._beginning(text, position)
            found = self._any.search(text, position) if self._has(text, position) else None
            if found is None or found.start() >= open_:
                pieces.append(text[position:open_])
                return "".join(pieces), text[open_:]
            pieces += text[position : found.start()], MASK
            position = found.end()

    def _has(self, text: str, position: int) -> bool:
        return any(text.find(secret, position) >= 0 for secret in self.spelled)

    def _beginning(self, text: str, position: int) -> int:
        """Where the end of a text may be the beginning of a secret; its length where it is none."""
        end = len(text)
        begin = max(position, end - self.longest + 1)
        for secret in self.spelled:
            at = text.find(secret[0], begin)
            while at >= 0:
                if secret.startswith(text[at : at + SHORTEST]) and secret.startswith(text[at:]):
                    if len(text) - at < len(secret):
                        end = min(end, at)
                    break
                at = text.find(secret[0], at + 1, end)
        return end


class MaskedStream:
    """A text that comes in pieces, without secrets: what may be the beginning of one waits."""

    __slots__ = ("_known", "_waiting")

    def __init__(self, known: KnownSecrets) -> None:
        self._known = known
        self._waiting = ""

    def feed(self, piece: str) -> str:
        """Take the next piece; return what is sure. It costs what the piece and a secret cost."""
        if not self._known.spelled:
            return piece
        sure, self._waiting = self._known.split(self._waiting + piece)
        return sure

    def end(self) -> str:
        """Return what waits: nothing more comes."""
        waiting, self._waiting = self._waiting, ""
        return self._known.masked(waiting)


_SHORTEST_FOUND = len("a@b.co")

# Each shape holds one of these: to look for them first is quick, and most texts hold none.
_SIGNS = (
    *("sk-", "rk-", "sess-", "glpat-", "pplx-", "tvly-", "xai-", "gsk_", "hf_", "npm_", "r8_"),
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "sk_", "rk_", "pk_", "xox", "AIza"),
    *("ya29.", "AKIA", "ASIA", "eyJ", "PRIVATE KEY", "earer ", "@", "/home/", "/Users/", "Users\\"),
)
_LOWER_SIGNS = (
    *("authorization", "api-key", "api_key", "apikey", "cookie", "_token", "client_secret"),
    *("private_key", "passw", "secret", "access-key", "access_key", "accesskey"),
    *("key=", "token=", "auth=", "pass=", "pwd=", "sig=", "signature=", "credential=", "code="),
)


class Found(NamedTuple):
    """What is private in a text: where it stands, what it is, and what is put in its place."""

    start: int
    end: int
    what: str
    mask: str


class _Shape(Struct, frozen=True):
    what: str
    pattern: re.Pattern[str]
    mask: str = MASK


class Private:
    """What nobody else is to read: keys, credentials, e-mail addresses and the names of homes.

    Each shape is found in linear time, and what it is replaced by has no shape.

    Args:
        home: The user's home folder, wherever it lies; others are known by where they lie.
        secrets: Texts to be masked whatever form they have.
    """

    def __init__(self, home: str = "", secrets: Iterable[Secret] = ()) -> None:
        texts = [secret.reveal() for secret in secrets if len(secret.reveal()) >= 8]
        self._signs = (*_SIGNS, *texts, *([home] if len(home) > 1 else ()))
        self._shortest = min(len(home), _SHORTEST_FOUND) if len(home) > 1 else _SHORTEST_FOUND
        own = rf"| ( {re.escape(home)} ) (?! [\w-] | \.\w )" if len(home) > 1 else ""
        spread = re.VERBOSE | re.ASCII
        any_case = spread | re.IGNORECASE
        self._shapes = (
            *(_Shape("key", re.compile(re.escape(text))) for text in texts),
            _Shape("key", key_shapes()),
            _Shape("credential", re.compile(_HEADER_VALUES, any_case)),
            _Shape("credential", re.compile(_COOKIES, any_case)),
            _Shape("credential", _URL_PASSWORDS),
            _Shape("credential", re.compile(_NAMED_VALUES, any_case)),
            _Shape("credential", re.compile(_ASSIGNED, any_case)),
            _Shape("credential", re.compile(_QUERY_VALUES, any_case)),
            _Shape("e-mail address", re.compile(_E_MAIL, spread), "***@***"),
            _Shape("home folder", re.compile(_HOMES + own, spread), "~"),
        )

    def suspects(self, text: str) -> bool:
        """Whether there may be something private in a text: if not, there is nothing."""
        if len(text) < self._shortest:
            return False
        if any(sign in text for sign in self._signs):
            return True
        lower = text.lower()
        return any(sign in lower for sign in _LOWER_SIGNS)

    def find(self, text: str) -> list[Found]:
        """What is private in a text, in order; of two that overlap, the one that begins first."""
        if not self.suspects(text):
            return []
        every = sorted(
            (Found(*_span(found), shape.what, shape.mask), -rank)
            for rank, shape in enumerate(self._shapes)
            for found in shape.pattern.finditer(text)
        )
        return without_overlaps(found for found, _ in every)


def without_overlaps(ordered: Iterable[Found]) -> list[Found]:
    """Of findings in order, two that overlap are one: the first, as far as either goes."""
    kept: list[Found] = []
    for found in ordered:
        if not kept or found.start >= kept[-1].end:
            kept.append(found)
        elif found.end > kept[-1].end:
            kept[-1] = kept[-1]._replace(end=found.end)
    return kept


def _span(found: re.Match[str]) -> tuple[int, int]:
    """What of a match is private: its first group that took part, if it has any."""
    return found.span(found.lastindex or 0)


def mask_url(url: str) -> str:
    """`url` without user-info, fragment, and the values of queries that are not known as harmless.

    It takes anything, a URL or not, and never raises.
    """
    rest, _, fragment = url.partition("#")
    base, question, query = rest.partition("?")
    base = _USER_INFO.sub(lambda found: f"{found[1] or ''}{found[2]}{MASK}@", base)
    shown = base + question + _QUERY_PAIR.sub(_mask_pair, query)
    return key_shapes().sub(MASK, shown) + (f"#{MASK}" if fragment else "")


def _mask_pair(pair: re.Match[str]) -> str:
    name, equals, _ = pair[0].partition("=")
    if not equals:
        return MASK
    return pair[0] if name.lower() in PLAIN_QUERY_NAMES else f"{name}={MASK}"


def recordable_headers(
    headers: Mapping[str, str], allowed: Container[str], prefixes: tuple[str, ...] = ()
) -> dict[str, str]:
    """The headers that are allowed by name or by prefix, names in lower case, values masked."""
    lower = ((name.lower(), value) for name, value in headers.items())
    return {
        name: _recordable_value(name, value)
        for name, value in lower
        if name in allowed or name.startswith(prefixes)
    }


def _recordable_value(name: str, value: str) -> str:
    if name == "location":
        return mask_url(value)
    if name == TURN_METADATA:
        value = _plain_metadata(value)
    return key_shapes().sub(MASK, value)


def _plain_metadata(value: str) -> str:
    """What of the Codex CLI's words on a turn is kept; nothing where that is no JSON object."""
    import json

    try:
        said = json.loads(value)
    except (ValueError, RecursionError):
        return MASK
    if not isinstance(said, dict):
        return MASK
    kept = {name: said[name] for name in _PLAIN_METADATA if isinstance(said.get(name), str)}
    return json.dumps(kept, separators=(",", ":"))


def recordable_body(body: Any) -> Any:
    """The request's JSON without what logs into MCP servers.

    Tools stand in the request and, once loaded by a search, in its input items; both are looked
    through without recursion, for a body may be as deep as its author liked.
    """
    if not isinstance(body, dict):
        return body
    body = _without_credentials(body)
    if isinstance(items := body.get("input"), list):
        body["input"] = [_without_credentials(i) if isinstance(i, dict) else i for i in items]
    return body


def _without_credentials(owner: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(tools := owner.get("tools"), list):
        return dict(owner)
    return owner | {"tools": [_masked_tool(t) if isinstance(t, dict) else t for t in tools]}


def _masked_tool(tool: dict[str, Any]) -> dict[str, Any]:
    masked = dict(tool)
    if masked.get("authorization"):
        masked["authorization"] = MASK
    if isinstance(headers := masked.get("headers"), dict):
        masked["headers"] = dict.fromkeys(headers, MASK)
    if isinstance(url := masked.get("server_url"), str):
        masked["server_url"] = mask_url(url)
    return masked
