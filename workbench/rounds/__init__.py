"""The verbs of a round: plan, push, look after, pull."""
