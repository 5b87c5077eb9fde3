"""See what a streaming response does, live and afterwards."""
