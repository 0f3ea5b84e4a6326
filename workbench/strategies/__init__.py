"""Strategies: in which order articles are annotated next, one module each.

A module has `rank(drafts, *, seed)`: it takes prediction layers by article id and returns the ids,
most wanted first.
"""
