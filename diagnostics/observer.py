"""attach → observe → detach: watches one model while it trains, and writes what it saw.

Forward hooks exist only while a captured step runs; between captures there is one hook behind each step of the
optimizer, and one before it where there are several or none was given."""

import atexit
import contextlib
import os
import sys
import time
import weakref
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self, SupportsFloat, cast

import torch
from torch import nn
from torch.optim import Optimizer

from diagnostics import compiled, provenance, rules
from diagnostics.attribution import FeatureTap, Method, features_of, first_with_features
from diagnostics.border import contained
from diagnostics.capture import Capture, Groups, plan
from diagnostics.clock import Clock, closure
from diagnostics.file import ResultFile
from diagnostics.hooks import ForwardHook, ForwardHooks, set_gradient_hook
from diagnostics.layers import Layer, Selection, first_tensor, unwrap, watched
from diagnostics.parameters import Parameters, scaling_of
from diagnostics.ranks import ranks
from diagnostics.recorder import Recorder
from diagnostics.report import Facts, Progress, bare, report
from diagnostics.result import Result, Status
from diagnostics.settings import Settings, optimizers_of, settings
from diagnostics.statistics import Ledgers
from diagnostics.units import where_units_die

TOGETHER = 64  # captures that are read one after the other: so the code that reads is in the caches but once
ERRORS = 10
COMPILED = "compiled by a torch before 2.13: gradients of activations, and attribution, are not measured"
LATE = "no layer was seen: a model is watched before its first call, if it is compiled or recorded as a CUDA graph"
RECORDED = "what is recorded as a CUDA graph is not measured: its replays call no hooks"


def attach(
    model: nn.Module,
    *,
    name: str,
    optimizer: Optimizer | Iterable[Optimizer] | None = None,
    every: int = 10,
    feature_names: Sequence[str] | None = None,
    directory: str | os.PathLike[str] | None = None,
    thresholds: rules.Thresholds | None = None,
    layers: Selection | None = None,
    groups: Iterable[str] = Groups.ALL,
    attribution: Method = "gradient × input",
    session: str | None = None,
) -> "Observer":
    """Watch `model` from its next training step on; step 0 is always captured, then every `every`-th.

    optimizer: whose steps are the training's steps; several for one model are allowed, and without any, those
    that hold a parameter of the model are found when they first step. feature_names: one for each input
    feature of the first layer. directory: where the result goes, by default the results folder of the
    workspace around the current folder. thresholds: rule → key → value. layers: patterns of module names or
    module types instead of all layers with parameters and all activations. groups: which groups of numbers to
    take (`Groups.ALL`). attribution: by which of two values features are compared. session: what the run
    belongs to, by default `$TRACKER_SESSION`.

    Raises TypeError or ValueError for arguments that cannot work and OSError when the result could not be
    written. After that, nothing raises: what goes wrong inside ends up in the result's `errors`.

    >>> model = nn.Linear(3, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     observer = attach(model, name="tiny", optimizer=optimizer, every=1, directory=folder)
    ...     model(torch.ones(4, 3)).mean().backward()
    ...     optimizer.step()
    ...     observer.detach().steps
    1
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, not {type(model).__name__}")
    optimizers = optimizers_of(model, optimizer)
    chosen = watched(unwrap(model), layers)
    asked = settings(
        chosen, name=name, every=every, feature_names=feature_names, directory=directory, groups=groups,
        attribution=attribution, session=session,
    )  # fmt: skip
    built = rules.build(thresholds)
    asked.directory.mkdir(parents=True, exist_ok=True)
    return Observer(model, chosen, optimizers, built, asked)


class Observer:
    """Made by `attach`. Also a context manager: leaving it detaches, and says `partial` or `failed` where an
    exception left it.
    """

    def __init__(
        self,
        model: nn.Module,
        layers: list[Layer],
        optimizers: list[Optimizer],
        built: list[rules.Rule],
        settings: Settings,
    ) -> None:
        self.seconds = 0.0
        self.lock = RLock()
        self.when_gone: Status = "partial"  # the status when the model or the interpreter goes before anyone detaches
        self.process = os.getpid()
        self._settings = settings
        self._model = weakref.ref(unwrap(model), self._model_gone)  # wrappers come and go, and may say another mode
        self._layers = layers
        self._recorder = Recorder(layers, built, settings.feature_names, settings.attribution)
        self._result: Result | None = None
        self._broken = False
        wanted = len(settings.feature_names) if settings.feature_names else None
        self._features = FeatureTap(wanted) if "attribution" in settings.groups else None
        first_layer = first_with_features(layers, wanted) if self._features else None
        hooked = layers if settings.groups.hooked else []
        self._hooked = hooked
        self._hooks = ForwardHooks([ForwardHook(self, layer, features=layer is first_layer) for layer in hooked])
        self._compiled = False  # whether a compiled graph holds hooks: they stay, or the graph is made again
        self.capture: Capture | None = None
        self._pending: deque[Capture] = deque()
        self._ledgers = Ledgers()
        module = first_layer.module() if first_layer is not None else None
        self._ranks = ranks(settings.name, layers, (features_of(module) or 0) if module is not None else 0)
        self._called: set[int] = set()
        self._placed = False  # whether it is known where units die
        self._plan = plan(layers, settings.groups)

        named = unwrap(model).named_parameters()
        self._without_gradient = {id(parameter): name for name, parameter in named if parameter.requires_grad}
        owners: dict[int, tuple[Layer, ...]] = {}
        for layer in layers:
            for _, parameter in layer.own_parameters():
                owners[id(parameter)] = (*owners.get(id(parameter), ()), layer)
        self._owners = owners
        self._parameters: dict[int, Parameters] = {}  # by the id of their optimizer
        first = next(model.parameters(), None)
        self._device = first.device if first is not None else torch.device("cpu")
        with contextlib.suppress(Exception):  # what fails here fails again in the first capture, which says so
            self._ledgers.prepare(self._device)
        world = self._ranks.size if self._ranks is not None else 1
        self._facts = Facts(
            name=settings.name,
            session=settings.session,
            every=settings.every,
            started=datetime.now(UTC),
            source=provenance.source(settings.directory),
            environment=provenance.environment(self._device, first.dtype if first is not None else None, world),
            model={
                "class": type(unwrap(model)).__name__,
                "parameters": sum(parameter.numel() for parameter in model.parameters()),
                "trainable": sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad),
            },
        )
        self._clock = Clock(self, optimizers, model.parameters(), self._begins, self._after)
        first_process = self._ranks is None or self._ranks.rank == 0
        self._file = ResultFile(settings.directory, settings.name, self._facts.started, written=first_process)
        self._begun = time.perf_counter()
        self._file.write(self._build("partial"))
        self._next = self._made()
        self._open()
        self._clock.start()
        self._at_exit = _AtExit(self)
        atexit.register(self._at_exit)
        self._begun = time.perf_counter()
        self.seconds = 0.0

    # -- what training code says

    def epoch(self, **values: SupportsFloat) -> None:
        """Report an epoch, or whatever is one here: `train_loss`, `val_loss`, `lr` and any other numbers
        (tensors of one element too).
        """
        self._epoch(values)

    def metric(self, name: str, value: SupportsFloat) -> None:
        """A number of the run as a whole, under `metrics` in the result."""
        self._metric(name, value)

    def detach(self, metrics: Mapping[str, SupportsFloat] | None = None, *, status: Status = "complete") -> Result:
        """Stop watching, write the result and return it as written. A second call returns the same again."""
        for name, value in (metrics or {}).items():
            self.metric(name, value)
        if self._result is None:
            self._finish(status)
        if self._result is None:  # building it failed: say so, and nothing else
            self._result = bare(self._facts, self._clock.steps, self._recorder)
            with contextlib.suppress(OSError):
                self._file.write(self._result)
        return self._result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.detach(status=_status(kind))

    @property
    def path(self) -> Path:
        """The result file."""
        return self._file.path

    # -- the border: everything below is entered through these

    @contained
    def _epoch(self, values: Mapping[str, SupportsFloat]) -> None:
        self._read_pending(wait=False)  # rules are told in the order of things
        self._recorder.epoch(self._clock.steps, values)
        self._renew()

    @contained
    def _metric(self, name: str, value: SupportsFloat) -> None:
        self._recorder.metric(name, value)

    @contained
    def _finish(self, status: Status) -> None:
        self._stop()
        self._read_pending(wait=True)
        result = self._build("partial" if self._broken and status == "complete" else status)
        self._file.write(result)
        self._result = result

    def _begins(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """What is quick needs no border: it is one itself."""
        capture = self.capture
        if (
            capture is None or self._without_gradient or not self._clock.alone(optimizer)
            or closure(optimizer, args, kwargs)
            or not capture.begins_again(self._parameters.get(id(optimizer)), optimizer)
        ):  # fmt: skip
            self._before(optimizer, args, kwargs)

    @contained
    def _before(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not (torch.cuda.is_initialized() and self._recorded()):  # type: ignore[no-untyped-call]
            self._clock.before(optimizer, args, kwargs)

    @contained
    def _after(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        capture = self.capture
        quick = capture is not None and capture.begun is not None  # then all of it is on the CPU
        if quick or not (torch.cuda.is_initialized() and self._recorded()):  # type: ignore[no-untyped-call]
            self._clock.after(optimizer, args, kwargs)

    @contained
    def on_output(
        self, layer: Layer, module: nn.Module, args: object, kwargs: object, output: object, recorded: bool
    ) -> None:
        """See `hooks.Listener`."""
        capture = self._opened(layer)
        if capture is None or not recorded:
            return
        if layer.order is None:
            self._order(layer)
        backward = torch._C._current_graph_task_id() != -1
        if layer.order == 0 and not backward:
            inputs = first_tensor(args, kwargs)
            capture.samples += inputs.shape[0] if inputs is not None and inputs.ndim else 0
        for tensor, given in capture.output(layer, module, args, kwargs, output, backward):
            set_gradient_hook(tensor, partial(self.on_gradient, capture, layer, given))

    @contained
    def on_compiled(self, layer: Layer, tensor: torch.Tensor) -> None:
        """See `hooks.Listener`."""
        capture = self._opened(layer)
        self._compiled = True
        if capture is not None:
            if layer.order is None:
                self._order(layer)
            if not compiled.GRADIENTS:
                capture.notes[COMPILED] = None
            capture.output(layer, cast("nn.Module", layer.module()), (), {}, tensor, backward=False)

    @contained
    def on_compiled_gradient(self, layer: Layer, gradient: torch.Tensor, inputs: torch.Tensor | None) -> None:
        """See `hooks.Listener`."""
        capture = self._opened(layer)
        if capture is not None:
            capture.gradient(layer, gradient, capture.inputs(layer, inputs))

    @contained
    def on_gradient(self, capture: Capture, layer: Layer, given: Any, gradient: torch.Tensor) -> None:
        """See `capture.Listener`."""
        if not capture.closed and not (gradient.is_cuda and self._recorded()):
            capture.gradient(layer, gradient, given)

    def _order(self, layer: Layer) -> None:
        layer.order = sum(1 for other in self._layers if other.order is not None)

    def _recorded(self) -> bool:
        """Whether a CUDA graph is being recorded: nothing runs now, and no hook when the graph is replayed."""
        recorded = torch.cuda.is_current_stream_capturing()
        if recorded:
            self._recorder.notes[RECORDED] = None
        return recorded

    def failed(self, trace: str) -> None:
        """Something inside raised: keep the trace, stop watching."""
        self._broken = True
        if len(self._recorder.errors) < ERRORS:
            self._recorder.errors.append(trace)
        with contextlib.suppress(Exception):
            self._halt()

    # -- steps

    def before_update(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """See `clock.Listener`."""
        capture = self.capture
        if capture is not None:
            known = self._parameters.get(id(optimizer))
            if known is None or not known.of(optimizer) or not known.as_they_were():
                known = self._parameters[id(optimizer)] = Parameters(optimizer, self._owners)
                self._recorder.notes.update(known.notes)
            if closure(optimizer, args, kwargs):
                capture.before_update(known, gradients=False)
            else:
                if self._without_gradient:
                    self._look_for_gradients(known)
                capture.before_update(known, gradients=True, scaling=scaling_of(optimizer))

    def after_update(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """See `clock.Listener`."""
        capture = self.capture
        if capture is not None and not capture.ends_again():
            known = self._parameters.get(id(optimizer))
            if known is not None:
                gradients = closure(optimizer, args, kwargs)
                if gradients and self._without_gradient:
                    self._look_for_gradients(known)
                capture.after_update(known, gradients)

    def _look_for_gradients(self, known: Parameters) -> None:
        for _, parameter in known.held:
            if parameter.grad is not None:
                self._without_gradient.pop(id(parameter), None)

    def end_step(self) -> int:
        """See `clock.Listener`."""
        capture, self.capture = self.capture, None
        if capture is not None:
            if not self._compiled:
                self._hooks.remove()
            self.seconds += capture.seconds
            capture.close()
            self._pending.append(capture)
            if self._called and not self._placed:
                self._placed = True
                self._plan = plan(self._layers, self._settings.groups, where_units_die(self._layers, self._plan.behind))
            if len(self._pending) >= TOGETHER or self._ranks is not None:
                self._read_pending(wait=False)
            self._renew()
            self._next = self._made()  # now that what makes it is in the caches
        over = self._clock.steps % self._settings.every
        if over == 0:
            self._open()
            return 0
        return self._settings.every - over

    @contained
    def begin_step(self) -> None:
        """See `clock.Listener`."""
        self._open()

    def _opened(self, layer: Layer) -> Capture | None:
        """`layer` was called: the capture that this belongs to, if there is one."""
        self._called.add(layer.index)
        capture, model = self.capture, self._model()
        if capture is None or capture.closed or model is None or not model.training:
            return None
        if torch.cuda.is_initialized() and self._recorded():  # type: ignore[no-untyped-call]
            return None
        return capture

    def _open(self) -> None:
        self.capture = self._next
        self.capture.step = self._clock.steps
        self._hooks.set()

    def _made(self) -> Capture:
        return Capture(self, self._model, self._plan, self._features, self._ledgers)

    def _halt(self) -> None:
        self.capture = None
        self._clock.halt()
        self._hooks.close()
        self._parameters.clear()

    def _stop(self) -> None:
        self._halt()
        self._clock.stop()
        atexit.unregister(self._at_exit)

    # -- what was captured

    def _read_pending(self, wait: bool) -> None:
        found = []
        while self._pending and (wait or self._pending[0].ready()):
            capture = self._pending.popleft()
            self._recorder.notes.update(capture.notes)
            found.append(capture.numbers())
        if self._ranks is not None:
            for numbers in found:
                self._ranks.send(numbers)
            found = self._ranks.finish() if wait else self._ranks.received()
            self._recorder.notes.update(self._ranks.notes)
        self._recorder.captures(found, self._features.layer if self._features else None)

    # -- the result

    def _renew(self) -> None:
        if self._file.due():
            begun = time.perf_counter()
            self._read_pending(wait=False)
            self._file.write(self._build("partial"))
            self._file.renewed(begun)

    def _build(self, status: Status) -> Result:
        if self._hooked and self._recorder.captured and not self._called:
            self._recorder.notes[LATE] = None
        progress = Progress(
            steps=self._clock.steps,
            wall=time.perf_counter() - self._begun,
            inside=self.seconds,
            memory=torch.cuda.max_memory_allocated(self._device) if self._device.type == "cuda" else None,
            never_called=[layer.name for layer in self._hooked if layer.called and layer.index not in self._called],
            without_gradient=list(self._without_gradient.values()),
        )
        return report(status, self._facts, progress, self._recorder)

    def _model_gone(self, _: object) -> None:
        if self._result is None and self.process == os.getpid():
            self._finish(self.when_gone)


class _AtExit:
    """The interpreter ends before anyone has detached: the result says how far it came."""

    def __init__(self, observer: Observer) -> None:
        self._observer = weakref.ref(observer)

    def __call__(self) -> None:
        observer = self._observer()
        if observer is not None and observer.process == os.getpid():  # a forked worker has nothing to say
            error = getattr(sys, "last_value", None)
            observer.detach(status=observer.when_gone if error is None else _status(type(error)))


def _status(kind: type[BaseException] | None) -> Status:
    if kind is None:
        return "complete"
    return "failed" if issubclass(kind, Exception) else "partial"
