"""Makes the table of fields anew: `python -m tests.tools.field_table --help`.

A source is a path or a URL, and only names, types and required flags are taken from it. PyYAML is
needed where the official file is YAML; nothing else of the project needs it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import urllib.request
from importlib import import_module
from pathlib import Path
from typing import Any

from codex_tui.findings.field_rows import TABLE
from tests.tools.field_table.schema import Schemas
from tests.tools.field_table.sdk import Sdk
from tests.tools.field_table.shapes import Shapes
from tests.tools.field_table.table import table

EVENT_STREAM = "text/event-stream"


def main(argv: list[str] | None = None) -> None:
    """Read the sources, and write the table."""
    args = _parser().parse_args(argv)
    official, open_responses = _read(args.openapi), _read(args.open_responses)
    sdk = Sdk(wheel := _read(args.sdk))
    roots = sdk.roots()  # which fills in what the SDK names
    sources = {
        "o": from_openapi(official),
        "s": Shapes(Schemas(sdk.named), roots),
        "r": from_openapi(open_responses),
    }
    origins = {
        "o": {"what": "OpenAI's OpenAPI file", **_origin(args.openapi_from, official)},
        "s": {
            "what": "openai-python, openai/types/responses",
            "version": sdk.version,
            "sha256": _digest(wheel),
        },
        "r": {"what": "Open Responses' OpenAPI file", **_origin("", open_responses)},
    }
    args.output.write_text(table(sources, origins), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.field_table", description=__doc__)
    parser.add_argument("--openapi", required=True, help="the official openapi.yaml, or as JSON")
    parser.add_argument("--openapi-from", default="", help="its day or commit, for the header")
    parser.add_argument("--sdk", required=True, help="a wheel of openai (pip download --no-deps)")
    parser.add_argument("--open-responses", required=True, help="openapi.json of Open Responses")
    parser.add_argument("--output", type=Path, default=TABLE, help="default: %(default)s")
    return parser


def _read(place: str) -> bytes:
    """Return what stands at a path or a URL.

    Raises:
        OSError: it can't be read.
    """
    if not place.startswith(("https://", "http://")):
        return Path(place).read_bytes()
    with urllib.request.urlopen(place) as answer:  # noqa: S310, the scheme is checked
        content: bytes = answer.read()
    return content


def parsed(content: bytes) -> dict[str, Any]:
    """Return an OpenAPI file, JSON or YAML, as data."""
    if content.lstrip().startswith(b"{"):
        loaded = json.loads(content)
    else:
        yaml = import_module("yaml")
        loaded = yaml.load(content, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return dict(loaded)


def from_openapi(content: bytes) -> Shapes:
    """Return the shapes of what `POST /responses` streams."""
    file = parsed(content)
    answers = file["paths"]["/responses"]["post"]["responses"]
    root = answers["200"]["content"][EVENT_STREAM]["schema"]
    return Shapes(Schemas(file["components"]["schemas"]), [root])


def _origin(said: str, content: bytes) -> dict[str, str]:
    version = str(parsed(content)["info"]["version"])
    return {"version": f"{version} ({said})" if said else version, "sha256": _digest(content)}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
