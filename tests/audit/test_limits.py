"""What an audit cannot know is said; bad input, huge input and strange histories are survived."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import audit as benchmark
from tests.command import tracker, tracker_process
from tests.gitrepo import GitRepo
from tracker.audit.rules.documents import symbols


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.write("src/valve.py", "def open_valve() -> None: ...\n")
    repo.write("src/tank.py", "def fill_tank() -> None: ...\n")
    repo.write("docs/use.md", "The valve is `src/valve.py`, and `open_valve()` opens it.\n")
    repo.commit("Start")
    return repo


def report(folder: Path, *arguments: str) -> Any:
    done = tracker("audit", "--format", "json", *arguments, cwd=folder)
    assert done.code in (0, 1), done
    return done.json


def clone(repo: GitRepo, *options: str) -> Path:
    folder = repo.path.parent / "clone"
    repo.git("config", "uploadpack.allowFilter", "true")
    command = ["git", "clone", "-q", *options, f"file://{repo.path}", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def fast_import(repo: GitRepo, stream: Iterator[bytes]) -> None:
    repo.git("fast-import", "--quiet", stdin=b"".join(stream))


def test_a_shallow_clone_proves_nothing_and_says_so(repo: GitRepo) -> None:
    repo.git("rm", "-q", "src/valve.py")
    repo.commit("Remove")
    assert len(report(repo.path)["documents"]) == 2
    found = report(clone(repo, "--depth=1"))
    assert found["documents"] == []
    assert "shallow" in found["limits"][0]
    assert len(found["limits"]) == 1
    assert "note: this clone is shallow" in tracker("audit", cwd=repo.path.parent / "clone").out


def test_a_shallow_clone_does_not_say_never(repo: GitRepo) -> None:
    repo.write("docs/use.md", "See [a](gone.md) and [b](#gone).\n")
    repo.write("docs/more.md", "More\n")
    repo.commit("Links")
    repo.remove("docs/more.md")
    repo.commit("Less")
    details = {
        whole: {one["detail"] for one in report(folder, "--only", "broken-link")["documents"]}
        for whole, folder in ((True, repo.path), (False, clone(repo, "--depth=2")))
    }
    assert details[True] == {
        "links to docs/gone.md, which never existed",
        "links to #gone, a heading that docs/use.md never had",
    }
    assert details[False] == {
        "links to docs/gone.md, which is not there",
        "links to #gone, a heading that docs/use.md does not have",
    }


def test_a_clone_without_old_contents_proves_what_it_can(repo: GitRepo) -> None:
    repo.git("rm", "-q", "src/valve.py")
    repo.commit("Remove")
    found = report(clone(repo, "--filter=blob:none"))
    assert [one["written"] for one in found["documents"]] == ["src/valve.py"]
    assert found["limits"] == [
        "code names in documents were looked for in 0 of 1 earlier versions of code, the newest that are here"
    ]
    bare = report(repo.path.parent / "clone", "--rev", "HEAD~1")
    assert bare["limits"] == ["without their content here, as in a partial clone: 1; what they mention is unknown"]


def test_a_clone_without_trees_knows_nothing_of_the_past(repo: GitRepo) -> None:
    repo.write("src/more.py", "x")
    repo.commit("More")
    found = report(clone(repo, "--filter=tree:0"))
    assert any("treeless clone" in limit for limit in found["limits"])


def test_a_missing_object_is_said(repo: GitRepo) -> None:
    blob = repo.git("rev-parse", "HEAD:src/tank.py")
    (repo.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    limits = report(repo.path, "--rev", "HEAD")["limits"]
    assert limits == ["without their content here, as in a partial clone: 1; what they mention is unknown"]


def test_submodules_pointers_and_closed_documents_are_said(repo: GitRepo) -> None:
    other = GitRepo(repo.path.parent / "other")
    other.write("a.md", "See [b](b.md).\n")
    other.commit("Other")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.path), "lib/other")
    repo.write("model.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 9\n")
    repo.write("paper.pdf", b"%PDF\0\0")
    repo.write("photo.png", b"\0")
    repo.commit("Odd")
    for arguments in ((), ("--rev", "HEAD")):
        found = report(repo.path, *arguments)
        assert found["documents"] == []
        assert found["limits"] == [
            "kept by Git LFS, so that their content was not read: 1",
            "documents that are not text, and were not searched: 1",
            "submodules, which are not looked into: lib/other",
        ]


def test_the_search_for_code_names_is_bounded(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("src/valve.py", "def turn_valve() -> None: ...\n")
    repo.commit("Rename")
    assert [one["written"] for one in report(repo.path)["documents"]] == ["open_valve()"]
    monkeypatch.setattr(symbols, "MOST", 10)
    found = report(repo.path, "--rev", "HEAD", "--only", "dangling")
    assert found["documents"] == []
    assert "in 0 of 1 earlier versions" in found["limits"][0]


@pytest.mark.slow
def test_a_file_of_a_quarter_of_a_gigabyte_is_not_read(repo: GitRepo) -> None:
    for name in ("tracked.log", "untracked.log"):
        repo.write(name, "small\n")
    repo.git("add", "tracked.log")
    repo.git("commit", "-qm", "A log")
    for name in ("tracked.log", "untracked.log"):
        os.truncate(repo.path / name, 1 << 28)
    before = os.times()
    done = tracker_process("audit", "--format", "json", cwd=repo.path)
    assert done.json["limits"] == ["not read, for more than 2 MB: 1"]
    after = os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    assert busy < 10  # one second


def test_a_path_of_four_thousand_letters(repo: GitRepo) -> None:
    folder = "/".join(["component_" * 5] * 79)
    blob = repo.git("hash-object", "-w", "--stdin", stdin=b"x")
    for name in ("engine.py", "engine.py.bak"):
        repo.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{folder}/{name}")
    tree = repo.git("write-tree")
    commit = repo.git("commit-tree", tree, "-p", "HEAD", "-m", "Deep")
    found = report(repo.path, "--rev", commit)
    copy = next(
        one for family in found["families"] for one in family["paths"] if one["path"] == f"{folder}/engine.py.bak"
    )
    assert len(copy["path"]) > 4000
    for form in ("text", "markdown", "github", "sarif"):
        assert tracker("audit", "--rev", commit, "--format", form, cwd=repo.path).code in (0, 1)


def test_a_rename_of_case_alone(repo: GitRepo) -> None:
    repo.git("mv", "src/valve.py", "src/Valve.py")
    by = repo.commit("DocumentContext")[:9]
    (found,) = report(repo.path)["documents"]
    assert found["detail"] == f"names src/valve.py, renamed to src/Valve.py by {by}"
    assert found["after"] == "The valve is `src/Valve.py`, and `open_valve()` opens it."


def test_a_file_renamed_three_thousand_times(repo: GitRepo) -> None:
    def history() -> Iterator[bytes]:
        for number in range(3001):
            yield b"commit refs/heads/main\ncommitter Ada <a@b.c> %d +0000\ndata 1\nx\n" % (1_800_000_000 + number)
            if number:
                yield b"R lib/n%d.py lib/n%d.py\n" % (number - 1, number)
            else:
                yield b"from refs/heads/main^0\nM 100644 inline lib/n0.py\ndata 9\nprint(42)\n"
                yield b"M 100644 inline docs/n.md\ndata 24\nIt is in `lib/n1500.py`.\n\n"

    fast_import(repo, history())
    repo.git("reset", "-q", "--hard")
    (found,) = report(repo.path)["documents"]
    assert found["after"] == "It is in `lib/n3000.py`."


def test_documents_made_to_be_slow(repo: GitRepo) -> None:
    repo.write(
        "a.md", "[" * 50_000 + "](x.md)\n" + "`" * 20_000 + "\n" + "](" * 20_000 + "\n" + "a/" * 20_000 + "b.py\n"
    )
    repo.write(
        "b.md", "# " + "[x]" * 10_000 + "\n" + "{#" * 10_000 + "\n- [ ] " + "create " * 9_000 + "\n" + "<a " * 9_000
    )
    repo.write(
        "c.md", "- [x] remove " + "old file " * 9_000 + "`x.py`\n" + "a" * 1_000_000 + ":1-2\n" + ".py#L" * 9_000
    )
    repo.write("d.md", ("a/(" * 1300 + "\n") * 20 + "`slow_motion()`\n" + "- [ ] " + "x" * 3000 + "\n")
    repo.write(
        "e.md",
        ("`src/snail.py` `" + "a" * 3900 + "\n") * 300
        + ("Removed " + "<!--" * 900 + "\n") * 90
        + ("`" * 3900 + "\n") * 9,
    )
    repo.write("src/snail.py", "x = 1\n")
    repo.write("src/slow.py", "func (" * 100_000 + "\ndef slow_motion(): ...\n" + "a " * 100_000 + "\n" + "=" * 100_000)
    repo.commit("Slow")
    repo.remove("src/slow.py")
    repo.write("src/snail.py", "x = 2\n")
    repo.commit("No longer slow")
    start = time.process_time()
    assert [one["written"] for one in report(repo.path)["documents"] if one["path"] == "d.md"] == ["slow_motion()"]
    assert time.process_time() - start < 20


def test_what_documents_say_is_shown_as_data(repo: GitRepo) -> None:
    repo.write("docs/use.md", "`src/valve.py` \x1b[31m | %0A <b> ``x`` ::error::\n")
    repo.commit("Hostile")
    repo.git("mv", "src/valve.py", "src/tap.py")
    repo.commit("Rename")
    text, markdown, github = (
        tracker("audit", "--format", f, cwd=repo.path).out for f in ("text", "markdown", "github")
    )
    assert "\x1b" not in text + markdown
    assert "\\<b\\>" in markdown
    assert "%250A" in github
    assert all(line.startswith("::") for line in github.splitlines())


@pytest.mark.slow
def test_a_tree_of_a_hundred_thousand_files(repo: GitRepo) -> None:
    files, removed = 100_000, range(0, 100_000, 997)

    def names(number: int) -> int:
        return number * 7919 % files

    def text(number: int) -> bytes:
        path = benchmark.name(names(number)).encode()
        if benchmark.name(number).endswith(".md"):
            return b"# Number %d\n\nSee `%s` and `run_%d()`.\n" % (number, path, number - 1)
        return b"# after %s\ndef run_%d() -> int:\n    return %d\n" % (path, number, number)

    def history() -> Iterator[bytes]:
        head = b"commit refs/heads/main\ncommitter Ada <a@b.c> %d +0000\ndata 1\nx\n"
        yield head % 1_800_000_000 + b"from refs/heads/main^0\n"
        for number in range(files):
            written = text(number)
            yield b"M 100644 inline %s\ndata %d\n%s\n" % (benchmark.name(number).encode(), len(written), written)
        yield head % 1_800_003_600
        for number in removed:
            yield b"D %s\n" % benchmark.name(number).encode()

    fast_import(repo, history())
    question = ("audit", "--rev", "main", "--format", "json")
    done, again = (tracker_process(*question, cwd=repo.path) for _ in range(2))
    assert done.json["files"] == files - len(removed) + 3, done.err
    documents = [number for number in set(range(files)) - set(removed) if benchmark.name(number).endswith(".md")]
    paths = {
        (benchmark.name(number), benchmark.name(names(number))) for number in documents if names(number) in removed
    }
    words = {(benchmark.name(number), f"run_{number - 1}()") for number in documents if number - 1 in removed}
    assert {(one["path"], one["written"]) for one in done.json["documents"]} == paths | words
    assert min(len(paths), len(words)) > 5
    assert again == done
