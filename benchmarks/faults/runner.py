"""Runs training scripts under the diagnostics, each in a process of its own, and reads the results they leave."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
    """A job that ended: its output and the results it left, in the order of their files."""

    key: str
    output: str
    results: list[Result] = field(default_factory=list)


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


def run_forked(jobs: Sequence[Job], workers: int, options: Sequence[str] = ()) -> Iterator[FaultRun]:
    """Every job in a fork of this process, which has loaded torch: for many short runs. As they end. A fork that ends
    is an interpreter that ends: the diagnostics write what they have."""
    _load()
    root, parent = Path(tempfile.mkdtemp()), os.getpid()
    try:
        yield from _forks(jobs, workers, options, root)
    finally:
        if os.getpid() == parent:  # a fork leaves through here, too
            shutil.rmtree(root)


def _forks(jobs: Sequence[Job], workers: int, options: Sequence[str], root: Path) -> Iterator[FaultRun]:
    waiting, running = list(enumerate(jobs)), dict[int, tuple[Job, Path]]()
    while waiting or running:
        while waiting and len(running) < workers:
            index, job = waiting.pop(0)
            folder = root / str(index)
            folder.mkdir()
            running[_fork(job, folder, options)] = (job, folder)
        pid, _ = os.wait()
        job, folder = running.pop(pid)
        yield FaultRun(job.key, (folder / "output.txt").read_text(encoding="utf-8"), read_results(folder))
        shutil.rmtree(folder)


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
    sys.stdout.flush()


def _fork(job: Job, folder: Path, options: Sequence[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    from diagnostics.__main__ import main

    for descriptor, name in ((1, "output.txt"), (2, "errors.txt")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
    os.chdir(folder)
    sys.argv = ["diagnostics", *_arguments(job, folder, options)]
    sys.warnoptions.append("ignore")
    main()
    raise SystemExit(0)
