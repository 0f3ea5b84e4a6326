"""Trainers: what a release can teach, one module each.

A module has `train(examples, *, base, seed, ...)`; see `workbench.training` for the contract.
"""
