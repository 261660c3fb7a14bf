"""Cost of watching: the time of a training step with the observer, divided by the time without it.

usage: python -m benchmarks.observer [--device cpu|cuda] [--every 1 10 100] [--case NAME] [--by NAME] [--seconds 20]
                                     [--pairs 3] [--record]

A bare and a watched training run in two processes of their own, since watching replaces functions of the whole
process.
They alternate, some steps each, in changing order; the figure of a pair is the median of the ratios of such turns. Then
the next pair of processes starts: the place of a model in memory is worth up to half a percent. The figure is the
geometric mean over the pairs. On the CPU, one thread and CPU seconds of the process, which other work on the machine
disturbs least; on a GPU, wall-clock time. Cells whose steps are too long to repeat are computed from the cost of one
capture, and marked. For the observer, the cost that its result states (`overhead.share`) is printed beside the cost
that was measured.

Also measured: the cost of each group of numbers in a capture, and the cost of tools that measure less: forward hooks
that compute mean, standard deviation and share of zeros with `.item()`, and `wandb.watch` of gradients and parameters,
if it is installed (offline).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import multiprocessing
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import torch
from torch import nn

import diagnostics
from benchmarks.models import CASES, Case
from benchmarks.record import record
from diagnostics.capture import Groups
from diagnostics.observer import TOGETHER

EVERY = (1, 10, 100)
SMALL = 0.01  # seconds of a step, below which the steps before a measurement are many
TURN = 0.25  # seconds of a turn, at least


class Trainer:
    """A model that is trained step by step."""

    def __init__(self, case: Case, device: torch.device) -> None:
        torch.manual_seed(0)
        self.model = case.model().to(device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-3, momentum=0.9)
        self.inputs, self.targets = case.inputs().to(device), case.targets().to(device)
        self.loss, self.device, self.steps = case.loss, device, 0
        self.autocast = torch.autocast(device.type, case.autocast) if case.autocast else contextlib.nullcontext()

    def step(self) -> None:
        self.optimizer.zero_grad()
        with self.autocast:
            loss = self.loss(self.model(self.inputs), self.targets)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.steps += 1

    def block(self, steps: int) -> float:
        """Train for `steps` steps and return the seconds."""
        clock = time.process_time if self.device.type == "cpu" else time.perf_counter
        started = clock()
        for _ in range(steps):
            self.step()
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return clock() - started


# Starts watching every N steps; returns a function that stops it and returns the share of time that this cost, or None.
Watch = Callable[[Trainer, int], Callable[[], float | None]]


def observer(groups: Sequence[str] = Groups.ALL) -> Watch:
    """Return a function that attaches the observer of this project."""

    def watch(trainer: Trainer, every: int) -> Callable[[], float | None]:
        folder = tempfile.TemporaryDirectory()
        watching = diagnostics.attach(
            trainer.model, name="run", optimizer=trainer.optimizer, every=every, directory=folder.name, groups=groups,
            quiet=True,
        )  # fmt: skip

        def stop() -> float:
            result = watching.detach()
            folder.cleanup()
            if result.errors:
                raise SystemExit(result.errors[0])
            return float(result.overhead.share)

        return stop

    return watch


def naive(trainer: Trainer, every: int) -> Callable[[], None]:
    """Attach simple forward hooks that read three numbers of each output."""

    def hook(_module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        if trainer.steps % every == 0:
            output.mean().item(), output.std().item(), (output == 0).float().mean().item()

    leaves = [module for module in trainer.model.modules() if not list(module.children())]
    handles = [module.register_forward_hook(hook) for module in leaves]

    def stop() -> None:
        for handle in handles:
            handle.remove()

    return stop


def wandb(trainer: Trainer, every: int) -> Callable[[], None]:
    """Log histograms of all gradients and parameters, in an offline run that is deleted."""
    import wandb as package

    folder = tempfile.TemporaryDirectory()
    run = package.init(mode="offline", dir=folder.name, settings=package.Settings(silent=True, console="off"))
    run.watch(trainer.model, log="all", log_freq=every)
    handle = trainer.optimizer.register_step_post_hook(lambda *_: run.log({"step": trainer.steps}))

    def stop() -> None:
        handle.remove()
        run.unwatch(trainer.model)
        run.finish()
        folder.cleanup()

    return stop


PEERS: dict[str, Watch] = {"naive": naive, "wandb.watch": wandb}
OURS: dict[str, Watch] = {
    "observer": observer(),
    **{f"only {group}": observer((group,)) for group in Groups.ALL},
    "hooks and files alone": observer(()),
}


def train(pipe: Connection, case: str, device: str, watcher: str | None, every: int, warm_up: int) -> None:
    """Train in this process: for each number of steps that arrives, send the seconds they took; 0 ends it."""
    torch.set_num_threads(1)
    trainer = Trainer(CASES[device][case], torch.device(device))
    trainer.block(3)
    stop = {**OURS, **PEERS}[watcher](trainer, every) if watcher is not None else None
    trainer.block(warm_up)
    pipe.send(None)
    while steps := pipe.recv():
        pipe.send(trainer.block(steps))
    with contextlib.redirect_stderr(io.StringIO()):
        pipe.send(stop() if stop is not None else None)


@dataclass(frozen=True)
class Cost:
    """`ratio`: watched over bare; `share`: what the watcher states as its share of the time."""

    ratio: float
    share: float | None = None


class Child:
    """A training in a process of its own."""

    def __init__(self, *arguments: object) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=train, args=(theirs, *arguments))
        self._process.start()
        theirs.close()
        self._pipe.recv()

    def block(self, steps: int) -> float:
        """Train for so many steps and return the seconds."""
        self._pipe.send(steps)
        return float(self._pipe.recv())

    def stop(self) -> float | None:
        """End the process; return the cost of watching as the watcher states it."""
        self._pipe.send(0)
        share: float | None = self._pipe.recv()
        self._process.join()
        return share


def cost(case: str, device: str, every: int, step: float, seconds: float, pairs: int, watcher: str) -> Cost | None:
    """Measure in `pairs` of processes; `step`: seconds of a bare step. None where that takes five times as long as
    requested."""
    if 12 * step * every > 5 * seconds:
        return None
    pairs = pairs if step < SMALL else 1
    found = [_pair(case, device, every, step, seconds / pairs, watcher) for _ in range(pairs)]
    shares = [each.share for each in found if each.share is not None]
    return Cost(statistics.geometric_mean(each.ratio for each in found), statistics.fmean(shares) if shares else None)


def _pair(case: str, device: str, every: int, step: float, seconds: float, watcher: str) -> Cost:
    """Return the median over turns. A turn contains as many captures as the observer reads together, if that takes less
    than two seconds, so that it contains its share of the reading."""
    warm_up = max(25 * every, 300) if step < SMALL else every  # until dead units are tracked
    bare, watched = (Child(case, device, kind, every, warm_up) for kind in (None, watcher))
    steps = TOGETHER * every if TOGETHER * every * step < 2 else every * max(1, round(TURN / step / every))
    while steps * step < TURN:
        steps *= 2
    ratios: list[float] = []
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends or len(ratios) < 3:
        first, second = (bare, watched) if len(ratios) % 2 else (watched, bare)
        taken = {first: first.block(steps)}
        taken[second] = second.block(steps)
        ratios.append(taken[watched] / taken[bare])
    bare.stop()
    return Cost(statistics.median(ratios), watched.stop())


def missing(name: str) -> str | None:
    """Return why a peer cannot be measured here; None if it can."""
    package = name.partition(".")[0]
    if name == "naive" or importlib.util.find_spec(package) is not None:
        return None
    return f"{name}: {package} is not installed"


def cells(
    case: str, device: str, every: Sequence[int], step: float, options: tuple[float, int], watcher: str
) -> Iterator[str]:
    """Yield the ratio at each interval, with `≈` before a ratio that is computed from the others."""
    first: float | None = None
    for each in every:
        found = cost(case, device, each, step, *options, watcher)
        if found is None:
            yield "–" if first is None else f"≈ {1 + first / each:.4f}"
            continue
        first = (found.ratio - 1) * each
        stated = "" if found.share is None else f" ({1 - 1 / found.ratio:.3f}, stated {found.share:.3f})"
        yield f"{found.ratio:.3f}{stated}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="minimum seconds per cell")
    parser.add_argument("--pairs", type=int, default=3, help="pairs of processes per cell, of a small model")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--every", type=int, nargs="*", default=EVERY)
    parser.add_argument("--case", nargs="*", help="the models to measure (default: all)")
    parser.add_argument("--by", nargs="*", metavar="NAME", help="measure these watchers only, for example observer")
    parser.add_argument("--record", action="store_true", help="write the figures as a result")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print("not measured: no GPU")
        return
    cases = CASES[arguments.device]
    if unknown := set(arguments.case or ()) - set(cases):
        parser.error(f"unknown model {unknown.pop()!r}; choose from: {', '.join(cases)}")
    device, started = torch.device(arguments.device), datetime.now(UTC)
    torch.set_num_threads(1)
    where = torch.cuda.get_device_name() if device.type == "cuda" else f"{platform.machine()}, {os.cpu_count()} cores"
    print(f"torch {torch.__version__}, {where}; watched over bare (share of the time: measured, stated)\n")
    for reason in filter(None, map(missing, PEERS)):
        print(f"skipped: {reason}")
    peers = [name for name in PEERS if missing(name) is None]
    watchers = ["observer", *peers, *(name for name in OURS if name != "observer")]
    if unknown := set(arguments.by or ()) - set(watchers):
        parser.error(f"no watcher is called {unknown.pop()!r}; there are: {', '.join(watchers)}")
    watchers = [name for name in watchers if name in (arguments.by or watchers)]
    figures: dict[str, float] = {}
    print("| model, step | watched by |" + "".join(f" every {every} |" for every in arguments.every))
    print("|---|---|" + "---|" * len(arguments.every))
    for name in arguments.case or cases:
        trainer = Trainer(cases[name], device)
        trainer.block(3)
        step = min(trainer.block(5) for _ in range(3)) / 5
        figures[f"{name} step_ms"] = step * 1e3
        del trainer
        for kind in watchers:
            intervals = arguments.every if kind in ("observer", *peers) else arguments.every[:1]
            row = list(cells(name, device.type, intervals, step, (arguments.seconds, arguments.pairs), kind))
            blank = [""] * (len(arguments.every) - len(row))
            print(f"| {name}, {step * 1e3:.2f} ms | {kind} | {' | '.join([*row, *blank])} |", flush=True)
            for every, cell in zip(intervals, row, strict=True):
                if cell != "–":
                    figures[f"{name} {kind} every {every}"] = float(cell.removeprefix("≈ ").partition(" ")[0])
    if arguments.record:
        print(record("benchmark-observer", started, figures))


if __name__ == "__main__":
    main()
