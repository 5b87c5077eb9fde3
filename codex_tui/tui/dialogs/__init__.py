"""The dialogs: modal screens that return what the user decided."""
