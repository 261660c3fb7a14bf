"""Building: the same inputs give the same bytes, only changed pages are written, and no page is half-written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.command import contents_in, files_in, tracker, tracker_fork, tracker_process
from tests.core.conftest import PLAN, SESSION
from tests.gitrepo import GitRepo


def build(repo: GitRepo) -> dict[str, bytes]:
    """Build the pages of a repository and return them."""
    done = tracker("build", "--no-site", cwd=repo.path)
    assert (done.code, done.err) == (0, "")
    return pages(repo.path)


def pages(folder: Path) -> dict[str, bytes]:
    """Return the generated files of a workspace."""
    return contents_in(folder / "docs/tracker")


def test_the_same_inputs_give_the_same_bytes(repo: GitRepo, tmp_path: Path) -> None:
    first = build(repo)
    assert {"index.md", "progress.md", "phases/1.md", "sessions/2025-01-03-3.md", "runs/soak.md"} <= first.keys()
    copy = tmp_path / "elsewhere" / "copy"
    shutil.copytree(repo.path, copy, ignore=shutil.ignore_patterns("tracker", ".tracker"))
    done = tracker_process("build", "--no-site", cwd=copy, PYTHONHASHSEED="7", TZ="Pacific/Auckland", LC_ALL="C")
    assert done.code == 0
    assert pages(copy) == first
    shutil.rmtree(repo.path / "docs/tracker")
    assert build(repo) == first, "cached data gives other pages than fresh data"


def test_what_did_not_change_is_not_written(repo: GitRepo) -> None:
    build(repo)
    before = files_in(repo.path / "docs")
    done = tracker("build", "--no-site", cwd=repo.path)
    assert done.out == f"pages: 0 written, {len(before)} unchanged, 0 removed\n"
    assert files_in(repo.path / "docs") == before


def test_only_the_pages_of_what_changed_are_written(repo: GitRepo) -> None:
    build(repo)
    before = files_in(repo.path / "docs/tracker")
    repo.write("sessions/2.yml", SESSION.format(2) + "summary: More was said.\n")
    build(repo)
    after = files_in(repo.path / "docs/tracker")
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {"sessions/2025-01-02-2.md", "llms-full.txt"}


def test_a_page_that_someone_edited_is_made_again(repo: GitRepo) -> None:
    first = build(repo)
    repo.write("docs/tracker/index.md", "edited by hand")
    repo.remove("docs/tracker/progress.md")
    assert build(repo) == first


def test_a_session_file_that_moved_is_named_by_its_new_path(repo: GitRepo) -> None:
    build(repo)
    (repo.path / "sessions/2.yml").rename(repo.path / "sessions/second.yml")
    assert b"sessions/second.yml" in build(repo)["sessions/2025-01-02-2.md"]


def test_a_workspace_that_moved_links_to_where_it_is(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("one/tracker.yml", "project: P\nrepository: https://example.org/team/app\n")
    repo.write("one/sessions/1.yml", SESSION.format(1) + "summary: See [the app](app.py).\n")
    repo.write("one/.gitignore", "/docs/tracker/\n/.tracker/\n")
    repo.commit("Start")
    assert tracker("build", "--no-site", cwd=tmp_path / "one").code == 0
    (tmp_path / "one").rename(tmp_path / "two")
    repo.commit("Move")
    assert tracker("build", "--no-site", cwd=tmp_path / "two").code == 0
    page = (tmp_path / "two/docs/tracker/sessions/2025-01-01-1.md").read_text("utf-8")
    assert "/blob/HEAD/two/app.py" in page
    assert "/one/" not in page


def test_pages_of_what_is_gone_go(repo: GitRepo) -> None:
    first = build(repo)
    repo.remove("sessions/3.yml")
    repo.remove("diagnostics/results/soak.json")
    second = build(repo)
    assert first.keys() - second.keys() == {"sessions/2025-01-03-3.md", "runs/soak.md"}
    repo.write("sessions/3.yml", SESSION.format(3))
    repo.write("diagnostics/results/soak.json", '{"rate": 0.5}')
    assert build(repo) == first


def test_what_others_wrote_is_never_touched(repo: GitRepo) -> None:
    build(repo)
    repo.write("docs/index.md", "mine")
    repo.write("docs/tracker/notes.md", "mine")
    repo.write("docs/tracker/sessions/notes.md", "mine, about Session Tracker")
    for number in (1, 2, 3):
        repo.remove(f"sessions/{number}.yml")
    build(repo)
    found = contents_in(repo.path / "docs")
    assert {path for path, content in found.items() if content.startswith(b"mine")} == {
        "index.md",
        "tracker/notes.md",
        "tracker/sessions/notes.md",
    }


def test_a_page_that_was_edited_and_is_no_longer_generated_is_kept(repo: GitRepo) -> None:
    build(repo)
    repo.write("docs/tracker/sessions/2025-01-03-3.md", "my notes")
    repo.remove("sessions/3.yml")
    assert build(repo)["sessions/2025-01-03-3.md"] == b"my notes"


def test_pages_of_an_older_build_that_come_back_are_removed(repo: GitRepo, tmp_path: Path) -> None:
    build(repo)
    shutil.copytree(repo.path / "docs", tmp_path / "docs")
    repo.remove("sessions/3.yml")
    second = build(repo)
    shutil.copytree(tmp_path / "docs", repo.path / "docs", dirs_exist_ok=True)
    assert build(repo) == second


@pytest.mark.parametrize("text", ["mine", "# Session Tracker\n\nmine"])
def test_a_page_in_the_place_of_something_else_is_not_written(text: str, repo: GitRepo) -> None:
    repo.write("docs/tracker/sessions/index.md", text)
    done = tracker("build", "--no-site", cwd=repo.path)
    assert "sessions/index.md: exists and was not written by the tracker" in done.message
    assert contents_in(repo.path / "docs") == {"tracker/sessions/index.md": text.encode()}


def test_a_lost_manifest_is_no_harm(repo: GitRepo, state_home: Path) -> None:
    repo.write("tracker.yml", f"project: P\nphases: [{{id: a, title: {'long ' * 60}}}]\n")
    build(repo)
    (manifest,) = state_home.rglob("pages.json")
    spoiled = (None, "", "{}", '{"files": {"../../tracker.yml": {}}}', '{"files": []}')
    for number, content in enumerate(spoiled):
        repo.write("tracker.yml", f"project: P{number}\nphases: [{{id: a, title: {f'other{number} ' * 60}}}]\n")
        manifest.unlink()
        if content is not None:
            manifest.write_text(content, "utf-8")
        assert f"other{number}".encode() in build(repo)["phases/a.md"]
    assert (repo.path / "tracker.yml").exists()


def test_a_forged_manifest_removes_nothing(repo: GitRepo) -> None:
    """Earlier versions kept the manifest in the folder of the pages, where a repository can add a forged one."""
    names = (".env", "../.env", "app.py", "tracker.yml")
    for name in (".env", "src/.env", "src/app.py"):
        repo.write(name, "mine")
    entry = {"key": "", "content": "", "size": 4, "modified": 0}
    forged = json.dumps({"by": "Session Tracker", "files": dict.fromkeys(names, entry)})
    repo.write("src/.manifest.json", forged)
    repo.write("tracker.yml", PLAN + "docs: src\n")
    before = contents_in(repo.path)
    message = tracker("build", "--no-site", cwd=repo.path).message
    assert "not written by the tracker, and the folder of the pages may contain nothing else" in message
    assert contents_in(repo.path) == before


def test_a_link_to_elsewhere_is_not_followed_when_pages_go(repo: GitRepo, tmp_path: Path) -> None:
    build(repo)
    shutil.copytree(repo.path / "docs/tracker/sessions", tmp_path / "outside")
    shutil.rmtree(repo.path / "docs/tracker/sessions")
    (repo.path / "docs/tracker/sessions").symlink_to(tmp_path / "outside")
    before = contents_in(tmp_path / "outside")
    repo.remove("sessions/3.yml")
    assert "leads out of the pages" in tracker("build", "--no-site", cwd=repo.path).message
    assert contents_in(tmp_path / "outside") == before


# --- templates ------------------------------------------------------------------------------------------------------


def test_a_workspace_overrides_a_template(repo: GitRepo) -> None:
    first = build(repo)
    repo.write("tracker.yml", (repo.path / "tracker.yml").read_text("utf-8") + "templates: my/templates\n")
    repo.write(
        "my/templates/decisions.md.j2", '{% from "macros.md.j2" import head with context %}\n{{ head("Ours") }}\n'
    )
    second = build(repo)
    assert second["decisions.md"].startswith(b'---\ntitle: "Ours"\n---\n\n# Ours\n')
    assert {path for path in first if first[path] != second[path]} == {"decisions.md"}
    repo.write("my/templates/decisions.md.j2", "Changed, with {{ decisions | length }} decisions.")
    assert build(repo)["decisions.md"] == b"Changed, with 0 decisions.\n"
    repo.remove("my/templates/decisions.md.j2")
    repo.write("my/templates/other.md.j2", "")
    assert build(repo) == first


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("line\n{% if %}", "decisions.md.j2:2: "),
        ("line\n\n{{ nothing.at_all }}", "decisions.md.j2:3: 'nothing' is undefined"),
        ("{{ 1 / 0 }}", "decisions.md.j2:1: division by zero"),
        ('{% include "none.md.j2" %}', "decisions.md.j2:1: no such template: none.md.j2"),
        ("{{ decisions | no_such_filter }}", "decisions.md.j2:1: No filter named 'no_such_filter'"),
        ('{% include "decisions.md.j2" %}', "maximum recursion depth exceeded"),
        (b"\xff", "decisions.md.j2: "),
    ],
)
def test_a_broken_template_is_one_message_and_nothing_is_written(
    template: str | bytes, message: str, repo: GitRepo
) -> None:
    build(repo)
    before = files_in(repo.path / "docs")
    repo.write("tracker.yml", (repo.path / "tracker.yml").read_text("utf-8") + "templates: my\n")
    repo.write("my/decisions.md.j2", template)
    done = tracker("build", "--no-site", cwd=repo.path)
    assert message in done.message
    assert "\n" not in done.message
    assert files_in(repo.path / "docs") == before


# --- interrupted ----------------------------------------------------------------------------------------------------

BUILD = ("build", "--no-site")


def die_at(moves: int) -> None:
    """Kill this process before it moves another page into its place."""
    replace, left = os.replace, [moves]

    def dying(source: str, target: str, **folders: int) -> None:
        if target.endswith((".md", ".json", ".svg", ".txt", ".css")) and target != "pages.json":
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
        replace(source, target, **folders)

    os.replace = dying  # type: ignore[assignment]


def outcome(child: int) -> int:
    """Return the exit status of a process, or the negative number of the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def next_state(repo: GitRepo) -> None:
    """Change all pages, add some, and remove some."""
    phases = f"[{{id: '1', title: {'Long ' * 500}}}, {{id: b, title: {'Other ' * 500}}}]"
    repo.write("tracker.yml", f"project: Q\nphases: {phases}\n")
    repo.remove("sessions/3.yml")
    repo.write("sessions/4.yml", SESSION.format(4))
    repo.write("sessions/2.yml", SESSION.format(2) + "summary: More.\n")


def assert_whole(folder: Path, *states: dict[str, bytes]) -> None:
    """Assert that every file is complete and of one of the builds; the next build removes temporary files."""
    for path, content in pages(folder).items():
        if not path.endswith(".tmp"):
            assert content in [state.get(path) for state in states], f"{path} is not from any build"


def both_states(repo: GitRepo, tmp_path: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the pages before and after the change, and the changed repository with the old pages."""
    first = build(repo)
    shutil.copytree(repo.path, tmp_path / "old")
    next_state(repo)
    second = build(repo)
    shutil.rmtree(repo.path / "docs")
    shutil.copytree(tmp_path / "old/docs", repo.path / "docs")
    return first, second


@pytest.mark.parametrize("first_build", [True, False])
@pytest.mark.parametrize("moves", [1, 7, *(pytest.param(moves, marks=pytest.mark.slow) for moves in (0, 2, 10))])
def test_killed_between_two_moves(moves: int, first_build: bool, repo: GitRepo, tmp_path: Path) -> None:
    first, second = both_states(repo, tmp_path)
    if first_build:
        shutil.rmtree(repo.path / "docs")
        first = {}
    child = tracker_fork(*BUILD, cwd=repo.path, prepare=lambda: die_at(moves))
    assert outcome(child) == -signal.SIGKILL
    assert_whole(repo.path, first, second)
    repo.write("tracker.yml", (repo.path / "tracker.yml").read_text("utf-8").replace("Other", "Another"))
    repo.write("sessions/4.yml", SESSION.format(4) + "summary: Once more.\n")
    repaired = build(repo)
    shutil.rmtree(repo.path / "docs")
    assert build(repo) == repaired
    assert not list(repo.path.rglob("*.tmp"))


def test_a_disk_that_refuses_a_move(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = both_states(repo, tmp_path)
    replace, left = os.replace, [5]

    def refusing(source: str, target: str, **folders: int) -> None:
        left[0] -= 1
        if not left[0]:
            raise OSError(28, "No space left on device", target)
        replace(source, target, **folders)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refusing)
        assert "No space left on device" in tracker("build", "--no-site", cwd=repo.path).message
    assert_whole(repo.path, first, second)
    assert build(repo) == second


def test_two_builds_in_parallel(repo: GitRepo) -> None:
    builds = [tracker_fork(*BUILD, cwd=repo.path) for _ in range(3)]
    assert list(map(outcome, builds)) == [0, 0, 0]
    together = pages(repo.path)
    assert tracker("build", "--no-site", cwd=repo.path).out.startswith("pages: 0 written, ")
    shutil.rmtree(repo.path / "docs")
    assert build(repo) == together


@pytest.mark.slow
def test_killed_at_any_moment(repo: GitRepo, tmp_path: Path) -> None:
    first, second = both_states(repo, tmp_path)
    start = time.monotonic()
    assert outcome(tracker_fork(*BUILD, cwd=repo.path)) == 0
    took = time.monotonic() - start
    for part in range(16):
        shutil.rmtree(repo.path / "docs")
        shutil.copytree(tmp_path / "old/docs", repo.path / "docs")
        child = tracker_fork(*BUILD, cwd=repo.path)
        time.sleep(took * part / 15)
        os.kill(child, signal.SIGKILL)
        assert outcome(child) in (0, -signal.SIGKILL)
        assert_whole(repo.path, first, second)
        assert build(repo) == second
