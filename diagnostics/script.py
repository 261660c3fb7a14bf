"""Watches a script that does not know the diagnostics: models are found through their optimizers."""

import atexit
import functools
import gc
import os
import sys
import traceback
import weakref
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from diagnostics import patches
from diagnostics.epochs import Epochs
from diagnostics.result import Status, file_name, write_atomically

if TYPE_CHECKING:
    from torch import nn

    from diagnostics.observer import Observer

STEPS_TO_LOOK = 3  # of an optimizer, after which nothing is searched any more


class ScriptWatch(patches.Listener):
    """The observers of one process. They are kept alive by what they watch, so a search over a thousand models
    holds one."""

    def __init__(self, name: str, every: int | None, directory: Path | None) -> None:
        self._name, self._every, self._directory = name, every, directory
        self._process = os.getpid()
        self._observers: weakref.WeakSet[Observer] = weakref.WeakSet()
        self._epochs: weakref.WeakKeyDictionary[Observer, Epochs] = weakref.WeakKeyDictionary()
        self._modules: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # of the watched models, all of them
        self._losses: list[Any] = []  # since the last step of an optimizer
        self._looked: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()  # optimizer → steps
        self._stray_steps: list[weakref.ref[Any]] = []
        self._runs = 0
        self._load: Any = _load
        patches.listen_in_script(self)
        atexit.register(self._say_nothing_trained)

    def load_now(self) -> None:
        """Load the observer before the script, instead of with its first model: the script has modules of its own that
        are called `diagnostics`."""
        loaded = _load()
        self._load = lambda: loaded

    # -- the modules of torch, as the script loads them

    def optimizers_of(self, module: ModuleType) -> None:
        """From now on, look for the models of every `module.Optimizer` that is made."""
        initialise = module.Optimizer.__init__

        @functools.wraps(initialise)
        def initialise_and_look(optimizer: Any, *args: Any, **kwargs: Any) -> None:
            initialise(optimizer, *args, **kwargs)
            if os.getpid() == self._process:  # a forked worker writes no result
                self._look({id(parameter) for group in optimizer.param_groups for parameter in group["params"]})

        module.Optimizer.__init__ = initialise_and_look
        module.register_optimizer_step_post_hook(self._stepped)

    # -- losses and epochs

    def on_backward(self, loss: Any, unscaled: Any) -> None:
        """See `patches.Listener`."""
        for observer in list(self._observers):
            self._report(observer, captured=False)
        self._losses.append((loss if unscaled is None else unscaled).detach())

    def on_loss(self, function: str, args: Any, kwargs: Any, loss: Any) -> None:  # noqa: ARG002
        """See `patches.Listener`. Of several models it is unknown whose loss that is."""
        if len(self._epochs) == 1 and getattr(loss, "numel", int)() == 1:
            for epochs in self._epochs.values():
                epochs.evaluated(function, loss.detach(), loss.requires_grad)

    def on_batch(self, last: bool) -> None:
        """See `patches.Listener`."""
        for epochs in self._epochs.values():
            epochs.batch(last)

    def _stepped(self, optimizer: Any, _args: Any, _kwargs: Any) -> None:
        """Losses before a step belong to the model that it updates."""
        for observer in list(self._observers):
            if observer.follows(optimizer):
                epochs = self._epochs[observer]
                for loss in self._losses:
                    epochs.training.add(loss)
                epochs.rate = optimizer.param_groups[0].get("lr")
                self._report(observer, captured=observer.captures_now)
        self._losses.clear()
        self._note_stray_step(optimizer)

    def _report(self, observer: "Observer", captured: bool, over: bool = False) -> None:
        epochs = self._epochs.get(observer)
        values = epochs.row(captured, over) if epochs is not None else {}
        if values:
            observer.epoch(**values)

    # -- models

    def end(self, error: BaseException | None) -> None:
        """The script is over, with `error` or well; threads that it has started may still be training, and the
        interpreter waits for them before the observers detach."""
        for observer in self._observers:
            observer.when_gone = _status(error)

    def _say_nothing_trained(self) -> None:
        if not self._runs and os.getpid() == self._process:
            message = "trained nothing: no torch optimizer was made for the parameters of a torch.nn.Module"
            print(f"diagnostics: {self._name} {message}; no result was written", file=sys.stderr)

    def _look(self, parameters: set[int]) -> None:
        try:
            found = list(models_of(parameters))
        except Exception:
            self._failed("", traceback.format_exc())
            return
        for model in found:
            holders = [module for module in model.modules() if _holds(module, parameters, recurse=False)]
            if not all(holder in self._modules for holder in holders):
                self._modules.update(model.modules())
                self._attach(model)

    def _note_stray_step(self, optimizer: Any) -> None:
        """Look for models that no optimizer holds after the next `backward()`: in the first steps, where `optimizer`
        was made for other parameters than the ones that train, and once in any case."""
        looked = self._looked.get(optimizer, 0)
        if looked >= STEPS_TO_LOOK or os.getpid() != self._process:
            return
        self._looked[optimizer] = looked + 1
        idle = all(each.grad is None for group in optimizer.param_groups for each in group["params"])
        if idle or looked + 1 == STEPS_TO_LOOK:
            self._stray_steps.append(weakref.ref(optimizer))

    def after_backward(self, unscaled: Any) -> None:  # noqa: ARG002
        """See `patches.Listener`. Hooks may be added here, but not while an optimizer steps."""
        stepped, self._stray_steps = self._stray_steps, []
        optimizer = next((found for each in stepped if (found := each()) is not None), None)
        if optimizer is None:
            return
        try:
            for model in models_of(ids_with_gradients()):
                if not any(module in self._modules for module in model.modules()):
                    self._modules.update(model.modules())
                    self._attach(model, optimizer)
        except Exception:
            self._failed("", traceback.format_exc())

    def _attach(self, model: "nn.Module", stray: Any = None) -> None:
        self._runs += 1
        attach, unwrap, _, _ = self._load()
        kind = type(unwrap(model)).__name__
        name = self._name if self._runs == 1 else f"{self._name}-{kind}"
        try:
            observer = attach(model, name=name, every=self._every, directory=self._directory)
        except Exception:
            self._failed(kind, traceback.format_exc())
        else:
            if stray is not None:
                observer.adopt(stray)
            observer.when_gone = "complete"  # a model that its function returned without is trained
            watched = weakref.ref(observer)
            observer.before_finish = lambda: self._last(watched())
            self._observers.add(observer)
            self._epochs[observer] = Epochs()

    def _last(self, observer: "Observer | None") -> None:
        if observer is not None:
            self._report(observer, captured=False, over=True)

    def _failed(self, kind: str, trace: str) -> None:
        """Write a result that says why a model could not be watched: the script's output is its own."""
        import torch

        _, _, provenance, blank = self._load()
        directory = self._directory or provenance.results_directory(Path.cwd())
        now = datetime.now(UTC)
        result = blank(
            self._name, directory, provenance.environment(torch.device("cpu"), None, 1), model={"class": kind},
            every=self._every or 1, started=now, session=os.environ.get("TRACKER_SESSION"),
            reason="The model could not be watched; see errors.",
        )  # fmt: skip
        result.status, result.errors = "failed", [trace]
        try:
            directory.mkdir(parents=True, exist_ok=True)
            write_atomically(directory / file_name(now, f"{self._name}-{kind}"), result.to_json())
        except OSError as error:
            print(f"diagnostics: no result of {self._name} can be written: {error}", file=sys.stderr)


def _load() -> tuple[Any, Any, Any, Any]:
    from diagnostics import provenance
    from diagnostics.layers import unwrap
    from diagnostics.observer import attach
    from diagnostics.report import blank

    return attach, unwrap, provenance, blank


def models_of(parameters: set[int]) -> Iterable["nn.Module"]:
    """The outermost modules that hold parameters of these ids, those with the most of them first; none whose
    part of them earlier ones hold already."""
    from torch import nn

    # `type`: a proxy that poses as something else is asked nothing
    modules = [thing for thing in gc.get_objects() if issubclass(type(thing), nn.Module)]
    inner = {id(child) for module in modules for child in module.children()}
    roots = [module for module in modules if id(module) not in inner and _holds(module, parameters)]
    left = set(parameters)
    for model in sorted(roots, key=lambda root: -len(_held(root, parameters))):
        held = _held(model, parameters)
        if held & left:
            left -= held
            yield model


def ids_with_gradients() -> set[int]:
    """The ids of all parameters of modules that have a gradient now."""
    from torch import nn

    modules = [thing for thing in gc.get_objects() if issubclass(type(thing), nn.Module)]
    return {id(each) for module in modules for each in module.parameters(recurse=False) if each.grad is not None}


def _held(module: "nn.Module", parameters: set[int]) -> set[int]:
    return {id(parameter) for parameter in module.parameters()} & parameters


def _holds(module: "nn.Module", parameters: set[int], recurse: bool = True) -> bool:
    return any(id(parameter) in parameters for parameter in module.parameters(recurse=recurse))


def _status(error: BaseException | None) -> Status:
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return "complete"
    return "failed" if isinstance(error, Exception | SystemExit) else "partial"
