"""From a file of YAML to a model: the value, or everything that is wrong with it, each with its place."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tracker.model import Problem
from tracker.sources import yaml

M = TypeVar("M", bound=BaseModel)
Path = Sequence[str | int]


class Location(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    """Relative to the workspace."""
    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """A YAML file as it was read: it tells the place of any field, should someone ask."""

    file: str
    """Relative to the workspace."""
    content: bytes = field(repr=False)

    @cached_property
    def document(self) -> yaml.Document:
        """The parsed file; raises MalformedYAML."""
        return yaml.load(self.content)

    def locate(self, field: Path, *, of_key: bool = False) -> Location:
        """The place of a field, or of its key."""
        position = self.document.position(field, of_key=of_key)
        return Location(self.file, position.line, position.column)

    def problem(self, path: Path, message: str, *, of_key: bool = False) -> Problem:
        """A problem of the field at `path`, with its place."""
        file, line, column = self.locate(path, of_key=of_key)
        return Problem(file, line, column, dotted(path), message)

    def validate(self, model: type[M], data: Any = None) -> tuple[M | None, list[Problem]]:
        """The content as a model, or all that is wrong with it."""
        try:
            data = self.document.data if data is None else data
        except yaml.MalformedYAML as error:
            return None, [Problem(self.file, *error.position, "", str(error))]
        if not isinstance(data, dict):
            found = "nothing" if data is None else _kind(data)
            known = ", ".join(name for name, info in model.model_fields.items() if info.is_required())
            return None, [Problem(self.file, 1, 1, "", f"expected a mapping with {known}; got {found}")]
        try:
            return model.model_validate(data), []
        except ValidationError as error:
            return None, sorted(self._explain(details, model) for details in error.errors(include_url=False))

    def _explain(self, error: ErrorDetails, model: type[BaseModel]) -> Problem:
        path = error["loc"]
        kind, given = error["type"], error["input"]
        if kind == "extra_forbidden":
            message = _unknown_key(str(path[-1]), fields_at(model, path[:-1]))
            return self.problem(path, message, of_key=True)
        if kind == "missing":
            return self.problem(path, "required, but not given")
        return self.problem(path, _EXPECTED.get(kind, _own_words)(error, given))


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint for a name that is not known: ` (did you mean …?)`, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def dotted(path: Path) -> str:
    """`files.created[2].path` of `("files", "created", 2, "path")`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def fields_at(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that a mapping at `path` of a model may have."""
    for step in path:
        if isinstance(step, int):
            continue
        info = next((f for name, f in model.model_fields.items() if step in (name, f.alias)), None)
        inner = _model_in(info.annotation) if info else None
        if inner is None:
            return []
        model = inner
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _unknown_key(key: str, known: list[str]) -> str:
    return f"unknown key{nearest(key, known) or '; expected one of ' + ', '.join(known)}"


def _kind(value: object) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = str(value)
    return repr(text if len(text) <= 60 else text[:57] + "…")


Words = Callable[[ErrorDetails, object], str]


def _own_words(error: ErrorDetails, _: object) -> str:
    return error["msg"].removeprefix("Value error, ")


_EXPECTED: dict[str, Words] = {
    "string_type": lambda error, given: f"expected a text; got {_kind(given)}",
    "string_too_short": lambda error, given: "expected a text; got nothing",
    "string_pattern_mismatch": lambda error, given: f"expected an address (https://…); got {_kind(given)}",
    "tuple_type": lambda error, given: f"expected a list; got {_kind(given)}",
    "dict_type": lambda error, given: f"expected a mapping (key: value); got {_kind(given)}",
    "model_type": lambda error, given: f"expected a mapping (key: value); got {_kind(given)}",
    "float_parsing": lambda error, given: f"expected a number; got {_kind(given)}",
    "float_type": lambda error, given: f"expected a number; got {_kind(given)}",
    "finite_number": lambda error, given: f"expected a finite number; got {_kind(given)}",
    "invalid_key": lambda error, given: f"expected keys that are texts; got {_kind(given)}",
    "bool_parsing": lambda error, given: f"expected true or false; got {_kind(given)}",
    "bool_type": lambda error, given: f"expected true or false; got {_kind(given)}",
    "date_from_datetime_parsing": lambda error, given: f"expected a day of the calendar; got {_kind(given)}",
}
