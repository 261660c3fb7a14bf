"""The process of a site builder: a module of Python with an environment that no workspace controls."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ESSENTIAL = ("PATH", "HOME", "LANG", "LANGUAGE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SOURCE_DATE_EPOCH", "NO_COLOR")
"""Environment variables that the build of an untrusted workspace gets; the others may be secrets."""


def run_builder(
    arguments: Sequence[str], folder: Path, variables: Mapping[str, str], *, untrusted: bool
) -> subprocess.CompletedProcess[bytes]:
    """Run `python -m` with the arguments in a folder and return what it printed. `variables` are added."""
    # -P: modules in the current folder are not imported in place of the installed ones.
    command = [sys.executable, "-P", "-X", "utf8", "-m", *arguments]
    environment = {**_environment(untrusted=untrusted), **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


def _environment(*, untrusted: bool) -> Mapping[str, str]:
    """The environment without the settings of Python (PYTHONPATH may name the current folder) and of git."""
    given = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GIT_"))}
    if untrusted:
        given = {key: value for key, value in given.items() if key in ESSENTIAL or key.startswith("LC_")}
    return given | {"PYTHONSAFEPATH": "1"}
