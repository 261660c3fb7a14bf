"""What people read in a terminal: tables that paste well, colours only where a terminal shows them."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tracker.model import Status, Verdict
from tracker.progress.progress import Progress

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
    undocumented = len(progress.ties.undocumented)
    shallow = " (a shallow clone: older ones are unknown)" if facts.repository.shallow else ""
    counts = (
        f"{len(progress.sessions)} sessions, {len(facts.history.commits)} commits{shallow}, "
        f"{undocumented} undocumented, {len(facts.results)} runs, {len(progress.refuted)} claims refuted"
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
    _print_open(progress, console)
    _print_next(progress, console)


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
