"""Thresholds in `tracker.yml`."""

from pathlib import Path

import pytest

from diagnostics import rules
from tests.diagnostics.test_rules import Training, of, scaled


def written(folder: Path, text: str) -> Path:
    (folder / "tracker.yml").write_text(f"project: x\n{text}", encoding="utf-8")
    return folder


def test_both_forms(tmp_path: Path) -> None:
    text = (
        "thresholds:\n  # why\n  dead-units:\n    warning: 0.2  # more\n  overfitting: {warning: 0.4, critical: 1}\n"
        "phases: []\n"
    )
    found = rules.workspace_thresholds(written(tmp_path, text) / "deeper")
    assert found == {"dead-units": {"warning": 0.2}, "overfitting": {"warning": 0.4, "critical": 1}}


def test_a_workspace_without_thresholds(tmp_path: Path) -> None:
    assert rules.workspace_thresholds(written(tmp_path, "results: here\n")) == {}


@pytest.mark.parametrize("lines", ["  dead-units: 3", "  dead-units:\n    warning: high"])
def test_anything_else_is_an_error_with_its_line(tmp_path: Path, lines: str) -> None:
    with pytest.raises(ValueError, match=r"tracker\.yml:\d: thresholds: expected"):
        rules.workspace_thresholds(written(tmp_path, f"thresholds:\n{lines}\n"))


def test_they_hold_in_a_training_unless_attach_says_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "feature-scale-imbalance"
    monkeypatch.chdir(written(tmp_path, f"thresholds:\n  {rule}: {{warning: 1e9, critical: 1e9}}\n"))
    assert of(rule, Training(data=scaled).run(tmp_path)) == []
    given = Training(data=scaled, options={"thresholds": {rule: {"critical": 1e4}}})
    assert of(rule, given.run(tmp_path))[0].severity == "critical"
