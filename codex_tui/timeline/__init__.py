"""Where one stands in it: positions, marks and times of a session. The present is an argument."""
