"""The models of the observer benchmark with their batches and losses, built from torch alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn


class TransformerBlock(nn.Module):
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
    """Compute logits from tokens: [batch, length] → [batch × length, vocabulary]. `tied`: the head is the embedding."""

    def __init__(self, width: int, depth: int, heads: int, vocabulary: int, length: int, *, tied: bool = False) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(TransformerBlock(width, heads) for _ in range(depth)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)
        if tied:
            self.head.weight = self.tokens.weight

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)
        logits: torch.Tensor = self.head(self.norm(self.blocks(self.tokens(tokens) + self.places(places))))
        return logits.flatten(0, 1)


def gpt2_small() -> GPT:
    """Return a model with the shape of the smallest GPT-2: 124,439,808 parameters."""
    return GPT(768, 12, 12, 50257, 1024, tied=True)


class Bottleneck(nn.Module):
    """A residual block: 1×1, 3×3 (which strides), 1×1 convolutions, [batch, channels, height, width]."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = 4 * width
        self.body = nn.Sequential(
            *convolution(inputs, width, 1), nn.ReLU(inplace=True),
            *convolution(width, width, 3, stride), nn.ReLU(inplace=True),
            *convolution(width, outputs, 1),
        )  # fmt: skip
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else nn.Sequential(*convolution(inputs, outputs, 1, stride))
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        added: torch.Tensor = self.relu(self.body(x) + self.shortcut(x))
        return added


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> tuple[nn.Module, nn.Module]:
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)


def resnet50() -> nn.Sequential:
    """He et al. 2015, with the stride in the 3×3 convolutions: 25,557,032 parameters,
    [batch, 3, 224, 224] → [batch, 1000]."""
    blocks: list[nn.Module] = []
    inputs = 64
    for width, depth in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for index in range(depth):
            blocks.append(Bottleneck(inputs, width, stride=2 if index == 0 and width > 64 else 1))
            inputs = 4 * width
    stem = (*convolution(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1))
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 1000))


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
    """A model, its batch, its loss; `autocast`: the precision it is trained in, where not its own."""

    model: Callable[[], nn.Module]
    inputs: Callable[[], torch.Tensor]
    targets: Callable[[], torch.Tensor]
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    autocast: torch.dtype | None = None


def MSE(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:  # noqa: N802
    return nn.functional.mse_loss(outputs, targets)


def CE(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:  # noqa: N802
    return nn.functional.cross_entropy(outputs, targets)


CPU_CASES = {
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

# ResNet-50 and GPT-2-small in their usual training setup; the small MLP represents models bound by kernel launches.
GPU_CASES = {
    "MLP 62-128-64-32-1": CPU_CASES["MLP 62-128-64-32-1"],
    "ResNet-50": Case(
        resnet50, lambda: torch.randn(256, 3, 224, 224), lambda: torch.randint(1000, (256,)), CE, torch.bfloat16
    ),
    "GPT-2-small": Case(
        gpt2_small,
        lambda: torch.randint(50257, (16, 1024)),
        lambda: torch.randint(50257, (16 * 1024,)),
        CE,
        torch.bfloat16,
    ),
}
CASES = {"cpu": CPU_CASES, "cuda": GPU_CASES}
