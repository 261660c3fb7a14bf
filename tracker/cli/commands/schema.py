"""The command `tracker schema`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), help="The folder.  [default: schemas/ of the workspace]"
)
@click.pass_obj
def command(workspace: Path | None, into: Path | None) -> None:
    """Write the JSON Schemas of tracker.yml and session files.

    Editors complete and check the files with them.

    \b
    Example:
      tracker schema && head -1 tracker.yml    # yaml-language-server: $schema=schemas/tracker.schema.json
    """
    from tracker.publish.schema import FOLDER, write_schemas
    from tracker.workspace import find_root

    for path in write_schemas(into or find_root(workspace or Path()) / FOLDER):
        click.echo(path)
