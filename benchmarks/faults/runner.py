"""Runs training scripts under the diagnostics, each in a process of its own, and reads the results they leave."""

import contextlib
import functools
import gc
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.faults.tapes import Tape, TapeFolder, record_to

Result = dict[str, Any]
LIMIT = 300  # seconds for one program


@dataclass(frozen=True, slots=True)
class Job:
    """A run of `python -m diagnostics`. `arguments`: what follows its options. `script`: the text of a script that is
    written beside the results under the name `key`, and run instead."""

    key: str
    arguments: tuple[str, ...] = ()
    script: str | None = None


@dataclass(frozen=True, slots=True)
class FaultRun:
    """A job that ended: its output, the results it left, in the order of their files, and the tapes if any were
    recorded."""

    key: str
    output: str
    results: list[Result] = field(default_factory=list)
    tapes: list[Tape] = field(default_factory=list)

    def judged(self) -> list[Result]:
        """The diagnoses: those of today's rules where there are tapes."""
        return [tape.judge() for tape in self.tapes] or self.results


def run_processes(jobs: Sequence[Job], workers: int, options: Sequence[str] = ()) -> Iterator[FaultRun]:
    """Every job in a new interpreter, in the order of `jobs`."""
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda job: _run_process(job, options), jobs)


def _run_process(job: Job, options: Sequence[str]) -> FaultRun:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-W", "ignore", "-m", "diagnostics", *_arguments(job, Path(folder), options)]
        try:
            done = subprocess.run(
                command, cwd=folder, env=_environment(), capture_output=True, text=True, timeout=LIMIT
            )
            output = done.stdout
        except subprocess.TimeoutExpired:
            output = ""
        return FaultRun(job.key, output, read_results(Path(folder)))


def _arguments(job: Job, folder: Path, options: Sequence[str]) -> list[str]:
    arguments = list(job.arguments)
    if job.script is not None:
        script = folder / f"{job.key}.py"
        script.write_text(job.script, encoding="utf-8")
        arguments = [str(script)]
    return [*options, "--directory", str(folder), *arguments]


def _environment() -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    path = os.environ.get("PYTHONPATH", root)
    return {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def read_results(folder: Path) -> list[Result]:
    """The result files in a folder, by name."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def run_forked(
    jobs: Sequence[Job], workers: int, options: Sequence[str] = (), tapes: TapeFolder | None = None
) -> Iterator[FaultRun]:
    """Every job in a fork of this process, which has loaded torch: for many short runs. As they end. A fork that ends
    is an interpreter that ends: the diagnostics write what they have. `tapes`: runs that are there are not repeated."""
    root, parent = Path(tempfile.mkdtemp()), os.getpid()
    try:
        yield from _forks(jobs, workers, options, root, tapes)
    finally:
        if os.getpid() == parent:  # a fork leaves through here, too
            shutil.rmtree(root)
            gc.unfreeze()


def _forks(
    jobs: Sequence[Job], workers: int, options: Sequence[str], root: Path, tapes: TapeFolder | None
) -> Iterator[FaultRun]:
    waiting, running = list(enumerate(jobs)), dict[int, tuple[Job, Path]]()
    while waiting or running:
        while waiting and len(running) < workers:
            index, job = waiting.pop(0)
            known = tapes.load(tapes.path(job.key, program_text(job))) if tapes else None
            if known is not None:
                yield known
                continue
            _load()
            folder = root / str(index)
            folder.mkdir()
            running[_fork(job, folder, options, taped=tapes is not None)] = (job, folder)
        if not running:
            continue
        pid, _ = os.wait()
        job, folder = running.pop(pid)
        found = [pickle.loads(path.read_bytes()) for path in sorted(folder.glob("*.tape"))]
        run = FaultRun(job.key, (folder / "output.txt").read_text(encoding="utf-8"), read_results(folder), found)
        if tapes is not None:
            tapes.save(tapes.path(job.key, program_text(job)), run)
        yield run
        shutil.rmtree(folder)


def program_text(job: Job) -> str:
    """What decides about a run besides its arguments: its script, or the modules of the planted trainings."""
    here = Path(__file__).parent
    return job.script or "".join((here / name).read_text(encoding="utf-8") for name in ("planted.py", "plans.py"))


@functools.cache
def _load() -> None:
    with contextlib.suppress(ImportError):
        import sklearn.datasets
        import sklearn.model_selection
        import sklearn.preprocessing  # noqa: F401
    import torch
    import torch._dynamo  # every first optimizer of a process imports it

    import diagnostics.observer
    import diagnostics.script  # noqa: F401

    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()  # a fork looks for optimizers among the objects that it has made itself
    sys.stdout.flush()


def _fork(job: Job, folder: Path, options: Sequence[str], taped: bool) -> int:
    pid = os.fork()
    if pid:
        return pid
    if taped:
        record_to(folder)
    from diagnostics.__main__ import main

    for descriptor, name in ((1, "output.txt"), (2, "errors.txt")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    os.chdir(folder)
    sys.argv = ["diagnostics", *_arguments(job, folder, options)]
    sys.warnoptions.append("ignore")
    main()
    raise SystemExit(0)
