"""Keys as people say them, where the terminal's names say little."""

from __future__ import annotations

_SAID = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "full_stop": ".",
    "comma": ",",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "colon": ":",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
}


def say_keys(keys: str) -> str:
    """Return the keys of a binding as people write them: `j  ↓`, `ctrl+j`, `shift+→`."""
    return "  ".join(_say_key(key.strip()) for key in keys.split(","))


def _say_key(key: str) -> str:
    return "+".join(_SAID.get(part, part) for part in key.split("+"))


def is_typed(key: str) -> bool:
    """Whether a key is a character where text is typed, as `r`, `space` and `question_mark` are."""
    said = _SAID.get(key, key)
    return key == "space" or (len(said) == 1 and said.isascii())
