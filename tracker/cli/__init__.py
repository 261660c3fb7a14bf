"""The command line: parses arguments, calls a use case of `tracker.commands` and prints its result."""

from __future__ import annotations

import gc
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

import click

from tracker import __version__
from tracker.cli.commands import Commands
from tracker.cli.options import VERBOSE
from tracker.errors import TrackerError


@click.group(
    commands=Commands(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tracker", message="%(prog)s %(version)s")
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder that contains tracker.yml.  [default: the current folder or the nearest folder above it]",
)
@click.pass_context
def cli(context: click.Context, workspace: Path | None) -> None:
    """Session Tracker: check session logs against git history, test reports and measured results.

    Run `tracker init` in a git repository to get started, then `tracker build`.
    """
    context.obj = workspace


cli.params.append(VERBOSE)


def main() -> NoReturn:
    """Run the `tracker` command. Exits with 2 and one message when it cannot do what was asked."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # file names and terminals are not always UTF-8
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(200_000)  # most objects live until the command ends; collecting them takes a tenth of the time
    try:
        cli(prog_name="tracker")
    except TrackerError as error:
        click.echo(f"tracker: {error}", err=True)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"tracker: {where}{error.strerror or error}", err=True)
    sys.exit(2)
