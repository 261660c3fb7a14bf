"""Small tensors that are looked at together, so that they cost a few calls and not a few for each."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import torch

from diagnostics.statistics import Ask, Ledger


class Room:
    """Space for copies of tensors of one dtype on one device, one behind the other: neighbours that belong to the same
    layers are one tensor."""

    def __init__(self, parts: Sequence[tuple[tuple[int, ...], torch.Tensor]]) -> None:
        """`parts`: a tensor like those that come, and the first keys of the layers that it belongs to."""
        tensors = [tensor for _, tensor in parts]
        self.sizes = [tensor.numel() for tensor in tensors]
        self.device = tensors[0].device
        self.flat = torch.zeros(sum(self.sizes), dtype=tensors[0].dtype, device=self.device)
        pieces = self.flat.split(self.sizes)  # type: ignore[no-untyped-call]
        self._each = [piece.view(tensor.shape) for piece, tensor in zip(pieces, tensors, strict=True)]
        runs = [(keys, list(run)) for keys, run in itertools.groupby(parts, lambda part: part[0])]
        self.keys = [keys for keys, _ in runs]
        self.runs = [len(run) for _, run in runs]  # how many tensors are neighbours
        lengths = [sum(tensor.numel() for _, tensor in run) for _, run in runs]
        self._runs = self.flat.split(lengths)  # type: ignore[no-untyped-call]
        self.prepared: Any = None  # what a ledger wants to know of it the next time

    def copied(self, tensors: Sequence[torch.Tensor]) -> list[tuple[tuple[int, ...], torch.Tensor]]:
        """The tensors, joined, with what they belong to."""
        torch._foreach_copy_(self._each, tensors)  # type: ignore[arg-type]
        return list(zip(self.keys, self._runs, strict=True))

    def changed(self, tensors: Sequence[torch.Tensor]) -> list[tuple[tuple[int, ...], torch.Tensor]]:
        """As `copied`: by what the tensors differ from those that were copied last."""
        self.flat.neg_()
        torch._foreach_add_(self._each, tensors)  # type: ignore[arg-type]
        return list(zip(self.keys, self._runs, strict=True))


class Use(IntEnum):
    """What becomes of a room's contents when tensors are measured in it."""

    NONE = 0  # nobody cares
    KEEP = 1  # they are the tensors
    CHANGE = 2  # measured is by what the tensors differ from those that were kept, and then nobody cares


@dataclass(slots=True)
class Together:
    """Tensors to be measured in a room."""

    room: Room
    tensors: Sequence[torch.Tensor]
    use: Use


def add_together(ledger: Ledger, together: Together, part: int, ask: Ask) -> None:
    """Add the joined tensors to the rows of `part`, as any ledger can."""
    room, tensors = together.room, together.tensors
    runs = room.changed(tensors) if together.use is Use.CHANGE else room.copied(tensors)
    ledger.add_all([(key + part, tensor) for keys, tensor in runs for key in keys], ask)
