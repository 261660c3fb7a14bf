"""`python -m benchmarks.observer [--seconds N] [--device cpu|cuda]`: a watched training step over a bare one.

One process; bare and watched steps of twin models by turns, a block each; the median of the blocks' ratios. Beside
the observer, the naive way: forward hooks that take mean, deviation and share of zeros by `.item()`."""

from __future__ import annotations

import argparse
import itertools
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import torch
from torch import nn

import diagnostics
from benchmarks.record import record

EVERY = (1, 10, 100)


class Block(nn.Module):
    """A transformer block, attention by `scaled_dot_product_attention`: x is [batch, length, width]."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        added: torch.Tensor = x + self.mlp(self.norm2(x))
        return added


class GPT(nn.Module):
    """Tokens in, logits out: [batch, length] → [batch, length, vocabulary]."""

    def __init__(self, width: int, depth: int, heads: int, vocabulary: int, length: int) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)
        logits: torch.Tensor = self.head(self.norm(self.blocks(self.tokens(tokens) + self.places(places))))
        return logits.flatten(0, 1)


def mlp(*widths: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def cnn() -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in ((3, 32), (32, 64), (64, 64)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 4 * 4, 10))


@dataclass
class Case:
    """A model, its batch, its loss."""

    model: Callable[[], nn.Module]
    inputs: Callable[[], torch.Tensor]
    targets: Callable[[], torch.Tensor]
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


MSE, CE = nn.functional.mse_loss, nn.functional.cross_entropy
CASES = {
    "MLP 62-128-64-32-1": Case(
        lambda: mlp(62, 128, 64, 32, 1), lambda: torch.randn(256, 62), lambda: torch.randn(256, 1), MSE
    ),
    "MLP 1024-4096-4096-1024": Case(
        lambda: mlp(1024, 4096, 4096, 1024), lambda: torch.randn(128, 1024), lambda: torch.randn(128, 1024), MSE
    ),
    "CNN": Case(cnn, lambda: torch.randn(32, 3, 32, 32), lambda: torch.randint(10, (32,)), CE),
    "GPT d=256": Case(
        lambda: GPT(256, 4, 4, 1000, 128),
        lambda: torch.randint(1000, (4, 128)),
        lambda: torch.randint(1000, (4 * 128,)),
        CE,
    ),
}


class Trainer:
    """One model in training, a step at a time."""

    def __init__(self, case: Case, device: torch.device) -> None:
        torch.manual_seed(0)
        self.model = case.model().to(device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-3, momentum=0.9)
        self.inputs, self.targets = case.inputs().to(device), case.targets().to(device)
        self.loss, self.device, self.steps = case.loss, device, 0

    def step(self) -> None:
        self.optimizer.zero_grad()
        self.loss(self.model(self.inputs), self.targets).backward()  # type: ignore[no-untyped-call]
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

        for name, case in CASES.items():
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
