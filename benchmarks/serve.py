"""Time from saving a session to the new page with `tracker serve`, and its memory and open files over many rebuilds.

usage: python -m benchmarks.serve FOLDER [--rebuilds 1000]

FOLDER is a workspace with a site, such as one that `python -m benchmarks.build --folder FOLDER` generates. The newest
session file is changed and, in the end, restored. Linux only: memory and open files are read from /proc.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

FOCUS = re.compile(r"^focus: .*$", re.MULTILINE)


@dataclass(frozen=True)
class Rebuild:
    """What one saved file cost."""

    seconds: float
    """Until the browser is asked to reload."""
    processor: float
    """CPU seconds of the server, git included."""
    megabytes: float
    files: int
    """Open files."""


def rebuilds(folder: Path, count: int) -> Iterator[Rebuild]:
    """Serve a workspace, save its newest session so many times, and yield each rebuild."""
    session = max((folder / "sessions").glob("*.yml"))
    text = session.read_text("utf-8")
    command = [sys.executable, "-m", "tracker", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address = urlsplit(next(line for line in server.stdout if line.startswith("serving: ")).split()[1])
        try:
            found = re.search(r"/-/next\?(\d+)", _get(address, "/"))
            assert found, "the script that reloads is in each page"
            number = found[1]
            for round_ in range(count):
                before = _processor(server.pid)
                start = time.perf_counter()
                session.write_text(FOCUS.sub(f"focus: Save number {round_}", text), encoding="utf-8")
                number = _wait(address, number)
                seconds = time.perf_counter() - start
                yield Rebuild(seconds, _processor(server.pid) - before, _megabytes(server.pid), _files(server.pid))
        finally:
            server.kill()
            session.write_text(text, encoding="utf-8")


def _wait(address: SplitResult, number: str) -> str:
    now = number
    while now == number:
        now = _get(address, f"/-/next?{number}")
    return now


def _get(address: SplitResult, path: str) -> str:
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)
    connection.request("GET", path)
    text = connection.getresponse().read().decode("utf-8")
    connection.close()
    return text


def _processor(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _megabytes(process: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else 0.0


def _files(process: int) -> int:
    return sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rebuilds", type=int, default=1000)
    options = parser.parse_args()
    found: list[Rebuild] = []
    step = max(1, options.rebuilds // 10)
    for one in rebuilds(options.folder, options.rebuilds):
        found.append(one)
        if len(found) % step == 0 or len(found) < 4:
            print(
                f"{len(found):5}   {one.seconds:5.2f} s   {one.megabytes:4.0f} MB   {one.files} open files", flush=True
            )
    seconds, processor = (statistics.median(getattr(one, name) for one in found) for name in ("seconds", "processor"))
    print(f"median {seconds:.2f} s, {processor:.2f} s of processor")


if __name__ == "__main__":
    main()
