"""Time, memory and git processes of `tracker audit` on generated trees: new, unchanged, and after small changes.

usage: python -m benchmarks.audit [FILES ...] [--record]

Default: trees of 10,000, 30,000 and 100,000 files of 1.4 KB on average, with a history of 2,000 commits. The figures of
the last tree are recorded.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.record import record

SIZES = (10_000, 30_000, 100_000)
COMMITS = 2_000
WORDS = (
    *("pump", "valve", "tank", "meter", "gauge", "pipe", "filter", "motor"),
    *("sensor", "relay", "panel", "switch", "coil", "rotor", "shaft", "seal"),
)
ADDED = "src/zebra.py"
"""A file whose name nothing mentions."""
SUFFIXES = ("py", "py", "ts", "py", "md", "json", "ts", "yml")


def name(number: int) -> str:
    """Return the path of a file. About half of the names occur once; a folder holds about 60 files."""
    suffix = SUFFIXES[number % len(SUFFIXES)]
    stem = f"{WORDS[number % 16]}_{WORDS[number // 16 % 16]}_{number // 2}"
    return f"{'docs' if suffix == 'md' else 'src'}/area_{number // 600}/part_{number // 60}/{stem}.{suffix}"


def content(number: int, files: int, turn: int = 0) -> bytes:
    """Return text of about 1.4 KB that names a few other files."""
    source = random.Random(number * 31 + turn)
    others = [name(source.randrange(files)) for _ in range(4)]
    prose = [" ".join(source.choices(WORDS, k=12)) for _ in range(14)]
    if name(number).endswith(".md"):
        links = [f"See `{other}`, `{Path(other).stem}()` and [this]({'../' * 3}{other})." for other in others]
        return "\n".join([f"# Number {number}", *links, *prose, f"- [ ] step {turn}", ""]).encode()
    if name(number).endswith((".json", ".yml")):
        pairs = [f'"key_{index}": "{line}"' for index, line in enumerate(prose)]
        return ("{" + ", ".join(pairs) + f', "files": {json.dumps(others)}, "turn": {turn}}}\n').encode()
    if name(number).endswith(".ts"):
        lines = [
            f"import {{ run_{source.randrange(files)} }} from '{'../' * 3}{other.rpartition('.')[0]}'"
            for other in others
        ]
        return "\n".join(
            [
                *lines,
                f"export function run_{number}() {{",
                *(f"  // {line}" for line in prose),
                f"  return {turn}",
                "}",
                "",
            ]
        ).encode()
    imports = [
        f"from {other.rpartition('.')[0].replace('/', '.')} import run_{source.randrange(files)}" for other in others
    ]
    return "\n".join(
        [*imports, f"def run_{number}():", *(f"    # {line}" for line in prose), f"    {turn}", ""]
    ).encode()


def stream(files: int) -> Iterator[bytes]:
    """Yield input for `git fast-import`: all files, then commits that change three files and sometimes rename or remove
    one."""
    yield _commit(0, "Start")
    for number in range(files):
        yield _file(name(number), content(number, files))
    source = random.Random(7)
    for commit in range(1, COMMITS):
        yield _commit(commit, f"Change {commit}")
        for _ in range(3):
            number = source.randrange(files)
            yield _file(name(number), content(number, files, commit))
        gone = name(source.randrange(files))
        if commit % 20 == 0:
            yield b"D %s\n" % gone.encode()
        elif commit % 20 == 10:
            yield b"M 100644 inline moved/%s\n" % gone.encode() + _data(content(commit, files))


def _commit(number: int, message: str) -> bytes:
    head = b"commit refs/heads/main\ncommitter Ada <ada@example.org> %d +0000\n" % (1_700_000_000 + 3600 * number)
    return head + _data(message.encode())


def _file(path: str, text: bytes) -> bytes:
    return b"M 100644 inline %s\n" % path.encode() + _data(text)


def _data(text: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(text), text)


def generate(folder: Path, files: int, *, checkout: bool = True) -> None:
    """Create a repository; check out its files unless `checkout` is false."""
    subprocess.run(["git", "init", "-q", "--initial-branch=main", folder], check=True)
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.writelines(stream(files))
    if checkout:
        subprocess.run(["git", "reset", "-q", "--hard"], cwd=folder, check=True)


def audit(folder: Path, place: Path) -> tuple[float, float, float, int]:
    """Run an audit. Return seconds, processor seconds, MB of the largest process, and the number of git processes."""
    trace = place / "trace"
    trace.unlink(missing_ok=True)
    environment = os.environ | {"XDG_CACHE_HOME": str(place / "cache"), "GIT_TRACE2_EVENT": str(trace)}
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tracker", "audit", str(folder)],
        env=environment,
        stdout=subprocess.DEVNULL,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), process.returncode
    seconds = time.perf_counter() - start
    return (
        seconds,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss / 1024,
        trace.read_bytes().count(b'"event":"start"'),
    )


def measure(files: int) -> dict[str, float]:
    """Audit a tree of `files` files, print a line, and return the figures."""
    with tempfile.TemporaryDirectory() as name_of_place:
        place = Path(name_of_place)
        folder = place / "tree"
        generate(folder, files)
        size = sum(len(content(number, files)) for number in range(0, files, 50)) * 50
        print(f"{files:,} files, {size / 1e6:.0f} MB of text:", end="", flush=True)
        new = report("new", audit(folder, place), size)
        unchanged = report("unchanged", audit(folder, place), size)
        (folder / name(4)).write_bytes(b"changed\n")
        changed = report("one file changed", audit(folder, place), size)
        (folder / ADDED).write_bytes(b"import os\n")
        subprocess.run(["git", "add", ADDED], cwd=folder, check=True)
        added = report("one file added", audit(folder, place), size)
        kept = sum(path.stat().st_size for path in (place / "cache").rglob("*") if path.is_file()) / 1e6
        print(f" {kept:.1f} MB kept", flush=True)
    seconds = {"new_seconds": new[0], "unchanged_seconds": unchanged[0], "one_changed_seconds": changed[0]}
    busy = {"processor_seconds": new[1], "one_changed_processor_seconds": changed[1]}
    rest = {"one_added_seconds": added[0], "megabytes": new[2], "megabytes_kept": kept, "git_started": new[3]}
    return {"files": files, **seconds, **busy, **rest}


def report(what: str, measured: tuple[float, float, float, int], size: int) -> tuple[float, float, float, int]:
    """Print the measurement and return it."""
    seconds, busy, memory, started = measured
    print(
        f" {what} {seconds:.1f} s (processor {busy:.1f} s, {busy / size * 1e8:.1f} s a 100 MB), "
        f"{memory:.0f} MB, git {started}x;",
        end="",
        flush=True,
    )
    return measured


def main() -> None:
    numbers = [int(given) for given in sys.argv[1:] if given != "--record"]
    started = datetime.now(UTC)
    for files in numbers or SIZES:
        figures = measure(files)
    if "--record" in sys.argv:
        print(record("benchmark-audit", started, figures))


if __name__ == "__main__":
    main()
