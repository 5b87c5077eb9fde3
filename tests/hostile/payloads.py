"""Hostile text, by families, and streams in which every string that can be shown is hostile.

What would act on a terminal carries the number 7777 or the word PWNED: no sequence of ours does.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from codex_tui.wire.registry import EVENT_CLASSES, ITEM_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator

ESC, BEL, ST, C1_ST = "\x1b", "\x07", "\x1b\\", "\x9c"

ESCAPES = {
    "csi": f"{ESC}[7777mA{ESC}[7777;1HB{ESC}[?7777hC{ESC}[2JD{ESC}[3JE{ESC}[7777n",
    "csi-modes": f"{ESC}[?1049lA{ESC}[?7777lB{ESC}[!pC{ESC}[7777 qD{ESC}[>7777uE",
    "csi-long": f"{ESC}[{'7777;' * 40}mA{ESC}[{'7' * 300}",
    "osc-title": f"{ESC}]0;PWNED{BEL}A{ESC}]2;PWNED{ST}B{ESC}]1;PWNED{C1_ST}",
    "osc-link": f"{ESC}]8;;https://evil.example/PWNED{ST}safe{ESC}]8;;{ST}",
    "osc-clipboard": f"{ESC}]52;c;UFdORUQ=PWNED{BEL}A{ESC}]52;c;?{BEL}",
    "osc-others": "".join(f"{ESC}]{n};PWNED{BEL}" for n in ("4;1;?", "9", "133", "1337")),
    "osc-endless": f"{ESC}]0;PWNED",
    "dcs": f"{ESC}P+q7777PWNED{ST}A{ESC}P1$r7777m{ST}{ESC}P$q7777{ST}",
    "apc": f"{ESC}_Gf=24,PWNED;AAAA{ST}",
    "pm": f"{ESC}^PWNED{ST}",
    "sos": f"{ESC}XPWNED{ST}",
    "tmux": f"{ESC}Ptmux;{ESC}{ESC}]52;c;PWNED{BEL}{ST}{ESC}kPWNED{ST}",
    "shifts": f"{ESC}N7{ESC}O7{ESC}n{ESC}o{ESC}|{ESC}}}{ESC}~\x0e7\x0f\x8e7\x8f7",
    "charsets": f"{ESC}(0lqk{ESC}(B{ESC})0{ESC}%G{ESC}#8",
    "resets": f"{ESC}c{ESC}7{ESC}8{ESC}D{ESC}E{ESC}M{ESC}Z{ESC}={ESC}>{ESC}Q",
    "c1": "\x9b7777m\x9d0;PWNED\x9c\x90q7777\x9c\x9fPWNED\x9c\x9ePWNED\x9c\x98PWNED\x9c"
    "\x85\x8d\x84",
    "c0": "".join(map(chr, (*range(9), *range(11, 32), 127))),
    "overwriting": "rm -rf /\r       \b\b\b\b\b\b\b\bls\x7f\x7f",
    "alone": ESC,
    "split": f"{ESC}\n[7777m{ESC}\t[7777m{ESC}\r[7777m{ESC}{ESC}[7777m",
}
"""Escape sequences of every family, in seven bits and in eight, whole and unfinished."""

DECEITS = {
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200e\u200f\u061c \u202a\u202b\u202d\u2067\u2068",
    "tags": "ok"
    + "".join(chr(0xE0000 + ord(letter)) for letter in "hidden")
    + "\U000e0001\U000e007f",
    "invisible": "a\u200bb\u200cc\u2060d\u2061\u2062\u2063\u2064\u206ae\ufefff\u00adg\u034fh\u180e",
    "separators": "one\u2028two\u2029three\x85four\x0bfive\x0csix",
    "selectors": "x\U000e0100\U000e01ef y\ufe0f",
    "surrogates": "\ud800 \udfff \udc80",
    "annotations": "\ufff9base\ufffatext\ufffb",
}
"""What says something else than it shows."""

ODDITIES = {
    "zalgo": "z" + "\u0301\u0489\u0334" * 200 + "a" + "\u20e3" * 100 + "\u1160" * 60,
    "wide": "漢字テスト🤦🏽‍♂️👨‍👩‍👧‍👦🇩🇪" * 20 + "｡ｱ" + "\U0001f1e6" * 9,
    "markup": "[@click=app.quit]x[/] [/] [link=file:///etc]y[/link] [red]z [b [[ ]] \\[ [/foo]",
    "markup-styles": "[on red]a[/on red] [$error]b[/] [not bold] [@mouse.down=app.bell()]c [/",
    "format": "%s %n {0} {x!r} $HOME `id` ${x} \\x1b[31m \\u001b",
    "links": "[go](vscode://evil) [a](javascript:1) <file:///etc> [b](--help)"
    " [ok](https://e.example/\x1b]0;PWNED\x07) [c](http://ok.example/?a=1)",
    "names": "../../../../etc/passwd\x00/dev/null",
}
"""What is odd to draw, or means something to a library."""

FAMILIES = {**ESCAPES, **DECEITS, **ODDITIES}

EVERYTHING = " ".join(FAMILIES.values())


def frame(kind: str, **more: Any) -> bytes:
    """An event as it stands on the wire, its text escaped in JSON."""
    data = json.dumps({"type": kind, **more})
    return f"event: {kind}\ndata: {data}\n\n".encode("utf-8", "replace")


def raw(text: str) -> str:
    """A text as it may stand in one line of a stream: all but line ends."""
    return text.replace("\n", " ").replace("\r", " ").encode("utf-8", "replace").decode()


def _object(text: str) -> dict[str, Any]:
    """An object of the sort that actions, results, annotations and errors are."""
    names = ("type", "query", "url", "title", "filename", "file_id", "message", "code", "text")
    more = ("name", "path", "diff", "pattern", "keys", "status", "description", "logs", "stdout")
    return {
        **dict.fromkeys((*names, *more), text),
        "commands": [text, text],
        "command": [text],
        "queries": [text],
        "sources": [{"type": "url", "url": text}],
        "outcome": {"type": text, "exit_code": 1},
        text: text,
    }


_CLASSES: list[tuple[str, type[Any]]] = list(EVENT_CLASSES.items())
_KEPT = {"type", "output_index", "content_index", "summary_index", "sequence_number", "extra"}


def _fields(kind: type[Any], text: str) -> dict[str, Any]:
    """Every field of an item or an event, hostile in whatever form it takes."""
    found: dict[str, Any] = {}
    assert is_dataclass(kind)
    for each in fields(kind):
        if each.name in _KEPT or each.name == "item":
            continue
        type_ = str(each.type)
        if "list" in type_:
            found[each.name] = [_object(text), text]
        elif "dict" in type_ or each.name in ("error", "logprobs"):
            found[each.name] = _object(text)
        elif "str" in type_ or "Any" in type_ or each.default is MISSING:
            found[each.name] = text
    return found


def response(text: str, **more: Any) -> dict[str, Any]:
    """A Response object, hostile in its names."""
    return {"id": text, "model": text, "status": "in_progress", "output": [], **more}


def items(text: str) -> Iterator[bytes]:
    """An item of every type, and one of a type that nobody knows."""
    for index, (kind, class_) in enumerate(ITEM_CLASSES.items(), 10):
        item: dict[str, Any] = {"type": kind, **_fields(class_, text), "id": f"{text}{index}"}
        if kind == "message":
            notes = [_object(text), _object(text) | {"type": "url_citation"}]
            part = {"type": "output_text", "text": text, "annotations": notes}
            item["content"] = [part, {"type": "refusal", "refusal": text}, _object(text)]
        if kind == "reasoning":
            item["summary"] = [{"type": "summary_text", "text": f"**{raw(text)}**\n\n{text}"}]
        yield frame("response.output_item.added", output_index=index, item={**item, "content": []})
        yield frame("response.output_item.done", output_index=index, item=item)
    unknown = {"type": text, **_object(text), "id": text}
    yield frame("response.output_item.added", output_index=90, item=unknown)


def events(text: str) -> Iterator[bytes]:
    """An event of every type that goes on, with hostile fields, and some that nobody knows."""
    for kind, class_ in _CLASSES:
        if kind.startswith("response.output_item") or "response" in {
            f.name for f in fields(class_)
        }:
            continue
        if kind != "error":
            yield frame(kind, output_index=99, **_fields(class_, text))
    yield frame(text[:60].replace("\n", "").replace("\r", ""), payload=text)
    yield f"event: {raw(text)}\nid: {raw(text)}\ndata: {{broken {raw(text)}\n\n".encode()
    yield f": {raw(text)}\n\n".encode()
    yield b'data: {"type": "\x9b7777m\x1b[7777m", "x": "\xff\x1b]0;PWNED\x07"}\n\n'
    yield f"data: {json.dumps([text])}\ndata: {json.dumps(text)}\n\n".encode()


def pieces(text: str) -> Iterator[bytes]:
    """A text that comes character by character: cut at every place."""
    yield frame("response.output_item.added", output_index=0, item={"type": "message", "id": "m"})
    for letter in text:
        yield frame("response.output_text.delta", output_index=0, item_id="m", delta=letter)
    item = {"type": "reasoning", "id": "r", "summary": []}
    yield frame("response.output_item.added", output_index=1, item=item)
    for letter in text:
        kind = "response.reasoning_summary_text.delta"
        yield frame(kind, output_index=1, summary_index=0, item_id="r", delta=letter)
    call = {"type": "function_call", "id": "f", "call_id": text, "name": text, "arguments": ""}
    yield frame("response.output_item.added", output_index=2, item=call)
    for letter in text:
        kind = "response.function_call_arguments.delta"
        yield frame(kind, output_index=2, item_id="f", delta=letter)


def stream(text: str, ending: str = "response.failed") -> bytes:
    """A whole stream in which every string is the text, ended by an event of that type."""
    error = {"code": text, "message": text, "type": text, "param": text}
    last = response(text, status=text, error=error, incomplete_details={"reason": text})
    ends = {"error": frame("error", **error)}
    return b"".join(
        [
            frame("response.created", response=response(text)),
            *pieces(text),
            *items(text),
            *events(text),
            ends.get(ending) or frame(ending, response=last),
        ]
    )


def recording(text: str, ending: str = "response.failed", how: str = "failed") -> bytes:
    """A recording of such a stream, its request and its headers hostile as well."""
    header = {"version": 1, "id": text[:200], "created": text[:200], "tool": text[:200]}
    body = {"model": text, "input": text, "instructions": text, "tools": [_object(text)]}
    request = {
        "n": 1,
        "wall": text,
        "method": text,
        "url": text,
        "headers": {"x": text},
        "body": body,
    }
    headers = {
        **dict.fromkeys(["openai-model", "x-request-id", "server", "openai-processing-ms"], text),
        **{f"x-ratelimit-{what}-requests": text for what in ("limit", "remaining", "reset")},
        **{f"x-codex-primary-{what}": text for what in ("used-percent", "reset-at")},
        text: text,
    }
    answer = {"n": 1, "t": 0.1, "status": 200, "headers": headers}
    end = {"n": 1, "t": 9.0, "how": how, "detail": text}
    marks = ("", header), ("request ", request), ("response ", answer)
    ours = "".join(f": codex-tui {verb}{json.dumps(mark)}\n\n" for verb, mark in marks).encode()
    return ours + stream(text, ending) + f": codex-tui end {json.dumps(end)}\n\n".encode()


MADE = {
    "one-line": "x" * 1_000_000,
    "lines": "\n" * 100_000,
    "fence": "```python\n" + "y = (" * 200_000,
    "marks": "a" + "\u0301" * 200_000,
    "emphasis": "*_" * 100_000 + "[" * 50_000,
    "table": "|" * 50_000 + "\n" + "|-" * 25_000 + "\n",
    "quotes": ">" * 20_000 + " deep",
    "lists": "".join(f"{' ' * depth * 2}- x\n" for depth in range(500)),
}
"""Texts that are too much of something."""

SAMPLE = (
    " ".join(
        FAMILIES[name]
        for name in (
            "csi",
            "osc-title",
            "osc-link",
            "osc-clipboard",
            "dcs",
            "c1",
            "c0",
            "bidi",
            "tags",
        )
    )
    + " [@click=app.quit]x[/] [/"
)
"""One of each that matters most, for the tests that run every time."""
