"""Sessions of agents from start to stop: honest ones are never blocked, dishonest ones are, with a reason."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.agents.project import PLAN, make_project
from tests.command import tracker
from tests.gitrepo import GitRepo

HEAD = 'session: "2"\ndate: 2026-01-02\nfocus: The ramp\n'
FILE = "sessions/2026-01-02-2.yml"
RAMP = "def loop():\n    pass\n\n\ndef ramp():\n    pass\n"


class Agent:
    """An agent that works in a repository, with the hooks of Claude Code."""

    def __init__(self, repo: GitRepo, monkeypatch: pytest.MonkeyPatch, name: str = "one") -> None:
        self.repo = repo
        self.name = name
        self.folder = repo.path
        self.transcript: Path | None = None
        self._monkeypatch = monkeypatch

    def hook(self, event: str) -> str:
        given = {
            "session_id": self.name,
            "cwd": str(self.folder),
            "hook_event_name": {"start": "SessionStart", "stop": "Stop"}[event],
            "stop_hook_active": False,
            "transcript_path": str(self.transcript or "/nowhere"),
        }
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(given).encode())))
        done = tracker("hook", event, cwd=self.folder)
        assert done.code == 0, done.err
        return done.out

    def start(self) -> None:
        assert "additionalContext" in self.hook("start")

    def stop(self) -> str:
        """Why it is blocked; empty where it is not."""
        out = self.hook("stop")
        return str(json.loads(out)["reason"]) if out else ""

    def records(self, text: str, file: str = FILE) -> None:
        self.repo.write(file, HEAD + text)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return make_project(tmp_path / "kiln")


@pytest.fixture(params=["with start", "without start"])
def agent(request: pytest.FixtureRequest, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Agent:
    agent = Agent(repo, monkeypatch)
    if request.param == "with start":
        agent.start()
    return agent


# --- honest ---------------------------------------------------------------------------------------------------------


def rebased(agent: Agent) -> None:
    """The commits that the session names were rebased since; the old ones are gone."""
    repo = agent.repo
    repo.git("checkout", "-qb", "ramp")
    repo.write("ramp.py", "x = 1\n")
    old = repo.commit("Add the ramp")
    repo.git("checkout", "-q", "main")
    repo.write("other.py", "")
    repo.commit("Add another file")
    repo.git("checkout", "-q", "ramp")
    agent.records(f"commits: [{{commit: {old[:10]}, note: Add the ramp}}]\nfiles: {{created: [ramp.py]}}\n")
    repo.git("rebase", "-q", "main")


def squashed(agent: Agent) -> None:
    """The branch was squashed into main, and deleted."""
    repo = agent.repo
    repo.git("checkout", "-qb", "ramp")
    repo.write("ramp.py", "x = 1\n")
    first = repo.commit("Add the ramp")
    repo.write("ramp.py", "x = 2\n")
    second = repo.commit("Correct the ramp")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--squash", "ramp")
    repo.commit("The ramp (#7)")
    repo.git("branch", "-qD", "ramp")
    agent.records(f"commits: [{first[:10]}, {second[:10]}]\nfiles: {{created: [ramp.py]}}\n")


def on_another_branch(agent: Agent) -> None:
    """The work is on a branch that is not checked out, and the session says so."""
    repo = agent.repo
    repo.git("checkout", "-qb", "ramp")
    repo.write("loop.py", RAMP)
    repo.write("ramp.py", "")
    made = repo.commit("Define the ramp")
    repo.git("checkout", "-q", "main")
    agent.records(
        f"commits: [{made[:10]}]\nfiles: {{created: [ramp.py], modified: [loop.py]}}\n"
        "summary: ramp-there is met on the branch ramp.\n"
    )


def not_committed(agent: Agent) -> None:
    """Nothing is committed, and the session says what is on disk."""
    agent.repo.write("loop.py", RAMP)
    agent.repo.write("ramp.py", "")
    agent.records(
        "files: {created: [ramp.py], modified: [loop.py]}\n"
        "summary: Not committed. ramp-there is met.\nhighlights: [Completed ramp-there]\n"
    )


def renamed_after(agent: Agent) -> None:
    """A file that the session created was moved by a later commit."""
    repo = agent.repo
    repo.write("ramp.py", "x = 1\n" * 20)
    repo.commit("Add the ramp")
    agent.records("files: {created: [ramp.py]}\n")
    repo.commit("Record the session")
    repo.git("mv", "ramp.py", "slope.py")
    repo.commit("Rename the ramp")


def removed_again(agent: Agent) -> None:
    """A file was created and removed in one session, without a commit."""
    agent.records("files: {created: [scratch.py], removed: [scratch.py]}\n")


def measured_later(agent: Agent) -> None:
    """Criteria are met only after a command was run, and none was run yet."""
    agent.repo.write("loop.py", RAMP)
    agent.records("highlights: [soak-long is met]\nphases: {1: complete}\n")


def partial(agent: Agent) -> None:
    """Progress in part, named with the words of a report."""
    agent.records(
        "status: 2 of 3 criteria done\nphases: {1: in progress}\n"
        "highlights:\n  - Completed the tests for ramp-there\n  - loop-there is met\n"
        "  - 'ramp-there: done except for the last edge'\n  - ramp-there is almost done\n"
        "work:\n  - title: Boxes\n    body: |\n      - [x] loop-there\n      - [ ] ramp-there is met\n"
        "      - ~~ramp-there is done~~\n"
    )


def quoted(agent: Agent) -> None:
    """Words of others: the output of a program, a quotation, the report of a reviewer."""
    agent.records(
        "summary: |\n  > ramp-there is met\n\n  The review says ramp-there is met. I could not reproduce it.\n\n"
        "  ```\n  ramp-there: done\n  ```\n"
    )


def branch_of_others(agent: Agent) -> None:
    """The branch was changed to one on which others were wrong."""
    repo = agent.repo
    repo.git("checkout", "-qb", "theirs")
    repo.write("sessions/2026-01-02-9.yml", HEAD.replace('"2"', '"9"') + "files: {created: [nowhere.py]}\n")
    repo.commit("ramp-there is done")
    repo.git("checkout", "-q", "main")
    agent.name = "two"
    agent.start()
    repo.git("checkout", "-q", "theirs")
    agent.records("summary: I looked at their branch.\n")


def pulled(agent: Agent) -> None:
    """Others pushed a wrong report, and the session pulled it."""
    repo, other = agent.repo, agent.repo.path.parent / "other"
    repo.git("clone", "-q", str(repo.path), str(other))
    theirs = GitRepo(other)
    theirs.write("sessions/2026-01-02-9.yml", HEAD.replace('"2"', '"9"') + "files: {created: [nowhere.py]}\n")
    theirs.commit("ramp-there is done")
    agent.start()
    agent.records("summary: Pulled.\n")
    repo.git("pull", "-q", "--ff-only", str(other), "main")


def of_yesterday(agent: Agent) -> None:
    """The file of yesterday's session is not committed yet, and wrong."""
    agent.repo.write("sessions/2026-01-01-9.yml", HEAD.replace('"2"', '"9"') + "files: {created: [nowhere.py]}\n")
    old = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    os.utime(agent.repo.path / "sessions/2026-01-01-9.yml", (old, old))
    agent.name, agent.transcript = "two", agent.repo.path.parent / "two.jsonl"
    moment = datetime.now(UTC) - timedelta(seconds=60)
    agent.transcript.write_text(f'{{"timestamp": "{moment.isoformat()}", "path": "{FILE}"}}\n', "utf-8")
    agent.start()
    agent.records("summary: A new day.\n")


def beside_another_agent(agent: Agent) -> None:
    """Another agent in the same folder writes a wrong session file while this one works."""
    agent.transcript = agent.repo.path.parent / "one.jsonl"
    agent.transcript.write_text('{"timestamp": "2026-01-02T10:00:00Z", "path": "/x/2026-01-02-2.yml"}\n', "utf-8")
    agent.records("summary: My part is written.\n")
    agent.repo.write("sessions/2026-01-02-9.yml", HEAD.replace('"2"', '"9"') + "highlights: [ramp-there is met]\n")


def old_words(agent: Agent) -> None:
    """A typo in the file of an old session is corrected; its wrong claim is not of today."""
    file = agent.repo.path / "sessions/2026-01-01-1.yml"
    file.write_text(file.read_text("utf-8").replace("The loop", "The loop of the kiln"), "utf-8")


def committed_old_words(agent: Agent) -> None:
    """The same, committed."""
    old_words(agent)
    agent.repo.commit("Correct a typo")


def not_done(agent: Agent) -> None:
    """The plain sentence that the gate asks for."""
    agent.records("phases: {1: in progress}\nstatus: ramp-there is not done\nhandoff: {blockers: [The kiln is cold]}\n")


def another_time_zone(agent: Agent) -> None:
    """The day of the session is another one than that of its commits, which are in UTC+14."""
    repo = agent.repo
    repo.write("ramp.py", "")
    repo.at("2026-01-03T09:00:00+14:00")
    made = repo.commit("Add the ramp")
    agent.records(f"commits: [{made[:10]}]\nfiles: {{created: [ramp.py]}}\n")


def wrong_clock(agent: Agent) -> None:
    """The clock of this machine is years behind: facts of another time are disputed, not refuted."""
    repo = agent.repo
    repo.write("ramp.py", "")
    repo.at("2019-05-01T09:00:00+00:00")
    made = repo.commit("Add the ramp")
    agent.records(f"commits: [{made[:10]}]\nfiles: {{created: [ramp.py]}}\n")


def amended(agent: Agent) -> None:
    """A report in a subject was taken back by an amendment."""
    repo = agent.repo
    repo.write("notes.txt", "")
    repo.commit("ramp-there is done")
    repo.git("commit", "-q", "--amend", "-m", "Start on the ramp")


def recorded_by_an_amendment(agent: Agent) -> None:
    """The session file is added to the commit that it names, which gives that another hash."""
    repo = agent.repo
    repo.write("ramp.py", "x = 1\n")
    made = repo.commit("Add the ramp")
    agent.records(f"commits: [{made[:10]}]\nfiles: {{created: [ramp.py]}}\nhighlights: [loop-there is met]\n")
    repo.git("add", "--all")
    repo.git("commit", "-q", "--amend", "--no-edit")


def in_the_middle_of_a_rebase(agent: Agent) -> None:
    """A conflict stopped a rebase: HEAD has none of the session's work."""
    repo = agent.repo
    repo.git("checkout", "-qb", "ramp")
    repo.write("ramp.py", "x = 1\n")
    repo.write("loop.py", "one\n")
    made = repo.commit("Add the ramp")
    repo.git("checkout", "-q", "main")
    repo.write("loop.py", "two\n")
    repo.commit("Change the loop")
    repo.git("checkout", "-q", "ramp")
    with pytest.raises(RuntimeError):
        repo.git("rebase", "-q", "main")
    agent.records(f"commits: [{made[:10]}]\nfiles: {{created: [ramp.py]}}\nhighlights: [loop-there is met]\n")


def worked_in_a_folder(agent: Agent) -> None:
    """Paths as the agent writes them: from the top, with `./`, a folder, a glob, a line number."""
    for name in ("a", "b"):
        agent.repo.write(f"src/{name}.py", "")
    agent.repo.commit("Add the parts")
    paths = "./src/a.py, src, 'src/*.py', 'src/a.py:12', 'kiln/src/b.py'"
    agent.records(f"files: {{created: [{paths}]}}\nhighlights: [loop-there is met]\n")


def ignored(agent: Agent) -> None:
    """Files that git ignores leave no trace."""
    agent.repo.write(".gitignore", "build/\n")
    agent.repo.commit("Ignore what is built")
    agent.records("files: {created: [build/ramp.bin], removed: [build/old.bin]}\n")


def in_another_worktree(agent: Agent) -> None:
    """The work is in another worktree of the repository, and not committed."""
    other = agent.repo.path.parent / "other"
    agent.repo.git("worktree", "add", "-q", "-b", "ramp", str(other))
    (other / "ramp.py").write_text("", "utf-8")
    agent.records("files: {created: [ramp.py]}\nsummary: In the worktree other.\n")


def cherry_picked(agent: Agent) -> None:
    """The commit that the session names was picked onto main, and its branch deleted."""
    repo = agent.repo
    repo.git("checkout", "-qb", "ramp")
    repo.write("ramp.py", "x = 1\n")
    made = repo.commit("Add the ramp")
    repo.git("checkout", "-q", "main")
    repo.write("other.py", "")
    repo.commit("Add another file")
    repo.git("cherry-pick", made)
    repo.git("branch", "-qD", "ramp")
    agent.records(f"commits: [{made[:10]}]\nfiles: {{created: [ramp.py]}}\n")


def reverted(agent: Agent) -> None:
    """The work was reverted, and the session says both."""
    repo = agent.repo
    repo.write("ramp.py", "x = 1\n")
    made = repo.commit("Add the ramp")
    repo.git("revert", "--no-edit", made)
    agent.records(f"commits: [{made[:10]}]\nfiles: {{created: [ramp.py], removed: [ramp.py]}}\n")


def stashed(agent: Agent) -> None:
    """The work is in the stash."""
    agent.repo.write("ramp.py", "x = 1\n")
    agent.repo.write("loop.py", RAMP)
    agent.repo.git("stash", "-q", "-u")
    agent.records("files: {created: [ramp.py], modified: [loop.py]}\nsummary: Stashed.\n")


def given_up(agent: Agent) -> None:
    """The branch with the work was deleted."""
    repo = agent.repo
    repo.git("checkout", "-qb", "ramp")
    repo.write("ramp.py", "")
    made = repo.commit("Add the ramp")
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-qD", "ramp")
    agent.records(f"commits: [{made[:10]}]\nfiles: {{created: [ramp.py]}}\nsummary: Given up.\n")


def over_midnight(agent: Agent) -> None:
    """The session ended the next day."""
    agent.repo.at("2026-01-03T00:40:00+00:00")
    agent.repo.write("ramp.py", "")
    made = agent.repo.commit("Add the ramp\n\nSession: 1")  # and the trailer is of another session
    agent.records(f"until: 2026-01-03\ncommits: [{made[:10]}]\nfiles: {{created: [ramp.py]}}\n")


def renamed_and_squashed(agent: Agent) -> None:
    """A file was created and renamed on a branch that was squashed."""
    repo = agent.repo
    repo.git("checkout", "-qb", "ramp")
    repo.write("ramp.py", "x = 1\n" * 9)
    first = repo.commit("Add the ramp")
    repo.git("mv", "ramp.py", "slope.py")
    second = repo.commit("Rename the ramp")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--squash", "ramp")
    repo.commit("Add the slope (#3)")
    renamed = "renamed: [{from: ramp.py, to: slope.py}]"
    agent.records(f"commits: [{first[:9]}, {second[:9]}]\nfiles: {{created: [ramp.py], {renamed}}}\n")


def conflict_resolved(agent: Agent) -> None:
    """The session only merged, and resolved a conflict on no branch."""
    repo = agent.repo
    repo.git("checkout", "-qb", "ramp")
    repo.write("loop.py", "one\n")
    repo.commit("One")
    repo.git("checkout", "-q", "--detach", "main")
    repo.write("loop.py", "two\n")
    repo.commit("Two")
    with pytest.raises(RuntimeError):
        repo.git("merge", "-q", "ramp")
    repo.write("loop.py", "three\n")
    made = repo.commit("Merge the ramp")
    agent.records(f"commits: [{made[:9]}]\nfiles: {{modified: [loop.py]}}\n")


def a_part_of_it(agent: Agent) -> None:
    """A part is done, a criterion is waived, one was measured elsewhere, a box is open again; lines are wrapped."""
    agent.records(
        "summary: |\n  The skeleton of ramp-there is complete. Review of ramp-there: done.\n\n"
        "  ramp-there is met\n  only on the branch of the other team. I cannot claim that\n  ramp-there is met.\n\n"
        "  - [ ] ramp-there, which was ticked too early\n  - ❌ ramp-there\n\n"
        "  | criterion | written | met |\n  |---|---|---|\n  | ramp-there | ✅ | ❌ |\n"
        "highlights: [soak-long is waived, soak-long is met on the cluster]\n"
        "handoff: {state: 'Work on ramp-there is done for today'}\n"
    )


HONEST: list[Callable[[Agent], None]] = [
    rebased,
    squashed,
    on_another_branch,
    not_committed,
    renamed_after,
    removed_again,
    measured_later,
    partial,
    quoted,
    branch_of_others,
    pulled,
    of_yesterday,
    beside_another_agent,
    old_words,
    committed_old_words,
    not_done,
    another_time_zone,
    wrong_clock,
    amended,
    recorded_by_an_amendment,
    in_the_middle_of_a_rebase,
    worked_in_a_folder,
    ignored,
    in_another_worktree,
    cherry_picked,
    reverted,
    stashed,
    given_up,
    over_midnight,
    renamed_and_squashed,
    conflict_resolved,
    a_part_of_it,
]


@pytest.mark.parametrize("story", HONEST, ids=lambda one: one.__name__)
def test_an_honest_session_is_not_blocked(agent: Agent, story: Callable[[Agent], None]) -> None:
    story(agent)
    assert agent.stop() == ""


def test_a_workspace_in_a_folder_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other parts of the repository may be named by their path from its top, and their commits are of others."""
    repo = GitRepo(tmp_path)
    make_project(tmp_path / "inner")
    (tmp_path / "inner/.git").rename(tmp_path / "unused")
    repo.commit("Add the kiln")
    agent = Agent(repo, monkeypatch)
    agent.folder = tmp_path / "inner"
    agent.start()
    repo.write("other/tool.py", "")
    repo.write("inner/ramp.py", "")
    made = repo.commit("Add a tool and the ramp")
    claims = "files: {created: [ramp.py, inner/ramp.py, ../other/tool.py, other/tool.py]}"
    agent.records(f"commits: [{made[:10]}]\n{claims}\n", "inner/sessions/2026-01-02-2.yml")
    assert agent.stop() == ""
    agent.records("files: {created: [nowhere.py]}\n", "inner/sessions/2026-01-02-2.yml")
    assert "nowhere.py" in agent.stop()


def test_work_in_a_submodule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = GitRepo(tmp_path / "library")
    library.write("part.py", "")
    library.commit("Add a part")
    repo = make_project(tmp_path / "kiln")
    repo.git("submodule", "--quiet", "add", str(library.path), "library")
    repo.commit("Use the library")
    agent = Agent(repo, monkeypatch)
    agent.start()
    inner = GitRepo(repo.path / "library")
    inner.write("new.py", "")
    made = inner.commit("Add a new part")
    repo.commit("Use the new part")
    agent.records(f"commits: [{made[:10]}]\nfiles: {{created: [library/new.py], modified: [library]}}\n")
    assert agent.stop() == ""


def test_two_sessions_of_one_day(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answers only for its own: the second one is not blocked by what the first one wrote."""
    first, second = Agent(repo, monkeypatch, "one"), Agent(repo, monkeypatch, "two")
    first.start()
    first.records("files: {created: [nowhere.py]}\n")
    repo.commit("ramp-there is done")
    assert "nowhere.py" in first.stop()
    second.start()
    second.records("summary: Looked at it.\n".replace("it", "the loop"), "sessions/2026-01-02-3.yml")
    file = repo.path / "sessions/2026-01-02-3.yml"
    file.write_text(file.read_text("utf-8").replace('"2"', '"3"'), "utf-8")
    assert second.stop() == ""
    repo.commit("Record session 3")
    assert second.stop() == ""


# --- dishonest ------------------------------------------------------------------------------------------------------


def never_written(agent: Agent) -> str:
    """A file that was never written."""
    agent.records("files: {created: [nowhere.py]}\n")
    return "nowhere.py"


def never_committed(agent: Agent) -> str:
    """A hash that no commit has."""
    agent.records("commits: [{commit: deadbeef12, note: Add the ramp}]\n")
    return "deadbeef12"


def not_removed(agent: Agent) -> str:
    """A file that is still there."""
    agent.records("files: {removed: [loop.py]}\n")
    return "still tracked"


def phase_complete(agent: Agent) -> str:
    """A phase with an unmet criterion."""
    agent.records("phases: {1: done}\n")
    return "criterion ramp-there is unmet"


def said_met(agent: Agent) -> str:
    """A criterion in words."""
    agent.records("summary: |\n  Wrote the ramp.\n\n  ramp-there is met, and all tests pass.\n")
    return "criterion ramp-there is unmet"


def ticked(agent: Agent) -> str:
    """A ticked box."""
    agent.records(
        "work:\n  - title: Boxes\n    body: |\n      - [x] loop-there\n      - [x] **ramp-there**: the ramp\n"
    )
    return "criterion ramp-there is unmet"


def in_a_subject(agent: Agent) -> str:
    """The subject of a commit, with the trailer of the session."""
    agent.records("summary: Wrote the ramp.\n")
    agent.repo.commit("Completed ramp-there\n\nSession: 2")
    return "criterion ramp-there is unmet"


def in_a_rebased_subject(agent: Agent) -> str:
    """The same, rebased."""
    in_a_subject(agent)
    repo = agent.repo
    repo.git("checkout", "-qb", "other", "HEAD~1")
    repo.write("other.py", "")
    repo.commit("Add another file")
    repo.git("rebase", "-q", "other", "main")
    return "criterion ramp-there is unmet"


def renamed_nothing(agent: Agent) -> str:
    """A file that was not renamed."""
    agent.records("files: {renamed: [{from: loop.py, to: nowhere.py}]}\n")
    return "nowhere.py"


def measured_too_low(agent: Agent) -> str:
    """A bound that the measured value does not reach."""
    result = {
        "name": "soak",
        "started": "2026-01-01T02:00:00Z",
        "source": {"commit": agent.repo.git("rev-parse", "HEAD")},
        "metrics": {"hours": 3},
    }
    plan = PLAN.replace("value: hours", "value: metrics.hours")
    agent.repo.write("tracker.yml", plan)
    agent.repo.write("diagnostics/results/soak.json", json.dumps(result))
    agent.records("status: soak-long is verified\n")
    return "criterion soak-long is unmet"


def hidden_among_truths(agent: Agent) -> str:
    """One wrong file among many right ones, committed."""
    for number in range(5):
        agent.repo.write(f"part_{number}.py", "")
    names = ", ".join(f"part_{number}.py" for number in range(6))
    agent.records(f"files: {{created: [{names}]}}\n")
    agent.repo.commit("Add the parts\n\nSession: 2")
    return "part_5.py"


def wrapped(agent: Agent) -> str:
    """A report over two lines, in the state that is handed over."""
    agent.records("handoff:\n  state: |\n    The criterion ramp-there\n    is met, and nothing remains.\n")
    return "criterion ramp-there is unmet"


def in_a_table(agent: Agent) -> str:
    """A row of a table."""
    agent.records("summary: |\n  | criterion | state |\n  |---|---|\n  | ramp-there | ✅ |\n")
    return "criterion ramp-there is unmet"


def among_others(agent: Agent) -> str:
    """A list of criteria of which some are met."""
    agent.records("summary: Criteria loop-there, ramp-there and soak-long are all met.\n")
    return "criterion ramp-there is unmet"


def of_another_repository(agent: Agent) -> str:
    """A commit that another repository has."""
    other = GitRepo(agent.repo.path.parent / "other")
    other.write("x.py", "")
    made = other.commit("Elsewhere")
    agent.records(f"commits: [{made[:12]}]\n")
    return made[:12]


def in_an_old_file(agent: Agent) -> str:
    """A claim that is added to the file of an old session."""
    file = agent.repo.path / "sessions/2026-01-01-1.yml"
    file.write_text(f"{file.read_text('utf-8')}highlights: [ramp-there is met]\n", "utf-8")
    return "criterion ramp-there is unmet"


DISHONEST: list[Callable[[Agent], str]] = [
    never_written,
    never_committed,
    not_removed,
    phase_complete,
    said_met,
    ticked,
    in_a_subject,
    in_a_rebased_subject,
    renamed_nothing,
    measured_too_low,
    hidden_among_truths,
    wrapped,
    in_a_table,
    among_others,
    of_another_repository,
    in_an_old_file,
]


@pytest.mark.parametrize("story", DISHONEST, ids=lambda one: one.__name__)
def test_a_dishonest_session_is_blocked(agent: Agent, story: Callable[[Agent], str]) -> None:
    expected = story(agent)
    reason = agent.stop()
    assert expected in reason
    assert "never.py" not in reason  # of another session


@pytest.mark.parametrize("story", [never_written, said_met, in_a_subject], ids=lambda one: one.__name__)
def test_it_passes_once_it_is_honest(agent: Agent, story: Callable[[Agent], str]) -> None:
    story(agent)
    agent.records("status: ramp-there is not done\n")
    assert agent.stop() == ""
