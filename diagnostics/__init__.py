"""Training diagnostics for PyTorch: what every layer does while it learns, and what is wrong with it.

    observer = diagnostics.attach(model, name="baseline", optimizer=optimizer, every=10)
    ...                                                  # the training loop, unchanged
    observer.epoch(train_loss=0.31, val_loss=0.35)       # as often as there is something to report
    result = observer.detach()                           # also written as a JSON file

Importing this package loads no torch; the first use of one of its names does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diagnostics.comparing import compare
    from diagnostics.comparison import Comparison
    from diagnostics.models.running import LibraryModel
    from diagnostics.observer import Observer, attach
    from diagnostics.samples import Attributions, attribute

_HOMES = {
    "Attributions": "diagnostics.samples",
    "Comparison": "diagnostics.comparison",
    "LibraryModel": "diagnostics.models.running",
    "Observer": "diagnostics.observer",
    "attach": "diagnostics.observer",
    "attribute": "diagnostics.samples",
    "compare": "diagnostics.comparing",
}

__all__ = ["Attributions", "Comparison", "LibraryModel", "Observer", "attach", "attribute", "compare"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
