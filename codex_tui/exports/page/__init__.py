"""The page that replays a session: what stands in it, and the style and the script beside it."""
