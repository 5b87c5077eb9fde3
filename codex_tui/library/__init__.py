"""The sessions that are kept: listed, searched, named, put away. The files are the truth."""
