"""What was found in a stream, printed: for people, for programs, for CI.

A text is what one pastes into an issue: it fits 80 columns, groups findings by their rule, the
worst first, and quotes what proves them.
"""

from __future__ import annotations

import re
import textwrap
from array import array
from dataclasses import dataclass, field
from math import isnan
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from codex_tui import units
from codex_tui.cli.output import say
from codex_tui.findings import LEVELS, told
from codex_tui.findings.finding import place_of
from codex_tui.redact import mask_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from codex_tui.cli.output import Output
    from codex_tui.config.settings import CheckFormat
    from codex_tui.engine.observer import Arrival
    from codex_tui.engine.session import Session
    from codex_tui.findings import Finding, Findings, Level
    from codex_tui.findings.finding import Entry
    from codex_tui.model.conversation import Turn
    from codex_tui.redact import KnownSecrets

WIDTH = 80
_SHOWN = 5  # findings of a rule that are printed in full
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Verdict:
    """What was found in one file.

    Attributes:
        file: What it was called.
        findings: What is wrong with it.
        checked: How many of its events were checked.
        times: When each event came, NaN where that is not known.
        proofs: What stands at some events.
    """

    file: str
    findings: Findings
    checked: int = 0
    times: array[float] = field(default_factory=lambda: array("d"))
    proofs: dict[Entry, str] = field(default_factory=dict)

    def place(self, entry: Entry) -> str:
        """Return the name of an event, with its time where that is known."""
        name = place_of(entry)
        if isinstance(entry, str):
            return name
        t = self.times[entry - 1] if 0 < entry <= len(self.times) else float("nan")
        return name if isnan(t) else f"{name} ({units.seconds(t)})"

    def counts(self, level: Level) -> dict[Level, int]:
        """Return how many there are of each level that is spoken of."""
        spoken = LEVELS[: LEVELS.index(level) + 1]
        return {each: self.findings.counts[each] if each in spoken else 0 for each in LEVELS}


class Verdicts(Protocol):
    """Prints what was found; `quotes` says whether it shows what proves it."""

    quotes: bool

    def come(self, verdict: Verdict) -> None:
        """Print what is new in a stream that goes on."""

    def print(self, verdict: Verdict) -> None:
        """Print what was found in a file."""

    def end(self) -> None:
        """Print what stands behind all files."""


class TextVerdicts:
    """For people."""

    quotes = True

    def __init__(self, output: Output, level: Level) -> None:
        self._output = output
        self._level = level
        self._said = 0
        self._files = 0

    def come(self, verdict: Verdict) -> None:
        """Print a line for each finding that is new."""
        new = verdict.findings.kept[self._said :]
        self._said += len(new)
        for finding in of_level(new, self._level):
            self._write(_entry_lines(verdict, finding))
        self._output.flush()

    def print(self, verdict: Verdict) -> None:
        """Print the findings by rule, and how many there are."""
        if self._files:
            self._output.write("\n")
        self._files += 1
        found = [] if self._said else verdict.findings.of(self._level)
        self._write(_sentence(verdict, self._level))
        heads, beside = _by_event(found)
        for group in _by_rule(heads):
            self._output.write("\n")
            self._write(_group_lines(verdict, group, beside))

    def _write(self, lines: Iterator[str] | str) -> None:
        whole = lines if isinstance(lines, str) else "\n".join(lines)
        self._output.write(mask_keys(whole) + "\n")

    def end(self) -> None:
        """Nothing stands behind all files."""


def of_level(found: Sequence[Finding], level: Level) -> list[Finding]:
    """Return those of a level, and of worse ones."""
    return [each for each in found if LEVELS.index(each.level) <= LEVELS.index(level)]


def _sentence(verdict: Verdict, level: Level) -> str:
    counts, spec = verdict.findings.counts, verdict.findings.spec
    events = units.count(verdict.checked, "event")
    spoken = LEVELS[: LEVELS.index(level) + 1]
    said = [units.count(counts[each], each) for each in spoken if counts[each]]
    milder = [units.count(counts[each], each) for each in LEVELS if each not in spoken]
    milder = [each for each in milder if not each.startswith("0 ")]
    rest = f"; {' and '.join(milder)} below {level}" if milder else ""
    found = ", ".join(said) or f"nothing wrong, by the level {level}"
    line = f"{verdict.file}: {found} in {events} (rules: {spec}){rest}"
    return "\n  ".join(textwrap.wrap(line, WIDTH, break_on_hyphens=False))


def _by_event(found: Sequence[Finding]) -> tuple[list[Finding], dict[int, list[Finding]]]:
    """Those that say most about their event, and by its id what else was found at the same."""
    heads: dict[Entry, Finding] = {}
    alone: list[Finding] = []
    beside: dict[int, list[Finding]] = {}
    for each in sorted(found, key=attrgetter("rank")):
        head = heads.setdefault(each.entries[0], each) if each.entries else each
        if head is each or head.rule == each.rule:
            alone.append(each)
        else:
            beside.setdefault(id(head), []).append(each)
    return alone, beside


def _by_rule(found: Sequence[Finding]) -> list[list[Finding]]:
    """The findings in groups of one rule, the worst first."""
    ordered = sorted(found, key=attrgetter("rank"))
    groups: dict[tuple[str, str], list[Finding]] = {}
    for each in ordered:
        groups.setdefault((each.level, each.rule), []).append(each)
    return list(groups.values())


def _group_lines(
    verdict: Verdict, group: Sequence[Finding], beside: Mapping[int, Sequence[Finding]]
) -> Iterator[str]:
    first = group[0]
    yield f"{first.level}  {first.rule}"
    for finding in group[:_SHOWN]:
        yield from _entry_lines(verdict, finding, named=False)
        for other in beside.get(id(finding), ()):
            yield from _beside_lines(other)
    hidden = group[_SHOWN:]
    more = sum(each.count + len(beside.get(id(each), ())) for each in hidden)
    if more:
        yield f"  and {more:,} more"
    yield f"  {first.source}"


def _entry_lines(verdict: Verdict, finding: Finding, *, named: bool = True) -> Iterator[str]:
    head = f"{finding.level}  {finding.rule}  " if named else "  "
    places = finding.places(verdict.place)
    yield from textwrap.wrap(
        f"{places}: {finding.message}" if places else finding.message,
        WIDTH,
        initial_indent=head,
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
    for entry in finding.entries[:2]:
        if proof := verdict.proofs.get(entry):
            yield _quoted(f"    {place_of(entry)}  ", proof)


def _beside_lines(finding: Finding) -> list[str]:
    return textwrap.wrap(
        f"{finding.level} {finding.rule}: {finding.message}",
        WIDTH,
        initial_indent="    also ",
        subsequent_indent="      ",
        break_on_hyphens=False,
    )


def _quoted(indent: str, text: str) -> str:
    line = " ".join(text.split())
    room = WIDTH - len(indent)
    return indent + (line if len(line) <= room else f"{line[: room - 1]}…")


class JsonVerdicts:
    """One object on one line a file."""

    quotes = False

    def __init__(self, output: Output, level: Level) -> None:
        self._output = output
        self._level = level

    def come(self, verdict: Verdict) -> None:
        """Nothing is printed before the end."""

    def print(self, verdict: Verdict) -> None:
        """Print the object of a file."""
        self._output.line(
            {
                "file": verdict.file,
                "spec": verdict.findings.spec,
                "level": self._level,
                "checked": verdict.checked,
                "counts": verdict.counts(self._level),
                "findings": [told(each) for each in verdict.findings.of(self._level)],
            }
        )

    def end(self) -> None:
        """Nothing stands behind all files."""


class JUnitVerdicts:
    """A test suite a file, and in it a test case a rule that was broken; one if none was."""

    quotes = False

    def __init__(self, output: Output, level: Level) -> None:
        self._output = output
        self._level = level
        self._suites: list[str] = []

    def come(self, verdict: Verdict) -> None:
        """Nothing is printed before the end."""

    def print(self, verdict: Verdict) -> None:
        """Take in what was found in a file."""
        groups = _by_rule(verdict.findings.of(self._level))
        cases = [_case(verdict, group) for group in groups]
        cases = cases or [f"<testcase classname={xml_attribute(verdict.file)} name='rules'/>"]
        name = xml_attribute(verdict.file)
        head = f"<testsuite name={name} tests='{len(cases)}' failures='{len(groups)}'>"
        self._suites.append("\n".join((head, *cases, "</testsuite>")))

    def end(self) -> None:
        """Print the document."""
        self._output.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
        self._output.write("".join(f"{suite}\n" for suite in self._suites))
        self._output.write("</testsuites>\n")


def _case(verdict: Verdict, group: Sequence[Finding]) -> str:
    first = group[0]
    lines = "\n".join(f"{each.places(verdict.place)}: {each.message}" for each in group)
    text = xml_text(mask_keys(lines))
    message = xml_attribute(mask_keys(first.message))
    kind = f"type={xml_attribute(first.level)} message={message}"
    head = f"<testcase classname={xml_attribute(verdict.file)} name={xml_attribute(first.rule)}>"
    return f"{head}\n<failure {kind}>{text}</failure>\n</testcase>"


def xml_text(text: str) -> str:
    """Text as it stands between the tags of XML; what that can't have is replaced."""
    from xml.sax.saxutils import escape

    return escape(_NO_XML.sub("\ufffd", text))


def xml_attribute(text: str) -> str:
    """Text as the value of an attribute, in its quotes."""
    from xml.sax.saxutils import quoteattr

    return quoteattr(_NO_XML.sub("\ufffd", text))


class GithubVerdicts:
    """Workflow commands of GitHub Actions: an annotation a finding."""

    quotes = False

    def __init__(self, output: Output, level: Level) -> None:
        self._output = output
        self._level = level
        self._said = 0

    def come(self, verdict: Verdict) -> None:
        """Print what is new."""
        new = verdict.findings.kept[self._said :]
        self._said += len(new)
        for finding in of_level(new, self._level):
            self._output.write(_command(verdict, finding))
        self._output.flush()

    def print(self, verdict: Verdict) -> None:
        """Print what was not printed as it came."""
        for finding in [] if self._said else verdict.findings.of(self._level):
            self._output.write(_command(verdict, finding))

    def end(self) -> None:
        """Nothing stands behind all files."""


_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}


def _command(verdict: Verdict, finding: Finding) -> str:
    where = f"file={_escaped(verdict.file, ':,')},title={_escaped(finding.rule, ':,')}"
    text = mask_keys(f"{finding.places(verdict.place)}: {finding.message}")
    return f"::{_COMMANDS[finding.level]} {where}::{_escaped(text)}\n"


def _escaped(text: str, more: str = "") -> str:
    """Text as a workflow command takes it: what ends it, and what parts its fields, in percents."""
    return "".join(f"%{ord(c):02X}" if c in f"%\r\n{more}" else c for c in text)


class FindingPrinter:
    """Says on stderr what is found in a stream, as it comes.

    Args:
        session: What is streamed, with what checks it.
        level: The mildest that is said.
        known: The secrets that are masked.
    """

    def __init__(self, session: Session, level: Level, known: KnownSecrets) -> None:
        self._session = session
        self._level = level
        self._known = known
        self._said = 0

    def took(self, arrival: Arrival) -> None:
        """Nothing is said before a batch is folded."""

    def arrived(self, turn: Turn) -> None:
        """Say what is new."""
        check = self._session.check
        findings = check.findings if check is not None else None
        new = findings.kept[self._said :] if findings is not None else []
        self._said += len(new)
        for finding in of_level(new, self._level):
            say(self._known.masked(mask_keys(said_of(finding))))

    def make_way(self) -> None:
        """No line of it is open."""

    def ended(self, turn: Turn) -> None:
        """Say what is known only at the end."""
        self.arrived(turn)


def said_of(finding: Finding) -> str:
    """Return a finding in one line."""
    places = finding.places() or "the end"
    return f"{finding.level} {finding.rule} at {places}: {finding.message}"


PRINTING: dict[CheckFormat, Callable[[Output, Level], Verdicts]] = {
    "text": TextVerdicts,
    "json": JsonVerdicts,
    "junit": JUnitVerdicts,
    "github": GithubVerdicts,
}
"""The formats by their names."""
