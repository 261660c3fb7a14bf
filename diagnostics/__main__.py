"""`python -m diagnostics [--name NAME] [--every N] [--directory DIR] train.py ARGS…`: run a training script,
unchanged, under the diagnostics.

The script runs as `python train.py ARGS…` would: its exit code, its output and its signals are its own. Every
model that an optimizer is made for is watched, from its first step on, and leaves a result named after the
script. torch is loaded when the script loads it, not before."""

import argparse
import importlib.machinery
import os
import sys
import types
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnostics.script import Watch

OPTIMIZERS = "torch.optim.optimizer"


class Arrival(MetaPathFinder):
    """Tells `watch` of the module that defines `Optimizer` as soon as somebody imports it."""

    def __init__(self, watch: "Watch") -> None:
        self._watch = watch

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own spec, whose loader tells when it is done; None for every other module."""
        if fullname != OPTIMIZERS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def executed(module: ModuleType) -> None:
                execute(module)
                self._watch.optimizers_of(module)

            spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec


def main() -> None:
    """Parse what comes before the script; the rest is the script's."""
    parser = argparse.ArgumentParser(
        prog="python -m diagnostics",
        description="Run a training script, unchanged, under the diagnostics.",
        epilog="Example: python -m diagnostics --every 100 train.py --epochs 10",
    )
    parser.add_argument("--name", help="what the run is called (default: the script's name)")
    parser.add_argument("--every", type=int, default=10, metavar="N", help="capture every N-th step (default: 10)")
    parser.add_argument("--directory", type=Path, help="where results go (default: the workspace's results folder)")
    parser.add_argument("script", type=Path)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if given.every < 1:
        parser.error(f"--every must be 1 or more, not {given.every}")
    if not given.script.is_file():
        parser.error(f"there is no script {given.script}")

    from diagnostics.script import Watch

    watch = Watch(given.name or given.script.stem, given.every, given.directory)
    sys.meta_path.insert(0, Arrival(watch))
    _run(given.script, given.arguments, watch)


def _run(script: Path, arguments: list[str], watch: "Watch") -> None:
    """What the interpreter does with a script, and what it does when that ends with an exception: with a
    module of its own for `__main__`, so that pickles and spawned processes find their way back."""
    path = os.path.abspath(script)  # noqa: PTH100 - as the interpreter does: `..` and links stay as they are
    module = types.ModuleType("__main__")
    module.__dict__.update(
        __file__=path,
        __builtins__=__builtins__,
        __cached__=None,
        __annotations__={},
        __loader__=importlib.machinery.SourceFileLoader("__main__", path),
    )
    sys.modules["__main__"] = module
    sys.argv[:] = [str(script), *arguments]
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(script))  # noqa: PTH120
    try:
        exec(compile(Path(path).read_bytes(), path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except BaseException as error:
        watch.end(error)
        _show_only_the_script(error)
        raise
    watch.end(None)


def _show_only_the_script(error: BaseException) -> None:
    """The traceback that is printed starts where the script does, whoever prints it."""
    show = sys.excepthook
    own = error.__traceback__.tb_next if error.__traceback__ else None  # none: the script did not compile

    def excepthook(kind: type[BaseException], value: BaseException, _: TracebackType | None) -> None:
        show(kind, value.with_traceback(own), own)

    sys.excepthook = excepthook


if __name__ == "__main__":
    main()
