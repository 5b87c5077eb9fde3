"""The list of a server's models."""

from __future__ import annotations

import json

import pytest

from codex_tui.sources.models import NoListError, list_models, names_in
from tests.servers import Handler, Peer, serving
from tests.sources.conftest import KEY, provider_of


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"object": "list", "data": [{"id": "a"}, {"id": "b"}]}, ["a", "b"]),
        ({"models": [{"slug": "gpt-5-codex"}, {"slug": "gpt-5"}]}, ["gpt-5-codex", "gpt-5"]),
        ({"models": [{"name": "llama3:8b", "model": "llama3:8b"}]}, ["llama3:8b"]),
        ({"models": [{"name": "x"}], "data": []}, ["x"]),
        ([{"id": "a"}, "b", 3, {}, {"id": 3}], ["a", "b"]),
        ({"data": {"id": "a"}}, []),
        ("a", []),
    ],
)
def test_the_shapes_of_lists(value: object, names: list[str]) -> None:
    assert names_in(json.dumps(value).encode()) == names


async def test_the_list_is_asked_for_with_the_key() -> None:
    async def answer(peer: Peer) -> None:
        await peer.reply_json(200, {"data": [{"id": "a"}]})

    async with serving(answer) as server:
        provider = provider_of(server.url, models_query={"client_version": "1"})
        assert await list_models(provider) == ["a"]
        request = server.requests[0]
    assert (request.method, request.target) == ("GET", "/v1/models?client_version=1")
    assert request.headers["authorization"] == f"Bearer {KEY}"


async def refused(peer: Peer) -> None:
    await peer.reply_json(401, {"error": {"message": f"Incorrect API key: {KEY}"}})


async def empty(peer: Peer) -> None:
    await peer.reply_json(200, {"data": []})


async def a_page(peer: Peer) -> None:
    await peer.reply(200, {}, b"<html>")


async def endless(peer: Peer) -> None:
    await peer.head(200)
    for _ in range(100):
        await peer.send(b" " * 100_000)


async def silent(peer: Peer) -> None:
    await peer.hold()


async def closed(peer: Peer) -> None:
    pass


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        (refused, "401 Unauthorized: Incorrect API key: ***"),
        (empty, "is empty"),
        (a_page, "is empty"),
        (endless, "longer than"),
        (silent, "no answer within 0.2 s"),
        (closed, "closed the connection without an answer"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_without_a_list_a_sentence_says_why_and_what_to_do(
    handler: Handler, says: str
) -> None:
    async with serving(handler) as server:
        with pytest.raises(NoListError) as caught:
            await list_models(provider_of(server.url), seconds=0.2 if handler is silent else 9)
    assert says in str(caught.value)
    assert "--model" in str(caught.value)
