"""Who is meant: names, what refers back to them, and their clusters."""
