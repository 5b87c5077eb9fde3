"""What a tap's recorder does with its disk, its memory, its secrets and its own folder."""

from __future__ import annotations

import base64
import errno
import json
import os
import stat
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.findings import Checker
from codex_tui.library.about import About, change_about
from codex_tui.recording.files import AppendFile
from codex_tui.recording.locks import LOCK_NAME, is_held
from codex_tui.recording.recording import Recording
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.redact import MASK, Secret
from codex_tui.relay.copying import GATHER, PORTION, WAITING, CopyQueue
from codex_tui.relay.programs import program_name
from codex_tui.relay.recordings import BACKLOG
from codex_tui.relay.tap_folder import TapFolder
from tests.formats import samples
from tests.relay.fake_relay import ASKED, TAP, FakeRelay, answer, end, head, records_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FRAMES = [block + b"\n\n" for block in samples.SSE.split(b"\n\n")[:-1]]
KEY = "tap-secret-of-the-user-0123456789"
OPENAI_KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"
TOKEN = "token-of-the-tap-0123456789"


def stream(relay: FakeRelay, **more: Any) -> None:
    tee = relay.post({**ASKED, **more})
    answer(tee, FRAMES)
    end(tee)
    relay.work()


# -- the thread --------------------------------------------------------------------------------


def test_a_thread_takes_down_what_comes(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    relay.recorder.begun(["http://127.0.0.1:1/v1"])
    tee = relay.post()
    answer(tee, FRAMES)
    end(tee)
    assert relay.recorder.close()
    [path] = relay.files()
    assert isinstance(records_of(path)[-1], EndRecord)
    assert relay.ended()


def test_what_came_is_in_the_file_before_the_thread_takes_anything_else(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    relay.recorder.begun([])
    answer(relay.post(), FRAMES[:2])
    for _ in range(2):  # what stands behind the first is taken in a later pass
        _wait_for_the_thread(relay)
    assert _frames(relay) == 2
    assert relay.recorder.close()


def test_passes_follow_each_other_more_often_than_a_file_may_be_behind() -> None:
    assert GATHER * 10 < 0.25  # seconds


def _wait_for_the_thread(relay: FakeRelay) -> None:
    """Wait until it has come to what waits last."""
    reached = Event()
    relay.recorder._queue.put(reached.set)
    assert reached.wait(10)


def _frames(relay: FakeRelay) -> int:
    records = [each for path in relay.files() for each in records_of(path)]
    return sum(isinstance(each, FrameRecord) for each in records)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 40))
def test_a_copy_that_stops_at_any_point_leaves_a_file_that_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, calls: int
) -> None:
    relay = FakeRelay(tmp_path_factory.mktemp("tap"))
    queue = relay.recorder._queue
    tee = relay.post()
    answer(tee, [samples.SSE[at : at + 20] for at in range(0, len(samples.SSE), 20)])
    end(tee)
    while len(queue._calls) > calls:
        queue._calls.pop()
    relay.work()
    for path in relay.files():
        whole = samples.SSE.split(b"\n\n")[:-1]
        frames = [each for each in records_of(path) if isinstance(each, FrameRecord)]
        assert [each.frame.data for each in frames] == [*samples.EVENTS][: len(frames)]
        assert len(frames) <= len(whole)


# -- memory ------------------------------------------------------------------------------------


def test_an_exchange_that_brings_more_than_can_wait_is_left_and_says_so(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    piece = b"data: " + b"x" * (1 << 20) + b"\n\n"
    answer(tee, [piece] * 80)
    assert relay.recorder._queue._put < WAITING + 2 * len(piece)
    end(tee)
    relay.work()
    [path] = relay.files()
    last = records_of(path)[-1]
    assert isinstance(last, EndRecord)
    assert last.how == "cancelled"
    assert "it was left here" in (last.detail or "")
    stream(relay, input="afterwards")
    assert relay.ended()[-1]["how"] == "completed"


def test_what_was_taken_makes_room() -> None:
    queue, taken = CopyQueue(most=1000), list[int]()
    queue.put(taken.append, 1, size=2000)
    assert not queue.has_room()
    assert queue.run() == 1
    assert queue.has_room()
    assert taken == [1]


def test_what_comes_too_fast_is_written_portion_by_portion_and_that_it_was_late_is_said(
    tmp_path: Path,
) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    tee.response(head())
    for _ in range(3 * PORTION):
        tee.response_body(b"data: {}\n\n", 0.1)
    relay.recorder.work()
    assert 0 < _frames(relay) < PORTION
    relay.now = 2.5
    relay.work()
    assert _frames(relay) == 3 * PORTION
    assert relay.said() == ["The recording was behind for 2.5 s; it has caught up."]


def test_an_upload_that_was_left_is_told_by_what_came_of_it(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.begin()
    for _ in range(80):
        tee.request_body(b"x" * (1 << 20))
    tee.request_done()
    answer(tee, FRAMES)
    end(tee)
    relay.work()
    asked = records_of(relay.files()[0])[0]
    assert isinstance(asked, RequestRecord)
    assert asked.content is not None
    assert "sha256" not in asked.content


def test_a_mistake_of_ours_in_checking_costs_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, FRAMES[:1])
    relay.work()
    monkeypatch.setattr(Checker, "take", lambda *_: 1 / 0)
    answer(tee, FRAMES[1:])
    end(tee)
    relay.work()
    assert _frames(relay) == 3
    assert relay.ended()[0]["how"] == "completed"
    assert [each for each in relay.said() if "ZeroDivisionError" in each]


# -- the disk ----------------------------------------------------------------------------------


def full_after(size: int) -> Callable[[AppendFile, bytes], None]:
    """What appends to a file as a disk does that has no more room than that for it."""
    append = AppendFile.append

    def appended(file: AppendFile, data: bytes) -> None:
        if file.size + len(data) > size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        append(file, data)

    return appended


def test_on_a_full_disk_an_exchange_goes_on_unrecorded_and_that_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.post()
    answer(tee, FRAMES[:1])
    relay.work()
    [path] = relay.files()
    with monkeypatch.context() as full:
        full.setattr(AppendFile, "append", full_after(path.stat().st_size))
        answer(tee, FRAMES[1:])
        relay.work()
        stream(relay, input="another")
    end(tee)
    relay.work()
    said = [each for each in relay.said() if "unrecorded" in each]
    assert len(said) == 1
    assert "no space left on device" in said[0]
    last = records_of(path)[-1]
    assert isinstance(last, EndRecord)
    assert last.how == "completed"
    assert (last.detail or "").startswith("Not all of it is recorded: no space left on device.")
    assert {each["how"] for each in relay.ended()} == {"completed"}


def test_a_disk_that_lags_behind_keeps_no_more_files_open_than_may_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = Event(), list[Recording]()

    def sync(recording: Recording, *_: float, **__: bool) -> bool:
        if recording.path.is_relative_to(tmp_path):  # and none that an earlier test left behind
            asked.append(recording)
        return answers.wait(10)

    monkeypatch.setattr(Recording, "sync", sync)
    relay = FakeRelay(tmp_path)
    for number in range(BACKLOG + 20):
        stream(relay, input=f"number {number}")
    answers.set()
    assert relay.recorder.close()
    assert len(asked) <= BACKLOG + 1
    assert {each["how"] for each in relay.ended()} == {"completed"}


def test_a_folder_that_cant_be_written_costs_the_copy_alone(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    relay.paths.sessions.mkdir(parents=True)
    (relay.paths.sessions / "2026").write_text("in the way")
    stream(relay)
    [ended] = relay.ended()
    assert (ended["how"], ended["file"], ended["events"]) == ("completed", None, 3)
    assert relay.said()


# -- how much is kept --------------------------------------------------------------------------


def test_the_oldest_go_to_the_trash_when_a_tap_has_too_much(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path, max_size=5000)
    stream(relay)
    [starred] = relay.files()
    change_about(starred, lambda _: About(starred=True))
    for number in range(1, 8):
        relay.now = float(number)
        stream(relay, input=f"number {number}")
    kept = relay.files()
    assert starred in kept
    assert sum(each.stat().st_size for each in kept) <= 5000
    gone = list(relay.paths.trash.rglob("*.sse"))
    assert len(gone) + len(kept) == 8
    (said,) = relay.said()
    assert said.endswith("the oldest recording moved to the trash.")
    for number in range(8, 16):
        relay.now = float(number)
        stream(relay, input=f"number {number}")
    assert "so far the 10 oldest recordings moved" in relay.said()[1]
    assert len(relay.said()) == 2
    kept = relay.files()
    assert "number-15" in kept[-1].name


def test_a_private_tap_leaves_nothing(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path, record=False)
    stream(relay)
    folder = relay.recorder.folder
    assert relay.recorder.private
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [*(folder / "sessions").rglob("*.sse")]
    assert relay.recorder.close()
    assert not folder.exists()
    assert not relay.paths.data.exists()


# -- the tap's own folder ----------------------------------------------------------------------


def test_a_tap_that_runs_is_described_and_holds_its_folder(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path, command=["codex", "exec", f"key={OPENAI_KEY}"], to=None)
    relay.recorder.begun(["http://127.0.0.1:9/v1"], "https://u:secret@api.openai.com/v1")
    folder = relay.paths.data / "taps" / TAP
    assert relay.recorder.folder == folder
    told = json.loads((folder / "tap.json").read_text())
    assert told.pop("started")
    assert told == {
        "id": TAP,
        "pid": os.getpid(),
        "listening": ["http://127.0.0.1:9/v1"],
        "to": "https://***@api.openai.com/v1",
        "command": ["codex", "exec", "key=***"],
    }
    assert is_held(folder / LOCK_NAME) in (True, None)
    assert relay.recorder.close()
    assert is_held(folder / LOCK_NAME) in (False, None)


def test_all_files_are_the_users_alone_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        relay = FakeRelay(tmp_path)
        stream(relay)
    finally:
        os.umask(before)
    for path in relay.paths.data.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_list_of_exchanges_leaves_out_bodies_and_then_all_when_it_is_full(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    folder = TapFolder(tmp_path / "tap", said.append, largest=(1 << 20) + 3000)
    line = {"n": 1, "request": {"body": "x" * 1000}, "answer": {"body": "y" * 1000}}
    for _ in range(4):
        folder.note(line)
    lines = (tmp_path / "tap" / "exchanges.jsonl").read_text().splitlines()
    assert [json.loads(each) for each in lines] == [line, {"n": 1}, {"n": 1}, {"n": 1}]
    for _ in range(5):
        folder.note({"n": "z" * 500_000})
    assert (tmp_path / "tap" / "exchanges.jsonl").stat().st_size < (1 << 20) + 3000
    assert len(said) == 2
    folder.close()


# -- secrets -----------------------------------------------------------------------------------


def test_no_secret_reaches_a_file_or_what_is_told(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path, secrets=[Secret(TOKEN)])
    login = {
        "Authorization": f"Bearer {KEY}",
        "Cookie": f"session={KEY}; other=1",
        "ChatGPT-Account-Id": "account-of-the-user-0123",
        "X-Api-Key": KEY,
    }
    target = f"/{TOKEN}/v1/responses?key={KEY}"
    echo = json.dumps({"type": "response.output_text.delta", "delta": f"you said {KEY}"})
    body = {**ASKED, "tools": [{"type": "mcp", "headers": {"k": KEY}, "authorization": KEY}]}
    tee = relay.post(body, login, target=target, url=f"https://u:{KEY}@h{target}")
    answer(tee, [f"data: {echo}\n\n: {KEY}\n\n{KEY}\n\n".encode()], location=f"https://h/?k={KEY}")
    tee.response_body(f'data: {{"cut": "{KEY}'.encode(), 1.0)
    end(tee, "closed", detail=f"it broke: {KEY}")
    refused = relay.post(body, login, target=target)
    answer(refused, [f'{{"error": "{KEY}"}}'.encode()], status=401, content_type="application/json")
    end(refused)
    said = relay.post({"client_secret": "of-another-0123456"}, login, target=f"/{TOKEN}/oauth")
    answer(said, [b'{"access_token": "fresh-0123456789"}'], content_type="application/json")
    end(said)
    form = b"grant_type=x&client_secret=formed-0123456789"
    kind = {**login, "content-type": "application/x-www-form-urlencoded"}
    posted = relay.post(form, kind, target="/oauth/token")
    answer(posted, [f"<b>{KEY}</b>".encode()], content_type="text/html")
    end(posted)
    relay.work()
    relay.recorder.begun([])
    assert relay.recorder.close()
    everything = relay.everything()
    secrets = (KEY, TOKEN, "account-of-the-user", "of-another-0123", "fresh-0123", "formed-0123")
    for secret in secrets:
        assert secret.encode() not in everything, secret
        assert base64.b64encode(secret.encode())[:-4] not in everything, secret
    assert MASK.encode() in everything
    assert relay.ended()[0]["path"] == f"/{MASK}/v1/responses"


# -- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"x-codex-turn-metadata": '{"agent_name":"/root"}'}, "codex /root"),
        ({"x-codex-turn-metadata": "no json"}, "codex"),
        ({"user-agent": "codex-tui/0.1.0"}, "codex-tui 0.1"),
        ({"user-agent": "codex-tui/0.171.0 (Linux 6; x86_64) xterm"}, "codex"),
        ({"originator": "codex_cli_rs", "user-agent": "codex_cli_rs/0.171.0"}, "codex"),
        (
            {
                "user-agent": "OpenAI/Python 3.57.1",
                "x-stainless-lang": "python",
                "x-stainless-package-version": "3.57.1",
            },
            "py openai 3.57",
        ),
        ({"user-agent": "AsyncOpenAI/Python 3.57.1"}, "py openai 3.57"),
        ({"user-agent": "OpenAI/JS 6.9.0", "x-stainless-lang": "js"}, "js openai 6.9"),
        ({"user-agent": "Anthropic/Python 0.75.0"}, "py anthropic 0.75"),
        (
            {
                "user-agent": "Agents/Python 0.24.0",
                "x-stainless-lang": "python",
                "x-stainless-package-version": "3.57.1",
            },
            "agents 0.24",
        ),
        ({"user-agent": "Agents/JavaScript 0.20.1", "x-stainless-lang": "js"}, "agents js 0.20"),
        ({"user-agent": "langchainjs-openai/1.0.0 (x)"}, "langchainjs-openai 1.0"),
        ({"user-agent": "opencode/1.0.45"}, "opencode 1.0"),
        ({"user-agent": "ai-sdk/openai/2.0.11 runtime/node.js/22"}, "ai-sdk/openai 2.0"),
        ({"user-agent": "python-httpx/0.28.1"}, "python-httpx 0.28"),
        ({"user-agent": "curl/8.5.0"}, "curl 8.5"),
        ({"user-agent": "Mozilla"}, "Mozilla"),
        ({"user-agent": "\x1b[31m\n"}, ""),
        ({}, ""),
    ],
)
def test_a_program_is_called_what_its_headers_say(headers: dict[str, str], name: str) -> None:
    assert program_name(headers) == name


def test_a_program_that_says_nothing_is_called_as_what_the_tap_runs(tmp_path: Path) -> None:
    assert program_name({"user-agent": "curl/8"}, "pytest") == "curl 8"
    assert len(program_name({"user-agent": "x" * 999})) < 100
    relay = FakeRelay(tmp_path, command=["/usr/bin/node", "app.mjs"])
    stream(relay)
    assert relay.ended()[0]["program"] == "node"


NAMES = st.sampled_from(["user-agent", "originator", "x-stainless-lang"])


@given(st.dictionaries(NAMES, st.text()))
def test_any_headers_make_a_name_that_is_one_line(headers: dict[str, str]) -> None:
    assert "".join(filter(str.isprintable, program_name(headers))) == program_name(headers)


@pytest.mark.parametrize("target", ["api.example:443", "*"])
def test_a_target_that_is_no_path_is_told_as_it_stands(tmp_path: Path, target: str) -> None:
    relay = FakeRelay(tmp_path)
    tee = relay.begin({}, method="CONNECT", target=target)
    end(tee, "refused", "relay")
    relay.work()
    assert relay.ended()[0]["path"] == target


def test_why_nothing_was_passed_on_is_said_once(tmp_path: Path) -> None:
    relay = FakeRelay(tmp_path)
    for number in range(3):
        end(relay.post(ASKED | {"n": number}), "unreachable", "relay", detail="No key-0123456789.")
    end(relay.begin(target="/v1/models"), "refused", "relay", detail="Allow it.")
    relay.work()
    assert relay.said() == ["No key-0123456789.", "Allow it."]
