"""The command `tracker changelog`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tracker.commands.project import open_progress


@click.command()
@click.option("--since", metavar="VERSION", help="Only what came after this version.")
@click.option("--unreleased", is_flag=True, help="Only what no version has yet.")
@click.option("--print", "show", is_flag=True, help="Print it; write nothing.")
@click.pass_obj
def command(workspace: Path | None, since: str | None, unreleased: bool, show: bool) -> None:
    """Write CHANGELOG.md from versions, sessions and commits. What stands outside its marks is kept.

    \b
    Example:
      tracker changelog --unreleased --print
    """
    from tracker.files import read_file, write_file
    from tracker.publish.changelog import FILE, merged, releases
    from tracker.publish.render import Renderer

    with open_progress(workspace) as (progress, _):
        facts = progress.facts
        values = {
            "releases": releases(progress, since=since, unreleased=unreleased),
            "versions": f"{facts.repository.prefix}{facts.plan.versions.rstrip('/')}",
        }
        made = Renderer.of(facts).text("changelog.md.j2", values)
        if show:
            click.echo(made, nl=False)
            return
        path = facts.workspace.root / FILE
        old = read_file(path, within=facts.workspace.root).decode("utf-8-sig") if os.path.lexists(path) else ""
        write_file(path, merged(old, made).encode(), within=facts.workspace.root)
        click.echo(path)
