"""Real git repositories for tests, with a fixed identity and fixed dates, and without the machine's configuration."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime
from pathlib import Path

FIRST_COMMIT = 1_767_225_600
"""2026-01-01 00:00 UTC; each commit is one hour after the previous one."""


class GitRepo:
    """A repository in a folder of its own.

    >>> repo = GitRepo(tmp_path)
    >>> repo.write("a.txt", "text")
    >>> repo.commit("Add a")
    '5b1b3…'
    """

    def __init__(self, path: Path, *options: str) -> None:
        self.path = path
        self._clock = FIRST_COMMIT
        self._zone = "+0000"
        path.mkdir(parents=True, exist_ok=True)
        if not (path / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main", "--template=", *options)  # no sample hooks

    def git(self, *arguments: str | bytes, stdin: bytes = b"") -> str:
        """Run git and return its output without the final newline."""
        date = f"{self._clock} {self._zone}"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_COMMITTER_DATE": date,
            "GIT_ALLOW_PROTOCOL": "file",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "maintenance.auto",  # otherwise every commit starts a maintenance process
            "GIT_CONFIG_VALUE_0": "false",
        }
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, input=stdin, capture_output=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"git {arguments!r}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    def at(self, moment: str) -> None:
        """Set the date and time zone of the next commit, such as `2026-02-20T10:00:00-08:00`."""
        when = datetime.fromisoformat(moment)
        self._clock = int(when.timestamp()) - 3600
        self._zone = when.strftime("%z") or "+0000"

    def write(self, path: str | bytes, content: str | bytes = "") -> None:
        """Write a file and create its folders. `commit` adds it."""
        file = self.path / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def remove(self, path: str | bytes) -> None:
        """Remove a file from disk. `commit` stages the removal."""
        (self.path / os.fsdecode(path)).unlink()

    def commit(self, message: str | bytes = "Change", *options: str) -> str:
        """Commit all changes, one hour after the previous commit. Return the full hash."""
        self._clock += 3600
        self.git("add", "--all")
        text = message.encode() if isinstance(message, str) else message
        self.git("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--file=-", *options, stdin=text)
        return self.git("rev-parse", "HEAD")
