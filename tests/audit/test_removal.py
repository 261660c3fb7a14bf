"""`tracker audit --remove`, `--archive` and `--undo`: what goes, what is left alone, and that nothing is ever lost."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.command import Done, tracker, tracker_fork
from tests.gitrepo import GitRepo
from tracker.audit import removal
from tracker.commands import audit as auditing

STALE = ("--only", "archive", "--maybe")
"""What lies in a folder of backups, however sure."""

Snapshot = dict[str, object]


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.write("main.py", "print('stays')\n")
    repo.write("backup/alpha.py", "print('alpha')\r\n")
    repo.write("backup/deep/beta.bin", b"\0\1\2")
    (repo.path / "backup/alpha.py").chmod(0o755)
    (repo.path / "backup/link").symlink_to("nowhere at all")
    repo.commit("Start")
    return repo


def remove(repo: GitRepo, *arguments: str) -> Done:
    return tracker("audit", "--remove", "--yes", *STALE, *arguments, cwd=repo.path)


def undo(repo: GitRepo) -> Done:
    return tracker("audit", "--undo", cwd=repo.path)


def on_disk(folder: Path) -> Iterator[tuple[str, object]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name == ".git" or name.startswith((".git/", ".tracker")):
            continue
        kept = path.lstat()
        if stat.S_ISLNK(kept.st_mode):
            yield name, path.readlink()
        elif stat.S_ISREG(kept.st_mode):
            yield name, (path.read_bytes(), kept.st_mode, kept.st_mtime_ns)
        else:
            yield name, "folder"


def snapshot(repo: GitRepo) -> Snapshot:
    """Files with their bytes, modes and times, folders, and the index."""
    return dict(on_disk(repo.path)) | {"\0index": repo.git("ls-files", "--stage", "-v", "-z")}


def staged(repo: GitRepo) -> list[str]:
    return repo.git("status", "--porcelain").splitlines()


def test_removed_files_are_staged_and_come_back_exactly(repo: GitRepo) -> None:
    before = snapshot(repo)
    done = remove(repo)
    assert done.code == 0
    assert "remove (3)" in done.out
    assert "3 files removed: staged, not committed; tracker audit --undo restores them" in done.out
    assert staged(repo) == ["D  backup/alpha.py", "D  backup/deep/beta.bin", "D  backup/link"]
    assert not (repo.path / "backup").exists()
    assert undo(repo).out == "3 files are restored\n"
    assert snapshot(repo) == before
    assert staged(repo) == []
    assert "there is no removal to undo here" in undo(repo).message
    assert not (repo.path / ".git/tracker-audit").exists()


def test_archived_files_are_renamed_and_stay_archived(repo: GitRepo) -> None:
    done = tracker("audit", "--archive", "attic/2026", "--yes", *STALE, cwd=repo.path)
    assert "  → attic/2026/backup/alpha.py" in done.out
    assert "R  backup/alpha.py -> attic/2026/backup/alpha.py" in staged(repo)
    assert stat.S_IMODE((repo.path / "attic/2026/backup/alpha.py").stat().st_mode) == 0o755
    repo.commit("Archived")
    again = tracker("audit", "--archive", "attic", "--yes", *STALE, cwd=repo.path)
    assert "attic/2026/backup/alpha.py  it is archived already" in again.out


def test_an_archive_and_its_undo(repo: GitRepo) -> None:
    before = snapshot(repo)
    assert tracker("audit", "--archive", "attic", "--yes", *STALE, cwd=repo.path).code == 0
    assert undo(repo).code == 0
    assert snapshot(repo) == before
    assert staged(repo) == []


def test_it_shows_the_plan_and_asks(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(repo)
    done = tracker("audit", "--remove", *STALE, cwd=repo.path)
    assert "remove (3)" in done.out
    assert done.message == "nothing was removed: there is no terminal to ask; --yes removes what is listed"
    assert snapshot(repo) == before
    monkeypatch.setattr(auditing, "is_terminal", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    done = tracker("audit", "--remove", *STALE, cwd=repo.path)
    assert (done.code, "nothing was removed" in done.out) == (1, True)
    assert snapshot(repo) == before
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert tracker("audit", "--remove", *STALE, cwd=repo.path).code == 0
    assert len(staged(repo)) == 3


def test_what_is_less_certain_stays_without_maybe(repo: GitRepo) -> None:
    (repo.path / "backup/link").unlink()
    repo.commit("No link")
    before = snapshot(repo)
    done = tracker("audit", "--remove", "--yes", cwd=repo.path)
    assert (done.code, done.out) == (0, "nothing to remove\n")
    assert snapshot(repo) == before


def test_only_clean_tracked_unchanged_files_go(repo: GitRepo) -> None:
    for name in ("edited", "staged", "assumed", "skipped", "clean", "gone", "folder"):
        repo.write(f"backup/{name}.txt", f"{name}\n")
    repo.commit("More")
    repo.write("backup/edited.txt", "precious work\n")
    repo.write("backup/staged.txt", "precious work\n")
    repo.write("backup/added.txt", "precious work\n")
    repo.git("add", "backup/staged.txt", "backup/added.txt")
    repo.git("update-index", "--assume-unchanged", "backup/assumed.txt")
    repo.git("update-index", "--skip-worktree", "backup/skipped.txt")
    repo.write("backup/assumed.txt", "precious work\n")
    repo.write("backup/skipped.txt", "precious work\n")
    repo.write("backup/untracked.txt", "precious work\n")
    repo.remove("backup/gone.txt")
    repo.remove("backup/folder.txt")
    (repo.path / "backup/folder.txt").mkdir()
    before = snapshot(repo)
    done = remove(repo)
    for name in ("edited", "staged", "added"):
        assert f"  backup/{name}.txt  it has changes that are not committed\n" in done.out
    assert "  backup/assumed.txt  git does not look at it (assume-unchanged)\n" in done.out
    assert "  backup/skipped.txt  it is outside the sparse checkout\n" in done.out
    assert "remove (4)" in done.out
    for name in ("edited", "staged", "added", "assumed", "skipped", "untracked"):
        assert "backup/clean.txt" not in dict(on_disk(repo.path))
        assert f"backup/{name}.txt" in dict(on_disk(repo.path))
    assert undo(repo).code == 0
    assert snapshot(repo) == before


def test_a_file_in_conflict_stays(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "-b", "other")
    repo.write("backup/alpha.py", "one\n")
    repo.commit("One")
    repo.git("checkout", "-q", "main")
    repo.write("backup/alpha.py", "two\n")
    repo.commit("Two")
    with pytest.raises(RuntimeError):
        repo.git("merge", "other")
    assert "  backup/alpha.py  it is in conflict\n" in remove(repo).out


def test_a_stale_time_is_no_change(repo: GitRepo) -> None:
    os.utime(repo.path / "backup/alpha.py", (1, 1))
    assert "remove (3)" in remove(repo).out


def test_what_a_file_that_stays_mentions_is_left_alone(repo: GitRepo) -> None:
    repo.write("backup/first_helper.py", "from backup import second_helper\n")
    repo.write("backup/second_helper.py", "import backup.third_helper\n")
    repo.write("backup/third_helper.py", "x = 1\n")
    repo.write("backup/island_one.py", "import backup.island_two\n")
    repo.write("backup/island_two.py", "import backup.island_one\n")
    repo.write("main.py", "import backup.first_helper\n")
    repo.write("CHANGELOG.md", "- backup/alpha.py came\n")
    repo.commit("Helpers")
    assert remove(repo).code == 0
    gone = {line[3:] for line in staged(repo)}
    assert {"backup/island_one.py", "backup/island_two.py", "backup/alpha.py"} <= gone
    assert not any("helper" in path for path in gone)


def test_from_a_folder_the_whole_repository_is_asked(repo: GitRepo) -> None:
    repo.write("lib/backup/needed_helper.py", "x = 1\n")
    repo.write("lib/backup/other.txt", "x\n")
    repo.write("main.py", "import lib.backup.needed_helper\n")
    repo.commit("More")
    before = snapshot(repo)
    done = tracker("audit", "lib", "--remove", "--yes", *STALE, cwd=repo.path)
    assert "  backup/needed_helper.py  main.py mentions it\n" in done.out
    assert staged(repo) == ["D  lib/backup/other.txt"]
    assert tracker("audit", "--undo", "lib", cwd=repo.path).code == 0
    assert snapshot(repo) == before


NAMES = [
    b"-rf",
    b"--force",
    b"*",
    b"[a-z]*.py",
    b":(glob)**",
    b":!main.py",
    b"new\nline",
    b"tab\tand\\slash",
    b"quo\"te'",
    b"\xff\xfe",
    "ä ∂".encode(),
    b" leading and trailing ",
    b"$(touch x)",
    b"x" * 200,
]


def test_hostile_names_go_alone(repo: GitRepo) -> None:
    for name in NAMES:
        repo.write(b"backup/" + name, b"content of " + name)
        repo.write(b"kept/" + name, b"stays")
    repo.commit("Names")
    before = snapshot(repo)
    kept = {name: value for name, value in before.items() if name.startswith("kept/")}
    done = remove(repo)
    assert f"remove ({3 + len(NAMES)})" in done.out
    after = snapshot(repo)
    assert {name: value for name, value in after.items() if name.startswith("kept/")} == kept
    assert not any(name.startswith("backup") for name in after)
    assert undo(repo).code == 0
    assert snapshot(repo) == before
    assert tracker("audit", "--archive=-attic [*]", "--yes", *STALE, cwd=repo.path).code == 0
    assert undo(repo).code == 0
    assert snapshot(repo) == before


def test_submodules_stay(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner")
    inner.write("a_old.py", "x")
    inner.commit("Inner")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "backup/module")
    repo.commit("Module")
    before = snapshot(repo)
    remove(repo)
    assert (repo.path / "backup/module/a_old.py").is_file()
    assert undo(repo).code == 0
    assert snapshot(repo) == before


def test_a_sparse_checkout_keeps_what_it_leaves_out(repo: GitRepo) -> None:
    repo.write("other/backup/gamma.txt", "x")
    repo.commit("Other")
    repo.git("sparse-checkout", "set", "--cone", "backup")
    before = snapshot(repo)
    done = remove(repo)
    assert "other" not in done.out.split("left alone")[0]
    assert staged(repo) == ["D  backup/alpha.py", "D  backup/deep/beta.bin", "D  backup/link"]
    assert undo(repo).code == 0
    assert snapshot(repo) == before


def test_where_an_archive_may_be(repo: GitRepo, tmp_path: Path) -> None:
    def archive(folder: str) -> Done:
        return tracker("audit", "--archive", folder, "--yes", *STALE, cwd=repo.path)

    before = snapshot(repo)
    assert "expected a folder inside" in archive(str(tmp_path / "elsewhere")).message
    assert "expected a folder inside" in archive(".").message
    assert snapshot(repo) == before
    (tmp_path / "elsewhere").mkdir()
    (repo.path / "attic").mkdir()
    (repo.path / "attic/backup").symlink_to(tmp_path / "elsewhere")
    assert "attic/backup/alpha.py would be inside something that is not a folder" in archive("attic").out
    repo.write("attic2/backup/alpha.py", "taken")
    assert "  backup/alpha.py  attic2/backup/alpha.py is there already\n" in archive("attic2").out
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert (repo.path / "attic2/backup/alpha.py").read_bytes() == b"taken"


def test_an_undo_that_would_overwrite_does_nothing(repo: GitRepo) -> None:
    remove(repo)
    repo.write("backup/alpha.py", "written since\n")
    before = snapshot(repo)
    assert undo(repo).message == (
        "cannot be undone, nothing was changed: backup/alpha.py: there is another file in its place"
    )
    assert snapshot(repo) == before
    repo.remove("backup/alpha.py")
    (repo.path / "backup").rmdir()
    repo.write("backup", "a file now")
    assert "its folder was replaced by something that is not a folder (and 2 more)" in undo(repo).message
    repo.remove("backup")
    repo.write("backup/alpha.py", "staged since\n")
    repo.git("add", "backup/alpha.py")
    assert "backup/alpha.py: it was staged again since" in undo(repo).message
    repo.git("rm", "-q", "-f", "backup/alpha.py")
    assert undo(repo).code == 0
    assert staged(repo) == []


def test_an_undo_of_an_archive_keeps_what_was_written_since(repo: GitRepo) -> None:
    tracker("audit", "--archive", "attic", "--yes", *STALE, cwd=repo.path)
    repo.write("attic/backup/alpha.py", "written since\n")
    assert "backup/alpha.py: attic/backup/alpha.py was changed since" in undo(repo).message
    repo.git("add", "attic/backup/alpha.py")
    assert "backup/alpha.py: attic/backup/alpha.py was changed since" in undo(repo).message
    assert (repo.path / "attic/backup/alpha.py").read_bytes() == b"written since\n"


def test_after_a_commit_the_files_are_staged_as_new(repo: GitRepo) -> None:
    before = dict(on_disk(repo.path))
    remove(repo)
    repo.commit("Removed")
    done = undo(repo)
    assert "there was a commit since: where it has the removal, they are staged as new; commit them" in done.out
    assert dict(on_disk(repo.path)) == before
    assert staged(repo) == ["A  backup/alpha.py", "A  backup/deep/beta.bin", "A  backup/link"]


def test_after_git_brought_them_back_an_undo_is_harmless(repo: GitRepo) -> None:
    remove(repo)
    repo.git("reset", "-q", "--hard")
    assert undo(repo).code == 0
    assert staged(repo) == []


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", ".git/config", "a/.GIT/hooks/x", "", "a\0b", 7])
@pytest.mark.parametrize("where", ["path", "to", "written"])
def test_a_journal_that_leads_out_of_the_repository_is_refused(repo: GitRepo, path: Any, where: str) -> None:
    remove(repo)
    place = repo.path / ".git/tracker-audit/journal.json"
    journal = json.loads(place.read_text("utf-8"))
    if where == "written":
        journal["written"] = {str(path): "0"}
    else:
        journal["steps"][0][where] = path
    place.write_text(json.dumps(journal), "utf-8")
    before = snapshot(repo)
    if (path, where) != (7, "written"):
        assert "cannot be understood" in undo(repo).message
        assert snapshot(repo) == before


def test_a_damaged_journal_is_reported(repo: GitRepo) -> None:
    remove(repo)
    for content in ("", "[]", "{}", '{"steps": [1]}'):
        (repo.path / ".git/tracker-audit/journal.json").write_text(content, "utf-8")
        assert "cannot be understood; the files of the last removal are beside it" in undo(repo).message


def test_one_removal_after_another(repo: GitRepo) -> None:
    remove(repo)
    repo.commit("Removed")
    repo.write("backup/gamma.py", "x")
    repo.commit("Another")
    remove(repo)
    assert undo(repo).out == "1 file is restored\n"
    assert staged(repo) == []


def test_in_a_linked_working_tree(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = GitRepo(tmp_path / "linked")
    elsewhere, before = snapshot(repo), snapshot(linked)
    remove(linked)
    assert len(staged(linked)) == 3
    assert "no removal to undo" in undo(repo).message
    assert undo(linked).code == 0
    assert (snapshot(repo), snapshot(linked)) == (elsewhere, before)


def test_a_store_on_another_disk(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Path, target: Path) -> Path:
        raise OSError(errno.EXDEV, "Invalid cross-device link", str(self))

    before = snapshot(repo)
    monkeypatch.setattr(Path, "rename", fails)
    remove(repo)
    assert len(staged(repo)) == 3
    assert undo(repo).code == 0
    assert snapshot(repo) == before


@pytest.mark.parametrize("how", [["--remove"], ["--archive", "attic"]])
def test_a_failing_disk_is_reported_with_the_way_back(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, how: list[str]
) -> None:
    before = snapshot(repo)
    real = removal._move
    moved: list[Path] = []

    def fails(root: Path, source: Path, target: Path) -> None:
        if moved:
            raise OSError(errno.EIO, "Input/output error", str(source))
        moved.append(source)
        real(root, source, target)

    monkeypatch.setattr(removal, "_move", fails)
    done = tracker("audit", *how, "--yes", *STALE, cwd=repo.path)
    assert done.message.endswith("Input/output error; nothing is lost: tracker audit --undo restores all of it")
    monkeypatch.undo()
    assert undo(repo).code == 0
    assert snapshot(repo) == before


def test_a_locked_index_is_reported_and_nothing_is_done(repo: GitRepo) -> None:
    repo.write(".git/index.lock", "")
    before = snapshot(repo)
    assert "index.lock" in remove(repo).message
    repo.remove(".git/index.lock")
    assert snapshot(repo) == before
    assert "no removal to undo" in undo(repo).message


def test_a_plan_that_is_no_longer_true_is_not_carried_out(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    def edits(*_: Any) -> bool:
        repo.write("backup/alpha.py", "written while the question stood\n")
        return True

    monkeypatch.setattr(auditing, "is_terminal", edits)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    done = tracker("audit", "--remove", *STALE, cwd=repo.path)
    assert "backup/alpha.py: it has changes that are not committed since the plan was made" in done.err
    assert (repo.path / "backup/alpha.py").read_bytes() == b"written while the question stood\n"
    assert staged(repo) == [" M backup/alpha.py"]


letters = st.sampled_from([*"ab*?[]!:-\\'\" \n\t$(", "\udcff", "é", "ﬁ"])
names = st.lists(letters, min_size=1, max_size=6).map("".join).filter(lambda name: name.strip(".") != "")
fates = st.sampled_from(["clean", "edited", "staged", "added", "untracked", "deleted", "replaced", "executable"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(names, fates, min_size=1, max_size=6), st.booleans())
def test_only_clean_files_are_removed_and_all_come_back(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, str], archive: bool
) -> None:
    repo = GitRepo(tmp_path_factory.mktemp("any"))
    places = {name: f"backup/{name}" for name in files}
    for name, fate in files.items():
        if fate not in ("added", "untracked"):
            repo.write(places[name], f"content of {fate}")
    repo.write("main.py", "print('stays')")
    repo.commit("Start")
    for name, fate in files.items():
        path = repo.path / places[name]
        if fate in ("edited", "staged", "added", "untracked"):
            repo.write(places[name], "precious work")
        if fate in ("staged", "added"):
            repo.git("--literal-pathspecs", "add", "--", places[name])
        if fate in ("deleted", "replaced"):
            path.unlink()
        if fate == "replaced":
            path.symlink_to("main.py")
        if fate == "executable":
            path.chmod(0o755)
    before = snapshot(repo)
    how = ["--archive", "attic"] if archive else ["--remove"]
    tracker("audit", *how, "--yes", *STALE, cwd=repo.path)
    after = snapshot(repo)
    gone = {name for name, place in places.items() if place in before and place not in after}
    assert gone == {name for name, fate in files.items() if fate == "clean"}
    kept = {path: value for path, value in before.items() if path not in {places[name] for name in gone}}
    assert {path: after.get(path) for path in kept if path not in ("\0index", "backup")} == {
        path: value for path, value in kept.items() if path not in ("\0index", "backup")
    }
    if gone:
        assert undo(repo).code == 0
    assert snapshot(repo) == before


# --- in a workspace -------------------------------------------------------------------------------------------------


def test_a_session_file_says_what_was_removed_and_why(repo: GitRepo) -> None:
    repo.write("tracker.yml", "project: P\n")
    repo.write("sessions/7.yml", "session: S7\ndate: 2026-01-01\nfocus: f\nfiles: {created: [backup/alpha.py]}\n")
    repo.commit("Plan")
    before = snapshot(repo)
    assert "recorded in" in remove(repo).out
    (path,) = {*(repo.path / "sessions").iterdir()} - {repo.path / "sessions/7.yml"}
    reported = path.read_text("utf-8")
    assert "session: S8\n" in reported
    assert "    - path: backup/alpha.py\n      note: 'archive: in backup/" in reported
    assert "and 4 claims checked: nothing wrong" in tracker("check", cwd=repo.path).out
    assert undo(repo).code == 0
    assert snapshot(repo) == before
    remove(repo)
    repo.commit("Removed")
    assert tracker("check", cwd=repo.path).code == 0, "git confirms what the session says"
    assert f"sessions/{path.name}: kept, because it was changed or committed" in undo(repo).out
    assert path.read_text("utf-8") == reported


def test_an_archive_is_listed_as_renames_and_the_sessions_stay(repo: GitRepo) -> None:
    repo.write("tracker.yml", "project: P\nsessions: backup/sessions\n")
    repo.write("backup/sessions/7.yml", "session: S7\ndate: 2026-01-01\nfocus: f\n")
    repo.commit("Plan")
    done = tracker("audit", "--archive", "attic", "--yes", *STALE, cwd=repo.path)
    assert "backup/sessions/7.yml" not in done.out
    assert (repo.path / "backup/sessions/7.yml").is_file()
    reported = next(path for path in (repo.path / "backup/sessions").iterdir() if path.name != "7.yml").read_text(
        "utf-8"
    )
    assert "    - from: backup/alpha.py\n      to: attic/backup/alpha.py\n" in reported
    repo.commit("Archived")
    assert tracker("check", cwd=repo.path).code == 0


def test_hostile_names_are_written_into_the_session(repo: GitRepo) -> None:
    repo.write("tracker.yml", "project: P\n")
    for name in NAMES:
        repo.write(b"backup/" + name, b"content of " + name)
    repo.commit("Plan")
    assert remove(repo).code == 0
    assert tracker("status", "--format", "json", cwd=repo.path).json["sessions"]["count"] == 1
    reported = next((repo.path / "sessions").iterdir()).read_text("utf-8")
    assert "- backup/\\udcff\\udcfe: archive: in backup/" in reported
    assert "    - path: |-\n        backup/new\n        line\n" in reported
    assert undo(repo).code == 0
    assert staged(repo) == []


def test_what_is_ignored_or_known_stays(repo: GitRepo) -> None:
    (repo.path / "backup/link").unlink()
    repo.write("backup/gamma.txt", "x")
    repo.write("tracker.yml", "project: P\naudit: {ignore: [{path: backup/alpha.py, reason: r}]}\n")
    repo.commit("Plan")
    tracker("audit", "--baseline", "--maybe", cwd=repo.path)
    assert "nothing to remove" in remove(repo).out
    repo.write("tracker.yml", "project: P\naudit: {ignore: [{path: backup/al*, reason: r}]}\n")
    repo.commit("By a pattern, so that nothing names the file")
    assert "remove (2)" in remove(repo, "--all").out
    assert (repo.path / "backup/alpha.py").is_file()


# --- killed at any moment -------------------------------------------------------------------------------------------

WRITES = ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "subprocess.Popen", "shutil.rmtree", "shutil.move")


def killed(at: int, what: Callable[[], object]) -> bool:
    """Do something in a process that is killed before its `at`th operation that may change anything."""
    child = os.fork()
    if child == 0:
        left = at

        def hook(event: str, given: tuple[Any, ...]) -> None:
            nonlocal left
            by_name = event == "open" and not isinstance(given[0], int)  # a number is a file that is open already
            writes = by_name and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR)
            if event in WRITES or writes:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(hook)
            what()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.fixture(params=[None, "attic"], ids=["remove", "archive"])
def planned(repo: GitRepo, request: pytest.FixtureRequest) -> Callable[[], object]:
    """What the command does after its plan, before which it changes nothing."""
    repo.write("tracker.yml", "project: P\n")
    repo.commit("Plan")
    before = snapshot(repo)
    archive = repo.path / request.param if request.param else None
    reported, plan = auditing.plan_removal(auditing.Inquiry(repo.path, maybe=True, only=("archive",)), archive)
    assert len(plan.steps) == 3
    assert snapshot(repo) == before
    return lambda: auditing.carry_out(repo.path, reported, plan)


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost(repo: GitRepo, planned: Callable[[], object]) -> None:
    before = snapshot(repo)
    at = ends = 0
    while killed(at := at + 1, planned):
        done = undo(repo)
        if done.code:
            assert "there is no removal to undo here" in done.message, at
        else:
            ends += 1
        assert snapshot(repo) == before, at
    assert ends > 10, "most of these moments are in the middle of it"
    assert snapshot(repo) != before, "the last time it was not killed"


@pytest.mark.slow
def test_an_undo_that_is_killed_can_be_done_again(repo: GitRepo, planned: Callable[[], object]) -> None:
    before = snapshot(repo)
    at = 0
    while True:
        planned()
        again = killed(at := at + 1, lambda: undo(repo))
        done = undo(repo)
        assert done.code == 0 or "there is no removal to undo here" in done.message, at
        assert snapshot(repo) == before, at
        if not again:
            break
    assert at > 10


def test_after_an_interruption_nothing_else_is_removed(repo: GitRepo) -> None:
    def dies(*_: object) -> None:
        if (repo.path / ".git/tracker-audit/0").exists():
            os.kill(os.getpid(), signal.SIGKILL)

    def prepare() -> None:
        vars(removal)["_clear"] = dies  # it follows every move

    command = ("audit", "--remove", "--yes", *STALE)
    assert os.WIFSIGNALED(os.waitpid(tracker_fork(*command, cwd=repo.path, prepare=prepare), 0)[1])
    assert len(list((repo.path / ".git/tracker-audit").iterdir())) == 2, "the journal, and one file of three"
    repo.write("backup/new.py", "x")
    repo.git("add", "backup/new.py")
    repo.commit("New")
    assert remove(repo).message == "the last removal was interrupted; put it back first: tracker audit --undo"
