"""Arguments -> one source + settings -> app or plain output."""
