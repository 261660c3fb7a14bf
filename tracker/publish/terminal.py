"""What people read in a terminal: tables that paste well, colours only where a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tracker.model import Status, Verdict
from tracker.plural import counted
from tracker.progress.estimates import EstimatedScope, spoken
from tracker.progress.progress import Progress
from tracker.progress.readiness import Implementing, Readiness
from tracker.progress.trust import trust

STYLES: dict[str, str] = {
    Status.COMPLETE: "green",
    Status.IN_PROGRESS: "yellow",
    Status.CLAIMED: "yellow",
    Status.REGRESSED: "bold red",
    Status.BLOCKED: "red",
    Verdict.MET: "green",
    Verdict.ATTESTED: "magenta",
    Verdict.STALE: "yellow",
    Verdict.UNMET: "red",
}


def print_status(progress: Progress, console: Console) -> None:
    """Where things stand: the phases, what is not met and why, what comes next."""
    met, criteria = progress.verified
    facts = progress.facts
    console.print(
        Text.assemble(
            (progress.plan.project, "bold"),
            ": ",
            _word(progress.status),
            f", {met} of {criteria} criteria verified by evidence",
        )
    )
    found = trust(progress)
    console.print(Text(found.sentence, style="green" if found.holds else "red"), soft_wrap=True)
    undocumented = len(progress.attribution.undocumented)
    shallow = " (a shallow clone: older ones are unknown)" if facts.repository.shallow else ""
    counts = (
        f"{counted(len(progress.sessions), 'session')}, {counted(len(facts.history.commits), 'commit')}{shallow}, "
        f"{undocumented} undocumented, {counted(len(facts.results), 'run')}, "
        f"{counted(len(progress.refuted), 'claim')} refuted"
    )
    console.print(Text(counts), soft_wrap=True)
    if progress.phases:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("Phase", "Status", "Tasks", "Criteria"):
            table.add_column(column, overflow="fold")
        for one in progress.phases:
            table.add_row(
                Text(f"{one.phase.id} · {one.phase.title}"),
                _word(one.status),
                f"{one.tasks_done}/{len(one.tasks)}",
                f"{one.criteria_held}/{len(one.criteria)}",
            )
        console.print()
        console.print(table)
    _print_lines(console, "Worse from run to run", (one.sentence for one in progress.trends if one.worse), None)
    _print_open(progress, console)
    _print_next(progress, console)


def print_readiness(found: Readiness, console: Console, *, most: int | None = 12) -> None:
    """Whether a phase is ready: the answer, what is missing, the evidence, and where it was found.

    Sections other than the missing and the evidence show at most so many lines; None shows all of them.
    """
    phase = found.standing.phase
    answer = Text("ready", "green") if found.ready else Text("not ready", "red")
    title = Text.assemble((f"{phase.id} · {phase.title}", "bold"), ": ", answer, f" ({found.standing.status})")
    console.print(title, soft_wrap=True)
    _print_lines(console, "Missing", (f"{one.kind} {one.subject}: {one.text}" for one in found.missing))
    _print_lines(console, "Evidence", (f"{one.kind} {one.subject}: {one.text}" for one in found.evidence))
    _print_lines(
        console, "Sessions say", (f"session {one.session}, {one.kind}: {one.text}" for one in found.remarks), most
    )
    _print_lines(console, "Implemented in", map(_file_line, found.files), most, found.more_files)
    _print_lines(console, "Named, but not there", found.gone, most)
    tasks = (f"{task.task.id}: {task.task.estimate or 'no estimate'} ({task.status})" for task, _ in found.scope.tasks)
    _print_lines(console, f"Scope: {scope_in_words(found.scope)}", tasks, most)


def scope_in_words(scope: EstimatedScope) -> str:
    """What estimates add up to, and what they leave out."""
    if len(scope.uncounted) == len(scope.tasks):
        return f"{counted(len(scope.tasks), 'task')} without an estimate that can be read"
    uncounted = f", {len(scope.uncounted)} without an estimate that can be read" if scope.uncounted else ""
    return f"{spoken(scope.total)} in {counted(len(scope.tasks), 'task')}, {spoken(scope.left)} left{uncounted}"


def _file_line(file: Implementing) -> str:
    places = f" (line {', '.join(map(str, file.places))})" if file.places else ""
    used = f"; used by {', '.join(f'{use.path}:{use.line}' for use in file.used_by[:3])}" if file.used_by else ""
    more = f" and {len(file.used_by) - 3} more" if len(file.used_by) > 3 else ""
    changed = f", changed {file.when} ({file.commit[:7]})" if file.commit and file.when else ", not committed"
    return f"{file.path}{places}: {counted(file.lines, 'line')}{changed}{used}{more}"


def _print_lines(
    console: Console, title: str, lines: Iterable[str], most: int | None = None, unlisted: int = 0
) -> None:
    found = [" ".join(line.split()) for line in lines]
    if found:
        console.print(Text(f"\n{title}", "bold"))
    for line in found[:most]:
        console.print(Text(f"- {line}"), soft_wrap=True)
    if more := len(found) - len(found[:most]) + unlisted:
        console.print(f"  and {more} more{'' if most is None else ' (-v lists them)'}")


def _print_open(progress: Progress, console: Console) -> None:
    started = [one for one in progress.phases if one.reasons and one.status not in (Status.PLANNED, Status.CANCELLED)]
    if started:
        console.print(Text("\nNot complete, because", "bold"))
    for one in started:
        for reason in one.reasons:
            console.print(Text(f"- {one.phase.id}: {reason}"), soft_wrap=True)


def _print_next(progress: Progress, console: Console) -> None:
    last = next((one.session for one in reversed(progress.sessions) if one.session.next.model_fields_set), None)
    if last is None:
        return
    console.print(Text(f"\nNext, says session {last.session}", "bold"))
    steps = [*last.next.immediate, *last.next.short_term]
    steps += [f"{option.title}{' (recommended)' if option.recommended else ''}" for option in last.next.options]
    for step in steps:
        console.print(Text(f"- {' '.join(step.split())}"), soft_wrap=True)


def _word(word: str) -> Text:
    return Text(str(word), STYLES.get(word, ""))
