"""Explanations of open items and of measured runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from tracker.commands.explanation import (
    Explainable,
    ExplainedCommit,
    Explanation,
    Support,
    candidate,
    commit_of,
    place_in_session,
)
from tracker.model import MeasuredResult, Origin
from tracker.progress.items import TRAILER, ItemState, OpenItem, field_path
from tracker.progress.progress import Progress

MOST = 10


def records(progress: Progress) -> Iterator[Explainable]:
    """The items and runs of a project. The name of a run means its newest result; the name of a file, that one."""
    for item in progress.items.items:
        yield candidate("item", item.id, item.text, partial(_item, progress, item))
    newest = {one.name: one for one in sorted(progress.facts.results, key=_moment)}
    for result in progress.facts.results:
        stem = PurePosixPath(result.path).stem
        title = f"{result.name} of {result.started:%Y-%m-%d}" if result.started else result.name
        names = [stem, result.path, f"run:{result.path}"]
        if newest[result.name] is result:
            names += [result.name, f"run:{result.name}"]
        for name in dict.fromkeys(names):
            yield Explainable("run", name, f"run:{stem}", title, partial(_run, progress, result, stem))


def _moment(result: MeasuredResult) -> tuple[float, str]:
    return result.started.timestamp() if result.started else 0.0, result.path


# --- items ----------------------------------------------------------------------------------------------------------


def _item(progress: Progress, item: OpenItem) -> Explanation:
    compared = next(iter(progress.items.compared([item])))
    return Explanation(
        "item",
        item.id,
        f"item:{item.id}",
        item.text,
        item.state,
        _why(item),
        place_in_session(progress, item.session, field_path(item.field)),
        tuple(_naming(compared)),
        (),
        tuple(_item_changes(item)),
    )


def _why(item: OpenItem) -> str:
    if item.state is ItemState.OPEN:
        return f"session {item.session} raised it on {item.date}, and nothing has closed it since"
    return f"{item.by} {item.state} it{f': {item.reason}' if item.reason else ''}"


def _naming(item: OpenItem) -> Iterator[Support]:
    for one in item.sessions[-MOST:]:
        yield Support("said", f"session {one}", f"names it ({item.kind})", session=one)
    if item.proposal:
        session = item.proposal.session
        yield Support("maybe", f"session {session}", f"seems to have done it: {item.proposal.text}", session=session)


def _item_changes(item: OpenItem) -> Iterator[str]:
    if item.state is ItemState.OPEN:
        yield f"`tracker items close {item.id}`, or a commit with the line `{TRAILER} {item.id}`"
        yield f"`tracker items drop {item.id} --reason WHY`, if it will not be done"
        if item.task:
            yield f"a session that reports task {item.task} as complete"
    else:
        yield f"`tracker items reopen {item.id}`, or a session that names it again"


# --- runs -----------------------------------------------------------------------------------------------------------

_ORIGINS = {
    Origin.EDITED: "; its content is not what the tool wrote",
    Origin.REPORTED: "; a script or a person wrote it, not the diagnostics",
    Origin.MEASURED: "",
}


def _run(progress: Progress, result: MeasuredResult, name: str) -> Explanation:
    findings = [one for one in _list(_diagnosis(result).get("findings")) if isinstance(one, Mapping)]
    fixes = dict.fromkeys(str(one["fix"]) for one in findings if one.get("fix"))
    return Explanation(
        "run",
        name,
        f"run:{name}",
        result.name,
        _verdict(result),
        _reason(result, findings) + _ORIGINS[result.origin],
        result.path,
        (*_supports(findings), *_used(progress, result)),
        tuple(_measured_at(progress, result)),
        (*list(fixes)[:3], "a newer run of the same name"),
    )


def _diagnosis(result: MeasuredResult) -> Mapping[str, Any]:
    found = result.data.get("diagnosis")
    return found if isinstance(found, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _verdict(result: MeasuredResult) -> str:
    severity = _diagnosis(result).get("severity")
    return severity if result.status == "complete" and isinstance(severity, str) else result.status


def _reason(result: MeasuredResult, findings: list[Mapping[str, Any]]) -> str:
    if result.status != "complete":
        return f"the run is {result.status}: it did not end as planned"
    diagnosis = _diagnosis(result)
    if findings:
        cause = next((one for one in findings if one.get("rule") == diagnosis.get("cause")), findings[0])
        return str(cause.get("message") or cause.get("rule"))
    if diagnosis:
        return str(diagnosis.get("reason") or "no rule of the diagnostics found anything")
    return "it was measured to the end"


def _supports(findings: list[Mapping[str, Any]]) -> Iterator[Support]:
    for one in findings[:MOST]:
        asks = f"{one.get('rule')} at {one['layer']}" if one.get("layer") else str(one.get("rule"))
        yield Support(str(one.get("severity")), asks, str(one.get("message") or ""))


def _used(progress: Progress, result: MeasuredResult) -> Iterator[Support]:
    """The criteria for which it is evidence."""
    for phase in progress.phases:
        for judged in (*phase.prerequisites, *phase.criteria):
            for checked in judged.checked:
                if checked.found.where == result.path:
                    yield Support(checked.found.verdict, f"criterion {judged.criterion.id}", checked.found.text)


def _measured_at(progress: Progress, result: MeasuredResult) -> Iterator[ExplainedCommit]:
    full = progress.facts.hashes.get(result.commit or "") or result.commit
    commit = next((one for one in progress.facts.history.commits if one.hash == full), None)
    if commit:
        yield commit_of(commit, "measured with uncommitted changes on it" if result.dirty else "measured at it")
