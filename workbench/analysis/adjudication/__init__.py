"""From annotations and decisions to gold and conflicts, and what annotators learn from it."""
