"""Attribution of single samples by a trained model."""

import doctest

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics import samples


class Product(nn.Module):
    """x0 · x1 + 3 x2: the integral of its gradient is known."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, 0] * x[:, 1] + 3 * x[:, 2]


def test_against_what_is_known() -> None:
    x = torch.tensor([[2.0, 4.0, 1.0], [-1.0, 3.0, 0.5]])
    gradient = diagnostics.attribute(Product(), x, method="gradient")
    assert gradient.values.tolist() == [[4.0, 2.0, 3.0], [3.0, -1.0, 3.0]]
    assert gradient.gap.isnan().all()
    assert not gradient.complete
    times = diagnostics.attribute(Product(), x, method="gradient × input")
    assert times.values.tolist() == [[8.0, 8.0, 3.0], [-3.0, -3.0, 1.5]]
    assert not times.complete  # a product is counted once for each of its factors
    integrated = diagnostics.attribute(Product(), x)
    assert integrated.values.flatten().tolist() == pytest.approx([4.0, 4.0, 3.0, -1.5, -1.5, 1.5], rel=1e-5)
    assert integrated.outputs.tolist() == [11.0, -1.5]
    assert integrated.complete
    moved = diagnostics.attribute(Product(), x, baseline=torch.tensor([2.0, 4.0, 0.0]))
    assert moved.values[0].tolist() == pytest.approx([0.0, 0.0, 3.0], abs=1e-5)


def test_points_grow_until_the_values_add_up() -> None:
    model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 3))
    nn.init.normal_(model[0].weight, std=8.0)  # type: ignore[arg-type]
    x = torch.randn(20, 6)
    few = diagnostics.attribute(model, x, target=2, points=1)
    assert few.complete
    assert torch.allclose(few.outputs, model(x)[:, 2])
    total = few.values.sum(1)
    with torch.no_grad():
        expected = model(x)[:, 2] - model(torch.zeros(1, 6))[:, 2]
    assert (total - expected).abs().max() <= 0.01 * expected.square().mean().sqrt()


def test_the_model_is_left_as_it_was() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(0.5), nn.Flatten(), nn.Linear(32, 1))
    model[1].eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    x = torch.randn(1030, 1, 6, 6)
    state = torch.get_rng_state()
    found = diagnostics.attribute(model, x, points=2)
    assert found.values.shape == x.shape
    assert found.complete
    assert not x.requires_grad
    assert [module.training for module in model] == [True, False, True, True, True]
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert torch.equal(state, torch.get_rng_state())


class Bag(nn.Module):
    """The sum of its tokens' embeddings, token 0 left out, in a linear layer; a second embedding counts places."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.places, self.head = nn.Embedding(5, 3), nn.Embedding(4, 3), nn.Linear(3, 2)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        places = self.places(torch.arange(tokens.shape[1]).expand(tokens.shape))
        hidden = (self.embedding(tokens) + places) * (tokens != 0).unsqueeze(-1)
        out: torch.Tensor = self.head(hidden.sum(1))
        return out


class Digits(nn.Module):
    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens.float().sum(1)


@pytest.mark.parametrize("method", ["gradient × input", "integrated gradients"])
def test_tokens(method: samples.Method) -> None:
    """A token's worth in a sum of embeddings is its embedding times the weight; the padding's is nothing."""
    model = Bag()
    tokens = torch.tensor([[1, 2, 0, 3], [4, 4, 1, 0]])
    found = diagnostics.attribute(model, tokens, target=1, method=method)
    worth = model.embedding.weight.detach() @ model.head.weight.detach()[1]
    worth[0] = 0.0
    assert found.values.shape == tokens.shape
    assert torch.allclose(found.values, worth[tokens], atol=1e-6)
    assert torch.allclose(found.outputs, model(tokens)[:, 1])
    assert found.complete
    assert found.compare(top=1).difference.shape == (4,)
    slope = model.head.weight.detach()[1].norm()
    gradient = diagnostics.attribute(model, tokens, target=1, method="gradient")
    assert torch.allclose(gradient.values, slope * (tokens != 0))
    assert not any(module._forward_hooks for module in model.modules())
    assert model.embedding.weight.grad is None


def test_groups() -> None:
    """What sets the best apart is the feature that the answer follows."""
    x = torch.tensor([[0.0, 1.0], [5.0, 1.0], [4.0, 1.0], [1.0, 1.0]])
    model = nn.Linear(2, 1, bias=False)
    nn.init.ones_(model.weight)
    groups = diagnostics.attribute(model, x).compare(top=2)
    assert groups.samples.tolist() == [1, 2]
    assert groups.difference.tolist() == [4.0, 0.0]
    for top in (0, 4):
        with pytest.raises(ValueError, match="both sides of 4"):
            diagnostics.attribute(model, x).compare(top=top)


def test_misuse() -> None:
    model, x = nn.Linear(3, 2), torch.randn(4, 3)
    with pytest.raises(ValueError, match="2 outputs a sample"):
        diagnostics.attribute(model, x)
    with pytest.raises(ValueError, match="not 'saliency'"):
        diagnostics.attribute(model, x, method="saliency")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="numbers or tokens"):
        diagnostics.attribute(model, x > 0)
    with pytest.raises(RuntimeError):  # the model's own word on numbers that it cannot take
        diagnostics.attribute(model, x.long())
    with pytest.raises(ValueError, match="embeds these tokens nowhere"):
        diagnostics.attribute(Digits(), x.long())
    with pytest.raises(ValueError, match="points"):
        diagnostics.attribute(model, x, target=0, points=0)
    with pytest.raises(TypeError, match="not tuple"):
        diagnostics.attribute(nn.LSTM(3, 2, batch_first=True), torch.randn(2, 4, 3))
    assert model.training


def test_examples_in_the_docstrings() -> None:
    assert doctest.testmod(samples).attempted > 0
    assert doctest.testmod(samples).failed == 0
