"""The page: nothing from outside, nothing run that was said, all of it there without scripts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zlib
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_tui.exports.html import MOST, UNTIMED
from codex_tui.exports.prose import html_of
from codex_tui.recording.records import FrameRecord
from codex_tui.wire.sse import ServerSentEvent
from tests.exports.sessions import answer, event, export

if TYPE_CHECKING:
    from pathlib import Path

    from codex_tui.recording.records import Record

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> <!-- ]]> \" ' "
    "[a](javascript:alert(3)) ![b](https://evil.example/x.png) <a href='//evil.example'>x</a> "
    "<style>*{display:none}</style> \x1b[31m \u202e"
)
_VOID = {"meta", "input", "br", "hr", "img", "link"}


class Page(HTMLParser):
    """The elements of a page, and the text that each script, style and all else has."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.scripts: list[str] = []
        self.style = self.text = ""
        self.feed(data.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        match self.open[-1:]:
            case ["script"]:
                self.scripts[-1] += data
            case ["style"]:
                self.style += data
            case _:
                self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def unpacked(self, id_: str) -> Any:
        """What the script reads of an element."""
        ids = [attributes.get("id") for attributes in self.of("script")]
        packed = b64decode(self.scripts[ids.index(id_)])
        return json.loads(zlib.decompress(packed, wbits=-15))


def page(records: list[Record]) -> Page:
    return Page(export(records, "html"))


def call(arguments: str, output: str) -> list[Record]:
    item = {"type": "function_call", "name": HOSTILE, "call_id": "c", "arguments": arguments}
    shown = {"type": "function_call_output", "call_id": "c", "output": output}
    return [
        event("response.output_item.done", 0.5, item=item, output_index=1),
        event("response.output_item.done", 0.6, item=shown, output_index=2),
    ]


@pytest.fixture(scope="module")
def hostile() -> Page:
    said = answer(HOSTILE, HOSTILE, prompt=HOSTILE, instructions=HOSTILE)
    said[-1:-1] = [*call(HOSTILE, HOSTILE), FrameRecord(0.7, 9, ServerSentEvent(HOSTILE, HOSTILE))]
    return page(said)


def test_the_policy_allows_the_inline_style_and_script_and_nothing_else(hostile: Page) -> None:
    (policy,) = (m["content"] for m in hostile.of("meta") if "http-equiv" in m)
    run = [text for text, a in zip(hostile.scripts, hostile.of("script"), strict=True) if not a]
    assert len(run) == 1

    def hashed(text: str) -> str:
        return b64encode(sha256(text.encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; script-src 'sha256-{hashed(run[0])}';"
        f" style-src 'sha256-{hashed(hostile.style)}'; base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_loaded_from_anywhere(hostile: Page) -> None:
    for tag, attributes in hostile.elements:
        assert tag not in {"img", "link", "iframe", "object", "embed", "base", "form", "video"}
        assert not {"src", "srcset", "style", "ping", "background"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
        if href := attributes.get("href"):
            assert re.match(r"https?://|mailto:", href)
            assert "noopener" in (attributes["rel"] or "")
    assert "url(" not in hostile.style
    assert "@import" not in hostile.style


def test_what_was_said_is_text(hostile: Page) -> None:
    for each in ("<img src=x onerror=alert(2)>", "</script><script>alert(1)</script>"):
        assert hostile.text.count(each) >= 4  # title, prompt, answer, call, output …
    assert hostile.open == []
    assert "\x1b" not in hostile.text
    assert "\u202e" not in hostile.text


def test_conversation_figures_and_table_stand_there_without_scripts() -> None:
    text = page(answer("# Why\n\n", "Because **it** is.", prompt="why so?")).text
    for part in ("why so?", "Why", "Because it is.", "first text", "output_text.delta ×2"):
        assert part in text


def test_the_script_has_every_event_verbatim_and_every_text_as_it_grew() -> None:
    said = answer("Hé", "llo 😀", " you", prompt="why?")
    found = page(said)
    data = found.unpacked("data")
    rows = found.unpacked("chunk-0")
    assert len(rows) == len(data["kind"]) == len(said)
    frames = [r.frame.data for r in said if isinstance(r, FrameRecord)]
    assert [row[1] for row, event in zip(rows, data["event"], strict=True) if event] == frames
    prompt, text = data["parts"]
    assert (prompt["text"], text["text"], text["kind"]) == ("why?", "Héllo 😀 you", "answer")
    steps = [data["steps"][i : i + 3] for i in range(0, len(data["steps"]), 3)]
    # A browser counts in UTF-16, where the face is two.
    assert [length for _, part, length in steps if part == 1] == [2, 8, 12]
    assert sum(data["step"]) == 33_000


def test_a_source_without_times_says_so() -> None:
    said: list[Record] = [
        FrameRecord(None, None, r.frame) for r in answer("a") if isinstance(r, FrameRecord)
    ]
    found = page(said)
    assert UNTIMED in found.text
    assert not found.of("svg")
    assert UNTIMED not in page(answer("a")).text


def test_a_long_session_has_a_short_table_and_all_its_events() -> None:
    said: list[Record] = [event(f"kind.{n}", n / 10) for n in range(MOST + 20)]
    found = page(said)
    assert len(found.of("tr")) < MOST + 60
    assert "20 further rows" in found.text
    assert len(found.unpacked("data")["kind"]) == MOST + 20


@pytest.mark.parametrize("said", [[], [event("response.created", 0.1)]])
def test_next_to_nothing_is_a_page_as_well(said: list[Record]) -> None:
    assert page(said).open == []


parts = st.sampled_from(
    ["- ", "> ", "1. ", "\n", "\n\n", "```", "a", "*", "    ", "|", "|-|", "<b>"]
)


@settings(max_examples=200)
@given(st.lists(parts, max_size=20).map("".join))
def test_markdown_becomes_well_formed_html(text: str) -> None:
    assert Page(html_of(text).encode()).open == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"),
        ("# a", "<h3>a</h3>"),
        ("- a\n- b", "<ul>\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li value="3"><p>a</p>\n</li>\n</ol>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("```\n<a>\n\nb\n```", "<pre><code>&lt;a&gt;\n\nb</code></pre>"),
        ("[a](vscode:x)", "<p>a</p>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
    ],
)
def test_markdown_keeps_its_meaning(text: str, html: str) -> None:
    assert html_of(text).strip() == html


def test_a_long_fence_is_one_block() -> None:
    lines = "\n".join(f"x{n} = {n}" for n in range(200))
    found = Page(html_of(f"```python\n{lines}\n```").encode())
    assert len(found.of("pre")) == 1
    assert found.text.strip() == lines


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium")
def test_a_browser_runs_the_page_under_its_policy(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    said = answer(*(f"piece {n} " for n in range(300)), HOSTILE)
    path.write_bytes(export(said, "html"))
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--dump-dom")
    more = ("--disable-background-networking", "--enable-logging=stderr")
    own = (f"--user-data-dir={tmp_path}", "--virtual-time-budget=4000")
    done = subprocess.run(
        [CHROMIUM, *flags, *more, *own, path.as_uri()],
        capture_output=True,
        check=True,
        timeout=120,
    )
    dom = done.stdout.decode()
    assert '<html lang="en" class="script">' in dom
    assert 'role="gridcell"' in dom
    assert f"{len(said)} of {len(said)}" in dom
    assert b"Content Security Policy" not in done.stderr
    assert b"Uncaught" not in done.stderr


def test_a_very_long_answer_is_whole_and_its_end_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codex_tui.documents.document.MOST", 4000)
    text = "*n* <b>\n" * 1000
    made = html_of(text)
    head, _, rest = made.partition("<pre>")
    assert 400 < head.count("<em>n</em>") < 1000
    assert head.count("<em>n</em>") + rest.count("*n* &lt;b&gt;") in (999, 1000)
