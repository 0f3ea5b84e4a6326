"""The scheme: labels, mappings and encoding as data, and the guideline beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workbench.core.identity import digest

LabelKind = Literal["entity", "mention", "quote", "polarity"]
LABEL_KINDS: tuple[LabelKind, ...] = ("entity", "mention", "quote", "polarity")
ENCODING = 1
"""The version of how spans, links and choices stand in Label Studio; part of the scheme's hash."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label: its name, what people read and press, and the prose that teaches it.

    `spacy` lists the labels of spaCy's pretrained pipelines that map to it; `guideline` is
    Markdown whose examples are marked up (see adapters/markup.py); `order` ranks it on screen.
    """

    name: str
    kind: LabelKind
    title: str
    colour: str
    hotkey: str
    spacy: tuple[str, ...] = ()
    order: int = 0
    guideline: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """All labels, in the order of the screen, and the common guideline."""

    labels: tuple[Label, ...]
    guideline: str = ""

    @property
    def kinds(self) -> dict[str, str]:
        """Each label's kind by the label's name."""
        return {label.name: label.kind for label in self.labels}

    @property
    def asked(self) -> tuple[str, ...]:
        """Every label, sorted: what a passage asks for unless a round says otherwise."""
        return tuple(sorted(label.name for label in self.labels))

    @property
    def spacy_mapping(self) -> dict[str, str]:
        """The project's label for each label of spaCy's pretrained pipelines."""
        return {theirs: label.name for label in self.labels for theirs in label.spacy}

    @property
    def hash(self) -> str:
        """16 hexadecimal digits over labels, mappings and encoding."""
        rows = sorted((x.name, x.kind, sorted(x.spacy)) for x in self.labels)
        return digest(ENCODING, rows)

    @property
    def guideline_hash(self) -> str:
        """16 hexadecimal digits over what people read: prose, titles, colours and hotkeys."""
        rows = sorted(
            (x.name, x.title, x.colour, x.hotkey, x.order, x.guideline) for x in self.labels
        )
        return digest(rows, self.guideline)

    def succeeds(self, older: Scheme) -> bool:
        """Tell whether this scheme has all that an older one has, and at most adds labels."""
        mine = {(x.name, x.kind, tuple(sorted(x.spacy))) for x in self.labels}
        return all((x.name, x.kind, tuple(sorted(x.spacy))) in mine for x in older.labels)

    def names_of(self, *kinds: LabelKind) -> tuple[str, ...]:
        """Return the names of the labels of these kinds, in the order of the screen."""
        return tuple(label.name for label in self.labels if label.kind in kinds)
