from __future__ import annotations

import pytest

from workbench.analysis.adjudication.guidelines import find_sentence
from workbench.core.scheme import Label, Scheme

COMMON = (
    "Read first.\n\n## Boundaries\n\n- an [example](GPE)\nThe smallest [span [of](ORG)](GPE). More."
)
OWN = "A country. A town too.\n\n## Do not mark\n\n- [Lima](GPE) is not in it\nIt is not a river."


@pytest.mark.parametrize(
    ("label", "what", "sentence"),
    [
        ("GPE", "boundary", "The smallest span of."),
        ("GPE", "boundary, label", "The smallest span of."),
        ("GPE", "label", "It is not a river."),
        ("GPE", "missed", "A country."),
        ("GPE", "holder", "A country."),
        ("ORG", "missed", "Read first."),
    ],
)
def test_the_nearest_sentence_is_found(label: str, what: str, sentence: str) -> None:
    scheme = Scheme(
        (Label("GPE", "entity", "Place", "#fff", "1", guideline=OWN),), guideline=COMMON
    )

    assert find_sentence(scheme, label, what) == sentence


def test_no_prose_no_sentence() -> None:
    assert find_sentence(Scheme(()), "GPE", "boundary") == ""
