"""The changelog file: text outside the marks stays, and writing it again changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command import tracker
from tests.gitrepo import GitRepo
from tracker.errors import TrackerError
from tracker.publish.changelog_file import BEGIN, END, merged

OLD_BEGIN = "<!-- tracker changelog begins: what stands outside these marks is yours -->"
NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])
PARTS = [
    "a",
    "## [1.0.0]",
    "## v2.3",
    "1.2.0",
    "-----",
    "```",
    "~~~",
    "<!--",
    "-->",
    "# Title",
    "",
    "\u2028",
    "\ufeff",
    " ",
]
LINES = st.lists(st.sampled_from(PARTS) | st.text(st.characters(exclude_characters="\r\n"), max_size=8), max_size=8)


@given(LINES, NEWLINES, st.text(max_size=40), st.text(max_size=40))
def test_what_stands_outside_the_marks_is_kept(lines: list[str], newline: str, first: str, second: str) -> None:
    before = newline.join(lines)
    once = merged(before, first)
    begin, end = once.index(BEGIN), once.index(END) + len(END)
    around = once[:begin] + once[end:]
    if before.strip("\ufeff\r\n\t "):
        assert around.replace("\r", "").replace("\n", "") == before.replace("\r", "").replace("\n", "")
        assert before.startswith(once[:begin].rstrip("\r\n"))
    assert merged(once, first) == once
    twice = merged(f"{once}{newline}mine below", second)
    assert twice.startswith(once[:begin] + BEGIN)
    assert twice.endswith(f"{once[once.index(END) :]}{newline}mine below")


HAND_WRITTEN = (
    "# Changelog\n\nAll changes.\n\n```\n## [9.9.9]\n```\n\n## [1.1.0] - 2025-01-02\n\n- b\n\n## 1.0.0\n\n- a"
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("heading", ["## [1.1.0]", "## Version 1.1", "# v1.1.0", "## 2025-01-02", "1.1.0\n====="])
def test_releases_are_put_above_those_of_a_hand_written_file(heading: str, newline: str) -> None:
    old = HAND_WRITTEN.replace("## [1.1.0] - 2025-01-02", heading).replace("\n", newline)
    made = merged(old, "## [2.0.0]\n\n- new")
    place = old.index(heading.replace("\n", newline))
    assert made == old[:place] + newline.join([BEGIN, "", "## [2.0.0]", "", "- new", "", END, "", ""]) + old[place:]


def test_the_mark_of_earlier_versions_is_replaced() -> None:
    assert merged(f"\ufeffMine\r\n\r\n{OLD_BEGIN}\r\n\r\nold\r\n\r\n{END} \r\nbelow", "new") == (
        f"\ufeffMine\r\n\r\n{BEGIN}\r\n\r\nnew\r\n\r\n{END} \r\nbelow"
    )


@pytest.mark.parametrize(
    ("old", "message"),
    [
        (f"{BEGIN}\n", "one of the two marks of the changelog is missing"),
        (f"{END}\n{BEGIN}\n", "one of the two marks of the changelog is missing"),
        (f"a\n{BEGIN}\n{END}\n{BEGIN}\n", "lines 2 and 4 are the same mark; remove one of them"),
    ],
)
def test_marks_that_are_not_a_pair(old: str, message: str) -> None:
    with pytest.raises(TrackerError, match=message):
        merged(old, "new")


def test_a_changelog_holds_no_mark() -> None:
    assert merged("", f"- text {END}").count(END) == 2
    with pytest.raises(TrackerError, match="writes a line that is a mark"):
        merged("", f"a\n{END}\nb")


PLAN = "project: P\nrepository: https://example.org/team/app\n"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """Return a repository with two versions and two later sessions, one of them without highlights."""
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


ESCAPES = [
    "{{ releases.__class__.__mro__ }}",
    "{{ releases[0].__class__.__init__.__globals__ }}",
    "{{ file.__globals__ }}",
    "{{ releases[0].entries.append }}{{ releases.append(1) }}",
]


@pytest.mark.parametrize("template", ESCAPES)
def test_a_template_reaches_nothing_but_the_changes(template: str, repo: GitRepo) -> None:
    repo.write("part/tracker.yml", PLAN + "templates: own\n")
    repo.write("part/own/changelog.md.j2", template)
    done = tracker("changelog", cwd=repo.path / "part")
    assert done.code == 2
    assert "own/changelog.md.j2:1: " in done.err
    assert not (repo.path / "part/CHANGELOG.md").exists()
