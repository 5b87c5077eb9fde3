"""Streams that grow in files: which there are, who writes them, and what each does now."""
