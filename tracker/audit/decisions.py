"""What was decided in a review: files that are kept, each with a reason and a date, in `audit-decisions.yml`.

Every audit reads the file. Entries whose finding is resolved are dropped when it is written, so it shrinks by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date as Date
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from tracker.audit.finding_key import FindingKey
from tracker.audit.rule_ids import rules, unknown_rule
from tracker.errors import TrackerError
from tracker.files import read_file, remove_file, write_file
from tracker.sources import yaml

HEADER = "# Findings of `tracker audit` that are kept, decided with `tracker audit --review`.\n"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


File = TypeVar("File", bound=_Strict)


class KeptFamily(_Strict):
    """A file that stays although a rule reports it."""

    path: str
    rule: str
    reason: str
    date: Date

    @property
    def key(self) -> FindingKey:
        """The finding that it answers."""
        return FindingKey(self.path, self.rule)


class FamilyDecision(_Strict):
    """A decision about one family, or all families of a rule, in a file for `--review --decisions FILE`."""

    decision: Literal["accept", "keep", "skip"]
    family: str | None = None
    """The id of a family."""
    rule: str | None = None
    reason: str = ""


class _KeptFile(_Strict):
    keep: tuple[KeptFamily, ...] = ()


class _DecisionFile(_Strict):
    decisions: tuple[FamilyDecision, ...] = ()


class Choice(NamedTuple):
    """What was decided about a family."""

    decision: str
    reason: str = ""


def load_kept(path: Path) -> tuple[KeptFamily, ...]:
    """The kept findings in a file; none where there is no file. Raises TrackerError where it cannot be understood."""
    if not path.is_file():
        return ()
    return _read(path, read_file(path, within=path.parent), _KeptFile).keep


def save_kept(path: Path, kept: Iterable[KeptFamily]) -> None:
    """Write the kept findings as one whole file; remove the file where there are none."""
    entries = [one.model_dump(mode="json") for one in sorted(kept, key=lambda one: (one.path, one.rule))]
    if not entries:
        remove_file(path, within=path.parent)
        return
    text = HEADER + yaml.dump({"keep": entries})
    write_file(path, text.encode("utf-8"), within=path.parent)


def still(kept: Iterable[KeptFamily], found: Collection[FindingKey]) -> tuple[KeptFamily, ...]:
    """The kept findings that an audit still finds."""
    return tuple(one for one in kept if one.key in found)


def load_decisions(path: Path) -> tuple[FamilyDecision, ...]:
    """The decisions in a file. Raises TrackerError where it cannot be understood."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TrackerError(f"{path}: cannot be read: {error.strerror}") from None
    found = _read(path, content, _DecisionFile).decisions
    for number, one in enumerate(found, 1):
        if one.decision == "keep" and not one.reason.strip():
            raise TrackerError(f"{path}: decision {number} keeps files without a reason; add `reason:`")
        if (one.family is None) == (one.rule is None):
            raise TrackerError(f"{path}: decision {number} needs either `family:` or `rule:`")
        if one.rule is not None and one.rule not in rules():
            raise TrackerError(f"{path}: decision {number}: {unknown_rule(one.rule)}")
    return found


def decided(decisions: Iterable[FamilyDecision], family: str, rule: str) -> Choice:
    """The decision about a family: that of its id, else of its rule, else `skip`."""
    best = Choice("skip")
    for one in decisions:
        if one.family == family:
            return Choice(one.decision, one.reason)
        if one.rule == rule:
            best = Choice(one.decision, one.reason)
    return best


def _read(path: Path, content: bytes, model: type[File]) -> File:
    try:
        return model.model_validate(yaml.load(content).data or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise TrackerError(f"{path}: {where}: {first['msg']}") from None
    except yaml.MalformedYAML as error:
        raise TrackerError(f"{path}:{error.position.line}: not YAML: {error}") from None
