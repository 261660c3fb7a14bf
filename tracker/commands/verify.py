"""`tracker verify`: run the commands that criteria rest on, and record what came of them as results.

Only here are commands of tracker.yml ever run: a build, a check or a page never does.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from diagnostics.result import file_name, timestamp
from tracker.errors import TrackerError
from tracker.files import write_file
from tracker.sources.facts import Facts
from tracker.sources.reports import passed_files, read_reports
from tracker.sources.trees import commit_tree, working_tree

OUTPUT_KEPT = 4_000
"""Characters of the end of a command's output that its result keeps."""
CHUNK = 1 << 14


@dataclass(frozen=True, slots=True)
class Run:
    """A command that was run."""

    command: str
    exit: int
    """Its exit status; negative: the signal that ended it."""
    seconds: float
    output: str
    """The end of what it printed, on either stream."""
    timed_out: bool

    @property
    def holds(self) -> bool:
        """Whether it exited 0 within its time."""
        return self.exit == 0 and not self.timed_out


def commands(facts: Facts, only: Iterable[str] = ()) -> dict[str, float]:
    """The commands of the plan with their time limits in seconds; of some criteria alone where their ids are given.

    Raises TrackerError for an id that no criterion has.
    """
    from tracker.sources.reading import nearest

    criteria = {one.id: one for phase in facts.plan.phases for one in (*phase.prerequisites, *phase.criteria)}
    wanted = list(only) or list(criteria)
    for name in wanted:
        if name not in criteria:
            raise TrackerError(f"no criterion has the id {name!r}{nearest(name, criteria)}")
    found: dict[str, float] = {}
    for name in wanted:
        for evidence in criteria[name].evidence:
            for command, limit in evidence.commands.items():
                found[command] = max(limit, found.get(command, 0))
    return found


def run(command: str, folder: Path, limit: float) -> Run:
    """Run a command by the shell. Nothing of it outlives its time limit (in seconds), however much it prints."""
    start = time.monotonic()
    process = subprocess.Popen(
        command,
        shell=True,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None
    kept = bytearray()
    reader = threading.Thread(target=_keep, args=(process.stdout, kept), daemon=True)
    reader.start()
    timed_out = False
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        timed_out = True
    finally:
        _end(process)
    reader.join(1)
    output = kept.decode("utf-8", "replace")[-OUTPUT_KEPT:]
    status = process.returncode if process.returncode is not None else -signal.SIGKILL
    return Run(command, status, time.monotonic() - start, output, timed_out)


def verify(facts: Facts, only: Iterable[str] = (), reports: Iterable[Path] = ()) -> Iterator[Run]:
    """Run the commands, one after the other, and record each; then date the reports that they wrote.

    `reports` are dated too, as of now: whoever gives them says that they were made from the present tree.
    """
    given = [_report(facts, path) for path in reports]
    began = time.time()
    for command, limit in commands(facts, only).items():
        started = datetime.now(UTC)
        source = _source(facts)
        done = run(command, facts.workspace.root, limit)
        _write(
            facts,
            command,
            started,
            {
                "kind": "command",
                "status": "failed" if done.timed_out else "complete",
                "source": source,
                "metrics": {"exit": done.exit, "seconds": round(done.seconds, 3)},
                "output": done.output,
            },
        )
        yield done
    fresh = [path for path in facts.workspace.root.glob(facts.plan.reports) if path.stat().st_mtime >= began]
    for path in dict.fromkeys([*given, *sorted(fresh)]):
        cases, digests, _ = read_reports(facts.workspace.root, [path])
        for relative, digest in digests.items():  # none where it is no report, which `tracker check` tells
            content = {
                "kind": "report",
                "source": _source(facts),
                "report": relative,
                "digest": digest,
                "passed": passed_files(cases),
            }
            _write(facts, f"report {relative}", datetime.now(UTC), content)


def _report(facts: Facts, path: Path) -> Path:
    """A report that evidence can look at. Raises TrackerError for any other file: to date it would prove nothing."""
    full, root = path.resolve(), facts.workspace.root
    if not full.is_file() or not full.is_relative_to(root):
        raise TrackerError(f"{path}: expected a test report inside {root}")
    if full not in root.glob(facts.plan.reports):
        raise TrackerError(f"{path}: not among the reports that tracker.yml names (reports: {facts.plan.reports})")
    for problem in read_reports(root, [full]).problems:
        raise TrackerError(f"{path}: {problem.message}")
    return full


def _source(facts: Facts) -> dict[str, Any]:
    """Where the tree stands now; dirty where tracked files outside the results differ from HEAD."""
    repository = facts.repository
    if repository.head is None:
        return {"commit": None, "tree": None, "dirty": True}
    now, then = working_tree(repository).files, commit_tree(repository, "HEAD").files
    results = facts.plan.results.rstrip("/") + "/"
    changed = {path for path in {*now, *then} if now.get(path) != then.get(path)}
    return {
        "commit": repository.head,
        "tree": facts.history.commits[0].tree if facts.history.commits else None,
        "dirty": any(not path.startswith(results) for path in changed),
    }


def _write(facts: Facts, name: str, started: datetime, content: dict[str, Any]) -> None:
    folder = facts.workspace.results
    folder.mkdir(parents=True, exist_ok=True)
    head = {"schema": 1, "name": name, "started": timestamp(started), "finished": timestamp(datetime.now(UTC))}
    path = folder / file_name(started, name)
    number = 2
    while path.exists():  # two short commands of one second
        path, number = folder / file_name(started, f"{name}-{number}"), number + 1
    text = json.dumps(head | content, indent=1, ensure_ascii=False) + "\n"
    write_file(path, text.encode(), within=facts.workspace.root)


def _keep(stream: IO[bytes], kept: bytearray) -> None:
    """Read to the end, and keep no more than the last characters need (four bytes each at the most)."""
    while chunk := os.read(stream.fileno(), CHUNK):
        kept += chunk
        del kept[: -OUTPUT_KEPT * 4]


def _end(process: subprocess.Popen[bytes]) -> None:
    """The command and everything that it started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except (ProcessLookupError, PermissionError):
            return
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            continue
