import os
import subprocess
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tracker.errors import TrackerError
from tracker.sources.repository import Repository
from tracker.sources.trees import commit_tree, working_tree


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def test_a_commit_and_the_working_tree_agree(repo: GitRepo) -> None:
    files = {b"a": "one", b"sub/b": "two", b"-x": "", b"line\nbreak": "three", b"\xff|'\"": "four", b"\xc3\xa4": "one"}
    for name, content in files.items():
        repo.write(name, content)
    head = repo.commit()
    repo.write("untracked", "text")
    expected = {os.fsdecode(name): content.encode() for name, content in files.items()}
    with Repository.open(repo.path) as repository:
        then, now = commit_tree(repository, "HEAD"), working_tree(repository)
        assert (then.commit, now.commit) == (head, None)
        assert then.files == now.files
        assert dict(then.read(then.files)) == dict(now.read(now.files)) == expected


def test_an_older_revision(repo: GitRepo) -> None:
    repo.write("a", "one")
    first = repo.commit()
    repo.write("a", "two")
    repo.commit()
    with Repository.open(repo.path) as repository:
        assert dict(commit_tree(repository, first).read(["a"])) == {"a": b"one"}
        with pytest.raises(TrackerError, match="no such revision"):
            commit_tree(repository, "--all")


def test_what_is_on_disk(repo: GitRepo) -> None:
    for name in ("same", "touched", "changed", "deleted", "staged", "line\nbreak"):
        repo.write(name, "old")
    repo.commit()
    os.utime(repo.path / "touched", (1, 1))
    repo.write("changed", "new")
    repo.write("line\nbreak", "new")
    repo.remove("deleted")
    repo.write("staged", "new")
    repo.git("add", "staged")
    with Repository.open(repo.path) as repository:
        tree = working_tree(repository)
        assert dict(tree.read(tree.files)) == {
            "same": b"old",
            "touched": b"old",
            "changed": b"new",
            "staged": b"new",
            "line\nbreak": b"new",
        }
        blobs = dict.fromkeys(("changed", "staged", "line\nbreak"), repo.git("hash-object", "changed"))
        assert tree.files == {**blobs, **dict.fromkeys(("same", "touched"), repo.git("rev-parse", "HEAD:same"))}


def test_line_ends_alone_are_no_change(repo: GitRepo) -> None:
    repo.write("a", "one\ntwo\n")
    repo.commit()
    repo.write("a", "one\r\ntwo\r\n")
    with Repository.open(repo.path) as repository:
        assert working_tree(repository).files == commit_tree(repository, "HEAD").files


def test_a_conflict(repo: GitRepo) -> None:
    repo.write("a", "base\n")
    repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    repo.write("a", "side\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("a", "main\n")
    repo.commit()
    with pytest.raises(RuntimeError):
        repo.git("merge", "side")
    with Repository.open(repo.path) as repository:
        ((_, content),) = working_tree(repository).read(["a"])
        assert content.startswith(b"<<<<<<< ")


def test_no_commits(repo: GitRepo) -> None:
    repo.write("staged", "text")
    repo.git("add", "staged")
    with Repository.open(repo.path) as repository:
        assert dict(working_tree(repository).read(["staged"])) == {"staged": b"text"}


def test_links_are_read_and_not_followed(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (repo.path / "link").symlink_to(tmp_path / "secret")
    (repo.path / "loop").symlink_to("loop")
    repo.write("file", "text")
    repo.write("folder/file", "text")
    repo.commit()
    target = os.fsencode(tmp_path / "secret")
    with Repository.open(repo.path) as repository:
        for tree in (commit_tree(repository, "HEAD"), working_tree(repository)):
            assert dict(tree.read(["link", "loop"])) == {"link": target, "loop": b"loop"}
    repo.remove("file")
    (repo.path / "file").symlink_to(tmp_path / "secret")
    repo.remove("folder/file")
    (repo.path / "folder").rmdir()
    (repo.path / "elsewhere").mkdir()
    (repo.path / "elsewhere" / "file").write_text("elsewhere")
    (repo.path / "folder").symlink_to("elsewhere")
    with Repository.open(repo.path) as repository:
        tree = working_tree(repository)
        assert dict(tree.read(["file"])) == {"file": target}
        assert "folder/file" not in tree.files


def test_a_pipe_in_place_of_a_file_is_no_file(repo: GitRepo) -> None:
    repo.write("a", "text")
    repo.commit()
    repo.remove("a")
    os.mkfifo(repo.path / "a")
    with Repository.open(repo.path) as repository:
        assert working_tree(repository).files == {}


def test_submodules_are_no_files(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo(tmp_path / "inner")
    inner.write("x", "text")
    inner.commit()
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.path), "module")
    repo.commit()
    with Repository.open(repo.path) as repository:
        for tree in (commit_tree(repository, "HEAD"), working_tree(repository)):
            assert set(tree.files) == {".gitmodules"}
            assert tree.submodules == {"module"}


def test_a_folder_of_a_repository(repo: GitRepo) -> None:
    repo.write("sub/[x]/in", "one")
    repo.write("sub/x/other", "one")
    repo.write("out", "one")
    repo.commit()
    repo.write("sub/[x]/in", "two")
    with Repository.open(repo.path / "sub" / "[x]") as repository:
        assert dict(commit_tree(repository, "HEAD").read(["in", "out"])) == {"in": b"one"}
        tree = working_tree(repository)
        assert set(tree.files) == {"in"}
        assert dict(tree.read(["in"])) == {"in": b"two"}


def test_missing_content_is_skipped(repo: GitRepo, tmp_path: Path) -> None:
    repo.write("a", "one")
    repo.commit()
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    options = ["-q", "--no-checkout", "--filter=blob:none", f"file://{repo.path}"]
    subprocess.run(["git", "clone", *options, clone], check=True)
    with Repository.open(clone) as repository:
        tree = commit_tree(repository, "HEAD")
        assert set(tree.files) == {"a"}
        assert list(tree.read(["a", "never there"])) == []


def test_many_files_in_their_order(repo: GitRepo) -> None:
    names = [f"{number}.txt" for number in range(3000)]
    for name in names:
        repo.write(name, name * 20)
    repo.commit()
    repo.write("7.txt", "changed")
    with Repository.open(repo.path) as repository:
        read = list(working_tree(repository).read(reversed(names)))
    assert [path for path, _ in read] == names[::-1]
    assert dict(read) == {name: name.encode() * 20 for name in names} | {"7.txt": b"changed"}
