"""What hypothesis draws from: texts with everything that breaks offsets, and layers over them."""

from __future__ import annotations

from hypothesis import strategies as st

from workbench.core.article import Article
from workbench.core.identity import identify
from workbench.core.layer import Layer, Passage
from workbench.core.quote import Quote, derive_form
from workbench.core.span import Span
from workbench.core.stance import POLARITIES, STATUSES, Stance, derive_speaker

ENTITIES = ("PERSON", "GPE", "ORG", "ISSUE", "AGREEMENT")
KINDS = {
    **dict.fromkeys(ENTITIES, "entity"),
    "MENTION": "mention",
    "QUOTE": "quote",
    **dict.fromkeys(POLARITIES, "polarity"),
}
PIECES = [
    "a",
    "B",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "é",
    "e\u0301",
    "\u00a0",
    "\u200b",
    "\u200d",
    "💩",
]
PIECES += ["👩‍👧", "🇬🇧", "中", "של", "“", "”", "'", "<b>", "&amp;", "U.S.", "\u2028", "word"]


def texts(min_size: int = 1, max_size: int = 40) -> st.SearchStrategy[str]:
    """Draw texts that have something in them besides whitespace."""
    parts = st.lists(st.sampled_from(PIECES), min_size=min_size, max_size=max_size)
    return parts.map("".join).filter(lambda text: bool(text.strip()))


@st.composite
def trimmed_offsets(draw: st.DrawFn, text: str) -> tuple[int, int]:
    """Draw offsets whose ends are no whitespace, as every item of ours has them."""
    solid = [i for i, character in enumerate(text) if not character.isspace()]
    start = draw(st.sampled_from(solid))
    end = draw(st.sampled_from([i for i in solid if i >= start])) + 1
    return (start, end)


@st.composite
def layers(draw: st.DrawFn, article: Article) -> Layer:
    """Draw a prediction with nested spans, quotes, discontinuous cues and shared ends."""
    text = article.text
    spans = draw(
        st.lists(
            st.builds(
                lambda offsets, label: Span(*offsets, label, score=0.5, rule="r"),
                trimmed_offsets(text),
                st.sampled_from([*ENTITIES, "MENTION"]),
            ),
            max_size=6,
            unique=True,
        )
    )
    pick = st.lists(st.sampled_from(spans), max_size=2, unique=True) if spans else st.just([])
    places = draw(st.lists(trimmed_offsets(text), max_size=2, unique=True))
    quotes = []
    for offsets in places:
        speakers = draw(pick)
        speaker = speakers[0] if speakers else None
        quotes.append(Quote(*offsets, speaker, derive_form(text, offsets), score=0.4))
    stances = []
    for _ in range(draw(st.integers(0, 3))):
        cue = tuple(draw(st.lists(trimmed_offsets(text), min_size=1, max_size=2, unique=True)))
        stances.append(
            Stance(
                cue=cue,
                holders=tuple(draw(pick)),
                targets=tuple(draw(pick)),
                polarity=draw(st.sampled_from(POLARITIES)),
                status=draw(st.sampled_from(STATUSES)),
                by_author=draw(st.booleans()),
                speaker=derive_speaker(cue, quotes),
                score=0.3,
                rule="frame",
            )
        )
    unique = {identify(article.text_sha256, stance): stance for stance in stances}
    return Layer(
        article.id,
        article.text_sha256,
        "model:m",
        "prediction",
        passages=(Passage(0, len(text), tuple(sorted(KINDS))),),
        spans=tuple(sorted(spans)),
        quotes=tuple(sorted(quotes, key=lambda quote: quote.offsets)),
        stances=tuple(sorted(unique.values(), key=lambda s: (s.cue, s.polarity))),
    )
