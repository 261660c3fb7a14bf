"""Where commits landed, in real repositories: squashed, rebased, amended, abandoned, shallow, partial."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

OPEN = 'session: "7"\ndate: 2026-02-15\nfocus: The pump\n'


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """A repository with a feature branch on which session 7 was opened, made two commits and was closed."""
    return honest(tmp_path / "repository")


def honest(path: Path, *options: str) -> GitRepo:
    repo = GitRepo(path, *options)
    repo.at("2026-02-10T12:00:00+00:00")
    repo.write("tracker.yml", "project: P\n")
    repo.write("base.py", "base\n" * 20)
    repo.commit("Start")
    repo.git("checkout", "-q", "-b", "feature")
    repo.at("2026-02-15T09:00:00+01:00")
    repo.write("sessions/7.yml", OPEN)
    repo.commit("Open session 7")
    repo.write("pump.py", "pump\n")
    repo.write("base.py", "changed\n" + "base\n" * 20)
    repo.commit("Add the pump")
    repo.write("pump.py", "pump\nand tank\n")
    repo.write("tank.py", "tank\n")
    repo.commit("Add the tank to it")
    assert tracker("new", "--close", cwd=repo.path).code == 0
    repo.commit("Close session 7")
    repo.git("checkout", "-q", "main")
    repo.at("2026-02-16T12:00:00+00:00")
    return repo


def fresh(repo: GitRepo, *options: str) -> Path:
    """A clone that has main alone."""
    path = repo.path.parent / "clone"
    clone = ["git", "clone", "-q", "--single-branch", "--branch=main", *options, repo.path.as_uri(), str(path)]
    subprocess.run(clone, check=True, capture_output=True)
    return path


def details(folder: Path, kind: str = "commit", session: str = "7") -> list[tuple[str, str]]:
    """Verdict and detail of each claim of a kind."""
    return [(one["verdict"], one["detail"]) for one in claims(folder, session) if one["kind"] == kind]


def claims(folder: Path, session: str = "7") -> list[dict[str, Any]]:
    done = tracker("build", "--no-site", cwd=folder)
    assert done.code == 0, done
    exported = json.loads((folder / "docs/tracker/tracker.json").read_text("utf-8"))
    (found,) = (one["claims"] for one in exported["sessions"]["all"] if one["id"] == session)
    return list(found)


def check(folder: Path, *options: str) -> int:
    return tracker("check", *options, cwd=folder).code


LANDED_AS = [("confirmed", "landed-as")] * 2


def test_a_squash_of_a_deleted_branch_is_recognised_by_a_clone_without_it(repo: GitRepo) -> None:
    repo.git("merge", "-q", "--squash", "feature")
    repo.commit("Pump (#1)")
    folder = fresh(repo)
    assert details(folder) == LANDED_AS
    assert all("tree of its session" in one["reason"] or "patch id" in one["reason"] for one in claims(folder)[:2])
    assert check(folder, "--strict") == 0


def test_a_squash_onto_a_main_that_moved(repo: GitRepo) -> None:
    repo.write("other.py", "other\n")
    repo.commit("Work of others")
    repo.git("merge", "-q", "--squash", "feature")
    repo.commit("Pump (#1)")
    assert check(repo.path, "--strict") == 0, "with the branch still there"
    folder = fresh(repo)
    assert details(folder) == LANDED_AS
    assert "makes the change of its session (patch id)" in claims(folder)[0]["reason"]
    assert details(folder, "created") == [("confirmed", "landed")] * 2
    assert check(folder, "--strict") == 0


def test_a_squash_whose_surroundings_differ_is_known_by_its_contents(repo: GitRepo) -> None:
    repo.git("merge", "-q", "--squash", "feature")
    repo.write("README.md", "added in review\n")
    repo.commit("Pump (#1)")
    folder = fresh(repo)
    assert details(folder) == LANDED_AS
    assert "writes every file as its session left it" in claims(folder)[0]["reason"]


def test_a_squash_that_review_changed_in_part_is_a_weak_sign(repo: GitRepo) -> None:
    repo.git("merge", "-q", "--squash", "feature")
    repo.write("tank.py", "tank, as the review wanted it\n")
    repo.commit("Pump (#1)")
    folder = fresh(repo)
    assert details(folder) == LANDED_AS
    assert "writes 2 of 3 files as its session left them (weak)" in claims(folder)[0]["reason"]


def test_a_squash_late_is_still_of_the_session(repo: GitRepo) -> None:
    repo.at("2026-04-20T12:00:00+00:00")
    repo.git("merge", "-q", "--squash", "feature")
    repo.commit("Pump (#1)")
    folder = fresh(repo)
    assert check(folder, "--strict") == 0, tracker("check", cwd=folder)


def test_a_rebase_keeps_the_patch_ids(repo: GitRepo) -> None:
    repo.write("other.py", "other\n")
    repo.commit("Work of others")
    repo.git("rebase", "-q", "main", "feature")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--ff-only", "feature")
    folder = fresh(repo)
    assert details(folder) == LANDED_AS
    assert [one["reason"].partition(": ")[2] for one in claims(folder)[:2]] == ["the same change (patch id)"] * 2
    assert check(folder, "--strict") == 0


def test_an_invented_commit_beside_honest_ones_is_not_found(repo: GitRepo) -> None:
    repo.git("merge", "-q", "--squash", "feature")
    path = repo.path / "sessions/7.yml"
    path.write_text(path.read_text("utf-8").replace("combined:", "  - commit: beef000\n    note: nothing\ncombined:"))
    repo.commit("Pump (#1)")
    folder = fresh(repo)
    assert details(folder) == [*LANDED_AS, ("refuted", "not-found")]
    assert check(folder) == 1


def test_a_session_without_records_is_not_found_in_a_clone_and_landed_where_the_branch_is(repo: GitRepo) -> None:
    path = repo.path / "sessions/7.yml"
    repo.git("merge", "-q", "--squash", "feature")
    text = path.read_text("utf-8")
    kept = [line for line in text.partition("combined:")[0].splitlines() if "patch_id" not in line]
    path.write_text("\n".join(kept) + "\n")
    repo.commit("Pump (#1)")
    assert details(repo.path) == LANDED_AS
    assert details(fresh(repo)) == [("refuted", "not-found")] * 2


@pytest.mark.parametrize("message", ["squash", "pull request"])
def test_a_squash_message_may_name_or_list_commits(repo: GitRepo, message: str) -> None:
    feature = repo.git("rev-parse", "feature~1")
    path = repo.path / "sessions/7.yml"
    body = f"Squashed commit of the following:\n\ncommit {feature}\nAuthor: Ada <ada@example.org>\n\n    Add the tank"
    body = body if message == "squash" else "* Add the pump\n\n* Add the tank to it\n\n* wip"
    path.parent.mkdir()
    path.write_text(
        f"{OPEN}commits:\n  - {{commit: {feature}, note: Add the tank to it}}\n  - {{commit: beef000, note: wip}}\n"
    )
    repo.commit(f"Pump (#1)\n\n{body}")
    folder = fresh(repo)
    assert details(folder) == [("confirmed", "landed-as"), ("refuted", "not-found")]
    text = "its message names it" if message == "squash" else "a squash whose message lists its subject (weak)"
    assert text in claims(folder)[0]["reason"]


@pytest.mark.parametrize(
    ("trailer", "detail"),
    [
        ("(cherry picked from commit {})", "landed-as"),
        ("Original-commit: {}", "landed-as"),
        ("Backport-of: {}", "landed-as"),
        ("commit {} upstream.", "landed-as"),
        ("This reverts commit {}.", "not-found"),
        ('Fixes: {} ("Add the pump")', "not-found"),
        ("See {} for more", "not-found"),
    ],
)
def test_which_messages_say_that_a_commit_landed(repo: GitRepo, trailer: str, detail: str) -> None:
    commit = "ab" * 20
    repo.write("sessions/7.yml", f"{OPEN}commits: [{commit[:9]}]\n")
    repo.commit("Something else\n\n" + trailer.format(commit))
    assert [one for _, one in details(repo.path)] == [detail]


def test_two_sessions_on_one_branch_are_squashed_together(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "feature")
    repo.write("sessions/8.yml", OPEN.replace("7", "8"))
    repo.commit("Open session 8")
    repo.write("valve.py", "valve\n")
    repo.commit("Add a valve")
    tracker("new", "--close", cwd=repo.path)
    repo.commit("Close session 8")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--squash", "feature")
    repo.commit("Pump and valve (#1)")
    folder = fresh(repo)
    assert details(folder) == LANDED_AS
    assert details(folder, session="8") == LANDED_AS[:1]
    assert check(folder, "--strict") == 0, tracker("check", cwd=folder)


def test_an_amended_commit_of_the_reflog_landed_as_its_successor(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "feature")
    old = repo.git("rev-parse", "HEAD~1")
    repo.git("reset", "-q", "--hard", old)
    repo.git("commit", "-q", "--amend", "-m", "Add the tank, in other words")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{old}]\n")
    assert details(repo.path) == LANDED_AS[:1]


def test_a_rebase_with_a_conflict_is_known_by_author_time_and_subject(repo: GitRepo) -> None:
    old = repo.git("rev-parse", "feature~2")
    date = repo.git("log", "-1", "--format=%aI", old)
    repo.write("pump.py", "pump, after a conflict\n")
    repo.commit("Add the pump", f"--date={date}")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{old}]\n")
    assert details(repo.path) == LANDED_AS[:1]
    assert "(weak: the change differs)" in claims(repo.path)[0]["reason"]


def test_a_recorded_commit_that_a_rebase_changed_is_known_by_its_subject_and_day(repo: GitRepo) -> None:
    date = repo.git("log", "-1", "--format=%aI", "feature~2")
    repo.git("checkout", "-q", "feature", "--", "sessions")
    repo.commit("Keep the log")
    repo.write("pump.py", "pump, after a conflict\n")
    repo.commit("Add the pump", f"--date={date}")
    repo.write("tank.py", "tank, after a conflict\n")
    repo.commit("Add the tank to it", "--date=2026-03-01T12:00:00Z")
    folder = fresh(repo)
    assert details(folder) == [("confirmed", "landed-as"), ("refuted", "not-found")]
    assert "its subject on a day of its session (weak: the change differs)" in claims(folder)[0]["reason"]


def test_a_commit_on_no_branch_is_elsewhere(repo: GitRepo) -> None:
    old = repo.git("rev-parse", "feature~1")
    repo.git("branch", "-q", "-D", "feature")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{old}]\nfiles: {{created: [tank.py]}}\n")
    assert details(repo.path) == [("disputed", "elsewhere")]
    assert "on no branch" in claims(repo.path)[0]["reason"]
    assert details(repo.path, "created") == [("disputed", "elsewhere")]
    assert (check(repo.path), check(repo.path, "--strict")) == (0, 1)


def test_a_reverted_branch_commit_does_not_make_the_base_its_landing(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "-b", "undone")
    repo.write("new.py", "new\n")
    first = repo.commit("Add new")
    repo.remove("new.py")
    second = repo.commit("Remove new: the tree is that of main again")
    repo.git("checkout", "-q", "main")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{first}, {second}]\n")
    assert details(repo.path) == [("disputed", "elsewhere")] * 2


def test_merge_root_and_empty_commits_land_like_others(repo: GitRepo) -> None:
    root = repo.git("rev-list", "--max-parents=0", "HEAD")
    repo.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    merge = repo.git("rev-parse", "HEAD")
    empty = repo.commit("Nothing at all")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{root}, {merge}, {empty}]\n")
    assert [one for _, one in details(repo.path)] == ["wrong-time", "landed", "landed"]


def test_empty_and_merge_commits_of_a_squash_are_recorded_as_having_no_patch(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "feature")
    repo.commit("Nothing at all")
    tracker("new", "--close", cwd=repo.path)
    repo.commit("Close session 7 again")
    repo.git("checkout", "-q", "main")
    assert "patch_id: none" in repo.git("show", "feature:sessions/7.yml")
    repo.git("merge", "-q", "--squash", "feature")
    repo.commit("Pump (#1)")
    assert {one for _, one in details(fresh(repo))} == {"landed-as"}


def test_a_shallow_clone_cannot_decide(repo: GitRepo) -> None:
    repo.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    repo.commit("Later")
    folder = fresh(repo, "--depth=1")
    assert details(folder) == [("unknown", "shallow")] * 2
    assert set(details(folder, "created")) == {("unknown", "shallow")}
    assert (check(folder), check(folder, "--strict")) == (0, 0)


@pytest.mark.parametrize(
    ("missing", "verdicts", "created"),
    [
        ("blob:none", LANDED_AS, ("confirmed", "landed")),
        ("tree:0", [("unknown", "partial")] * 2, ("unknown", "partial")),
    ],
)
def test_a_partial_clone_compares_what_it_has(
    repo: GitRepo, missing: str, verdicts: list[tuple[str, str]], created: tuple[str, str]
) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("merge", "-q", "--squash", "feature")
    repo.commit("Pump (#1)")
    repo.write("other.py", "other\n")
    repo.commit("Work of others")
    folder = fresh(repo, f"--filter={missing}")
    objects = (folder / ".git/objects").stat().st_mtime_ns, sorted((folder / ".git/objects").rglob("*"))
    assert details(folder) == verdicts
    assert details(folder, "created") == [created] * 2
    assert (check(folder), check(folder, "--strict")) == (0, 0), tracker("check", cwd=folder)
    assert objects == ((folder / ".git/objects").stat().st_mtime_ns, sorted((folder / ".git/objects").rglob("*")))
    assert "cut off" not in str(claims(folder))


@pytest.mark.parametrize("missing", ["blob:none", "tree:0"])
def test_a_partial_clone_without_the_files_of_a_commit_says_so(repo: GitRepo, missing: str) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    start = repo.git("rev-parse", "HEAD")
    repo.write("tracker.yml", "project: Q\n")
    repo.commit("Rename the project")
    folder = fresh(repo, f"--filter={missing}")
    message = tracker("diff", start, "HEAD", cwd=folder).message
    assert message.endswith("not in this partial clone; run the command in a complete one")


def test_a_commit_that_was_left_out_did_not_land_with_the_others(repo: GitRepo) -> None:
    repo.write("other.py", "other\n")
    repo.commit("Work of others")
    repo.git("cherry-pick", "feature~2")
    repo.git("checkout", "-q", "feature", "--", "sessions")
    repo.commit("Keep the log")
    assert details(repo.path) == [("confirmed", "landed-as"), ("disputed", "elsewhere")]
    assert details(fresh(repo)) == [("confirmed", "landed-as"), ("refuted", "not-found")]


def test_one_commit_of_a_session_is_no_squash_of_it(repo: GitRepo) -> None:
    """Half of the files are as the session left them, by a commit that landed on its own."""
    repo.git("checkout", "-q", "-b", "other", "main")
    repo.at("2026-02-15T09:00:00+01:00")
    repo.write("sessions/8.yml", OPEN.replace("7", "8"))
    repo.commit("Open session 8")
    repo.write("valve.py", "valve\n")
    valve = repo.commit("Add a valve")
    repo.write("lever.py", "lever\n")
    repo.commit("Add a lever")
    assert tracker("new", "--close", cwd=repo.path).code == 0
    repo.commit("Close session 8")
    repo.git("checkout", "-q", "main")
    repo.git("cherry-pick", valve)
    repo.git("checkout", "-q", "other", "--", "sessions")
    repo.commit("Keep the log")
    assert details(fresh(repo), session="8") == [("confirmed", "landed-as"), ("refuted", "not-found")]


@pytest.mark.parametrize(("kept", "detail"), [(("pump.py", "tank.py"), "landed-as"), (("tank.py",), "not-found")])
def test_a_squash_must_keep_half_of_the_files(repo: GitRepo, kept: tuple[str, ...], detail: str) -> None:
    repo.git("merge", "-q", "--squash", "feature")
    for path in {"pump.py", "tank.py", "base.py"} - set(kept):
        repo.write(path, f"{path}, as the review wanted it\n")
    repo.commit("Pump (#1)")
    assert {one for _, one in details(fresh(repo))} == {detail}


def test_a_branch_that_ends_as_it_began_did_not_land_as_its_base(repo: GitRepo) -> None:
    repo.write("other.py", "other\n")
    repo.commit("Base of the branch")
    repo.git("checkout", "-q", "-b", "undone")
    repo.write("new.py", "new\n")
    first = repo.commit("Add new")
    repo.remove("new.py")
    repo.commit("Remove new")
    repo.git("checkout", "-q", "main")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{first}]\n")
    assert details(repo.path) == [("disputed", "elsewhere")]


def test_what_is_left_of_a_shallow_history_disputes_nothing(repo: GitRepo) -> None:
    repo.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    repo.at("2026-04-01T12:00:00+00:00")
    for text in ("later", "and later"):
        repo.write("tank.py", text)
        repo.commit("Change the tank")
    repo.write("sessions/7.yml", f"{OPEN}files: {{modified: [tank.py]}}\n")
    repo.commit("Say so")
    folder = fresh(repo, "--depth=3")
    (one,) = claims(folder)
    assert (one["verdict"], one["detail"]) == ("unknown", "shallow")
    assert one["reason"].startswith("this clone's history is incomplete; it says: commit")


def test_a_squash_that_review_added_to_is_known_by_the_contents_of_its_branch(repo: GitRepo) -> None:
    commits = repo.git("rev-parse", "feature~2"), repo.git("rev-parse", "feature~1")
    repo.git("merge", "-q", "--squash", "feature")
    repo.write("README.md", "added in review\n")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{', '.join(commits)}]\n")
    repo.commit("Pump (#1)")
    assert details(repo.path) == LANDED_AS
    assert "writes every file as the branch up to" in claims(repo.path)[0]["reason"]


def test_a_squash_of_commits_without_records_is_proposed(repo: GitRepo) -> None:
    commits = repo.git("rev-parse", "--short", "feature~2"), repo.git("rev-parse", "--short", "feature~1")
    repo.at("2026-02-22T12:00:00+00:00")  # the last day on which work is committed late
    repo.git("merge", "-q", "--squash", "feature")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{', '.join(commits)}]\nfiles: {{created: [pump.py]}}\n")
    squash = repo.commit("Pump and tank (#12)")
    folder = fresh(repo)
    assert details(folder) == [("refuted", "not-found")] * 2
    proposal = f"proposes {squash[:7]} Pump and tank (#12) (its files, its session file)"
    assert all(one["reason"].endswith(proposal) for one in claims(folder)[:2])


def test_a_squash_of_one_commit_is_known_by_its_subject(repo: GitRepo) -> None:
    repo.write("pump.py", "changed in review\n")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{{commit: beef000, note: Add the pump}}]\n")
    repo.commit("Add the pump (#12)")
    (one,) = claims(fresh(repo))
    assert (one["detail"], one["reason"].partition(": ")[2]) == (
        "landed-as",
        "a squash whose message lists its subject (weak)",
    )


def test_replaced_objects_and_grafts_change_no_verdict(repo: GitRepo) -> None:
    repo.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    repo.git("replace", "--graft", "HEAD", "HEAD~1")
    assert details(repo.path) == [("confirmed", "landed")] * 2
    repo.git("replace", "-d", repo.git("rev-parse", "HEAD"))
    (repo.path / ".git/info").mkdir(exist_ok=True)
    (repo.path / ".git/info/grafts").write_text(repo.git("rev-parse", "HEAD") + "\n")
    repo.write("later.py", "later\n")
    repo.commit("Later")
    assert details(repo.path) == [("confirmed", "landed")] * 2


def test_a_merge_may_remove_a_file_of_one_side(repo: GitRepo) -> None:
    repo.git("merge", "-q", "--no-ff", "--no-commit", "feature")
    repo.git("mv", "tank.py", "vat.py")
    merge = repo.commit("Merge the pump; the tank is a vat")
    renamed = "renamed: [{from: tank.py, to: vat.py}]"
    repo.write(
        "sessions/8.yml", f"{OPEN.replace('7', '8').replace('15', '16')}files: {{removed: [tank.py], {renamed}}}\n"
    )
    repo.at("2026-05-01T12:00:00+00:00")
    repo.commit("Keep the log")
    removed, moved = claims(repo.path, "8")
    assert (removed["verdict"], removed["reason"]) == ("confirmed", f"commit {merge[:7]} removed it on 2026-02-16")
    assert (moved["verdict"], moved["detail"]) == ("confirmed", "landed")


def test_a_repository_of_sha256(tmp_path: Path) -> None:
    repo = honest(tmp_path / "repository", "--object-format=sha256")
    repo.git("merge", "-q", "--squash", "feature")
    repo.commit("Pump (#1)")
    assert details(fresh(repo)) == LANDED_AS


def test_a_workspace_in_a_folder(tmp_path: Path) -> None:
    outer = GitRepo(tmp_path / "repository")
    outer.write("sub/tracker.yml", "project: P\n")
    outer.write("root.py", "1\n")
    outer.at("2026-02-15T12:00:00+00:00")
    outer.commit("Start")
    outer.write("root.py", "2\n")
    above = outer.commit("Outside the workspace")
    outer.git("checkout", "-q", "-b", "feature")
    outer.write("sub/pump.py", "pump\n")
    inside = outer.commit("Add the pump")
    paths = "[pump.py, sub/pump.py, ../root.py, root.py, ../../x, ../sub/pump.py]"
    outer.write("sub/sessions/7.yml", f"{OPEN}commits: [{above}, {inside}]\nfiles: {{created: {paths}}}\n")
    outer.git("checkout", "-q", "main")
    outer.git("merge", "-q", "--squash", "feature")
    outer.commit("Pump (#1)")
    folder = outer.path / "sub"
    assert details(folder) == [("confirmed", "landed"), ("confirmed", "landed-as")]
    outside = ("unknown", "outside-workspace")
    moved = ("confirmed", "moved")
    assert details(folder, "created") == [
        ("confirmed", "landed"),
        moved,
        outside,
        outside,
        ("unknown", "outside-repository"),
        moved,
    ]


def test_hashes_that_name_something_else(repo: GitRepo) -> None:
    tree, blob = repo.git("rev-parse", "HEAD^{tree}"), repo.git("rev-parse", "HEAD:base.py")
    repo.git("tag", "-a", "-m", "A tag", "v1", "HEAD")
    tag = repo.git("rev-parse", "v1")
    head = repo.git("rev-parse", "HEAD")
    repo.git("branch", head[:8], "feature")  # git takes the branch for the abbreviated hash
    names = f"{tree}, {blob}, {tag}, {head[:8]}, {head.upper()}"
    repo.write("sessions/7.yml", f"{OPEN.replace('02-15', '02-10')}commits: [{names}]\n")
    assert details(repo.path) == [
        ("refuted", "not-found"),
        ("refuted", "not-found"),
        ("confirmed", "landed-as"),
        ("confirmed", "landed"),
        ("confirmed", "landed"),
    ]
    assert [one["reason"] for one in claims(repo.path)[:2]] == ["a tree, not a commit", "a blob, not a commit"]


def test_an_ambiguous_hash_is_unknown_unless_head_has_one_of_them(repo: GitRepo) -> None:
    one, other = _alike(repo)
    repo.write("sessions/7.yml", f"{OPEN}commits: ['{one[:4]}']\n")
    assert details(repo.path) == [("unknown", "ambiguous")]
    assert check(repo.path, "--strict") == 0
    repo.git("reset", "-q", "--hard", other)
    repo.write("sessions/7.yml", f"{OPEN}commits: ['{one[:4]}']\n")
    repo.write("tracker.yml", "project: P\n")
    assert [detail for _, detail in details(repo.path)] == ["landed"]


def _alike(repo: GitRepo) -> tuple[str, str]:
    """Two commits whose hashes begin with the same four digits."""
    feed = "".join(
        f"commit refs/heads/c{n}\ncommitter A <a@b> 1771156800 +0000\ndata {len(str(n))}\n{n}\n\n" for n in range(900)
    )
    repo.git("fast-import", "--quiet", stdin=feed.encode())
    by_start: dict[str, str] = {}
    for commit in repo.git("for-each-ref", "--format=%(objectname)", "refs/heads/c*").split():
        other = by_start.setdefault(commit[:4], commit)
        if other != commit:
            return commit, other
    raise AssertionError("no two commits begin alike")


def test_a_commit_of_a_submodule(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner")
    inner.write("valve.c", "valve")
    pinned = inner.commit("Pinned")
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "lib")
    repo.commit("Add a submodule")
    newer = inner.commit("Not pinned")
    repo.git("-C", "lib", "-c", "protocol.file.allow=always", "fetch", "-q")
    invented = "ab" * 20
    repo.write("sessions/7.yml", f"{OPEN}commits: [{pinned[:9]}, {newer}, {invented}]\n")
    assert details(repo.path) == [("confirmed", "landed-as"), ("unknown", "submodule"), ("refuted", "not-found")]
    folder = fresh(repo)
    (folder / "sessions").mkdir()
    (folder / "sessions/7.yml").write_text(f"{OPEN}commits: [{invented}]\n")
    assert details(folder) == [("unknown", "submodule")], "it is not checked out there"


def test_a_repository_without_commits(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    repo.write("sessions/7.yml", f"{OPEN}commits: [{'ab' * 20}]\nfiles: {{created: [tracker.yml, a.py]}}\n")
    repo.git("add", "tracker.yml")
    done = tracker("check", "--format", "json", cwd=repo.path).json
    assert [one["detail"] for one in (*done["refuted"], *done["unknown"])] == ["not-found", "not-found"]


def test_a_mistyped_commit_is_proposed(repo: GitRepo) -> None:
    repo.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    right = repo.git("rev-parse", "feature~2")
    wrong = right[:8] + ("0" if right[8] != "0" else "1")
    repo.write("sessions/7.yml", f"{OPEN}commits: ['{wrong}', {{commit: beef000, note: Add the tank to it}}]\n")
    done = tracker("check", cwd=repo.path)
    assert f"`tracker check --fix` proposes {right[:7]} Add the pump (a similar hash, its day)" in done.out
    assert "Add the tank to it (its subject, its day" in done.out
    assert done.code == 1


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_fix_changes_nothing_but_what_it_adds(repo: GitRepo, end: str) -> None:
    repo.git("merge", "-q", "--squash", "feature")
    one, two = repo.git("rev-parse", "feature~2"), repo.git("rev-parse", "feature~1")
    lines = [
        "# kept as it is: 1e5, ~, +1",
        'session: "7"',
        "date: 2026-02-15   # a day",
        "focus: 'Quoted'",
        "metrics: {a: 1e5, b: ~, c: +1}",
        "commits:",
        f"    -   commit: '{one}'   # first",
        "        note: |",
        "            Of two",
        "            lines",
        f"    -   {two[:9]}  # second",
        "highlights: [x]",
        "",
    ]
    path = repo.path / "sessions/7.yml"
    path.write_bytes(b"\xef\xbb\xbf" + end.join(lines).encode())
    landed = repo.commit("Pump (#1)")
    done = tracker("check", "--fix", cwd=repo.path)
    assert done.code == 0, done
    text = path.read_bytes().decode("utf-8-sig")
    added = [line for line in text.split(end) if line not in lines]
    assert [line.strip().partition(":")[0] for line in added] == ["patch_id", "-   commit", "note", "-   {commit"]
    assert added[1].endswith(landed[:10])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert (end == "\n") == ("\r" not in text)
    assert details(repo.path) == [("confirmed", "landed-as"), ("confirmed", "landed"), ("confirmed", "landed-as")]
    before = path.read_bytes()
    assert tracker("check", "--fix", cwd=repo.path).out == ""
    assert path.read_bytes() == before


def test_a_run_at_night_belongs_to_the_day_of_its_people(repo: GitRepo) -> None:
    repo.at("2026-02-15T18:20:00-08:00")
    repo.commit("Evening work")
    repo.write("sessions/7.yml", OPEN)
    repo.write("sessions/8.yml", OPEN.replace("7", "8").replace("02-15", "02-16"))
    repo.write("diagnostics/results/soak.json", '{"started": "2026-02-16T02:30:00Z"}')
    tracker("build", "--no-site", cwd=repo.path)
    exported = json.loads((repo.path / "docs/tracker/tracker.json").read_text("utf-8"))
    assert [one["session"] for one in exported["runs"]] == ["7"]
