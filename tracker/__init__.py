"""Claims meet evidence: a progress tracker that can be trusted."""

__version__ = "0.1.0"
