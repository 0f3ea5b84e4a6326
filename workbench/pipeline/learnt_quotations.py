"""Component: the rules' quotations judged by what gold has taught, and their speakers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from workbench.adapters.records.items import write_quote
from workbench.adapters.spacy_docs import ENTITIES, MENTIONS
from workbench.analysis.references.clusters import make_clusters
from workbench.analysis.scope import is_asked
from workbench.analysis.scoring.stances import Referents, ends_match
from workbench.core.layer import Layer
from workbench.core.offsets import contains, overlap
from workbench.core.quote import QUOTE, Quote
from workbench.core.span import Span
from workbench.pipeline.clusters import read_quotes
from workbench.pipeline.learning.carrier import RegressionCarrier
from workbench.pipeline.learning.references import read_reference
from workbench.pipeline.learning.regression import Features, fit_regression
from workbench.pipeline.mentions import read_spans

_SPEAKING = frozenset({"PERSON", "ROLE", "ORG", "GPE", "NORP", "MENTION"})
_REACH = 300
"""Code points around a quotation in which a speaker is looked for."""
_GAIN = 0.01
"""What F1 or accuracy must gain on held-out articles before the rules' own choice is left."""


@Language.factory(
    "workbench_learnt_quotations", requires=["doc._.quotes"], assigns=["doc._.quotes"]
)
def make_learnt_quotations(nlp: Language, name: str) -> LearntQuotations:
    """Make the component, which stands behind the finder by rule."""
    return LearntQuotations(nlp, name)


class LearntQuotations(RegressionCarrier):
    """Gives each quotation its chance of being one, drops the unlikely, and chooses speakers.

    `quote` judges what the rules found; `speaker` is there only where its choice was better than
    the rules' on articles that it had not seen.
    """

    def __init__(self, nlp: Language, name: str) -> None:
        super().__init__()
        self._nlp = nlp
        self._name = name

    def __call__(self, doc: Doc) -> Doc:
        """Judge the quotations of a Doc."""
        regression = self.regressions.get("quote")
        quotes = read_quotes(doc)
        if regression is None or not quotes:
            return doc
        spans = _list_speakers(doc)
        chances = regression.predict([describe_quote(doc.text, q) for q in quotes]).tolist()
        kept = []
        for number, (quote, chance) in enumerate(zip(quotes, chances, strict=True)):
            if chance < regression.threshold:
                continue
            speaker = self._choose_speaker(doc, quotes, number, spans)
            kept.append(replace(quote, speaker=speaker, score=round(chance, 4)))
        doc._.quotes = [write_quote(quote) for quote in kept]
        return doc

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Language | None = None,
        seed: int = 0,
    ) -> None:
        """Learn from examples whose references carry gold, as `spacy train` calls it."""
        pipeline = nlp or self._nlp
        before = pipeline.pipe_names[: pipeline.pipe_names.index(self._name)]
        gold = []
        for example in get_examples():
            doc = pipeline.make_doc(example.reference.text)
            doc._.masked = example.reference._.masked
            for name in before:
                doc = pipeline.get_pipe(name)(doc)
            gold.append((doc, read_reference(example.reference)))
        self.learn(gold, seed=seed)

    def learn(self, gold: Sequence[tuple[Doc, Layer]], *, seed: int) -> dict[str, Any]:
        """Learn from Docs that the rules have read, each with its gold; return what was learnt."""
        self.regressions = {}
        return {
            "articles": len(gold),
            "quotes": self._learn_quotes(gold, seed),
            "speakers": self._learn_speakers(gold, seed),
        }

    def _learn_quotes(self, gold: Sequence[tuple[Doc, Layer]], seed: int) -> dict[str, Any]:
        rows, right, groups, beyond = [], [], [], 0
        for number, (doc, layer) in enumerate(gold):
            quotes = [q for q in read_quotes(doc) if is_asked(QUOTE, q.offsets, layer.passages)]
            for quote in quotes:
                rows.append(describe_quote(doc.text, quote))
                right.append(_find_same(quote, layer.quotes) is not None)
                groups.append(str(number))
            beyond += sum(_find_same(quote, quotes) is None for quote in layer.quotes)
        fitted = fit_regression(rows, right, groups, seed=seed, beyond=beyond)
        if fitted is None:
            return {"learnt": False, "n": len(rows)}
        hits = np.asarray(right, dtype=bool)
        every = 2 * hits.sum() / (len(hits) + hits.sum() + beyond)
        kept = fitted.held_out >= fitted.regression.threshold
        chosen = 2 * (hits & kept).sum() / (kept.sum() + hits.sum() + beyond)
        threshold = fitted.regression.threshold if chosen > every + _GAIN else 0.0
        self.regressions["quote"] = replace(fitted.regression, threshold=threshold)
        return {
            "learnt": True,
            "n": len(rows),
            "threshold": round(threshold, 4),
            "held_out": {"rules": round(float(every), 4), "learnt": round(float(chosen), 4)},
        }

    def _learn_speakers(self, gold: Sequence[tuple[Doc, Layer]], seed: int) -> dict[str, Any]:
        rows: list[Features] = []
        right: list[bool] = []
        groups: list[str] = []
        choices: list[tuple[int, int, int]] = []
        for number, (doc, layer) in enumerate(gold):
            spans, quotes = _list_speakers(doc), read_quotes(doc)
            registry: dict[str, str] = {}
            clusters = make_clusters(doc.text, spans, quotes, registry=registry)
            ours = Referents(Layer("", "", "", "prediction", clusters=clusters))
            theirs = Referents(layer)
            for at, quote in enumerate(quotes):
                partner = _find_same(quote, layer.quotes)
                if partner is None or partner.speaker is None:
                    continue
                wanted = theirs.find(partner.speaker)
                candidates = list_candidates(doc.text, quote, spans)
                first = len(rows)
                for span in candidates:
                    rows.append(describe_speaker(doc, quotes, at, span))
                    found = ours.find(span)
                    right.append(any(ends_match(a, b) for a in found for b in wanted))
                    groups.append(str(number))
                if len(rows) > first:
                    rule = candidates.index(quote.speaker) if quote.speaker in candidates else -1
                    choices.append((first, len(rows), first + rule if rule >= 0 else -1))
        fitted = fit_regression(rows, right, groups, seed=seed)
        if fitted is None or not choices:
            return {"learnt": False, "n": len(choices)}
        best = [a + int(np.argmax(fitted.held_out[a:b])) for a, b, _ in choices]
        learnt = sum(right[i] for i in best) / len(choices)
        rules = sum(rule >= 0 and right[rule] for _, _, rule in choices) / len(choices)
        if learnt > rules + _GAIN:
            self.regressions["speaker"] = fitted.regression
        return {
            "learnt": "speaker" in self.regressions,
            "n": len(choices),
            "held_out": {"rules": round(rules, 4), "learnt": round(learnt, 4)},
        }

    def _choose_speaker(
        self, doc: Doc, quotes: Sequence[Quote], number: int, spans: Sequence[Span]
    ) -> Span | None:
        quote = quotes[number]
        regression = self.regressions.get("speaker")
        candidates = list_candidates(doc.text, quote, spans)
        if regression is None or not candidates:
            return quote.speaker
        rows = [describe_speaker(doc, quotes, number, span) for span in candidates]
        return candidates[int(np.argmax(regression.predict(rows)))]


def describe_quote(text: str, quote: Quote) -> Features:
    """Return what speaks for and against a quotation."""
    rule = quote.rule or "none"
    words = len(text[quote.start : quote.end].split())
    speaker = quote.speaker.label if quote.speaker is not None else "none"
    opens = text[quote.start : quote.start + 1]
    return {
        f"rule={rule}": 1.0,
        f"tier={rule.split(':')[0]}": 1.0,
        f"form={quote.form}": 1.0,
        f"speaker={speaker}": 1.0,
        f"form={quote.form}|speaker={speaker}": 1.0,
        f"opens={'upper' if opens.isupper() else 'lower'}|form={quote.form}": 1.0,
        "words": math.log(max(1, words)) / 3,
        f"short={words <= 4}": 1.0,
    }


def describe_speaker(doc: Doc, quotes: Sequence[Quote], number: int, span: Span) -> Features:
    """Return what speaks for and against a mention as the speaker of a quotation."""
    quote = quotes[number]
    side = "before" if span.end <= quote.start else "after"
    gap = quote.start - span.end if side == "before" else span.start - quote.end
    lines = doc.text.count("\n", min(span.start, quote.start), max(span.start, quote.start))
    piece = doc.char_span(span.start, span.end)
    head = piece.root if piece is not None else None
    dep = head.dep_ if head is not None else "none"
    inside = any(contains(q.offsets, span.offsets) for q in quotes)
    is_last = number > 0 and quotes[number - 1].speaker == span
    return {
        f"rule={span == quote.speaker}": 2.0,
        f"label={span.label}": 1.0,
        f"side={side}|form={quote.form}": 1.0,
        f"dep={dep}|side={side}": 1.0,
        f"line={min(lines, 2)}": 1.0,
        "gap": min(max(gap, 0), _REACH) / 100,
        f"quoted={inside}": 1.0,
        f"last={is_last}": 1.0,
    }


def list_candidates(text: str, quote: Quote, spans: Sequence[Span]) -> list[Span]:
    """Return the mentions around a quotation that may speak it, the rules' choice first."""
    near = [
        span
        for span in spans
        if not overlap(span.offsets, quote.offsets)
        and quote.start - _REACH <= span.start <= quote.end + _REACH
        and text.count("\n", min(span.start, quote.end), max(span.start, quote.start)) <= 2
    ]
    found = dict.fromkeys([*([quote.speaker] if quote.speaker is not None else []), *near])
    return list(found)


def _list_speakers(doc: Doc) -> list[Span]:
    spans = [*read_spans(doc, ENTITIES), *read_spans(doc, MENTIONS)]
    return [Span(s.start, s.end, s.label) for s in spans if s.label in _SPEAKING]


def _find_same(quote: Quote, others: Iterable[Quote]) -> Quote | None:
    """Return the quotation that shares most of the words, None where there is none."""
    for other in others:
        longest = max(quote.end - quote.start, other.end - other.start)
        if 2 * overlap(quote.offsets, other.offsets) > longest:
            return other
    return None
