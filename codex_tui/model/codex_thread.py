"""What the files of the Codex CLI say of their thread: whose it is, and what became of its turns.

It is handed from turn to turn, and replaced rather than changed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from codex_tui import units
from codex_tui.model.codex_usage import count_of
from codex_tui.recording.records import moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codex_tui.wire.items import Usage

_DATED = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
"""Ids that say when they were made: UUIDs of version 7 (RFC 9562, 5.7)."""

_MILLISECONDS = 1000.0


class CodexThread(Struct, frozen=True):
    """A thread as far as its lines have told.

    Attributes:
        id: Its id.
        parent: The id of the thread that it came of; empty without one.
        spawned: Whether it is a sub-agent's.
        started: When, in seconds since 1970.
        tokens: What it has used so far in all.
        copied: Whether what comes now is its parent's history, which such files begin with.
        idle: Whether no task runs.
        echoed: Whether its count was told again while no task ran: the CLI took up what was copied.
        told: What was told last of the usage of each thread, by its id.
        unsaid: The threads of which a turn has told none since.
    """

    id: str = ""
    parent: str = ""
    spawned: bool = False
    started: float | None = None
    tokens: int | None = None
    copied: bool = False
    idle: bool = True
    echoed: bool = False
    told: Mapping[str, Usage] = {}
    unsaid: frozenset[str] = frozenset()

    def counted(self, tokens: int | None) -> CodexThread:
        """Take in what it has used in all."""
        if tokens is None or (tokens == self.tokens and not self.idle):
            return self
        return replace(self, tokens=tokens, echoed=self.echoed or tokens == self.tokens)


class CodexTurn(Struct, frozen=True):
    """What is known of a turn beside its items, and of its thread when it ended.

    Attributes:
        thread: The thread.
        inherited: Whether it is a turn of the parent, copied.
        dated: Whether its id or its start says when it began.
        rolled_back: How many turns were rolled back in it, itself included.
        context: The tokens of its latest request.
        window: How many the model can take.
        whole: What the thread had used in all when it ended, where that is what was told.
        doubt: What can't be told of its usage.
    """

    thread: CodexThread = CodexThread()
    inherited: bool = False
    dated: bool = False
    rolled_back: int = 0
    context: int | None = None
    window: int | None = None
    whole: Usage | None = None
    doubt: str = ""

    def next(self) -> CodexTurn:
        """What is known of the turn that follows, before its first line."""
        return CodexTurn(self.thread, inherited=self.thread.copied)

    def described(self, meta: Any) -> CodexTurn:
        """Take in what a line says of the thread; a second one, of another, is its parent's."""
        id_ = _text(meta, "id")
        thread = self.thread
        if thread.parent and id_ and id_ != thread.id:
            return replace(self, thread=replace(thread, copied=True), inherited=True)
        if id_ == thread.id and thread.id:
            return self
        parent, spawned = _parent(meta)
        started = moment_of_id(id_)
        started = moment_of(_text(meta, "timestamp")) if started is None else started
        return replace(self, thread=CodexThread(id_, parent, spawned, started))

    def begun(self, task: Any) -> CodexTurn:
        """Take in that a task begins: it is the thread's own, or the parent's as well."""
        began = _began(task)
        own = not self.thread.copied or self._is_own(began)
        thread = replace(self.thread, copied=not own, idle=False, echoed=False)
        window = count_of(task, "model_context_window") or self.window
        dated = began is not None and thread.started is not None
        return replace(self, thread=thread, inherited=not own, dated=dated, window=window)

    def _is_own(self, began: float | None) -> bool:
        """Whether a task is the first one behind a copied history.

        Its time tells, where ids have one; else what the CLI writes when it takes up a history:
        the count again, and no end of a task that ran.
        """
        thread = self.thread
        if began is not None and thread.started is not None:
            return began >= int(thread.started)
        return thread.echoed or not thread.idle

    def over(self) -> CodexTurn:
        """Take in that the task has ended."""
        return replace(self, thread=replace(self.thread, idle=True))

    def counted(self, info: Any) -> CodexTurn:
        """Take in what the latest request has used, of what the model can take."""
        latest = info.get("last_token_usage") if isinstance(info, dict) else None
        total = info.get("total_token_usage") if isinstance(info, dict) else None
        thread = self.thread.counted(count_of(total, "total_tokens"))
        context = count_of(latest, "total_tokens")
        context = self.context if context is None else context
        window = count_of(info, "model_context_window") or self.window
        if thread is self.thread and (context, window) == (self.context, self.window):
            return self  # the CLI says it again and again
        return replace(self, thread=thread, context=context, window=window)

    def turned_back(self, turns: Any) -> CodexTurn:
        """Take in that the latest turns were rolled back."""
        count = count_of(turns, "num_turns")
        return self if count is None else replace(self, rolled_back=self.rolled_back + count)


def moment_of_id(id_: str) -> float | None:
    """When an id was made, in seconds since 1970; None where it does not say."""
    found = _DATED.fullmatch(id_)
    return int(found[1] + found[2], 16) / _MILLISECONDS if found else None


def _began(task: Any) -> float | None:
    moment = moment_of_id(_text(task, "turn_id"))
    return count_of(task, "started_at") if moment is None else moment


def _parent(meta: Any) -> tuple[str, bool]:
    """The thread that one came of, and whether it is a sub-agent's."""
    source = meta.get("source") if isinstance(meta, dict) else None
    agent = source.get("subagent") if isinstance(source, dict) else None
    spawn = agent.get("thread_spawn") if isinstance(agent, dict) else None
    named = (
        _text(meta, "parent_thread_id"),
        _text(meta, "forked_from_id"),
        _text(spawn, "parent_thread_id"),
    )
    spawned = agent is not None or _text(meta, "thread_source") == "subagent"
    return next(filter(None, named), ""), spawned


def _text(value: Any, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def kept_by(compaction: Any) -> str:
    """What a compaction kept, in words; empty where it does not say."""
    history = compaction.get("replacement_history") if isinstance(compaction, dict) else None
    if isinstance(history, list) and history:
        counts: dict[str, int] = {}
        for item in history:
            type_ = _text(item, "type") or "other"
            counts[type_] = counts.get(type_, 0) + 1
        kinds = ", ".join(f"{type_} {count}" for type_, count in counts.items())
        return f"kept {units.count(len(history), 'item')}: {kinds}"
    summary = _text(compaction, "message")
    return f"kept a summary: {summary}" if summary else ""
