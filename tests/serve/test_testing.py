"""`recorded_server` and its fixture: what a user's test suite has of a recording."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from codex_tui.serve.amounts import ChaosError
from codex_tui.serve.files import UnservedError
from codex_tui.testing import RecordedServer, recorded_server
from tests.serve.recorded import EVENTS, recorded
from tests.serve.scripts import events_in
from tests.test_layers import loaded

SUITE = """
import httpx

def test_it(recorded_server):
    server = recorded_server({path!r}, chaos="drop=2@#3")
    other = recorded_server({path!r})
    assert server.url != other.url
    answer = httpx.post(server.url + "/responses", json={{"stream": True}})
    assert answer.text.count("data:") == 10
"""


ASKED = {"input": "hi", "stream": True}


def post(server: RecordedServer) -> httpx.Response:
    return httpx.post(f"{server.url}/responses", json=ASKED)


def test_a_client_gets_what_was_recorded_at_once(tmp_path: Path) -> None:
    with recorded_server(recorded(tmp_path)) as server:
        assert events_in(post(server).content) == EVENTS


def test_several_recordings_follow_one_another(tmp_path: Path) -> None:
    with recorded_server(recorded(tmp_path), str(recorded(tmp_path))) as server:
        assert post(server).text == post(server).text
        assert post(server).status_code == 404
    assert [each.ended for each in server.requests] == ["whole", "whole", "refused"]


def test_a_test_sees_what_it_was_asked(tmp_path: Path) -> None:
    with recorded_server(recorded(tmp_path), chaos="status=503") as server:
        assert post(server).json()["error"]["type"] == "server_error"
        (request,) = server.requests
        assert (request.method, request.path, request.status) == ("POST", "/v1/responses", 503)
        assert request.json == ASKED
        assert request.headers["content-type"] == "application/json"
        assert (request.ended, request.left) == ("whole", False)


def test_what_cant_be_served_is_said_before_anything_listens(tmp_path: Path) -> None:
    with pytest.raises(ChaosError, match="did you mean"), recorded_server(chaos="stal"):
        pass
    with pytest.raises(FileNotFoundError), recorded_server(tmp_path / "none.sse"):
        pass
    rollout = tmp_path / "rollout.jsonl"
    rollout.write_text('{"timestamp":"2026-01-01T00:00:00Z","type":"session_meta","payload":{}}\n')
    with pytest.raises(UnservedError, match="rollout"), recorded_server(rollout):
        pass


def test_the_fixture_serves_until_its_test_is_over(tmp_path: Path) -> None:
    suite = tmp_path / "test_it.py"
    suite.write_text(SUITE.format(path=str(recorded(tmp_path))))
    run = (sys.executable, "-m", "pytest", "-p", "codex_tui.pytest_plugin", "-W", "error", "-q")
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*run, str(suite)], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr


def test_a_suite_that_never_asks_for_it_loads_nothing_of_ours() -> None:
    root = Path(__file__).parent.parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (plugin,) = project["entry-points"]["pytest11"].values()
    assert import_module(plugin)
    suspects = (
        "asyncio",
        "h11",
        "msgspec",
        "codex_tui.serve",
        "codex_tui.wire",
        "codex_tui.testing",
    )
    before = set(loaded("import pytest", *suspects))
    assert set(loaded(f"import {plugin}", *suspects)) == before
