"""Parsed JSON to dataclasses, field by field, for all that a compiled decoder can't take.

Lenient in one way only: an optional field that is null or of the wrong type counts as not sent,
and objects keep what was sent in `extra`. A required field of an event has to be there.
"""

from __future__ import annotations

import json
from functools import partial
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec
from msgspec import Struct, structs

from codex_tui.wire.base import NOT_SENT, JsonText, ResponseStreamEvent, Sent
from codex_tui.wire.events import LifecycleEvent, ResponseErrorEvent
from codex_tui.wire.items import (
    ContentPart,
    IncompleteDetails,
    InputTokensDetails,
    OutputItem,
    OutputText,
    OutputTokensDetails,
    Response,
    ResponseError,
    UnknownItem,
    UnknownPart,
    Usage,
    WireObject,
)
from codex_tui.wire.registry import ITEM_CLASSES, PART_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
JSONObject = dict[str, Any]


class DataError(ValueError):
    """The data is not what its type needs; the message says what is missing or wrong."""


class _Field(Struct, gc=False):
    name: str
    sent: str  # the name of it on the wire
    required: bool
    read: Callable[[Any], Any]


class _Table(Struct, gc=False):
    fields: list[_Field]
    defaults: JSONObject
    keeps_extra: bool


# msgspec says what a wrong value is, and to do that it encodes it: half a character can't be.
_WRONG = (msgspec.ValidationError, TypeError, UnicodeError)
_MOST_BITS = 63  # beside the sign: what floats, databases and other programs' integers hold
_INDEXES = {"output_index"}  # required in two constructors, and not always sent
_tables: dict[type[Any], _Table] = {}


def build_event(cls: type[ResponseStreamEvent], data: JSONObject) -> ResponseStreamEvent:
    """An event of class `cls`.

    Raises:
        DataError: a required field is missing, null or of the wrong type.
    """
    if issubclass(cls, LifecycleEvent):
        data = _with_response(data)
    elif cls is ResponseErrorEvent:
        data = _flat_error(data)
    return _build(cls, data)


def is_object(kind: Any) -> bool:
    """Return whether a field's type is that of an object inside an event."""
    return isinstance(kind, type) and issubclass(kind, WireObject)


def _build(cls: type[T], data: JSONObject) -> T:
    """An object of class `cls`, with what has no field of its own in `extra`."""
    table = _table(cls)
    values = dict(table.defaults)
    for field in table.fields:
        value = data.get(field.sent)
        try:
            if value is not None:
                values[field.name] = field.read(value)
            elif field.required:
                raise DataError(f"`{field.sent}` is missing")
        except _WRONG as error:
            if field.required:
                raise DataError(f"`{field.sent}`: {error}") from None
    if table.keeps_extra:
        values["extra"] = _extra(data, values, table)
    return cls(**values)


def _extra(data: JSONObject, values: JSONObject, table: _Table) -> JSONObject:
    taken = values.keys() | {field.name for field in table.fields if data.get(field.name) is None}
    return {name: value for name, value in data.items() if name not in taken}


def _table(cls: type[Any]) -> _Table:
    if cls not in _tables:
        declared = [field for field in structs.fields(cls) if field.name != "extra"]
        must = {field.name for field in declared if field.required}
        _tables[cls] = _Table(
            [
                _Field(field.name, field.encode_name, field.name in must - _INDEXES, _reader(field))
                for field in declared
            ],
            dict.fromkeys(must & _INDEXES, NOT_SENT),
            "extra" in cls.__struct_fields__,
        )
    return _tables[cls]


def _reader(field: structs.FieldInfo) -> Callable[[Any], Any]:
    named = _READERS_BY_NAME.get((field.name, field.type)) or _READERS.get(field.type)
    return named or _reader_of_objects(field.type) or partial(msgspec.convert, type=field.type)


def _reader_of_objects(kind: Any) -> Callable[[Any], Any] | None:
    """The reader of a type that is an object of ours, or a list of them; it may be None too."""
    for each in get_args(kind) if isinstance(kind, UnionType) else (kind,):
        if isinstance(each, type) and issubclass(each, Sent):
            return partial(_read_object, each)
        inner = next(iter(get_args(each)), None)
        if isinstance(inner, type) and issubclass(inner, Sent):
            return partial(_read_objects, inner)
    return None


def _with_response(data: JSONObject) -> JSONObject:
    """A terminal event stays one without its response; an error beside it is the response's."""
    if isinstance(data.get("response"), dict):
        return data
    return {**data, "response": {"error": data.get("error")}}


def _flat_error(data: JSONObject) -> JSONObject:
    """An error event in the flat form: `message`, `code` and `param` on the outside."""
    match data.get("error"):
        case dict() as error:
            inner = {name: value for name, value in error.items() if value is not None}
        case str() as message:
            inner = {"message": message}
        case _:
            return data
    outer = {name: value for name, value in data.items() if name != "error"}
    return {**outer, **inner, "error_type": inner.get("type"), "type": "error"}


def read_item(value: Any) -> OutputItem:
    """The item that an object is; one of a type that is not known is an `UnknownItem`.

    Raises:
        TypeError: it is no object.
    """
    return _build(_class_of(value, ITEM_CLASSES, UnknownItem), value)


def _read_part(value: Any) -> ContentPart:
    return _build(_class_of(value, PART_CLASSES, UnknownPart), value)


def _class_of(value: Any, classes: dict[str, type[T]], unknown: type[T]) -> type[T]:
    if not isinstance(value, dict):
        raise TypeError("Expected `object`")
    name = value.get("type")
    return classes.get(name, unknown) if isinstance(name, str) else unknown


def _read_items(value: Any) -> list[OutputItem]:
    return [
        read_item(item) if isinstance(item, dict) else UnknownItem(extra={"value": item})
        for item in msgspec.convert(value, list[Any])
    ]


def _read_parts(value: Any) -> list[ContentPart]:
    """Parts; a text in the place of all of them, or of one, is one that says it."""
    parts = [value] if isinstance(value, str) else msgspec.convert(value, list[Any])
    return [_read_any_part(part) for part in parts if part != ""]


def _read_any_part(value: Any) -> ContentPart:
    if isinstance(value, str):
        return OutputText(text=value)
    return _read_part(value) if isinstance(value, dict) else UnknownPart(extra={"value": value})


def _read_object(cls: type[T], value: Any) -> T:
    return _build(cls, msgspec.convert(value, JSONObject))


def _read_objects(cls: type[T], value: Any) -> list[T]:
    """The objects of a list; what is none of them is left out."""
    sent = msgspec.convert(value, list[Any])
    return [_build(cls, each) for each in sent if isinstance(each, dict)]


def _read_error(value: Any) -> ResponseError:
    if isinstance(value, str):
        return ResponseError(message=value)
    return _read_object(ResponseError, value)


def _read_delta(value: Any) -> str:
    """A delta that is an object stands for its text, where it has one."""
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return JsonText(value["text"])
    return _read_json_text(value) if isinstance(value, dict) else msgspec.convert(value, str)


def _read_json_text(value: Any) -> str:
    """A text, or the JSON text of what came in its place."""
    if not isinstance(value, str):
        return JsonText(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return value


def _read_number(value: Any) -> int:
    """A whole number to reckon with: one of hundreds of digits is no count of anything."""
    number = msgspec.convert(value, int)
    if number.bit_length() > _MOST_BITS:
        raise TypeError(f"Expected `int` of {_MOST_BITS} bits")
    return number


def _as_it_is(value: Any) -> Any:
    return value


_READERS: dict[Any, Callable[[Any], Any]] = {
    Any: _as_it_is,
    int: _read_number,
    int | None: _read_number,
    OutputItem: read_item,
    ContentPart: _read_part,
    list[OutputItem]: _read_items,
    list[ContentPart]: _read_parts,
    Response: partial(_read_object, Response),
    Usage | None: partial(_read_object, Usage),
    ResponseError | None: _read_error,
    IncompleteDetails | None: partial(_read_object, IncompleteDetails),
    InputTokensDetails | None: partial(_read_object, InputTokensDetails),
    OutputTokensDetails | None: partial(_read_object, OutputTokensDetails),
}
_READERS_BY_NAME: dict[tuple[str, Any], Callable[[Any], Any]] = {
    ("delta", str): _read_delta,
    ("arguments", str): _read_json_text,
    ("input", str): _read_json_text,
    ("arguments", str | None): _read_json_text,
    ("input", str | None): _read_json_text,
}
