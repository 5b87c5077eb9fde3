"""CommonMark and GitHub's extensions, parsed as they stream in."""

from codex_tui.tui.widgets.markdown.document import MarkdownDocument

__all__ = ["MarkdownDocument"]
