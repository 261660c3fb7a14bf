"""Base class and field types of the models of YAML files."""

import re
from datetime import date as Date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticSerializationError

from tracker.model.status import SAID_STATUSES, STATUS_WORDS, Status

SaidWord = Literal["planned", "in progress", "complete", "deferred", "cancelled", "blocked"]


def _said_status(value: object) -> object:
    if isinstance(value, str):
        word = re.sub(r"[\s_-]+", " ", value).strip().lower()
        status = STATUS_WORDS.get(word, word)
        if status in SAID_STATUSES:
            return status
    raise ValueError(f"expected one of {', '.join(SAID_STATUSES)}; got {value!r}")


def _commit_hash(value: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{4,64}", value):
        raise ValueError(f"expected a commit hash of 4 to 64 hexadecimal digits; got {value!r}")
    return value.lower()


def _inside(value: str) -> str:
    parts = value.replace("\\", "/").split("/")
    if value.startswith(("/", "~")) or ".." in parts or "\0" in value or re.match(r"[A-Za-z]:", value):
        raise ValueError(f"expected a path inside the workspace, relative to tracker.yml; got {value!r}")
    if any(part.lower().rstrip(". ") == ".git" for part in parts):
        raise ValueError(f"expected a path outside of .git, which belongs to git; got {value!r}")
    return value.removeprefix("./")


def _glob(value: str) -> str:
    parts = [part for part in value.split("/") if part not in ("", ".")]
    if not parts or any("**" in part and part != "**" for part in parts):
        raise ValueError(f"expected a glob of files, such as reports/**/*.xml; got {value!r}")
    return value


def _pattern(value: str) -> str:
    from tracker.patterns import gitignore

    try:
        gitignore([value])
        understood = not value.startswith("!")
    except (ValueError, re.error):
        understood = False
    if not understood:
        raise ValueError(f"expected a path, or a glob in the syntax of .gitignore; got {value!r}")
    return value


def _day(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError(f"expected a date such as 2026-02-15; got {value!r}")
    return value


def _single(value: object) -> object:
    return [value] if isinstance(value, str) else value


SaidStatus = Annotated[Status, BeforeValidator(_said_status, json_schema_input_type=SaidWord)]
Hash = Annotated[str, AfterValidator(_commit_hash)]
RelativePath = Annotated[str, Field(min_length=1), AfterValidator(_inside)]
Glob = Annotated[RelativePath, AfterValidator(_glob)]
Pattern = Annotated[RelativePath, AfterValidator(_pattern)]
AnyPath = Annotated[str, Field(min_length=1), AfterValidator(lambda path: path.removeprefix("./"))]
Word = Annotated[str, Field(min_length=1)]
Day = Annotated[Date, BeforeValidator(_day)]
_ONE_OR_MORE = BeforeValidator(_single, json_schema_input_type=str | tuple[str, ...])
Texts = Annotated[tuple[str, ...], _ONE_OR_MORE]
Words = Annotated[tuple[Word, ...], _ONE_OR_MORE]
Patterns = Annotated[tuple[Pattern, ...], _ONE_OR_MORE]


class Model(BaseModel):
    """Base of all models. Unknown keys are errors, instances are immutable, and an empty value means an absent one."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True, regex_engine="python-re"
    )

    def __repr__(self) -> str:
        """The content as JSON, ten times faster than pydantic's own. Page keys are made from it."""
        try:
            return f"{type(self).__name__}({self.model_dump_json()})"
        except PydanticSerializationError:  # a lone surrogate
            return super().__repr__()

    shorthand: ClassVar[str | None] = None
    """The field that a plain text sets: `- text` means `- {<shorthand>: text}`."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: Any) -> Any:
        if isinstance(data, str) and cls.shorthand:
            return {cls.shorthand: data}
        if isinstance(data, dict) and "" in data.values():
            optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
            return {key: value for key, value in data.items() if value != "" or key not in optional}
        return data
