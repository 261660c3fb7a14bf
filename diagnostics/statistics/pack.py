"""Small tensors measured together: a call of PyTorch costs more than reading ten thousand numbers.

Each tensor is copied into rows of its own of one matrix, and the matrix is reduced row by row when the capture is
complete: a small tensor costs one copy while the training runs, and all of them together a dozen calls."""

import torch

from diagnostics.statistics import Ask
from diagnostics.statistics.lines import Layout, Line, Place

WIDTH = 4096  # elements of the matrix's rows; what a tensor does not fill stays zero
HEIGHT = 128  # rows for those that are asked for their moments, and as many for the others: 2 MB each
LARGEST = 2**15  # elements of a tensor that goes in: above, copying it costs more than calls
DTYPES = (torch.float32, torch.float16, torch.bfloat16)  # float64 would lose digits


class Pack:
    """The matrix. Tensors that are asked for their moments lie above its middle, upwards, the others, of which
    magnitudes are enough, below it: so what is in use is one block.

    A capture mostly brings the same tensors in the same order as the one before: their places are there already."""

    def __init__(self) -> None:
        self._matrix = torch.zeros(2 * HEIGHT, WIDTH)
        self._places: list[Place] = []
        self._taken = 0  # of these
        self._layout: Layout | None = None  # of all of these

    def place(self, key: int, tensor: torch.Tensor, ask: Ask) -> torch.Tensor | None:
        """Where to copy a small tensor, for row `key`: of its shape. None for one that does not go in."""
        if tensor.dtype not in DTYPES:
            return None
        if self._taken < len(self._places):
            known = self._places[self._taken]
            if known.key == key and known.ask is ask and known.shape == tensor.shape:
                self._taken += 1
                return known.view
        count = tensor.numel()
        if not 0 < count <= LARGEST or (ask.moments and ask.magnitude):
            return None
        self._cut()
        height = -(-count // WIDTH)
        if ask.moments:
            first = min((place.first for place in self._places if place.ask.moments), default=HEIGHT) - height
        else:
            first = max((place.last for place in self._places if not place.ask.moments), default=HEIGHT)
        last = first + height
        if first < 0 or last > 2 * HEIGHT:
            return None
        self._matrix[first:last].zero_()
        view = self._matrix[first:last].view(-1)[:count].view(tensor.shape)
        self._places.append(Place(key, ask, tensor.shape, count, first, last, view))
        self._taken += 1
        return view

    def reduce(self) -> Line | None:
        """What is left of the tensors that were copied in; then there is room again."""
        if self._taken < len(self._places):
            self._cut()
        if not self._places:
            return None
        if self._layout is None:
            self._layout = Layout(self._matrix, HEIGHT, tuple(self._places))
        self._taken = 0
        return self._layout.reduce()

    def _cut(self) -> None:
        """This capture goes on in another way than the one before."""
        del self._places[self._taken :]
        self._layout = None
