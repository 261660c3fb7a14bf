"""The command `tracker init`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def command(folder: Path) -> None:
    """Write a small working workspace into a git repository.

    Nothing that exists is changed but .gitignore, which grows by the lines that are missing.

    \b
    Example:
      cd my-repository && tracker init && tracker build
    """
    from tracker.commands.init import scaffold

    for line in scaffold(folder):
        click.echo(line)
