"""Cost of watching: the time of a training step with the observer, divided by the time without it.

usage: python -m benchmarks.observer [--device cpu|cuda] [--every 1 10 100] [--case NAME] [--by NAME] [--seconds 20]
                                     [--record]

A bare and a watched twin alternate in one process, some steps each, in changing order; the figure is the median of the
ratios over blocks of such turns. Then the twins swap roles, because one of two equal twins is faster by up to half a
percent, depending on its place in memory. On the CPU, one thread and process time, which other work on the machine
disturbs least; on a GPU, wall-clock time. Cells whose steps are too long to repeat are computed from the cost of one
capture, and marked.

Also measured: the cost of each group of numbers in a capture, and the cost of tools that measure less: forward hooks
that compute mean, standard deviation and share of zeros with `.item()`, and `wandb.watch` of gradients and parameters,
if it is installed (offline).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import torch
from torch import nn

import diagnostics
from benchmarks.models import CASES, Case
from benchmarks.record import record
from diagnostics.capture import Groups
from diagnostics.observer import TOGETHER

EVERY = (1, 10, 100)
SMALL, ROUNDS = 0.01, 5  # ROUNDS pairs of twins for steps shorter than SMALL seconds: cache effects differ by pair


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


# Starts watching every N steps; returns a function that stops it.
Watch = Callable[[Trainer, int], Callable[[], object]]


def observer(groups: Sequence[str] = Groups.ALL) -> Watch:
    """Return a function that attaches the observer of this project."""

    def watch(trainer: Trainer, every: int) -> Callable[[], object]:
        folder = tempfile.TemporaryDirectory()
        options = {
            "name": "run",
            "optimizer": trainer.optimizer,
            "every": every,
            "directory": folder.name,
            "quiet": True,
        }
        watching = diagnostics.attach(trainer.model, groups=groups, **options)  # type: ignore[arg-type]

        def stop() -> None:
            errors = watching.detach().errors
            folder.cleanup()
            if errors:
                raise SystemExit(errors[0])

        return stop

    return watch


def naive(trainer: Trainer, every: int) -> Callable[[], object]:
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


def wandb(trainer: Trainer, every: int) -> Callable[[], object]:
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


def ratio(case: Case, device: torch.device, every: int, seconds: float, watch: Watch) -> float | None:
    """Return the time of watched steps divided by bare ones: the geometric mean of the medians with each twin watched,
    for small models over several pairs. None if this would take five times as long as requested."""
    found: list[float] = []
    rounds = 1
    while len(found) < 2 * rounds:
        twins = Trainer(case, device), Trainer(case, device)
        for twin in twins:
            twin.block(2)
        step = twins[0].block(3) / 3
        if 12 * step * every > 5 * seconds:
            return None
        rounds = ROUNDS if step < SMALL else 1
        found += [_one_way(*pair, step, every, seconds / rounds / 2, watch) for pair in (twins, twins[::-1])]
    return statistics.geometric_mean(found)


def _one_way(bare: Trainer, watched: Trainer, step: float, every: int, seconds: float, watch: Watch) -> float:
    """Return the median over pairs of blocks, which alternate in turns of about 20 ms; `step`: seconds of a step.

    A turn contains at least one capture, and a block as many as the observer reads together, if that takes less than a
    second, so that the median contains its share of the reading."""
    stop = watch(watched, every)
    steps = every * max(1, round(0.02 / step / every))
    turns = -(-TOGETHER * every // steps) if TOGETHER * every * step < 1 else 1
    watched.block(25 * every if step < SMALL else every)  # until dead units are tracked
    ratios: list[float] = []
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends or len(ratios) < 3:
        alone = with_it = 0.0
        for turn in range(turns):
            if (turn + len(ratios)) % 2:
                alone += bare.block(steps)
                with_it += watched.block(steps)
            else:
                with_it += watched.block(steps)
                alone += bare.block(steps)
        ratios.append(with_it / alone)
    stop()
    return statistics.median(ratios)


def missing(name: str) -> str | None:
    """Return why a peer cannot be measured here; None if it can."""
    package = name.partition(".")[0]
    if name == "naive" or importlib.util.find_spec(package) is not None:
        return None
    return f"{name}: {package} is not installed"


def cells(case: Case, device: torch.device, every: Sequence[int], seconds: float, watch: Watch) -> Iterator[str]:
    """Yield the ratio at each interval, with `≈` before a ratio that is computed from the others."""
    first: float | None = None
    for each in every:
        found = ratio(case, device, each, seconds, watch)
        if found is None and first is not None:
            yield f"≈ {1 + first / each:.4f}"
        else:
            first = (found - 1) * each if found is not None else first
            yield "–" if found is None else f"{found:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="minimum seconds per cell")
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
    print(f"torch {torch.__version__}, {where}; watched over bare\n")
    for reason in filter(None, map(missing, PEERS)):
        print(f"skipped: {reason}")
    peers = {name: watch for name, watch in PEERS.items() if missing(name) is None}
    watches = {"observer": observer(), **peers}
    watches |= {f"only {group}": observer((group,)) for group in Groups.ALL} | {"hooks and files alone": observer(())}
    if unknown := set(arguments.by or ()) - set(watches):
        parser.error(f"no watcher is called {unknown.pop()!r}; there are: {', '.join(watches)}")
    watches = {name: watch for name, watch in watches.items() if name in (arguments.by or watches)}
    figures: dict[str, float] = {}
    print("| model, step | watched by |" + "".join(f" every {every} |" for every in arguments.every))
    print("|---|---|" + "---|" * len(arguments.every))
    for name in arguments.case or cases:
        case = cases[name]
        trainer = Trainer(case, device)
        trainer.block(2)
        step = trainer.block(5) / 5
        figures[f"{name} step_ms"] = step * 1e3
        del trainer
        for kind, watch in watches.items():
            intervals = arguments.every if kind in ("observer", *peers) else arguments.every[:1]
            with contextlib.redirect_stderr(io.StringIO()):
                row = list(cells(case, device, intervals, arguments.seconds, watch))
            blank = [""] * (len(arguments.every) - len(row))
            print(f"| {name}, {step * 1e3:.2f} ms | {kind} | {' | '.join([*row, *blank])} |", flush=True)
            for every, cell in zip(intervals, row, strict=True):
                if cell != "–":
                    figures[f"{name} {kind} every {every}"] = float(cell.removeprefix("≈ "))
    if arguments.record:
        print(record("benchmark-observer", started, figures))


if __name__ == "__main__":
    main()
