"""attach → observe → detach: watches one model while it trains, and writes the result.

Forward hooks exist only while a captured step runs; between captures there are only the hooks before and after each
step of an optimizer."""

import atexit
import contextlib
import os
import sys
import time
import traceback
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import RLock, get_ident
from types import TracebackType
from typing import Any, Self, SupportsFloat, cast

import torch
from torch import nn
from torch.nn.parameter import is_lazy
from torch.optim import Optimizer

from diagnostics import compiled, patches, provenance, rules
from diagnostics.attribution import FeatureTap, Method, features_of, first_with_features
from diagnostics.capture import Capture, CapturePlan, Groups
from diagnostics.coverage import Observed, judge
from diagnostics.distributed import processes, several
from diagnostics.evidence import Evidence
from diagnostics.file import ResultFile
from diagnostics.guard import contained, unrecorded
from diagnostics.hooks import ForwardHook, ForwardHooks, is_traced
from diagnostics.initial_weights import constant, frozen_at_initialization, symmetric, untrained
from diagnostics.layers import Selection, WatchedLayer, first_tensor, in_backward, parts_of, unwrap, watched
from diagnostics.losses import LossTap, mode_matters
from diagnostics.overhead import StepTimes
from diagnostics.parameters import Parameter, ParameterTable, is_plain, is_sharded, scaling_of, unmeasured
from diagnostics.recorder import Recorder
from diagnostics.replicas import ReplicaWatch
from diagnostics.report import blank
from diagnostics.result import Captures, Overhead, Result, Status, number, timestamp
from diagnostics.settings import Settings, feature_names_of, optimizers_of
from diagnostics.step_tracker import StepTracker
from diagnostics.summary import print_summary
from diagnostics.units import where_units_die
from diagnostics.unregistered import unregistered

TOGETHER = 16  # captures that are read one after the other
ERRORS = 10
ATTENTIVE, APART = 64, 4  # captures in which losses are looked at: the first ones, then every so many
COMPILED = "compiled by a torch before 2.13: gradients of activations, and attribution, are not measured"
REPEATED = "captured steps in which optimizer.step() failed and was called again are left out"
RECORDED = "what is recorded as a CUDA graph is not measured: its replays call no hooks"


def attach(
    model: nn.Module,
    *,
    name: str,
    optimizer: Optimizer | Iterable[Optimizer] | None = None,
    every: int | None = None,
    feature_names: Sequence[str] | None = None,
    directory: str | os.PathLike[str] | None = None,
    thresholds: rules.Thresholds | None = None,
    layers: Selection | None = None,
    groups: Iterable[str] = Groups.ALL,
    attribution: Method = "gradient × input",
    session: str | None = None,
    quiet: bool = False,
) -> "Observer":
    """Watch `model` from its next training step on.

    optimizer: whose steps are the training's steps; several for one model are allowed. Any other optimizer that
    holds a parameter of the model counts from its first step on. every: capture step 0 and then every `every`-th;
    by default every 10th, from step 200 on every 100th, and from step 2,000 on every 200th. feature_names: one for
    each input feature of the first layer. directory: where the result goes, by default the results folder of the
    workspace around the current folder. thresholds: rule → key → value; these replace those in the workspace's
    `tracker.yml`. layers: patterns of module names or module types instead of all layers with parameters and all
    activations. groups: which groups of numbers to take (`Groups.ALL`). attribution: by which of two values
    features are compared. session: what the run belongs to, by default `$TRACKER_SESSION`. quiet: print no summary
    when watching ends.

    Raises TypeError or ValueError for arguments that cannot work and OSError when the result could not be written.
    After that, nothing raises: failures are written to the result's `errors`.

    >>> model = nn.Linear(3, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     observer = attach(model, name="tiny", optimizer=optimizer, every=1, directory=folder, quiet=True)
    ...     model(torch.ones(4, 3)).mean().backward()
    ...     optimizer.step()
    ...     observer.detach().steps
    1
    """
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, not {type(model).__name__}")
    if any(is_lazy(each) for each in (*model.parameters(), *model.buffers())):
        raise ValueError("model has lazy parameters: call it once with a batch before attach")
    optimizers = optimizers_of(model, optimizer)
    chosen = watched(unwrap(model), layers)
    asked = Settings(
        name, every, Path(directory) if directory is not None else provenance.results_directory(Path.cwd()),
        feature_names_of(chosen, feature_names), session, Groups(groups), attribution, quiet, layers,
    )  # fmt: skip
    built = rules.build(rules.merge(rules.workspace_thresholds(Path.cwd()), thresholds or {}))
    asked.directory.mkdir(parents=True, exist_ok=True)
    return Observer(model, chosen, optimizers, built, asked)


class Observer(patches.Listener):
    """Made by `attach`. Also a context manager: leaving it detaches, with the status `partial` or `failed` where an
    exception left it."""

    def __init__(
        self,
        model: nn.Module,
        layers: list[WatchedLayer],
        optimizers: list[Optimizer],
        built: list[rules.Rule],
        settings: Settings,
    ) -> None:
        self.seconds = 0.0
        self.lock = RLock()
        self.when_gone: Status = "partial"  # the status when the model or the interpreter goes before `detach`
        self.process = os.getpid()
        self.before_finish: Callable[[], None] | None = None  # called first when watching ends
        self._settings = settings
        inner = unwrap(model)
        self._model = weakref.ref(inner, self._model_gone)  # a wrapper comes and goes, and may have another mode
        self._scripted = isinstance(model, torch.jit.ScriptModule)
        self._layers = layers
        self._table = ParameterTable()
        self._table.update(inner, layers)
        self._recorder = Recorder(layers, self._table, built, settings.feature_names, settings.attribution)
        self._result: Result | None = None
        self._broken = False
        wanted = len(settings.feature_names) if settings.feature_names else None
        self._features = FeatureTap(wanted) if "attribution" in settings.groups else None
        self._first_layer = first_with_features(layers, wanted) if self._features else None
        self._parts: list[weakref.ref[nn.Module | nn.Parameter]] = [weakref.ref(each) for each in parts_of(inner)]
        self._hooks = ForwardHooks([])
        self._hook(layers)
        # Threads that train this model. Another one's losses are not ours, and while another one runs a backward pass
        # or clears gradients, reading ours can crash.
        self._threads = {get_ident()}
        self._next = 0  # the number of the next step that is captured
        self._compiled = False  # whether a compiled graph holds hooks: they stay, or the graph is made again
        self._capture: Capture | None = None
        self._pending: deque[Capture] = deque()
        module = self._first_layer.module() if self._first_layer is not None else None
        features = (features_of(module) or 0) if module is not None else 0
        self._over = False
        self._losses = LossTap()
        self._mode_matters = mode_matters(inner)
        self._symmetric = set(symmetric(self._named_layers()))
        self._constant = set(constant(self._named_layers()))
        self._replicas = ReplicaWatch(alone=not several())
        self._processes = processes(settings.name, layers, len(self._table.entries), features, self._replicas)
        self._called: set[int] = set()
        self._trained = self._backward = self._transformed = False
        self._evaluated = 0  # captures in which layers were called in evaluation mode alone
        self._skipped = self._opened = 0  # steps without an update; captures that began
        self._attentive = False  # whether losses are looked at in the step that runs
        self._plan = CapturePlan(settings.groups)
        first = next(model.parameters(), None)
        self._device = first.device if first is not None else torch.device("cpu")
        self._times = StepTimes(self._device.type)
        world = self._processes.size if self._processes is not None else 1
        started = datetime.now(UTC)
        self._blank = blank(
            settings.name,
            settings.directory,
            provenance.environment(self._device, first.dtype if first is not None else None, world),
            model={
                "class": type(inner).__name__,
                "parameters": sum(parameter.numel() for parameter in model.parameters()),
                "trainable": sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad),
            },
            every=settings.schedule.late,
            started=started,
            session=settings.session,
            reason="The result could not be built; see errors.",
        )
        self._steps = StepTracker(self, optimizers, self._current_parameters, self._before, self._after)
        self._writes = self._processes is None or self._processes.rank == 0
        self._file = ResultFile(settings.directory, settings.name, started, written=self._writes)
        self._begun = time.perf_counter()
        for optimizer in optimizers:
            self._table.held_by(optimizer)
        self._file.write(self._build("partial"))
        self._open()
        self._steps.start()
        patches.listen(self)
        self._at_exit = _AtExit(self)
        atexit.register(self._at_exit)
        self._begun = time.perf_counter()
        self._times.begin()
        self.seconds = 0.0

    # -- called by the training

    def epoch(self, **values: SupportsFloat) -> None:
        """Report an epoch: `train_loss`, `val_loss`, `lr` and any other numbers (also tensors of one element)."""
        self._epoch(values)

    def metric(self, name: str, value: SupportsFloat) -> None:
        """Report a number of the run as a whole, under `metrics` in the result."""
        self._metric(name, value)

    def detach(self, metrics: Mapping[str, SupportsFloat] | None = None, *, status: Status = "complete") -> Result:
        """Stop watching, write the result and return it as written. A second call returns the same again."""
        for name, value in (metrics or {}).items():
            self.metric(name, value)
        if self._result is None:
            self._finish(status)
        if self._result is None:  # it could not be built or written
            self._result = replace(self._blank, steps=self._steps.steps, errors=list(self._recorder.errors))
            with contextlib.suppress(OSError):
                self._file.write(self._result)
        return self._result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.detach(status=_status(kind))

    def __repr__(self) -> str:
        state = "detached" if self._result is not None else "watching"
        captures = self._recorder.captured
        return f"<Observer {self._settings.name!r}: {state}, {self._steps.steps} steps, {captures} captures>"

    @property
    def path(self) -> Path:
        """The result file."""
        return self._file.path

    @property
    def steps(self) -> int:
        """The training steps so far."""
        return self._steps.steps

    # -- entry points, guarded

    @unrecorded
    def _epoch(self, values: Mapping[str, SupportsFloat]) -> None:
        begun = self._times.now()
        self._read_pending(wait=False)  # rules see captures and epochs in order
        self._recorder.epoch(self._steps.steps, values)
        self._renew()
        self._times.read(begun)

    @contained
    def _metric(self, name: str, value: SupportsFloat) -> None:
        self._recorder.metric(name, value)

    def follows(self, optimizer: Optimizer) -> bool:
        """Whether the steps of `optimizer` are steps of this training."""
        return self._steps.concerns(optimizer)

    def adopt(self, optimizer: Optimizer) -> None:
        """Count the steps of `optimizer` although it holds no parameter of the model."""
        self._steps.adopt(optimizer)

    @property
    def captures_now(self) -> bool:
        """Whether the step that runs is captured."""
        return self._capture is not None

    @unrecorded
    def _finish(self, status: Status) -> None:
        if self.before_finish is not None:
            self.before_finish()
        self._stop()
        self._read_pending(wait=True)
        result = self._build("partial" if self._broken and status == "complete" else status)
        self._file.write(result)
        self._result = result
        if not self._settings.quiet and self._writes:
            print_summary(result, self._file.path)

    def _before(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Between captures there is nothing to do at the step of a single optimizer."""
        if self._capture is not None or not self._steps.is_single(optimizer):
            self._step_begins(optimizer, args, kwargs)

    def _after(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Between captures the step of a single optimizer is counted, and that is all."""
        if self._capture is not None or not self._steps.is_single(optimizer):
            self._step_ends(optimizer, args, kwargs)
            return
        step = self._steps.steps
        self._threads.add(get_ident())
        if self._losses.last is not None:
            self._losses.step(step)
        self._steps.count()
        self._times.step(False)
        if time.perf_counter() > self._file.due:
            self._renew_between()
        if step + 1 == self._next:
            self._begin_capture()

    @unrecorded
    def _step_begins(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not self._recorded():
            self._steps.before(optimizer, args, kwargs)

    @unrecorded
    def _step_ends(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not self._recorded():
            self._steps.after(optimizer, args, kwargs)

    @unrecorded
    def _renew_between(self) -> None:
        begun = self._times.now()
        self._renew()
        self._times.read(begun)

    @unrecorded
    def _begin_capture(self) -> None:
        self._open()

    @unrecorded
    def on_scaler_step(self, optimizer: Optimizer, updated: bool) -> None:
        """See `patches.Listener`. Without an update, the step still was one of the training."""
        if updated or not self._steps.concerns(optimizer):
            return
        self._skipped += 1
        if self._capture is not None:
            self._table.look_for_gradients()
            self._capture.skip(self._table.held_by(optimizer))
        self._steps.passed(optimizer)

    @contained
    def on_output(
        self, layer: WatchedLayer, module: nn.Module, args: object, kwargs: object, output: object, recorded: bool
    ) -> None:
        """`layer` was called and gave `output`; `recorded`: autograd was recording."""
        capture = None if is_traced() else self._capture_of(layer, recorded)
        if capture is None:
            return
        backward = in_backward()
        if layer.order == 0 and not backward:
            inputs = first_tensor(args, kwargs)
            if inputs is not None and is_plain(inputs):
                capture.samples += inputs.shape[0] if inputs.ndim else 0
                if self._attentive:
                    self._losses.inputs(inputs)
                self._replicas.inputs(capture.step, inputs)
        for tensor, given in capture.output(layer, module, args, kwargs, output, backward):
            tensor.register_hook(partial(self.on_gradient, capture, layer, given))  # type: ignore[no-untyped-call]

    @contained
    def on_compiled(self, layer: WatchedLayer, tensor: torch.Tensor) -> None:
        """`layer` gave `tensor` inside a compiled graph."""
        self._compiled = True
        capture = self._capture_of(layer, True)
        if capture is not None:
            if not compiled.GRADIENTS:
                capture.notes[COMPILED] = None
            capture.output(layer, cast("nn.Module", layer.module()), (), {}, tensor, backward=False)

    @contained
    def on_compiled_gradient(self, layer: WatchedLayer, gradient: torch.Tensor, inputs: torch.Tensor | None) -> None:
        """The gradient of an output inside a compiled graph is there."""
        capture = self._capture_of(layer, True)
        if capture is not None:
            capture.gradient(layer, gradient, capture.inputs(layer, inputs))

    @contained
    def on_gradient(self, capture: Capture, layer: WatchedLayer, given: Any, gradient: torch.Tensor) -> None:
        """The gradient of an output has arrived."""
        if not capture.closed and not (gradient.is_cuda and self._recorded()):
            capture.gradient(layer, gradient, given)

    def on_loss(self, function: str, args: Any, kwargs: Any, loss: Any) -> None:
        """See `patches.Listener`."""
        if (self._attentive or not torch.is_grad_enabled()) and get_ident() in self._threads:
            self._loss_called(function, args, kwargs, loss)

    @unrecorded
    def _loss_called(self, function: str, args: Any, kwargs: Any, loss: torch.Tensor) -> None:
        model = self._model()
        if model is None or in_backward() or self._recorded():
            return
        if not all(is_plain(each) for each in (*args, *kwargs.values()) if isinstance(each, torch.Tensor)):
            return
        if isinstance(loss, torch.Tensor) and loss.requires_grad:
            self._losses.call(self._steps.steps, function, args, kwargs, loss)
        elif not torch.is_grad_enabled() and model.training:
            self._losses.validation(function, args, self._mode_matters)

    def on_backward(self, loss: torch.Tensor, unscaled: torch.Tensor | None) -> None:
        """See `patches.Listener`. Runs in every step, so it is no guarded method."""
        try:
            if get_ident() in self._threads and is_plain(loss):
                self._losses.heard(loss if unscaled is None else unscaled)
                if self._attentive:
                    self._backward_begins(loss)
        except Exception:
            self.failed(traceback.format_exc())

    @unrecorded
    def _backward_begins(self, loss: torch.Tensor) -> None:
        if not self._recorded():
            self._losses.backward(loss, self._steps.steps)

    def after_backward(self, unscaled: torch.Tensor | None) -> None:
        """See `patches.Listener`."""
        if self._attentive and unscaled is None and get_ident() in self._threads:
            self._backward_ends()

    @unrecorded
    def _backward_ends(self) -> None:
        if not self._recorded():
            self._losses.gradients(self._table.whole())

    def _capture_of(self, layer: WatchedLayer, recorded: bool) -> Capture | None:
        """`layer` was called: the capture that this belongs to, if there is one."""
        self._called.add(layer.index)
        capture, model = self._capture, self._model()
        if capture is None or capture.closed or model is None or not recorded:
            return None
        if not model.training:
            capture.evaluated = True
            return None
        if self._recorded():
            return None
        self._trained = capture.trained = True
        self._threads.add(get_ident())
        if layer.order is None:
            layer.order = sum(1 for other in self._layers if other.order is not None)
        return capture

    def _recorded(self) -> bool:
        """Whether a CUDA graph is being recorded: nothing runs now, and no hook when the graph is replayed."""
        if not torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            return False
        recorded = torch.cuda.is_current_stream_capturing()
        if recorded:
            self._recorder.notes[RECORDED] = None
        return recorded

    def failed(self, trace: str) -> None:
        """The observer has raised: keep the trace, stop watching."""
        self._broken = True
        if len(self._recorder.errors) < ERRORS:
            self._recorder.errors.append(trace)
        with contextlib.suppress(Exception):
            self._halt()

    # -- steps

    def before_update(self, optimizer: Optimizer, closure: bool) -> None:
        """`optimizer` is about to update. Gradients are final (averaged, unscaled, clipped), except where the step was
        given a `closure` that computes them."""
        self._threads.add(get_ident())
        if self._capture is not None:
            if not closure:
                self._table.look_for_gradients()
            scaling = scaling_of(optimizer)
            self._capture.before_update(self._table.held_by(optimizer), not closure, scaling)
            model = self._model()
            if model is not None:
                self._replicas.before_update(self._capture.step, model, optimizer)
            if model is not None and not closure:
                self._losses.update(self._steps.steps, optimizer, model.training)

    def repeat_update(self) -> None:
        """An optimizer begins again after an exception: the capture holds the numbers of the step that failed."""
        if self._capture is not None:
            self._capture.spoiled = True

    def after_update(self, optimizer: Optimizer, closure: bool) -> None:
        """`optimizer` has updated its parameters."""
        if self._capture is not None:
            if closure:
                self._table.look_for_gradients()
            self._capture.after_update(self._table.held_by(optimizer), closure)

    def end_step(self) -> None:
        """Every optimizer has stepped."""
        capture, self._capture = self._capture, None
        self._attentive = False
        if capture is not None:
            self._end_capture(capture)
        begun = self._times.now()
        self._renew()
        self._times.read(begun)
        self._losses.step(self._steps.steps - 1)
        self._times.step(capture is not None)
        if self._steps.steps == self._next:
            self._open()

    def _end_capture(self, capture: Capture) -> None:
        if not self._compiled and self._steps.steps != self._next:
            self._hooks.remove()
        capture.close()
        self._losses.close()
        self._take_modes(capture)
        if capture.spoiled:
            self._recorder.notes[REPEATED] = None
            return
        self._pending.append(capture)
        if self._called and self._plan.places is None:
            self._plan.places = where_units_die(self._layers, self._plan.order.behind)
        begun = self._times.now()
        if len(self._pending) >= TOGETHER or self._processes is not None:
            self._read_pending(wait=False)
        self._times.read(begun)

    def _take_modes(self, capture: Capture) -> None:
        self._backward = self._backward or capture.backward
        self._evaluated += capture.evaluated and not capture.trained

    def _open(self) -> None:
        self._follow_changes()
        self._capture = Capture(self._steps.steps, self._plan, self._features)
        self._next = self._settings.schedule.after(self._steps.steps)
        self._hooks.set()
        self._threads = {get_ident()}
        self._opened += 1
        self._attentive = self._opened <= ATTENTIVE or self._opened % APART == 0
        if self._attentive:
            self._losses.open(self._table.whole())

    def _follow_changes(self) -> None:
        """Take in layers and parameters that were added or replaced since the last capture."""
        model = self._model()
        if model is None:
            return
        parts = parts_of(model)
        if len(parts) == len(self._parts) and all(
            known() is part for known, part in zip(self._parts, parts, strict=True)
        ):
            return
        self._parts = [weakref.ref(part) for part in parts]
        self._take_in(model)
        self._table.update(model, self._layers)
        self._steps.forget_others()  # they may concern the model now

    def _current_parameters(self) -> Iterable[nn.Parameter]:
        """The parameters that the model has now, frozen ones too."""
        self._follow_changes()
        model = self._model()
        return list(model.parameters()) if model is not None else []

    def _take_in(self, model: nn.Module) -> None:
        """Watch the layers that `model` has now; those of a known name stay the same layer."""
        with contextlib.suppress(ValueError):  # a selection may fit nothing any more
            known = {layer.name: layer for layer in self._layers}
            now = watched(model, self._settings.layers)
            for name in known.keys() - {found.name for found in now}:
                self._recorder.notes[f"{known[name].label} was removed after watching began"] = None
            for found in now:
                layer = known.get(found.name)
                if layer is None:
                    found.index = len(self._layers)
                    self._layers.append(found)
                    self._hook([found])
                    self._recorder.notes[f"{found.label} was added after watching began"] = None
                elif layer.module() is not found.module():
                    layer.replace(found)
                    self._hooks.renew()
                    self._recorder.notes[f"{found.label} was replaced after watching began"] = None
            self._plan.places = None

    def _hook(self, layers: Iterable[WatchedLayer]) -> None:
        if self._settings.groups.hooked:
            self._hooks.add([ForwardHook(self, layer, features=layer is self._first_layer) for layer in layers])

    # -- end

    def _halt(self) -> None:
        self._capture, self._attentive = None, False
        self._steps.halt()
        self._hooks.remove()

    def _stop(self) -> None:
        if self._capture is not None:
            self._backward = self._backward or self._capture.backward
            if not self._steps.steps:  # otherwise it may be the evaluation behind the last step
                self._take_modes(self._capture)
                self._transformed = self._capture.transformed
                self._recorder.notes.update(self._capture.notes)
        self._halt()
        self._steps.stop()
        self._over = True
        patches.leave(self)
        atexit.unregister(self._at_exit)

    # -- captures

    def _read_pending(self, wait: bool) -> None:
        found = []
        while self._pending and (wait or self._pending[0].ready()):
            capture = self._pending.popleft()
            self._recorder.notes.update(capture.notes)
            found.append(capture.numbers())
        if self._processes is not None:
            for numbers in found:
                self._processes.send(numbers)
            found = self._processes.finish() if wait else self._processes.received()
            self._recorder.notes.update(self._processes.notes)
        else:
            for numbers in found:
                self._replicas.finished(numbers.step)
        tap = self._features
        self._recorder.captures(found, tap.layer if tap else None, tap.rows if tap else 0)

    # -- the result

    def _renew(self) -> None:
        begun = time.perf_counter()
        if begun > self._file.due:
            self._read_pending(wait=False)
            self._file.write(self._build("partial"))
            self._file.renewed(begun)

    def _build(self, status: Status) -> Result:
        recorder, steps, wall = self._recorder, self._steps.steps, time.perf_counter() - self._begun
        seen = recorder.captured > 0
        rate = steps / wall if steps and wall > 0 else None
        samples = rate * recorder.samples / recorder.captured if rate and recorder.samples else None
        layers, parameters, kept = recorder.columns()
        found = replace(
            self._blank,
            status=status,
            finished=timestamp(datetime.now(UTC)),
            steps=steps,
            history=recorder.history(),
            layers=layers,
            parameters=parameters,
            captures=Captures(recorder.captured, kept, max(self._skipped, recorder.skipped)),
            never_called=[layer.name for layer in self._layers if self._is_unused(layer)] if seen else [],
            without_gradient=[each.name for each in self._table.trainable() if not each.had_gradient] if seen else [],
            not_in_optimizer=self._not_in_optimizer() if seen else [],
            attribution=recorder.attribution(),
            metrics=recorder.metrics(),
            overhead=Overhead(
                share=number(self._times.share(recorder.captured, self.seconds, wall)) or 0.0,
                steps_per_second=number(rate),
                samples_per_second=number(samples),
                peak_memory_bytes=torch.cuda.max_memory_allocated(self._device)
                if self._device.type == "cuda"
                else None,
                captures=recorder.captured,
            ),
        )
        observed = self._observed(status)
        evidence = self._evidence(status, found, observed.by_hand)
        found.diagnosis = judge(recorder.diagnosis(evidence), observed, layers)
        found.notes, found.errors = list(recorder.notes), list(recorder.errors)
        return found

    def _named_layers(self) -> list[tuple[str, nn.Module]]:
        """The watched modules in the order of their first call, without those whose weights are spread over
        processes: these write their files at different times, so none may wait for another."""
        called = sorted(self._layers, key=lambda layer: (layer.order is None, layer.order or 0, layer.index))
        present = [(layer.name, module) for layer in called if (module := layer.module()) is not None]
        return [pair for pair in present if not any(map(is_sharded, pair[1].parameters(recurse=False)))]

    def _evidence(self, status: Status, result: Result, by_hand: list[str]) -> Evidence:
        """What the rules judge besides captures and epochs. Weights are read when the run is over."""
        found = self._losses.evidence() if self._readable(status) else Evidence()
        found.parameters, found.layers, found.history = result.parameters, result.layers, result.history
        found.captured, found.skipped = result.captures.taken, result.captures.skipped
        found.never_called, found.without_gradient = result.never_called, result.without_gradient
        if result.captures.taken:
            found.by_hand = by_hand
        found.not_in_optimizer = [name for name in result.not_in_optimizer if name not in by_hand]
        found.steps, found.mode_matters = self._steps.steps, self._mode_matters
        found.alternations = self._steps.alternations
        found.replicas = self._replicas.checks.faults()
        self._recorder.notes.update(dict.fromkeys(self._losses.notes))
        functions = [(weight(), function) for weight, function in self._losses.squashed.items()]
        found.squashed = {
            layer.name: function for weight, function in functions for layer in self._table.layers_of(weight)
        }
        found.lost = [entry.name for entry in self._table.left_out() if entry.lost]
        found.detached = [entry.name for entry in self._table.trainable() if self._is_detached(entry)]
        named = self._named_layers() if self._device.type != "meta" else []
        found.untrained, found.gradients = untrained(named), self._any_gradient()
        if self._steps.steps:
            still = symmetric(named)
            found.constant = [name for name, _ in named if name in self._constant]
            found.symmetric = [name for name, _ in named if name in still and name in self._symmetric]
            found.frozen = frozen_at_initialization(named)
        return found

    def _is_detached(self, entry: Parameter) -> bool:
        """Whether a parameter that the optimizer holds never had a gradient although its layer was called."""
        called = any(layer.index in self._called for layer in entry.layers)
        return called and entry.in_optimizer and not entry.had_gradient

    def _any_gradient(self) -> bool:
        return self._backward or any(entry.tensor.grad is not None for entry in self._table.trainable())

    def _readable(self, status: Status) -> bool:
        """Whether tensors may be read now: on an accelerator only when the run is over."""
        return (status != "partial" or self._over or self._device.type == "cpu") and self._device.type != "meta"

    def _observed(self, status: Status) -> Observed:
        hooked = self._settings.groups.hooked
        expected = [layer.name for layer in self._layers if hooked and self._is_expected(layer)]
        return Observed(
            captures=self._recorder.captured,
            steps=self._steps.steps,
            optimizers=len(self._steps.seen),
            foreign=not self._steps.optimizers and self._steps.others,
            called=bool(self._called),
            trained=self._trained,
            evaluated=self._evaluated,
            backward=self._any_gradient(),
            scripted=self._scripted,
            parameters=bool(self._table.entries),
            groups=frozenset(self._settings.groups),
            selected=self._settings.layers is not None,
            transformed=self._transformed,
            backwards=self._losses.backwards,
            abandoned=self._losses.abandoned,
            expected=expected,
            unmeasured=[layer.name for layer in self._layers if self._has_unmeasured(layer)],
            by_hand=[each.name for each in self._table.left_out() if each.has_changed()]
            if self._readable(status)
            else [],
        )

    def _has_gradient(self, layer: WatchedLayer) -> bool:
        return any(entry.had_gradient for entry in self._table.by_layer.get(layer.index, ()))

    def _has_unmeasured(self, layer: WatchedLayer) -> bool:
        """Whether a trainable parameter of `layer` is of a kind of which there are no statistics."""
        entries = self._table.by_layer.get(layer.index, ())
        return any(entry.tensor.requires_grad and unmeasured(entry.tensor) for entry in entries)

    def _is_expected(self, layer: WatchedLayer) -> bool:
        return layer.called and (layer.index in self._called or self._has_gradient(layer))

    def _is_unused(self, layer: WatchedLayer) -> bool:
        """Whether a layer was never called, nor its parameters used without a call: shared ones, or by a function. Of
        frozen parameters that cannot be known."""
        if not self._settings.groups.hooked or not layer.called or layer.index in self._called:
            return False
        entries = self._table.by_layer.get(layer.index, [])
        if not entries:  # an activation: in a compiled part of the model no call is seen
            return not any(self._has_gradient(other) for other in self._layers if other.index not in self._called)
        frozen = not any(entry.tensor.requires_grad for entry in entries)
        return layer.module() is not None and not frozen and not self._has_gradient(layer)

    def _not_in_optimizer(self) -> list[str]:
        """Trainable parameters with a gradient that no optimizer holds; none before an optimizer has stepped."""
        if not self._steps.steps:
            return []
        for optimizer in self._steps.optimizers:
            self._table.held_by(optimizer)
        return [*(entry.name for entry in self._table.left_out()), *self._unregistered()]

    def _unregistered(self) -> list[str]:
        """Tensors with a gradient that are no parameters of the model, nor in an optimizer."""
        model = self._model()
        held = {id(each) for one in self._steps.known for group in one.param_groups for each in group["params"]}
        found = unregistered(model) if model is not None else ()
        return [name for name, tensor in found if tensor.grad is not None and id(tensor) not in held]

    def _model_gone(self, _: object) -> None:
        if self._result is None and self.process == os.getpid():
            self._finish(self.when_gone)


class _AtExit:
    """The interpreter ends before `detach`: the result says how far the run came."""

    def __init__(self, observer: Observer) -> None:
        self._observer = weakref.ref(observer)

    def __call__(self) -> None:
        observer = self._observer()
        if observer is not None and observer.process == os.getpid():  # not in a forked worker
            error = getattr(sys, "last_value", None)
            observer.detach(status=observer.when_gone if error is None else _status(type(error)))


def _status(kind: type[BaseException] | None) -> Status:
    if kind is None:
        return "complete"
    return "failed" if issubclass(kind, Exception) else "partial"
