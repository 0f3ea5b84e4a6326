"""Formats of articles and layers, one module each; the file's name is the format's name.

A module may have any of: `SUFFIXES` and `read_articles(path)`, which yields articles whose id,
split and masked regions the ingestion fills; `read_layers(path, ...)`, which yields records.
"""
