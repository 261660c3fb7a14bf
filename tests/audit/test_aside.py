"""Work in a second process: its answer, and what happens where it comes to nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from unittest import mock

import pytest

from tracker.audit.aside import aside


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
    with aside(where, worth_it=True) as begun:
        assert begun.result() != os.getpid()
    with aside(where, worth_it=False) as begun:
        assert begun.result() == os.getpid()


def test_a_large_answer_arrives_whole(processors: object) -> None:
    with aside(lambda: "x" * 10_000_000, worth_it=True) as begun:
        assert len(begun.result()) == 10_000_000


@pytest.mark.parametrize("work", [fail_elsewhere, end_elsewhere])
def test_what_comes_to_nothing_is_done_here(processors: object, work: Callable[[], int]) -> None:
    with aside(work, worth_it=True) as begun:
        assert begun.result() == os.getpid()


def test_a_process_whose_answer_nobody_wants_ends(processors: object) -> None:
    with pytest.raises(KeyError), aside(lambda: "x" * 10_000_000, worth_it=True):
        raise KeyError
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_with_one_processor_the_work_is_done_here() -> None:
    with (
        mock.patch.object(os, "sched_getaffinity", return_value={0}),
        aside(where, worth_it=True) as begun,
    ):
        assert begun.result() == os.getpid()
