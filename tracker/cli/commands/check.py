"""The command `tracker check`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import format_option, is_verbose
from tracker.cli.output import echo_annotation, print_json
from tracker.commands.project import open_progress
from tracker.plural import counted

if TYPE_CHECKING:
    from tracker.progress.progress import Progress
    from tracker.progress.regressions import Against
    from tracker.publish.check import Complaint


@click.command()
@click.option("--strict", is_flag=True, help="Fail on disputed claims and on conflicts about phases too.")
@click.option("--fix", is_flag=True, help="Add the commits that squashed or rebased ones landed as; show the diff.")
@click.option(
    "--against", metavar="REF", help="Fail when a metric of the plan is worse than at this commit or version."
)
@format_option("github", note="; github: as annotations of a workflow")
@click.pass_obj
def command(workspace: Path | None, strict: bool, fix: bool, against: str | None, form: str) -> None:
    """Check every file and every claim.

    Exit 1 when a file has a problem or git refutes a claim. With --strict, also when a claim is disputed (true, but of
    another session, time or branch) or a phase is reported as complete and is not. -v also lists the claims that git
    cannot judge. Nothing is written without --fix.

    \b
    Example:
      tracker check --strict && git push
      tracker check --against HEAD~1
    """
    from tracker.commands.against import compare_against
    from tracker.publish.check import Complaint, complaints
    from tracker.sources.facts import BrokenPlan
    from tracker.user_folders import exclusive
    from tracker.workspace import find_root

    try:
        lock = exclusive(find_root(workspace or Path())) if fix else nullcontext()
        with lock, open_progress(workspace, write=False) as (progress, _):
            if fix:
                _fix(progress)
                return
            compared = compare_against(progress, against) if against else None
            found = complaints(progress, strict=strict, verbose=is_verbose(), against=compared)
            _report(progress, found, form, compared)
    except BrokenPlan as error:
        from tracker.publish.data import SCHEMA, problem_data

        found = list(map(Complaint, error.problems))
        if form == "json":
            problems = [problem_data(problem) for problem in error.problems]
            keys = ("refuted", "disputed", "unknown", "disagreements", "only_here", "unplanned", "unwritten")
            print_json({"schema": SCHEMA, "problems": problems, **{key: [] for key in keys}})
        for one in found if form != "json" else []:
            if form == "github":
                echo_annotation(one.annotation(_prefix(workspace)))
            else:
                click.echo(str(one.problem))
    sys.exit(1 if any(one.fails for one in found) else 0)


def _fix(progress: Progress) -> None:
    from tracker.commands.fix import apply, fixes, proposals

    for one in fixes(progress):
        click.echo(one.diff, nl=False)
        apply(progress, one)
    for line in proposals(progress):
        click.echo(line)


def _report(progress: Progress, found: list[Complaint], form: str, against: Against | None) -> None:
    from tracker.publish.check import shallow_annotation
    from tracker.publish.data import check_data

    if form == "json":
        print_json(check_data(progress, against))
        return
    repository = progress.facts.repository
    if form == "github" and repository.shallow:
        echo_annotation(shallow_annotation())
    for one in found:
        if form == "github":
            echo_annotation(one.annotation(repository.prefix))
        else:
            click.echo(str(one.problem))
    claims = sum(map(len, progress.claims.values()))
    wrong = sum(one.fails for one in found)
    checked = f"{counted(len(progress.sessions), 'session')} and {counted(claims, 'claim')} checked"
    click.echo("".join((f"{checked}: {wrong or 'nothing'} wrong", *_remarks(progress, found))))
    if against is not None:
        click.echo(against.sentence)


def _remarks(progress: Progress, found: list[Complaint]) -> Iterator[str]:
    from tracker.progress.claims import ClaimVerdict
    from tracker.publish.check import CONFLICTS, ComplaintKind

    if unknown := len(progress.claims_with(ClaimVerdict.UNKNOWN)):
        yield f", {unknown} that git cannot judge"
        if progress.facts.repository.shallow:
            yield " (this clone is shallow: `git fetch --unshallow`)"
    passing = [one.kind for one in found if not one.fails]
    strict = [
        f"{count} {noun}{plural if count > 1 else ''}"
        for noun, plural, kinds in (
            ("disputed", "", (ComplaintKind.DISPUTED,)),
            ("only on this machine", "", (ComplaintKind.ONLY_HERE,)),
            ("conflict", "s", CONFLICTS),
        )
        if (count := sum(kind in kinds for kind in passing))
    ]
    if strict:
        yield f", {', '.join(strict)}: --strict fails on that"
    for kind in (ComplaintKind.UNPLANNED, ComplaintKind.UNWRITTEN):
        if count := passing.count(kind):
            yield f", {count} {kind.lower()}"


def _prefix(folder: Path | None) -> str:
    """The path from the repository to the workspace; empty without a repository."""
    from tracker.errors import NotARepository
    from tracker.sources.repository import Repository
    from tracker.workspace import find_root

    try:
        with Repository.open(find_root(folder or Path())) as repository:
            return repository.prefix
    except NotARepository:
        return ""
