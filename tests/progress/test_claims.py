"""Claims that git cannot judge: what lies in a submodule, or behind the boundary of a shallow clone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

SESSION = "session: 1\ndate: 2026-01-01\nfocus: F\n"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A repository with a plan, and nothing said yet."""
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Start")
    return repo


def test_a_submodule_is_tracked_and_what_it_holds_is_unknown(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner")
    inner.write("pump.c", "int pump;")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "lib/my module")
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [lib/my module, lib/my module/pump.c, lib/my]}}\n")
    repo.commit()
    done = tracker("check", cwd=repo.path)
    assert done.out.splitlines() == [
        "sessions/1.yml:4:56: files.created[2]: session 1 says created lib/my; refuted: git has never had it",
        "1 session and 3 claims checked: 1 wrong, 2 that git cannot judge",
    ]
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    page = (repo.path / "docs/tracker/sessions/2026-01-01-1.md").read_text("utf-8")
    assert "in the submodule lib/my module, whose history is not read" in page


def test_a_check_of_a_shallow_clone_says_what_it_could_not_check(repo: GitRepo, tmp_path: Path) -> None:
    first = repo.git("rev-parse", "HEAD")
    repo.write("sessions/1.yml", f"{SESSION}commits: [{first}, {'ab' * 20}]\n")
    repo.commit()
    repo.git("clone", "--quiet", "--depth=1", repo.path.as_uri(), str(tmp_path / "shallow"))
    done = tracker("check", cwd=tmp_path / "shallow")
    assert (done.code, done.out) == (
        0,
        "1 session and 2 claims checked: nothing wrong, 2 that git cannot judge "
        "(this clone is shallow: `git fetch --unshallow`)\n",
    )


def claims(repo: GitRepo, kind: str) -> dict[str, tuple[str, str]]:
    """By subject, the detail and the reason of all claims with a verdict, as the check gives them."""
    found = tracker("check", "--format", "json", cwd=repo.path).json[kind]
    return {one["subject"]: (one["detail"], one["reason"]) for one in found}


def page(repo: GitRepo, name: str) -> str:
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    return (repo.path / "docs/tracker/sessions" / name).read_text("utf-8")


def test_of_several_files_of_one_name_the_one_of_the_session_is_meant(repo: GitRepo) -> None:
    repo.at("2025-06-01T10:00:00+00:00")
    repo.write("old/util.py", "1")
    repo.commit("Old")
    repo.at("2026-01-01T10:00:00+00:00")
    repo.write("new/util.py", "1")
    new = repo.commit("New")
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [util.py]}}\n")
    repo.commit("Say so")
    checked = tracker("check", "--format", "json", cwd=repo.path).json
    assert [checked[kind] for kind in ("refuted", "disputed", "unknown")] == [[], [], []]
    text = f"commit {new[:7]} added it on 2026-01-01; git has it as new/util.py: write that"
    assert f">confirmed</span> {text}" in page(repo, "2026-01-01-1.md")


def test_what_a_long_past_session_left_uncommitted_is_disputed(repo: GitRepo) -> None:
    repo.write("a.py", "1")
    repo.commit("a")
    repo.write("sessions/1.yml", f"{SESSION}files: {{removed: [a.py]}}\n")
    repo.at("2026-03-01T10:00:00+00:00")
    repo.commit("Say so")
    assert claims(repo, "refuted") == {"a.py": ("still-tracked", "still tracked: git has never removed it")}
    repo.remove("a.py")
    assert claims(repo, "disputed") == {"a.py": ("wrong-time", "not yet committed, and the session is long over")}


@pytest.mark.parametrize(("late", "kind", "detail"), [(7, None, None), (8, "disputed", "wrong-time")])
def test_work_is_committed_at_most_seven_days_late(repo: GitRepo, late: int, kind: str | None, detail: str) -> None:
    repo.at(f"2026-01-{1 + late:02}T10:00:00+00:00")
    repo.write("late.py", "1")
    repo.commit("Late")
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [late.py]}}\n")
    repo.commit("Say so")
    found = {name: {one[0] for one in claims(repo, name).values()} for name in ("refuted", "disputed", "unknown")}
    assert found == {"refuted": set(), "disputed": {detail} if kind else set(), "unknown": set()}


def test_a_rename_is_both_an_addition_and_a_removal(repo: GitRepo) -> None:
    for name in ("a.py", "b.py"):
        repo.write(name, name)
    repo.commit("Both")
    repo.remove("a.py")
    repo.write("c.py", "a.py")
    repo.commit("Move a")
    renamed = "[{from: a.py, to: c.py}, {from: b.py, to: c.py}, {from: scratch.py, to: c.py}, {from: a.py, to: d.py}]"
    repo.write("sessions/1.yml", f"{SESSION}files: {{renamed: {renamed}}}\n")
    repo.commit("Say so")
    assert claims(repo, "refuted") == {
        "b.py \N{RIGHTWARDS ARROW} c.py": ("still-tracked", "still tracked: git has never removed it"),
        "a.py \N{RIGHTWARDS ARROW} d.py": ("not-found", "git has never had it"),
    }
    assert claims(repo, "disputed") == {}


def test_a_folder_is_created_by_its_first_file_and_removed_with_its_last(repo: GitRepo) -> None:
    repo.at("2025-06-01T10:00:00+00:00")
    repo.write("old/a.py", "1")
    repo.write("gone/a.py", "1")
    repo.write("half/a.py", "1")
    repo.write("half/b.py", "1")
    first = repo.commit("Old")
    repo.at("2026-01-01T10:00:00+00:00")
    repo.write("old/b.py", "1")
    repo.write("new/a.py", "1")
    repo.remove("gone/a.py")
    repo.remove("half/a.py")
    repo.commit("New")
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [old, new], removed: [gone, half]}}\n")
    repo.commit("Say so")
    assert claims(repo, "refuted") == {}
    disputed = claims(repo, "disputed")
    assert disputed.keys() == {"old", "half"}
    assert disputed["half"][1].endswith("but half/b.py is still tracked")
    assert disputed["old"][0] == "wrong-time"
    assert disputed["old"][1].startswith(f"the folder is older: commit {first[:7]} added it on 2025-06-01")
    assert disputed["old"][1].endswith("; the session added 1 of the files in it")


def test_two_sessions_claim_one_file_of_one_day(repo: GitRepo) -> None:
    repo.write("a.py", "1")
    made = repo.commit("a")
    for number in (1, 2):
        repo.write(
            f"sessions/{number}.yml", f"session: {number}\ndate: 2026-01-01\nfocus: F\nfiles: {{created: [a.py]}}\n"
        )
    repo.commit("Say so")
    disputed = tracker("check", "--format", "json", cwd=repo.path).json["disputed"]
    text = f"commit {made[:7]} added it on 2026-01-01; session {{}} claims it too"
    assert [(one["session"], one["reason"]) for one in disputed] == [("1", text.format(2)), ("2", text.format(1))]
    assert {one["commit"] for one in disputed} == {made}


def test_a_commit_that_landed_before_the_session_is_not_of_it(repo: GitRepo) -> None:
    repo.at("2025-06-01T10:00:00+00:00")
    repo.write("a.py", "1")
    picked = repo.commit(f"Pick\n\n(cherry picked from commit {'ab' * 20})")
    repo.write("sessions/1.yml", f"{SESSION}commits: [{'ab' * 20}]\n")
    repo.commit("Say so")
    detail, reason = claims(repo, "disputed")["ab" * 20]
    assert (detail, reason) == ("wrong-time", f"commit {picked[:7]} is of 2025-06-01, 214 days before session 1")


def test_a_late_commit_of_another_session_is_of_that_one(repo: GitRepo) -> None:
    repo.at("2026-01-05T10:00:00+00:00")
    repo.write("a.py", "1")
    late = repo.commit("a")
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [a.py]}}\n")
    repo.write("sessions/2.yml", f"session: 2\ndate: 2026-01-05\nfocus: F\ncommits: [{late}]\n")
    repo.commit("Say so")
    text = f"commit {late[:7]} added it on 2026-01-05, four days after session 1; session 2 claims it"
    assert claims(repo, "disputed") == {"a.py": ("wrong-session", text)}


def test_the_commit_that_is_nearest_to_the_session_is_named(repo: GitRepo) -> None:
    repo.write("a.py", "1")
    first = repo.commit("a")
    repo.at("2026-01-02T10:00:00+00:00")
    repo.write("a.py", "2")
    repo.commit("The day after")
    repo.at("2026-01-20T10:00:00+00:00")
    repo.write("a.py", "3")
    repo.commit("Long after")
    repo.write("sessions/1.yml", f"{SESSION}files: {{modified: [a.py]}}\n")
    repo.commit("Say so")
    assert f">confirmed</span> commit {first[:7]} changed it on 2026-01-01 |" in page(repo, "2026-01-01-1.md")


def test_a_folder_may_be_shortened(repo: GitRepo) -> None:
    repo.write("src/pump/a.py", "1")
    made = repo.commit("Pump")
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [pump/]}}\n")
    repo.commit("Say so")
    text = f"commit {made[:7]} added it on 2026-01-01; git has it as src/pump/: write that"
    assert f">confirmed</span> {text}" in page(repo, "2026-01-01-1.md")


def test_a_path_may_lead_through_a_link(repo: GitRepo) -> None:
    repo.write("src/pump/a.py", "1")
    (repo.path / "link").symlink_to("src/pump")
    (repo.path / "circle").symlink_to("circle")
    made = repo.commit("Pump")
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [link/a.py, link, circle/a.py]}}\n")
    repo.commit("Say so")
    assert claims(repo, "refuted") == {}
    assert claims(repo, "unknown").keys() == {"circle/a.py"}
    text = f"commit {made[:7]} added it on 2026-01-01; git has it as src/pump/a.py: write that"
    assert f">confirmed</span> {text}" in page(repo, "2026-01-01-1.md")


def test_a_disputed_claim_names_its_commit_under_any_spelling(repo: GitRepo) -> None:
    repo.at("2025-06-01T10:00:00+00:00")
    repo.write("src/a.py", "1")
    old = repo.commit("a")
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [src\\\\a.py]}}\n".replace("\\\\", "\\"))
    repo.commit("Say so")
    (one,) = tracker("check", "--format", "json", cwd=repo.path).json["disputed"]
    assert (one["commit"], one["detail"]) == (old, "wrong-time")
    assert one["reason"].endswith("; git has it as src/a.py: write that")


def test_the_history_of_files_outside_the_workspace_is_not_read(repo: GitRepo) -> None:
    repo.write("a.py", "1")
    repo.write("part/tracker.yml", "project: P\n")
    repo.write("part/sessions/1.yml", f"{SESSION}files: {{created: [../a.py, a.py]}}\n")
    repo.commit("Say so")
    found = tracker("check", "--format", "json", cwd=repo.path / "part").json["unknown"]
    text = "a file outside the workspace: its history is not read"
    assert [(one["detail"], one["reason"]) for one in found] == [("outside-workspace", text)] * 2


def test_a_partial_clone_names_itself(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("sessions/1.yml", f"{SESSION}files: {{created: [never.py]}}\n")
    repo.commit("Say so")
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "--quiet", "--filter=blob:none", repo.path.as_uri(), str(tmp_path / "partial"))
    (one,) = tracker("check", "--format", "json", cwd=tmp_path / "partial").json["unknown"]
    assert (one["detail"], one["reason"]) == ("partial", "not in this partial clone; a complete one decides")


def test_the_signs_that_speak_for_a_proposal(repo: GitRepo) -> None:
    repo.write("a.py", "1")
    right = repo.commit("Add the pump")
    files = "files: {created: [a.py]}"
    repo.write(
        "sessions/1.yml", f"{SESSION}team: Ada, Bob\n{files}\ncommits: [{{commit: beef000, note: add the pump}}]\n"
    )
    repo.commit("Say so")
    ((_, reason),) = claims(repo, "refuted").values()
    signs = "(its subject, its day, its author, its files)"
    assert reason.endswith(f"`tracker check --fix` proposes {right[:7]} Add the pump {signs}")


@pytest.mark.parametrize(
    "slip",
    [
        lambda hash: hash[:4] + hash[5:9],  # a digit is missing
        lambda hash: hash[:4] + hash[4] + hash[4:9],  # a digit twice
        lambda hash: hash[:5] + hash[6] + hash[5] + hash[7:9] if hash[5] != hash[6] else hash[:8] + "0",
    ],
)
def test_a_slip_in_a_hash_is_recognised(repo: GitRepo, slip: Callable[[str], str]) -> None:
    repo.at("2025-06-01T10:00:00+00:00")
    repo.write("a.py", "1")
    right = repo.commit("Far away in time")
    written = slip(right)
    if right.startswith(written):
        pytest.skip("no slip in this hash")
    repo.write("sessions/1.yml", f"{SESSION}commits: ['{written}']\n")
    repo.commit("Say so")
    assert claims(repo, "refuted")[written][1].endswith(f"proposes {right[:7]} Far away in time (a similar hash)")
