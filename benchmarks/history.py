"""Speed of reading history as a share of the speed of `git log` alone, and additional memory.

usage: python -m benchmarks.history [REPOSITORY ...]

Default: a generated repository with 10,000 commits. Both run alternately; the medians are compared.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tracker.sources.history import commits
from tracker.sources.repository import Repository

COMMITS = 10_000
ROUNDS = 7


def stream(count: int) -> Iterator[bytes]:
    """Yield a history for `git fast-import`: every commit changes three files of a tree that grows to 1,000 files."""
    for number in range(count):
        message = f"S{number // 10}: change number {number}\n\nBecause of what number {number // 2} said.\n".encode()
        yield b"commit refs/heads/main\n"
        yield b"committer Ada <ada@example.org> %d +0000\n" % (1_700_000_000 + 600 * number)
        yield b"data %d\n%s" % (len(message), message)
        for change in range(3):
            file = (number * 7 + change * 331) % 1000
            content = f"{number} {change}\n".encode() * 20
            yield b"M 100644 inline src/part_%d/file_%d.py\n" % (file % 40, file)
            yield b"data %d\n%s\n" % (len(content), content)


def generate(folder: Path, count: int = COMMITS) -> Path:
    """Create a repository with a generated history."""
    subprocess.run(["git", "init", "-q", "--initial-branch=main", folder], check=True)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=b"".join(stream(count)), check=True)
    return folder


def git_alone(folder: Path) -> None:
    """Run the `git log` that the history is read from, without parsing its output."""
    command = ["git", "log", "--raw", "-z", "--no-renames"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while process.stdout.read(1 << 16):
            pass


def tracker(folder: Path) -> int:
    """Read the history as the tracker does. Return the number of commits."""
    with Repository.open(folder) as repository:
        return sum(1 for _ in commits(repository))


def seconds(function: object, folder: Path) -> float:
    start = time.perf_counter()
    function(folder)  # type: ignore[operator]
    return time.perf_counter() - start


def memory(folder: Path) -> float:
    """Return the MB of additional memory that reading needs, measured in its own process."""
    process = os.fork()
    if process == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        tracker(folder)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        os._exit(min(255, (after - before) // 1024))
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def measure(folder: Path) -> None:
    count = tracker(folder)
    alone, ours = [], []
    for _ in range(ROUNDS):
        alone.append(seconds(git_alone, folder))
        ours.append(seconds(tracker, folder))
    floor, own = statistics.median(alone), statistics.median(ours)
    print(
        f"{count:,} commits: git log alone {count / floor:,.0f} commits/s, "
        f"tracker {count / own:,.0f} commits/s, share {floor / own:.2f}, {memory(folder):.0f} MB above start"
    )


def main() -> None:
    if len(sys.argv) > 1:
        for name in sys.argv[1:]:
            measure(Path(name))
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(generate(Path(folder)))


if __name__ == "__main__":
    main()
