"""Pure folds over records: what a response is at any moment."""
