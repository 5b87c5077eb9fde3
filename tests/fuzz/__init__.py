"""Fuzzing by hand, for minutes: `python -m tests.fuzz TARGET [--minutes 10]`.

Real streams, recordings and texts are damaged, byte by byte and by what they are made of, and each
target says what must hold of whatever comes out. Run with `--guided` by a Python that has atheris,
coverage leads the way. Pytest never runs it; what was found stands in tests of its own.
"""
