"""What a criterion rests on: one class a kind of evidence.

A new kind is a module here with its class, listed in `KINDS` and `Evidence`, and a module in
`tracker.progress.evidence` that looks it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ValidationError, WrapValidator
from pydantic_core import InitErrorDetails

from tracker.model.evidence.attested import Attestation, AttestedEvidence
from tracker.model.evidence.base import BaseEvidence
from tracker.model.evidence.command import DEFAULT_TIMEOUT, CommandEvidence
from tracker.model.evidence.commit import CommitEvidence
from tracker.model.evidence.file import FileEvidence
from tracker.model.evidence.result import COMPARISONS, SIGNS, ResultEvidence
from tracker.model.evidence.test import TestEvidence

KINDS: Mapping[str, type[BaseEvidence]] = {
    kind.kind: kind
    for kind in (ResultEvidence, CommitEvidence, FileEvidence, CommandEvidence, TestEvidence, AttestedEvidence)
}
"""Every kind of evidence, by the key that names it."""


def _of_its_kind(value: Any, _: Any) -> BaseEvidence:
    """Validate a mapping as the kind of evidence that its keys name."""
    if not isinstance(value, dict):
        return value if isinstance(value, BaseEvidence) else BaseEvidence.model_validate(value)
    given = {key: item for key, item in value.items() if item != ""}
    known = {name for kind in KINDS.values() for name in kind.model_fields}
    if unknown := [key for key in given if key not in known]:
        raise ValidationError.from_exception_data("Evidence", [_unknown(key, given[key]) for key in unknown])
    kinds = [kind for kind in KINDS if kind in given]
    if len(kinds) != 1:
        raise ValueError(f"expected exactly one of {', '.join(KINDS)}; got {' and '.join(kinds) or 'none'}")
    kind = KINDS[kinds[0]]
    if stray := sorted(given.keys() - kind.model_fields):
        allowed = ", ".join(sorted(kind.model_fields.keys() - {kind.kind})) or "nothing else"
        raise ValueError(f"{', '.join(stray)} does not go with {kind.kind}; expected {allowed}")
    return kind.model_validate(given)


def _unknown(key: object, value: object) -> InitErrorDetails:
    return InitErrorDetails(type="extra_forbidden", loc=(str(key),), input=value)


Evidence = Annotated[
    ResultEvidence | CommitEvidence | FileEvidence | CommandEvidence | TestEvidence | AttestedEvidence,
    WrapValidator(_of_its_kind),
]
"""Any evidence: a mapping whose keys name exactly one kind."""

__all__ = [
    "COMPARISONS",
    "DEFAULT_TIMEOUT",
    "KINDS",
    "SIGNS",
    "Attestation",
    "AttestedEvidence",
    "BaseEvidence",
    "CommandEvidence",
    "CommitEvidence",
    "Evidence",
    "FileEvidence",
    "ResultEvidence",
    "TestEvidence",
]
