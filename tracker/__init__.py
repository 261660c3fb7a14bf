"""Claims meet evidence: a progress tracker that can be trusted."""

__version__ = "0.2.0"
