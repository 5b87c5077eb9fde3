"""Foreign text as documents: blocks of runs that have roles, and no colour, widget or screen."""
