"""The script that makes the table of fields: from small sources of the same form."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from codex_tui.findings.field_rows import TABLE, field_table
from tests.tools.field_table import __main__ as script
from tests.tools.field_table.since import SINCE, UNDOCUMENTED

if TYPE_CHECKING:
    from pathlib import Path

STRING = {"type": "string"}
TYPES = "openai/types/responses"


def openapi(events: dict[str, Any], **others: Any) -> dict[str, Any]:
    """An OpenAPI file whose stream has some events, by the names of their schemas."""
    choices = [{"$ref": f"#/components/schemas/{name}"} for name in events]
    content = {"text/event-stream": {"schema": {"oneOf": choices}}}
    return {
        "info": {"version": "7"},
        "paths": {"/responses": {"post": {"responses": {"200": {"content": content}}}}},
        "components": {"schemas": {**events, **others}},
    }


def event(name: str, required: str, **fields: Any) -> dict[str, Any]:
    """The schema of an event."""
    type_ = {"type": "string", "enum": [name]}
    return {
        "type": "object",
        "properties": {"type": type_, **fields},
        "required": ["type", *required.split()],
    }


def wheel(**modules: str) -> bytes:
    """A wheel of an SDK with some modules of `openai.types.responses`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as files:
        files.writestr("openai-9.1.dist-info/METADATA", "")
        for name, text in modules.items():
            files.writestr(f"{TYPES}/{name}.py", text)
    return made.getvalue()


STREAM = """
from typing import Union
from typing_extensions import Annotated, TypeAlias
from ..._utils import PropertyInfo
from .thing_event import ThingEvent

ResponseStreamEvent: TypeAlias = Annotated[Union[ThingEvent], PropertyInfo(discriminator="type")]
"""

THING = """
from typing import Dict, List, Optional
from typing_extensions import Literal
from pydantic import Field as FieldInfo
from ..._models import BaseModel

class Base(BaseModel):
    item_id: str

class ThingEvent(Base):
    count: int
    names: List[str]
    ratio: Optional[float] = None
    async_: Optional[bool] = FieldInfo(alias="async", default=None)
    extra: Dict[str, object]
    type: Literal["thing"]
"""


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """Runs the script over three sources; returns the rows that it wrote."""

    def make(official: dict[str, Any], sdk: bytes, open_responses: dict[str, Any]) -> Any:
        (tmp_path / "openapi.json").write_text(json.dumps(official))
        (tmp_path / "sdk.whl").write_bytes(sdk)
        (tmp_path / "open.json").write_text(json.dumps(open_responses))
        names = {"--openapi": "openapi.json", "--sdk": "sdk.whl", "--open-responses": "open.json"}
        output = tmp_path / "table.json"
        places = [word for flag, name in names.items() for word in (flag, str(tmp_path / name))]
        script.main([*places, "--output", str(output)])
        return json.loads(output.read_text())

    return make


def test_a_row_says_what_each_source_says(made: Any) -> None:
    fields = {"count": {"type": "integer"}, "item_id": STRING, "ratio": {"type": "number"}}
    ours = openapi({"Thing": event("thing", "count item_id ratio", **fields)})
    theirs = openapi({"Thing": event("thing", "", count={"type": ["integer", "null"]})})
    table = made(ours, wheel(response_stream_event=STREAM, thing_event=THING), theirs)
    assert table["shapes"]["event/thing"] == {
        "count": "os !integer, r ?integer|null",
        "extra": "s !object",
        "item_id": "os !string",
        "names": "s !array",
        "ratio": "o !number, s ?null|number",
        "type": "osr !'thing'",
    }
    assert table["sources"]["s"]["version"] == "9.1"


def test_objects_are_named_by_what_they_are_on_the_wire(made: Any) -> None:
    """However a source calls its schemas, and whatever it joins or refers to."""
    text = event("output_text", "text", text=STRING)
    item = event("message", "content", content={"type": "array", "items": {"$ref": _ref("Part")}})
    done = event("response.output_item.done", "item", item={"allOf": [{"$ref": _ref("Item")}]})
    ours = openapi({"Done": done}, Part={"anyOf": [{"$ref": _ref("Text")}]}, Text=text, Item=item)
    shapes = made(ours, wheel(), openapi({}))["shapes"]
    assert shapes["event/response.output_item.done"]["item"] == "o !<item>"
    assert shapes["item/message"]["content"] == "o !array<part>"
    assert shapes["part/output_text"]["text"] == "o !string"


def test_a_choice_that_is_only_described_stays_a_choice(made: Any) -> None:
    """Each of the items keeps its own fields, and gets none of the others'."""
    names = {"One": event("one", "a", a=STRING), "Two": event("two", "b", b=STRING)}
    items = {"oneOf": [{"$ref": _ref(name)} for name in names]}
    described = {"allOf": [{"$ref": _ref("Items")}, {"description": "Any of them."}]}
    done = event("response.output_item.done", "item", item={"anyOf": [described, {"type": "null"}]})
    shapes = made(openapi({"Done": done}, Items=items, **names), wheel(), openapi({}))["shapes"]
    assert shapes["event/response.output_item.done"]["item"] == "o !<item>|null"
    assert shapes["item/one"] == {"a": "o !string", "type": "o !'one'"}
    assert shapes["item/two"] == {"b": "o !string", "type": "o !'two'"}


def _ref(name: str) -> str:
    return f"#/components/schemas/{name}"


def test_the_same_sources_make_the_same_table(made: Any) -> None:
    forth = {f"E{n}": event(f"e{n}", "a b", b=STRING, a=STRING) for n in range(5)}
    back = {name: forth[name] for name in reversed(forth)}
    assert json.dumps(made(openapi(forth), wheel(), openapi({}))["shapes"]) == json.dumps(
        made(openapi(back), wheel(), openapi({}))["shapes"]
    )


def test_yaml_is_read_where_there_is_a_reader_for_it() -> None:
    pytest.importorskip("yaml")
    assert script.parsed(b"info:\n  version: '7'\n") == {"info": {"version": "7"}}


def test_the_committed_table_has_what_recordings_told() -> None:
    """A day or a word that was changed by hand in one place only is found here."""
    shapes = field_table().shapes
    for (owner, name), day in SINCE.items():
        named = [shape for shape in shapes if owner in (shape, shape.partition("/")[0])]
        rows = [shapes[shape][name] for shape in named if name in shapes[shape]]
        assert rows, (owner, name)
        assert all(row.endswith(f" since {day}") for row in rows)
    assert field_table().undocumented == set(UNDOCUMENTED)


def test_the_committed_table_is_as_the_script_writes_it() -> None:
    text = TABLE.read_text(encoding="utf-8")
    loaded = json.loads(text)
    assert text == json.dumps(loaded, indent=1, ensure_ascii=False) + "\n"
    assert list(loaded["shapes"]) == sorted(loaded["shapes"])
    assert all(list(rows) == sorted(rows) for rows in loaded["shapes"].values())
