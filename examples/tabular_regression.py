"""Why a good network can lose to trees and to least squares: 62 features whose scales span five orders of magnitude.

    tracker diagnose --compare examples/compare.yml
    python examples/tabular_regression.py [--directory DIR] [--device auto|cpu|cuda] [--epochs N]

Trains the same 128-64-32 ReLU network twice on the same data with the diagnostics attached, once on the raw features
and once on normalised ones, and compares both with gradient-boosted trees and with least squares."""

import argparse
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import torch
from torch import nn

import diagnostics
from diagnostics.models.text import comparison_text

FEATURES, TRAIN, VALIDATION, BATCH = 62, 8192, 2048, 256
KINDS = ("price", "count", "ratio", "age", "distance", "rate", "volume", "score")
NAMES = [f"{KINDS[index % len(KINDS)]}_{index:02d}" for index in range(FEATURES)]


@dataclass
class Data:
    """Rows of features and their targets: x [rows, 62], y [rows, 1]."""

    x: torch.Tensor
    y: torch.Tensor
    x_val: torch.Tensor
    y_val: torch.Tensor
    feature_names: tuple[str, ...] = tuple(NAMES)


def make_data(seed: int) -> Data:
    """Return data whose features have scales from 0.1 to 10,000 in random order, independent of their relevance.

    The target is linear in twenty features, plus a few thresholds and products and a little noise.
    """
    random = torch.Generator().manual_seed(seed)
    z = torch.randn(TRAIN + VALIDATION, FEATURES, generator=random)
    scales = torch.logspace(-1, 4, FEATURES)[torch.randperm(FEATURES, generator=random)]
    useful = torch.randperm(FEATURES, generator=random)[:20]
    signal = z[:, useful] @ torch.randn(20, generator=random)
    signal += 2.0 * torch.relu(z[:, useful[0]]) * z[:, useful[1]] + 2.0 * torch.relu(z[:, useful[2]] + z[:, useful[3]])
    y = signal + 0.3 * torch.randn(len(z), generator=random)
    y = ((y - y.mean()) / y.std()).unsqueeze(1)
    x = scales * (z + 1.0)
    return Data(x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:])


def make_split() -> Data:
    """Return the data of the comparison."""
    return make_data(seed=0)


class Network(nn.Module):
    """A 128-64-32 ReLU network; with `mean` and `deviation` [features] it normalises its inputs first."""

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, mean: torch.Tensor, deviation: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        self.layers = nn.Sequential(
            nn.Linear(FEATURES, 128),
            nn.ReLU(),
            nn.Linear(128, 64),
            nn.ReLU(),
            nn.Linear(64, 32),
            nn.ReLU(),
            nn.Linear(32, 1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return predictions [rows, 1]."""
        predictions: torch.Tensor = self.layers((x - self.mean) / self.deviation)
        return predictions


def r_squared(prediction: torch.Tensor, target: torch.Tensor) -> float:
    """Return the share of the target's variance that the prediction explains: 1 is perfect, 0 equals the mean."""
    return 1.0 - ((target - prediction).square().sum() / (target - target.mean()).square().sum()).item()


def train_raw(data: Data, attach: Callable[..., diagnostics.Observer], **options: Any) -> Network:
    """Train the network on the features as they are."""
    return train(data, attach, torch.zeros(FEATURES), torch.ones(FEATURES), **options)


def train_normalised(data: Data, attach: Callable[..., diagnostics.Observer], **options: Any) -> Network:
    """Train the same network on features with mean 0 and standard deviation 1 on the training rows."""
    return train(data, attach, data.x.mean(0), data.x.std(0), **options)


def train(
    data: Data, attach: Callable[..., diagnostics.Observer], mean: torch.Tensor, deviation: torch.Tensor, *,
    epochs: int = 20, device: str = "cpu", seed: int = 0,
) -> Network:  # fmt: skip
    """Train the network under the diagnostics, and return it."""
    torch.set_num_threads(1)  # a network this small is slower on several cores
    torch.manual_seed(seed)
    model = Network(mean, deviation).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    x, y, x_val, y_val = (part.to(device) for part in (data.x, data.y, data.x_val, data.y_val))
    loss_of = nn.MSELoss()
    observer = attach(model, optimizer=optimizer, every=10)
    for _ in range(epochs):
        total = torch.zeros((), device=device)
        for batch in torch.randperm(TRAIN).to(device).split(BATCH):  # type: ignore[no-untyped-call]
            loss = loss_of(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total += loss.detach() * len(batch)
        with torch.no_grad():
            prediction = model(x_val)
        observer.epoch(
            train_loss=total.item() / TRAIN,
            val_loss=loss_of(prediction, y_val).item(),
            lr=optimizer.param_groups[0]["lr"],
        )
    observer.metric("r2", r_squared(prediction, y_val))
    return model


def main() -> None:
    """Compare the network on raw and on normalised features with trees and with least squares."""
    parser = argparse.ArgumentParser(description="A network loses to trees until its inputs are normalised.")
    parser.add_argument("--directory", help="where the results go (default: the results folder of this workspace)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    automatic = "cuda" if torch.cuda.is_available() else "cpu"
    device = automatic if arguments.device == "auto" else arguments.device

    options = {"epochs": arguments.epochs, "device": device, "seed": arguments.seed}
    print(f"{TRAIN:,} rows, {FEATURES} features with scales of 0.1 to 10,000, a 128-64-32 ReLU network on {device}")
    found = diagnostics.compare(
        {
            "raw": partial(train_raw, **options),
            "normalised": partial(train_normalised, **options),
            "trees": diagnostics.LibraryModel("sklearn.ensemble.HistGradientBoostingRegressor", {"max_iter": 200}),
            "least-squares": diagnostics.LibraryModel("sklearn.linear_model.LinearRegression"),
        },
        data=make_data(arguments.seed),
        name="tabular",
        directory=arguments.directory,
    )
    print(comparison_text(asdict(found)))


if __name__ == "__main__":
    main()
