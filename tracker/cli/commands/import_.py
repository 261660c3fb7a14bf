"""The command `tracker import`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracker.cli.options import format_option
from tracker.cli.output import print_json


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", type=click.Path(path_type=Path), help="The folder to write to.  [default: the sessions']")
@click.option("--dry-run", is_flag=True, help="Report; write nothing.")
@click.option("--update", is_flag=True, help="Bring edited session files up to date, keeping edits and comments.")
@format_option()
@click.pass_obj
def command(
    workspace: Path | None, files: tuple[Path, ...], into: Path | None, dry_run: bool, update: bool, form: str
) -> None:
    """Turn Markdown logs into session files. Exit 1 when one of FILES cannot be imported; the others are.

    Nothing of a log is lost: its whole text stays in the session file, and what is found in it stands beside it.

    \b
    Example:
      tracker import --dry-run notes/*.md
    """
    from tracker.commands.import_logs import importer

    with importer(workspace, into, update=update, dry_run=dry_run) as logs:
        done = []
        for one in logs.run(files):
            done.append(one)
            if form == "text":
                click.echo("\n".join(one.lines(dry_run=dry_run)), err=one.failed)
    if form == "json":
        from tracker.publish.data import SCHEMA

        print_json({"schema": SCHEMA, "logs": [one.data() for one in done]})
    sys.exit(1 if any(one.failed for one in done) else 0)
