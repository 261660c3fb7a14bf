"""Attribution while training: the input's gradient without asking for it, for every kind of first layer."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics.attribution import DECAY, ROWS, SHOWN, feature_sums, features_of
from diagnostics.readings import FeatureMeans
from diagnostics.result import Result
from diagnostics.statistics import Sampler

CONVOLUTIONS: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
    "plain": (nn.Conv2d(3, 4, 3), (5, 3, 9, 8)),
    "stride, padding": (nn.Conv2d(3, 4, 3, stride=2, padding=(1, 2)), (5, 3, 9, 8)),
    "same, even kernel": (nn.Conv2d(3, 4, (2, 4), padding="same", dilation=(1, 3)), (5, 3, 9, 12)),
    "valid, groups": (nn.Conv2d(4, 4, 3, padding="valid", groups=2), (5, 4, 9, 8)),
    "one dimension": (nn.Conv1d(3, 4, 3, padding=1), (5, 3, 9)),
    "three dimensions": (nn.Conv3d(2, 4, 2), (3, 2, 4, 5, 4)),
    "without a batch": (nn.Conv1d(3, 4, 3), (3, 9)),
}


def means_of(module: nn.Module, inputs: torch.Tensor) -> tuple[FeatureMeans, torch.Tensor]:
    """What is measured of `module` under a loss, and what autograd says: d loss / d inputs."""
    asked = inputs.clone().requires_grad_(inputs.is_floating_point())
    output = module(asked)
    loss = (output.float() ** 2).sum()
    gradient = torch.autograd.grad(loss, [output, asked] if inputs.is_floating_point() else [output])
    sums, _ = feature_sums(module, inputs, gradient[0], Sampler())
    return FeatureMeans(sums), gradient[-1]


@pytest.mark.parametrize("shape", [(7, 5), (4, 6, 5), (5,)])
def test_linear(shape: tuple[int, ...]) -> None:
    x = torch.randn(shape)
    x[..., 0] = 0.0
    means, wanted = means_of(nn.Linear(5, 3), x)
    wanted, x = wanted.reshape(-1, 5), x.reshape(-1, 5)
    assert means.gradient == pytest.approx(wanted.abs().mean(0).tolist(), rel=1e-4)
    assert means.contribution == pytest.approx((wanted * x).abs().mean(0).tolist(), rel=1e-4)
    assert means.scale == pytest.approx(x.abs().mean(0).tolist(), rel=1e-4)


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_convolution(kind: str) -> None:
    """A feature is a channel."""
    module, shape = CONVOLUTIONS[kind]
    x = torch.randn(shape)
    means, wanted = means_of(module, x)
    channel = len(shape) - len(module.weight.shape) + 1  # type: ignore[arg-type]
    others = [dim for dim in range(x.ndim) if dim != channel]
    assert len(means.gradient) == features_of(module)
    assert means.gradient == pytest.approx(wanted.abs().mean(others).tolist(), rel=1e-4)
    assert means.contribution == pytest.approx((wanted * x).abs().mean(others).tolist(), rel=1e-4)


@pytest.mark.parametrize("mode", ["circular", "reflect"])
def test_a_convolution_with_other_padding(mode: Any) -> None:
    """What the padding repeats is not added to where it came from: right inside, close at the edge."""
    module = nn.Conv1d(2, 3, 3, padding=1, padding_mode=mode)
    means, wanted = means_of(module, torch.randn(6, 2, 200))
    assert means.gradient == pytest.approx(wanted.abs().mean((0, 2)).tolist(), rel=0.02)


@pytest.mark.parametrize("module", [nn.Linear(3, 4), nn.Conv1d(3, 4, 3)])
def test_under_autocast(module: nn.Module) -> None:
    """Outputs and their gradients are in another precision than weights and inputs."""
    x = torch.randn(8, 3, 3)
    with torch.autocast("cpu", torch.bfloat16):
        means, wanted = means_of(module, x)
    dims = (0, 2) if isinstance(module, nn.Conv1d) else (0, 1)
    assert means.gradient == pytest.approx(wanted.abs().mean(dims).tolist(), rel=0.05)


def test_an_embedding_is_a_linear_layer_of_ones(tmp_path: Path) -> None:
    """The same numbers as a linear layer that is given 1 for the token and 0 for the others."""
    tokens = torch.randint(6, (8, 5))
    tokens[tokens == 2] = 3  # one that never comes
    embedding = nn.Embedding(6, 4, padding_idx=5)
    nn.init.normal_(embedding.weight)
    linear = nn.Linear(6, 4, bias=False)
    linear.weight.data = embedding.weight.data.T.clone()
    ours, _ = means_of(embedding, tokens)
    theirs, gradient = means_of(linear, nn.functional.one_hot(tokens, 6).float())
    assert ours.contribution == pytest.approx([*theirs.contribution[:5], 0.0], rel=1e-4)
    assert ours.scale == [1, 1, 0, 1, 1, 0]
    for token in (0, 1, 3, 4):
        wanted = gradient[..., token][tokens == token].abs().mean().item()
        assert ours.gradient[token] == pytest.approx(wanted, rel=1e-4)
        assert ours.contribution_present[token] == pytest.approx(wanted, rel=1e-4)


def test_what_has_no_features() -> None:
    assert features_of(nn.Embedding(10**6, 1, device="meta")) is None
    assert features_of(nn.ConvTranspose2d(3, 4, 3)) is None
    assert features_of(nn.LSTM(3, 4)) is None


def watched(model: nn.Module, batches: list[torch.Tensor], directory: Path, **options: Any) -> Result:
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=directory, **options)
    for batch in batches:
        optimizer.zero_grad()
        model(batch).square().mean().backward()
        optimizer.step()
    result = observer.detach()
    assert result.errors == []
    return result


def test_tokens_in_a_result(tmp_path: Path) -> None:
    """The one token that matters stands out."""
    model = nn.Sequential(nn.Embedding(4, 3), nn.Flatten(), nn.Linear(6, 1))
    weight = next(model.parameters())
    with torch.no_grad():
        weight[1:] = 1e-3
    found = watched(model, [torch.randint(4, (64, 2)) for _ in range(3)], tmp_path).attribution
    assert found is not None
    assert (found.method, found.layer) == ("gradient × input", "0")
    assert found.features == ["token 0", "token 1", "token 2", "token 3"]
    assert found.values[0] == max(found.values, key=lambda value: float(value or 0))
    names = ["the", "a", "of", "to"]
    nn.init.normal_(weight)
    named = watched(model, [torch.randint(4, (64, 2))], tmp_path, feature_names=names).attribution
    assert named is not None
    assert named.features == names


def test_the_method_can_be_chosen(tmp_path: Path) -> None:
    """A feature that is always small has a large gradient and a small contribution."""
    model = nn.Sequential(nn.Linear(2, 1, bias=False))
    nn.init.ones_(next(model.parameters()))
    batches = [torch.randn(64, 2) * torch.tensor([1.0, 1e-3])]
    results = {
        method: watched(model, batches, tmp_path, attribution=method).attribution
        for method in ("gradient", "gradient × input")
    }
    gradient, times = results["gradient"], results["gradient × input"]
    assert gradient is not None
    assert times is not None
    assert (gradient.method, times.method) == ("gradient", "gradient × input")
    assert gradient.values == gradient.gradient
    assert gradient.values[0] == pytest.approx(gradient.values[1], rel=1e-3)
    assert float(times.values[0] or 0) > 100 * float(times.values[1] or 0)
    with pytest.raises(ValueError, match="one of gradient × input, gradient, not 'saliency'"):
        watched(model, [], tmp_path, attribution="saliency")


def test_of_many_features_the_largest_are_kept(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(SHOWN + 100, 1))
    scale = torch.ones(SHOWN + 100)
    scale[7:107] = 1e-6
    result = watched(model, [torch.randn(16, SHOWN + 100) * scale], tmp_path)
    assert result.attribution is not None
    kept = [*range(7), *range(107, SHOWN + 100)]
    assert result.attribution.features == [f"feature {index}" for index in kept]
    assert result.notes == [f"attribution holds the {SHOWN} largest of {SHOWN + 100} features"]


@pytest.mark.parametrize(("rows", "followed"), [(8, [*range(23)]), (512, [*range(8), 9, 19])])
def test_after_enough_rows_every_tenth_capture_is_followed(rows: int, followed: list[int], tmp_path: Path) -> None:
    """The mean over the captures that are followed, as documented: the newest counts most."""
    model = nn.Sequential(nn.Linear(3, 1, bias=False))
    batches = [torch.randn(rows, 3) * (step + 1) for step in range(23)]
    weight = next(model.parameters()).detach().clone()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path)
    for batch in batches:
        model(batch).square().mean().backward()
        optimizer.step()
    found = observer.detach().attribution
    assert found is not None
    assert found.rows == rows * len(followed)
    total, counts = torch.zeros(3), 0.0
    for step in followed:
        x, share = batches[step], DECAY ** (followed[-1] - step)
        gradient = (2 * (x @ weight.T) / len(x)) @ weight
        total, counts = total + share * (gradient * x).abs().sum(0), counts + share * len(x)
    assert found.values == pytest.approx((total / counts).tolist(), rel=1e-4)


def test_an_input_that_was_overwritten_is_passed_over(tmp_path: Path) -> None:
    class Overwrites(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(3, 4)
            self.first.weight.requires_grad_(False)  # else autograd needs the input itself, and refuses
            self.last = nn.Linear(4, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            hidden = self.first(x)
            x.zero_()
            out: torch.Tensor = self.last(hidden)
            return out

    assert watched(Overwrites(), [torch.randn(8, 3)], tmp_path).attribution is None


def test_right_to_five_percent(tmp_path: Path) -> None:
    """A random sample of rows against all rows of the data."""
    data = torch.randn(4096, 64) * (torch.rand(64) * 2 + 0.1)
    model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    observer = diagnostics.attach(model, name="run", optimizer=optimizer, every=1, directory=tmp_path, quiet=True)
    for _ in range(10):
        model(data).square().sum().backward()
        optimizer.step()
    found = observer.detach().attribution
    inputs = data.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(inputs).square().sum(), inputs)
    exact = (gradient * data).abs().mean(0)
    assert found is not None
    assert found.rows == 9 * ROWS
    errors = (torch.tensor(found.values) / exact - 1).abs()
    assert errors.quantile(0.95) < 0.05
