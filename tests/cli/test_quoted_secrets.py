"""What notes, errors and foreign lines quote is masked in every format, on stdout and on stderr."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

KEY = "sk-of-somebody-0123456789abcdefghijklmnopqrstuvwxyz"


def event(type_: str, **fields: Any) -> bytes:
    return f"event: {type_}\ndata: {json.dumps({'type': type_, **fields})}\n\n".encode()


def quoting() -> bytes:
    """A stream that a server has written a key into wherever it could."""
    call = {"type": "function_call", "id": "fc", "name": f"n {KEY}"}
    stream = [
        event("response.created", response={"id": f"a {KEY}", "output": []}),
        event("response.in_progress", response={"id": f"b {KEY}", "output": []}),
        event("response.output_item.added", output_index=0, item={**call, "call_id": KEY}),
        f"foreign {KEY}\n\ndata: no JSON {'x' * 370} {KEY}\n\nevent: {KEY}\n\n".encode(),
        event("error", message=f"Incorrect API key provided: {KEY}"),
        event("response.output_item.done", output_index=0, item={**call, "call_id": f"c {KEY}"}),
        event("response.failed", response={"error": {"message": KEY, "code": KEY}}),
        f"data: cut {KEY}".encode(),
    ]
    return b"".join(stream)


FORMATS = ("text", "plain", "json", "summary", "events")


@pytest.mark.parametrize(
    "args", [*(("show", "--format", name) for name in FORMATS), ("replay", "--plain", "-s", "max")]
)
def test_no_part_of_a_key_is_printed(
    cli: Cli, tmp_path: Path, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    path = tmp_path / "quoting.sse"
    path.write_bytes(quoting())
    verb, *options = args
    result = cli(verb, str(path), *options)
    said = result.out.decode() + result.err
    assert "***" in said
    assert KEY[:9] not in said
