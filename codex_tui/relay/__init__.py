"""Passing on what another program and its server say, byte for byte, and taking a copy of it."""
