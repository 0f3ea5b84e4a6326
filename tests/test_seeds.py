"""The samples are what they say: sound, consistent, and of one piece with their gold."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from workbench.adapters.front_matter import split_front_matter
from workbench.adapters.markup import parse_markup
from workbench.adapters.scheme_markdown import read_scheme
from workbench.analysis.text.furniture import find_furniture
from workbench.analysis.text.splitting import Shingles
from workbench.core.article import Article
from workbench.core.cluster import Cluster
from workbench.core.layer import Layer, check_layer
from workbench.core.offsets import overlap
from workbench.core.span import Span
from workbench.core.stance import Stance
from workbench.formats.markup import read_layers
from workbench.seeds import find_seeds

SEEDS = find_seeds()
SLUGS = sorted(path.stem for path in (SEEDS / "articles").glob("*.md"))
KINDS = read_scheme(
    {p.name: p.read_text(encoding="utf-8") for p in (SEEDS / "scheme").glob("*.md")}
).kinds


def read_article(slug: str) -> tuple[dict[str, object], str]:
    matter, body = split_front_matter(
        (SEEDS / "articles" / f"{slug}.md").read_text(encoding="utf-8")
    )
    return matter, body.strip("\n")


def read_gold(slug: str) -> tuple[str, Layer]:
    path = SEEDS / "gold" / f"{slug}.md"
    matter, body = split_front_matter(path.read_text(encoding="utf-8"))
    assert matter["article"] == slug
    return parse_markup(body.strip("\n"), article_id=slug)


def test_there_are_enough_samples_in_every_split() -> None:
    splits = [read_article(slug)[0]["split"] for slug in SLUGS]

    assert all(splits.count(split) >= 2 for split in ("train", "dev", "test"))
    gold = {path.stem for path in (SEEDS / "gold").glob("*.md")}
    assert gold == {*SLUGS, "README"}


@pytest.mark.parametrize("slug", SLUGS)
def test_the_gold_is_the_articles_text_and_sound(slug: str) -> None:
    matter, text = read_article(slug)
    marked, layer = read_gold(slug)

    assert marked == text
    assert check_layer(layer, Article(slug, text), KINDS) == []
    assert {"title", "outlet", "published", "url", "rights", "lang", "split"} <= set(matter)
    assert 250 <= len(text.split()) <= 600


@pytest.mark.parametrize("slug", SLUGS)
def test_the_gold_keeps_the_guidelines_boundaries(slug: str) -> None:
    text, layer = read_gold(slug)
    for span in layer.spans:
        words = text[span.start : span.end]
        assert words == words.strip()
        if span.label in ("PERSON", "GPE", "ORG", "AGREEMENT", "EVENT"):
            assert not words.lower().startswith(("the ", "a ", "an ")), words
            assert not words.endswith(("'s", "’s")), words
    ends = {end for stance in layer.stances for end in (*stance.holders, *stance.targets)}
    ends |= {quote.speaker for quote in layer.quotes if quote.speaker}
    clustered = {mention for cluster in layer.clusters for mention in cluster.mentions}
    assert ends <= clustered
    mentions = {span for span in layer.spans if span.label == "MENTION"}
    assert mentions <= clustered


DIFFICULTIES: dict[str, Callable[[Stance, dict[Span, Cluster]], bool]] = {
    "negation": lambda stance, of: stance.status == "denied",
    "joint": lambda stance, of: (
        len(stance.holders) > 1 or any(of[holder].members for holder in stance.holders)
    ),
    "relayed": lambda stance, of: is_relayed(stance, of),
    "hypothetical": lambda stance, of: stance.status == "hypothetical",
    # That what ends is bad is for people to judge; a machine sees that it is said to end.
    "ending": lambda stance, of: stance.status == "asserted" and not stance.by_author,
}


def is_relayed(stance: Stance, of: dict[Span, Cluster]) -> bool:
    """Whether who says it is neither a holder nor among those whom a plural holder stands for."""
    if not stance.speaker or not stance.holders:
        return False
    holders = [of[holder] for holder in stance.holders]
    names = {name for cluster in holders for name in (cluster.name, *cluster.members)}
    return of[stance.speaker].name not in names


@pytest.mark.parametrize("slug", SLUGS)
def test_the_gold_meets_the_list_of_difficulties(slug: str) -> None:
    path = SEEDS / "gold" / f"{slug}.md"
    listed = split_front_matter(path.read_text(encoding="utf-8"))[0]["difficulty"]
    text, layer = read_gold(slug)
    of = {mention: cluster for cluster in layer.clusters for mention in cluster.mentions}
    cues = {stance: " … ".join(text[a:b] for a, b in stance.cue) for stance in layer.stances}

    assert len(layer.stances) >= 8
    assert not [stance for stance in layer.stances if stance.is_incomplete]
    assert list(listed) == list(DIFFICULTIES)
    for kind, meets in DIFFICULTIES.items():
        named = [stance for stance, cue in cues.items() if cue == listed[kind]]
        assert any(meets(stance, of) for stance in named), (kind, listed[kind])


def test_the_kept_articles_are_listed_and_are_for_testing_alone() -> None:
    matters = {slug: read_article(slug)[0] for slug in SLUGS}
    kept = [slug for slug, matter in matters.items() if matter.get("kept")]
    readme = (SEEDS / "gold" / "README.md").read_text(encoding="utf-8")

    assert len(SLUGS) >= 30
    assert len(kept) * 2 >= len(SLUGS)
    assert {matters[slug]["split"] for slug in kept} == {"test"}
    assert re.findall(r"^- `(.+)`$", readme, re.MULTILINE) == kept


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_in_furniture_is_gold(slug: str) -> None:
    text, layer = read_gold(slug)
    for region in find_furniture(text).masked:
        assert not [span for span in layer.spans if overlap(span.offsets, region)]


def test_the_folder_of_gold_goes_in_without_its_readme() -> None:
    read = list(read_layers(SEEDS / "gold"))

    assert [isinstance(layer, dict) for layer in read] == [True] * len(SLUGS)


def test_no_sample_is_a_copy_of_another() -> None:
    index = Shingles()
    for slug in SLUGS:
        text = read_article(slug)[1]
        assert index.find(text) == []
        index.add(slug, text)


def test_the_samples_have_what_breaks_offsets() -> None:
    texts = "".join(read_article(slug)[1] for slug in SLUGS)

    assert "“" in texts
    assert "  " in texts
    assert any(ord(character) > 0xFFFF for character in texts)
    assert any("\u0400" <= character <= "\u04ff" for character in texts)
