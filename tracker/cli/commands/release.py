"""The command `tracker release`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.output import print_problems
from tracker.commands.project import open_progress


@click.command()
@click.argument("number", required=False)
@click.option("--note", help="What this version is about.")
@click.option("--dry-run", is_flag=True, help="Print the version; write nothing.")
@click.pass_obj
def command(workspace: Path | None, number: str | None, note: str | None, dry_run: bool) -> None:
    """Freeze the progress of today as a version that never changes.

    Without a NUMBER it follows from what changed: phases added or removed raise the first part, a phase's status or a
    criterion's verdict the second, anything else the third.

    \b
    Example:
      tracker release --note "Diagnostics validated" && git add versions
    """
    with open_progress(workspace) as (progress, _):
        if dry_run:
            print_problems(progress)
            from tracker.progress.versions import snapshot
            from tracker.sources.versions import version_text

            click.echo(version_text(snapshot(progress, number, note)), nl=False)
        else:
            from tracker.commands.release import release as freeze

            click.echo(freeze(progress, number, note))
