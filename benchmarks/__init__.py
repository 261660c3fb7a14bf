"""Benchmarks that print ratios to a baseline or a peer measured in the same run.

What they start keeps its compiled modules, as an installed program does.
"""

import os

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
