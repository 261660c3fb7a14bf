"""Validate YAML files: the model of a file, or every problem in it with its place."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any, BinaryIO, NamedTuple, Self, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tracker.errors import TrackerError
from tracker.files import READ_LIMIT, UnsafePath, open_file, read_file
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


class UnreadableFile(TrackerError):
    """A file of a workspace that must not be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_workspace_file(path: FilePath, root: FilePath, limit: int = READ_LIMIT) -> bytes:
    """The content of a file of a workspace, of `limit` bytes at most. Raises UnreadableFile."""
    try:
        return read_file(path, within=root, limit=limit)
    except UnsafePath as error:
        raise _unreadable(path, root, error) from None


def _unreadable(path: FilePath, root: FilePath, error: UnsafePath) -> UnreadableFile:
    return UnreadableFile(Problem(path.relative_to(root).as_posix(), 1, 1, "", str(error).removeprefix(f"{path}: ")))


@contextmanager
def open_workspace_file(path: FilePath, root: FilePath, limit: int = READ_LIMIT) -> Iterator[BinaryIO]:
    """Open a file of a workspace of at most `limit` bytes. Raises UnreadableFile."""
    try:
        stream = open_file(path, within=root, limit=limit)
    except UnsafePath as error:
        raise _unreadable(path, root, error) from None
    with stream:
        yield stream


def files_among(paths: Iterable[FilePath]) -> list[FilePath]:
    """Return what is not a folder, in the order of the names. Links and special files are included, to be reported.

    Files of macOS that hold the attributes of another file (`._name`) are left out.
    """
    return sorted(path for path in paths if not path.name.startswith("._") and (path.is_symlink() or not path.is_dir()))


@dataclass(frozen=True)
class SourceFile:
    """The content of a YAML file, with the place of any field on demand."""

    file: str
    """Relative to the workspace."""
    content: bytes = field(repr=False)

    @classmethod
    def read(cls, path: FilePath, root: FilePath) -> Self:
        """Read a file of a workspace.

        Raises UnreadableFile for a link that leads out of the workspace, a file that is not regular, or one too large.
        """
        file = path.relative_to(root).as_posix()
        return cls(file, read_workspace_file(path, root, yaml.MAX_BYTES))

    @cached_property
    def document(self) -> yaml.YAMLDocument:
        """The parsed file. Raises MalformedYAML."""
        return yaml.load(self.content)

    def locate(self, field: Path, *, of_key: bool = False) -> Location:
        """The place of a field, or of its key."""
        position = self.document.position(field, of_key=of_key)
        return Location(self.file, position.line, position.column)

    def problem(self, path: Path, message: str, *, of_key: bool = False) -> Problem:
        """Return a problem of the field at `path`, with its place."""
        file, line, column = self.locate(path, of_key=of_key)
        return Problem(file, line, column, dotted(path), message)

    def validate(self, model: type[M], data: Any = None) -> tuple[M | None, list[Problem]]:
        """Return the content as a model, or None with every problem in it."""
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
    """Return `; did you mean …?` for an unknown name that is close to a known one, else an empty text."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def dotted(path: Path) -> str:
    """Return `files.created[2].path` for `("files", "created", 2, "path")`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def fields_at(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that a mapping at `path` of a model may have, in their order; none for a free mapping."""
    models = [model]
    for step in (step for step in path if isinstance(step, str)):
        fields = (one.model_fields.items() for one in models)
        infos = [info for each in fields for name, info in each if step in (name, info.alias)]
        models = [inner for info in infos for inner in _models_in(info.annotation)]
    return list(dict.fromkeys(info.alias or name for one in models for name, info in one.model_fields.items()))


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the models of a field: several where it is a union."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models_in(part)]


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
    "enum": lambda error, given: f"expected {error['ctx']['expected']}; got {_kind(given)}",
    "float_parsing": lambda error, given: f"expected a number; got {_kind(given)}",
    "float_type": lambda error, given: f"expected a number; got {_kind(given)}",
    "finite_number": lambda error, given: f"expected a finite number; got {_kind(given)}",
    "invalid_key": lambda error, given: f"expected keys that are texts; got {_kind(given)}",
    "bool_parsing": lambda error, given: f"expected true or false; got {_kind(given)}",
    "bool_type": lambda error, given: f"expected true or false; got {_kind(given)}",
    "date_from_datetime_parsing": lambda error, given: f"expected a day of the calendar; got {_kind(given)}",
}
