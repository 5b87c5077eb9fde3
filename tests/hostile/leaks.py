"""What must not be in the bytes that a terminal got: the grammar of what the app itself draws."""

from __future__ import annotations

import re

from tests.hostile.terminal import SEQUENCE

_MODES = "7|25|1000|1003|1004|1006|1015|1049|2004|2026|2048"
OURS = re.compile(
    rf"\x1b\[(?:[0-9;]*[Hm]|\?(?:{_MODES})[hl]|>[0-9]+u|<u|\?(?:2026|2048)\$p|6n)"
    r"|\x1b\]22;[a-z-]+\x07"  # the shape of the mouse pointer
)
"""All that Textual and the app send: places, colours, modes, and the form of the pointer."""

COPIED = re.compile(r"\x1b\]52;c;[A-Za-z0-9+/=]*\x07")
"""A copy to the clipboard, where the user asked for one."""

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b\u200c\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e01ef\ud800-\udfff]"
    "|\r(?!\n)"
)
PROGRESS = re.compile(r"(?:\rreading recordings: [\d,]+ of [\d,]+ *)+\r *\r")
"""What is printed on a slow machine, and taken away again, before a list of sessions."""

_MARKED = re.compile("7777|PWNED")


def leaks(data: bytes, *, copying: bool = False, ringing: bool = False) -> list[str]:
    """What a terminal got that the app does not draw; nothing where all is well."""
    try:
        text = data.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        return [f"no UTF-8: {data[max(error.start - 60, 0) : error.end + 20]!r}"]
    found = []
    for sequence in (match[0] for match in SEQUENCE.finditer(text)):
        allowed = OURS.fullmatch(sequence) or (copying and COPIED.fullmatch(sequence))
        if not allowed or (_MARKED.search(sequence) and not COPIED.fullmatch(sequence)):
            found.append(ascii(sequence[:200]))
    drawn = SEQUENCE.sub("", text)
    if ringing:
        drawn = drawn.replace("\x07", "")
    found += [
        ascii(drawn[max(bad.start() - 60, 0) : bad.end() + 20]) for bad in FORBIDDEN.finditer(drawn)
    ]
    return found[:10]


def printed_leaks(data: bytes) -> list[str]:
    """The same for what is printed line by line: no sequence at all, and no return but at ends."""
    text = PROGRESS.sub("", data.decode("utf-8", "replace"))
    found = [ascii(match[0][:200]) for match in SEQUENCE.finditer(text)]
    found += [
        ascii(text[max(bad.start() - 60, 0) : bad.end() + 20]) for bad in FORBIDDEN.finditer(text)
    ]
    return found[:10]
