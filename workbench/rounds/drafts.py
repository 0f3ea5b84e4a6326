"""Drafts: where a push finds what each suggested task shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workbench.core.layer import Layer
from workbench.project import Project
from workbench.store.journal import chunk
from workbench.store.layers import add_layers, find_newest_seqs, get_layers


class Drafts:
    """Prediction layers by article, stored before they are shown; few are in memory at a time.

    What a generator yields is stored as it comes. Without any, those in the store are meant: the
    newest of each article, of one author where one is named.
    """

    def __init__(
        self,
        project: Project,
        drafts: Iterable[Layer] | Mapping[str, Layer] | None = None,
        *,
        author: str | None = None,
    ) -> None:
        self._project = project
        self._given: Mapping[str, Layer] = {}
        self._seqs: dict[str, int] = {}
        if isinstance(drafts, Mapping):
            self._given = drafts
        elif isinstance(drafts, Sequence):
            self._given = {layer.article_id: layer for layer in drafts}
        elif drafts is None:
            with project.store() as connection:
                self._seqs = find_newest_seqs(connection, "prediction", author=author)
        else:
            for part in chunk(drafts):
                with project.store() as connection:
                    seqs = add_layers(connection, part, at=project.now())
                self._seqs |= {x.article_id: seq for x, seq in zip(part, seqs, strict=True)}

    def find(self, article_ids: Iterable[str]) -> dict[str, tuple[int, Layer]]:
        """Return the stored layer of each article that has one, with its sequence number."""
        ids = list(dict.fromkeys(article_ids))
        given = [self._given[id_] for id_ in ids if id_ in self._given]
        with self._project.store() as connection:
            seqs = add_layers(connection, given, at=self._project.now())
            found = {x.article_id: (seq, x) for x, seq in zip(given, seqs, strict=True)}
            wanted = {self._seqs[i]: i for i in ids if i not in found and i in self._seqs}
            layers = get_layers(connection, wanted)
        return found | {wanted[seq]: (seq, layer) for seq, layer in layers.items()}
