"""The command `tracker init`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def command(folder: Path) -> None:
    """Create a small working workspace in a git repository.

    FOLDER is any folder of the repository. Existing files are kept; only .gitignore gets the lines that it lacks.

    \b
    Example:
      cd my-repository && tracker init && tracker build
    """
    from tracker.commands.init import scaffold

    for line in scaffold(folder):
        click.echo(line)
