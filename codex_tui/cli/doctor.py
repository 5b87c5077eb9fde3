"""`codex-tui doctor`: what works here and what doesn't, a line each."""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import chain
from typing import TYPE_CHECKING

from codex_tui import units
from codex_tui.cli.checks import Diagnosis, configuration, folders, keys, terminal, versions
from codex_tui.cli.output import Output
from codex_tui.safe_text import clean_line
from codex_tui.sources.providers import ProviderError, how_to_connect, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codex_tui.config import Settings
    from codex_tui.sources.models import NoListError
    from codex_tui.sources.providers import Provider

_REFUSED = (401, 403)
_NOT_THERE = (404, 405, 501)  # servers that answer prompts and keep no list of models
_SECONDS = 15.0


def examine(settings: Settings, problem: str) -> int:
    """Print the findings; the exit code is 1 if one of them is wrong.

    Args:
        settings: What the user chose.
        problem: Why the configuration can't be used; "" where it can.
    """
    output, wrong = Output(sys.stdout), False
    findings = chain(
        versions(),
        terminal(os.environ),
        configuration(settings, problem),
        folders(settings),
        keys(settings, os.environ),
        _provider(settings),
    )
    for finding in findings:
        output.write(_line(finding))
        output.flush()  # the provider may take its time
        wrong |= finding.sign == "wrong"
    return int(wrong)


def _line(finding: Diagnosis) -> str:
    text = f"{finding.text}; {_clause(finding.advice)}" if finding.advice else finding.text
    return f"{finding.sign:<5}  {finding.topic:<10}  {clean_line(text)}\n"


def _clause(sentence: str) -> str:
    """A sentence as the end of another."""
    return (sentence[0].lower() + sentence[1:]).removesuffix(".")


def _provider(settings: Settings) -> Iterator[Diagnosis]:
    """Who would be asked, and whether there is an answer."""
    try:
        provider = resolve(settings, os.environ)
    except ProviderError as error:
        yield Diagnosis("wrong", "provider", str(error))
        return
    if provider is None:
        advice = how_to_connect(settings.paths.config_file)
        yield Diagnosis("note", "provider", "none: the embedded demo answers", advice)
        return
    yield Diagnosis("ok", "provider", f"{provider.name}, at {provider.address}")
    yield asyncio.run(_reached(provider, settings.connect_timeout or _SECONDS))


async def _reached(provider: Provider, seconds: float) -> Diagnosis:
    """Whether the server answers, and takes the key."""
    from codex_tui.sources.client import proxy_of
    from codex_tui.sources.models import NoListError, list_models

    through = proxy_of(provider.base_url)
    way = f" through the proxy {through}" if through else ""
    try:
        names = await list_models(provider, seconds=seconds)
    except NoListError as error:
        return _without_list(error, provider, way)
    except (ProviderError, OSError) as error:
        return Diagnosis("wrong", "server", f"{error}{way}")
    return Diagnosis("ok", "server", f"it answers{way}, with {units.count(len(names), 'model')}")


def _without_list(error: NoListError, provider: Provider, way: str) -> Diagnosis:
    if not error.answered:
        return Diagnosis("wrong", "server", f"no answer{way}: {error.reason}")
    if error.status in _REFUSED:
        return Diagnosis("wrong", "server", f"it refuses{way}: {error.reason}", provider.login_hint)
    if error.status is None or error.status in _NOT_THERE:
        advice = "" if provider.model else "name a model with -m"
        return Diagnosis("ok", "server", f"it answers{way}, without a list of models", advice)
    return Diagnosis("wrong", "server", f"it answers{way}: {error.reason}")
