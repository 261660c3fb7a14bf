"""The command `tracker explain`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import format_option
from tracker.cli.output import print_json

if TYPE_CHECKING:
    from tracker.commands.explanation import Explanation


@click.command()
@click.argument("name", metavar="ID")
@format_option()
@click.pass_obj
def command(workspace: Path | None, name: str, form: str) -> None:
    """Explain why ID has its verdict, and what would change it.

    ID is a criterion, phase, task or session, a claim (by its commit or path), an open item, a run (the newest of a
    name, or a file of the results folder), or a family of the audit. When several have the same id they are listed,
    each with a reference such as `phase:9` or `session:9` that names only one.

    \b
    Example:
      tracker explain gate-fires
      tracker explain phase:9
      tracker explain gate.py
    """
    from tracker.commands.explain import AmbiguousId, text_of

    try:
        found = _explanation(workspace, name)
    except AmbiguousId as error:
        if form != "json":
            raise
        print_json(error.data)
        sys.exit(2)
    if form == "json":
        print_json(found.data)
    else:
        click.echo("\n".join(text_of(found)))


def _explanation(workspace: Path | None, name: str) -> Explanation:
    """The explanation of an id. The audit runs only for an id that nothing else has: it reads the whole repository."""
    from tracker.commands.explain import UnknownId, explain, explain_family, may_be_family
    from tracker.commands.project import open_progress
    from tracker.workspace import NoWorkspace, find_root

    try:
        with open_progress(workspace) as (progress, _):
            return explain(progress, name)
    except (NoWorkspace, UnknownId) as error:
        if not may_be_family(name):
            raise
        folder = (workspace or Path()) if isinstance(error, NoWorkspace) else find_root(workspace or Path())
        return explain_family(folder, name)
