"""`codex-tui sessions`: the library on the command line."""
