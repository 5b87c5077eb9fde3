"""What is found in a session: as it streams, behind a file that is shown, and where it grows."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

from codex_tui.engine.checking import Check
from codex_tui.engine.feed import Feed
from codex_tui.engine.intake import Replayed
from codex_tui.engine.keeping import borrowed, spooled
from codex_tui.engine.observer import Observer
from codex_tui.engine.pace import AtOnce
from codex_tui.engine.replay import Replay
from codex_tui.engine.session import Session
from codex_tui.formats.open_file import OpenFile
from codex_tui.recording.reader import read_records
from codex_tui.recording.records import EndRecord, RequestRecord
from tests.servers import event
from tests.sources.conftest import until

if TYPE_CHECKING:
    from pathlib import Path

PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
RESPONSE = {"id": "resp_1", "output": []}


def delta(number: int, text: str) -> bytes:
    return event("response.output_text.delta", sequence_number=number, delta=text, **PLACE)


def unopened(deltas: int = 3) -> bytes:
    """A response whose message nobody opened, and that never ends: found at 2, and at the end."""
    created = event("response.created", sequence_number=0, response=RESPONSE)
    return created + b"".join(delta(1 + n, "w ") for n in range(deltas))


class Told(Observer):
    """Notes what is found each time that it is told."""

    def __init__(self) -> None:
        self.rules: list[list[str]] = []

    def checked(self, check: Check) -> None:
        findings = check.findings
        self.rules.append([] if findings is None else [each.rule for each in findings.kept])


def without_fields(check: Check | None) -> list[str]:
    """The rules that were found broken, those on fields left out."""
    assert check is not None
    assert check.findings is not None
    rules = [each.rule for each in check.findings.kept]
    return [rule for rule in rules if not rule.startswith(("field.", "time."))]


async def live(*records: object) -> tuple[Session, Told]:
    told = Told()
    session = Session(spooled, told, AtOnce, check=Check)
    feed = Feed(session.folds, session.kept, told, AtOnce(), session.check)
    for record in records:
        feed.take([record])  # type: ignore[list-item]
        feed.flush()
    return session, told


def streamed(data: bytes) -> list[object]:
    return [record for _, record in read_records(io.BytesIO(data))]


async def test_a_stream_is_checked_in_the_tick_in_which_it_is_told() -> None:
    session, told = await live(RequestRecord(1, "2026-11-30T08:00:00Z"), *streamed(unopened()))
    assert "order.item-not-added" in told.rules[-1]
    assert "order.no-terminal" not in told.rules[-1]
    assert session.check is not None
    assert session.check.checked == 4


async def test_a_turn_that_ends_lacks_what_it_lacks_at_once() -> None:
    records = [RequestRecord(1, "2026-11-30T08:00:00Z"), *streamed(unopened())]
    session, _ = await live(*records, EndRecord(1, 1.0, "interrupted"))
    assert without_fields(session.check).count("order.no-terminal") == 1


async def test_a_second_turn_is_found_to_lack_nothing_of_the_first() -> None:
    records = [RequestRecord(1, "2026-11-30T08:00:00Z"), *streamed(unopened())]
    once = [*records, EndRecord(1, 1.0, "interrupted")]
    session, _ = await live(*once, RequestRecord(2, "2026-11-30T08:01:00Z"))
    assert without_fields(session.check).count("order.no-terminal") == 1


async def test_nobody_is_told_where_nothing_new_was_found() -> None:
    records = [RequestRecord(1, "2026-11-30T08:00:00Z"), *streamed(unopened(40))]
    _, told = await live(*records)
    found = [rules for rules in told.rules if "order.item-not-added" in rules]
    assert len({tuple(rules) for rules in told.rules}) < len(records)
    assert found


async def test_a_session_that_nobody_asks_about_is_not_checked() -> None:
    assert Session(spooled, Observer(), AtOnce).check is None


class Replaying:
    """A file that is replayed, with its check."""

    def __init__(self, path: Path, *, follow: bool = False) -> None:
        self.file = Replayed(OpenFile(path), speed=None, follow=follow)
        self.told = Told()
        keep = borrowed(self.file.opened.keeper)
        self.session = Session(keep, self.told, AtOnce, check=Check)
        self.replay = Replay(self.session, None, tick=0.01)
        self.replay.open(self.file)

    @property
    def check(self) -> Check:
        assert self.session.check is not None
        return self.session.check


async def test_a_file_is_shown_before_it_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "some.sse"
    path.write_bytes(unopened())
    replaying = Replaying(path)
    await replaying.replay.load(replaying.file)
    assert replaying.session.conversation.turns
    assert replaying.check.taken == 0
    assert replaying.check.lags(None)
    await replaying.replay.check()
    assert not replaying.check.lags(None)
    rules = without_fields(replaying.check)
    assert rules.count("order.item-not-added") == rules.count("order.no-terminal") == 1
    assert replaying.told.rules[-1].count("order.no-terminal") == 1


async def test_a_long_file_is_checked_in_slices(tmp_path: Path) -> None:
    path = tmp_path / "long.sse"
    path.write_bytes(unopened(3_000))
    replaying = Replaying(path)
    await replaying.replay.load(replaying.file)
    await replaying.check.advance()
    assert 0 < replaying.check.taken < len(replaying.session.log)
    await replaying.replay.check()
    assert replaying.check.taken == len(replaying.session.log)


async def test_a_file_that_grows_is_checked_on(tmp_path: Path) -> None:
    path = tmp_path / "growing.sse"
    path.write_bytes(unopened())
    replaying = Replaying(path, follow=True)
    replaying.replay.file_check.allowed = True
    loading = asyncio.create_task(replaying.replay.load(replaying.file))
    try:
        await until(lambda: replaying.check.checked == 4)
        assert "order.no-terminal" not in without_fields(replaying.check)
        with path.open("ab") as file:
            file.write(delta(9, "late"))
        await until(lambda: replaying.check.checked == 5)
        assert "number.gap" in without_fields(replaying.check)
    finally:
        loading.cancel()


async def test_what_cant_be_read_back_ends_the_check_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "gone.sse"
    path.write_bytes(unopened())
    replaying = Replaying(path)
    await replaying.replay.load(replaying.file)
    path.write_bytes(b"another file")
    assert await replaying.check.advance()
    assert replaying.check.trouble.startswith("the file can't be read back: ")
    assert not await replaying.check.advance()


async def test_a_moment_has_what_its_events_are_to_blame_for(tmp_path: Path) -> None:
    path = tmp_path / "some.sse"
    path.write_bytes(unopened())
    replaying = Replaying(path)
    await replaying.replay.load(replaying.file)
    await replaying.replay.check()
    check, log = replaying.check, replaying.session.log
    counts = [sum(check.counts(check.moment(n, log)).values()) for n in range(len(log) + 1)]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert check.findings is not None
    assert counts[-1] == len(check.findings.kept)
    culprit = next(each for each in check.findings.kept if each.rule == "order.item-not-added")
    assert not culprit.had_come(check.moment(1, log))
    assert culprit.had_come(check.moment(2, log))
