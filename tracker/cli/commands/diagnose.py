"""The command `tracker diagnose`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

# Our package comes first, even if the current folder has one of that name; then the path as `python -m` has it.
_START = (
    "import sys; sys.path[0] = sys.argv.pop(1); from diagnostics.__main__ import main; sys.path[0] = ''; "
    "sys.argv[0] = 'diagnostics'; main()"
)


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--every", type=click.IntRange(min=1), metavar="N", help="Capture every N-th step.")
@click.option("--name", help="Name of the run (default: the script's name).")
@click.option("--directory", type=click.Path(path_type=Path), help="Where results go (default: the results folder).")
@click.option("-m", "module", is_flag=True, help="SCRIPT is a module, as for python -m.")
@click.option("--show", type=click.Path(path_type=Path), metavar="RESULT", help="Show a result file instead.")
@click.option("--html", type=click.Path(path_type=Path), metavar="OUT", help="With --show: write a page.")
@click.option("--compare", type=click.Path(path_type=Path), metavar="SPEC", help="Train and compare models instead.")
@click.option(
    "--second-opinion", "reviewed", type=click.Path(path_type=Path), metavar="RESULT", help="Have a result reviewed."
)
@click.option("--dry-run", is_flag=True, help="With --second-opinion: print what would be sent, and send nothing.")
@click.option("--endpoint", metavar="URL", help="OpenAI-compatible endpoint (default: $TRACKER_OPINION_URL).")
@click.option("--model", metavar="NAME", help="Model at the endpoint (default: $TRACKER_OPINION_MODEL).")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Seconds to wait.")
@click.option("--allow-http", is_flag=True, help="Send to other hosts without encryption.")
@click.argument("script", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(
    every: int | None, name: str | None, directory: Path | None, module: bool, show: Path | None, html: Path | None,
    compare: Path | None, reviewed: Path | None, dry_run: bool, endpoint: str | None, model: str | None, timeout: float,
    allow_http: bool, script: str | None, arguments: tuple[str, ...],
) -> None:  # fmt: skip
    """Watch a training script, compare models or show results.

    Watching and comparing need PyTorch. Options go before the script; everything after it is passed to the script.
    SPEC is a YAML file that names the data and the models. Exit 1 when one of them could not be compared.

    --second-opinion sends the numbers and findings of RESULT, no data or code, to an endpoint that you choose, and
    records whether it agrees. The verdict stays that of the rules. $TRACKER_OPINION_KEY is the key. Exit 1 without an
    opinion.

    \b
    Example:
      tracker diagnose --every 100 train.py --epochs 10
      tracker diagnose --show diagnostics/results/20261123T101500Z-train.json
      tracker diagnose --compare examples/compare.yml
    """
    import importlib.util
    import os

    if reviewed is not None:
        sys.exit(_review(reviewed, endpoint, model, timeout, dry_run=dry_run, allow_http=allow_http))
    if show is not None:
        options = ["show", str(show), *(["--html", str(html)] if html else [])]
    elif compare is not None:
        from tracker.commands.compare import read_spec

        options = ["compare", read_spec(compare, directory)]
    elif script is None:
        raise click.UsageError("Give a script to run, --show RESULT or --compare SPEC.")
    else:
        options = ["--every", str(every)] if every else []
        options += ["--name", name] if name else []
        options += ["--directory", str(directory)] if directory else []
        options += [*(["-m"] if module else []), script, *arguments]
    found = importlib.util.find_spec("diagnostics")
    home = Path(str(found.origin if found else __file__)).resolve().parents[1]
    os.execv(sys.executable, [sys.executable, "-c", _START, str(home), *options])


def _review(path: Path, url: str | None, model: str | None, seconds: float, *, dry_run: bool, allow_http: bool) -> int:
    """Ask for a second opinion and record it. Return the exit status."""
    import os

    from tracker.cli.output import print_json
    from tracker.commands.second_opinion import (
        MODEL,
        NoOpinion,
        ask,
        endpoint,
        opinion,
        read_result,
        record,
        request_body,
        summary,
    )

    result = read_result(path)
    if dry_run:
        print_json(request_body(result, model or os.environ.get(MODEL) or "MODEL"))
        return 0
    where = endpoint(url, model, seconds, allow_http=allow_http)
    try:
        found = opinion(result, ask(where, request_body(result, where.model)), where)
    except NoOpinion as error:
        click.echo(f"tracker: no second opinion: {error}; {path} is unchanged", err=True)
        return 1
    record(path, result, found)
    click.echo(summary(found))
    return 0
