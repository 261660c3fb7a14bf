"""Results: their order, and where git ignores their folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import diagnostics.result
from tests.gitrepo import GitRepo
from tracker.cache import Cache
from tracker.model import Origin
from tracker.queries import search
from tracker.sources.large_result import LargeResult
from tracker.sources.repository import Repository
from tracker.sources.results import newest_complete, read_results, results_ignored


def test_of_one_second_the_later_file_is_newer(tmp_path: Path) -> None:
    for number, name in enumerate(("run", "run-2", "run-10")):
        (tmp_path / f"20260101T000000Z-{name}.json").write_text(f'{{"name": "run", "number": {number}}}')
    results, problems = read_results(tmp_path, tmp_path, Cache(None))
    assert problems == []
    assert [result.data["number"] for result in results] == [0, 1, 2]
    assert newest_complete(results)["run"].data["number"] == 2


def test_partial_results_are_not_the_newest(tmp_path: Path) -> None:
    (tmp_path / "20260101T000000Z-run.json").write_text("{}")
    (tmp_path / "20260102T000000Z-run.json").write_text('{"status": "partial"}')
    results, _ = read_results(tmp_path, tmp_path, Cache(None))
    assert newest_complete(results)["run"].path == "20260101T000000Z-run.json"


@pytest.mark.parametrize(
    ("ignore", "ignored"),
    [("", False), ("diagnostics/\n", True), ("*.json\n", True), ("*.xml\n", False), ("results\n!results/\n", False)],
)
def test_a_results_folder_that_git_ignores_is_reported(tmp_path: Path, ignore: str, ignored: bool) -> None:
    repo = GitRepo(tmp_path)
    repo.write(".gitignore", ignore)
    with Repository.open(tmp_path) as repository:
        warning = results_ignored(repository, "diagnostics/results/")
    assert (warning is not None) is ignored


def test_a_result_of_the_diagnostics_is_measured_until_it_is_edited(tmp_path: Path) -> None:
    """As the diagnostics write it, and with the digest without its prefix that `tracker verify` once wrote."""
    written = diagnostics.result.Result(
        schema=2, name="run", kind="training", status="complete", started="2026-01-01T00:00:00Z",
        finished="2026-01-01T00:01:00Z", session=None, source=diagnostics.result.Source(),
        environment=diagnostics.result.Environment("cpu", "2.13.0", "3.11", "float32", 1, 0, "Linux"), model={},
        every=1, steps=3, history={"train_loss": [1.0, 1e-7, "NaN"]}, layers={}, never_called=[], without_gradient=[],
        attribution=None, metrics={"größe": 0.1}, diagnosis=diagnostics.result.Diagnosis(),
        overhead=diagnostics.result.Overhead(0.0, None, None, None, 3), notes=[], errors=[],
    ).to_json()  # fmt: skip
    for name, text in (
        ("a", written),
        ("b", written.replace("sha256:", "")),
        ("c", written.replace('"steps": 3', '"steps": 4')),
    ):
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    results, problems = read_results(tmp_path, tmp_path, Cache(None))
    origins = {result.path[0]: result.origin for result in results}
    assert problems == []
    assert origins == {"a": Origin.MEASURED, "b": Origin.MEASURED, "c": Origin.EDITED}


@pytest.mark.parametrize(("levels", "problems"), [(100, []), (101, ["nested too deeply; expected a JSON object"])])
def test_nesting_is_counted_outside_of_texts(levels: int, problems: list[str], tmp_path: Path) -> None:
    inner = "[" * (levels - 1) + '"[[{{"' + "]" * (levels - 1)
    (tmp_path / "a.json").write_text(f'{{"text [": {inner}, "more": [[], {{}}]}}')
    assert [one.message for one in read_results(tmp_path, tmp_path, Cache(None))[1]] == problems


def test_a_large_result_reads_the_same_from_the_cache(tmp_path: Path) -> None:
    data = {"name": "run", "kind": "training", "metrics": {"loss": 0.25}, "series": [n / 7 for n in range(2_000)]}
    precise = '"exact": 0.1234567890123456789, '
    (tmp_path / "run.json").write_text("{" + precise + json.dumps(data)[1:])
    whole = read_results(tmp_path, tmp_path, Cache(None))[0]
    with Cache(tmp_path / "cache") as cache:
        first, again = (read_results(tmp_path, tmp_path, cache)[0] for _ in range(2))
    assert first == again == whole
    (found,) = again
    assert isinstance(found.data, LargeResult)
    assert dict(found.data) == {"exact": 0.1234567890123456789} | data
    assert found.data["exact"].text == "0.1234567890123456789", "no digit is lost"
    assert "nothing" not in found.data
    for query in ("length(keys(@))", "max(series)", "metrics.*", "exact"):
        assert search(query, found.data) == search(query, dict(found.data)), query
    (tmp_path / "run.json").write_text("{" + precise.replace("0.1", "0.2") + json.dumps(data)[1:])
    with Cache(tmp_path / "cache") as cache:
        assert read_results(tmp_path, tmp_path, cache)[0][0].data["exact"] == pytest.approx(0.2234567890123456789)
