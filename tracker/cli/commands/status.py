"""The command `tracker status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import format_option
from tracker.cli.output import console, json_text, print_problems
from tracker.commands.project import open_progress, remembered

if TYPE_CHECKING:
    from tracker.progress.progress import Progress


@click.command()
@format_option()
@click.pass_obj
def command(workspace: Path | None, form: str) -> None:
    """Show where things stand.

    \b
    Example:
      tracker status --format json | jq '.phases[].criteria[] | select(.verdict == "stale").id'
    """
    if form == "json":
        click.echo(remembered(workspace, "status", _json))
        return
    with open_progress(workspace) as (progress, _):
        from tracker.publish.terminal import print_status

        print_problems(progress)
        print_status(progress, console())


def _json(progress: Progress) -> str:
    from tracker.publish.data import status_data

    return json_text(status_data(progress))
