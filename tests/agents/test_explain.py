"""`tracker explain`: the verdict, the evidence, the commits and what would change it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agents.project import make_project
from tests.command import tracker
from tests.gitrepo import GitRepo


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return make_project(tmp_path)


def test_an_unmet_criterion_names_its_evidence_and_what_would_change_it(repo: GitRepo) -> None:
    out = tracker("explain", "ramp-there", cwd=repo.path).out.splitlines()
    assert out[0] == "criterion ramp-there: unmet"
    assert out[1] == "  The ramp is defined (tracker.yml:11)"
    assert out[2] == "because: it does not define ramp"
    assert "evidence:" in out
    assert any(line.startswith("- unmet: file loop.py") and "session 1" in line for line in out)
    assert any("make it hold, then change the file" in line for line in out)
    assert any("Add the loop" in line for line in out)


def test_every_verdict_of_a_criterion_is_explained(repo: GitRepo) -> None:
    found = {
        name: tracker("explain", name, "--format", "json", cwd=repo.path).json for name in ("loop-there", "soak-long")
    }
    assert found["loop-there"]["verdict"] == "met"
    assert found["loop-there"]["changes"] == ["file loop.py: unmet as soon as it no longer holds"]
    assert found["soak-long"]["verdict"] == "missing"
    assert "no result named 'soak' yet" in found["soak-long"]["because"]
    empty = tracker("explain", "cool-slow", "--format", "json", cwd=repo.path).json
    assert (empty["verdict"], empty["because"]) == ("missing", "it names no evidence")
    assert "name evidence in tracker.yml" in empty["changes"][0]


def test_a_stale_criterion_names_the_commit_that_changed_the_code(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write(
        "tracker.yml",
        "project: P\nphases: [{id: p, title: T, criteria: [{id: fast, text: It is fast, covers: [a.py],"
        " evidence: [{result: speed, value: rate, above: 1}]}]}]\n",
    )
    repo.write("a.py", "1")
    measured = repo.commit("Measure")
    repo.write(
        "diagnostics/results/a.json",
        f'{{"schema": 1, "name": "speed", "status": "complete", "started": "2026-01-01T02:00:00Z",'
        f' "source": {{"commit": "{measured}", "dirty": false}}, "metrics": {{}}, "rate": 2}}',
    )
    repo.commit("Record")
    repo.write("a.py", "2")
    changed = repo.commit("Change the code")
    found = tracker("explain", "fast", "--format", "json", cwd=tmp_path).json
    assert found["verdict"] == "stale", found
    assert "a.py changed since it was measured" in found["because"]
    assert {one["hash"]: one["why"] for one in found["commits"]} == {
        measured: "measured at this commit",
        changed: "changed covered code since",
    }
    assert "run it again" in found["changes"][0]


def test_a_phase_lists_what_is_missing(repo: GitRepo) -> None:
    found = tracker("explain", "phase:1", "--format", "json", cwd=repo.path).json
    assert found["verdict"] == "in progress"
    assert "criterion ramp-there is unmet" in found["because"]
    assert "criterion ramp-there: `tracker explain criterion:ramp-there`" in found["changes"]
    blocked = tracker("explain", "2", "--format", "json", cwd=repo.path).json
    assert "it depends on phase 1, which is in progress" in blocked["because"]


def test_claims_are_found_by_path_and_by_hash(repo: GitRepo) -> None:
    refuted = tracker("explain", "./never.py", "--format", "json", cwd=repo.path).json
    assert (refuted["kind"], refuted["verdict"]) == ("claim", "refuted")
    assert refuted["place"] == "sessions/2026-01-01-1.yml:5"
    head = repo.git("rev-parse", "HEAD")
    repo.write("sessions/2026-01-02-2.yml", f'session: "2"\ndate: 2026-01-01\nfocus: F\ncommits: [{head[:9]}]\n')
    for query in (head[:7], head, head[:9].upper()):
        found = tracker("explain", query, "--format", "json", cwd=repo.path).json
        assert found["reference"] == f"claim:2:commit:{head[:9]}"
        assert found["commits"][0]["hash"] == head


def test_a_session_counts_its_claims(repo: GitRepo) -> None:
    found = tracker("explain", "session:1", "--format", "json", cwd=repo.path).json
    assert (found["verdict"], found["because"]) == ("refuted", "2 claims: 1 confirmed, 1 refuted")


def test_an_ambiguous_id_is_listed(repo: GitRepo) -> None:
    done = tracker("explain", "1", cwd=repo.path)
    assert done.message.splitlines() == [
        "1: may mean any of these; give one in full:",
        "  phase:1  Control loop",
        "  session:1  The loop",
    ]
    as_json = tracker("explain", "1", "--format", "json", cwd=repo.path)
    assert as_json.code == 2
    assert [one["reference"] for one in as_json.json["matches"]] == ["phase:1", "session:1"]


def test_a_claim_is_found_with_its_kind(repo: GitRepo) -> None:
    assert tracker("explain", "claim:never.py", cwd=repo.path).out.startswith("claim never.py: refuted")


def test_a_long_id_is_shortened(repo: GitRepo) -> None:
    assert len(tracker("explain", "x" * 5000, cwd=repo.path).message) < 500


def test_an_unknown_id_names_the_nearest(repo: GitRepo) -> None:
    assert "criterion:ramp-there" in tracker("explain", "ramp-thre", cwd=repo.path).message
    assert "has this id" in tracker("explain", "zzzzzz", cwd=repo.path).message
    assert tracker("explain", "", cwd=repo.path).code == 2


def test_a_family_of_the_audit_is_explained(repo: GitRepo) -> None:
    repo.write(".gitignore", "*.log\n")
    repo.write("x.log", "1")
    repo.git("add", "--force", "x.log")
    repo.commit("Add a log by mistake")
    families = tracker("audit", "--maybe", "--format", "json", cwd=repo.path).json["families"]
    for family in families:
        found = tracker("explain", family["id"], "--format", "json", cwd=repo.path).json
        assert (found["kind"], found["verdict"]) == ("family", family["action"])
        assert found["evidence"][0]["asks"] == family["paths"][0]["path"]
    assert families
    assert "no such family" in tracker("explain", "0123456789", cwd=repo.path).message


def test_an_item_is_explained_by_the_sessions_that_name_it(repo: GitRepo) -> None:
    session = 'session: "2"\ndate: 2026-01-02\nfocus: More\nitems: [{id: cold, text: Heat the kiln, kind: blocker}]\n'
    repo.write("sessions/2026-01-02-2.yml", session)
    found = tracker("explain", "cold", "--format", "json", cwd=repo.path).json
    assert (found["kind"], found["verdict"], found["place"]) == ("item", "open", "sessions/2026-01-02-2.yml:4")
    assert "session 2 raised it" in found["because"]
    assert "`tracker items close cold`" in found["changes"][0]
    later = session.replace('"2"', '"3"').replace("-02", "-03").partition("items")[0]
    repo.write("sessions/2026-01-03-3.yml", f"{later}closes: [cold]\n")
    found = tracker("explain", "item:cold", "--format", "json", cwd=repo.path).json
    assert (found["verdict"], found["because"]) == ("closed", "session 3 closed it")


def write_run(repo: GitRepo, file: str, **data: object) -> None:
    result = {"name": "soak", "started": "2026-01-02T03:00:00Z", "source": {"commit": repo.git("rev-parse", "HEAD")}}
    repo.write(f"diagnostics/results/{file}.json", json.dumps(result | data))


def test_a_run_is_explained_by_what_was_found_and_what_it_is_evidence_for(repo: GitRepo) -> None:
    finding = {
        "rule": "dead-units",
        "severity": "critical",
        "layer": "a",
        "message": "Units are dead.",
        "fix": "Lower it.",
    }
    write_run(repo, "old", hours=1)
    write_run(
        repo,
        "new",
        hours=3,
        started="2026-01-02T04:00:00Z",
        diagnosis={"severity": "critical", "findings": [finding], "cause": "dead-units"},
    )
    found = tracker("explain", "soak", "--format", "json", cwd=repo.path).json
    assert (found["kind"], found["reference"], found["verdict"]) == ("run", "run:new", "critical")
    assert found["because"].startswith("Units are dead.; a script")
    asked = [(one["verdict"], one["asks"]) for one in found["evidence"]]
    assert asked == [("critical", "dead-units at a"), ("unmet", "criterion soak-long")]
    assert found["changes"][0] == "Lower it."
    assert [one["why"] for one in found["commits"]] == ["measured at it"]
    assert tracker("explain", "run:old", "--format", "json", cwd=repo.path).json["verdict"] == "complete"


def test_a_criterion_counts_before_a_run_of_its_name(repo: GitRepo) -> None:
    write_run(repo, "new", name="ramp-there")
    assert tracker("explain", "ramp-there", "--format", "json", cwd=repo.path).json["kind"] == "criterion"
    assert tracker("explain", "run:ramp-there", "--format", "json", cwd=repo.path).json["kind"] == "run"


def test_evidence_without_a_date_is_not_explained_by_changes(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write(
        "tracker.yml",
        "project: P\nphases: [{id: p, title: T, criteria: [{id: fast, text: It is fast, covers: [a.py],"
        " evidence: [{result: speed, value: rate, above: 1}]}]}]\n",
    )
    repo.write("a.py", "1")
    repo.write("diagnostics/results/a.json", '{"name": "speed", "rate": 2}')
    repo.commit("Record")
    found = tracker("explain", "fast", "--format", "json", cwd=repo.path).json
    assert found["verdict"] == "stale"
    assert found["changes"] == ["result speed: rate > 1: record the commit in the result, as `source: {commit: HASH}`"]
