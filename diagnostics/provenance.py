"""Where a result comes from: the code (asked of git), the machine, the seed."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import torch

from diagnostics.result import Environment, Source


def source(directory: Path) -> Source:
    """The commit and tree that HEAD names, and whether tracked files differ from it; nulls outside a
    repository.

    Untracked files and `directory`, where results go, make nothing dirty.
    """
    script = Path(sys.argv[0]) if sys.argv and sys.argv[0] not in ("", "-c", "-m") else None
    found = Source(script=script.name if script else None, arguments=sys.argv[1:])
    heads = _git("rev-parse", "--show-toplevel", "HEAD", "HEAD^{tree}")
    if heads is None:
        return found
    top, found.commit, found.tree = heads.splitlines()
    exclude = []
    if directory.resolve().is_relative_to(top):
        relative = directory.resolve().relative_to(top).as_posix()
        exclude = [f":(top,exclude,literal){relative}"] if relative != "." else []
    status = _git("status", "--porcelain", "-z", "--untracked-files=no", "--", ":/", *exclude)
    found.dirty = None if status is None else bool(status)
    if script and script.resolve().is_relative_to(top):
        found.script = script.resolve().relative_to(top).as_posix()
    found.arguments = [relative_paths(argument, top) for argument in found.arguments]
    return found


def relative_paths(text: str, top: str) -> str:
    """A text in which paths below the folder `top` are relative to it: a result shows no folders of one machine.

    >>> relative_paths('{"folder": "/home/me/net/examples"}', "/home/me/net")
    '{"folder": "examples"}'
    >>> relative_paths("--data=/home/me/net", "/home/me/net"), relative_paths("/home/me/net2/a", "/home/me/net")
    ('--data=.', '/home/me/net2/a')
    """
    return re.sub(rf"{re.escape(top)}(/|(?![\w.-]))", lambda found: "" if found[1] else ".", text)


def _git(*arguments: str) -> str | None:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            ["git", *arguments],
            capture_output=True,
            timeout=20,
            env=environment,
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def environment(device: torch.device, dtype: torch.dtype | None, world_size: int) -> Environment:
    """The machine as the training sees it."""
    return Environment(
        device=torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        torch=torch.__version__,
        python=platform.python_version(),
        precision=str(dtype).removeprefix("torch."),
        world_size=world_size,
        seed=torch.initial_seed(),
        platform=f"{platform.system()} {platform.machine()}",
    )


def results_directory(start: Path) -> Path:
    """The results folder of the workspace around `start`: of the nearest folder above that holds
    `tracker.yml`.

    Its `results:` line says which one, else `diagnostics/results`; without a workspace it is that folder
    below `start`. One line is matched here, since reading YAML would need more than torch and the standard
    library."""
    default = Path("diagnostics") / "results"
    for folder in (start, *start.parents):
        try:
            text = (folder / "tracker.yml").read_text(encoding="utf-8")
        except OSError:
            continue
        for line in text.splitlines():
            key, colon, value = line.partition(":")
            if key == "results" and colon:
                value = value.split(" #")[0].strip().strip("\"'")
                return folder / (value or default)
        return folder / default
    return start / default
