"""The schemas for editors and the reference page match the models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.publish.schema import FILES, reference, schemas

ROOT = Path(__file__).parent.parent
OWN = [
    *(("tracker.schema.json", path) for path in (ROOT / "tracker.yml", ROOT / "examples/reference/tracker.yml")),
    *(("session.schema.json", path) for path in sorted((ROOT / "sessions").glob("*.yml"))),
    *(("session.schema.json", path) for path in sorted((ROOT / "examples/reference/sessions").glob("*.yml"))),
]


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(schemas()[name])
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def as_an_editor_reads(text: str) -> Any:
    """YAML's own types; dates stay texts, as in YAML 1.2."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor.add_constructor("tag:yaml.org,2002:timestamp", yaml.Constructor.construct_yaml_str)
    return yaml.load(text)


@pytest.mark.parametrize("name", FILES)
def test_the_files_of_the_repository_are_the_models(name: str) -> None:
    assert (ROOT / "schemas" / name).read_text("utf-8") == schemas()[name], "run `tracker schema`"


def test_the_reference_is_the_models() -> None:
    made = (ROOT / "docs" / "reference.md").read_text("utf-8")
    assert made == reference(), "write what `tracker.publish.schema.reference()` gives to docs/reference.md"


@pytest.mark.parametrize(("name", "path"), OWN, ids=lambda value: Path(value).name)
def test_what_the_reader_takes_the_schema_takes(name: str, path: Path) -> None:
    errors = [error.message for error in validator(name).iter_errors(as_an_editor_reads(path.read_text("utf-8")))]
    assert errors == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("session.schema.json", "{session: 88, date: 2026-01-01}"),
        ("session.schema.json", "{session: 88, date: 2026-01-01, focus: x, focs: y}"),
        ("session.schema.json", "{session: 88, date: 2026-01-01, focus: x, tasks: {a: perhaps}}"),
        ("session.schema.json", "{session: 88, date: 2026-01-01, focus: x, files: {created: [{note: no path}]}}"),
        ("tracker.schema.json", "{project: p, phases: [{id: 1}]}"),
        (
            "tracker.schema.json",
            "{project: p, phases: [{id: 1, title: t, criteria: [{id: c, text: t, evidence: [{resul: x}]}]}]}",
        ),
    ],
)
def test_what_is_wrong_is_wrong_in_the_editor_too(name: str, text: str) -> None:
    assert list(validator(name).iter_errors(as_an_editor_reads(text)))


@pytest.mark.parametrize(
    "text",
    [
        "{session: 88, date: 2026-01-01, focus: no, commits: [5e05c13, {commit: 0706412}], files: {created: [a.py]}}",
        "{session: S1, date: 2026-01-01, focus: x, decisions: [one, {decision: two, alternatives: three}], next: go}",
        "{session: S1, date: 2026-01-01, focus: x, until: , tests: [{name: 1, outcome: true}], metrics: {loss: 0.1}}",
    ],
)
def test_short_forms_and_any_scalar_are_right(text: str, tmp_path: Path) -> None:
    assert list(validator("session.schema.json").iter_errors(as_an_editor_reads(text))) == []
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    repo.write("sessions/1.yml", text)
    repo.commit("Start")
    assert tracker("status", "--format", "json", cwd=repo.path).json["problems"] == []


def test_the_command_writes_what_init_refers_to(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    tracker("init", cwd=repo.path)
    for file in (repo.path / "tracker.yml", next((repo.path / "sessions").iterdir())):
        first = file.read_text("utf-8").splitlines()[0]
        named = (file.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
        assert named.read_text("utf-8") == schemas()[named.name]
    done = tracker("schema", "--into", "elsewhere", cwd=repo.path)
    assert [Path(line).name for line in done.out.splitlines()] == list(FILES)
    assert (repo.path / "elsewhere" / "session.schema.json").exists()
