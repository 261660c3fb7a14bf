"""The command `tracker items`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli.options import format_option
from tracker.cli.output import print_json
from tracker.commands.project import open_progress
from tracker.plural import counted

if TYPE_CHECKING:
    from tracker.progress.items import ItemState, OpenItem


LONGEST = 80
"""Characters of the longest proposal that is shown whole."""


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Include closed and dropped items.")
@click.option("--kind", "kinds", multiple=True, help="Show only items of this kind, such as blocker (repeatable).")
@click.option("--owner", help="Show only items of this owner.")
@click.option("--task", help="Show only items of this task.")
@click.option("--proposed", is_flag=True, help="Show only items that a later session seems to have done.")
@click.option("--older-than", type=click.IntRange(min=0), metavar="N", help="Show only items older than N sessions.")
@format_option()
@click.pass_context
def command(
    context: click.Context,
    everything: bool,
    kinds: tuple[str, ...],
    owner: str | None,
    task: str | None,
    proposed: bool,
    older_than: int | None,
    form: str,
) -> None:
    """List next steps, blockers, questions and risks that are open.

    The longest neglected come first. An item stays open across sessions until one of them closes or drops it.

    \b
    Example:
      tracker items --kind blocker
      tracker items close 1f0a53c2
      tracker items drop 1f0a53c2 --reason "The kiln is sold"
    """
    if context.invoked_subcommand:
        return
    from tracker.commands.items import read_items
    from tracker.progress.items import ItemState

    found = read_items(context.obj)
    shown = [
        one
        for one in found.compared(found.items)
        if (everything or one.state is ItemState.OPEN)
        and (not kinds or one.kind in kinds)
        and (owner is None or one.owner == owner)
        and (task is None or one.task == task)
        and (one.proposal is not None or not proposed)
        and (older_than is None or one.age > older_than)
    ]
    if form == "json":
        from dataclasses import asdict

        from tracker.publish.data import SCHEMA

        unknown = [{"by": by, "reference": reference} for by, reference in found.unknown]
        print_json({"schema": SCHEMA, "items": [asdict(one) for one in shown], "unknown": unknown})
        return
    for one in shown:
        click.echo(_line(one))
    for by, reference in found.unknown:
        click.echo(f"{by} names {reference!r}, which is not an item", err=True)


def _line(item: OpenItem) -> str:
    details = [f"session {item.session} of {item.date}", f"{counted(item.age, 'session')} old"]
    details += [f"{name} {value}" for name, value in (("task", item.task), ("owner", item.owner)) if value]
    details += [item.estimate] if item.estimate else []
    details += [f"{item.state} by {item.by}"] if item.by else []
    details += [item.reason] if item.reason else []
    details += [f"similar to {', '.join(item.similar)}"] if item.similar else []
    if item.proposal:
        details.append(f"perhaps done in session {item.proposal.session}: {_short(item.proposal.text)}")
    return f"{item.id} {item.kind}: {item.text} ({', '.join(details)})"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


@command.command("close")
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@click.pass_obj
def close(workspace: Path | None, items: tuple[str, ...]) -> None:
    """Record in the last session that ITEMs (ids or texts) are done."""
    from tracker.progress.items import ItemState

    _settle(workspace, items, ItemState.CLOSED)


@command.command("drop")
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@click.option("--reason", required=True, help="Why they will not be done.")
@click.pass_obj
def drop(workspace: Path | None, items: tuple[str, ...], reason: str) -> None:
    """Record in the last session that ITEMs (ids or texts) will not be done."""
    from tracker.progress.items import ItemState

    _settle(workspace, items, ItemState.DROPPED, reason)


@command.command("reopen")
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@click.pass_obj
def reopen(workspace: Path | None, items: tuple[str, ...]) -> None:
    """Record in the last session that ITEMs (ids or texts) are open again."""
    from tracker.progress.items import ItemState

    _settle(workspace, items, ItemState.OPEN)


def _settle(workspace: Path | None, items: tuple[str, ...], state: ItemState, reason: str | None = None) -> None:
    from tracker.commands.items import settle

    with open_progress(workspace) as (progress, _):
        path = settle(progress, items, state, reason)
    click.echo(path)
