"""Run the real command line: in this process (fast), in a fork of it (for kills), or in a new process (for output)."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any
from unittest import mock

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from tracker import cli
from tracker.publish import render
from tracker.publish.sandbox import TemplateEnvironment


class Compiled(BytecodeCache):
    """The templates that this process compiled, by their source: four fifths of a small build is compiling them."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


COMPILING_ONCE = {one.__name__: partial(one, bytecode_cache=Compiled()) for one in (Environment, TemplateEnvironment)}


@dataclass(frozen=True)
class Done:
    """The output and exit code of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def message(self) -> str:
        """The one message with which a command gave up."""
        assert self.code == 2, self
        assert self.err.startswith("tracker: "), self
        assert "Traceback" not in self.out + self.err, self
        return self.err.removeprefix("tracker: ").rstrip("\n")


def tracker(*arguments: str, cwd: Path) -> Done:
    """Run a command in this process through its entry point."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    code: Any = None
    with (
        contextlib.chdir(cwd),
        mock.patch.object(sys, "argv", ["tracker", *arguments]),
        mock.patch.dict(vars(render), COMPILING_ONCE),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code
    return Done(code or 0, _written(out), _written(err))


def tracker_process(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Run a command in a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "tracker", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2]), "PYTHONUTF8": "1", **environment},
        capture_output=True,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def tracker_fork(*arguments: str, cwd: Path, prepare: Callable[[], object] = lambda: None) -> int:
    """Fork this process, in which everything is imported and compiled, run a command there, and return its id.

    `prepare` is called first in the child; its changes affect only the child.
    """
    child = os.fork()
    if child == 0:
        code = 70
        try:
            prepare()
            code = tracker(*arguments, cwd=cwd).code
        finally:
            os._exit(code)
    return child


def files_in(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and modification time of every file below a folder, by path."""
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in walk(folder)}


def contents_in(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder, by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in walk(folder)}


def walk(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _written(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
