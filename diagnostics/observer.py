"""attach → observe → detach: watches one model while it trains, and writes what it saw.

Forward hooks exist only while a captured step runs; between captures there is one hook before and one behind
each optimizer step."""

import atexit
import contextlib
import os
import sys
import time
import weakref
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self, SupportsFloat, cast, get_args

import torch
from torch import nn
from torch.optim import Optimizer

from diagnostics import compiled, provenance, rules
from diagnostics.attribution import FeatureTap, Method, features_of, first_with_features, kind_of, shown
from diagnostics.border import contained
from diagnostics.capture import Capture, Groups, Numbers, Part, scaling_of
from diagnostics.clock import Clock
from diagnostics.hooks import ForwardHook, GradientHook
from diagnostics.layers import Layer, Selection, unwrap, watched
from diagnostics.ranks import PATIENCE, ranks
from diagnostics.readings import EpochReading, FeatureMeans, LayerReading, Reading
from diagnostics.result import (
    SCHEMA,
    Attribution,
    Diagnosis,
    Number,
    Overhead,
    Result,
    Status,
    file_name,
    number,
    timestamp,
    write_atomically,
)  # fmt: skip
from diagnostics.result import Layer as LayerResult
from diagnostics.series import Columns

WINDOW = 20  # captures: on one batch 0.43 of a network's units looked dead, over 20 batches 0.016
VALUES = 150_000  # numbers in all layers' columns together: a file under 2 MB
ROWS = 512  # at most, of a layer's columns and of the history
RENEW_SECONDS = 10.0
RENEW_SHARE = 200  # a renewal of the file waits for so many times the duration of the last one
ERRORS = 10
COMPILED = "compiled by a torch before 2.13: gradients of activations, and attribution, are not measured"
LATE = "no layer was seen: a model is watched before its first call, if it is compiled or recorded as a CUDA graph"
RECORDED = "what is recorded as a CUDA graph is not measured: its replays call no hooks"
WAITING = 16  # captures whose other processes' part has not come, before it is given up


@dataclass(frozen=True, slots=True)
class Settings:
    """What `attach` was asked for, checked."""

    name: str
    every: int
    directory: Path
    feature_names: list[str] | None
    session: str | None
    groups: Groups
    attribution: Method


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
    if not isinstance(name, str) or not name.strip():
        raise ValueError("name must say what the run is called")
    if isinstance(every, bool) or not isinstance(every, int) or every < 1:
        raise ValueError(f"every must be a whole number of steps, 1 or more, not {every!r}")
    optimizers = _optimizers(model, optimizer)
    known = unwrap(model)
    chosen = watched(known, layers)
    names = _feature_names(chosen, feature_names)
    unknown = sorted(set(groups) - set(Groups.ALL))
    if unknown:
        raise ValueError(f"groups: no group {unknown[0]!r}; known: {', '.join(Groups.ALL)}")
    if attribution not in get_args(Method):
        raise ValueError(f"attribution must be one of {', '.join(get_args(Method))}, not {attribution!r}")
    built = rules.build(thresholds)
    folder = Path(directory) if directory is not None else provenance.results_directory(Path.cwd())
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(
        name.strip(),
        every,
        folder,
        names,
        session or os.environ.get("TRACKER_SESSION") or None,
        Groups(groups),
        attribution,
    )
    return Observer(model, chosen, optimizers, built, settings)


def _optimizers(model: nn.Module, given: Optimizer | Iterable[Optimizer] | None) -> list[Optimizer]:
    optimizers = [] if given is None else [given] if isinstance(given, Optimizer) else list(given)
    held = {id(parameter) for parameter in model.parameters()}
    for optimizer in optimizers:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"optimizer must be a torch.optim.Optimizer or several, not {type(optimizer).__name__}")
        if not any(id(parameter) in held for group in optimizer.param_groups for parameter in group["params"]):
            raise ValueError(
                f"the {type(optimizer).__name__} optimizer holds no parameter of this {type(model).__name__}"
            )
    return optimizers


def _feature_names(layers: list[Layer], names: Sequence[str] | None) -> list[str] | None:
    if names is None:
        return None
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise TypeError("feature_names must be a sequence of strings, one for each input feature")
    counts = [count for layer in layers if (module := layer.module()) is not None and (count := features_of(module))]
    if len(names) not in counts:
        first = f"the first layer has {counts[0]}" if counts else "the model has no layer to attribute to"
        raise ValueError(f"feature_names has {len(names)} names, but {first}")
    return list(names)


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
        self._rules = built
        self._result: Result | None = None
        self._errors: list[str] = []
        self._broken = False
        self._notes: dict[str, None] = {}
        self._metrics: dict[str, float | None] = {}
        self._handles: list[Any] = []
        self._compiled = False  # whether a compiled graph holds hooks: they stay, or the graph is made again
        self._hooked = not {"activations", "activation_gradients", "attribution"}.isdisjoint(settings.groups)
        self._captures = 0
        self._steps = 0
        self._samples = 0
        self._capture: Capture | None = None
        self._pending: deque[Capture] = deque()
        self._ranks = ranks(settings.name)
        self._waiting: deque[tuple[Capture, Numbers]] = deque()  # for what other processes measured
        self._called: set[int] = set()
        self._dead: list[Part | None] = [None] * len(layers)
        self._silent: dict[
            int, torch.Tensor
        ] = {}  # layer → [units]: captures in a row in which a unit was active nowhere
        wanted = len(settings.feature_names) if settings.feature_names else None
        self._features = FeatureTap(wanted)
        self._first = first_with_features(layers, wanted) if "attribution" in settings.groups else None
        self._means: FeatureMeans | None = None
        self._history = Columns(ROWS)
        self._epochs = 0
        self._best: dict[str, float] = {}
        self._columns = [Columns(max(8, min(ROWS, VALUES // (24 * len(layers))))) for _ in layers]

        trainable = {
            id(parameter): name for name, parameter in unwrap(model).named_parameters() if parameter.requires_grad
        }
        self._without_gradient = trainable
        self._owners: dict[int, list[Layer]] = {}
        for layer in layers:
            for _, parameter in layer.own_parameters():
                self._owners.setdefault(id(parameter), []).append(layer)
        self._model_facts: dict[str, str | int] = {
            "class": type(unwrap(model)).__name__,
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "trainable": sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad),
        }
        first = next(model.parameters(), None)
        self._device = first.device if first is not None else torch.device("cpu")
        self._source = provenance.source(settings.directory)
        world = self._ranks.size if self._ranks is not None else 1
        self._environment = provenance.environment(self._device, first.dtype if first is not None else None, world)
        self._started = datetime.now(UTC)
        self._path = _free(settings.directory / file_name(self._started, settings.name))
        self._renewed, self._renewal = time.perf_counter(), 0.0
        self._begun = time.perf_counter()
        self._write(self._build("partial"))
        self._clock = Clock(self, optimizers, model.parameters(), self._before_step, self._after_step)
        self._open()
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
            self._result = self._bare()
            with contextlib.suppress(OSError):
                self._write(self._result)
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
        return self._path

    # -- the border: everything below is entered through these

    @contained
    def _epoch(self, values: Mapping[str, SupportsFloat]) -> None:
        numbers = {name: _scalar(value) for name, value in values.items() if value is not None}
        reading = EpochReading(self._epochs, self._steps, numbers)
        self._history.append({"step": self._steps, "epoch": self._epochs, **numbers})
        self._epochs += 1
        for name, value in numbers.items():
            if "loss" in name:
                self._best[name] = min(value, self._best.get(name, value))
        self._tell("epoch", reading)
        self._renew()

    @contained
    def _metric(self, name: str, value: SupportsFloat) -> None:
        self._metrics[str(name)] = _scalar(value)

    @contained
    def _finish(self, status: Status) -> None:
        self._stop()
        self._read_pending(wait=True)
        result = self._build("partial" if self._broken and status == "complete" else status)
        self._write(result)
        self._result = result

    @contained
    def _before_step(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not self._recorded():
            self._clock.before(optimizer, args, kwargs)

    @contained
    def _after_step(self, optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not self._recorded():
            self._clock.after(optimizer, args, kwargs)

    @contained
    def on_output(self, layer: Layer, module: nn.Module, args: object, kwargs: object, output: object) -> None:
        """See `hooks.Listener`."""
        capture, model = self._capture, self._model()
        if layer.index not in self._called:
            self._called.add(layer.index)
        if capture is None or capture.closed or model is None or not model.training or not torch.is_grad_enabled():
            return
        if self._recorded():
            return
        if layer.order is None:
            layer.order = sum(1 for other in self._layers if other.order is not None)
        backward = torch._C._current_graph_task_id() != -1
        for tensor, given in capture.output(layer, module, (args, kwargs), output, backward):
            tensor.register_hook(GradientHook(self, capture, layer, given))  # type: ignore[no-untyped-call]
        if layer.order == 0 and not backward:
            capture.samples += next((len(tensor) for tensor in _batches(args, kwargs)), 0)

    @contained
    def on_compiled(self, layer: Layer, tensor: torch.Tensor) -> None:
        """See `hooks.Listener`."""
        self._called.add(layer.index)
        self._compiled = True
        capture, model = self._capture, self._model()
        if capture is not None and model is not None and model.training and not self._recorded():
            if layer.order is None:
                layer.order = sum(1 for other in self._layers if other.order is not None)
            if not compiled.GRADIENTS:
                capture.notes[COMPILED] = None
            capture.output(layer, cast("nn.Module", layer.module()), (), tensor, backward=False)

    @contained
    def on_compiled_gradient(self, layer: Layer, gradient: torch.Tensor, inputs: torch.Tensor | None) -> None:
        """See `hooks.Listener`."""
        capture, model = self._capture, self._model()
        if capture is not None and model is not None and model.training and not self._recorded():
            capture.gradient(layer, gradient, capture.inputs(layer, inputs))

    @contained
    def on_gradient(self, capture: Capture, layer: Layer, gradient: torch.Tensor, given: Any) -> None:
        """See `hooks.Listener`."""
        if not capture.closed and not self._recorded():
            capture.gradient(layer, gradient, given)

    def _recorded(self) -> bool:
        """Whether a CUDA graph is being recorded: nothing runs now, and no hook when the graph is replayed."""
        recorded = torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing()  # type: ignore[no-untyped-call]
        if recorded:
            self._notes[RECORDED] = None
        return recorded

    def failed(self, trace: str) -> None:
        """Something inside raised: keep the trace, stop watching."""
        self._broken = True
        if len(self._errors) < ERRORS:
            self._errors.append(trace)
        self._capture = None
        with contextlib.suppress(Exception):
            self._stop()

    # -- steps

    def before_update(self, optimizer: Optimizer, gradients: bool) -> None:
        """See `clock.Listener`."""
        capture = self._capture
        if capture is not None:
            parameters = self._parameters(optimizer)
            if gradients:
                capture.gradients(parameters, scaling_of(optimizer))
            capture.weights(id(optimizer), parameters)

    def after_update(self, optimizer: Optimizer, gradients: bool) -> None:
        """See `clock.Listener`."""
        capture = self._capture
        if capture is not None:
            parameters = self._parameters(optimizer)
            if gradients:
                capture.gradients(parameters)
            capture.updates(id(optimizer), parameters)

    def end_step(self) -> None:
        """See `clock.Listener`."""
        capture, self._capture = self._capture, None
        if capture is not None:
            if not self._compiled:
                self._remove_hooks()
            capture.close()
            self._pending.append(capture)
        if self._pending:
            self._read_pending(wait=False)
        self._steps += 1
        if self._steps % self._settings.every == 0:
            self._open()

    def _parameters(self, optimizer: Optimizer) -> list[tuple[nn.Parameter, list[Layer]]]:
        owners = self._owners
        return [(p, owners[id(p)]) for group in optimizer.param_groups for p in group["params"] if id(p) in owners]

    def _open(self) -> None:
        features = self._features if "attribution" in self._settings.groups else None
        self._capture = Capture(self._steps, self._layers, self._dead, features, self._settings.groups)
        if not self._handles and self._hooked:
            for layer in self._layers:
                module = layer.module()
                if module is not None:
                    hook = ForwardHook(self, layer, features=layer.index == self._first)
                    self._handles.append(module.register_forward_hook(hook, with_kwargs=True))

    def _remove_hooks(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _stop(self) -> None:
        self._remove_hooks()
        self._clock.stop()
        self._capture = None
        atexit.unregister(self._at_exit)

    # -- what was captured

    def _read_pending(self, wait: bool) -> None:
        while self._pending and (wait or self._pending[0].ready()):
            capture = self._pending.popleft()
            self._join(capture, capture.numbers())
        if wait:
            deadline = time.monotonic() + PATIENCE
            while self._waiting:
                self._read_waiting(deadline)
        else:
            self._renew()

    def _join(self, capture: Capture, numbers: Numbers) -> None:
        """Bring together what the processes of a training measured: the first one reads, the others tell it."""
        if self._ranks is None:
            self._read(capture, numbers)
        elif self._ranks.rank:
            self._ranks.send(capture.step, capture.samples, numbers)
            self._read(capture, numbers)
        else:
            self._waiting.append((capture, numbers))
            while self._waiting and (len(self._waiting) > WAITING or self._ranks.arrived(self._waiting[0][0].step)):
                self._read_waiting(deadline=0.0)

    def _read_waiting(self, deadline: float) -> None:
        capture, numbers = self._waiting.popleft()
        if self._ranks is not None and self._ranks.await_until(capture.step, deadline):
            capture.samples += self._ranks.add_others(capture.step, numbers)
        else:
            self._notes["some captures are those of the first process alone: the others' did not come"] = None
        self._read(capture, numbers)

    def _read(self, capture: Capture, numbers: Numbers) -> None:
        self._captures += 1
        self._samples += capture.samples
        self._notes.update(capture.notes)
        for key in capture.with_gradient:
            self._without_gradient.pop(key, None)
        readings = []
        for layer in self._layers:
            values = numbers.columns(layer)
            values["dead_units"] = self._dead_units(layer, numbers.active(layer))
            if any(value is not None for value in values.values()):
                self._columns[layer.index].append({"step": capture.step, **values})
                order = layer.order if layer.order is not None else len(self._layers)
                values["units"] = layer.units
                readings.append(LayerReading(layer.name, layer.type, order, layer.activation, layer.parameters, values))
        readings.sort(key=lambda reading: reading.order)
        if self._captures == 1:
            self._dead = self._where_units_die(capture)
        reading = Reading(capture.step, readings)
        first = self._features.layer
        if first is not None and numbers.features is not None:
            self._means = FeatureMeans(numbers.features, self._settings.feature_names, kind_of(first))
            reading.features, reading.feature_layer = self._means, first.name
        self._tell("capture", reading)

    def _dead_units(self, layer: Layer, active: torch.Tensor | None) -> float | None:
        """The share of units that were active nowhere in the last `WINDOW` captures; None before there are as
        many.
        """
        if active is None:
            return None
        silent = self._silent.get(layer.index)
        if silent is None or silent.shape != active.shape:
            silent = torch.zeros_like(active)
        self._silent[layer.index] = silent = (silent + 1) * (active == 0)
        seen = len(self._columns[layer.index]) - 1  # the first capture does not follow units yet
        return (silent >= WINDOW).float().mean().item() if seen + 1 >= WINDOW else None

    def _where_units_die(self, capture: Capture) -> list[Part | None]:
        """Behind a rectifier that serves one layer; else, for layers with parameters, by a gradient that is
        exactly zero.
        """
        places: list[Part | None] = [None] * len(self._layers)
        covered: set[int] = set()
        for index, before in capture.behind.items():
            if len(before) == 1:
                covered |= before
                if self._layers[index].rectifier:
                    places[index] = Part.OUTPUT
        last = max(
            (layer.order for layer in self._layers if layer.order is not None and layer.parameters),
            default=None,
        )
        for layer in self._layers:
            if (
                layer.parameters
                and not layer.activation
                and layer.index not in covered
                and layer.order not in (None, last)
            ):
                places[layer.index] = Part.OUTPUT_GRADIENT
        return places

    def _tell(self, event: str, reading: Reading | EpochReading) -> None:
        for rule in list(self._rules):
            try:
                getattr(rule, event)(reading)
            except Exception as error:
                self._rules.remove(rule)
                self._errors.append(f"rule {rule.name}: {type(error).__name__}: {error}")

    # -- the result

    def _write(self, result: Result) -> None:
        if self._ranks is None or self._ranks.rank == 0:
            write_atomically(self._path, result.to_json())

    def _renew(self) -> None:
        """Write what is known so far, seldom enough to cost nothing: a run that is killed loses this much at
        worst.
        """
        now = time.perf_counter()
        if now - self._renewed > max(RENEW_SECONDS, RENEW_SHARE * self._renewal):
            self._write(self._build("partial"))
            self._renewed = time.perf_counter()
            self._renewal = self._renewed - now

    def _build(self, status: Status) -> Result:
        wall = time.perf_counter() - self._begun
        layers = {
            layer.name: LayerResult(layer.type, layer.units, layer.parameters, columns)
            for layer in sorted(self._layers, key=lambda layer: (layer.order is None, layer.order or 0, layer.index))
            if (columns := self._columns[layer.index].export())
        }
        seen = self._captures > 0
        if seen and self._hooked and not self._called:
            self._notes[LATE] = None
        rate = self._steps / wall if self._steps and wall > 0 else None
        samples = rate * self._samples / self._captures if rate and self._samples else None
        memory = torch.cuda.max_memory_allocated(self._device) if self._device.type == "cuda" else None
        diagnosis, attribution = self._diagnosis(), self._attribution()  # first: they may add to errors and notes
        return replace(
            self._bare(),
            status=status,
            history=self._history.export(),
            layers=layers,
            never_called=[layer.name for layer in self._layers if layer.called and layer.index not in self._called]
            if seen and self._hooked
            else [],
            without_gradient=list(self._without_gradient.values()) if seen else [],
            attribution=attribution,
            metrics=self._all_metrics(),
            diagnosis=diagnosis,
            overhead=Overhead(
                share=number(min(1.0, self.seconds / wall) if wall > 0 else 0.0) or 0.0,
                steps_per_second=number(rate),
                samples_per_second=number(samples),
                peak_memory_bytes=memory,
                captures=self._captures,
            ),
            notes=list(self._notes),
        )

    def _bare(self) -> Result:
        """A result without a measured number: what is left when building one fails."""
        return Result(
            schema=SCHEMA,
            name=self._settings.name,
            kind="training",
            status="partial",
            started=timestamp(self._started),
            finished=timestamp(datetime.now(UTC)),
            session=self._settings.session,
            source=self._source,
            environment=self._environment,
            model=self._model_facts,
            every=self._settings.every,
            steps=self._steps,
            history={},
            layers={},
            never_called=[],
            without_gradient=[],
            attribution=None,
            metrics={},
            diagnosis=Diagnosis(),
            overhead=Overhead(0.0, None, None, None, self._captures),
            notes=[],
            errors=list(self._errors),
        )

    def _diagnosis(self) -> Diagnosis:
        try:
            return rules.diagnose(self._rules)
        except Exception as error:
            self._errors.append(f"diagnosis: {type(error).__name__}: {error}")
            return Diagnosis()

    def _attribution(self) -> Attribution | None:
        if self._means is None or self._features.layer is None:
            return None
        found, note = shown(self._means, self._settings.attribution, self._features.layer)
        if note is not None:
            self._notes[note] = None
        return found

    def _all_metrics(self) -> dict[str, Number | None]:
        newest = {name: value for name, value in self._history.newest.items() if name not in ("step", "epoch")}
        best = {f"best_{name}": value for name, value in self._best.items()}
        return {name: number(value) for name, value in {**newest, **best, **self._metrics}.items()}

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


def _scalar(value: SupportsFloat) -> float:
    return float(value.detach() if isinstance(value, torch.Tensor) else value)


def _free(path: Path) -> Path:
    """`path`, or with a number where a run of this name began in the same second."""
    candidate, count = path, 1
    while candidate.exists():
        count += 1
        candidate = path.with_name(f"{path.stem}-{count}.json")
    return candidate


def _batches(*inputs: object) -> Iterable[torch.Tensor]:
    from diagnostics.layers import tensors

    return (tensor for tensor in tensors(inputs) if tensor.ndim)
