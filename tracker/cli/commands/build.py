"""The command `tracker build`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.output import print_problems, progress_bar
from tracker.commands.project import open_progress, recalled
from tracker.errors import TrackerError
from tracker.workspace import PLAN_FILE


@click.command()
@click.option("--no-site", is_flag=True, help="Write the Markdown pages alone; do not run MkDocs.")
@click.option("--strict", is_flag=True, help="Fail when MkDocs warns about anything.")
@click.option("--untrusted", is_flag=True, help="Refuse everything in the workspace that runs code (see Trust).")
@click.pass_obj
def command(workspace: Path | None, no_site: bool, strict: bool, untrusted: bool) -> None:
    """Render the pages, then build the site with MkDocs.

    MkDocs runs the hooks and plugins that mkdocs.yml names. With --untrusted they are refused.

    \b
    Example:
      tracker build && python -m http.server -d site
    """
    from tracker.user_folders import exclusive
    from tracker.workspace import find_root

    root = find_root(workspace or Path())
    with exclusive(root):
        unchanged = None if untrusted else _unchanged_pages(root)
        if unchanged is not None:
            click.echo(f"pages: 0 written, {unchanged} unchanged, 0 removed")
        else:
            _build_pages(root, untrusted=untrusted)
        if not no_site:
            from tracker.publish.mkdocs import build_site
            from tracker.sources.facts import open_workspace

            site = build_site(root, open_workspace(root).docs, strict=strict, untrusted=untrusted)
            click.echo(f"site: {site}")


def _unchanged_pages(root: Path) -> int | None:
    """The number of pages when neither they nor anything that they depend on changed; else None."""
    from tracker.publish.output import OutputDirectory
    from tracker.user_folders import state_folder

    known = recalled(root, "pages")
    if known is None:
        return None
    written, docs = known.split(" ", 1)
    output = OutputDirectory(root, root / docs, state_folder(root) / "pages.json")
    return len(output) if output.state == written and output.is_whole() else None


def _build_pages(root: Path, *, untrusted: bool) -> None:
    from tracker.publish.build import build_pages, pages_of
    from tracker.result_cache import ResultCache

    with open_progress(root) as (progress, cache):
        print_problems(progress)
        if untrusted and progress.plan.templates:
            raise TrackerError(f"{root / PLAN_FILE}: an untrusted build refuses `templates`; see docs/trust.md")
        with progress_bar("Pages") as report:
            done = build_pages(progress, cache, report)
        click.echo(f"pages: {len(done.written)} written, {done.unchanged} unchanged, {len(done.removed)} removed")
        if not progress.facts.problems:
            workspace = progress.facts.workspace
            answer = f"{pages_of(workspace).state} {workspace.plan.docs}"
            ResultCache(root, progress.facts.repository, cache).remember("pages", progress, answer)
