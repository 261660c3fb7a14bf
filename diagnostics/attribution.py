"""What each input feature brings about, taken where the first layer is: without another pass, without
`requires_grad` on inputs.

The gradient with respect to a layer's input is the gradient at its output times its weight, so the gradient
that passes anyway tells, for each feature, d loss / d input; times the input it is the feature's contribution
(gradient × input, Shrikumar et al. 2016)."""

import torch
from torch import nn

from diagnostics.readings import FeatureMeans

ROWS = 4096  # of a batch, evenly spaced: a mean of magnitudes needs no more
DECAY = 0.95  # a capture's weight against the next one's: about the last twenty count


def features_of(module: nn.Module) -> int | None:
    """The number of input features of a layer that attribution can start from, else None."""
    if isinstance(module, nn.Linear):
        return module.in_features
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        return module.in_channels
    return None


class FeatureAttribution:
    """Sums over features, on the device, of one first layer."""

    def __init__(self) -> None:
        self._sums: torch.Tensor | None = None

    def begin(self) -> None:
        """A new capture: what came before counts a little less."""
        if self._sums is not None:
            self._sums *= DECAY

    def add(self, module: nn.Module, inputs: torch.Tensor, gradient: torch.Tensor) -> None:
        """Add a batch: `inputs` as the layer saw them, `gradient` of the loss with respect to the layer's
        output.

        Linear: inputs [..., features], gradient [..., units]. Convolutions: [batch, channels, *space], a
        feature is a channel."""
        if isinstance(module, nn.Linear):
            rows = inputs.reshape(-1, inputs.shape[-1])
            slopes = gradient.reshape(-1, gradient.shape[-1])
            every = max(1, len(rows) // ROWS)
            rows, slopes = rows[::every], slopes[::every].to(module.weight.dtype) @ module.weight.detach()
        else:
            slopes = _convolution_input_gradient(module, inputs, gradient)
            rows = inputs.movedim(1, -1).reshape(-1, inputs.shape[1])
            slopes = slopes.movedim(1, -1).reshape(-1, inputs.shape[1])
        rows, slopes = rows.float(), slopes.float()
        contributions = (rows * slopes).abs().sum(0)
        present = torch.ne(rows, 0).sum(0, dtype=torch.float32)
        samples = torch.full_like(present, len(rows))
        sums = torch.stack([contributions, slopes.abs().sum(0), rows.abs().sum(0), present, samples])
        self._sums = sums if self._sums is None else self._sums + sums

    def means(self) -> FeatureMeans | None:
        """The means so far; reads the device. None before the first batch."""
        if self._sums is None:
            return None
        contributions, gradients, magnitudes, present, samples = self._sums.double().cpu()
        present = present.clamp(min=1e-12)
        return FeatureMeans(
            contribution=(contributions / samples).tolist(),
            gradient=(gradients / samples).tolist(),
            scale=(magnitudes / present).tolist(),
            contribution_present=(contributions / present).tolist(),
        )


def _convolution_input_gradient(module: nn.Module, inputs: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    if not isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        raise TypeError(f"no features to attribute to in {type(module).__name__}")
    dims = gradient.ndim - 2
    padding = [0] * dims if isinstance(module.padding, str) else list(module.padding)
    if isinstance(module.padding, str) and module.padding == "same":
        padding = [
            dilation * (size - 1) // 2 for dilation, size in zip(module.dilation, module.kernel_size, strict=True)
        ]
    result: torch.Tensor = torch.ops.aten.convolution_backward(
        gradient, inputs, module.weight.detach(), None, list(module.stride), padding, list(module.dilation),
        False, [0] * dims, module.groups, [True, False, False],
    )[0]  # fmt: skip
    return result
