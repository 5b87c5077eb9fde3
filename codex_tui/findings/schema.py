"""Arguments against a JSON Schema: where they differ, and in what.

The schema comes from a request and the arguments from a model: neither may cost time. A schema with
a pattern that can be slow, or with very many values, is not applied; nothing is fetched.
"""

from __future__ import annotations

import re
from itertools import count, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from jsonschema import validators
from jsonschema.exceptions import SchemaError, best_match
from jsonschema.validators import Draft202012Validator, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from codex_tui.findings.finding import cut, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_extend: Callable[..., type[Validator]] = validators.extend  # which says no types

_FAULTS = 10
_MOST = 2_000
"""Values of a schema, and of arguments, beyond which they are not compared."""

_STEPS = 50_000
"""Keywords that are looked at before it is given up: schemas that refer to themselves multiply."""

_DEEPEST = 64
_REPEATS = re.compile(r"[*+{]")
_SHOWN = 60


class SchemaFault(NamedTuple):
    """One place where arguments break their schema.

    Attributes:
        path: Where, as a JSON pointer; "" for the whole.
        sentence: What is wrong there.
        expected: What the schema says.
        seen: What stands there.
    """

    path: str
    sentence: str
    expected: str
    seen: str


def faults_of(schema: dict[str, Any], arguments: Any) -> list[SchemaFault]:
    """Return where arguments break a schema: the first ten, in their order.

    Args:
        schema: The schema as the request gives it. One that can't be used says nothing.
        arguments: The arguments, as JSON reads them.
    """
    if not (_is_cheap(schema, patterns=True) and _is_cheap(arguments, patterns=False)):
        return []
    try:
        kind = validator_for(schema, default=Draft202012Validator)
        kind.check_schema(schema)
        validator = _bounded(kind)(schema, registry=Registry())
        found = list(islice(validator.iter_errors(arguments), _FAULTS))
    except (SchemaError, Unresolvable, RecursionError, re.error, ArithmeticError, TypeError):
        return []
    return [_fault(best_match([each]) or each) for each in found]


def _bounded(kind: type[Validator]) -> type[Validator]:
    """A validator that looks at so many keywords and no more.

    Raises:
        OverflowError: There were more, when they are looked at.
    """
    steps = count()

    def counted(look: Callable[..., Any]) -> Callable[..., Any]:
        def check(*given: Any) -> Any:
            if next(steps) > _STEPS:
                raise OverflowError
            return look(*given)

        return check

    return _extend(kind, {name: counted(look) for name, look in kind.VALIDATORS.items()})


def _fault(error: ValidationError) -> SchemaFault:
    path = "".join(f"/{_escaped(step)}" for step in error.absolute_path)
    where = f" at {path}" if path else ""
    value, wanted = _shown(error.instance), error.validator_value
    match error.validator:
        case "enum" if isinstance(wanted, list):
            choices = ", ".join(map(_shown, wanted))
            return SchemaFault(path, f"{value} is not one of {choices}{where}", choices, value)
        case "type":
            kinds = " or ".join(wanted) if isinstance(wanted, list) else str(wanted)
            return SchemaFault(path, f"{value} is no {kinds}{where}", kinds, value)
        case _:
            expected = f"{error.validator}: {_shown(wanted)}"
            return SchemaFault(path, f"{cut(error.message, 120)}{where}", expected, value)


def _escaped(step: object) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _shown(value: object) -> str:
    return cut(value, _SHOWN) if isinstance(value, str) else quoted(value)


def _is_cheap(value: Any, *, patterns: bool) -> bool:
    """Whether a value is small and not deep, and its patterns, if it is a schema, are quick."""
    for number, (depth, name, each) in enumerate(_walked(value)):
        slow = patterns and name == "pattern" and isinstance(each, str) and _may_be_slow(each)
        if number > _MOST or depth > _DEEPEST or slow:
            return False
    return True


def _walked(value: Any) -> Iterator[tuple[int, str, Any]]:
    """All values, with how deep they stand and their names; names of patterns stand for such."""
    stack: list[tuple[int, str, Any]] = [(0, "", value)]
    while stack:
        depth, name, each = stack.pop()
        yield depth, name, each
        if isinstance(each, dict):
            if name == "patternProperties":
                stack += [(depth + 1, "pattern", pattern) for pattern in each]
            stack += [(depth + 1, key, inner) for key, inner in each.items()]
        elif isinstance(each, list):
            stack += [(depth + 1, "", inner) for inner in each]


def _may_be_slow(pattern: str) -> bool:
    """Whether a regular expression may take long: one that repeats in one place alone does not."""
    return len(_REPEATS.findall(pattern)) > 1
