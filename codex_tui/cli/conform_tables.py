"""What probes brought, printed: lines as they come, a table for a README, JSON, JUnit.

What a server said stands among these lines, so each is cleaned, masked, and escaped for its form.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

from codex_tui import units
from codex_tui._version import __version__
from codex_tui.cli.verdicts import WIDTH, xml_attribute, xml_text
from codex_tui.findings import LEVELS, told
from codex_tui.json_text import to_json
from codex_tui.redact import mask_keys, recordable_body
from codex_tui.safe_text import clean_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from codex_tui.cli.output import Output
    from codex_tui.config.settings import ConformFormat
    from codex_tui.conform.probes import Probe
    from codex_tui.conform.requests import Rehearsed
    from codex_tui.conform.run import ProbeResult
    from codex_tui.findings import Level, Spec

_NAME, _SUPPORT = 19, 11  # cells of the columns
_WORST = 4  # rules of a probe that are named


@dataclass(slots=True)
class ConformReport:
    """All that came of a run, as far as it is.

    Attributes:
        spec: Whose rules hold.
        planned: How many probes there are.
        server: Its address, as it may be shown.
        model: The model that was asked.
        results: What came of each probe.
    """

    spec: Spec
    planned: int
    server: str = ""
    model: str = ""
    results: list[ProbeResult] = field(default_factory=list)

    @property
    def nothing_tried(self) -> bool:
        """Whether no answer said anything of what was asked."""
        return not any(
            each.answered or (each.evidence.support in ("yes", "broken") and not each.unreached)
            for each in self.results
        )

    @property
    def wrong(self) -> bool:
        """Whether an error was found, or something broke."""
        return any(map(is_wrong, self.results))

    @property
    def supports(self) -> Counter[str]:
        """How many probes have which word."""
        return Counter(each.evidence.support for each in self.results)

    @property
    def counts(self) -> Counter[Level]:
        """What was found in all of them."""
        return sum((each.findings.counts for each in self.results), Counter())

    @property
    def slowest(self) -> ProbeResult | None:
        """The probe with the longest silence."""
        return max(self.results, key=lambda each: each.silence, default=None)

    @property
    def tokens(self) -> int | None:
        """What the server says that all of them cost; None where it never says."""
        found = [each.tokens for each in self.results if each.tokens is not None]
        return sum(found) if found else None


def is_wrong(result: ProbeResult) -> bool:
    """Whether a probe found an error, or broke."""
    return bool(result.findings.counts["error"]) or result.evidence.support == "broken"


def rules_of(result: ProbeResult) -> list[tuple[Level, str, int]]:
    """The rules that were broken, each with a level and how often, what tells most first."""
    ordered = sorted(result.findings.kept, key=attrgetter("rank"))
    found = Counter((each.level, each.rule) for each in ordered)
    kept = Counter(rule for _, rule in found.elements())
    for rule, count in (result.findings.rules - kept).items():
        found[next(key for key in found if key[1] == rule)] += count  # of which none are kept
    return [(level, rule, count) for (level, rule), count in found.items()]


def words_of(counts: Mapping[Level, int]) -> str:
    """Counts in words; "" where there is none."""
    return ", ".join(units.count(counts[each], each) for each in LEVELS if counts.get(each))


def _safe(text: str) -> str:
    return clean_line(mask_keys(text))


class ConformTable(Protocol):
    """Prints a run."""

    def head(self, report: ConformReport) -> None:
        """Say what is tried."""

    def begins(self, probe: Probe) -> None:
        """Say that a probe begins."""

    def row(self, result: ProbeResult) -> None:
        """Print what came of a probe."""

    def end(self, report: ConformReport) -> None:
        """Print what is known at the end."""


class ConformLines:
    """For people: each probe as soon as it is over, in 80 columns."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._head = ""
        self._begun: Probe | None = None  # whose name stands on the last line, and nothing else

    def head(self, report: ConformReport) -> None:
        """Say what is tried: at once on a terminal, else before the first row."""
        probes = units.count(report.planned, "probe")
        line = _safe(
            f"{report.server}, model {report.model or 'none named'}: {probes} (rules:"
            f" {report.spec})"
        )
        self._head = f"{line}\n\n{'probe':<{_NAME}}{'supported':<{_SUPPORT}}wrong\n"

    def begins(self, probe: Probe) -> None:
        """Show on a terminal what is being tried."""
        if self._output.terminal:
            self._begin(probe)
            self._output.flush()

    def _begin(self, probe: Probe) -> None:
        self._output.end_line()
        self._output.write(f"{self._head}{probe.name:<{_NAME}}")
        self._head, self._begun = "", probe

    def row(self, result: ProbeResult) -> None:
        """Print the row, and beneath it what there is to be said of it."""
        if self._begun is not result.probe:
            self._begin(result.probe)
        self._begun = None
        wrong = words_of(result.findings.counts) or ("nothing" if result.checked else "-")
        self._output.write(f"{result.evidence.support:<{_SUPPORT}}{wrong}\n")
        self._output.write("".join(f"{line}\n" for line in self._details(result)))
        self._output.flush()

    def _details(self, result: ProbeResult) -> Iterator[str]:
        if result.evidence.remark:
            yield from _indented(_safe(result.evidence.remark))
        rules = rules_of(result)
        for level in LEVELS:
            named = [_counted(rule, count) for own, rule, count in rules if own == level]
            if named:
                more = f" and {len(named) - _WORST} more" if len(named) > _WORST else ""
                yield from _indented(f"{level}: {', '.join(named[:_WORST])}{more}")
                if level == "error":
                    yield from _first_error(result)
        if result.recording is not None:
            yield f"  {result.recording}"

    def end(self, report: ConformReport) -> None:
        """Print the sums."""
        self._output.write("\n")
        for line in _sums(report):
            self._output.write("\n".join(textwrap.wrap(line, WIDTH)) + "\n")


def _first_error(result: ProbeResult) -> list[str]:
    """What the first of them says: a number alone tells nobody what to mend."""
    worst = next(rule for level, rule, _ in rules_of(result) if level == "error")
    found = [each for each in result.findings.of("error") if each.rule == worst]
    return _indented(f"as in: {_safe(found[0].message)}")


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _counted(rule: str, count: int) -> str:
    return rule if count == 1 else f"{rule} ({count})"


def _sums(report: ConformReport) -> Iterator[str]:
    yield f"{_supported(report)}; {words_of(report.counts) or 'nothing wrong'}"
    if len(report.results) < report.planned:
        yield f"ended after {len(report.results)} of {report.planned} probes"
    if (silence := _silence(report)) is not None:
        yield f"longest silence: {silence}"
    if report.tokens is not None:
        yield f"tokens, as the server counts: {report.tokens:,}"
    if any(each.recording and is_wrong(each) for each in report.results):
        yield "`codex-tui check FILE` says of a recording what is wrong, and where"


def _supported(report: ConformReport) -> str:
    supports = report.supports
    others = [f"{supports[word]} {word}" for word in ("broken", "untried") if supports[word]]
    return ", ".join((f"{supports['yes']} of {len(report.results)} supported", *others))


def _silence(report: ConformReport) -> str | None:
    slowest = report.slowest
    if slowest is None:
        return None
    return f"{units.seconds(slowest.silence.seconds)} ({slowest.probe.name})"


class ConformDocument:
    """Printed whole, when all of it is known.

    Args:
        write: Writes it.
        output: Where it is written.
    """

    def __init__(self, write: Callable[[Output, ConformReport], None], output: Output) -> None:
        self._write = write
        self._output = output

    def head(self, report: ConformReport) -> None:
        """Nothing is printed before the end."""

    def begins(self, probe: Probe) -> None:
        """Nothing is printed before the end."""

    def row(self, result: ProbeResult) -> None:
        """Nothing is printed before the end."""

    def end(self, report: ConformReport) -> None:
        """Print it."""
        self._write(self._output, report)


_SIGNS = {"yes": "✅", "no": "➖", "broken": "❌", "untried": "❔"}


def _print_markdown(output: Output, report: ConformReport) -> None:
    """For a README: a line that sums up, and a table."""
    found = words_of(report.counts) or "nothing wrong"
    model = f", model {_cell(report.model)}" if report.model else ""
    output.write(
        f"**Responses API: {_supported(report)}; {found}**\n\n"
        f"{_cell(report.server)}{model}; rules: {report.spec}; codex-tui {__version__}\n\n"
        "| probe | supported | wrong |\n|---|---|---|\n"
    )
    output.write("".join(_row(each) for each in report.results))
    if len(report.results) < report.planned:
        output.write(f"\n{len(report.results)} of {report.planned} probes were run.\n")
    if (silence := _silence(report)) is not None:
        output.write(f"\nLongest silence: {silence}\n")


def _row(result: ProbeResult) -> str:
    rules = [
        f"{level} `{_counted(rule, count)}`"
        for level, rule, count in rules_of(result)
        if level != "note"
    ]
    more = f" and {len(rules) - _WORST} more" if len(rules) > _WORST else ""
    wrong = ", ".join(rules[:_WORST]) + more or ("nothing" if result.checked else "")
    evidence = result.evidence
    remark = f" {_cell(evidence.remark)}" if evidence.remark else ""
    support = f"{_SIGNS[evidence.support]} {evidence.support}"
    return f"| {result.probe.name} | {support}{remark} | {wrong} |\n"


def _cell(text: str) -> str:
    """Text as a cell of a table: of what it says nothing is read as Markdown or HTML."""
    return "".join(f"\\{each}" if each in _MARKS else each for each in _safe(text))


_MARKS = frozenset("\\`*_[]|<>&!")


def _print_json(output: Output, report: ConformReport) -> None:
    """One object on one line."""
    slowest = report.slowest
    output.line(
        {
            "server": report.server,
            "model": report.model,
            "spec": report.spec,
            "planned": report.planned,
            "supported": report.supports["yes"],
            "wrong": report.wrong,
            "counts": {each: report.counts[each] for each in LEVELS},
            "longest_silence": slowest and _silence_object(slowest),
            "tokens": report.tokens,
            "probes": [_object(each) for each in report.results],
        }
    )


def _silence_object(result: ProbeResult) -> dict[str, Any]:
    silence = result.silence
    return {
        "seconds": round(silence.seconds, 6),
        "probe": result.probe.name,
        "request": silence.request,
    }


def _object(result: ProbeResult) -> dict[str, Any]:
    return {
        "probe": result.probe.name,
        "supported": result.evidence.support,
        "remark": mask_keys(result.evidence.remark),
        "checked": result.checked,
        "counts": result.findings.counted(),
        "rules": dict(result.findings.rules),
        "findings": [told(each) for each in result.findings.kept],
        "tokens": result.tokens,
        "recording": None if result.recording is None else str(result.recording),
    }


def _print_junit(output: Output, report: ConformReport) -> None:
    """A test suite, and in it a test case a probe: skipped where something is not supported."""
    results = report.results
    failed = sum(map(is_wrong, results))
    skipped = sum(_is_skipped(each) for each in results)
    name = xml_attribute(f"conform {report.server} {report.model}".rstrip())
    counts = f"tests='{len(results)}' failures='{failed}' skipped='{skipped}'"
    cases = "".join(_case(each, name) for each in results)
    output.write(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
        f"<testsuite name={name} {counts}>\n{cases}</testsuite>\n</testsuites>\n"
    )


def _is_skipped(result: ProbeResult) -> bool:
    return not is_wrong(result) and result.evidence.support in ("no", "untried")


def _case(result: ProbeResult, suite: str) -> str:
    head = f"<testcase classname={suite} name={xml_attribute(result.probe.name)}"
    remark = mask_keys(result.evidence.remark)
    if is_wrong(result):
        said = words_of(result.findings.counts) or remark
        lines = [remark, *(f"{each.rule}: {each.message}" for each in result.findings.of("error"))]
        text = xml_text(mask_keys("\n".join(filter(None, lines))))
        return f"{head}>\n<failure message={xml_attribute(said)}>{text}</failure>\n</testcase>\n"
    if _is_skipped(result):
        return f"{head}>\n<skipped message={xml_attribute(remark)}/>\n</testcase>\n"
    return f"{head}/>\n"


TABLES: dict[ConformFormat, Callable[[Output], ConformTable]] = {
    "text": ConformLines,
    "md": partial(ConformDocument, _print_markdown),
    "json": partial(ConformDocument, _print_json),
    "junit": partial(ConformDocument, _print_junit),
}
"""The formats by their names."""


# -- what would be sent ------------------------------------------------------------------------


def dry_lines(probe: Probe, requests: Sequence[Rehearsed]) -> str:
    """Return what a probe would send: what it costs at most, and each body on a line."""
    tokens = sum(each.tokens for each in requests)
    head = f"{probe.name}: {units.count(len(requests), 'request')}, at most about {tokens} tokens"
    bodies = (to_json(recordable_body(each.body)) for each in requests)
    return "".join(f"{line}\n" for line in (head, *(f"  {body}" for body in bodies)))


def dry_object(probe: Probe, requests: Sequence[Rehearsed]) -> dict[str, Any]:
    """Return the same as an object."""
    return {
        "probe": probe.name,
        "tokens": sum(each.tokens for each in requests),
        "requests": [recordable_body(each.body) for each in requests],
    }
