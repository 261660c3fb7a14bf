"""Work in a second process: its answer, and what happens where it comes to nothing."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from unittest import mock

import pytest

from tests.gitrepo import GitRepo
from tracker.audit import audit as auditing
from tracker.audit import reading
from tracker.audit.audit import audit
from tracker.audit.worker import worker


def where() -> int:
    return os.getpid()


def fail_elsewhere(here: int = os.getpid()) -> int:
    if os.getpid() != here:
        raise RuntimeError("no")
    return here


def end_elsewhere(here: int = os.getpid()) -> int:
    if os.getpid() != here:
        os._exit(9)
    return here


@pytest.fixture
def processors() -> Iterator[object]:
    with mock.patch.object(os, "sched_getaffinity", return_value={0, 1}) as patched:
        yield patched


def test_work_is_done_in_a_second_process_where_it_is_worth_it(processors: object) -> None:
    with worker(where, worth_it=True) as begun:
        assert begun.result() != os.getpid()
    with worker(where, worth_it=False) as begun:
        assert begun.result() == os.getpid()


def test_a_large_answer_arrives_whole(processors: object) -> None:
    with worker(lambda: "x" * 10_000_000, worth_it=True) as begun:
        assert len(begun.result()) == 10_000_000


@pytest.mark.parametrize("work", [fail_elsewhere, end_elsewhere])
def test_what_comes_to_nothing_is_done_here(processors: object, work: Callable[[], int]) -> None:
    with worker(work, worth_it=True) as begun:
        assert begun.result() == os.getpid()


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_whose_answer_is_abandoned_ends(processors: object) -> None:
    before = {process.pid for process in multiprocessing.active_children()}
    with suppress(KeyError), worker(lambda: time.sleep(600), worth_it=True):
        begun = {process.pid for process in multiprocessing.active_children()} - before
        raise KeyError
    assert begun
    end = time.monotonic() + 30
    while (alive := {pid for pid in begun if pid and is_there(pid)}) and time.monotonic() < end:
        time.sleep(0.01)  # no join: the executor's own thread joins the process, and the second join may hang
    assert not alive


def test_with_one_processor_the_work_is_done_here() -> None:
    with (
        mock.patch.object(os, "sched_getaffinity", return_value={0}),
        worker(where, worth_it=True) as begun,
    ):
        assert begun.result() == os.getpid()


def test_an_audit_says_the_same_by_two_processes(tmp_path: Path, processors: object) -> None:
    repo = GitRepo(tmp_path / "repo")
    for number in range(30):
        repo.write(f"src/part_{number}.py", f"import part_{number + 1}\ndef run_{number}(): ...\n")
        repo.write(f"docs/part_{number}.md", f"See `src/part_{number}.py` and `run_{number}()`.\n")
    repo.commit("Start")
    for number in range(0, 30, 3):
        repo.git("mv", f"src/part_{number}.py", f"src/other_{number}.py")
        repo.write(f"src/part_{number + 1}.py", "")
    repo.commit("Rename")
    alone = audit(repo.path)
    read: list[tuple[int, int]] = []
    with (
        mock.patch.object(reading, "MANY", -1),
        mock.patch.object(reading, "STEP", 1),
        mock.patch.object(auditing, "MANY", -1),
    ):
        beside = audit(repo.path, report=lambda done, total: read.append((done, total)))
    assert [beside.families, beside.statements, beside.limits] == [alone.families, alone.statements, alone.limits]
    assert len(alone.statements) == 20
    assert read == sorted(read)
    assert all(done <= total for done, total in read)
