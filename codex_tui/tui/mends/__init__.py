"""Where Textual does not do what is needed: one module a fault, and nowhere else.

Each says what is wrong, in which version it was seen, and is taken away once the test that begins
with its name in `tests/tui/test_mends.py` fails: then Textual needs it no longer.
"""
