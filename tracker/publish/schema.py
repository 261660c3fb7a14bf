"""The JSON Schemas of tracker.yml and session files, and the reference page, all generated from the models.

Editors parse YAML's own types where the tracker reads text, so the schemas allow any scalar where text is expected.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tracker.model
from tracker.files import write_file
from tracker.model import Model, Plan, Session

FOLDER = "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: Mapping[str, tuple[type[Model], str]] = {
    "tracker.schema.json": (Plan, "tracker.yml: the plan of a workspace"),
    "session.schema.json": (Session, "A session file"),
}
"""The files of the schemas: the model that each describes, and its title."""


def write_schemas(folder: Path, *, within: Path | None = None) -> list[Path]:
    """Write every schema into a folder and return the files. Raises UnsafePath for a link below `within`."""
    for name, text in schemas().items():
        write_file(folder / name, text.encode(), within=within or folder)
    return [folder / name for name in FILES]


def schemas() -> dict[str, str]:
    """The text of every schema, by file name."""
    return {name: f"{json.dumps(_schema(model, title), indent=1)}\n" for name, (model, title) in FILES.items()}


def reference() -> str:
    """The reference page in Markdown: every key of tracker.yml and session files."""
    parts = [
        "# Reference",
        "Every key of the files; required keys are in bold. Generated from the models that read them.",
    ]
    docs = _docstrings()
    seen: set[str] = set()
    for name, (model, _) in FILES.items():
        parts.append(f"## {'tracker.yml' if name.startswith('tracker') else 'Session files'}")
        parts += _tables(model, docs, seen)
    return "\n\n".join(parts) + "\n"


def described(model: type[Model]) -> dict[str, str]:
    """The first line of the description of each field of a model, by its key in the file."""
    docs = _docstrings()[model.__name__]
    return {info.alias or name: docs[name].split("\n")[0] for name, info in model.model_fields.items()}


def _tables(model: type[Model], docs: Mapping[str, Mapping[str, str]], seen: set[str]) -> Iterator[str]:
    """The table of a model, then the tables of the models in it, each once."""
    if model.__name__ in seen:
        return
    seen.add(model.__name__)
    title = (inspect.getdoc(model) or "").split("\n")[0]
    if model not in (Plan, Session):
        yield f"### {model.__name__}"
    short = f" A plain text is its `{model.shorthand}`." if model.shorthand else ""
    yield f"{title}{short}"
    schema = model.model_json_schema(mode="validation")
    rows = ["| key | type | default | what |", "|---|---|---|---|"]
    inner: dict[str, type[Model]] = {}
    for field, info in model.model_fields.items():
        name = info.alias or field
        key = f"`{name}`"
        kind = _type_name(schema["properties"][name], schema.get("$defs", {}))
        default = f"`{_scalar(info.default)}`" if _scalar(info.default) else ""
        models = list(_models(info.annotation))
        inner |= {one.__name__: one for one in models}
        links = "".join(f" [{one.__name__}](#{one.__name__.lower()})" for one in models)
        text = docs[model.__name__].get(field, "").replace("|", "\\|").replace("\n", " ")
        cells = [f"**{key}**" if info.is_required() else key, kind, default, f"{text}{links}"]
        rows.append(f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in cells)}|")
    yield "\n".join(rows)
    for one in inner.values():
        yield from _tables(one, docs, seen)


TYPES = {"string": "text", "integer": "integer", "number": "number", "boolean": "`true` or `false`"}
FORMATS = {"date": "day", "date-time": "time"}


def _type_name(prop: Mapping[str, Any], definitions: Mapping[str, Mapping[str, Any]]) -> str:
    """The type of a property of a schema, in words."""
    if "$ref" in prop:
        inner = definitions[prop["$ref"].rpartition("/")[2]]
        return "mapping" if inner.get("type") == "object" else _type_name(inner, definitions)
    if options := prop.get("anyOf", prop.get("oneOf")):
        names = dict.fromkeys(_type_name(one, definitions) for one in options if one.get("type") != "null")
        return " or ".join(names)
    if prop.get("enum"):
        return "one of " + ", ".join(f"`{value}`" for value in prop["enum"])
    if prop.get("type") == "array":
        return f"list of {_plural(_type_name(prop.get('items', {}), definitions))}"
    return FORMATS.get(prop.get("format", "")) or TYPES.get(prop.get("type", ""), "mapping" if prop else "any")


def _plural(name: str) -> str:
    return name if name == "text" or " " in name else f"{name}s"


def _scalar(default: Any) -> str:
    """A default that a reader can write: text, a number or a truth value."""
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return text.replace("|", "\\|") if isinstance(default, str | int) else ""


def _models(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    else:
        for part in getattr(annotation, "__args__", ()):
            yield from _models(part)


def _schema(model: type[Model], title: str) -> dict[str, Any]:
    schema = model.model_json_schema(mode="validation")
    docs = _docstrings()
    definitions = schema.pop("$defs", {})
    for name, definition in definitions.items():
        inner = getattr(tracker.model, name)
        if not issubclass(inner, Model):
            continue
        _describe(definition, docs[name], inner)
        if inner.shorthand:
            text = {"type": "string", "description": f"Its `{inner.shorthand}`."}
            definitions[name] = {"anyOf": [text, definition]}
    _describe(schema, docs[model.__name__], model)
    if model is Plan:
        phases = schema["properties"]["phases"]
        glob = {"type": "string", "description": "A glob of files that define one phase each."}
        schema["properties"]["phases"] = {"description": phases.pop("description"), "anyOf": [phases, glob]}
    schema = {"$schema": DIALECT, "title": title, **{k: v for k, v in schema.items() if k != "title"}}
    result: dict[str, Any] = _any_scalar(schema | {"$defs": definitions})
    return result


def _describe(schema: dict[str, Any], docs: Mapping[str, str], model: type[Model]) -> None:
    schema.pop("title", None)
    names = {info.alias or name: name for name, info in model.model_fields.items()}
    for key, prop in schema.get("properties", {}).items():
        prop.pop("title", None)
        if text := docs.get(names.get(key, key)):
            prop["description"] = text


def _any_scalar(value: Any) -> Any:
    """The same schema, which accepts any scalar where it expects text or a number, as the reader does."""
    if isinstance(value, float) and value.is_integer():  # pydantic's versions write 0 or 0.0
        return int(value)
    if isinstance(value, list):
        return [_any_scalar(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _any_scalar(item) for key, item in value.items()}
    if changed.get("type") == "string" and not {"enum", "const", "format"} & changed.keys():
        changed["type"] = ["string", "number", "boolean"]
    if changed.get("type") == "null":
        changed = {"type": ["null", "string"], "maxLength": 0}
    return changed


def _docstrings() -> dict[str, dict[str, str]]:
    """The docstring under each field in the source of the models, by model and field."""
    found: dict[str, dict[str, str]] = {}
    sources = Path(tracker.model.__file__).parent.rglob("*.py")
    for node in (node for path in sources for node in ast.parse(path.read_bytes()).body):
        if isinstance(node, ast.ClassDef):
            pairs = zip(node.body, node.body[1:], strict=False)
            found[node.name] = {
                field.target.id: inspect.cleandoc(text.value.value)
                for field, text in pairs
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(text, ast.Expr)
                and isinstance(text.value, ast.Constant)
                and isinstance(text.value.value, str)
            }
    return found
