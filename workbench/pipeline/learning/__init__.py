"""Learning: what turns gold into weights, shared by the trainers and by `spacy train`."""
