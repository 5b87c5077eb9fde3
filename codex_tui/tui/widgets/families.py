"""The colours of the families of events, as rules for the components of whatever shows them."""

from __future__ import annotations

from codex_tui.wire.base import Family

NAMES = tuple(family.name.lower() for family in Family)
_BOLD = {"error", "unknown"}


def family_components(prefix: str) -> set[str]:
    """Return the component class of each family, as `prefix--reasoning`."""
    return {f"{prefix}--{name}" for name in NAMES}


def family_rules(prefix: str) -> str:
    """Return the rules of these components, to stand within those of a widget."""
    bold = {name: " text-style: bold;" if name in _BOLD else "" for name in NAMES}
    rules = (f"& > .{prefix}--{name} {{ color: $event-{name};{bold[name]} }}" for name in NAMES)
    return "\n".join(rules)
