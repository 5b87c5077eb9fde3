"""Ten thousand sessions of six gigabytes: listed and searched by the whole program.

The files begin as real recordings do: a request, and the answer as its last event has it. The rest
of their length, which deltas would take, is a hole: no disk has to hold it, and what looks into
the files is spared it (GNU grep passes over holes). The index is written with the stamps of these
files and the texts at full scale, by the code that writes it after reading; it is not read from the
holes. All of it is deleted at the end.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from codex_tui.library.about import About
from codex_tui.library.digest import Digest
from codex_tui.library.index import Index, IndexEntry
from codex_tui.library.library import Library, index_folder
from codex_tui.library.saved import TurnText
from codex_tui.library.scan import scan
from codex_tui.recording.recording import Recording, iso
from codex_tui.recording.records import EndRecord, FrameRecord, RequestRecord
from codex_tui.wire.sse import ServerSentEvent
from tests.bench.children import children_cpu, environ
from tests.bench.harness import Row, Scale, Target
from tests.bench.starting import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.harness import Figures

SIZE = 600_000
"""Bytes of a session: 2,300 deltas of 260 bytes, which carry 11 kB of text."""

WORDS = 1_800
RARE, COMMON = "zanzibarly", "the"
_LETTERS = "etaoinshrdlucmfw"
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def library(scale: Scale) -> Row:
    """The program against grep over the files, and against a look into each."""
    count = scale(10_000, 300)
    home = Path(tempfile.mkdtemp(prefix="codex-tui-bench-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    build(home, count)
    sessions = str(home / "sessions")
    grep = ["grep", "-rlF", RARE, sessions]
    heads = [sys.executable, "-m", "tests.bench.library", sessions]
    return Row(
        f"{count:,} sessions of {count * SIZE / 1e9:.1f} GB: `codex-tui sessions`, whole processes",
        {
            "ours": _ours(home),
            "queries": _queries(home),
            "grep": _processes(home, search=grep),
            "json.loads": _processes(home, list=heads),
        },
        [
            Target("s of CPU to list a page, whole process", 0.2, figure="list", unit="s"),
            Target("s of CPU to search a rare word", 0.3, figure="search", unit="s"),
            Target("s of CPU to search the commonest word", 0.3, figure="common", unit="s"),
            Target("list, of json.loads over the requests", 0.6, "json.loads", "list"),
            Target("search, of grep over the files", 0.3, "grep", "search"),
        ],
        turns=scale(7, 1),
    )


def _ours(home: Path) -> Callable[[], Figures]:
    sessions = [PROGRAM, "--data-dir", str(home), "sessions"]
    return _processes(
        home,
        list=[*sessions, "-n", "50"],
        all=sessions,
        json=[*sessions, "--format", "json"],
        search=[*sessions, "search", RARE],
        common=[*sessions, "search", COMMON],
    )


def _processes(home: Path, **commands: Sequence[str]) -> Callable[[], Figures]:
    """A run that takes the CPU of whole processes, and what somebody waited for them."""
    env = environ(home) | {"XDG_CACHE_HOME": str(home / "cache")}

    def run() -> Figures:
        figures: Figures = {}
        for name, command in commands.items():
            used, began = children_cpu(), perf_counter()
            subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)
            figures[name] = children_cpu() - used
            figures[f"{name}.wall"] = perf_counter() - began
        return figures

    return run


def _queries(home: Path) -> Callable[[], Figures]:
    """What the app waits for: the rows, the look at all files, and a search, in this process."""

    def run() -> Figures:
        opened = Library(home / "sessions", home / "trash", home / "cache" / "codex-tui")
        steps: dict[str, Callable[[], object]] = {
            "rows": opened.sessions,
            "look": opened.refresh,
            "rare": lambda: opened.search(RARE),
            "common": lambda: opened.search(COMMON),
            "prefix": lambda: opened.search("th"),
        }
        figures = {}
        for name, step in steps.items():
            began = process_time()
            step()
            figures[name] = process_time() - began
        opened.close()
        return figures

    return run


# -- making them -------------------------------------------------------------------------------


def build(home: Path, count: int) -> None:
    """Write sessions and their index."""
    chance = _chance()
    vocabulary = [COMMON, *(_word(chance) for _ in range(40_000))]
    texts: dict[str, TurnText] = {}
    for number in range(count):
        # The n-th word comes once where the first comes n times, as in any language.
        words = [vocabulary[int(40_000**share) - 1] for share in islice(chance, WORDS)]
        if number % 1000 == 7:
            words[900] = RARE
        text = TurnText(" ".join(words[:60]), " ".join(words[60:]), "", "", "")
        path = _write(home / "sessions", text, _BEGAN + timedelta(minutes=number))
        texts[path.relative_to(home / "sessions").as_posix()] = text
    _index(home, texts)


def _chance() -> Iterator[float]:
    """Numbers from 0 to below 1, the same in every run (Knuth's MMIX generator)."""
    state = 5
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        yield (state >> 11) / (1 << 53)


def _word(chance: Iterator[float]) -> str:
    length = 3 + int(next(chance) * 9)
    return "".join(_LETTERS[int(share * len(_LETTERS))] for share in islice(chance, length))


def _write(folder: Path, text: TurnText, now: datetime) -> Path:
    recording = Recording.create(folder, title=text.prompt, now=now)
    body = {"model": "m", "input": [{"role": "user", "content": text.prompt}]}
    done = {"type": "response.output_text.done", "text": text.answer, "output_index": 0}
    recording.write(
        [
            RequestRecord(1, iso(now), url="https://api.example/v1/responses", body=body),
            FrameRecord(9.0, 2300, ServerSentEvent(data=json.dumps(done))),
            EndRecord(1, 9.1, "completed"),
        ]
    )
    recording.close()
    os.truncate(recording.path, SIZE)
    return recording.path


def _index(home: Path, texts: dict[str, TurnText]) -> None:
    sessions = home / "sessions"
    index = Index(index_folder(home / "cache" / "codex-tui", sessions))
    entries = [
        IndexEntry(name, stamp, _digest(texts[name]), About())
        for name, stamp in scan(sessions).files.items()
    ]
    for first in range(0, len(entries), 200):
        index.put(entries[first : first + 200])
    index.close()


def _digest(text: TurnText) -> Digest:
    return Digest(
        title=text.prompt[:200],
        model="m-2026-01-01",
        provider="api.example",
        turns=1,
        events=2303,
        seconds=9.1,
        input_tokens=80,
        output_tokens=2300,
        how="completed",
        texts=(text,),
    )


def _requests(folder: Path) -> Iterator[object]:
    """The request of each file: the least that a list without an index has to read."""
    for path in folder.rglob("*.sse"):
        with path.open("rb") as file:
            file.readline()
            file.readline()
            yield json.loads(file.readline().partition(b" request ")[2])


if __name__ == "__main__":
    found = [*_requests(Path(sys.argv[1]))]
    sys.stdout.write(f"{len(found)}\n")
