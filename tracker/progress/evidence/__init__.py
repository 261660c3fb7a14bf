"""Evidence, looked up: one module a kind, listed in `KINDS`.

A kind is the class of `tracker.model.evidence` that people write, the function that looks it up, and where it has
measured values, the function that lists them over time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.model import (
    AttestedEvidence,
    BaseEvidence,
    CommandEvidence,
    CommitEvidence,
    FileEvidence,
    MeasuredResult,
    ResultEvidence,
    TestEvidence,
)
from tracker.progress.evidence import attested, command, commit, file, result, test
from tracker.progress.evidence.world import Found, World

__all__ = ["EvidenceHistory", "Found", "Measurement", "World", "history_of", "look_up"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one result says where some evidence looks."""

    result: MeasuredResult
    value: object


@dataclass(frozen=True, slots=True)
class EvidenceHistory:
    """The measured values of some evidence, the oldest first, and the number that they are compared with."""

    measurements: tuple[Measurement, ...]
    bound: float | None


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """What can be asked of a kind of evidence."""

    look_up: Callable[[Any, World], Found]
    values: Callable[[Any, World], list[tuple[MeasuredResult, object]]] | None = None
    bound: Callable[[Any], float | None] | None = None


KINDS: Mapping[type[BaseEvidence], EvidenceKind] = {
    ResultEvidence: EvidenceKind(result.look_up, result.values, result.bound),
    CommitEvidence: EvidenceKind(commit.look_up),
    FileEvidence: EvidenceKind(file.look_up),
    CommandEvidence: EvidenceKind(command.look_up),
    TestEvidence: EvidenceKind(test.look_up),
    AttestedEvidence: EvidenceKind(attested.look_up),
}
"""How each kind of evidence is looked up."""


def look_up(evidence: BaseEvidence, world: World) -> Found:
    """Return what is found where a piece of evidence points."""
    return KINDS[type(evidence)].look_up(evidence, world)


def history_of(evidence: BaseEvidence, world: World) -> EvidenceHistory | None:
    """Return what was measured over time; None for evidence without measured values."""
    kind = KINDS[type(evidence)]
    values = kind.values(evidence, world) if kind.values else []
    bound = kind.bound(evidence) if kind.bound else None
    return EvidenceHistory(tuple(Measurement(*pair) for pair in values), bound) if values else None
