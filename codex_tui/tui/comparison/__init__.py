"""Two runs side by side: what is marked to be compared, and the screen that shows what differs."""
