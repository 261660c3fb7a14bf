"""The command `tracker import`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import format_option
from tracker.cli.output import print_json

if TYPE_CHECKING:
    from tracker.commands.import_logs import Imported


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", type=click.Path(path_type=Path), help="Folder to write to.  [default: the sessions folder]")
@click.option("--dry-run", is_flag=True, help="Report what would be written without writing it.")
@click.option("--update", is_flag=True, help="Add to existing session files; entries and comments are kept.")
@click.option(
    "--id",
    "ids",
    type=click.Choice(["log", "file"]),
    default="log",
    show_default=True,
    help="Source of session ids. Logs with the same id become one session; `file` makes one session per file.",
)
@click.option("--plan", is_flag=True, help="Read FILES as trackers and check lists, into tracker.yml and versions.")
@format_option()
@click.pass_obj
def command(
    workspace: Path | None,
    files: tuple[Path, ...],
    into: Path | None,
    dry_run: bool,
    update: bool,
    ids: str,
    plan: bool,
    form: str,
) -> None:
    """Import Markdown logs as session files, or trackers as the plan.

    The session file keeps the whole text of the log. With --plan, FILES are hand-made trackers and check lists: their
    phases become tracker.yml, and each numbered one a frozen version. An existing plan only changes with --update,
    which adds to it and shows the diff. Exits with 1 when one of FILES cannot be imported; the others are imported
    anyway.

    \b
    Example:
      tracker import --dry-run notes/*.md
      tracker import --plan docs/TRACKER_v3_*.md
    """
    if plan:
        _import_plan(into or workspace or Path(), files, form, dry_run=dry_run, update=update)
        return
    from tracker.commands.import_logs import IdSource, importer

    done: list[Imported] = []
    with importer(workspace, into, update=update, dry_run=dry_run, ids=IdSource(ids)) as logs:
        for one in logs.run(files):
            done.append(one)
            if form == "text":
                click.echo("\n".join(_lines(one, dry_run=dry_run)), err=one.failed)
    if form == "json":
        from tracker.publish.data import SCHEMA

        print_json({"schema": SCHEMA, "logs": list(map(_data, done))})
    sys.exit(1 if any(one.failed for one in done) else 0)


def _import_plan(start: Path, files: tuple[Path, ...], form: str, *, dry_run: bool, update: bool) -> None:
    from dataclasses import asdict

    from tracker.commands.import_plan import import_plan

    done = import_plan(start, files, dry_run=dry_run, update=update)
    if form == "json":
        from tracker.publish.data import SCHEMA

        print_json({"schema": SCHEMA, **asdict(done)})
        sys.exit(1 if done.failed else 0)
    for one in done.documents:
        for line, text in one.doubts:
            click.echo(f"{one.source}:{line}: doubtful: {text}")
        if one.message:
            click.echo(f"{one.source}: {one.message}", err=True)
    if done.diff:
        click.echo(done.diff)
    found = ", ".join(f"{name} {count}" for name, count in done.found.items())
    more = "; it would change as shown: `--update` adds to it" if done.outcome == "kept" else ""
    click.echo(f"{_relative(done.target)}: {done.outcome}{more}\n  found: {found or 'nothing'}")
    for version in done.versions:
        click.echo(f"{_relative(version.target)}: {version.outcome}")
    sys.exit(1 if done.failed else 0)


def _data(one: Imported) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(one) | {
        "unclaimed": [{"line": line, "heading": title} for line, title in one.unclaimed],
        "doubts": [{"line": line, "text": text} for line, text in one.doubts],
    }


def _lines(one: Imported, *, dry_run: bool) -> Iterator[str]:
    """The outcome, the diff of an existing file, what was found, what no rule understands, and what is doubtful."""
    if one.failed:
        yield f"{f'{one.source}:{one.line}' if one.line else one.source}: {one.message}"
        return
    planned = "to be " if dry_run and one.outcome in ("written", "updated") else ""
    yield f"{one.source}: session {one.session} of {one.date} → {_relative(one.target)}: {planned}{one.outcome}"
    if one.message:
        yield f"  {one.message}"
    yield from (f"  {line}" for line in one.diff.splitlines())
    found = ", ".join(f"{name} {count}" for name, count in one.found.items())
    yield f"  found: {found or 'nothing else; the text is in the log'}"
    for line, title in one.unclaimed:
        yield f"  {one.source}:{line}: heading not understood: {title!r}; its text is only in the log"
    for line, text in one.doubts:
        yield f"  {one.source}:{line}: doubtful: {text}"


def _relative(path: str | None) -> str:
    """A path relative to the current folder, if it is inside it."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if path and Path(path).is_relative_to(here) else str(path)
