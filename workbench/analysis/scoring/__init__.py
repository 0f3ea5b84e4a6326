"""One side's layers against another's: matching, counts, scores and what they rest on."""
