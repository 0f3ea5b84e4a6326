"""The words by which other data sets name an attitude."""

from __future__ import annotations

from typing import Any

from workbench.core.cluster import AUTHOR
from workbench.core.stance import POLARITIES, Polarity

_WORDS: dict[Polarity, str] = {
    "SUPPORT": "support supports supportive positive pos favor favour favorable favourable pro for "
    "approve agree praise like + +1 1",
    "OPPOSE": "oppose opposes negative neg against unfavorable unfavourable con anti disapprove "
    "disagree criticize criticise dislike - -1",
    "NEUTRAL": "neutral neu none 0",
    "MIXED": "mixed both ambivalent conflict",
}
_POLARITIES: dict[str, Polarity] = {
    word: polarity for polarity in POLARITIES for word in _WORDS[polarity].split()
}
_AUTHORS = ("author", "writer", "narrator", "author's voice")


def read_polarity(value: Any) -> Polarity | None:
    """Return what a word or number of another data set means, None where it means nothing known."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _POLARITIES.get(str(value).strip().lower())


def read_name(value: Any) -> str:
    """Return a holder's or target's name, the article's own voice by our word for it."""
    name = " ".join(str(value if value is not None else "").split())
    return AUTHOR if name.lower() in _AUTHORS else name
