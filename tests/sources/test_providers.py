"""Which provider is used, and what it is made of."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.pretty import pretty_repr

from codex_tui.config import load
from codex_tui.sources.providers import Provider, ProviderError, how_to_connect, resolve

NOW = 1_800_000_000.0


class Home:
    """A config file, a Codex home and an environment of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {
            "CODEX_TUI_CONFIG": str(folder / "config.toml"),
            "CODEX_HOME": str(folder),
        }
        self.config("")

    def config(self, text: str) -> None:
        (self.folder / "config.toml").write_text(text)

    def login(self, data: object) -> None:
        (self.folder / "auth.json").write_text(json.dumps(data))

    def resolve(self, **flags: object) -> Provider | None:
        return resolve(load(flags, self.environ), self.environ, clock=lambda: NOW)

    def provider(self, **flags: object) -> Provider:
        provider = self.resolve(**flags)
        assert provider is not None
        return provider

    def complaint(self, **flags: object) -> str:
        with pytest.raises(ProviderError) as caught:
            self.resolve(**flags)
        assert "\n" not in str(caught.value)
        return str(caught.value)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def jwt(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{payload}.c2lnbmF0dXJl"


def chatgpt_login(**tokens: object) -> dict[str, Any]:
    token = jwt(exp=NOW + 3600)
    return {
        "auth_mode": "chatgpt",
        "OPENAI_API_KEY": None,
        "tokens": {"id_token": "x", "access_token": token, "account_id": "acc-1", **tokens},
        "last_refresh": "2026-11-01T00:00:00Z",
    }


def test_with_nothing_at_all_it_is_the_demo(home: Home) -> None:
    assert home.resolve() is None


def test_the_demo_can_be_asked_for_although_there_is_a_key(home: Home) -> None:
    home.environ["OPENAI_API_KEY"] = "sk-1"
    assert home.resolve(profile="demo") is None


def test_how_to_connect_names_every_way() -> None:
    said = how_to_connect(Path("/c/config.toml"))
    ways = ("OPENAI_API_KEY", "codex login", "--base-url", "/c/config.toml")
    assert all(way in said for way in ways)


def test_a_key_makes_openai(home: Home) -> None:
    home.environ |= {"OPENAI_API_KEY": " sk-1\n", "OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT": "p-1"}
    openai = home.provider()
    assert openai.name == "openai"
    assert openai.url("/responses") == "https://api.openai.com/v1/responses"
    headers = openai.request_headers()
    assert headers["Authorization"] == "Bearer sk-1"
    assert headers["OpenAI-Organization"] == "org-1"
    assert headers["OpenAI-Project"] == "p-1"
    assert (openai.reasoning_summary, openai.model) == ("auto", "gpt-5")


def test_openais_own_variable_moves_it(home: Home) -> None:
    home.environ |= {"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "http://localhost:1/v1/"}
    openai = home.provider()
    assert openai.url("/models") == "http://localhost:1/v1/models"
    assert openai.model is None  # the server's list decides
    assert openai.reasoning_summary == "auto"


def test_a_base_url_needs_no_key_and_asks_for_nothing(home: Home) -> None:
    home.login(chatgpt_login())
    local = home.provider(base_url="http://localhost:11434/v1")
    assert local.name == "localhost:11434"
    assert "Authorization" not in local.request_headers()
    assert (local.model, local.reasoning_summary, local.encrypted_reasoning) == (None, None, False)


def test_a_base_url_takes_the_key_that_is_set(home: Home) -> None:
    home.environ["OPENAI_API_KEY"] = "token-1"
    local = home.provider(base_url="http://localhost:8000/v1")
    assert local.request_headers()["Authorization"] == "Bearer token-1"


def test_openai_without_a_key_says_what_to_set(home: Home) -> None:
    assert "set OPENAI_API_KEY" in home.complaint(profile="openai")


def test_a_login_makes_chatgpt(home: Home) -> None:
    home.login(chatgpt_login())
    chatgpt = home.provider()
    assert chatgpt.url("/responses") == "https://chatgpt.com/backend-api/codex/responses"
    headers = chatgpt.request_headers()
    assert headers["Authorization"].startswith("Bearer eyJ")
    assert headers["chatgpt-account-id"] == "acc-1"
    assert headers["OpenAI-Beta"] == "responses=experimental"
    assert chatgpt.store is False
    assert chatgpt.instructions


def test_a_key_goes_before_a_login(home: Home) -> None:
    home.login(chatgpt_login())
    home.environ["OPENAI_API_KEY"] = "sk-1"
    assert home.provider().name == "openai"


def test_the_flat_form_of_the_login_is_read(home: Home) -> None:
    token = jwt(**{"https://api.openai.com/auth": {"chatgpt_account_id": "acc-2"}})
    home.login({"access_token": token, "refresh_token": "r", "expires_at": NOW + 60})
    assert home.provider().request_headers()["chatgpt-account-id"] == "acc-2"


@pytest.mark.parametrize(
    "login",
    [
        chatgpt_login(access_token=jwt(exp=NOW - 1)),
        {"access_token": "opaque", "expires_at": NOW - 1},
        {"access_token": "opaque", "expires_at": (NOW - 1) * 1000},
        {"access_token": "opaque", "expires_at": "2020-01-01T00:00:00Z"},
    ],
    ids=["by its token", "in seconds", "in milliseconds", "as a date"],
)
def test_an_expired_login_says_how_to_renew_it(home: Home, login: object) -> None:
    home.login(login)
    said = home.complaint()
    assert "has expired" in said
    assert "codex login" in said


def test_an_api_key_login_is_openai(home: Home) -> None:
    home.login({"auth_mode": "apikey", "OPENAI_API_KEY": "sk-of-the-cli", "tokens": None})
    openai = home.provider()
    assert openai.name == "openai"
    assert openai.request_headers()["Authorization"] == "Bearer sk-of-the-cli"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ("[" * 5000, "is not JSON"),
        ("[]", "holds no login"),
        ('{"tokens": {"access_token": ""}}', "holds no login"),
        ('{"tokens": {"access_token": 3}}', "holds no login"),
    ],
    ids=["torn", "deep", "list", "empty", "number"],
)
def test_a_broken_login_file_is_a_sentence(home: Home, content: str, says: str) -> None:
    (home.folder / "auth.json").write_text(content)
    assert says in home.complaint()


@pytest.mark.parametrize(
    "exp", [True, [], "soon", 10**400, float("inf")], ids=["flag", "list", "word", "huge", "inf"]
)
def test_an_odd_expiry_does_not_expire(home: Home, exp: object) -> None:
    home.login({"access_token": "opaque", "expires_at": exp})
    assert home.provider().name == "chatgpt"


def test_an_expiry_before_all_time_has_passed(home: Home) -> None:
    home.login({"access_token": "opaque", "expires_at": -(10**400)})
    assert "has expired" in home.complaint()


def test_the_login_file_is_never_written(home: Home) -> None:
    home.login(chatgpt_login())
    before = (home.folder / "auth.json").stat().st_mtime_ns
    home.provider()
    assert (home.folder / "auth.json").stat().st_mtime_ns == before


AZURE = """
[profiles.azure]
base_url = "https://${RESOURCE}.openai.azure.com/openai/v1"
key_variable = "AZURE_KEY"
auth_header = "api-key"
headers = { x-team = "$TEAM", x-price = "$$5", x-plain = "yes" }
query = { api-version = "preview" }
model = "deployment"
conversation = "previous_response_id"
body = { temperature = 0 }
"""


def test_a_profile_says_all_there_is_to_say(home: Home) -> None:
    home.config(AZURE)
    home.environ |= {"RESOURCE": "mine", "AZURE_KEY": "azure-key-1", "TEAM": "team-secret"}
    azure = home.provider(profile="azure")
    url = "https://mine.openai.azure.com/openai/v1/responses?api-version=preview"
    assert azure.url("/responses") == url
    headers = azure.request_headers()
    assert headers["api-key"] == "azure-key-1"
    assert (headers["x-team"], headers["x-price"]) == ("team-secret", "$5")
    assert "Authorization" not in headers
    assert (azure.model, azure.conversation) == ("deployment", "previous_response_id")
    assert {secret.reveal() for secret in azure.secrets()} >= {"azure-key-1", "team-secret"}


@pytest.mark.parametrize("name", ["openai", "chatgpt", "lab"])
def test_every_profiles_address_may_have_variables(home: Home, name: str) -> None:
    home.login(chatgpt_login())
    home.config(f'[profiles.{name}]\nbase_url = "https://${{PLACE}}.test/v1"')
    assert "$PLACE, which is not set" in home.complaint(profile=name)
    home.environ["PLACE"] = "mine"
    assert home.provider(profile=name).base_url == "https://mine.test/v1"


def test_nothing_secret_is_in_a_providers_repr(home: Home) -> None:
    home.config(AZURE)
    home.environ |= {"RESOURCE": "mine", "AZURE_KEY": "azure-key-1", "TEAM": "team-secret"}
    provider = home.provider(profile="azure")
    shown = repr(provider) + pretty_repr(provider)  # which is what tracebacks have
    assert "azure-key-1" not in shown
    assert "team-secret" not in shown
    assert "mine" not in shown


@pytest.mark.parametrize(("missing", "named"), [("AZURE_KEY", "AZURE_KEY"), ("TEAM", "$TEAM")])
def test_a_profile_whose_variable_is_not_set_names_it(home: Home, missing: str, named: str) -> None:
    home.config(AZURE)
    home.environ |= {"RESOURCE": "mine", "AZURE_KEY": "k", "TEAM": "t"}
    del home.environ[missing]
    said = home.complaint(profile="azure")
    assert named in said
    assert "azure" in said


def test_an_unknown_profile_suggests_the_nearest(home: Home) -> None:
    home.config(AZURE)
    assert home.complaint(profile="azur").endswith('did you mean "azure"?')


def test_the_files_default_profile_is_used(home: Home) -> None:
    home.config('profile = "lab"\n[profiles.lab]\nbase_url = "http://lab:1/v1"')
    home.environ["OPENAI_API_KEY"] = "sk-1"
    lab = home.provider()
    assert lab.name == "lab"
    assert lab.key is None


def test_a_profile_needs_an_address(home: Home) -> None:
    home.config("[profiles.lab]")
    assert "needs a base_url" in home.complaint(profile="lab")


def test_what_is_said_now_wins_over_the_profile_and_that_over_the_rest_of_the_file(
    home: Home,
) -> None:
    home.config(
        'model = "of the file"\neffort = "of the file"\n[profiles.lab]\n'
        'base_url = "http://lab:1"\nmodel = "of the profile"\ninstructions = "of the profile"'
    )
    home.environ["CODEX_TUI_INSTRUCTIONS"] = "of the variable"
    lab = home.provider(profile="lab")
    assert lab.model == "of the profile"
    assert lab.effort == "of the file"
    assert lab.instructions == "of the variable"
    assert home.provider(profile="lab", model="of the flag").model == "of the flag"


def test_the_built_in_profiles_can_be_added_to(home: Home) -> None:
    home.config('[profiles.openai]\nreasoning_summary = "none"\nmodel = "gpt-5-mini"')
    home.environ["OPENAI_API_KEY"] = "sk-1"
    openai = home.provider()
    assert openai.reasoning_summary is None
    assert openai.model == "gpt-5-mini"


@pytest.mark.parametrize(
    "url",
    ["localhost:8000/v1", "ftp://x/v1", "http://", "http://x:99999/", "http://[::1", "http://a b/"],
)
def test_what_is_no_address_says_how_one_is_written(home: Home, url: str) -> None:
    said = home.complaint(base_url=url)
    assert "is no address of a server" in said
    assert "://" in said


def test_passwords_in_an_address_are_not_repeated(home: Home) -> None:
    assert "hunter22" not in home.complaint(base_url="ftp://me:hunter22@x/v1?key=hunter22")


def test_an_address_may_carry_a_query_and_its_last_part() -> None:
    provider = Provider("x", "https://x/openai/responses?api-version=1")
    assert provider.url("/responses") == "https://x/openai/responses?api-version=1"


def test_a_password_in_the_address_is_a_secret() -> None:
    provider = Provider("x", "https://me:hunter22@x/v1")
    assert {secret.reveal() for secret in provider.secrets()} == {"hunter22", "bWU6aHVudGVyMjI="}


def test_a_name_alone_in_the_address_is_a_token() -> None:
    found = {secret.reveal() for secret in Provider("x", "https://hunter22@x/v1").secrets()}
    assert found == {"hunter22", "aHVudGVyMjI6"}


def test_what_is_named_as_a_credential_is_a_secret_and_a_title_is_none() -> None:
    headers = {"X-Api-Token": "a-token-of-mine", "X-Title": "my title", "Authorization": "Bearer b"}
    query = {"api-version": "preview", "sig": "a-signature"}
    provider = Provider("x", "https://x/v1?code=a-code", headers=headers, query=query)
    found = {secret.reveal() for secret in provider.secrets()}
    assert found == {"a-token-of-mine", "Bearer b", "b", "a-signature", "a-code"}


def test_what_a_variable_fills_in_behind_bearer_is_a_secret_alone(home: Home) -> None:
    home.environ["TOKEN"] = "an-opaque-token"
    home.config(
        '[profiles.a]\nbase_url = "http://a?code=one&code=two"\n'
        'headers = { Authorization = "Bearer $TOKEN" }'
    )
    found = {secret.reveal() for secret in home.provider(profile="a").secrets()}
    assert found == {"Bearer an-opaque-token", "an-opaque-token", "one", "two"}


@pytest.mark.parametrize("key", ["sk-ä", "sk-1 2", "sk-\x1b[31m"])
def test_a_key_that_no_header_can_carry_is_told_without_it(home: Home, key: str) -> None:
    home.environ["OPENAI_API_KEY"] = key
    said = home.complaint()
    assert "OPENAI_API_KEY" in said
    assert key not in said


def test_a_header_that_can_not_be_sent_is_named(home: Home) -> None:
    home.config('[profiles.a]\nbase_url = "http://a"\nheaders = { x-a = "b\\r\\nc: d" }')
    assert '"x-a"' in home.complaint(profile="a")


def test_choosing_a_provider_loads_no_client() -> None:
    code = (
        "import sys, codex_tui.config.settings, codex_tui.sources.request,"
        " codex_tui.sources.providers; sys.exit('httpx' in sys.modules or 'textual' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ('model = "m"\nprofile = "nobody"', ':2: There is no profile "nobody"'),
        ('profile = "a"\n[profiles.a]\nbase-url = "nonsense"', ':3: "nonsense" is no address'),
        ('base_url = "nonsense"', ':1: "nonsense" is no address'),
        ('profile = "a"\n[profiles.a]\nmodel = "m"', ':2: The profile "a" needs a base_url'),
    ],
)
def test_what_the_file_names_wrongly_is_told_with_its_line(
    home: Home, config: str, place: str
) -> None:
    home.config(config)
    assert home.complaint().startswith(f"{home.folder / 'config.toml'}{place}")


def test_what_a_flag_names_wrongly_is_no_mistake_of_the_file(home: Home) -> None:
    home.config('profile = "openai"\nbase_url = "http://fine"')
    assert home.complaint(profile="nobody").startswith("There is no profile")
    assert home.complaint(base_url="nonsense").startswith('"nonsense" is no address')
