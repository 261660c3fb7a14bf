import re
import subprocess
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

import pytest

from tests.gitrepo import GitRepo
from tracker.cache import Cache
from tracker.errors import NotARepository, TrackerError
from tracker.sources.history import commits
from tracker.sources.patch_ids import patch_ids
from tracker.sources.repository import Repository, web_address
from tracker.sources.trees import working_tree


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


@pytest.mark.parametrize("folder", [".", "missing"])
def test_no_repository(tmp_path: Path, folder: str) -> None:
    with pytest.raises(NotARepository, match=r"git init|no such folder"):
        Repository.open(tmp_path / folder)


def test_a_bare_repository_says_to_clone_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path], check=True)
    with pytest.raises(NotARepository, match="clone"):
        Repository.open(tmp_path)


def test_no_commits(repo: GitRepo) -> None:
    with Repository.open(repo.path) as repository:
        assert repository.head is None
        assert not repository.shallow
        assert not repository.partial
        assert repository.remote is None
        assert repository.existing(["abcdef1"]) == {"abcdef1": None}


def test_a_folder_of_a_repository(repo: GitRepo) -> None:
    repo.write("sub/a folder/x", "x")
    head = repo.commit()
    with Repository.open(repo.path / "sub" / "a folder") as repository:
        assert repository.root == repo.path.resolve()
        assert repository.prefix == "sub/a folder/"
        assert repository.head == head


def test_resolve(repo: GitRepo) -> None:
    first = repo.commit("one")
    second = repo.commit("two")
    repo.git("tag", "-a", "-m", "released", "v1", first)
    with Repository.open(repo.path) as repository:
        assert repository.resolve("HEAD") == second
        assert repository.resolve("v1") == first
        assert repository.resolve(second[:8]) == second


@pytest.mark.parametrize("revision", ["", "nothing", "--all", "--help", "-x", "HEAD:", "^HEAD", "HEAD~1..HEAD", "a\0b"])
def test_what_is_no_revision_is_never_an_option(repo: GitRepo, revision: str) -> None:
    repo.commit("one")
    repo.commit("two")
    with Repository.open(repo.path) as repository, pytest.raises(TrackerError, match="no such revision"):
        repository.resolve(revision)


def test_existing_commits(repo: GitRepo) -> None:
    repo.write("a", "text")
    commit = repo.commit()
    blob = repo.git("rev-parse", "HEAD:a")
    with Repository.open(repo.path) as repository:
        found = repository.existing(
            [commit, commit[:7], commit[:7].upper(), blob, "0" * 40, "zzzz", "--all", "a\nb", ""]
        )
    assert found == {
        commit: commit,
        commit[:7]: commit,
        commit[:7].upper(): commit,
        **dict.fromkeys([blob, "0" * 40, "zzzz", "--all", "a\nb", ""]),
    }


def test_ambiguous_hashes_are_unknown(repo: GitRepo) -> None:
    tree = repo.git("write-tree")
    by_start: dict[str, str] = {}
    for number in range(5000):  # two commits that begin with the same four digits come soon: a birthday among 65,536
        commit = repo.git("commit-tree", tree, "-m", str(number))
        other = by_start.setdefault(commit[:4], commit)
        if other != commit:
            break
    assert other != commit
    with Repository.open(repo.path) as repository:
        assert repository.existing([commit[:4], commit[:12], other[:12]]) == {
            commit[:4]: None,
            commit[:12]: commit,
            other[:12]: other,
        }


def test_shallow_clone(repo: GitRepo, tmp_path: Path) -> None:
    old = repo.commit("one")
    new = repo.commit("two")
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{repo.path}", tmp_path / "clone"], check=True)
    with Repository.open(tmp_path / "clone") as repository:
        assert repository.shallow
        assert repository.existing([old, new]) == {old: None, new: new}


def test_partial_clone(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit("one")
    options = ["-q", "--no-checkout", "--filter=blob:none"]
    subprocess.run(["git", "clone", *options, f"file://{repo.path}", tmp_path / "clone"], check=True)
    with Repository.open(tmp_path / "clone") as repository:
        assert (repository.partial, repository.treeless) == (True, False)


@pytest.mark.parametrize(("left_out", "is_treeless"), [("blob:none", False), ("tree:0", True)])
def test_a_copy_of_a_partial_clone_has_not_its_settings(
    repo: GitRepo, tmp_path: Path, left_out: str, is_treeless: bool
) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.write("a", "one")
    repo.commit("one")
    options = ["-q", "--no-checkout", f"--filter={left_out}"]
    subprocess.run(["git", "clone", *options, f"file://{repo.path}", tmp_path / "partial"], check=True)
    subprocess.run(["git", "clone", "-q", "--no-checkout", tmp_path / "partial", tmp_path / "copy"], check=True)
    with Repository.open(tmp_path / "copy") as repository:
        assert (repository.partial, repository.treeless) == (True, is_treeless)


def test_names_in_a_partial_clone(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.write("a", "one")
    repo.write("d/\nb", "two")
    commit = repo.commit("one")
    names = [f"{commit}:a", f"{commit}:d", f"{commit}:d/\nb", f"{commit}:never", "0" * 40, f"{'1' * 40}:a", commit]
    options = ["-q", "--no-checkout", "--filter=blob:none"]
    subprocess.run(["git", "clone", *options, f"file://{repo.path}", tmp_path / "clone"], check=True)
    with Repository.open(repo.path) as whole, Repository.open(tmp_path / "clone") as partial:
        assert partial.objects(names) == whole.objects(names)
        assert [bool(found) for found in partial.objects(names).values()] == [True] * 3 + [False] * 3 + [True]


def test_a_lost_object_is_said(repo: GitRepo) -> None:
    repo.write("a", "one")
    commit = repo.commit("one")
    lost = repo.git("rev-parse", "HEAD:a").strip()
    (repo.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    repo.write("a", "git reads what is the same on disk")
    message = f"{lost[:7]} is missing from this clone: it is damaged; `git fsck`"
    with Repository.open(repo.path) as repository, pytest.raises(TrackerError, match=message):
        patch_ids(repository, [commit], Cache(None))


def test_remote(repo: GitRepo) -> None:
    repo.git("remote", "add", "origin", "git@example.org:team/app.git")
    with Repository.open(repo.path) as repository:
        assert repository.remote == "https://example.org/team/app"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("git@example.org:team/app.git", "https://example.org/team/app"),
        ("ssh://git@example.org:2222/team/app.git", "https://example.org/team/app"),
        ("https://me:secret@example.org/team/app.git/", "https://example.org/team/app"),
        ("https://example.org:8443/app", "https://example.org:8443/app"),
        ("https://example.org/app?token=secret#x", "https://example.org/app"),
        ("/srv/git/app.git", None),
        ("../app", None),
        ("file:///srv/app.git", None),
        ("https://example.org/<script>", None),
        ("https://example.org:port/app", None),
        ("ext::sh -c touch% /tmp/x", None),
        ("https://example.org/", None),
    ],
)
def test_web_address(url: str, address: str | None) -> None:
    assert web_address(url) == address


def test_a_hostile_repository_runs_nothing(repo: GitRepo, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\necho ran >> '{proof}'\ncat\n")
    script.chmod(0o755)
    repo.write(".gitattributes", "* filter=evil diff=evil\n")
    repo.write("a", "text")
    repo.commit()
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.process",
        "gpg.program",
    ):
        repo.git("config", key, str(script))
    repo.git("config", "filter.evil.required", "true")
    repo.git("config", "log.showSignature", "true")
    hooks = repo.path / ".git" / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "pre-commit", "reference-transaction"):
        (hooks / hook).symlink_to(script)
    repo.write("a", "tex2")  # of the same size and time as the index says: git has to compare the content
    with Repository.open(repo.path) as repository:
        assert len(list(commits(repository))) == 1
        tree = working_tree(repository)
        assert dict(tree.read(["a"])) == {"a": b"tex2"}
    assert not proof.exists()


def test_settings_of_the_user_change_nothing(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[log]\nshowSignature = true\nfollow = true\ndate = relative\n[core]\nquotePath = true\nabbrev = 5\n"
        "[diff]\nrenames = copies\nrelative = true\n[color]\nui = always\n[i18n]\nlogOutputEncoding = latin1\n"
        "[format]\npretty = oneline\n"
    )
    repo.write("ä", "text " * 20)
    repo.commit("ümlaut")
    repo.git("mv", "ä", "ö")
    repo.commit("renamed")
    with Repository.open(repo.path) as repository:
        plain = list(commits(repository))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    with Repository.open(repo.path) as repository:
        assert list(commits(repository)) == plain


def test_no_process_outlives_the_repository(repo: GitRepo) -> None:
    for number in range(6):
        repo.commit(str(number) * 100_000)  # more than a pipe holds: git waits for a reader
    repository = Repository.open(repo.path)
    history = commits(repository)
    next(history)
    (running,) = repository._running
    process = running.proc
    assert process is not None
    assert process.poll() is None
    repository.close()
    assert process.poll() is not None


def test_the_configuration_of_the_caller_is_kept_and_extended(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("one")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
    for number, (key, value) in enumerate([("safe.directory", "*"), ("log.showSignature", "true")]):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    with Repository.open(repo.path) as repository:
        with repository.run("config", "--get-all", "safe.directory") as output:
            assert output.read() == b"*\n"
        with repository.run("config", "log.showSignature") as output:
            assert output.read() == b"false\n"


def test_git_calls_are_logged_with_their_time(repo: GitRepo, caplog: pytest.LogCaptureFixture) -> None:
    repo.commit("one")
    with caplog.at_level("DEBUG", logger="tracker.sources.repository"), Repository.open(repo.path) as repository:
        repository.resolve("HEAD")
    assert any(re.fullmatch(r"git rev-parse .*HEAD.*: \d+\.\d{3} s", line) for line in caplog.messages), caplog.messages


def test_a_branch_that_is_named_like_a_hash_hides_no_commit(repo: GitRepo) -> None:
    first = repo.commit("one")
    second = repo.commit("two")
    repo.git("branch", first[:7], second)
    with Repository.open(repo.path) as repository:
        assert repository.existing([first[:7]]) == {first[:7]: first}


def test_a_feed_that_never_ends_does_not_keep_a_command(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    head = repo.commit("Start")
    asked: SimpleQueue[bytes] = SimpleQueue()
    asked.put(f"{head}\n".encode())
    with Repository.open(tmp_path) as repository, ExitStack() as stack:
        output = stack.enter_context(repository.run("cat-file", "--batch-check", feed=iter(asked.get, None)))
        assert output.readline().split()[1] == b"commit"
        stack.pop_all().__exit__(KeyError, KeyError(), None)
