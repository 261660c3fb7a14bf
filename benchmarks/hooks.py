"""CPU time of `tracker hook` above the start-up of the tracker, on 1,000 sessions over 10,000 commits.

usage: python -m benchmarks.hooks [--record]

Start-up is `tracker hook` with an event that nothing answers. The commands run alternately; medians of user and system
time together, with that of git. "Stop, changed" follows a session file and a file that were written since the last
one.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.build import TRACKER, generate
from benchmarks.record import record

SESSIONS, COMMITS, ROUNDS = 1_000, 10_000, 7
COMMIT = ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "Add the sessions")


def cpu_seconds(folder: Path, cache: Path, *arguments: str, stdin: bytes = b"{}") -> tuple[float, bytes]:
    """User and system seconds of a hook and what it started, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    command = [*TRACKER, "hook", *arguments]
    done = subprocess.run(command, cwd=folder, input=stdin, check=True, capture_output=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def event(name: str, session: str) -> bytes:
    """What Claude Code sends."""
    return json.dumps({"hook_event_name": name, "session_id": session, "stop_hook_active": False}).encode()


def one_round(folder: Path, cache: Path, number: int) -> dict[str, float]:
    """Seconds of each hook in a session of an agent."""
    agent, path = f"agent-{number}", folder / "sessions" / "2032-01-01-new.yml"
    message = folder.parent / "message"
    message.write_text("Add a part\n", "utf-8")
    head = f"session: new-{number}\ndate: 2032-01-01\nfocus: Part {number}\nfiles: {{created: "
    path.unlink(missing_ok=True)
    found = {"start-up": cpu_seconds(folder, cache, "unknown")[0]}
    found["start"] = cpu_seconds(folder, cache, "start", stdin=event("SessionStart", agent))[0]
    found["stop, unchanged"] = cpu_seconds(folder, cache, "stop", stdin=event("Stop", agent))[0]
    (folder / f"new_{number}.py").write_text("x = 1\n", "utf-8")
    path.write_text(f"{head}[new_{number}.py]}}\n", "utf-8")
    found["stop, changed"], printed = cpu_seconds(folder, cache, "stop", stdin=event("Stop", agent))
    assert not printed
    found["commit-msg"] = cpu_seconds(folder, cache, "commit-msg", str(message))[0]
    shutil.rmtree(cache)
    found["stop, changed, no cache"] = cpu_seconds(folder, cache, "stop", stdin=event("Stop", "other"))[0]
    cpu_seconds(folder, cache, "start", stdin=event("SessionStart", f"{agent}-again"))
    path.write_text(f"{head}[nowhere_{number}.py]}}\n", "utf-8")
    found["stop, blocked"], printed = cpu_seconds(folder, cache, "stop", stdin=event("Stop", agent))
    assert b"nowhere" in printed
    return found


def main() -> None:
    started = datetime.now(UTC)
    seconds: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name) / "workspace", Path(name) / "cache"
        generate(folder, SESSIONS, COMMITS)
        subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
        subprocess.run(["git", *COMMIT], cwd=folder, check=True)
        cpu_seconds(folder, cache, "start", stdin=event("SessionStart", "first"))
        for number in range(ROUNDS):
            for key, value in one_round(folder, cache, number).items():
                seconds[key].append(value)
    above = {key: statistics.median(value) - statistics.median(seconds["start-up"]) for key, value in seconds.items()}
    print(f"{SESSIONS:,} sessions, {COMMITS:,} commits; {os.cpu_count()} cores; CPU seconds above start-up")
    for key, value in above.items():
        print(f"{key:24} {value:.2f}")
    if "--record" in sys.argv:
        figures = {key.replace(", ", "_").replace(" ", "_").replace("-", "_"): value for key, value in above.items()}
        print(record("benchmark-hooks", started, figures))


if __name__ == "__main__":
    main()
