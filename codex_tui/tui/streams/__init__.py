"""The streams of other programs on the screen: a live list, from which one is opened."""
