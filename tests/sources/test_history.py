import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.gitrepo import FIRST_COMMIT, GitRepo
from tracker.errors import TrackerError
from tracker.model import Change, Commit
from tracker.sources.history import commits
from tracker.sources.repository import Repository

NONE = "0" * 40


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def read(path: Path, revision: str = "HEAD") -> list[Commit]:
    with Repository.open(path) as repository:
        return list(commits(repository, revision))


def changed(commit: Commit) -> dict[str, str]:
    return {change.path: change.status for change in commit.changes}


def clone(repo: GitRepo, to: Path, *options: str) -> Path:
    repo.git("config", "uploadpack.allowFilter", "true")
    subprocess.run(["git", "clone", "-q", *options, f"file://{repo.path}", to], check=True)
    return to


def test_no_commits(repo: GitRepo) -> None:
    assert read(repo.path) == []


def test_an_unknown_revision(repo: GitRepo) -> None:
    repo.commit()
    with pytest.raises(TrackerError, match="no such revision"):
        read(repo.path, "--all")


def test_what_a_commit_says(repo: GitRepo) -> None:
    repo.write("a", "one")
    first = repo.commit("Add a\n\nBecause.\nOf this.\n")
    repo.write("a", "two")
    second = repo.commit("Change a")
    newest, oldest = read(repo.path)
    blobs = repo.git("rev-parse", f"{first}:a", f"{second}:a").split()
    assert oldest == Commit(
        hash=first,
        tree=repo.git("rev-parse", f"{first}^{{tree}}"),
        parents=(),
        author="Ada",
        email="ada@example.org",
        date=datetime.fromtimestamp(FIRST_COMMIT + 3600, UTC),
        subject="Add a",
        body="Because.\nOf this.",
        changes=(Change("A", "a", NONE, blobs[0]),),
    )
    assert (newest.hash, newest.parents, newest.body) == (second, (first,), "")
    assert newest.changes == (Change("M", "a", blobs[0], blobs[1]),)


def test_from_a_revision(repo: GitRepo) -> None:
    first = repo.commit("one")
    repo.commit("two")
    assert [commit.hash for commit in read(repo.path, "HEAD~1")] == [first]


def test_a_rename_is_a_removal_and_an_addition(repo: GitRepo) -> None:
    repo.write("old", "text")
    repo.commit()
    repo.git("mv", "old", "new")
    repo.commit()
    removed, added = sorted(read(repo.path)[0].changes)[::-1]
    assert (removed.status, removed.path, added.status, added.path) == ("D", "old", "A", "new")
    assert removed.old == added.new


@pytest.mark.parametrize(
    "name",
    [
        b"a \"quoted\" 'name'",
        b"a|pipe",
        b"line\nbreak\ttab",
        "\N{PILE OF POO} emoji".encode(),
        b"not utf-8 \xff\xfe",
        b"-rf",
        b"--all",
        b":100644 100644 aaa bbb M",
        b"{{ x }}<script>",
        b"trailing ",
    ],
)
def test_hostile_names(repo: GitRepo, name: bytes) -> None:
    repo.write(name, "text")
    repo.write(b"in/" + name, "text")
    repo.commit()
    (commit,) = read(repo.path)
    paths = [change.path.encode("utf-8", "surrogateescape") for change in commit.changes]
    assert sorted(paths) == sorted([name, b"in/" + name])


@pytest.mark.parametrize(
    ("message", "subject", "body"),
    [
        (b"{{ x }} <script>alert(1)</script>", "{{ x }} <script>alert(1)</script>", ""),
        (b"\\0 %x00 ^@ \x01\x02\n\n\\x00\n:100644 100644 a b M", "\\0 %x00 ^@ \x01\x02", "\\x00\n:100644 100644 a b M"),
        (b"folded\nsubject\n\nbody\r\n\n\nend\n\n", "folded subject", "body\r\n\n\nend"),
        (b":100644 colon first", ":100644 colon first", ""),
        ("\N{PILE OF POO}".encode(), "\N{PILE OF POO}", ""),
        (b"", "", ""),
    ],
)
def test_hostile_messages(repo: GitRepo, message: bytes, subject: str, body: str) -> None:
    repo.write("before", "text")
    before = repo.commit("before")
    repo.write("a", "text")
    repo.commit(message, "--allow-empty-message")
    commit, previous = read(repo.path)
    assert (commit.subject, commit.body) == (subject, body)
    assert changed(commit) == {"a": "A"}
    assert previous.hash == before


def test_a_message_with_a_nul_and_an_impossible_date(repo: GitRepo) -> None:
    tree = repo.git("write-tree")
    text = f"tree {tree}\nauthor A\udcff <a> 99999999999999999 +0000\ncommitter A <a> 1 +9999\n\nsub\0ject\n"
    bad = repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=os.fsencode(text))
    repo.git("update-ref", "refs/heads/main", bad)
    repo.write("a", "text")
    repo.commit("next")
    newest, oldest = read(repo.path)
    assert changed(newest) == {"a": "A"}
    assert (oldest.hash, oldest.subject, oldest.author) == (bad, "sub", "A\N{REPLACEMENT CHARACTER}")
    assert oldest.date == datetime.fromtimestamp(0, UTC)


def test_a_merge_changes_only_what_no_parent_has(repo: GitRepo) -> None:
    repo.write("shared", "base")
    repo.write("dropped", "base")
    repo.commit("base")
    repo.git("checkout", "-q", "-b", "side")
    repo.write("shared", "side")
    repo.write("dropped", "side")
    repo.write("side only", "side")
    side = repo.commit("side")
    repo.git("checkout", "-q", "main")
    repo.write("shared", "main")
    repo.write("dropped", "main")
    main = repo.commit("main")
    repo.git("merge", "-q", "--no-commit", "-s", "ours", "side")
    repo.write("shared", "both")
    repo.write("side only", "side")
    repo.remove("dropped")
    merge = repo.commit("merge")
    by_hash = {commit.hash: commit for commit in read(repo.path)}
    assert by_hash[merge].parents == (main, side)
    assert changed(by_hash[merge]) == {"shared": "M", "dropped": "D"}
    assert changed(by_hash[side]) == {"shared": "M", "dropped": "M", "side only": "A"}
    (shared,) = (change for change in by_hash[merge].changes if change.path == "shared")
    assert [shared.old, shared.new] == repo.git("rev-parse", f"{main}:shared", f"{merge}:shared").split()


def test_orphan_branches_that_were_merged(repo: GitRepo) -> None:
    repo.write("a", "text")
    repo.commit("a")
    repo.git("checkout", "-q", "--orphan", "other")
    repo.git("rm", "-rfq", ".")
    repo.write("b", "text")
    repo.commit("b")
    repo.git("merge", "-q", "--allow-unrelated-histories", "-m", "both", "main")
    history = read(repo.path)
    assert {commit.subject: changed(commit) for commit in history} == {"a": {"a": "A"}, "b": {"b": "A"}, "both": {}}


def test_a_folder_of_a_repository(repo: GitRepo) -> None:
    repo.write("sub/[x]/in", "one")
    repo.write("out", "one")
    both = repo.commit("both")
    repo.write("out", "two")
    repo.commit("outside")
    repo.write("sub/[x]/in", "two")
    inside = repo.commit("inside")
    history = read(repo.path / "sub" / "[x]")
    assert [(commit.hash, changed(commit)) for commit in history] == [(inside, {"in": "M"}), (both, {"in": "A"})]


def test_the_oldest_commit_of_a_shallow_clone_created_nothing(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("a", "one")
    repo.commit("one")
    repo.write("b", "two")
    repo.commit("two")
    repo.write("a", "three")
    repo.commit("three")
    newest, oldest = read(clone(repo, tmp_path / "clone", "--depth=2"))
    assert changed(newest) == {"a": "M"}
    assert (oldest.subject, oldest.changes) == ("two", ())


def test_missing_blobs_and_trees(repo: GitRepo, tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        repo.write("a", text)
        repo.commit(text)
    whole = read(repo.path)
    assert read(clone(repo, tmp_path / "blobless", "--no-checkout", "--filter=blob:none")) == whole
    treeless = read(clone(repo, tmp_path / "treeless", "--no-checkout", "--filter=tree:0"))
    assert [commit.hash for commit in treeless] == [commit.hash for commit in whole]
    assert [commit.changes for commit in treeless] == [(), (), ()]


def test_a_damaged_history_is_said(repo: GitRepo) -> None:
    lost = repo.commit("one")
    repo.commit("two")
    (repo.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(TrackerError, match="git fsck"):
        read(repo.path)


def test_reading_is_streamed(repo: GitRepo) -> None:
    for number in range(5):
        repo.commit(f"{number}\n\n" + "x" * 100_000)
    with Repository.open(repo.path) as repository:
        history = commits(repository)
        assert next(history).subject == "4"
        del history
        assert not repository._running
