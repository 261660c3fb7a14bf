"""The fingerprint of a criterion: it changes with every field of its wording, bound and evidence."""

from __future__ import annotations

import json

from tracker.cache import digest
from tracker.model import Criterion


def fingerprint(criterion: Criterion) -> str:
    """Return 16 hexadecimal digits over every field, as JSON, in which no two different values are written alike.

    >>> fingerprint(Criterion(id="a", text="bc")) == fingerprint(Criterion(id="ab", text="c"))
    False
    """
    fields = criterion.model_dump(mode="json", exclude_defaults=True)
    return digest(json.dumps(fields, sort_keys=True, ensure_ascii=False))[:16]
