"""`diagnostics.compare`: whether the cause of one run is gone in the next."""

from pathlib import Path
from typing import Any

import pytest

import diagnostics
from tests.diagnostics.test_rules import FAULTY, HEALTHY


def run(cause: str | None = None, severity: str = "critical", **more: Any) -> dict[str, Any]:
    findings = [{"rule": cause, "severity": severity}] if cause else []
    diagnosis = {"severity": severity if cause else "ok", "cause": cause, "findings": findings}
    return {"status": "complete", "diagnosis": diagnosis, **more}


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (run(), run("non-finite"), "unknown"),
        (run("non-finite"), run(), "gone"),
        (run("non-finite"), run("non-finite"), "remains"),
        (run("non-finite"), run("non-finite", "warning"), "weaker"),
        (run("non-finite"), run(status="partial"), "unknown"),
        (run("non-finite"), run() | {"diagnosis": {"severity": "unknown", "reason": "no step"}}, "unknown"),
        (run("overfitting"), run(), "unknown"),
        (run("overfitting"), run(history={"val_loss": [0.5]}), "gone"),
    ],
)
def test_outcomes(before: dict[str, Any], after: dict[str, Any], outcome: str) -> None:
    assert diagnostics.compare(before, after).outcome == outcome


def test_another_cause_is_named() -> None:
    found = diagnostics.compare(run("non-finite"), run("dead-units"))
    assert (found.outcome, found.other) == ("gone", "dead-units")
    assert found.sentence.endswith("The cause of the second run is dead-units.")


def test_of_real_trainings(tmp_path: Path) -> None:
    """The fixed training has lost its cause; the same one again has not."""
    broken, fixed = FAULTY["output-loss-mismatch"].run(tmp_path / "1"), HEALTHY["classification"].run(tmp_path / "2")
    assert diagnostics.compare(broken, fixed).outcome == "gone"
    assert diagnostics.compare(broken, broken).outcome == "remains"
