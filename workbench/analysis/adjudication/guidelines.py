"""Guidelines: which sentence of a scheme's prose teaches what somebody got wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.core.scheme import Scheme

_MARKUP = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SECTIONS = {
    "boundary": ("boundar",),
    "holder": ("who holds", "stance"),
    "swap": ("who holds", "stance"),
    "target": ("stance",),
    "status": ("whether it holds",),
}
"""Words in the headings of the common guideline under which a part of an item is taught."""
_ABOUT = {
    "boundary": ("article", "smallest", "boundar", "includ", "without"),
    "label": ("not ", "exclud", "rather"),
    "holder": ("holder",),
    "target": ("target",),
    "cue": ("cue",),
    "status": ("denied", "hypothetical", "status"),
    "speaker": ("speaker",),
}
"""Words by which a label's own sentence about a part of an item is found."""


def find_sentence(scheme: Scheme, label: str, what: str) -> str:
    """Return the guideline's sentence about a part of a label's items, without markup.

    First comes the common guideline's section on that part, then the label's own sentence about
    it, then the label's first sentence, then the common guideline's; empty where there is none.
    Of several parts (`boundary, label`) the first counts.
    """
    part = what.split(",")[0].strip()
    common = list(_list_sentences(scheme.guideline))
    own = next((x.guideline for x in scheme.labels if x.name == label), "")
    sentences = [sentence for _, sentence in _list_sentences(own)]
    for heading in _SECTIONS.get(part, ()):
        for place, sentence in common:
            if heading in place:
                return sentence
    for word in _ABOUT.get(part, ()):
        for sentence in sentences:
            if word in sentence.lower():
                return sentence
    return next(iter([*sentences, *(sentence for _, sentence in common)]), "")


def _list_sentences(prose: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of a guideline, each under its heading; list items are examples."""
    heading = ""
    for line in prose.split("\n"):
        if line.startswith("#"):
            heading = line.lstrip("# ").lower()
        elif line.strip() and not line.lstrip().startswith(("- ", "* ")):
            # Markup may be nested, one level deep at most in a guideline.
            plain = _MARKUP.sub(r"\1", _MARKUP.sub(r"\1", line.strip()))
            yield from ((heading, sentence) for sentence in _SENTENCE.split(plain))
