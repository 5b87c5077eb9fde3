"""What a thread could not know: an error that is to be told where somebody waits for its work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType


class Caught:
    """Ends its block at any `Exception`, and keeps it in `error`.

    For borders alone, where somebody tells the user of it or raises it again: a thread that ended
    with it would keep everybody waiting.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if isinstance(error, Exception):
            self.error = error
        return self.error is not None
