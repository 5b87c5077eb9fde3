"""From settings to a source: which provider answers, and how a conversation goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codex_tui.config import Settings, load
from codex_tui.model.conversation import Conversation, Turn
from codex_tui.recording.records import EndRecord, FrameRecord, How, RequestRecord
from codex_tui.sources.backend import Backend
from codex_tui.sources.going_on import NOT_RUN
from codex_tui.sources.providers import ProviderError
from codex_tui.wire.sse import ServerSentEvent
from tests.servers import COMPLETED, CREATED, DELTA, Peer, serving
from tests.sources.conftest import KEY, listen

CONFIG = """
[profiles.local]
base_url = "http://local.example/v1"
model = "llama"

[profiles.keeping]
base_url = "http://keeping.example/v1"
model = "m"
conversation = "previous_response_id"

[profiles.keyed]
base_url = "http://keyed.example/v1"
key_variable = "KEYED_KEY"
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    return {"CODEX_TUI_CONFIG": str(config), "CODEX_HOME": str(tmp_path)}


def settings_of(environ: dict[str, str], **flags: Any) -> Settings:
    return load(flags, environ)


def backend_of(environ: dict[str, str], **flags: Any) -> Backend:
    return Backend(settings_of(environ, **flags), environ)


# -- which provider ----------------------------------------------------------------------------


def test_without_a_key_it_is_the_demo_with_a_hint(environ: dict[str, str]) -> None:
    backend = backend_of(environ)
    assert (backend.provider, backend.is_demo) == ("demo", True)
    assert "OPENAI_API_KEY" in backend.hint
    assert backend.model


def test_the_demo_answers_whatever_is_configured(environ: dict[str, str]) -> None:
    keyed = {**environ, "OPENAI_API_KEY": KEY}
    backend = Backend(settings_of(keyed, base_url="http://a.example"), keyed, demo=True)
    assert backend.is_demo


def test_a_key_chooses_openai_and_needs_no_hint(environ: dict[str, str]) -> None:
    backend = backend_of({**environ, "OPENAI_API_KEY": KEY}, effort="low")
    assert (backend.provider, backend.effort, backend.hint) == ("openai", "low", "")
    assert backend.url == "https://api.openai.com/v1/responses"


def test_addresses_are_shown_without_their_secrets(environ: dict[str, str]) -> None:
    backend = backend_of(environ, base_url="http://me:pw@a.example/v1?key=CANARY")
    shown = backend.url + backend.base_url + backend.provider
    assert "CANARY" not in shown
    assert "pw" not in shown


def test_profiles_are_those_that_can_be_used(environ: dict[str, str], tmp_path: Path) -> None:
    assert backend_of(environ).profiles == ["demo", "local", "keeping", "keyed"]
    keyed = backend_of({**environ, "OPENAI_API_KEY": KEY})
    assert keyed.profiles == ["openai", "local", "keeping", "keyed", "demo"]
    login = {"tokens": {"access_token": "token", "account_id": "account"}}
    (tmp_path / "auth.json").write_text(json.dumps(login))
    assert backend_of(environ).profiles == ["chatgpt", "local", "keeping", "keyed", "demo"]


def test_a_server_without_a_name_is_called_by_its_address(environ: dict[str, str]) -> None:
    backend = backend_of(environ, base_url="http://a.example:8000/v1", model="m")
    assert backend.profiles[0] == "a.example:8000"
    backend.switch("local", "", "")
    assert (backend.provider, backend.model) == ("local", "llama")
    backend.switch("a.example:8000", "m", "")
    assert backend.url == "http://a.example:8000/v1/responses"


# -- choosing another --------------------------------------------------------------------------


def test_model_and_effort_are_switched(environ: dict[str, str]) -> None:
    backend = backend_of(environ, profile="local", effort="high")
    backend.switch("local", "other", "low")
    assert (backend.provider, backend.model, backend.effort) == ("local", "other", "low")
    backend.switch("local", "", "")
    assert (backend.model, backend.effort) == ("llama", "")


def test_a_flags_address_and_model_are_left_behind(environ: dict[str, str]) -> None:
    keyed = {**environ, "KEYED_KEY": KEY}
    backend = backend_of(keyed, base_url="http://a.example/v1", model="mine")
    backend.switch("keyed", "", "")
    assert (backend.base_url, backend.model) == ("http://keyed.example/v1", "")


def test_a_profile_that_cannot_be_used_leaves_all_as_it_was(environ: dict[str, str]) -> None:
    backend = backend_of(environ, profile="local")
    with pytest.raises(ProviderError, match="KEYED_KEY"):
        backend.switch("keyed", "other", "low")
    with pytest.raises(ProviderError, match="nowhere"):
        backend.switch("nowhere", "", "")
    assert (backend.provider, backend.model, backend.effort) == ("local", "llama", "")


# -- the model ---------------------------------------------------------------------------------


async def test_the_first_model_of_the_server_is_taken_where_none_was_named(
    environ: dict[str, str],
) -> None:
    async def models(peer: Peer) -> None:
        await peer.reply_json(200, {"data": [{"id": "first"}, {"id": "second"}]})

    async with serving(models) as server:
        backend = backend_of(environ, base_url=server.url)
        assert backend.model == ""
        await backend.prepare()
        assert backend.model == backend.body([], "hi")["model"] == "first"
        assert await backend.models(backend.provider) == ["first", "second"]


async def test_a_server_without_models_says_to_name_one(environ: dict[str, str]) -> None:
    async def none(peer: Peer) -> None:
        await peer.reply(404)

    async with serving(none) as server:
        with pytest.raises(ProviderError, match="--model"):
            await backend_of(environ, base_url=server.url).prepare()


async def test_a_named_model_asks_nobody(environ: dict[str, str], tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_text('{"model": "of the body"}')
    await backend_of(environ, base_url="http://127.0.0.1:1", model="m").prepare()
    await backend_of(environ, base_url="http://127.0.0.1:1", body=body).prepare()


async def test_the_demo_has_models_and_answers_through_the_live_source(
    environ: dict[str, str],
) -> None:
    backend = Backend(settings_of(environ), environ, demo=True, demo_speed=None)
    await backend.prepare()
    assert backend.model in await backend.models("demo")
    heard = await listen(backend.source(backend.body([], "hi"), turn=3))
    assert (heard.end.how, heard.end.turn) == ("completed", 3)


async def test_a_source_sends_the_body_with_the_settings(environ: dict[str, str]) -> None:
    async def whole(peer: Peer) -> None:
        await peer.stream(CREATED, DELTA, COMPLETED)

    async with serving(whole) as server:
        backend = backend_of({**environ, "OPENAI_API_KEY": KEY}, base_url=server.url, model="m")
        heard = await listen(backend.source(backend.body([], "hi")))
        assert heard.end.how == "completed"
        assert server.requests[0].json["input"] == [{"role": "user", "content": "hi"}]
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


# -- how a conversation goes on ----------------------------------------------------------------

REASONING = {
    "id": "rs_1",
    "type": "reasoning",
    "summary": [],
    "encrypted_content": "sealed",
    "later": {"a": [1]},
}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "Hello.", "annotations": [{"type": "x"}]}],
}
SEARCH = {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "s"}}


def call(number: int, type_: str = "function_call", **fields: Any) -> dict[str, Any]:
    asked = {"input": "free"} if type_ == "custom_tool_call" else {"arguments": "{}"}
    head = {"id": f"c_{number}", "type": type_, "status": "completed"}
    return {**head, "call_id": f"call_{number}", "name": "tool", **asked, **fields}


def said(body: dict[str, Any], *items: dict[str, Any], how: How = "completed") -> list[Turn]:
    """One turn: a request, and the items that answered it."""
    conversation = Conversation()
    conversation.apply(RequestRecord(1, "", body=body))
    for index, item in enumerate(items):
        event = {"type": "response.output_item.done", "output_index": index, "item": item}
        conversation.apply(frame(event))
    conversation.apply(frame({"type": f"response.{how}", "response": {"id": "resp_1"}}))
    conversation.apply(EndRecord(1, 1.0, how))
    return conversation.turns


def frame(event: dict[str, Any]) -> FrameRecord:
    return FrameRecord(1.0, 1, ServerSentEvent(event["type"], json.dumps(event)))


@pytest.fixture
def local(environ: dict[str, str]) -> Backend:
    return backend_of(environ, profile="local")


ASKED = {"role": "user", "content": "one"}
AGAIN = {"role": "user", "content": "two"}


def test_the_first_request_is_the_prompt(local: Backend) -> None:
    assert local.body([], "one") == {"model": "llama", "input": [ASKED], "stream": True}


def test_items_are_sent_again_as_the_wire_had_them(local: Backend) -> None:
    turns = said(local.body([], "one"), REASONING, SEARCH, MESSAGE)
    assert local.body(turns, "two")["input"] == [ASKED, REASONING, SEARCH, MESSAGE, AGAIN]


def test_what_the_api_wants_is_sent_again_even_where_it_is_empty(local: Backend) -> None:
    part = {"type": "output_text", "text": "", "annotations": []}
    message = {"type": "message", "role": "assistant", "content": [part]}
    turns = said(local.body([], "one"), message)
    assert local.body(turns, "two")["input"] == [ASKED, message, AGAIN]


def test_items_that_only_the_terminal_event_lists_are_sent_again(local: Backend) -> None:
    conversation = Conversation()
    conversation.apply(RequestRecord(1, "", body=local.body([], "one")))
    response = {"id": "resp_1", "output": [REASONING, MESSAGE]}
    conversation.apply(frame({"type": "response.completed", "response": response}))
    assert local.body(conversation.turns, "two")["input"] == [ASKED, REASONING, MESSAGE, AGAIN]


def test_encrypted_reasoning_survives_a_terminal_event_without_it(local: Backend) -> None:
    conversation = Conversation()
    conversation.apply(RequestRecord(1, "", body=local.body([], "one")))
    event = {"type": "response.output_item.done", "output_index": 0, "item": REASONING}
    conversation.apply(frame(event))
    bare = {"id": "rs_1", "type": "reasoning", "summary": []}
    response = {"id": "resp_1", "output": [bare, MESSAGE]}
    conversation.apply(frame({"type": "response.completed", "response": response}))
    assert local.body(conversation.turns, "two")["input"][1] == REASONING


def test_outputs_follow_their_calls(local: Backend) -> None:
    calls = call(1), call(2, "custom_tool_call")
    turns = said(local.body([], "one"), REASONING, *calls)
    body = local.body(turns, None, {"call_1": "out", "call_2": "put"})
    assert body["input"] == [
        ASKED,
        REASONING,
        *calls,
        {"type": "function_call_output", "call_id": "call_1", "output": "out"},
        {"type": "custom_tool_call_output", "call_id": "call_2", "output": "put"},
    ]


def test_calls_without_outputs_are_left_out_with_their_reasoning(local: Backend) -> None:
    turns = said(local.body([], "one"), MESSAGE, REASONING, call(1))
    assert local.body(turns, "two")["input"] == [ASKED, MESSAGE, AGAIN]


def test_reasoning_that_led_to_nothing_is_left_out(local: Backend) -> None:
    turns = said(local.body([], "one"), REASONING, how="incomplete")
    assert local.body(turns, "two")["input"] == [ASKED, AGAIN]


def test_a_turn_in_which_nothing_was_answered_is_left_out(local: Backend) -> None:
    turns = said(local.body([], "one"), MESSAGE)
    failed = RequestRecord(2, "", body=local.body(turns, "lost"))
    assert local.body([*turns, Turn(2, failed)], "two")["input"] == [ASKED, MESSAGE, AGAIN]


def test_a_third_turn_has_all_that_was_before(local: Backend) -> None:
    turns = said(local.body([], "one"), MESSAGE)
    more = said(local.body(turns, "two"), MESSAGE)
    third = {"role": "user", "content": "three"}
    body = local.body([*turns, *more], "three")
    assert body["input"] == [ASKED, MESSAGE, AGAIN, MESSAGE, third]


def test_a_server_that_keeps_responses_gets_an_id(environ: dict[str, str]) -> None:
    backend = backend_of(environ, profile="keeping")
    assert backend.server.conversation == "previous_response_id"
    body = backend.body(said(backend.body([], "one"), MESSAGE), "two")
    assert (body["input"], body["previous_response_id"]) == ([AGAIN], "resp_1")


def test_a_tools_file_that_cannot_be_read_is_a_sentence(
    environ: dict[str, str], tmp_path: Path
) -> None:
    backend = backend_of(environ, profile="local", tools=tmp_path / "no.json")
    with pytest.raises(ProviderError, match=r"no\.json"):
        backend.body([], "hi")


@pytest.fixture
def keeping(environ: dict[str, str]) -> Backend:
    return backend_of(environ, profile="keeping")


def output(number: int, text: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": f"call_{number}", "output": text}


def test_a_kept_conversation_branches_from_before_a_call_that_nobody_answered(
    keeping: Backend,
) -> None:
    turns = said({**keeping.body([], "one"), "previous_response_id": "resp_0"}, call(1))
    body = keeping.body(turns, "two")
    assert (body["input"], body["previous_response_id"]) == ([ASKED, AGAIN], "resp_0")


def test_the_first_response_is_branched_from_nothing(keeping: Backend) -> None:
    body = keeping.body(said(keeping.body([], "one"), MESSAGE, call(1)), "two")
    assert body["input"] == [ASKED, MESSAGE, AGAIN]
    assert "previous_response_id" not in body


def test_a_branch_takes_the_calls_along_that_have_outputs(keeping: Backend) -> None:
    body = keeping.body(said(keeping.body([], "one"), call(1), call(2)), "two", {"call_2": "out"})
    assert body["input"] == [ASKED, call(2), output(2, "out"), AGAIN]


@pytest.mark.parametrize("kind", ["local_shell_call", "shell_call", "computer_call"])
def test_a_call_whose_output_nobody_can_type_is_branched_from_too(
    keeping: Backend, kind: str
) -> None:
    body = keeping.body(said(keeping.body([], "one"), call(1, kind)), "two")
    assert (body["input"], body.get("previous_response_id")) == ([ASKED, AGAIN], None)


def test_a_call_that_the_server_answered_itself_is_part_of_the_conversation(
    keeping: Backend, local: Backend
) -> None:
    answered = (call(1), output(1, "out"), MESSAGE)
    body = keeping.body(said(keeping.body([], "one"), *answered), "two")
    assert (body["input"], body["previous_response_id"]) == ([AGAIN], "resp_1")
    body = local.body(said(local.body([], "one"), *answered), "two")
    assert body["input"] == [ASKED, *answered, AGAIN]


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_no_request_goes_on_from_a_response_that_was_not_kept(keeping: Backend, how: How) -> None:
    body = keeping.body(said(keeping.body([], "one"), MESSAGE, how=how), "two")
    assert body["input"] == [ASKED, MESSAGE, AGAIN]
    assert "previous_response_id" not in body


def test_an_incomplete_response_is_kept(keeping: Backend) -> None:
    body = keeping.body(said(keeping.body([], "one"), MESSAGE, how="incomplete"), "two")
    assert (body["input"], body["previous_response_id"]) == ([AGAIN], "resp_1")


@pytest.mark.parametrize("profile", ["local", "keeping"])
def test_calls_that_were_not_run_are_answered_so_in_their_order(
    environ: dict[str, str], profile: str
) -> None:
    config = CONFIG.replace("base_url", 'unanswered_calls = "answer"\nbase_url')
    Path(environ["CODEX_TUI_CONFIG"]).write_text(config)
    backend = backend_of(environ, profile=profile)
    turns = said(backend.body([], "one"), call(1), call(2), call(3, "custom_tool_call"))
    *_, first, second, third, prompt = backend.body(turns, "two", {"call_2": "out"})["input"]
    assert (first, second) == (output(1, NOT_RUN), output(2, "out"))
    assert (third["type"], third["output"]) == ("custom_tool_call_output", NOT_RUN)
    assert prompt == AGAIN
