"""The spaCy pipeline: our components around a trained English one."""
