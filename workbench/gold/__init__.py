"""The verbs that turn annotations into gold: conflicts, decisions."""
