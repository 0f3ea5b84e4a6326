"""Stances by rule: a lexicon of cues, read in three tiers of falling confidence."""
