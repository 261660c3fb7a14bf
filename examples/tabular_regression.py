"""Why a good network can lose to least squares: 62 features whose scales span five orders of magnitude.

    python examples/tabular_regression.py [--directory DIR] [--device auto|cpu|cuda] [--epochs N]

Trains the same 128-64-32 ReLU network twice on the same data with the diagnostics attached: once on the raw
features, once on normalised ones. Prints the R² of each, the R² of plain least squares, and the diagnoses."""

import argparse
from dataclasses import dataclass

import torch
from torch import nn

import diagnostics

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


def normalised(data: Data) -> Data:
    """Return the data with every feature scaled to mean 0 and standard deviation 1 on the training rows."""
    mean, deviation = data.x.mean(0), data.x.std(0)
    return Data((data.x - mean) / deviation, data.y, (data.x_val - mean) / deviation, data.y_val)


def r_squared(prediction: torch.Tensor, target: torch.Tensor) -> float:
    """Return the share of the target's variance that the prediction explains: 1 is perfect, 0 equals the mean."""
    return 1.0 - ((target - prediction).square().sum() / (target - target.mean()).square().sum()).item()


def least_squares(data: Data) -> float:
    """Return the validation R² of a linear model with an intercept, solved exactly."""
    rows = torch.cat([data.x, torch.ones(len(data.x), 1)], 1).double()
    weights = torch.linalg.lstsq(rows / rows.norm(dim=0), data.y.double()).solution / rows.norm(dim=0).unsqueeze(1)
    rows_val = torch.cat([data.x_val, torch.ones(len(data.x_val), 1)], 1).double()
    return r_squared(rows_val @ weights, data.y_val.double())


def train(name: str, data: Data, epochs: int, device: torch.device, directory: str | None, seed: int) -> float:
    """Train the network with diagnostics, print the findings, and return R² on the validation rows."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Linear(FEATURES, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, 32),
        nn.ReLU(),
        nn.Linear(32, 1),
    ).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    x, y, x_val, y_val = (part.to(device) for part in (data.x, data.y, data.x_val, data.y_val))
    loss_of = nn.MSELoss()

    observer = diagnostics.attach(
        model, name=name, optimizer=optimizer, every=10, feature_names=NAMES, directory=directory
    )
    with observer:
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
        score = r_squared(prediction, y_val)
        observer.metric("r2", score)
    result = observer.detach()
    print(f"\n{name}: R² {score:.3f}, diagnosis {result.diagnosis.severity}, result in {observer.path}")
    for finding in result.diagnosis.findings[:3]:
        print(f"  {finding.severity}: {finding.rule}{f' at layer {finding.layer}' if finding.layer else ''}")
        print(f"    {finding.message}\n    Fix: {finding.fix}")
    return score


def main() -> None:
    """Train on raw and on normalised features, and compare both with least squares."""
    parser = argparse.ArgumentParser(description="A network loses to least squares until its inputs are normalised.")
    parser.add_argument("--directory", help="where the results go (default: the results folder of this workspace)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    automatic = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(automatic if arguments.device == "auto" else arguments.device)

    torch.set_num_threads(1)  # a network this small is slower on several cores

    data = make_data(arguments.seed)
    print(f"{TRAIN:,} rows, {FEATURES} features with scales of 0.1 to 10,000, a 128-64-32 ReLU network on {device}")
    raw = train("tabular-raw", data, arguments.epochs, device, arguments.directory, arguments.seed)
    better = train(
        "tabular-normalised", normalised(data), arguments.epochs, device, arguments.directory, arguments.seed
    )
    print(f"\nR² on {VALIDATION:,} validation rows:")
    for label, score in (
        ("network, raw features", raw),
        ("least squares", least_squares(data)),
        ("network, normalised", better),
    ):
        print(f"  {label:24} {score:6.3f}")


if __name__ == "__main__":
    main()
