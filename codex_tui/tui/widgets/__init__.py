"""The line-API views that panes are made of."""
