"""The command `tracker diagnose`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("script", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(script: Path, arguments: tuple[str, ...]) -> None:
    """Run a training script, unchanged, under the diagnostics.

    Needs torch: `pip install 'session-tracker[diagnostics]'`.

    \b
    Example:
      tracker diagnose train.py --epochs 10
    """
    import os

    os.execv(sys.executable, [sys.executable, "-m", "diagnostics", str(script), *arguments])
