"""`tracker diff BASE HEAD --format markdown`: what a pull request changes, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agents.project import PLAN, make_project
from tests.command import contents_in, tracker
from tests.gitrepo import GitRepo

NEXT = """\
session: "2"
date: 2026-01-02
focus: The ramp
files: {created: [loop.py, gone.py]}
commits: [deadbeefcafe]
next: {immediate: ["Cover the *kiln*"]}
"""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """The base: a claim of session 1 is refuted there already, and a document is outdated."""
    repo = make_project(tmp_path / "kiln")
    repo.write("tracker.yml", PLAN.replace("at_least: 10}]", "at_least: 10}]\n        covers: [loop.py]"))
    result = {"schema": 1, "name": "soak", "hours": 12, "source": {"commit": repo.git("rev-parse", "HEAD").strip()}}
    repo.write("diagnostics/results/20260101T000000Z-soak.json", json.dumps(result))
    repo.write("old.py", "1\n")
    repo.write("README.md", "Read `old.py`.\n")
    repo.commit("Measure (Session 1)")
    repo.remove("old.py")
    repo.commit("Remove old.py")
    repo.git("branch", "base")
    repo.git("checkout", "-q", "-b", "work")
    return repo


def changes(repo: GitRepo, *sides: str) -> str:
    done = tracker("diff", *sides, "--format", "markdown", cwd=repo.path)
    assert done.code == 0, done
    return done.out


def test_nothing_that_the_pull_request_did_not_change(repo: GitRepo) -> None:
    repo.write("notes.txt", "1")
    repo.commit("Notes")
    text = changes(repo, "base", "HEAD")
    assert text.endswith("Nothing changed.\n")
    assert len(text.splitlines()) == 3


def test_what_a_pull_request_changes(repo: GitRepo) -> None:
    repo.write("loop.py", "def loop():\n    pass\n\n\ndef ramp():\n    pass\n")
    repo.write("sessions/2026-01-02-2.yml", NEXT)
    repo.write("guide.md", "Start `oven.py`.\n")
    repo.write("oven.py", "1\n")
    repo.commit("Write the ramp (Session 2)")
    repo.remove("oven.py")
    repo.commit("Remove the oven (Session 2)")
    before = contents_in(repo.path)
    text = changes(repo, "base", "HEAD")
    assert "| Criterion `ramp-there` The ramp is defined | unmet | met |" in text
    assert "| Criterion `soak-long` It soaks for ten hours | met | stale |" in text
    assert "- refuted: `sessions/2026-01-02-2.yml:4`" in text
    assert "gone.py" in text
    assert "never.py" not in text, "the claim of session 1 was refuted before"
    assert "### Evidence that became stale\n\n- `soak-long` result soak" in text
    assert "changed since: `loop.py`" in text
    assert "- update: `guide.md:1` names oven.py" in text
    assert "old.py" not in text, "the statement was untrue before"
    assert "Cover the \\*kiln\\*" in text
    assert contents_in(repo.path) == before


def test_what_happened_to_the_base_since_is_no_change_of_the_pull_request(repo: GitRepo) -> None:
    repo.write("notes.txt", "1")
    repo.commit("Notes")
    repo.git("checkout", "-q", "base")
    repo.write("sessions/2026-01-02-2.yml", NEXT)
    repo.remove("loop.py")
    repo.commit("Break everything")
    repo.git("checkout", "-q", "work")
    assert changes(repo, "base", "HEAD").endswith("Nothing changed.\n")
    assert changes(repo, "base", "work").endswith("Nothing changed.\n")


def test_a_claim_that_the_pull_request_corrects_is_not_listed(repo: GitRepo) -> None:
    path = repo.path / "sessions/2026-01-01-1.yml"
    repo.write("sessions/2026-01-01-1.yml", path.read_text("utf-8").replace(", never.py", ""))
    repo.commit("Correct session 1")
    assert "never.py" not in changes(repo, "base", "HEAD")


def test_uncommitted_work_counts_without_a_second_side(repo: GitRepo) -> None:
    repo.write("loop.py", "def ramp():\n    pass\n")
    text = changes(repo, "base")
    assert "to the files on disk" in text
    assert "| Criterion `ramp-there` The ramp is defined | unmet | met |" in text
    assert "ramp-there" not in changes(repo, "base", "HEAD"), "no commit has it"


def test_a_file_that_cannot_be_read_any_more(repo: GitRepo) -> None:
    repo.write("sessions/2026-01-01-1.yml", "session: [\n")
    repo.commit("Break a session")
    assert "### Files that cannot be read\n\n- `sessions/2026-01-01-1.yml:" in changes(repo, "base", "HEAD")


def test_a_reworded_criterion_is_listed(repo: GitRepo) -> None:
    plan = (repo.path / "tracker.yml").read_text("utf-8")
    repo.write("tracker.yml", plan.replace("at_least: 10", "at_least: 1"))
    repo.commit("Lower the bound")
    text = changes(repo, "base", "HEAD")
    assert "| Wording `soak-long` It soaks for ten hours | – | text, bound or evidence changed |" in text


def test_the_first_workspace_of_a_repository(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "new")
    repo.write("a.txt", "1")
    start = repo.commit("Start")
    make_project(repo.path)
    text = changes(repo, start, "HEAD")
    assert "everything in it is new" in text
    assert "| Criterion `loop-there` The loop exists | absent | met |" in text
    assert "never.py" in text


def test_without_a_workspace(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "plain")
    repo.write("README.md", "Start `engine.py`.\n")
    repo.write("engine.py", "1\n")
    start = repo.commit("An engine")
    repo.remove("engine.py")
    repo.commit("No engine")
    assert "- update: `README.md:1` names engine.py" in changes(repo, start, "HEAD")
    assert tracker("diff", start, "HEAD", cwd=repo.path).code == 2, "only a pull request needs no workspace"


def test_a_finding_that_is_ignored_is_not_listed(repo: GitRepo) -> None:
    plan = (repo.path / "tracker.yml").read_text("utf-8")
    ignore = "audit: {ignore: [{path: guide.md, signals: [dangling], reason: It comes back}]}\n"
    repo.write("tracker.yml", plan + ignore)
    repo.write("guide.md", "Start `oven.py`.\n")
    repo.write("oven.py", "1\n")
    repo.commit("An oven")
    repo.remove("oven.py")
    repo.commit("No oven")
    assert "oven.py" not in changes(repo, "base", "HEAD")


def test_text_of_the_workspace_stays_text(repo: GitRepo) -> None:
    hostile = 'session: "2"\ndate: 2026-01-02\nfocus: F\nnext: {immediate: ["<img src=x> | [a](http://e) `b` # c"]}\n'
    repo.write("sessions/2026-01-02-2.yml", hostile)
    repo.write("templates/pull_request.md.j2", "owned\n")
    repo.commit("Write it")
    text = changes(repo, "base", "HEAD")
    assert "\\<img src=x>" in text
    assert "\\[a\\](http://e)" in text
    assert "owned" not in text


def test_a_long_list_is_cut(repo: GitRepo) -> None:
    items = "".join(f"    - Step {number}\n" for number in range(50))
    repo.write("sessions/2026-01-02-2.yml", f'session: "2"\ndate: 2026-01-02\nfocus: F\nnext:\n  immediate:\n{items}')
    repo.commit("Plan a lot")
    text = changes(repo, "base", "HEAD")
    assert "And 30 more." in text
    assert len(text.splitlines()) < 30


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        (("nowhere", "HEAD"), "'nowhere': no such revision here"),
        (("base", "nowhere"), "'nowhere': no such revision here"),
        (("--", "--output=x"), "'--output=x': no such revision here"),
        (("9.9.9", "HEAD"), "9.9.9: no such version"),
    ],
)
def test_an_unknown_side(repo: GitRepo, sides: tuple[str, ...], message: str) -> None:
    assert message in tracker("diff", "--format", "markdown", *sides, cwd=repo.path).message


def test_a_broken_plan_is_reported_with_its_place(repo: GitRepo) -> None:
    repo.write("tracker.yml", "project: [\n")
    repo.commit("Break the plan")
    assert "tracker.yml:" in tracker("diff", "base", "HEAD", "--format", "markdown", cwd=repo.path).message


def test_a_history_without_a_common_commit(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit("Another start")
    assert "have no common ancestor here" in changes(repo, "base", "HEAD")


# --- what cannot be compared ----------------------------------------------------------------------------------------


def test_a_claim_that_holds_now(repo: GitRepo) -> None:
    repo.write("never.py", "x")
    repo.commit("Add what session 1 promised")
    assert "### Claims that hold now\n\n- `sessions/2026-01-01-1.yml:5` session 1 says" in changes(repo, "base", "HEAD")


def test_a_workspace_that_is_removed(repo: GitRepo) -> None:
    repo.remove("tracker.yml")
    repo.commit("Drop the workspace")
    text = changes(repo, "base", "HEAD")
    assert "> tracker.yml is removed: nothing in the workspace was compared" in text
    assert "Nothing changed" not in text


def test_a_workspace_that_was_broken_before(repo: GitRepo) -> None:
    repo.write("tracker.yml", "project: [\n")
    repo.commit("Break the plan")
    repo.git("branch", "broken")
    repo.write("tracker.yml", PLAN)
    repo.commit("Mend the plan")
    text = changes(repo, "broken", "HEAD")
    assert "tracker.yml could not be read at" in text
    assert "Claims that do not hold" not in text


def test_a_base_that_moved_on_is_no_change(repo: GitRepo) -> None:
    """Neither before nor after it is merged into the branch, and not in the merge that GitHub checks out."""
    repo.write("sessions/2026-01-02-2.yml", NEXT)
    repo.commit("Session 2")
    repo.git("checkout", "-q", "base")
    repo.write("sessions/2026-01-02-3.yml", NEXT.replace('"2"', '"3"').replace("gone.py", "theirs.py"))
    repo.commit("Session 3 of others")
    texts = [changes(repo, "base", "work")]
    repo.git("merge", "-q", "--no-ff", "-m", "Merge the pull request", "work")
    texts.append(changes(repo, "HEAD^1", "HEAD"))
    repo.git("checkout", "-q", "-B", "work", "HEAD^2")
    repo.git("merge", "-q", "-m", "Merge the base", "base^1")
    texts.append(changes(repo, "base^1", "HEAD"))
    assert all("gone.py" in text and "theirs.py" not in text for text in texts)


def test_a_shallow_clone_is_not_compared(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("notes.txt", "")
    repo.commit("Notes")
    folder = tmp_path / "shallow"
    repo.git("clone", "-q", "--depth=1", "--branch=work", f"file://{repo.path}", str(folder))
    GitRepo(folder).git("fetch", "-q", "--depth=1", "origin", "base")
    done = tracker("diff", "FETCH_HEAD", "HEAD", "--format", "markdown", cwd=folder)
    assert (done.code, "fetch the whole history" in done.message) == (2, True)
