"""Tensors as they lie in memory: what reads every element once must not care about dimensions."""

import math

import torch


def matrix(tensor: torch.Tensor, unit_dim: int | None) -> tuple[torch.Tensor, int, int, int]:
    """`tensor` in memory order, contiguous, and how to see it as [rows, columns] for its units (channels, features).

    The last number is 0 where a column is a unit, else row r belongs to unit r modulo that number. Without `unit_dim`
    all elements are one row. A dense tensor is taken as it lies (channels_last too), any other is copied."""
    flat = tensor
    order = list(range(tensor.ndim))
    if not tensor.is_contiguous():
        strides = tensor.stride()
        dense = sorted(order, key=strides.__getitem__, reverse=True)
        if tensor.permute(dense).is_contiguous():
            order = dense
        flat = tensor.permute(order).contiguous()
    if unit_dim is None:
        return flat, 1, flat.numel(), 0
    position = order.index(unit_dim % tensor.ndim)
    units = flat.shape[position]
    inner = math.prod(flat.shape[position + 1 :])
    if inner == 1:
        return flat, flat.numel() // units, units, 0
    return flat, flat.numel() // inner, inner, units
