"""The command line: one short function a command. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tracker import __version__
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.auditing import Inquiry
    from tracker.cache import Cache
    from tracker.progress.progress import Progress
    from tracker.publish.check import Complaint
    from tracker.sources.sessions import SessionFile

FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tracker", message="%(prog)s %(version)s")
@click.option(
    "-w",
    "--workspace",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="The folder with tracker.yml.  [default: the nearest one above the current folder]",
)
@click.pass_context
def cli(context: click.Context, workspace: Path | None) -> None:
    """Claims meet evidence: a progress tracker that checks what sessions say against git and measured results.

    Begin with `tracker init` in a git repository, then `tracker build`.
    """
    context.obj = workspace


@cli.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def init(folder: Path) -> None:
    """Write a small working workspace into a git repository.

    Nothing that exists is changed but .gitignore, which grows by the lines that are missing.

    \b
    Example:
      cd my-repository && tracker init && tracker build
    """
    from tracker.scaffold import scaffold

    for line in scaffold(folder):
        click.echo(line)


@cli.command()
@FORMAT
@click.pass_obj
def status(workspace: Path | None, form: str) -> None:
    """Show where things stand.

    \b
    Example:
      tracker status --format json | jq '.phases[].criteria[] | select(.verdict == "stale").id'
    """
    if form == "json":
        click.echo(_remembered(workspace, "status", _status_json))
        return
    with _progress(workspace) as (progress, _):
        from rich.console import Console

        from tracker.publish.terminal import print_status

        _print_problems(progress)
        print_status(progress, Console())


@cli.command()
@click.option("--strict", is_flag=True, help="Fail on phases that are said to be complete, or were, and are not.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How to print it; github: as annotations of a workflow.",
)
@click.pass_obj
def check(workspace: Path | None, strict: bool, form: str) -> None:
    """Check every file and every claim; write nothing. Exit 1 when anything is wrong.

    Where the evidence does not say what is said of a phase, that is shown; with --strict it is wrong too. Tasks and
    phases that sessions name and the plan does not have are shown alone.

    \b
    Example:
      tracker check --strict && git push
    """
    from tracker.publish.check import Complaint, complaints
    from tracker.sources.facts import BrokenPlan

    try:
        with _progress(workspace, write=False) as (progress, _):
            found = complaints(progress, strict=strict)
            _report_check(progress, found, form)
    except BrokenPlan as error:
        from tracker.publish.data import SCHEMA, problem_data

        found = list(map(Complaint, error.problems))
        if form == "json":
            problems = [problem_data(problem) for problem in error.problems]
            _print_json({"schema": SCHEMA, "problems": problems, "refuted": [], "disagreements": [], "unplanned": []})
        for one in found if form != "json" else []:
            click.echo(str(one.problem) if form == "text" else one.annotation(_prefix(workspace)))
    sys.exit(1 if any(one.fails for one in found) else 0)


@cli.command()
@click.option("--no-site", is_flag=True, help="Write the Markdown pages alone; do not run MkDocs.")
@click.option("--strict", is_flag=True, help="Fail when MkDocs warns about anything.")
@click.pass_obj
def build(workspace: Path | None, no_site: bool, strict: bool) -> None:
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

        click.echo(f"site: {build_site(root, strict=strict)}")


@cli.command()
@click.argument("criteria", nargs=-1)
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JUnit report that was made from the tree as it is now.",
)
@click.pass_obj
def verify(workspace: Path | None, criteria: tuple[str, ...], reports: tuple[Path, ...]) -> None:
    """Run the commands that criteria rest on, and record what came of them. Exit 1 when one fails.

    All of them, or those of the CRITERIA named. Test reports that they write are dated with the commit; --report dates
    one that was written before.

    \b
    Example:
      tracker verify unit-tests --report reports/junit.xml
    """
    from tracker.verify import verify as run_all

    failed = 0
    with _progress(workspace) as (progress, _):
        for done in run_all(progress.facts, criteria, reports):
            outcome = "ended: it took too long" if done.timed_out else f"exit {done.exit}"
            click.echo(f"{'ok    ' if done.holds else 'FAILED'} {done.command}  ({outcome}, {done.seconds:.1f} s)")
            if not done.holds:
                failed += 1
                click.echo(done.output.rstrip(), err=True)
    sys.exit(1 if failed else 0)


@cli.command()
@click.argument("phase")
@FORMAT
@click.pass_obj
def ready(workspace: Path | None, phase: str, form: str) -> None:
    """Say whether a PHASE can be begun, with the evidence for it and what is missing. Exit 1 when it is not ready.

    \b
    Example:
      tracker ready 8 && python soak.py
    """
    from tracker.progress.readiness import assess
    from tracker.sources.reading import nearest

    with _progress(workspace) as (progress, cache):
        phases = [one.id for one in progress.plan.phases]
        if phase not in phases:
            raise TrackerError(f"no phase has the id {phase!r}{nearest(phase, phases) or _listed(phases)}")
        found = assess(progress, [phase], cache)[phase]
        if form == "json":
            from tracker.publish.data import readiness_data

            _print_json(readiness_data(found))
        else:
            from rich.console import Console

            from tracker.publish.terminal import print_readiness

            print_readiness(found, Console())
    sys.exit(0 if found.ready else 1)


@cli.command()
@click.option("--words", type=click.IntRange(min=1), help="How many words it may have; the least useful are left out.")
@FORMAT
@click.pass_obj
def brief(workspace: Path | None, words: int | None, form: str) -> None:
    """Tell what the next session must know, the most useful first, each thing with where it is known from.

    \b
    Example:
      tracker brief --words 800
    """
    click.echo(_remembered(workspace, f"brief {words} {form}", lambda progress: _brief(progress, words, form)))


@cli.command()
@click.option("--since", metavar="VERSION", help="Only what came after this version.")
@click.option("--unreleased", is_flag=True, help="Only what no version has yet.")
@click.option("--print", "show", is_flag=True, help="Print it; write nothing.")
@click.pass_obj
def changelog(workspace: Path | None, since: str | None, unreleased: bool, show: bool) -> None:
    """Write CHANGELOG.md from versions, sessions and commits; what stands outside its marks is kept.

    \b
    Example:
      tracker changelog --unreleased --print
    """
    from tracker.publish.changelog import FILE, merged, releases
    from tracker.publish.render import Renderer
    from tracker.publish.write import write_atomically

    with _progress(workspace) as (progress, _):
        facts = progress.facts
        renderer = Renderer(facts.workspace.templates, facts.web_address, facts.repository.prefix)
        found = releases(progress, since=since, unreleased=unreleased)
        made = renderer.text(
            "changelog.md.j2",
            {"releases": found, "versions": f"{facts.repository.prefix}{facts.plan.versions.rstrip('/')}"},
        )
        if show:
            click.echo(made, nl=False)
            return
        path = facts.workspace.root / FILE
        old = path.read_text("utf-8-sig") if path.exists() else ""
        write_atomically(path, merged(old, made).encode(), facts.workspace.state / "staging")
        click.echo(path)


@cli.command()
@click.option("--range", "revisions", metavar="A..B", help="These commits, instead of those since the last session.")
@click.option("--close", is_flag=True, help="Fill the last session with what is known by now; what people wrote stays.")
@click.option("--print", "show", is_flag=True, help="Print it; write nothing.")
@click.option("--edit", is_flag=True, help="Open it in $EDITOR.")
@click.pass_obj
def new(workspace: Path | None, revisions: str | None, close: bool, show: bool, edit: bool) -> None:
    """Open the next session, filled with what git knows since the last one.

    \b
    Example:
      tracker new --edit           # and at the end of the session:
      tracker new --close
    """
    from datetime import date

    from tracker.new import closed, draft_of, opened, write

    with _progress(workspace) as (progress, _):
        found = draft_of(progress, revisions, close=close)
        path, text = closed(progress, found) if close else opened(progress, found, date.today())
    if show:
        click.echo(text, nl=False)
        return
    write(path, text, fresh=not close)
    click.echo(path)
    if edit:
        try:
            click.edit(filename=str(path))
        except click.ClickException as error:
            raise TrackerError(
                f"{path} is written, but not edited: {error.message}; $EDITOR says which editor"
            ) from None


@cli.command()
@click.argument("number", required=False)
@click.option("--note", help="What this version is about.")
@click.option("--dry-run", is_flag=True, help="Print the version; write nothing.")
@click.pass_obj
def release(workspace: Path | None, number: str | None, note: str | None, dry_run: bool) -> None:
    """Freeze the progress of today as a version that never changes.

    Without a NUMBER it follows from what changed: phases added or removed raise the first part, a phase's status or a
    criterion's verdict the second, anything else the third.

    \b
    Example:
      tracker release --note "Diagnostics validated" && git add versions
    """
    with _progress(workspace) as (progress, _):
        if dry_run:
            from tracker.progress.versions import snapshot
            from tracker.sources.versions import version_text

            click.echo(version_text(snapshot(progress, number, note)), nl=False)
        else:
            from tracker.release import release as freeze

            click.echo(freeze(progress, number, note))


@cli.command()
@click.argument("before")
@click.argument("after", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to print it; markdown is a page.",
)
@click.pass_obj
def diff(workspace: Path | None, before: str, after: str | None, form: str) -> None:
    """Show what changed between two versions or commits; without AFTER up to now.

    \b
    Example:
      tracker diff 3.8.0 3.9.0
      tracker diff HEAD~20
    """
    from tracker.release import difference

    with _progress(workspace, write=False) as (progress, _):
        found = difference(progress, before, after)
        if form == "json":
            from tracker.publish.data import difference_data

            _print_json(difference_data(found))
        elif form == "markdown":
            from tracker.publish.render import Renderer

            facts = progress.facts
            renderer = Renderer(facts.workspace.templates, facts.web_address, facts.repository.prefix)
            values = {"before": before, "after": after or "now", "transitions": found.transitions}
            click.echo(renderer.text("diff.md.j2", values), nl=False)
        else:
            for transition in found.transitions:
                click.echo(str(transition))
            click.echo(f"{len(found.transitions) or 'no'} changes from {before} to {after or 'now'}")


@cli.command()
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), help="The folder.  [default: schemas/ of the workspace]"
)
@click.pass_obj
def schema(workspace: Path | None, into: Path | None) -> None:
    """Write the JSON Schemas of tracker.yml and session files, with which editors complete and check them.

    \b
    Example:
      tracker schema && head -1 tracker.yml    # yaml-language-server: $schema=schemas/tracker.schema.json
    """
    from tracker.publish.schema import FOLDER, write_schemas
    from tracker.workspace import find_root

    for path in write_schemas(into or find_root(workspace or Path()) / FOLDER):
        click.echo(path)


@cli.command()
@click.argument("path", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "github", "sarif"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    help="Leave out files that are less surely stale.  [default: 0.5; 0 for JSON]",
)
@click.option("--only", multiple=True, metavar="SIGNAL", help="What this signal says alone; may be given again.")
@click.option("--skip", multiple=True, metavar="SIGNAL", help="Nothing of what this signal says; may be given again.")
@click.option("--all", "everything", is_flag=True, help="Also what the baseline knows, and what is ignored.")
@click.option("--since", metavar="REV", help="Only what changed since this commit; HEAD: what is not committed.")
@click.option("--rev", metavar="REV", help="The tree of this commit, branch or tag, without checking it out.")
@click.option(
    "--baseline", "mode", flag_value="baseline", help="Make what is found now known: later runs leave it out."
)
@click.option("--remove", "mode", flag_value="remove", help="Remove what is found, in the index and on disk.")
@click.option("--archive", type=click.Path(file_okay=False, path_type=Path), help="Move what is found there instead.")
@click.option("--undo", "mode", flag_value="undo", help="Put back what was removed or archived last.")
@click.option("--yes", is_flag=True, help="Remove or archive without asking.")
def audit(
    path: Path,
    form: str,
    min_confidence: float | None,
    mode: str | None,
    archive: Path | None,
    yes: bool,
    rev: str | None,
    **asked: Any,
) -> None:
    """Find stale files, and statements of documents that are no longer true. Exit 1 when there are new ones.

    Works in any git repository; a workspace is not needed. Files are changed only where it is asked for, and only those
    that are committed as they are; --undo puts them back. A baseline sheds what is found no longer.

    \b
    Example:
      tracker audit --min-confidence 0.3
      tracker audit --rev v1.0 --format json | jq '.findings[0]'
      tracker audit --baseline && git add audit-baseline.json
      tracker audit --remove --min-confidence 0.6
    """
    from tracker import auditing

    mode = _audit_mode(mode, archive, {"--format": form != "text", "--rev": rev, "--since": asked["since"]})
    bar = min_confidence if min_confidence is not None else 0.0 if form == "json" else 0.5
    inquiry = auditing.Inquiry(path, bar, revision=rev, **asked)
    if mode == "undo":
        click.echo("\n".join(auditing.take_back(path)))
    elif mode == "baseline":
        if asked["only"] or asked["skip"]:
            raise click.UsageError("--baseline records what all signals say: leave --only and --skip out")
        with _progress_bar("Reading") as report:
            done = auditing.record(inquiry, report)
        click.echo(done)
    elif mode == "remove":
        _remove(inquiry, archive, yes)
    else:
        _tell(inquiry, form)


@cli.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--into", type=click.Path(path_type=Path), help="The folder to write to.  [default: the sessions']")
@click.option("--dry-run", is_flag=True, help="Report; write nothing.")
@click.option("--update", is_flag=True, help="Bring edited session files up to date, keeping edits and comments.")
@FORMAT
@click.pass_obj
def import_logs(
    workspace: Path | None, files: tuple[Path, ...], into: Path | None, dry_run: bool, update: bool, form: str
) -> None:
    """Turn Markdown logs into session files. Exit 1 when one of FILES cannot be imported; the others are.

    Nothing of a log is lost: its whole text stays in the session file, and what is found in it stands beside it.

    \b
    Example:
      tracker import --dry-run notes/*.md
    """
    from tracker.importing import importer

    with importer(workspace, into, update=update, dry_run=dry_run) as logs:
        done = []
        for one in logs.run(files):
            done.append(one)
            if form == "text":
                click.echo("\n".join(one.lines(dry_run=dry_run)), err=one.failed)
    if form == "json":
        from tracker.publish.data import SCHEMA

        _print_json({"schema": SCHEMA, "logs": [one.data() for one in done]})
    sys.exit(1 if any(one.failed for one in done) else 0)


@cli.command("find")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many matches to show.")
@FORMAT
@click.pass_obj
def find_words(workspace: Path | None, words: tuple[str, ...], limit: int, form: str) -> None:
    """Find WORDS in what the sessions say, the best match first. Exit 1 when there is none.

    \b
    Example:
      tracker find thermocouple drift
    """
    from tracker.progress.find import find

    with _sessions(workspace) as sessions:
        found = find(sessions, " ".join(words), limit)
    if form == "json":
        from dataclasses import asdict

        from tracker.publish.data import SCHEMA

        _print_json({"schema": SCHEMA, "matches": [asdict(one) for one in found]})
    else:
        for one in found:
            click.echo(f"{one.file}:{one.line}: session {one.session}, {one.field}: {one.text}")
    sys.exit(0 if found else 1)


@cli.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("script", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def diagnose(script: Path, arguments: tuple[str, ...]) -> None:
    """Run a training script, unchanged, under the diagnostics.

    Needs torch: `pip install 'session-tracker[diagnostics]'`.

    \b
    Example:
      tracker diagnose train.py --epochs 10
    """
    import os

    os.execv(sys.executable, [sys.executable, "-m", "diagnostics", str(script), *arguments])


def _audit_mode(mode: str | None, archive: Path | None, for_looking: dict[str, Any]) -> str | None:
    """What is to be done about what is found. Raises UsageError for what does not go together."""
    if archive:
        if mode:
            raise click.UsageError(f"--archive and --{mode} do not go together")
        mode = "remove"
    for option, given in for_looking.items():
        if mode and given:
            raise click.UsageError(f"{option} is for looking only: leave it out, or --{mode}")
    return mode


def _tell(inquiry: Inquiry, form: str) -> None:
    """Print what an audit found, from memory where nothing has changed since; exit 1 where there is anything new."""
    from datetime import date

    from tracker.audit.memory import Answer, Memory

    memory = Memory(inquiry.folder, inquiry.revision, repr((form, inquiry, date.today())))
    answer = memory.recall() if inquiry.since is None else None
    shrunk = None
    if answer is None:
        from tracker import auditing
        from tracker.audit.formats import FORMATS

        with _progress_bar("Reading") as report:
            found, told = inquiry.ask(report)
        answer = Answer(FORMATS[form](told), told.fails)
        if found.settled and inquiry.since is None:
            memory.remember(answer)
        if form == "text" and inquiry.since is None:
            shrunk = auditing.shrink(found)
    click.echo(answer.text, nl=False)
    if shrunk:
        click.echo(shrunk)
    sys.exit(1 if answer.found else 0)


def _remove(inquiry: Inquiry, archive: Path | None, yes: bool) -> None:
    """Show what can be removed or archived, ask, and do it."""
    from tracker import auditing

    told, removal = auditing.plan_removal(inquiry, archive)
    click.echo(auditing.described(removal, told.prefix), nl=False)
    if not removal.steps:
        click.echo("nothing to remove")
        return
    if not yes:
        if not auditing.is_terminal():
            raise TrackerError("nothing was removed: there is nobody to ask; give --yes to remove what is listed")
        if not click.confirm(f"{len(removal.steps)} files: go on?"):
            click.echo("nothing was removed")
            sys.exit(1)
    click.echo("\n".join(auditing.carry_out(inquiry.folder, told, removal)))


@contextmanager
def _progress(folder: Path | None, *, write: bool = True) -> Iterator[tuple[Progress, Cache]]:
    """Everything that is known of the workspace, and the cache that was used: none where nothing may be written."""
    from tracker.cache import Cache
    from tracker.progress.progress import look_up
    from tracker.sources.facts import gather, open_workspace
    from tracker.sources.repository import Repository
    from tracker.workspace import find_root

    root = find_root(folder or Path())
    workspace = open_workspace(root)
    with Repository.open(root) as repository, Cache(workspace.state if write else None) as cache:
        yield look_up(gather(workspace, repository, cache)), cache


@contextmanager
def _sessions(folder: Path | None) -> Iterator[list[SessionFile]]:
    """The sessions alone, and nothing of git: for what needs no more. Nothing is written where nothing was before."""
    from tracker.cache import Cache
    from tracker.sources.facts import open_workspace
    from tracker.sources.sessions import read_sessions
    from tracker.workspace import find_root

    workspace = open_workspace(find_root(folder or Path()))
    with Cache(workspace.state if workspace.state.is_dir() else None) as cache:
        yield read_sessions(workspace.sessions, workspace.root, cache)[0]


def _remembered(folder: Path | None, question: str, answer: Callable[[Progress], str]) -> str:
    """What a command says, looked up again only where something changed since it was last asked."""
    from tracker.cache import Cache
    from tracker.memo import Memo
    from tracker.sources.repository import Repository
    from tracker.workspace import STATE, find_root

    root = find_root(folder or Path())
    question = f"{question} {sys.stdout.encoding}"
    state = root / STATE
    with (
        Repository.open(root) as repository,
        Cache(state if state.is_dir() else None) as cache,
    ):  # looking writes nothing
        known = Memo(root, repository, cache).recall(question)
    if known is not None:
        return known
    with _progress(folder) as (progress, cache):
        text = answer(progress)
        Memo(root, progress.facts.repository, cache).remember(question, progress.facts.workspace, text, progress.sought)
    return text


def _pages_as_they_were(root: Path) -> int | None:
    """How many pages there are, where nothing that they rest on changed and nobody touched them; else None."""
    from tracker.cache import Cache
    from tracker.memo import Memo
    from tracker.publish.write import Shelf
    from tracker.sources.repository import Repository
    from tracker.workspace import STATE

    state = root / STATE
    with (
        Repository.open(root) as repository,
        Cache(state if state.is_dir() else None) as cache,
    ):  # looking writes nothing
        known = Memo(root, repository, cache).recall("pages")
    if known is None:
        return None
    written, docs = known.split(" ", 1)
    shelf = Shelf(root, root / docs, state / "staging")
    return len(shelf) if shelf.state == written and shelf.is_whole() else None


def _build_pages(root: Path) -> None:
    from tracker.memo import Memo
    from tracker.publish.build import build_pages
    from tracker.publish.write import Shelf

    with _progress(root) as (progress, cache):
        _print_problems(progress)
        with _progress_bar("Pages") as report:
            done = build_pages(progress, cache, report)
        click.echo(f"pages: {len(done.written)} written, {done.unchanged} unchanged, {len(done.removed)} removed")
        if not progress.facts.problems:
            workspace = progress.facts.workspace
            state = Shelf(root, workspace.docs, workspace.state / "staging").state
            memo = Memo(root, progress.facts.repository, cache)
            memo.remember("pages", workspace, f"{state} {workspace.plan.docs}", progress.sought)


def _brief(progress: Progress, words: int | None, form: str) -> str:
    from tracker.progress.brief import brief as sections_of

    sections = sections_of(progress, words)
    if form == "json":
        from tracker.publish.data import brief_data

        return _json(brief_data(progress, sections))
    lines = []
    for section in sections:
        lines.append(section.title)
        lines += [f"- {one.text} ({', '.join(filter(None, (one.source, one.place)))})" for one in section.items]
    return "\n".join(lines)


def _status_json(progress: Progress) -> str:
    from tracker.publish.data import status_data

    return _json(status_data(progress))


@contextmanager
def _progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, on a terminal only: told how much of how much is done."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _report_check(progress: Progress, found: list[Complaint], form: str) -> None:
    from tracker.publish.check import shallow_annotation
    from tracker.publish.data import check_data

    if form == "json":
        _print_json(check_data(progress))
        return
    repository = progress.facts.repository
    if form == "github" and repository.shallow:
        click.echo(shallow_annotation())
    for one in found:
        click.echo(str(one.problem) if form == "text" else one.annotation(repository.prefix))
    claims = sum(map(len, progress.claims.values()))
    wrong = sum(one.fails for one in found)
    disputed = sum(one.disputed and not one.fails for one in found)
    more = f", {disputed} disputed: --strict fails on that" if disputed else ""
    unplanned = len(found) - wrong - disputed
    more += f", {unplanned} not in the plan" if unplanned else ""
    click.echo(f"{len(progress.sessions)} sessions and {claims} claims checked: {wrong or 'nothing'} wrong{more}")


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


def _listed(phases: list[str]) -> str:
    return f"; there are: {', '.join(phases)}" if phases else "; tracker.yml has no phases yet"


def _print_problems(progress: Progress) -> None:
    for problem in progress.facts.problems:
        click.echo(str(problem), err=True)


def _print_json(data: dict[str, Any]) -> None:
    click.echo(_json(data))


def _json(data: dict[str, Any]) -> str:
    import json

    encodes_all = sys.stdout.encoding.lower().startswith("utf")
    return json.dumps(data, indent=2, ensure_ascii=not encodes_all)


def main() -> NoReturn:
    """The command `tracker`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # not every file name, and not every terminal, is UTF-8
            stream.reconfigure(errors="backslashreplace")
    gc.set_threshold(
        200_000
    )  # a command makes many objects that live until it ends: collecting them costs a tenth of it
    try:
        cli(prog_name="tracker")
    except TrackerError as error:
        click.echo(f"tracker: {error}", err=True)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"tracker: {where}{error.strerror or error}", err=True)
    sys.exit(2)
