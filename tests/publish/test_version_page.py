"""The page of a version: what changed comes first, the full tracker is folded, and a frozen page is computed once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown import Markdown

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.publish import changelog
from tracker.sources.versions import seal
from tracker.sources.yaml import load

EXTENSIONS = ["attr_list", "md_in_html", "sane_lists", "tables", "pymdownx.superfences"]
SITE = "site_name: P\nmarkdown_extensions: [md_in_html, sane_lists, tables, pymdownx.superfences]\n"
PLAN = """\
project: P
phases:
  - id: "1"
    title: One
    tasks: [{id: "1.1", title: T}]
    criteria: [{id: app, text: It is there, evidence: [{file: app.py}]}]
"""


def page_of(repo: GitRepo, number: str) -> str:
    done = tracker("build", "--no-site", cwd=repo.path)
    assert done.code == 0, done
    return (repo.path / f"docs/tracker/versions/{number}.md").read_text("utf-8")


def rendered(page: str) -> str:
    return Markdown(extensions=EXTENSIONS).convert(page.split("---\n", 2)[2])


def write_session(repo: GitRepo, number: int, focus: str = "Work") -> None:
    day = f"2026-{1 + number // 28:02}-{1 + number % 28:02}"
    said = f"focus: {focus} {number}, highlights: [Trial {number}, Loss {number}], decisions: [Keep {number}]"
    repo.write(
        f"sessions/{number:03}.yml", f"{{session: S{number}, date: {day}, {said}, tasks: {{1.1: in progress}}}}\n"
    )


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", PLAN)
    repo.write("mkdocs.yml", SITE)
    return repo


def test_a_first_version_of_98_sessions_is_a_page_that_a_person_reads(repo: GitRepo) -> None:
    for number in range(98):
        write_session(repo, number)
        repo.write("app.py", f"{number}\n")
        repo.commit(f"{('feat', 'fix', 'perf', 'chore')[number % 4]}: change {number} (S{number})")
    assert tracker("release", cwd=repo.path).code == 0
    html = rendered(page_of(repo, "1.0.0"))
    folded = "".join(re.findall(r"<details>.*?</details>", html, re.DOTALL))
    lead = html.replace(folded, "")
    assert len(re.sub(r"<[^>]*>", " ", lead).split()) < 700
    assert "It covers 98 sessions" in lead
    assert all(f"<strong>{kind}</strong>" in lead for kind in ("Added", "Changed", "Fixed", "Verified"))
    assert lead.index("<strong>Added</strong>") < lead.index("<h2>Phases</h2>") < html.index("<details>")
    assert "change 96 " in lead
    assert folded.count("<table>") == 4 + 1
    for number in range(98):
        assert f"Work {number}<" in folded
        assert f"Keep {number}<" in folded
        assert f"Trial {number} " in folded
        assert f"change {number} " in folded


def test_without_the_extension_nothing_is_folded(repo: GitRepo) -> None:
    repo.write("mkdocs.yml", "site_name: P\nmarkdown_extensions: [tables]\n")
    write_session(repo, 1)
    repo.commit("feat: app (S1)")
    assert tracker("release", cwd=repo.path).code == 0
    page = page_of(repo, "1.0.0")
    assert "<details" not in page
    assert page.index("## What it contains") < page.index("## Phases") < page.index("## The full tracker")
    repo.write("mkdocs.yml", "site_name: P\nmarkdown_extensions: [tables, extra]\n")
    assert "<details" in page_of(repo, "1.0.0")


def test_the_page_of_a_frozen_version_is_computed_once(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        write_session(repo, number)
        repo.commit(f"feat: change {number} (S{number})")
        assert tracker("release", cwd=repo.path).code == 0
    first = page_of(repo, "1.2.0")
    computed: list[str] = []
    describe = changelog.describe_release

    def counted(progress: object, version: object, *rest: object) -> object:
        computed.append(version.version)  # type: ignore[attr-defined]
        return describe(progress, version, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(changelog, "describe_release", counted)
    write_session(repo, 1, focus="Other")
    assert page_of(repo, "1.2.0") == first
    assert not computed, "a released session is part of no later version"
    write_session(repo, 3)
    repo.commit("fix: change 3 (S3)")
    assert tracker("release", cwd=repo.path).code == 0
    assert "change 3" in page_of(repo, "1.2.1")
    assert computed.count("1.2.0") == 0


def fresh(repo: GitRepo, number: str) -> str:
    """The page as a build from nothing writes it."""
    shutil.rmtree(repo.path / "docs/tracker")
    return page_of(repo, number)


@pytest.mark.slow
def test_the_unreleased_page_follows_everything_that_it_shows(repo: GitRepo) -> None:
    write_session(repo, 0)
    repo.commit("feat: change 0 (S0)")
    assert tracker("release", cwd=repo.path).code == 0
    page_of(repo, "unreleased")
    changes: list[tuple[Callable[[], object], str]] = [
        (lambda: write_session(repo, 1), "Keep 1"),
        (lambda: repo.commit("feat: change 1"), "change 1"),
        (lambda: write_session(repo, 1, focus="Other"), "Other 1"),
        (lambda: repo.commit("fix: change 2 (S1)"), "change 2"),
        (lambda: repo.write(".mailmap", "Grace Hopper <ada@example.org>\n"), "Grace Hopper"),
        (lambda: edit(repo, "sessions/001.yml", "focus:", "changes: {fixed: [The kiln is hot]}, focus:"), "kiln"),
        (lambda: edit(repo, "tracker.yml", "title: T", "title: Another"), ""),
        (lambda: repo.write("app.py", "1\n"), ""),
        (lambda: repo.commit("feat: app"), "**Verified**"),
    ]
    for change, expected in changes:
        change()
        page = page_of(repo, "unreleased")
        assert expected in page
        index = page_of(repo, "index")
        assert page == fresh(repo, "unreleased")
        assert index == page_of(repo, "index")


def edit(repo: GitRepo, path: str, old: str, new: str) -> None:
    text = (repo.path / path).read_text("utf-8")
    assert old in text
    repo.write(path, text.replace(old, new, 1))


OLD_VERSION = """\
version: 1.0.0
date: '2026-01-01'
project: P
status: in progress
commit: {commit}
phases:
  - id: '1'
    title: One
    status: in progress
sessions:
  - session: S1
    date: '2026-01-01'
    focus: Begin
    highlights:
      - 'Best trial #19: accuracy=0.4639'
commits:
  - commit: {commit}
    date: '2026-01-01'
    subject: 'feat: app'
    session: S1
digest: {digest}
"""


def test_a_version_of_an_earlier_release_of_the_tracker_is_read(repo: GitRepo) -> None:
    repo.write("sessions/1.yml", "{session: S1, date: 2026-01-01, focus: Begin}\n")
    repo.write("app.py")
    commit = repo.commit("feat: app")
    text = OLD_VERSION.format(commit=commit, digest="x")
    repo.write("versions/1.0.0.yml", text)
    repo.write("versions/1.0.0.yml", text.replace("digest: x", f"digest: {seal(load(text).data)}"))
    assert tracker("check", cwd=repo.path).code == 0
    page = page_of(repo, "1.0.0")
    assert "- app (" in page
    printed = tracker("changelog", "--print", cwd=repo.path).out
    assert "## [1.0.0] - 2026-01-01\n\n### Added\n\n- app (" in printed
    assert "Best trial" not in printed
