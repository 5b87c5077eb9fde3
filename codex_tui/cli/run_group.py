"""Several runs of one request: a session and a recording each, a line when one ends, then a table.

Nothing is sent before it is known that all can be. Standard output has the table alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from codex_tui.cli.notes import sentence_on
from codex_tui.cli.output import NAME, Output, say, terminal_width
from codex_tui.cli.plainness import format_of
from codex_tui.cli.run_member import AskedModel, GroupMember
from codex_tui.cli.run_tables import ModelOutcome, RunOutcome, group_lines, group_object
from codex_tui.cli.streaming import disk_has_taken_it
from codex_tui.cli.verdicts import said_of
from codex_tui.engine.checking import Check
from codex_tui.engine.keeping import Recordings, forgotten
from codex_tui.engine.signals import handling
from codex_tui.figures.report import figures_of
from codex_tui.library.groups import group_key
from codex_tui.library.saved import SHORT_KEY, key_of
from codex_tui.recording.recording import new_id
from codex_tui.redact import KnownSecrets, mask_keys
from codex_tui.sources.credentials import secrets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.cli.run_plan import PlannedRun, RunPlan
    from codex_tui.config import Settings
    from codex_tui.engine.keeping import Keep
    from codex_tui.model.conversation import Turn


async def ask_several(settings: Settings, plan: RunPlan, prompt: str) -> int:
    """Send a prompt several times, print what came of it, and give the exit code.

    It is 0 only if all responses were completed, and, with --check, nothing of the level was found.

    Raises:
        ProviderError: The tools or the body file can't be used.
        click.ClickException: The body file names another model than was asked for.
        OSError: The output is closed, or full; the recordings are closed before.
    """
    return await _RunGroup(settings, plan, prompt).answer()


class _RunGroup:
    """The runs, in the order of their plan."""

    def __init__(self, settings: Settings, plan: RunPlan, prompt: str) -> None:
        self._settings = settings
        self._plan = plan
        self._prompt = prompt
        self._id = new_id(datetime.now(UTC)) if settings.record else None
        self._asked = {name: AskedModel(settings, name) for name in plan.models}
        first = next(iter(self._asked.values())).backend
        self._known = KnownSecrets((*secrets_of(settings, os.environ), *first.secrets()))
        self._address = first.base_url
        self._running: list[GroupMember] = []
        self._preparing: asyncio.Task[None] | None = None
        self._outcomes: dict[str, list[RunOutcome]] = {name: [] for name in plan.models}
        self._signal = 0
        self._wrong = False

    async def answer(self) -> int:
        """Send all, print what came of them, and give the exit code."""
        with handling(self._stop):
            self._preparing = asyncio.create_task(self._prepare())
            try:
                await self._preparing
            except asyncio.CancelledError:
                if not self._signal:
                    raise
                return 128 + self._signal
            self._say(f"{self._plan.words(self._default)}; to {self._address}")
            await self._send_all()
            await disk_has_taken_it()
        self._print()
        return self._code()

    def _stop(self, number: int) -> None:
        """Send nothing more, and end what runs as a user's cancel does."""
        self._signal = number
        if self._preparing is not None:
            self._preparing.cancel()  # nothing, where it is over
        for member in self._running:
            member.leave()

    async def _prepare(self) -> None:
        for asked in self._asked.values():
            await asked.prepare(self._prompt)

    @property
    def _default(self) -> str:
        return self._asked[""].name if "" in self._asked else ""

    async def _send_all(self) -> None:
        for batch in self._plan.batches:
            if self._signal:
                return
            self._running = [self._member(run) for run in batch]
            try:
                async with asyncio.TaskGroup() as tasks:
                    for member in self._running:
                        tasks.create_task(self._send(member))
            except* OSError as errors:  # the output: no further request is for anybody
                raise errors.exceptions[0] from None

    def _member(self, run: PlannedRun) -> GroupMember:
        check = Check(*self._settings.rules())
        return GroupMember(run, self._asked[run.model], self._keep(run), check)

    def _keep(self, run: PlannedRun) -> Keep:
        if self._id is None:
            return forgotten
        folder, total = self._settings.paths.sessions, len(self._plan.runs)
        number = f"{run.number}/{total}"
        return Recordings(
            folder, self._prompt, otherwise=forgotten, group=self._id, run=number
        ).open

    async def _send(self, member: GroupMember) -> None:
        await member.stream()
        turn = member.turn
        if turn is None:
            return
        whole = format_of(self._settings) == "json"
        self._outcomes[member.run.model].append(member.outcome(turn, whole=whole))
        self._tell(member, turn)

    def _tell(self, member: GroupMember, turn: Turn) -> None:
        """Say how a run ended, on one line, and what is to be known of it."""
        named = f"run {member.run.number}/{len(self._plan.runs)}"
        ended = str(turn.how) if turn.how == "completed" else sentence_on(turn)
        said = [named, member.asked.name, ended, *figures_of(turn)]
        self._say(" · ".join(filter(None, said)))
        if member.asked.doubt and turn.how == "http_error":
            self._say(member.asked.doubt)
        if trouble := member.session.kept.trouble():
            self._say(f"{named}: {trouble}")
        if self._settings.check:
            found = member.found(self._settings.level)
            self._wrong = self._wrong or bool(found)
            for finding in found:
                self._say(f"{named}: {mask_keys(said_of(finding))}")

    def _say(self, sentence: str) -> None:
        say(self._known.masked(sentence))

    # -- at the end --------------------------------------------------------------------------

    def _models(self) -> list[ModelOutcome]:
        return [
            ModelOutcome(name or self._default, runs, self._plan.times - len(runs))
            for name, runs in self._outcomes.items()
        ]

    def _print(self) -> None:
        output, models = Output(sys.stdout, self._known), self._models()
        if format_of(self._settings) == "json":
            output.line(group_object(self._id, len(self._plan.runs), models))
        else:
            room = terminal_width()
            output.write("".join(f"{line}\n" for line in group_lines(models, room)))
        output.flush()
        for sentence in self._where():
            self._say(sentence)

    def _where(self) -> Iterator[str]:
        """Where the recordings are, and how two sides of them are compared."""
        sides = [keys for runs in self._outcomes.values() if (keys := _keys(runs))]
        if self._id is None or not sides:
            yield "none of these runs is in a recording"
            return
        yield f"recorded: {NAME} sessions list group:{group_key(self._id)}"
        if len(sides) == 1:
            sides = [[key] for key in sides[0]]
        if len(sides) > 1:
            between = " -- " if len(sides[0]) + len(sides[1]) > 2 else " "
            yield f"compare: {NAME} compare {' '.join(sides[0])}{between}{' '.join(sides[1])}"

    def _code(self) -> int:
        if self._signal:
            return 128 + self._signal
        runs = [run for runs in self._outcomes.values() for run in runs]
        completed = all(run.how == "completed" for run in runs)
        return int(not completed or self._wrong)


def _keys(runs: list[RunOutcome]) -> list[str]:
    """What the recordings of some runs are called by: of those that were completed, if any was."""
    best = [run for run in runs if run.how == "completed"] or runs
    return [key_of(run.file.name)[:SHORT_KEY] for run in best if run.file is not None]
