"""Where people annotate."""
