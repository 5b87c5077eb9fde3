"""CommonMark and GitHub's extensions, parsed as they stream in."""

from codex_tui.documents.markdown.document import MarkdownDocument

__all__ = ["MarkdownDocument"]
