"""`python -m benchmarks.observer [--seconds N] [--device cpu|cuda]`: a watched training step over a bare one.

One process; bare and watched steps of twin models by turns, a block each; the median of the blocks' ratios. Beside
the observer, the naive way: forward hooks that take mean, deviation and share of zeros by `.item()`."""

from __future__ import annotations

import argparse
import contextlib
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

import torch
from torch import nn

import diagnostics
from benchmarks.models import CASES, Case
from benchmarks.record import record

EVERY = (1, 10, 100)


class Trainer:
    """One model in training, a step at a time."""

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
        """Seconds of so many steps."""
        started = time.perf_counter()
        for _ in range(steps):
            self.step()
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return time.perf_counter() - started


Watch = Callable[[Trainer, int], None]


def naive(trainer: Trainer, every: int) -> None:
    """What people write first."""

    def hook(_module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        if trainer.steps % every == 0:
            output.mean().item(), output.std().item(), (output == 0).float().mean().item()

    for module in trainer.model.modules():
        if not list(module.children()):
            module.register_forward_hook(hook)


def ratio(case: Case, device: torch.device, every: int, seconds: float, watch: Watch) -> float | None:
    """Watched over bare: the median over pairs of blocks, which swap their order from pair to pair.

    A block holds at least one capture; None where five pairs of them would take five times as long as asked for."""
    bare, watched = Trainer(case, device), Trainer(case, device)
    bare.block(2)
    step = bare.block(3) / 3
    if 10 * step * every > 5 * seconds:
        return None
    watch(watched, every)
    steps = every * max(1, round(0.02 / step / every))
    watched.block(every)
    ratios: list[float] = []
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends or len(ratios) < 5:
        if len(ratios) % 2:
            alone = bare.block(steps)
            ratios.append(watched.block(steps) / alone)
        else:
            with_it = watched.block(steps)
            ratios.append(with_it / bare.block(steps))
    return statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description="A watched training step over a bare one.")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each cell, at least")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--every", type=int, nargs="*", default=EVERY)
    parser.add_argument("--record", action="store_true", help="write the figures as a result")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print("not measured: no GPU")
        return
    device, started = torch.device(arguments.device), datetime.now(UTC)
    torch.set_num_threads(1)
    where = torch.cuda.get_device_name() if device.type == "cuda" else f"{platform.machine()}, 1 thread"
    print(f"torch {torch.__version__}, {where}; watched over bare, observer and (naive hooks)\n")
    print("| model | step |" + "".join(f" every {every} |" for every in arguments.every))
    print("|---|---|" + "---|" * len(arguments.every))
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:

        def observe(trainer: Trainer, every: int) -> None:
            observer = diagnostics.attach(
                trainer.model, name="run", optimizer=trainer.optimizer, every=every, directory=folder
            )
            trainer.observer = observer  # type: ignore[attr-defined]

        for name, case in CASES[device.type].items():
            trainer = Trainer(case, device)
            trainer.block(2)
            row = f"| {name} | {trainer.block(5) / 5 * 1e3:.2f} ms |"
            for every in arguments.every:
                ours = ratio(case, device, every, arguments.seconds, observe)
                theirs = ratio(case, device, every, arguments.seconds, naive)
                if ours is None or theirs is None:
                    row += " – |"
                else:
                    row += f" {ours:.3f} ({theirs:.3f}) |"
                    figures[f"{name} every {every}"] = ours
            print(row, flush=True)
    if arguments.record:
        record("benchmark-observer", started, figures)


if __name__ == "__main__":
    main()
