"""Small real trainings for the tests."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

import diagnostics
from diagnostics.result import Result


class MLP(nn.Module):
    """With dropout, so that the random state matters."""

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(12, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.net(x)
        return out


class CNN(nn.Module):
    """Residual, with BatchNorm, an in-place ReLU and dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
        self.body = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8))
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        y = self.body(x)
        y += x
        out: torch.Tensor = self.head(self.drop(torch.relu_(y).mean((2, 3))))
        return out


class LSTM(nn.Module):
    """Embedding, two layers of LSTM with dropout between them."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        self.lstm = nn.LSTM(8, 16, num_layers=2, dropout=0.1, batch_first=True)
        self.head = nn.Linear(16, 4)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        states, _ = self.lstm(self.embedding(tokens))
        out: torch.Tensor = self.head(states[:, -1])
        return out


class Transformer(nn.Module):
    """Embedding, one encoder layer with attention and dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20, 16)
        self.position = nn.Parameter(torch.zeros(1, 10, 16))
        self.encoder = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.1, batch_first=True)
        self.head = nn.Linear(16, 4)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        hidden = self.encoder(self.embedding(tokens) + self.position)
        out: torch.Tensor = self.head(hidden.mean(1))
        return out


def _regression() -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(16, 12)
    return x, x[:, :3].sum(1, keepdim=True)


def _images() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(8, 3, 10, 10), torch.randint(4, (8,))


def _tokens() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randint(20, (8, 10)), torch.randint(4, (8,))


@dataclass
class Family:
    """A kind of model, the data it takes, its loss."""

    model: Callable[[], nn.Module]
    data: Callable[[], tuple[torch.Tensor, torch.Tensor]]
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


FAMILIES = {
    "mlp": Family(MLP, _regression, nn.functional.mse_loss),
    "cnn": Family(CNN, _images, nn.functional.cross_entropy),
    "lstm": Family(LSTM, _tokens, nn.functional.cross_entropy),
    "transformer": Family(Transformer, _tokens, nn.functional.cross_entropy),
}


@dataclass
class Run:
    """What a training left behind."""

    weights: dict[str, torch.Tensor]
    losses: list[torch.Tensor]
    random_state: torch.Tensor
    result: Result | None


def train(family: Family, directory: Path | None, steps: int = 50, device: str = "cpu", **options: Any) -> Run:
    """Train from seed 0; watched where there is a `directory`, with `options` for `attach`."""
    torch.manual_seed(0)
    model = family.model().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    observer = None
    if directory is not None:
        options = {"every": 10, "quiet": True, **options}
        observer = diagnostics.attach(model, name="run", optimizer=optimizer, directory=directory, **options)
    losses = []
    for _ in range(steps):
        x, y = (tensor.to(device) for tensor in family.data())
        loss = family.loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.detach())
    result = observer.detach() if observer is not None else None
    random = torch.random.get_rng_state()
    if device != "cpu":
        random = torch.cat([random, torch.cuda.get_rng_state()])
    return Run(model.state_dict(), losses, random, result)
