"""The one screen: panes side by side, the status above and the composer below.

It takes the keys, and passes on what the user did; what streams is the session's business, what of
it which pane hears that of `screen_observer`, what is shown the panes'.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on

from codex_tui.timeline.goto import entry_of_place
from codex_tui.tui.clipboard import Clipboard
from codex_tui.tui.cursor_provenance import CursorProvenance
from codex_tui.tui.inspection import Inspection
from codex_tui.tui.keys import PLAY_KEYS, VIEWER_KEYS, first_keys, key_groups, key_of, keys_here
from codex_tui.tui.layout import Arrangement
from codex_tui.tui.messages import (
    EntryHighlighted,
    FindingPointed,
    IdsToggled,
    MomentChosen,
    Noted,
    PlacePointed,
    PlaybackCommanded,
    RangeChanged,
    RangeCleared,
    RangeSelected,
    SessionOpened,
)
from codex_tui.tui.pane_search import PaneSearch
from codex_tui.tui.panes.finder import Finder
from codex_tui.tui.panes.tabs import PaneTabs
from codex_tui.tui.panes.timeline import TimelinePane
from codex_tui.tui.panes_screen import PanesScreen
from codex_tui.tui.section_view.view import SectionView
from codex_tui.tui.widgets.timeline_view import TimelineView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from textual.binding import BindingType

    from codex_tui.findings import Finding
    from codex_tui.model.conversation import Conversation
    from codex_tui.model.timing import Timing
    from codex_tui.recording.log import EventLog


class Viewer(PanesScreen):
    """Panes over one session."""

    BINDINGS: ClassVar[list[BindingType]] = [*VIEWER_KEYS, *PLAY_KEYS]

    def __init__(
        self,
        history: Sequence[str],
        copies: Path | None,
        keymap: Mapping[str, str],
        masked: Callable[[str], str] = str,
    ) -> None:
        said_key = partial(key_of, rebound=keymap, typing=True)
        super().__init__(history, partial(first_keys, keymap), said_key)
        self.told = asyncio.Event()
        """Set when a first moment of a replay is shown."""
        self._keymap = keymap
        self.arrangement = Arrangement(self)
        self.pane_search = PaneSearch(self, self.arrangement, self._go_to, self._note)
        self.inspection = Inspection(self)
        self.provenance = CursorProvenance(self, self.broadcast, self.inspection.show)
        self.clipboard = Clipboard(self, copies, masked)

    def on_mount(self) -> None:
        """Begin in the composer, or where a replay is followed."""
        self.arrangement.activate(self.begins)
        if not self.has_class("-replaying"):
            self.composer.focus()
        else:
            self.arrangement.focus(self.begins if self.arrangement.single else "timeline")

    # -- what happened -----------------------------------------------------------------------

    def open_session(self, conversation: Conversation, log: EventLog, timing: Timing) -> None:
        """Show another session."""
        self.inspection.open(log)
        replayed = self.has_class("-replaying")
        self.broadcast(lambda: SessionOpened(conversation, log, timing, replayed))

    @on(EntryHighlighted)
    def _entry_highlighted(self, event: EntryHighlighted) -> None:
        self.inspection.show(event.entry)
        if self.playable:
            # The cursor is seen before all panes are drawn for another moment.
            self.call_after_refresh(self._play, "entry", str(event.entry))
        elif self.timeline.cursor.follows:
            self.provenance.clear()
        else:
            self.provenance.light(event.entry, chosen=True, reveal=True)

    @on(PlacePointed)
    def _place_pointed(self, event: PlacePointed) -> None:
        self.provenance.take(event)

    def action_tokens(self) -> None:
        """Show in the texts which pieces they came in, and what was waited for."""
        self.provenance.toggle_tokens()

    def action_ids(self) -> None:
        """Show the ids of the events in the timeline, or no longer."""
        if self.arrangement.single:
            self.arrangement.focus("timeline")
        self.post_message(IdsToggled(self.query_one(TimelinePane).toggle_ids()))

    # -- time --------------------------------------------------------------------------------

    @on(MomentChosen)
    def _moment_chosen(self, event: MomentChosen) -> None:
        if self.playable:
            self._play("moment", repr(event.seconds))
        else:
            self.timeline.select(event.entry)

    def action_range(self) -> None:
        """Choose a range of time in the strip, where there is room for one."""
        if self.strip_pane.display:
            self.strip_pane.strip.focus()
            self.strip_pane.strip.action_begin_range()

    @on(RangeSelected)
    def _range_selected(self, event: RangeSelected) -> None:
        self._show_range((event.first, event.last))

    @on(RangeCleared)
    def _range_cleared(self) -> None:
        self._show_range(None)
        self.inspection.show_selected()

    def _show_range(self, entries: tuple[int, int] | None) -> None:
        if (log := self.inspection.log) is not None:
            self.broadcast(lambda: RangeChanged(log, entries))
        if self.focused is self.strip_pane.strip:
            self.arrangement.focus(self.arrangement.active)

    # -- playing -----------------------------------------------------------------------------

    @property
    def playable(self) -> bool:
        """Whether there is something that can be played and sought in."""
        return self.strip_pane.playable

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take the keys of a player only where there is something to play."""
        return self.playable if action in ("playback", "goto") else True

    def action_playback(self, command: str) -> None:
        """Do what a key of the player says."""
        self._play(command)

    def _play(self, command: str, argument: str = "") -> None:
        self.timeline.cursor.follow(newest=command == "entry")
        self.post_message(PlaybackCommanded(command, argument))

    def action_goto(self) -> None:
        """Ask for an event, a time or a share to go to."""
        self.pane_search.go_to()

    def _note(self, text: str) -> None:
        self.broadcast(lambda: Noted(text))

    def _go_to(self, place: str) -> None:
        self._play("go-to", place)

    # -- moving about ------------------------------------------------------------------------

    def on_descendant_focus(self) -> None:
        """In a single arrangement the focused pane is the shown one."""
        if (name := self.arrangement.focused()) is not None:
            self.arrangement.activate(name)

    @on(PaneTabs.Chosen)
    def _tab_chosen(self, event: PaneTabs.Chosen) -> None:
        self.arrangement.focus(event.pane)

    def action_next(self, step: int) -> None:
        """Go to the next place among the panes and the composer."""
        stops = [] if self.has_class("-replaying") else ["composer"]
        name = self.arrangement.following(step, stops=stops)
        if name == "composer":
            self.composer.focus()
        else:
            self.arrangement.focus(name)

    def action_go(self, name: str) -> None:
        """Go to a pane from wherever the focus is, and show it if it stands beside another."""
        self.arrangement.go(name)

    def key_of(self, id_: str) -> str:
        """Say a key of the app that works where the focus is."""
        focused = self.focused
        typing = focused is not None and focused.check_consume_key("a", "a")
        return key_of(id_, self._keymap, typing=typing)

    def action_zoom(self) -> None:
        """Show the focused pane alone, or all of them again."""
        self.arrangement.zoom()

    def action_inspect(self) -> None:
        """Show the inspector beside the timeline, or hide it."""
        self.arrangement.toggle("inspector")

    def action_measure(self) -> None:
        """Show the metrics beside the timeline, or hide them."""
        self.arrangement.toggle("metrics")

    def action_wrong(self) -> None:
        """Show what is wrong beside the timeline and go there, or hide it."""
        if self.arrangement.focused() == "wrong" and not self.arrangement.single:
            self.timeline.light(())
            self.arrangement.uncover()
        else:
            self.arrangement.cover("wrong")

    @on(FindingPointed)
    def _finding_pointed(self, event: FindingPointed) -> None:
        """Light up the events of a finding in the timeline, or go to the first of them."""
        entries = self._entries_of(event.finding)
        self.timeline.light(entries)
        if event.go and entries:
            self.arrangement.focus("timeline")
            self.timeline.select(entries[0])

    def _entries_of(self, finding: Finding | None) -> list[int]:
        if finding is None or (log := self.inspection.log) is None:
            return []
        found = (entry_of_place(log, each) for each in finding.entries)
        return [entry for entry in found if entry is not None]

    def close_innermost(self) -> bool:
        """Leave the cursor, the search, its marks, what is pointed at, the range or the zoom.

        False if nothing was open.
        """
        if self.provenance.leave_cursor() or self.pane_search.close() or self._follow_again():
            return True
        if self.timeline.marks.lit:
            self.timeline.light(())
        elif self.strip_pane.strip.selection is not None:
            self.strip_pane.strip.action_leave_range()
        elif self.has_class("-zoomed"):
            self.arrangement.zoom()
        else:
            return False
        return True

    def _follow_again(self) -> bool:
        followed = self.provenance.follow_again()
        if followed:
            self.inspection.show_selected()
        return followed

    # -- searching and filtering -------------------------------------------------------------

    def action_search(self) -> None:
        """Search in the focused pane."""
        self.pane_search.search()

    def action_filter(self) -> None:
        """Show only some types of events in the timeline."""
        self.pane_search.filter()

    def action_match(self, step: int) -> None:
        """Go to the next or the previous match of the search."""
        self.pane_search.match(step)

    @on(Finder.Asked)
    def _asked(self, event: Finder.Asked) -> None:
        self.pane_search.take(event)

    @on(SectionView.SearchCounted)
    @on(TimelineView.MatchesCounted)
    def _counted(self, event: SectionView.SearchCounted | TimelineView.MatchesCounted) -> None:
        self.pane_search.counted(event.view)

    # -- links, copying and help -------------------------------------------------------------

    @on(SectionView.LinkActivated)
    def _link_clicked(self, event: SectionView.LinkActivated) -> None:
        self._show_links([("", event.url)])

    def action_links(self) -> None:
        """List the links of the focused pane."""
        view = self.pane_search.view()
        self._show_links(view.stack.links if isinstance(view, SectionView) else [])

    def _show_links(self, links: Sequence[tuple[str, str]]) -> None:
        from codex_tui.tui.dialogs.links import show_links

        show_links(self, links, self.clipboard.copy)

    def action_copy(self) -> None:
        """Copy the source text of the selection, or of what the focused pane shows."""
        view = self.pane_search.view()
        self.clipboard.copy(view.copy_source() if view is not None else "")

    def action_help(self) -> None:
        """Show all keys, those of the place where the user is before the others."""
        from codex_tui.tui.dialogs.help import HelpDialog

        groups = key_groups(self.app.BINDINGS, keys_here(self.app.screen, self))
        self.app.push_screen(HelpDialog(groups, self._keymap))
