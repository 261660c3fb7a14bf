"""The command `tracker ready`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracker.cli.options import format_option, is_verbose
from tracker.cli.output import console, print_json
from tracker.commands.project import open_progress


@click.command()
@click.argument("phase")
@format_option()
@click.pass_obj
def command(workspace: Path | None, phase: str, form: str) -> None:
    """Check whether PHASE is ready to start.

    Prints the evidence and what is missing; -v lists everything. Exits with 1 when the phase is not ready.

    \b
    Example:
      tracker ready 8 && python soak.py
    """
    from tracker.commands.ready import assess_phase

    with open_progress(workspace) as (progress, cache):
        found = assess_phase(progress, cache, phase)
        if form == "json":
            from tracker.publish.data import readiness_data

            print_json(readiness_data(found))
        else:
            from tracker.publish.terminal import print_readiness

            print_readiness(found, console(), most=None if is_verbose() else 12)
    sys.exit(0 if found.ready else 1)
