"""Trainers: what a release can teach a pipeline, one module each.

A module has `ORDER`, a number that ranks it among the others, and
`train(nlp, examples, dev, *, seed, steps, report)`, which changes the pipeline and returns what
it learnt as plain data. Examples are pairs of an article and its gold layer. Further keyword
arguments are the trainer's options; an answer with `interrupted` says that it was stopped early.
"""
