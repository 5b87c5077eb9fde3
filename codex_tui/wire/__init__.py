"""What the SSE standard and the Responses API say; no I/O, no clock."""
