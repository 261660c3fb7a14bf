"""The contribution of each input feature, measured at the first layer without another pass.

The gradient with respect to a layer's input is the gradient at its output times its weight. So the gradient that passes
anyway gives d loss / d input for each feature (*gradient*); times the input it is the feature's contribution
(*gradient × input*, Shrikumar et al. 2016). An embedding is a linear layer whose input is 1 for one token and 0 for the
others: there a feature is a token."""

from collections.abc import Sequence
from typing import Any, Literal, cast

import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from diagnostics.layers import WatchedLayer
from diagnostics.readings import FeatureMeans
from diagnostics.result import Attribution, number
from diagnostics.statistics import Sampler, Transfer

Method = Literal["gradient × input", "gradient"]

ROWS = 512  # random rows of a batch, at most: with those of some captures, a mean of magnitudes is right to ± 5% (95%)
IMAGES = 64  # random samples of a convolution's batch, at most: each has many places
TOKEN_ROWS = 8192  # random tokens of a batch, at most
DECAY = 0.975  # a capture's weight against the next one's: about the last forty count
FIRST, APART = 5, 10  # captures whose features are followed: the first ones, then every so many
ENOUGH, LONGEST = 4096, 40  # until there are so many rows, or captures, all are followed
TOKENS = 2**18  # rows of an embedding, at most: a capture copies five numbers for each
SHOWN = 512  # features in a result, the largest


def features_of(module: nn.Module) -> int | None:
    """The number of input features of a layer that attribution can start from, else None."""
    if isinstance(module, nn.Linear):
        return module.in_features
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        return module.in_channels
    if isinstance(module, nn.Embedding) and module.num_embeddings <= TOKENS:
        return module.num_embeddings
    return None


def kind_of(layer: WatchedLayer) -> str:
    """What its features are."""
    return "token" if isinstance(layer.module(), nn.Embedding) else "feature"


def first_with_features(layers: Sequence[WatchedLayer], wanted: int | None) -> WatchedLayer | None:
    """The first layer that attribution can start from, with `wanted` features where that is given."""
    for layer in layers:
        module = layer.module()
        features = features_of(module) if module is not None else None
        if features is not None and wanted in (None, features):
            return layer
    return None


class FeatureTap:
    """Where the input features are followed: the first layer that is called with features to attribute to."""

    def __init__(self, features: int | None) -> None:
        """`features`: how many the layer must have, None for any."""
        self._wanted = features
        # [5, features], replaced and never changed, by device: replicas of a model live on several
        self._sums: dict[torch.device, torch.Tensor] = {}
        self._sampler = Sampler()
        self._captures = self._taken = 0  # so many, and the last one whose features were followed
        self.rows = 0  # that the sums rest on, of all captures
        self.layer: WatchedLayer | None = None

    def begin(self) -> bool:
        """A new capture: what came before counts a little less. Whether its features are followed."""
        self._captures += 1
        enough = self._captures > FIRST and (self.rows >= ENOUGH or self._captures > LONGEST)
        if enough and self._captures % APART:
            return False
        passed, self._taken = self._captures - self._taken, self._captures
        self._sums = {device: sums * DECAY**passed for device, sums in self._sums.items()}
        return True

    def inputs(self, layer: WatchedLayer, module: nn.Module, tensor: torch.Tensor | None) -> Any:
        """What `gradient` needs, if `layer` is the one, of its present input `tensor`."""
        if self.layer is None:
            features = features_of(module)
            if features is not None and self._wanted in (None, features):
                self.layer = layer
        if self.layer is not layer:
            return None
        if tensor is None or tensor.is_complex() or tensor.is_floating_point() == isinstance(module, nn.Embedding):
            return None
        return module, tensor.detach(), None if tensor.is_inference() else tensor._version

    def gradient(self, given: Any, gradient: torch.Tensor) -> None:
        """The gradient at the layer's output is there. An input that was overwritten meanwhile is passed
        over.
        """
        module, inputs, version = given
        if not inputs.numel() or not gradient.numel():
            return
        if (version is None or inputs._version == version) and not _sharded(module):
            sums, rows = feature_sums(module, inputs, gradient.detach(), self._sampler)
            self.rows += rows
            known = self._sums.get(sums.device)
            self._sums[sums.device] = sums if known is None else known + sums

    def close(self) -> Transfer | None:
        """The capture is over: the sums of all so far, [5, features], on their way to the host."""
        if not self._sums:
            return None
        total, *others = self._sums.values()
        for sums in others:
            total = total + sums.to(total.device)
        return Transfer(total)


def feature_sums(
    module: nn.Module, inputs: torch.Tensor, gradient: torch.Tensor, sampler: Sampler
) -> tuple[torch.Tensor, int]:
    """The sums over a batch from which `readings.FeatureMeans` are made ([5, features], float32), and the number of
    rows they rest on.

    `inputs` as the layer saw them, `gradient` of the loss with respect to the layer's output. Linear: inputs
    [..., features], gradient [..., units]. Convolutions: [batch, channels, *space] or without the batch, a feature is a
    channel and a row a sample. Embedding: inputs [...] whole numbers, gradient [..., units], a feature is a token;
    padding is none."""
    if isinstance(module, nn.Embedding):
        return _token_sums(module, inputs, gradient, sampler)
    weight = weight_of(module)
    if isinstance(module, nn.Linear):
        rows, slopes = inputs.reshape(-1, inputs.shape[-1]), gradient.reshape(-1, gradient.shape[-1])
        rows, slopes = _some(rows, slopes, ROWS, sampler)
        count = len(rows)
        slopes = slopes.to(weight.dtype) @ weight
    else:
        rows, slopes = inputs, gradient
        if rows.ndim < weight.ndim:
            rows, slopes = rows.unsqueeze(0), slopes.unsqueeze(0)
        rows, slopes = _some(rows, slopes, IMAGES, sampler)
        count = len(rows)
        slopes = _convolution_input_gradient(module, rows, slopes)
        rows, slopes = rows.movedim(1, -1).flatten(0, -2), slopes.movedim(1, -1).flatten(0, -2)
    sizes, slopes = rows.float().abs(), slopes.float().abs()
    return torch.stack([sizes * slopes, slopes, sizes, sizes.sign(), torch.ones_like(sizes)]).sum(1), count


def _some(
    rows: torch.Tensor, slopes: torch.Tensor, most: int, sampler: Sampler
) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    """At most so many rows, at random, of both."""
    if len(rows) <= most:
        return rows, slopes
    chosen = sampler.positions(most, len(rows), rows.device)
    return rows[chosen], slopes[chosen]


def _token_sums(
    module: nn.Embedding, tokens: torch.Tensor, gradient: torch.Tensor, sampler: Sampler
) -> tuple[torch.Tensor, int]:
    tokens, gradient = tokens.reshape(-1), gradient.reshape(-1, gradient.shape[-1])
    tokens, gradient = _some(tokens, gradient, TOKEN_ROWS, sampler)
    slopes = (gradient * weight_of(module)[tokens]).float().sum(1).abs()
    counts = torch.ones_like(slopes)
    if module.padding_idx is not None:
        counts = torch.ne(tokens, module.padding_idx).float()
    each = torch.stack([slopes * counts, counts])
    contributions, present = each.new_zeros(2, module.num_embeddings).index_add_(1, tokens, each)
    # an absent token's own slope would take every token's weight: `gradient` is over the samples that have it
    sums = torch.stack([contributions, contributions * len(tokens) / present.clamp(min=1), present, present,
                        torch.full_like(present, len(tokens))])  # fmt: skip
    return sums, len(tokens)


def _convolution_input_gradient(module: nn.Module, inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """As `inputs`, without what falls on the padding."""
    if not isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        raise TypeError(f"no features to attribute to in {type(module).__name__}")
    weight, dims = weight_of(module), gradient.ndim - 2
    around = _padding(module)
    padded = nn.functional.pad(inputs, [width for pair in reversed(around) for width in pair])
    result: torch.Tensor = torch.ops.aten.convolution_backward(
        gradient.to(weight.dtype), padded.to(weight.dtype), weight, None, list(module.stride), [0] * dims,
        list(module.dilation), False, [0] * dims, module.groups, [True, False, False],
    )[0]  # fmt: skip
    for dim, (before, _) in enumerate(around, 2):
        result = result.narrow(dim, before, inputs.shape[dim])
    return result


def _padding(module: nn.Conv1d | nn.Conv2d | nn.Conv3d) -> list[tuple[int, int]]:
    """Before and behind, in each dimension of space."""
    if not isinstance(module.padding, str):
        return [(width, width) for width in module.padding]
    if module.padding == "valid":
        return [(0, 0)] * len(module.kernel_size)
    totals = [dilation * (size - 1) for dilation, size in zip(module.dilation, module.kernel_size, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]  # "same": the odd one behind, as torch does


def weight_of(module: nn.Module) -> torch.Tensor:
    """The weight as the layer used it. One that is computed (`torch.nn.utils.parametrize`) is computed again, in
    evaluation mode: in training, spectral normalisation changes its state whenever it is read."""
    if not is_parametrized(module, "weight"):
        weight = module.weight
    else:
        computing = cast("nn.ModuleDict", module.parametrizations)["weight"]
        modes = [(each, each.training) for each in computing.modules()]
        computing.eval()
        try:
            with torch.no_grad():
                weight = module.weight
        finally:
            for each, training in modes:
                each.training = training
    return cast("torch.Tensor", weight).detach()


def _sharded(module: nn.Module) -> bool:
    """Whether this process holds a part of the weight only; FSDP has put it together when the gradient comes."""
    return hasattr(weight_of(module), "to_local")


def shown(means: FeatureMeans, method: Method, layer: WatchedLayer, rows: int) -> tuple[Attribution, str | None]:
    """The attribution as written, resting on so many `rows`, and a note where it leaves features out."""
    values = means.contribution if method == "gradient × input" else means.gradient
    kept: Sequence[int] = range(len(values))
    note = None
    if len(values) > SHOWN:
        kept = sorted(sorted(kept, key=lambda index: -values[index])[:SHOWN])
        note = f"attribution holds the {SHOWN} largest of {len(values)} features"
    return Attribution(
        method=method,
        layer=layer.name,
        features=[means.name(index) for index in kept],
        values=[number(values[index]) for index in kept],
        gradient=[number(means.gradient[index]) for index in kept],
        rows=rows,
    ), note
