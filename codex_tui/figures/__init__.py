"""How it went: every figure of a turn, defined once and read off what was folded."""
