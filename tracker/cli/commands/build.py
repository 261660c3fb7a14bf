"""The command `tracker build`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.output import print_problems, progress_bar
from tracker.commands.project import open_progress, recalled


@click.command()
@click.option("--no-site", is_flag=True, help="Write the Markdown pages alone; do not run MkDocs.")
@click.option("--strict", is_flag=True, help="Fail when MkDocs warns about anything.")
@click.pass_obj
def command(workspace: Path | None, no_site: bool, strict: bool) -> None:
    """Render the pages, then build the site with MkDocs.

    \b
    Example:
      tracker build && python -m http.server -d site
    """
    from tracker.workspace import find_root

    root = find_root(workspace or Path())
    unchanged = _pages_as_they_were(root)
    if unchanged is not None:
        click.echo(f"pages: 0 written, {unchanged} unchanged, 0 removed")
    else:
        _build_pages(root)
    if not no_site:
        from tracker.publish.mkdocs import build_site
        from tracker.sources.facts import open_workspace

        click.echo(f"site: {build_site(root, open_workspace(root).docs, strict=strict)}")


def _pages_as_they_were(root: Path) -> int | None:
    """How many pages there are, where nothing that they rest on changed and nobody touched them; else None."""
    from tracker.publish.output import OutputDirectory
    from tracker.workspace import STATE

    known = recalled(root, "pages")
    if known is None:
        return None
    written, docs = known.split(" ", 1)
    shelf = OutputDirectory(root, root / docs, root / STATE / "staging")
    return len(shelf) if shelf.state == written and shelf.is_whole() else None


def _build_pages(root: Path) -> None:
    from tracker.publish.build import build_pages
    from tracker.publish.output import OutputDirectory
    from tracker.result_cache import ResultCache

    with open_progress(root) as (progress, cache):
        print_problems(progress)
        with progress_bar("Pages") as report:
            done = build_pages(progress, cache, report)
        click.echo(f"pages: {len(done.written)} written, {done.unchanged} unchanged, {len(done.removed)} removed")
        if not progress.facts.problems:
            workspace = progress.facts.workspace
            state = OutputDirectory(root, workspace.docs, workspace.state / "staging").state
            memo = ResultCache(root, progress.facts.repository, cache)
            memo.remember("pages", workspace, f"{state} {workspace.plan.docs}", progress.sought)
