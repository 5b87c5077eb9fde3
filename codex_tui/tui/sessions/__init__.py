"""The sessions on the screen: a list of all recordings, its preview, and what is done with them."""
