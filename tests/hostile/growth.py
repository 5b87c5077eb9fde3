"""Generators of texts that careless code reads slowly, and what each of them is read by.

Beside those of Markdown (`tests/documents/test_markdown_hostile.py`): JSON, plain text, cleaning,
private texts, addresses, search, code in fences, labels, gists. Each makes a text of a size.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from codex_tui.documents.json_document import JsonDocument
from codex_tui.documents.markdown import MarkdownDocument
from codex_tui.documents.text_document import TextDocument
from codex_tui.exports.veiled import Veiled
from codex_tui.json_text import closed
from codex_tui.model.record_facts import gist_of_event
from codex_tui.redact import Private, Secret, mask_url
from codex_tui.safe_text import clean
from codex_tui.tui.section_view.ranks import Section
from codex_tui.tui.section_view.search import Search
from codex_tui.tui.section_view.stack import SectionStack
from codex_tui.wire.decode import decode_event
from codex_tui.wire.sse import ServerSentEvent
from tests.documents.drawn import work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.documents.document import Document

PRIVATE = (
    *("sk-", "sk-a", "eyJ", "eyJaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A"),
    *("a@", "a@b.", "@b.c", "a.b@c-", "/home/", "/home/a", "Users\\", "C:\\Users\\a", "bearer "),
    *("authorization: ", 'authorization:"', "cookie:a", '"secret":"', '"api_key": "a b '),
    *('password":"a ', "://a:b@", "://", "://a:", "Bearer aaaaaaaaaaaaaaaaaaaa", "\\u0073k-"),
    *("ghp_aaaa", "xox", "AKIA", "secret ", 'secret" : "', "a@a.a", "@", "x-api-key : "),
    *("api_key=", "api_key = a", "password: 1", "?key=", "&token=a", "#sig=", "access-key", "?a=1"),
    *("\\u0061", "\\\\", "%41", "%", "&#45;", "&#", "c2VjcmV0", "c2VjcmV0 ", "Cg", "eyJhIjoi"),
)
JSON = (
    *("[", "{", '{"a":', "[[],", '"', '"\\', "1", "1e", "-", "tru", "true,", "[1,", '{"a":"b",'),
    *(" ", "\n", "\u202e", '"\u202e', '[{"a":[', "]", "\\u0041", '"a\u0301', '{"a', "nul"),
)
LINES = ("a", " ", "\n", "\t", "\u202e", "e\u0301", "日本", "\x00", "a \n", "\r", "\r\n", "\u200d")
URLS = ("a=b&", "://", "?", "&", "a@", "#", "%2f", "/", "\\")
KINDS = ("response.output_text.delta", "error", "response.function_call_arguments.done")
PATTERNS = ("a", "a a", "a b a b a b a b", "aaaaab")
SOUGHT = ("a", "a ", "a\n", "a b ", "| a |\n|-|\n", "**a** ")
FENCES = ("python", "java", "make", "html", "xpp")
CODE = ("a b ", "(\n", '"""\n', "/*\n", "\n", "<a ", "`\n", "${")


def repeated(part: str, size: int) -> str:
    """A text of a size."""
    return (part * size)[:size]


def reading(made: Callable[[], Document], text: str) -> object:
    """Set a text out, as if it had come at once."""
    document = made()
    document.layout(60)
    document.append(text)
    work(document)
    return document


def seeking(made: Callable[[], Document], pattern: str, text: str) -> Callable[[], object]:
    """Draw a text; then the work is to look for a pattern in it, and to go to matches."""
    stack = SectionStack()
    stack.add(Section("a", document=made()))
    stack.append("a", text)
    while stack.work.busy:
        stack.work.advance(60, range(40), math.inf)

    def look() -> int:
        search = Search(pattern, stack)
        search.run(math.inf)
        for step in (1, 1, 1, -1, -1):
            search.jump(step, 0)
        return search.count

    return look


def gist(kind: str, text: str) -> object:
    """The line of a list that stands for an event with such a text."""
    data = json.dumps({"type": kind, "delta": text, "arguments": text, "message": text})
    return gist_of_event(decode_event(ServerSentEvent(kind, data)))


def _labels(size: int, form: str) -> str:
    return form * (size // len(form)) + "\n\n[a]: http://b.c\n"


def _footnotes(size: int) -> str:
    count = size // 16
    uses = "".join(f"[^{number}] " for number in range(count))
    return uses + "\n\n" + "".join(f"[^{number}]: x\n" for number in range(count))


Case = tuple[str, Callable[[int], Callable[[], object]]]


def _case(name: str, do: Callable[[str], object], made: Callable[[int], str]) -> Case:
    return name, lambda size: partial(do, made(size))


def _plain() -> Iterator[Case]:
    found = Veiled(Private("/home/me", [Secret("abcdefgh1234")])).find
    for part in PRIVATE:
        yield _case(f"private {part!r}", found, partial(repeated, part))
    for part in URLS:
        yield _case(f"address {part!r}", _masked, partial(repeated, part))
    for part in (*JSON, '{"a":['):
        yield _case(f"JSON cut off {part!r}", closed, partial(repeated, part))
        yield _case(f"JSON {part!r}", partial(reading, JsonDocument), partial(repeated, part))
    for part in LINES:
        yield _case(f"text {part!r}", partial(reading, TextDocument), partial(repeated, part))
        yield _case(f"cleaning {part!r}", clean, partial(repeated, part))
    for kind, part in product(KINDS, ("a", "\n", "\u202e", "{")):
        yield _case(f"gist of {kind} {part!r}", partial(gist, kind), partial(repeated, part))


def _marked() -> Iterator[Case]:
    read = partial(reading, MarkdownDocument)
    for language, part in product(FENCES, CODE):
        yield _case(f"{language} {part!r}", read, partial(_fence, language, part))
    for form in ("[a] word\n\n", "[a] ", "| a |\n|-|\n| [a] |\n\n", "- [a]\n"):
        yield _case(f"label {form!r}", read, partial(_labels, form=form))
    yield _case("footnotes", read, _footnotes)


def _searched() -> Iterator[Case]:
    for made, pattern, part in product((TextDocument, MarkdownDocument), PATTERNS, SOUGHT):
        name = f"{pattern!r} in {made.__name__} {part!r}"
        yield name, partial(_sought, made, pattern, part)


def _masked(text: str) -> str:
    return mask_url(f"http://{text}")


def _fence(language: str, part: str, size: int) -> str:
    return f"```{language}\n{repeated(part, size)}"


def _sought(
    made: Callable[[], Document], pattern: str, part: str, size: int
) -> Callable[[], object]:
    return seeking(made, pattern, repeated(part, size))


CASES = dict([*_plain(), *_marked(), *_searched()])
"""By their names: of a size, the work."""
