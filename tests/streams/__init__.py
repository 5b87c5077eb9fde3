"""Streams that grow: found, followed, listed."""
