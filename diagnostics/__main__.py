"""`python -m diagnostics [--name NAME] [--every N] [--directory DIR] train.py ARGS…`: run a training script,
unchanged, under the diagnostics; `-m package.train ARGS…` instead runs a module. `show RESULT` shows a result, and
`compare SPEC` compares models.

The script runs as `python train.py ARGS…` would: its exit code, output and signals are its own. Every model that an
optimizer is made for is watched, from its first step on, and leaves a result named after the script. torch is loaded
when the script loads it, not before."""

import argparse
import importlib.machinery
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import TYPE_CHECKING, Protocol, cast

from diagnostics import patches

if TYPE_CHECKING:
    from diagnostics.script import ScriptWatch

OPTIMIZERS = "torch.optim.optimizer"


class Arrival(MetaPathFinder):
    """Calls functions with modules as soon as they are loaded."""

    def __init__(self, wanted: Mapping[str, Callable[[ModuleType], None]]) -> None:
        """`wanted`: what to call, by the name of the module."""
        self._wanted = wanted

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own spec, whose loader makes the call; None for every other module."""
        call = self._wanted.get(fullname)
        if call is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def executed(module: ModuleType) -> None:
                execute(module)
                call(module)

            spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec


def parser() -> argparse.ArgumentParser:
    """The options before the script; the rest is the script's."""
    made = argparse.ArgumentParser(
        prog="python -m diagnostics",
        description="Run a training script, unchanged, under the diagnostics. "
        "Instead, `show RESULT` shows a result, and `compare SPEC` compares models.",
        epilog="Example: python -m diagnostics --every 100 train.py --epochs 10",
    )
    made.add_argument("--name", help="name of the run (default: the script's name)")
    made.add_argument(
        "--every", type=int, metavar="N",
        help="capture every N-th step (default: every 10th, from step 200 every 100th, from step 2,000 every 200th)",
    )  # fmt: skip
    made.add_argument("--directory", type=Path, help="where results go (default: the workspace's results folder)")
    made.add_argument("-m", dest="module", action="store_true", help="SCRIPT is a module, as for python -m")
    made.add_argument("script")
    made.add_argument("arguments", nargs=argparse.REMAINDER)
    return made


def main() -> None:
    """Run a script, or show a result."""
    if sys.argv[1:2] == ["show"] and not Path("show").is_file():
        from diagnostics.show import main as show

        show(sys.argv[2:])
        return
    if sys.argv[1:2] == ["compare"] and not Path("compare").is_file():
        from diagnostics.models.spec import main as compare

        compare(sys.argv[2:])
        return
    options = parser()
    given = options.parse_args()
    if given.every is not None and given.every < 1:
        options.error(f"--every must be 1 or more, not {given.every}")
    if given.module:
        spec = _module(given.script)
        if spec is None:
            options.error(f"there is no module {given.script}")
        script: Script = ModuleScript(spec)
    elif Path(given.script).is_file():
        script = FileScript(given.script)
    else:
        options.error(f"there is no script {given.script}")

    from diagnostics.script import ScriptWatch  # later than `show`, which loads less

    last = given.script.rpartition(".")[2] if given.module else Path(given.script).stem
    watch = ScriptWatch(given.name or last, given.every, given.directory)
    if _is_shadowed():
        watch.load_now()
    _install(watch)
    if _is_shadowed():
        _hide()
    _run(script, given.arguments, watch)


def _install(watch: "ScriptWatch") -> None:
    """Have `watch` see the modules of torch: loaded ones now, the others when the script loads them."""
    wanted: dict[str, Callable[[ModuleType], None]] = {
        OPTIMIZERS: watch.optimizers_of,
        "torch.nn.functional": patches.patch_losses,
        "torch.utils.data.dataloader": patches.patch_loaders,
    }
    for name in [name for name in wanted if name in sys.modules]:
        wanted.pop(name)(sys.modules[name])
    if wanted:
        sys.meta_path.insert(0, Arrival(wanted))


def _is_shadowed() -> bool:
    """Whether the script has a module or package of its own that is called `diagnostics`, which it means to import."""
    folder = Path(sys.path[0] or ".")
    own = Path(__file__).resolve().parent
    package = (folder / "diagnostics" / "__init__.py").resolve()
    return (folder / "diagnostics.py").is_file() or (package.is_file() and package.parent != own)


def _hide() -> None:
    """Make room for the script's own `diagnostics`; what is loaded of ours stays in use."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "diagnostics"]:
        del sys.modules[name]


class Script(Protocol):
    """A script to run."""

    path: str

    def names(self) -> dict[str, object]:
        """The names in its `__main__` before it begins."""

    def code(self) -> CodeType:
        """Its compiled code; raises SyntaxError as the interpreter would."""


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


def _run(script: Script, arguments: list[str], watch: "ScriptWatch") -> None:
    """Run a script as the interpreter does, and let its exceptions end it: with a module of its own for `__main__`, so
    that pickles and spawned processes find their way back."""
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
    """Print tracebacks from the script's own frames on, also those printed by a hook of the script."""
    show = sys.excepthook
    own = error.__traceback__
    while own is not None and own.tb_frame.f_code.co_filename == __file__:
        own = own.tb_next  # none is left where the script did not compile

    def excepthook(kind: type[BaseException], value: BaseException, _: TracebackType | None) -> None:
        show(kind, value.with_traceback(own), own)

    sys.excepthook = excepthook


if __name__ == "__main__":
    main()
