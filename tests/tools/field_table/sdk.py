"""The types of the official Python SDK as schemas: its modules are read, and never run.

An `Optional` field with `None` as its default is what may be absent, and what may be null: the SDK
writes both alike.
"""

from __future__ import annotations

import ast
import io
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.tools.field_table.schema import Schema

ROOTS = (
    "openai.types.responses.response_stream_event.ResponseStreamEvent",
    "openai.types.responses.responses_server_event.ResponsesServerEvent",
    "openai.types.beta.beta_responses_server_event.BetaResponsesServerEvent",
)
"""Unions of events: over HTTP, over a WebSocket, and with several agents."""

_SCALARS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_MAPS = ("Dict", "Mapping", "dict")
_LISTS = ("List", "Iterable", "list")


class Sdk:
    """The modules of a wheel of the SDK.

    Args:
        wheel: Its bytes.
    """

    def __init__(self, wheel: bytes) -> None:
        self._files = zipfile.ZipFile(io.BytesIO(wheel))
        self.named: dict[str, Schema] = {}
        """Schemas of all classes and unions that were met, by their full names."""
        self._module = cache(self._read_module)

    @property
    def version(self) -> str:
        """The version that the wheel says."""
        names = self._files.namelist()
        folder = next(name.split("/")[0] for name in names if ".dist-info/" in name)
        return folder.removesuffix(".dist-info").partition("-")[2]

    def roots(self) -> list[Schema]:
        """Return the unions of events; those that this version lacks are left out."""
        return [self._reference(root) for root in ROOTS if self._has(root.rpartition(".")[0])]

    def _has(self, module: str) -> bool:
        return bool(self._path(module))

    def _path(self, module: str) -> str:
        """The file of a module, or of a package; empty where the wheel has none."""
        stem = module.replace(".", "/")
        names = self._files.namelist()
        return next((n for n in (f"{stem}.py", f"{stem}/__init__.py") if n in names), "")

    def _reference(self, name: str) -> Schema:
        if name not in self.named:
            self.named[name] = {}  # it may be within itself
            module, _, short = name.rpartition(".")
            self.named[name] = self._schema_of(module, self._module(module)[short])
        return {"$ref": name}

    def _read_module(self, module: str) -> dict[str, ast.stmt | str]:
        """What each name of a module stands for: a statement, or the full name of another."""
        found: dict[str, ast.stmt | str] = {}
        for node in ast.parse(self._files.read(self._path(module))).body:
            match node:
                case ast.ImportFrom(module=str(path), names=names, level=level) if level:
                    folder = ".".join(self._package(module).split(".")[: 1 - level or None])
                    found |= {a.asname or a.name: f"{folder}.{path}.{a.name}" for a in names}
                case ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                    found[name] = node
        return found

    def _package(self, module: str) -> str:
        """The package that relative imports of a module begin in."""
        inside = self._path(module).endswith("/__init__.py")
        return module if inside else module.rpartition(".")[0]

    def _schema_of(self, module: str, node: ast.stmt | str) -> Schema:
        match node:
            case str():
                return self._reference(node)
            case ast.ClassDef():
                return self._class(module, node)
            case ast.AnnAssign(value=ast.expr() as value):
                return self._type(module, value)
        return {}

    def _class(self, module: str, node: ast.ClassDef) -> Schema:
        properties: dict[str, Any] = {}
        required = []
        for base in node.bases:  # BaseModel has no fields
            if isinstance(base, ast.Name) and base.id != "BaseModel":
                parent = self._parent(f"{module}.{base.id}")
                properties |= parent.get("properties", {})
                required += parent.get("required", [])
        for field in node.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                name = _alias(field.value) or field.target.id
                properties[name] = self._type(module, field.annotation)
                required += [] if _has_default(field.value) else [name]
        return {"type": "object", "properties": properties, "required": required}

    def _parent(self, name: str) -> Schema:
        schema = self._reference(name)
        while "$ref" in schema:
            schema = self.named[schema["$ref"]]
        return schema

    def _type(self, module: str, node: ast.expr) -> Schema:
        match node:
            case ast.Constant(value=None):
                return {"type": "null"}
            case ast.Constant(value=str(text)):
                return self._type(module, ast.parse(text, mode="eval").body)
            case ast.Name(id=name) if name in _SCALARS:
                return {"type": _SCALARS[name]}
            case ast.Name(id=name) if isinstance(self._module(module).get(name), ast.stmt | str):
                return self._reference(f"{module}.{name}")
            case ast.Subscript(value=ast.Name(id=name), slice=inner):
                return self._generic(module, name, inner)
        return {}

    def _generic(self, module: str, name: str, inner: ast.expr) -> Schema:
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name == "Literal":
            return {"enum": [part.value for part in parts if isinstance(part, ast.Constant)]}
        if name in _MAPS:
            return {"type": "object"}
        if name in _LISTS:
            return {"type": "array", "items": self._type(module, parts[0])}
        if name == "Annotated":
            return self._type(module, parts[0])
        choices = [self._type(module, part) for part in parts]
        return {"anyOf": [*choices, *([{"type": "null"}] if name == "Optional" else [])]}


def _alias(default: ast.expr | None) -> str | None:
    """The name on the wire, where the field's own is another."""
    for each in default.keywords if isinstance(default, ast.Call) else ():
        if each.arg == "alias" and isinstance(each.value, ast.Constant):
            return str(each.value.value)
    return None


def _has_default(default: ast.expr | None) -> bool:
    if isinstance(default, ast.Call):
        return any(each.arg == "default" for each in default.keywords)
    return default is not None
