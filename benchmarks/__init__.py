"""Benchmarks that print ratios to a baseline or a peer measured in the same run."""
