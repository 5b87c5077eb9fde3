"""What a session is handed on as: one module a format, from records to bytes in pieces.

Nothing here draws, and nothing leaves before it was scrubbed as the user asked.
"""
