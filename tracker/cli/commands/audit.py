"""The command `tracker audit`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import format_option, is_verbose
from tracker.cli.output import echo_annotation, progress_bar
from tracker.errors import TrackerError
from tracker.plural import counted

if TYPE_CHECKING:
    from tracker.audit.audit import Audit
    from tracker.audit.decisions import Choice
    from tracker.audit.family import Family
    from tracker.audit.removal import Removal
    from tracker.commands.audit import Inquiry


@click.command()
@click.argument("path", type=click.Path(file_okay=False, path_type=Path), default=".")
@format_option("markdown", "github", "sarif")
@click.option("--maybe", is_flag=True, help="Also report what is less certain.")
@click.option("--all", "everything", is_flag=True, help="List every path, also what is known or ignored.")
@click.option("--explain", metavar="FILE", help="Show everything that is known about one file.")
@click.option("--only", multiple=True, metavar="RULE", help="Report only this rule (repeatable).")
@click.option("--skip", multiple=True, metavar="RULE", help="Do not report this rule (repeatable).")
@click.option("--since", metavar="REV", help="Only what changed since this commit; HEAD: uncommitted work.")
@click.option("--rev", metavar="REV", help="The tree of this commit, branch or tag, without checking it out.")
@click.option("--baseline", "mode", flag_value="baseline", help="Record what is reported now: later runs leave it out.")
@click.option("--review", "mode", flag_value="review", help="Decide family by family: accept, keep or skip.")
@click.option(
    "--decisions",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --review: read the decisions from a file.",
)
@click.option("--remove", "mode", flag_value="remove", help="Untrack, remove or archive what is reported.")
@click.option("--archive", type=click.Path(file_okay=False, path_type=Path), help="Move files there instead.")
@click.option("--undo", "mode", flag_value="undo", help="Restore what was last untracked, removed or archived.")
@click.option("--yes", is_flag=True, help="Do not ask before files are changed.")
@click.option("--min-confidence", type=click.FloatRange(0, 1), hidden=True)
def command(
    path: Path,
    form: str,
    mode: str | None,
    archive: Path | None,
    decisions: Path | None,
    yes: bool,
    rev: str | None,
    explain: str | None,
    min_confidence: float | None,
    **asked: Any,
) -> None:
    """Find stale files and outdated statements. Exit 1 when there are new ones.

    Works in any git repository, also without a workspace. Files change only with --remove, --archive or --review, and
    --undo restores them. -v also lists the first paths of every family, with their proofs.

    \b
    Example:
      tracker audit -v
      tracker audit --maybe --only one-off
      tracker audit --explain gate.py
      tracker audit --rev v1.0 --format json | jq '.families[0]'
      tracker audit --review
    """
    from tracker.commands import audit as auditing

    mode = _mode(
        mode, archive, {"--format": form != "text", "--rev": rev, "--since": asked["since"], "--explain": explain}
    )
    if decisions and mode != "review":
        raise click.UsageError("--decisions goes with --review")
    if min_confidence is not None:
        click.echo("--min-confidence is deprecated: use --maybe for less certain findings", err=True)
        asked["maybe"] = asked["maybe"] or min_confidence < 0.5
    inquiry = auditing.Inquiry(path, revision=rev, **asked)
    if mode == "undo":
        click.echo("\n".join(auditing.take_back(path)))
    elif mode == "baseline":
        if asked["only"] or asked["skip"]:
            raise click.UsageError("--baseline records what all rules report: leave --only and --skip out")
        with progress_bar("Reading") as report:
            done = auditing.record(inquiry, report)
        click.echo(done)
    elif mode == "remove":
        _remove(inquiry, *auditing.plan_removal(inquiry, archive), yes)
    elif mode == "review":
        _review(inquiry, decisions, yes)
    elif explain is not None:
        _explain(inquiry, explain)
    else:
        _report(inquiry, form, 2 if asked["everything"] else int(is_verbose()))


def _mode(mode: str | None, archive: Path | None, reading: dict[str, Any]) -> str | None:
    """What is to be done about what is found. Raises UsageError for options that contradict each other."""
    if archive:
        if mode:
            raise click.UsageError(f"--archive and --{mode} do not go together")
        mode = "remove"
    for option, given in reading.items():
        if mode and given:
            raise click.UsageError(f"{option} only reports: leave it out, or --{mode}")
    return mode


def _report(inquiry: Inquiry, form: str, verbose: int) -> None:
    """Print what an audit found, from the cache where nothing has changed; exit 1 where anything is new."""
    from datetime import date

    from tracker.audit.answer_cache import Answer, AnswerCache

    cache = AnswerCache(inquiry.folder, inquiry.revision, repr((form, verbose, inquiry, date.today())))
    answer = cache.recall() if inquiry.since is None else None
    shrunk = None
    if answer is None:
        from tracker.audit.formats import FORMATS
        from tracker.audit.formats.text import text
        from tracker.commands import audit as auditing

        with progress_bar("Reading") as report:
            found, reported = inquiry.ask(report)
        if form == "json":  # every family is in it, each with `default`
            written = FORMATS[form](replace(inquiry, maybe=True).choose(found))
        else:
            written = text(reported, verbose=verbose) if form == "text" else FORMATS[form](reported)
        answer = Answer(written, reported.fails)
        if found.settled and inquiry.since is None:
            cache.remember(answer)
        if form == "text" and inquiry.since is None:
            shrunk = auditing.shrink(found)
    if form == "github":
        for line in answer.text.rstrip("\n").split("\n"):
            echo_annotation(line)
    else:
        click.echo(answer.text, nl=False)
    if shrunk:
        click.echo(shrunk)
    sys.exit(1 if answer.found else 0)


def _explain(inquiry: Inquiry, file: str) -> None:
    """Print what is known about one file, by its path in the audited folder."""
    from tracker.audit.formats.text import explain

    with progress_bar("Reading") as report:
        found, _ = inquiry.ask(report)
    path = Path(file)
    folder = inquiry.folder.resolve()
    if path.is_absolute() or path.exists():
        resolved = path.absolute()
        path = resolved.relative_to(folder) if resolved.is_relative_to(folder) else path
    if path.as_posix() not in found.uses.files:
        raise TrackerError(f"{file}: not a tracked file of {inquiry.folder}")
    click.echo(explain(found, path.as_posix()), nl=False)


def _remove(inquiry: Inquiry, reported: Audit, removal: Removal, yes: bool) -> None:
    """Show what can be removed or archived, ask, and do it."""
    from tracker.commands import audit as auditing

    click.echo(auditing.described(removal, reported.prefix), nl=False)
    if not removal.steps:
        click.echo("nothing to remove")
        return
    if not yes:
        if not auditing.is_terminal():
            raise TrackerError("nothing was removed: there is no terminal to ask; --yes removes what is listed")
        if not click.confirm(f"{counted(len(removal.steps), 'file')}: continue?"):
            click.echo("nothing was removed")
            sys.exit(1)
    click.echo("\n".join(auditing.carry_out(inquiry.folder, reported, removal)))


def _review(inquiry: Inquiry, file: Path | None, yes: bool) -> None:
    """Decide family by family, then carry out what was accepted in one step, so that one --undo restores it."""
    from tracker.audit.decisions import decided, load_decisions
    from tracker.commands import audit as auditing

    if file:
        decisions = load_decisions(file)
        reported, removal, lines = auditing.review(inquiry, lambda one, *_: decided(decisions, one.id, one.rule))
    else:
        reported, removal, lines = auditing.review(inquiry, _ask)
    click.echo("".join(f"{line}\n" for line in lines), nl=False)
    if removal.steps or removal.left:
        _remove(inquiry, reported, removal, yes)
    elif not lines:
        click.echo("nothing was decided")


def _ask(family: Family, number: int, count: int) -> Choice | None:
    """Ask about one family; None to end the review."""
    from tracker.audit.decisions import Choice
    from tracker.commands.audit import is_terminal

    if not is_terminal():
        raise TrackerError("there is no terminal to ask; give the decisions with --decisions FILE")
    click.echo(f"\n[{number}/{count}] {family.action}: {family.title}")
    shown = 5
    while True:
        for one in family.findings[:shown]:
            click.echo(f"  {one.path}  {one.proof}")
        if shown < len(family.findings):
            click.echo(f"  … and {len(family.findings) - shown} more")
        letter = click.prompt("(a)ccept, (k)eep, (s)kip, (v)iew all, (q)uit", default="s").strip().lower()[:1]
        if letter == "q":
            return None
        if letter == "v":
            shown = len(family.findings)
        elif letter == "k":
            reason = click.prompt("why is it kept?").strip()
            return Choice("keep", reason)
        elif letter in ("a", "s"):
            return Choice("accept" if letter == "a" else "skip")
