"""Where Textual does not do what is needed: one module a fault, and nowhere else.

Each says what is wrong, in which version it was seen, and is taken away once the test that bears
its name in `tests/tui/mends` fails: then Textual needs it no longer.
"""
