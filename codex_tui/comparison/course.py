"""When what came in a turn: its moments, to be drawn beside another's on one axis."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from codex_tui.model.timing import EVENT, REASONING, TEXT, TOOL, TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codex_tui.model.timing import Moment

Topic = Literal["waiting", "other", "reasoning", "text", "tools"]
"""What a stretch of time was for."""

_TOPICS: dict[int, Topic] = {REASONING: "reasoning", TEXT: "text", TOOL: "tools"}
MOMENTS = EVENT
"""What a course is made of, in the flags of `Timing.moments`."""


@dataclass(slots=True)
class Course:
    """The moments of a turn in order, in seconds since its request, and what each was for."""

    times: array[float] = field(default_factory=lambda: array("d"))
    topics: list[Topic] = field(default_factory=list)

    @classmethod
    def of(cls, moments: Iterable[Moment]) -> Course:
        """Take the moments of a turn."""
        course = cls()
        for _, what, t in moments:
            course.times.append(t)
            course.topics.append(_TOPICS.get(what & TOPIC, "other"))
        return course

    @property
    def end(self) -> float:
        """When the last of it came; 0 where there are no times."""
        return max(self.times, default=0.0)

    def columns(self, count: int, scale: float) -> list[dict[Topic, int]]:
        """Return how much came of each topic in so many columns, which together are `scale` s."""
        found: list[dict[Topic, int]] = [{} for _ in range(count)]
        if scale > 0:
            for t, topic in zip(self.times, self.topics, strict=True):
                column = found[min(count - 1, max(0, int(t / scale * count)))]
                column[topic] = column.get(topic, 0) + 1
        return found
