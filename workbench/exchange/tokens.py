"""Between running text and tokens with BIO tags, with a map from each token to its offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from workbench.core.offsets import Offsets
from workbench.core.span import Span

if TYPE_CHECKING:
    from spacy.language import Language

OUTSIDE = "O"
TAG = re.compile(r"O|[BIESULM]-\S.*")
"""A tag of BIO and its kin: IOB1, BIOES, BILOU."""

_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}"}
_QUOTES = {"``": "“", "''": "”"}
_CLOSING = re.compile(
    r"[.,;:!?%)\]}’”»…]+|'(?:s|S|m|re|ve|ll|d)?|n't|N'T|’(?:s|m|re|ve|ll|d|t)|n’t"
)
_OPENING = re.compile(r"[(\[{“‘«$£€#@]+|``")
_PIECE = re.compile(r"\S+")


def detokenise(sentences: Sequence[Sequence[str]]) -> tuple[str, list[list[Offsets]]]:
    """Write tokens as running text, a sentence a line, and return where each token went.

    Bracket and quotation codes of treebanks become what they stand for.
    """
    parts: list[str] = []
    offsets: list[list[Offsets]] = []
    at = 0
    for number, sentence in enumerate(sentences):
        if number:
            parts.append("\n")
            at += 1
        places = []
        for space, word in _space(sentence):
            parts += [space, word]
            places.append((at + len(space), at + len(space) + len(word)))
            at += len(space) + len(word)
        offsets.append(places)
    return "".join(parts), offsets


def locate(text: str, sentences: Sequence[Sequence[str]]) -> list[list[Offsets]] | None:
    """Find tokens in the text that they were made of; None where they are of another text."""
    found: list[list[Offsets]] = []
    at = 0
    for sentence in sentences:
        places = []
        for token in sentence:
            while at < len(text) and text[at].isspace() and not text.startswith(token, at):
                at += 1
            if not text.startswith(token, at):
                return None
            places.append((at, at + len(token)))
            at += len(token)
        found.append(places)
    return found


def read_tags(tags: Sequence[str], offsets: Sequence[Offsets]) -> list[Span]:
    """Read the tags of one sentence as spans; BIO, IOB1, BIOES, BILOU and bare labels alike.

    A tag that goes on with nothing begins a span, as in IOB1.
    """
    spans: list[Span] = []
    label = ""
    is_open = False
    for tag, (start, end) in zip(tags, offsets, strict=True):
        if tag == OUTSIDE:
            is_open = False
            continue
        prefix, name = (tag[0], tag[2:]) if TAG.fullmatch(tag) else ("I", tag)
        if is_open and name == label and prefix in "IELM":
            spans[-1] = Span(spans[-1].start, end, name)
        else:
            spans.append(Span(start, end, name))
        label, is_open = name, prefix not in "ELSU"
    return spans


def write_tags(spans: Iterable[Span], offsets: Sequence[Offsets]) -> list[str]:
    """Write spans that begin and end with tokens and do not overlap as BIO tags (IOB2)."""
    tags = [OUTSIDE] * len(offsets)
    starts = {start: i for i, (start, _) in enumerate(offsets)}
    for span in spans:
        first = starts[span.start]
        for i in range(first, len(offsets)):
            if offsets[i][0] >= span.end:
                break
            tags[i] = f"{'B' if i == first else 'I'}-{span.label}"
    return tags


def choose_outermost(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the longest spans of which no two overlap, sorted; the earlier of equals."""
    chosen: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda span: (span.start - span.end, span)):
        places = range(span.start, span.end)
        if taken.isdisjoint(places):
            taken.update(places)
            chosen.append(span)
    return tuple(sorted(chosen))


def cut_sentences(text: str, spans: Iterable[Span]) -> list[list[Offsets]]:
    """Cut a text into sentences of tokens, so that each span begins and ends with a token.

    The tokens are those of spaCy's English rules without white space, cut where a span cuts them;
    a sentence ends at a line break or a full stop, but never inside a span.
    """
    borders = {border for span in spans for border in span.offsets}
    inside = {i for span in spans for i in range(span.start + 1, span.end)}
    sentences: list[list[Offsets]] = [[]]
    last = 0
    for start, end, begins in _tokenise(text):
        begins = begins or "\n" in text[last:start]
        last = end
        if begins and start not in inside and sentences[-1]:
            sentences.append([])
        cuts = [start, *sorted(b for b in borders if start < b < end), end]
        sentences[-1] += list(pairwise(cuts))
    return [sentence for sentence in sentences if sentence]


@lru_cache(maxsize=1)
def make_tokeniser() -> Language:
    """Make spaCy's English tokeniser with its rule for the ends of sentences, without a model."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp


def _tokenise(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the offsets of tokens without white space, and whether each begins a sentence."""
    nlp = make_tokeniser()
    nlp.max_length = max(nlp.max_length, len(text) + 1)
    for token in nlp(text):
        for number, match in enumerate(_PIECE.finditer(token.text)):
            begins = bool(token.is_sent_start) and number == 0
            yield token.idx + match.start(), token.idx + match.end(), begins


def _space(sentence: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the space before each token, and the token as it is written."""
    glued = True
    within = False
    for token in sentence:
        word = _BRACKETS.get(token) or _QUOTES.get(token) or token
        if word == '"':
            yield "" if within or glued else " ", word
            glued, within = not within, not within
            continue
        yield "" if glued or _CLOSING.fullmatch(word) else " ", word
        glued = bool(_OPENING.fullmatch(word))
