"""One block of a stream, line by line: section 9.2.6 of the WHATWG standard (HTML)."""

from __future__ import annotations


class Block:
    """One block's lines, read as section 9.2.6 says; `id` is None where none was set."""

    __slots__ = ("comments", "data", "event", "exact", "id", "retry")

    def __init__(self, block: bytes) -> None:
        self.event = ""
        self.data: list[str] = []
        self.id: str | None = None
        self.retry: int | None = None
        self.comments: list[str] = []
        self.exact = True
        lines = self._after_comments(self._text(block).strip("\n"))
        for line in lines.split("\n"):
            self._line(line)

    def _after_comments(self, text: str) -> str:
        """Where comments come first, as they do, a million of them are one split."""
        last = text.rfind("\n:") + 1
        end = text.find("\n", last) if last or text[0] == ":" else 0
        head, rest = (text[:end], text[end + 1 :]) if end >= 0 else (text, "")
        if not head.startswith(":") or head.count("\n") != head.count("\n:"):
            return text
        self.comments = head[1:].split("\n:")
        return rest

    def _text(self, block: bytes) -> str:
        try:
            text = str(block, "utf-8")
        except UnicodeDecodeError:
            self.exact = False
            text = str(block, "utf-8", "replace")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def _line(self, line: str) -> None:
        name, colon, value = line.partition(":")
        if not name:
            self.comments += [value] if colon else []
            return
        value = value.removeprefix(" ")
        match name:
            case "data":
                self.data.append(value)
            case "event":
                self.exact &= not self.event
                self.event = value
            case "id":
                self._take_id(value)
            case "retry":
                self._take_retry(value)
            case _:
                self.exact = False

    def _take_id(self, value: str) -> None:
        self.exact &= self.id is None and "\0" not in value
        if "\0" not in value:
            self.id = value

    def _take_retry(self, value: str) -> None:
        time = _milliseconds(value)
        self.exact &= self.retry is None and time is not None and str(time) == value
        if time is not None:
            self.retry = time


def _milliseconds(digits: str) -> int | None:
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return int(digits)
    except ValueError:  # more digits than Python reads: no time that anyone could wait
        return None
