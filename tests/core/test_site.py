"""The site: a strict build has no warnings, and a complete new site replaces the old one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import tracker as tracker_package
from tests.command import contents_in, tracker, tracker_process
from tests.core.conftest import SESSION
from tests.gitrepo import GitRepo

CHECKOUT = {"PYTHONPATH": str(Path(tracker_package.__file__).parent.parent)}
BARE = "site_name: S\ndocs_dir: docs\ntheme: mkdocs\nvalidation: {nav: {omitted_files: ignore}}\n"
"""The smallest site, which builds quickly."""


@pytest.fixture
def site(repo: GitRepo) -> Path:
    """Build the site of a repository and return it."""
    repo.write("mkdocs.yml", BARE)
    repo.write("docs/index.md", "# Hello\n")
    assert tracker("build", cwd=repo.path).code == 0
    assert "Hello" in (repo.path / "site/index.html").read_text("utf-8")
    return repo.path / "site"


def contents_of(folder: Path) -> dict[str, bytes]:
    """Return every file except caches."""
    return {path: content for path, content in contents_in(folder).items() if not path.startswith(".tracker/")}


def test_init_then_build_works_immediately(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "my 'project' <b>: {{ x }}")
    done = tracker("init", cwd=repo.path)
    assert (done.code, done.err) == (0, "")
    assert sorted(path.relative_to(repo.path).as_posix() for path in repo.path.iterdir() if path.name != ".git") == [
        ".gitignore",
        "docs",
        "mkdocs.yml",
        "schemas",
        "sessions",
        "tracker.yml",
    ]
    built = tracker_process("build", "--strict", cwd=repo.path)
    assert (built.code, built.err) == (0, ""), built
    assert (repo.path / "site/tracker/index.html").is_file()
    assert (repo.path / "site/tracker/assets/tracker.css").is_file()
    repo.at(datetime.now(UTC).isoformat())  # the first session is of today
    repo.commit("Start tracking")
    assert repo.git("status", "--porcelain", "--untracked-files=all") == ""
    checked = tracker("check", cwd=repo.path)
    assert (checked.code, checked.out) == (0, "1 session and 1 claim checked: nothing wrong\n")
    status = tracker("status", "--format", "json", cwd=repo.path).json
    assert (status["project"], status["status"], status["verified"]) == (
        "my 'project' <b>: {{ x }}",
        "in progress",
        {"met": 1, "criteria": 1},
    )


def test_what_came_before_tracking_is_history_and_not_the_work_of_the_first_session(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "old")
    repo.write("a.py", "1")
    repo.commit("Long ago")
    tracker("init", cwd=repo.path)
    (session,) = (repo.path / "sessions").iterdir()
    assert session.name == f"{date.today()}-1.yml"
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "--message=Start tracking", "--date=now")
    assert "belongs to no session" not in tracker("brief", cwd=repo.path).out
    assert "Long ago" not in tracker("new", "--print", cwd=repo.path).out
    ties = tracker("status", "--format", "json", cwd=repo.path).json["commits"]
    assert ties == {"count": 2, "undocumented": 1}


@pytest.mark.parametrize("ignore", ["/diagnostics/\n", "*.json\n", "", "results/*.txt\n"])
def test_init_warns_where_git_ignores_the_results(tmp_path: Path, ignore: str) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write(".gitignore", ignore)
    warned = "warning: git ignores diagnostics/results" in tracker("init", cwd=repo.path).out
    assert warned is (ignore in ("/diagnostics/\n", "*.json\n"))


def test_init_keeps_what_is_there(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    mine = {"mkdocs.yml": BARE, "docs/index.md": "# Mine\n", ".gitignore": "*.pyc\n/site/", "sessions/a.txt": "mine"}
    for path, content in mine.items():
        repo.write(path, content)
    done = tracker("init", cwd=repo.path)
    assert done.code == 0
    assert "kept mkdocs.yml; this change shows the pages, and --apply makes it:" in done.out
    assert "tracker/assets/tracker.css" in done.out
    assert "added to .gitignore: /docs/tracker/ /.tracker/" in done.out.splitlines()
    found = contents_in(repo.path)
    assert found[".gitignore"] == b"*.pyc\n/site/\n/docs/tracker/\n/.tracker/\n"
    for path in mine.keys() - {".gitignore"}:
        assert found[path] == mine[path].encode(), path
    assert [path for path in found if path.startswith(("sessions/", "docs/"))] == ["docs/index.md", "sessions/a.txt"]
    assert tracker("build", cwd=repo.path).code == 0
    before = contents_in(repo.path)
    assert tracker("init", cwd=repo.path).code == 0
    assert contents_in(repo.path) == before, "a second time there is nothing to do"


def test_init_follows_the_folders_of_a_site_that_is_there(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("mkdocs.yml", BARE.replace("docs_dir: docs", "docs_dir: ./web/docs\nsite_dir: out"))
    repo.write("web/docs/index.md", "# Mine\n")
    assert tracker("init", cwd=repo.path).out.endswith("open out/index.html\n")
    assert (repo.path / ".gitignore").read_text("utf-8") == "/web/docs/tracker/\n/out/\n/.tracker/\n"
    done = tracker("build", cwd=repo.path)
    assert (done.code, done.err) == (0, "")
    assert (repo.path / "out/tracker/index.html").is_file()


def test_a_site_that_lacks_the_pages_is_reported(site: Path, repo: GitRepo) -> None:
    repo.write("mkdocs.yml", BARE.replace("docs_dir: docs", "docs_dir: web"))
    repo.write("web/index.md", "# Mine\n")
    done = tracker("build", cwd=repo.path)
    assert done.code == 0
    assert "the site lacks the pages: they are in docs/tracker" in done.err
    assert "set `docs: web/tracker` in tracker.yml" in done.err


def test_init_outside_a_repository(tmp_path: Path) -> None:
    assert "not in a git repository; run `git init` there" in tracker("init", cwd=tmp_path).message
    assert list(tmp_path.iterdir()) == []


def test_a_site_that_fails_leaves_the_old_one(site: Path, repo: GitRepo) -> None:
    before = contents_in(site)
    repo.write("mkdocs.yml", BARE + "plugins: [no-such-plugin]\n")
    done = tracker_process("build", cwd=repo.path)
    assert (done.code, done.err.splitlines()[-1]) == (
        2,
        "tracker: mkdocs could not build the site: see its messages above",
    )
    assert contents_in(site) == before


@pytest.mark.slow
def test_a_warning_fails_a_strict_build_alone(site: Path, repo: GitRepo) -> None:
    repo.write("docs/index.md", "# New\n\n[nowhere](none.md)\n")
    before = contents_in(site)
    done = tracker_process("build", "--strict", cwd=repo.path)
    assert done.code == 2
    assert done.err.splitlines() == [
        "WARNING -  Doc file 'index.md' contains a link 'none.md', "
        "but the target is not found among documentation files.",
        "tracker: mkdocs could not build the site: see its messages above",
    ]
    assert contents_in(site) == before
    assert tracker_process("build", cwd=repo.path).code == 0
    assert "New" in (site / "index.html").read_text("utf-8")


@pytest.mark.slow
def test_files_that_are_no_longer_part_of_the_site_are_removed_and_others_are_kept(site: Path, repo: GitRepo) -> None:
    repo.write("docs/other.md", "# Other\n")
    assert tracker("build", cwd=repo.path).code == 0
    assert (site / "other/index.html").is_file()
    mine = {"CNAME": b"example.org", "notes.new": b"mine", "tracker/notes.html": b"mine"}
    for path, content in mine.items():
        repo.write(f"site/{path}", content)
    repo.remove("docs/other.md")
    repo.write("sessions/4.yml", SESSION.format(4))
    assert tracker("build", cwd=repo.path).code == 0
    assert not (site / "other").exists()
    assert (site / "tracker/sessions/2025-01-04-4").is_dir()
    assert contents_in(site).items() >= mine.items()


def test_a_folder_with_a_sitemap_is_not_a_site(repo: GitRepo) -> None:
    mine = {"site/sitemap.xml": "<urlset/>", "site/index.html": "mine", "site/.env": "mine"}
    for path, content in mine.items():
        repo.write(path, content)
    repo.write("mkdocs.yml", BARE)
    repo.write("docs/index.md", "# Hello\n")
    assert "not a site that MkDocs or Zensical built" in tracker("build", cwd=repo.path).message
    assert contents_in(repo.path / "site") == {path.removeprefix("site/"): mine[path].encode() for path in mine}


@pytest.mark.parametrize("moves", [5, *(pytest.param(moves, marks=pytest.mark.slow) for moves in (0, 1, 20))])
def test_a_killed_build_leaves_a_site_that_the_next_one_completes(moves: int, site: Path, repo: GitRepo) -> None:
    code = (
        "import os, signal\nfrom tracker.cli import main\nreplace, left = os.replace, [MOVES]\n"
        "def dying(source, target, **folders):\n"
        "    if not left[0]:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    left[0] -= target.endswith(('.html', '.xml', '.json'))\n"
        "    replace(source, target, **folders)\n"
        "os.replace = dying\nmain()\n"
    ).replace("MOVES", str(moves))
    repo.write("docs/index.md", "# Hello again\n")
    killed = subprocess.run(
        [sys.executable, "-c", code, "build"], cwd=repo.path, env=os.environ | CHECKOUT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert "Hello" in (site / "index.html").read_text("utf-8")
    assert tracker("build", cwd=repo.path).code == 0
    assert "Hello again" in (site / "index.html").read_text("utf-8")
    assert not list(repo.path.rglob("*.tmp"))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("site_name: [\n", "mkdocs.yml: cannot be read: while parsing"),
        ("- a\n", "mkdocs.yml: expected a mapping with site_name"),
        (b"\xff", "mkdocs.yml: "),
        (BARE + "site_dir: ..\n", "mkdocs.yml: site_dir leads to "),
        (BARE + "site_dir: .\n", "mkdocs.yml: site_dir leads to "),
        (BARE + "site_dir: sessions\n", "sessions: not a site that MkDocs or Zensical built"),
        (BARE + "site_dir: docs\n", "docs: not a site that MkDocs or Zensical built"),
        (BARE + "site_dir: tracker.yml\n", "tracker.yml: not a folder"),
        (BARE + "INHERIT: none.yml\n", "mkdocs.yml: INHERIT names 'none.yml'"),
    ],
)
def test_a_site_that_cannot_be(config: str | bytes, message: str, repo: GitRepo) -> None:
    repo.write("docs/index.md", "# Hello\n")
    repo.write("mkdocs.yml", config)
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    before = contents_of(repo.path)
    done = tracker("build", cwd=repo.path)
    assert message in done.message
    assert "\n" not in done.message
    assert contents_of(repo.path) == before


def test_no_mkdocs_yml(repo: GitRepo) -> None:
    done = tracker("build", cwd=repo.path)
    assert "mkdocs.yml: no such file; `tracker init` writes one, and --no-site does without" in done.message
    assert (repo.path / "docs/tracker/index.md").is_file()


def test_a_link_in_the_place_of_the_site_is_not_followed(site: Path, repo: GitRepo, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "keep.txt").write_text("mine", encoding="utf-8")
    shutil.rmtree(site / "tracker")
    (site / "tracker").symlink_to(outside)
    assert "leads out of" in tracker("build", cwd=repo.path).message
    assert contents_in(outside) == {"keep.txt": b"mine"}


def test_mkdocs_yaml_counts_as_mkdocs_yml(repo: GitRepo) -> None:
    repo.write("mkdocs.yaml", BARE + "site_dir: out\n")
    repo.write("docs/index.md", "# Hello\n")
    assert "kept mkdocs.yaml; this change shows the pages" in tracker("init", cwd=repo.path).out
    assert not (repo.path / "mkdocs.yml").exists()
    assert tracker("build", cwd=repo.path).code == 0
    assert "Hello" in (repo.path / "out/index.html").read_text("utf-8")
