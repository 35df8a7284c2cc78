"""Measures the understanding of single sentences: `python -m evaluation.nlu DATA [--peers]` (docs/evaluation.md)."""
