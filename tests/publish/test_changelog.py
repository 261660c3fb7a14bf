"""The file of the changelog: people's own text stays, and making it again changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.publish.changelog_file import BEGIN, END, merged

TEXTS = st.text(max_size=40).filter(lambda text: BEGIN not in text and END not in text)


@given(TEXTS, TEXTS, TEXTS)
def test_what_stands_outside_the_marks_is_kept(before: str, first: str, second: str) -> None:
    once = merged(before, first)
    assert once.startswith(before) or not before.strip("\ufeff\r\n\t ")
    assert merged(once, first) == once
    own = f"{once}\nmine below"
    twice = merged(own, second)
    assert twice.startswith(once[: once.index(BEGIN)])
    assert twice.endswith(once[once.index(END) :] + "\nmine below")
    newline = once[once.index(BEGIN) + len(BEGIN) :][: 2 if "\r\n" in once else 1]
    assert second.strip().replace("\n", newline) in twice


PLAN = "project: P\nrepository: https://example.org/team/app\n"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """Two versions, and after them two sessions, of which one made no commit."""
    repo = GitRepo(tmp_path)
    repo.write("part/tracker.yml", PLAN)
    repo.write("part/sessions/1.yml", "{session: '1', date: 2026-01-01, focus: x, changes: {added: [A **gate**]}}\n")
    repo.write("part/gate.py")
    repo.commit("Build it (S1)")
    assert tracker("release", cwd=repo.path / "part").code == 0
    repo.write("part/sessions/2.yml", "{session: '2', date: 2026-01-02, focus: y, highlights: [Best trial]}\n")
    repo.write("part/gate.py", "wall = None\n")
    repo.commit("Remove the wall (S2)")
    assert tracker("release", cwd=repo.path / "part").code == 0
    repo.write("part/sessions/3.yml", "{session: '3', date: 2026-01-03, focus: Fixtures for the lock}\n")
    repo.write("part/sessions/4.yml", "{session: '4', date: 2026-01-04, focus: z}\n")
    repo.commit("Sessions 3 and 4")
    repo.write("part/lock.py")
    repo.commit("Fix the lock (S4)")
    repo.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    repo.write("part/door.py")
    repo.commit("Door (S4)")
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "-m", "Combine it with the door (S4)", "side")
    return repo


def printed(repo: GitRepo, *options: str) -> str:
    done = tracker("changelog", "--print", *options, cwd=repo.path / "part")
    assert done.code == 0, done
    return done.out


def lines(text: str) -> list[str]:
    """The headings and entries, without the links behind an entry."""
    return [line.partition(" ([")[0] for line in text.splitlines() if line.startswith(("#", "-"))]


def test_versions_and_what_came_after_the_newest_first(repo: GitRepo) -> None:
    text = printed(repo)
    assert re.findall(r"^## \[(.*?)\]", text, re.MULTILINE) == ["Unreleased", "1.0.1", "1.0.0"]
    assert "https://example.org/team/app/blob/HEAD/part/versions/1.0.1.yml" in text
    fix = repo.git("log", "--format=%H", "--grep=Fix the lock")
    assert f"- Fix the lock (S4) ([`{fix[:7]}`](https://example.org/team/app/commit/{fix}), session 4)" in text
    assert lines(text) == [
        *("## [Unreleased]", "### Changed", "- Door (S4)", "### Fixed", "- Fix the lock (S4)", "### Contributors"),
        *("## [1.0.1](https://example.org/team/app/blob/HEAD/part/versions/1.0.1.yml) - 2026-01-02", "### Removed"),
        *("- Remove the wall (S2)", "### Contributors"),
        *("## [1.0.0](https://example.org/team/app/blob/HEAD/part/versions/1.0.0.yml) - 2026-01-01", "### Added"),
        *("- A **gate** (session 1)", "### Contributors"),
    ]


def test_since_unreleased_and_one_version(repo: GitRepo) -> None:
    def headings(*options: str) -> list[str]:
        return re.findall(r"^## \[(.*?)\]", printed(repo, *options), re.MULTILINE)

    assert headings("--since", "1.0.0") == ["Unreleased", "1.0.1"]
    assert headings("--unreleased") == ["Unreleased"]
    assert headings("--version", "1.0.0") == ["1.0.0"]
    done = tracker("changelog", "--version", "1.0.0", cwd=repo.path / "part")
    assert (done.code, "add --print" in done.err) == (2, True)
    assert not (repo.path / "part/CHANGELOG.md").exists()


def test_the_same_twice_and_own_text_around_it(repo: GitRepo) -> None:
    path = repo.path / "part" / "CHANGELOG.md"
    path.write_text("# Mine\n", "utf-8")
    tracker("changelog", cwd=path.parent)
    once = path.read_bytes()
    tracker("changelog", cwd=path.parent)
    assert path.read_bytes() == once
    assert once.startswith(b"# Mine\n\n<!-- tracker changelog begins")


def test_own_text_keeps_its_line_endings_and_its_end(repo: GitRepo) -> None:
    path = repo.path / "part" / "CHANGELOG.md"
    path.write_bytes("\ufeff# Mine  \r\n\r\n".encode())
    tracker("changelog", cwd=path.parent)
    text = path.read_bytes().decode()
    assert text.startswith("\ufeff# Mine  \r\n\r\n\r\n<!-- tracker changelog begins")
    assert text.count("\n") == text.count("\r\n")
    path.write_bytes(text.rstrip().encode() + b"\n\nlinux\nno end  ")
    tracker("changelog", cwd=path.parent)
    assert path.read_bytes() == text.rstrip().encode() + b"\n\nlinux\nno end  "


def test_a_file_that_is_not_text_is_not_touched(repo: GitRepo) -> None:
    path = repo.path / "part" / "CHANGELOG.md"
    path.write_bytes(b"caf\xe9\n")
    done = tracker("changelog", cwd=path.parent)
    assert (done.code, done.message) == (2, "CHANGELOG.md: not UTF-8; save it as UTF-8 and run the command again")
    assert path.read_bytes() == b"caf\xe9\n"


def test_a_template_of_ones_own(repo: GitRepo) -> None:
    repo.write("part/tracker.yml", PLAN + "templates: own\n")
    repo.write("part/own/changelog.md.j2", "{% for one in releases %}{{ (one.version or 'soon') | safe }} {% endfor %}")
    assert printed(repo) == "soon 1.0.1 1.0.0\n"
