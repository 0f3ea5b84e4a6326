"""Formats of articles and layers, one module each; the file's name is the format's name.

A module has any of these, and is read or written by the verbs that need them:

`SUFFIXES` and `read_articles(path)`
    For `ingest`: yields articles whose id, split and masked regions the ingestion fills. No two
    formats share a suffix.
`read_layers(path)`
    For `import`: yields the records of layers of articles that the project has already.
`ENDINGS` and `read_annotated(path)`
    For `import`: yields `Annotated`, a text with the layer on it. `ENDINGS` are those of its files
    in a folder, the one that is written first; with `FOLDER = True` a path is a folder of files.
`carry(article, layer)` and `write_annotated(rows, path, scheme)`
    For `export`: `carry` returns `Carried`, what the format can hold and each thing that it can't,
    with the reason; `write_annotated` writes what `carry` returned. What `read_annotated` reads of
    it equals what `carry` returned: `tests/formats/test_round_trip.py` holds each format to it.
`draft_mapping(path, labels)`
    For a format whose files may mean anything: the TOML mapping that this file needs, as far as it
    can be guessed, empty where it needs none. `read_annotated(path, mapping)` takes it.

Readers yield a SourceError for each part that can't be read, raise one where nothing can, and break
on nothing else. What several formats need is in `workbench.exchange`.
"""
