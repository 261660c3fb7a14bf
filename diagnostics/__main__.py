"""`python -m diagnostics [--name NAME] [--every N] [--directory DIR] train.py ARGS…`: run a training script,
unchanged, under the diagnostics; `-m package.train ARGS…` instead runs a module.

The script runs as `python train.py ARGS…` would: its exit code, its output and its signals are its own. Every
model that an optimizer is made for is watched, from its first step on, and leaves a result named after the
script. torch is loaded when the script loads it, not before."""

import argparse
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import TYPE_CHECKING, Protocol, cast

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
    parser.add_argument("-m", dest="module", action="store_true", help="SCRIPT is a module, as for python -m")
    parser.add_argument("script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if given.every < 1:
        parser.error(f"--every must be 1 or more, not {given.every}")
    if given.module:
        spec = _module(given.script)
        if spec is None:
            parser.error(f"there is no module {given.script}")
        script: Script = ModuleScript(spec)
    elif Path(given.script).is_file():
        script = FileScript(given.script)
    else:
        parser.error(f"there is no script {given.script}")

    from diagnostics.script import Watch

    last = given.script.rpartition(".")[2] if given.module else Path(given.script).stem
    watch = Watch(given.name or last, given.every, given.directory)
    if OPTIMIZERS in sys.modules:  # whatever ran before this was started
        watch.optimizers_of(sys.modules[OPTIMIZERS])
    else:
        sys.meta_path.insert(0, Arrival(watch))
    _run(script, given.arguments, watch)


class Script(Protocol):
    """What is to be run."""

    path: str

    def names(self) -> dict[str, object]:
        """What its `__main__` holds before it begins."""

    def code(self) -> CodeType:
        """What it does; raises what a script that is none raises."""


class FileScript:
    """As for `python train.py`."""

    def __init__(self, script: str) -> None:
        self.path = script
        self._absolute = os.path.abspath(script)  # noqa: PTH100 - as the interpreter does: `..` and links stay
        if not sys.flags.safe_path:
            sys.path[0] = os.path.dirname(os.path.realpath(script))  # noqa: PTH120

    def names(self) -> dict[str, object]:
        """See `Script.names`."""
        loader = importlib.machinery.SourceFileLoader("__main__", self._absolute)
        return {"__file__": self._absolute, "__cached__": None, "__annotations__": {}, "__loader__": loader}

    def code(self) -> CodeType:
        """See `Script.code`."""
        return compile(Path(self._absolute).read_bytes(), self._absolute, "exec", dont_inherit=True)


class ModuleScript:
    """As for `python -m package.train`, so that relative imports work: the path begins with the current folder."""

    def __init__(self, spec: importlib.machinery.ModuleSpec) -> None:
        self.path = str(spec.origin)
        self._spec = spec

    def names(self) -> dict[str, object]:
        """See `Script.names`."""
        spec = self._spec
        return {"__file__": spec.origin, "__cached__": spec.cached, "__loader__": spec.loader, "__spec__": spec,
                "__package__": spec.parent}  # fmt: skip

    def code(self) -> CodeType:
        """See `Script.code`."""
        loader = cast("importlib.machinery.SourceFileLoader", self._spec.loader)
        return cast("CodeType", loader.get_code(self._spec.name))


def _module(name: str) -> importlib.machinery.ModuleSpec | None:
    """The module that `python -m name` would run."""
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
    except (ImportError, ValueError):
        return None
    return spec if spec is not None and hasattr(spec.loader, "get_code") else None


def _run(script: Script, arguments: list[str], watch: "Watch") -> None:
    """What the interpreter does with a script, and what it does when that ends with an exception: with a
    module of its own for `__main__`, so that pickles and spawned processes find their way back."""
    module = types.ModuleType("__main__")
    module.__dict__.update(__builtins__=__builtins__, **script.names())
    sys.modules["__main__"] = module
    sys.argv[:] = [script.path, *arguments]
    try:
        exec(script.code(), module.__dict__)  # noqa: S102
    except BaseException as error:
        watch.end(error)
        _show_only_the_script(error)
        raise
    watch.end(None)


def _show_only_the_script(error: BaseException) -> None:
    """The traceback that is printed starts where the script does, whoever prints it."""
    show = sys.excepthook
    own = error.__traceback__
    while own is not None and own.tb_frame.f_code.co_filename == __file__:
        own = own.tb_next  # none is left where the script did not compile

    def excepthook(kind: type[BaseException], value: BaseException, _: TracebackType | None) -> None:
        show(kind, value.with_traceback(own), own)

    sys.excepthook = excepthook


if __name__ == "__main__":
    main()
