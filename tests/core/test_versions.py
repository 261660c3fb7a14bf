"""Frozen versions: two releases in parallel, the seal, and edits that it detects."""

from __future__ import annotations

import concurrent.futures
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import tracker, tracker_process
from tests.gitrepo import GitRepo
from tracker.model import Criterion, ResultEvidence, TestEvidence
from tracker.progress.fingerprint import fingerprint
from tracker.progress.versions import VersionStep, next_number
from tracker.sources.yaml import load


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", 'project: P\nphases: [{id: "1", title: One, tasks: [{id: "1.1", title: T}]}]\n')
    repo.commit("Start")
    return repo


@pytest.mark.slow
def test_one_of_two_parallel_releases_wins(repo: GitRepo) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: tracker_process("release", "1.0.0", cwd=repo.path), range(4)))
    assert sorted(one.code for one in done) == [0, 2, 2, 2]
    assert [path.name for path in (repo.path / "versions").iterdir()] == ["1.0.0.yml"]
    assert tracker("check", cwd=repo.path).code == 0
    for one in done:
        assert one.code == 0 or "1.0.0" in one.message


def test_any_edit_of_a_frozen_version_is_an_error(repo: GitRepo) -> None:
    tracker("release", cwd=repo.path)
    path = repo.path / "versions/1.0.0.yml"
    text = path.read_text("utf-8")
    for before, after in (("title: One", "title: Two"), ("status: planned", "status: complete"), ("P\n", "Q\n")):
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
        done = tracker("check", cwd=repo.path)
        assert done.code == 1
        assert "digest: a frozen version was edited" in done.out
    path.write_text(f"# a comment says nothing\n{text}", encoding="utf-8")
    assert tracker("check", cwd=repo.path).code == 0


def test_a_version_under_the_name_of_another(repo: GitRepo) -> None:
    tracker("release", cwd=repo.path)
    (repo.path / "versions/1.0.0.yml").rename(repo.path / "versions/2.0.0.yml")
    done = tracker("check", cwd=repo.path)
    assert "versions/2.0.0.yml:1:10: version: expected the number of the file's name, 2.0.0; got 1.0.0" in done.out


def test_a_version_holds_what_was_found(repo: GitRepo) -> None:
    assert tracker("release", "3.9.0", cwd=repo.path).out == f"{repo.path}/versions/3.9.0.yml\n"
    data = load((repo.path / "versions/3.9.0.yml").read_bytes()).data
    assert data["commit"] == repo.git("rev-parse", "HEAD")
    assert data["tree"] == repo.git("rev-parse", "HEAD^{tree}")
    assert data["phases"][0]["tasks"] == [{"id": "1.1", "title": "T", "status": "planned"}]


@pytest.mark.parametrize(
    ("step", "number"),
    [
        (VersionStep.MAJOR, "4.0.0"),
        (VersionStep.MINOR, "3.10.0"),
        (VersionStep.PATCH, "3.9.8"),
        (VersionStep.NONE, "3.9.8"),
    ],
)
def test_the_next_number(step: VersionStep, number: str) -> None:
    assert next_number("3.9.7", step) == number


WORDS = st.text(min_size=1, max_size=8)
PATHS = st.from_regex(r"[a-z]{1,4}(\.[a-z]{1,3})?", fullmatch=True)  # JMESPaths
CRITERIA = st.builds(
    Criterion,
    id=WORDS,
    text=WORDS,
    evidence=st.lists(
        st.builds(ResultEvidence, result=WORDS, value=PATHS, equals=WORDS) | st.builds(TestEvidence, test=WORDS),
        max_size=2,
    ),
)


@given(CRITERIA, CRITERIA)
def test_fingerprints_are_equal_where_criteria_are(one: Criterion, other: Criterion) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


def test_every_field_counts_and_values_are_joined_unambiguously() -> None:
    base = Criterion(id="a", text="bc", evidence=(ResultEvidence(result="r", value="v", above=1),))
    others = [
        base.model_copy(update={"id": "ab", "text": "c"}),
        base.model_copy(update={"covers": ("x",)}),
        base.model_copy(update={"evidence": (ResultEvidence(result="r", value="v", at_least=1),)}),
        base.model_copy(update={"evidence": (ResultEvidence(result="r", value="v", above=2),)}),
        base.model_copy(update={"evidence": (ResultEvidence(result="rv", value="w", above=1),)}),
        base.model_copy(update={"evidence": ()}),
    ]
    assert len({fingerprint(one) for one in (base, *others)}) == len(others) + 1


def test_nothing_is_released_while_a_file_cannot_be_read(repo: GitRepo) -> None:
    repo.write("sessions/9.yml", "session: 9\ndate: 2026-01-09\nfocus: [x\n")
    done = tracker("release", cwd=repo.path)
    assert (done.code, done.out) == (2, "")
    assert done.message.startswith("not released: fix these problems first")
    assert "sessions/9.yml:4:1: expected ',' or ']', but got the end of the file" in done.err
    assert not (repo.path / "versions").exists()
    assert "sessions/9.yml:4:1" in tracker("release", "--dry-run", cwd=repo.path).err


def test_a_changed_verdict_is_minor_a_changed_value_a_patch_and_a_new_phase_major(repo: GitRepo) -> None:
    def plan(*phases: str) -> str:
        criterion = "criteria: [{id: c, text: t, evidence: [{result: run, value: loss, below: 1}]}]"
        first = f'  - {{id: "1", title: One, tasks: [{{id: "1.1", title: T}}], {criterion}}}\n'
        return f"project: P\nphases:\n{first}{''.join(phases)}"

    def released(loss: str) -> str:
        repo.write("diagnostics/results/run.json", f'{{"loss": {loss}}}')
        repo.commit()
        done = tracker("release", cwd=repo.path)
        assert done.code == 0, done
        return Path(done.out.strip()).stem

    repo.write("tracker.yml", plan())
    assert released("0.5") == "1.0.0"
    assert released("0.6") == "1.0.1"
    assert released("1.0") == "1.1.0"
    assert released("0.9") == "1.2.0"
    repo.write("tracker.yml", plan('  - {id: "2", title: Two}\n'))
    assert released("0.9") == "2.0.0"
