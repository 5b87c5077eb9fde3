"""Whatever holds a stream or a session, told by its content and read as our records.

    format = sniff(head, complete=False)      # or `any_reader()`, which sniffs by itself
    reader = format.make()
    for span, record in reader.feed(chunk): ...

It reads bytes that it is given: no file, no socket, no screen. Nothing is invented: a record has
the time that its source has for it, or none.
"""

from codex_tui.formats.readers import AnyReader, Format, Placed, Reader, Unrecognized, said_of
from codex_tui.formats.sniffing import HEAD, any_reader, sniff

__all__ = [
    "HEAD",
    "AnyReader",
    "Format",
    "Placed",
    "Reader",
    "Unrecognized",
    "any_reader",
    "said_of",
    "sniff",
]
