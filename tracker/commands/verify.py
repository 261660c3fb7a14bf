"""`tracker verify`: run the commands that criteria rest on, and record their outcome as results.

Only here are commands of tracker.yml ever run: a build, a check or a page never does.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import IO, Any

from diagnostics.result import content_digest, file_name, timestamp
from tracker.errors import TrackerError
from tracker.files import write_file
from tracker.model import BaseEvidence, Criterion
from tracker.progress.freshness import Snapshot, covered, present
from tracker.sources.facts import Facts
from tracker.sources.reports import TestCase, matching_cases, passed_files, read_reports
from tracker.sources.trees import commit_tree, working_tree

OUTPUT_KEPT = 4_000
"""Characters of the end of a command's output that its result keeps."""
CHUNK = 1 << 14
SURROGATE = re.compile("[\ud800-\udfff]")
"""In the name of a file that no encoding can write: a result cannot hold it."""
ENDING_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@dataclass(frozen=True, slots=True)
class CommandRun:
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
    """Return the commands of the plan with their time limits in seconds; those of some criteria where ids are given.

    Raises TrackerError for an id that no criterion has.
    """
    from tracker.sources.reading import nearest

    criteria = {one.id: one for one in _criteria(facts)}
    wanted = list(only) or list(criteria)
    for name in wanted:
        if name not in criteria:
            raise TrackerError(f"no criterion has the id {name!r}{nearest(name, criteria)}")
    found: dict[str, float] = {}
    for evidence in (evidence for name in wanted for evidence in criteria[name].evidence):
        for command, limit in evidence.commands.items():
            found[command] = max(limit, found.get(command, 0))
    return found


def run(command: str, folder: Path, limit: float) -> CommandRun:
    """Run a command by the shell. Nothing of it outlives its time limit (in seconds), or this process being ended."""
    start = time.monotonic()
    with _signals_as_exceptions():
        process = subprocess.Popen(
            command,
            shell=True,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        timed_out = False
        try:
            assert process.stdout is not None
            kept = bytearray()
            reader = threading.Thread(target=_keep, args=(process.stdout, kept), daemon=True)
            reader.start()
            process.wait(limit)
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            _end(process)
    reader.join(1)
    output = kept.decode("utf-8", "replace")[-OUTPUT_KEPT:]
    status = process.returncode if process.returncode is not None else -signal.SIGKILL
    return CommandRun(command, status, time.monotonic() - start, output, timed_out)


def verify(facts: Facts, only: Iterable[str] = (), reports: Iterable[Path] = ()) -> Iterator[CommandRun]:
    """Run the commands one by one and record each, with the code that it is about; then date the reports they wrote.

    `reports` are dated too, as of now: they must have been made from the present tree.
    """
    given = [_report(facts, path) for path in reports]
    began = time.time()
    for command, limit in commands(facts, only).items():
        started = datetime.now(UTC)
        before = _source(facts) | {"covered": _covered(facts, command=command)}
        done = run(command, facts.workspace.root, limit)
        _record_run(facts, done, started, before)
        yield done
    fresh = [path for path in facts.workspace.root.glob(facts.plan.reports) if path.stat().st_mtime >= began]
    for path in dict.fromkeys([*given, *sorted(fresh)]):
        cases, digests, _ = read_reports(facts.workspace.root, [path])
        for relative, digest in digests.items():  # none where it is no report, which `tracker check` reports
            _record_report(facts, relative, digest, cases)


def _record_run(facts: Facts, done: CommandRun, started: datetime, before: Mapping[str, Any]) -> None:
    content = {
        "kind": "command",
        "status": "failed" if done.timed_out else "complete",
        **before,
        "metrics": {"exit": done.exit, "seconds": round(done.seconds, 3)},
        "output": done.output,
    }
    _write(facts, done.command, started, content)


def _record_report(facts: Facts, relative: str, digest: str, cases: list[TestCase]) -> None:
    patterns = {name for one in _criteria(facts) for evidence in one.evidence for name in evidence.tests}
    named = [case for pattern in patterns for case in matching_cases(pattern, cases)]
    content = {
        "kind": "report",
        **_source(facts),
        "covered": _covered(facts, tests=True),
        "report": relative,
        "digest": digest,
        "passed": passed_files(cases),
        "tests": sorted({(case.name, case.outcome) for case in named}),
    }
    _write(facts, f"report {relative}", datetime.now(UTC), content)


def _covered(facts: Facts, *, command: str | None = None, tests: bool = False) -> Snapshot:
    """Return the present state of the code that some evidence is about, on disk."""

    def concerns(evidence: BaseEvidence) -> bool:
        return command in evidence.commands or (tests and bool(evidence.tests))

    criteria = [one for one in _criteria(facts) if any(map(concerns, one.evidence))]
    now = replace(facts, tree=working_tree(facts.repository))
    units = covered(now, {entry for one in criteria for entry in one.covers})
    snapshot = present(now, {unit for each in units.values() for unit in each})
    return {name: snapshot[name] for name in sorted(snapshot) if not SURROGATE.search(name)}


def _criteria(facts: Facts) -> list[Criterion]:
    return [one for phase in facts.plan.phases for one in (*phase.prerequisites, *phase.criteria)]


def _report(facts: Facts, path: Path) -> Path:
    """Return the path of a report that evidence can look at. Raises TrackerError for any other file."""
    full, root = path.resolve(), facts.workspace.root
    if not full.is_file() or not full.is_relative_to(root):
        raise TrackerError(f"{path}: expected a test report inside {root}")
    if full not in root.glob(facts.plan.reports):
        raise TrackerError(f"{path}: not among the reports that tracker.yml names (reports: {facts.plan.reports})")
    for problem in read_reports(root, [full]).problems:
        raise TrackerError(f"{path}: {problem.message}")
    return full


def _source(facts: Facts) -> dict[str, Any]:
    """Return the present commit as `source`; dirty where tracked files outside the results differ from HEAD."""
    repository = facts.repository
    if repository.head is None:
        return {"source": {"commit": None, "tree": None, "dirty": True}}
    now, then = working_tree(repository).files, commit_tree(repository, "HEAD").files
    results = facts.plan.results.rstrip("/") + "/"
    changed = {path for path in {*now, *then} if now.get(path) != then.get(path)}
    source = {
        "commit": repository.head,
        "tree": facts.history.commits[0].tree if facts.history.commits else None,
        "dirty": any(not path.startswith(results) for path in changed),
    }
    return {"source": source}


def _write(facts: Facts, name: str, started: datetime, content: dict[str, Any]) -> None:
    folder = facts.workspace.results
    folder.mkdir(parents=True, exist_ok=True)
    head = {"schema": 1, "name": name, "started": timestamp(started), "finished": timestamp(datetime.now(UTC))}
    path = folder / file_name(started, name)
    number = 2
    while path.exists():  # two short commands of one second
        path, number = folder / file_name(started, f"{name}-{number}"), number + 1
    data = head | content
    data = data if "digest" in data else data | {"digest": content_digest(data)}
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    write_file(path, text.encode(), within=facts.workspace.root)


@contextmanager
def _signals_as_exceptions() -> Iterator[None]:
    """Turn the signals that end a process into exceptions, so that what it started is ended first."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = [number for number in ENDING_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]  # nohup ignores one
    before = {number: signal.signal(number, leave) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _keep(stream: IO[bytes], kept: bytearray) -> None:
    """Read to the end, and keep as many bytes as the last characters need: at most four each."""
    while chunk := os.read(stream.fileno(), CHUNK):
        kept += chunk
        del kept[: -OUTPUT_KEPT * 4]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command and everything that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(2)
