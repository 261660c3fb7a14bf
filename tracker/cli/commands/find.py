"""The command `tracker find`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracker.cli.options import format_option
from tracker.cli.output import print_json
from tracker.commands.project import open_sessions, plan_phases


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Maximum number of matches.")
@format_option()
@click.pass_obj
def command(workspace: Path | None, words: tuple[str, ...], limit: int, form: str) -> None:
    """Search the sessions for WORDS, best match first.

    A phase whose id several chapters use is found by `phase 8 of chapter 14`, `chapter 14 phase 8` or `14/8`.

    Exits with 1 when nothing matches.

    \b
    Example:
      tracker find thermocouple drift
    """
    from tracker.progress.find import find

    with open_sessions(workspace) as sessions:
        found = find(sessions, " ".join(words), limit, plan_phases(workspace))
    if form == "json":
        from dataclasses import asdict

        from tracker.publish.data import SCHEMA

        print_json({"schema": SCHEMA, "matches": [asdict(one) for one in found]})
    else:
        for one in found:
            click.echo(f"{one.file}:{one.line}: session {one.session}, {one.field}: {one.text}")
        if not found:
            click.echo(f"no session matches {' '.join(words)!r}", err=True)
    sys.exit(0 if found else 1)
