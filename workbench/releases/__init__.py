"""The verbs of releases: build, verify, read."""
