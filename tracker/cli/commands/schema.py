"""The command `tracker schema`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to.  [default: schemas/ in the workspace]",
)
@click.pass_obj
def command(workspace: Path | None, into: Path | None) -> None:
    """Write the JSON Schemas of tracker.yml and session files.

    Editors use them to complete and check these files.

    \b
    Example:
      tracker schema && head -1 tracker.yml    # yaml-language-server: $schema=schemas/tracker.schema.json
    """
    from tracker.commands.schema import write_schema_files

    for path in write_schema_files(into, workspace):
        click.echo(path)
