"""Benchmarks, each against a named other in the same run: `python -m tests.bench [ROW…]`.

Run by hand and never by pytest. What others need is installed into an environment of its own.
"""
