"""Values and rules of the workbench: standard library only, no input or output, no clock."""
