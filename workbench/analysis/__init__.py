"""Pure algorithms on values: no input or output."""
