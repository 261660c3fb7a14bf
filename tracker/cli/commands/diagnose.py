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
@click.argument("script", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(
    every: int | None, name: str | None, directory: Path | None, module: bool, show: Path | None, html: Path | None,
    compare: Path | None, script: str | None, arguments: tuple[str, ...],
) -> None:  # fmt: skip
    """Watch an unchanged training script, show a result, or compare models.

    Watching and comparing need PyTorch. Options go before the script; everything after it is passed to the script.
    SPEC is a YAML file that names the data and the models. Exit 1 when one of them could not be compared.

    \b
    Example:
      tracker diagnose --every 100 train.py --epochs 10
      tracker diagnose --show diagnostics/results/20261123T101500Z-train.json
      tracker diagnose --compare examples/compare.yml
    """
    import importlib.util
    import os

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
