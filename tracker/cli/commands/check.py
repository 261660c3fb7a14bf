"""The command `tracker check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import format_option
from tracker.cli.output import echo_annotation, print_json
from tracker.commands.project import open_progress
from tracker.plural import counted

if TYPE_CHECKING:
    from tracker.progress.progress import Progress
    from tracker.publish.check import Complaint


@click.command()
@click.option("--strict", is_flag=True, help="Fail on phases that are said to be complete, or were, and are not.")
@format_option("github", note="; github: as annotations of a workflow")
@click.pass_obj
def command(workspace: Path | None, strict: bool, form: str) -> None:
    """Check every file and every claim; write nothing. Exit 1 when anything is wrong.

    Where the evidence does not say what is said of a phase, that is shown; with --strict it is wrong too. Tasks and
    phases that sessions name and the plan does not have are only shown, and so is a session that nobody filled in yet.

    \b
    Example:
      tracker check --strict && git push
    """
    from tracker.publish.check import Complaint, complaints
    from tracker.sources.facts import BrokenPlan

    try:
        with open_progress(workspace, write=False) as (progress, _):
            found = complaints(progress, strict=strict)
            _report(progress, found, form)
    except BrokenPlan as error:
        from tracker.publish.data import SCHEMA, problem_data

        found = list(map(Complaint, error.problems))
        if form == "json":
            problems = [problem_data(problem) for problem in error.problems]
            unknown: dict[str, list[str]] = {
                "refuted": [],
                "disagreements": [],
                "only_here": [],
                "unplanned": [],
                "unwritten": [],
            }
            print_json({"schema": SCHEMA, "problems": problems, **unknown})
        for one in found if form != "json" else []:
            if form == "github":
                echo_annotation(one.annotation(_prefix(workspace)))
            else:
                click.echo(str(one.problem))
    sys.exit(1 if any(one.fails for one in found) else 0)


def _report(progress: Progress, found: list[Complaint], form: str) -> None:
    from tracker.progress.claims import ClaimVerdict
    from tracker.publish.check import UNPLANNED, UNWRITTEN, shallow_annotation
    from tracker.publish.data import check_data

    if form == "json":
        print_json(check_data(progress))
        return
    repository = progress.facts.repository
    if form == "github" and repository.shallow:
        echo_annotation(shallow_annotation())
    for one in found:
        if form == "github":
            echo_annotation(one.annotation(repository.prefix))
        else:
            click.echo(str(one.problem))
    claims = [claim for claims in progress.claims.values() for claim in claims]
    unknown = sum(claim.standing is ClaimVerdict.UNKNOWN for claim in claims)
    wrong = sum(one.fails for one in found)
    disputed = sum(one.disputed and not one.fails for one in found)
    more = f", {unknown} that git cannot judge" if unknown else ""
    more += " (this clone is shallow: `git fetch --unshallow`)" if unknown and repository.shallow else ""
    more += f", {disputed} disputed: --strict fails on that" if disputed else ""
    for title in (UNPLANNED, UNWRITTEN):
        count = sum(one.title == title for one in found)
        more += f", {count} {title.lower()}" if count else ""
    checked = f"{counted(len(progress.sessions), 'session')} and {counted(len(claims), 'claim')} checked"
    click.echo(f"{checked}: {wrong or 'nothing'} wrong{more}")


def _prefix(folder: Path | None) -> str:
    """The way from the repository to the workspace, where there is a repository."""
    from tracker.errors import NotARepository
    from tracker.sources.repository import Repository
    from tracker.workspace import find_root

    try:
        with Repository.open(find_root(folder or Path())) as repository:
            return repository.prefix
    except NotARepository:
        return ""
