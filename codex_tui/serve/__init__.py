"""A recording as a server: who asks gets what was recorded, as it was and when it was."""
