"""Spans, quotes and stances as JSON records."""

from __future__ import annotations

from typing import Any

from workbench.adapters.records.forms import QuoteForm, Record, SpanForm, StanceForm, validate
from workbench.core.errors import SourceError
from workbench.core.layer import Item
from workbench.core.offsets import Offsets
from workbench.core.quote import Quote, derive_form
from workbench.core.span import Span
from workbench.core.stance import Stance


def write_item(item: Item) -> Record:
    """Write a span, quote or stance with its `type`."""
    if isinstance(item, Span):
        return {"type": "span", **write_span(item)}
    if isinstance(item, Quote):
        return {"type": "quote", **write_quote(item)}
    return {"type": "stance", **write_stance(item)}


def read_item(record: Any) -> Item:
    """Read what `write_item` wrote; raises SourceError with every breach of the form."""
    kind = record.get("type") if isinstance(record, dict) else None
    rest = {key: value for key, value in record.items() if key != "type"} if kind else record
    if kind == "span":
        return read_span(validate(SpanForm, rest, "span"))
    if kind == "quote":
        return read_quote(validate(QuoteForm, rest, "quote"), None)
    if kind == "stance":
        return read_stance(validate(StanceForm, rest, "stance"))
    raise SourceError(f"an item needs a type: span, quote or stance, not {kind!r}")


def write_offsets(offsets: Offsets, text: str | None) -> Record:
    """Write offsets, and with `text` the words they name."""
    record: Record = {"start": offsets[0], "end": offsets[1]}
    if text is not None:
        record["text"] = text[offsets[0] : offsets[1]]
    return record


def _add_score(record: Record, item: Item) -> Record:
    if item.score is not None:
        record["score"] = item.score
    if item.rule is not None:
        record["rule"] = item.rule
    return record


def write_span(span: Span, text: str | None = None) -> Record:
    """Write a span with its score and rule."""
    return _add_score({**write_offsets(span.offsets, text), "label": span.label}, span)


def write_end(span: Span, text: str | None) -> Record:
    """Write a pointer to one of the layer's spans, whose score and rule stand there."""
    return {**write_offsets(span.offsets, text), "label": span.label}


def write_quote(quote: Quote, text: str | None = None) -> Record:
    """Write a quote; its speaker is a pointer to one of the layer's spans."""
    record = write_offsets(quote.offsets, text)
    if quote.speaker is not None:
        record["speaker"] = write_end(quote.speaker, text)
    return _add_score({**record, "form": quote.form}, quote)


def write_stance(stance: Stance, text: str | None = None) -> Record:
    """Write a stance; its ends are pointers to the layer's spans."""
    record: Record = {
        "cue": [write_offsets(cue, text) for cue in stance.cue],
        "holders": [write_end(span, text) for span in stance.holders],
        "targets": [write_end(span, text) for span in stance.targets],
        "by_author": stance.by_author,
        "polarity": stance.polarity,
        "status": stance.status,
    }
    if stance.speaker is not None:
        record["speaker"] = write_end(stance.speaker, text)
    return _add_score(record, stance)


def read_span(form: SpanForm) -> Span:
    """Make a span of its form."""
    return Span(form.start, form.end, form.label, form.score, form.rule)


def read_quote(form: QuoteForm, text: str | None) -> Quote:
    """Make a quote of its form; without a stated form, `text` tells direct from indirect."""
    guessed = derive_form(text, form.pair()) if text is not None else "direct"
    speaker = None if form.speaker is None else read_span(form.speaker)
    return Quote(form.start, form.end, speaker, form.form or guessed, form.score, form.rule)


def read_stance(form: StanceForm) -> Stance:
    """Make a stance of its form."""
    return Stance(
        cue=tuple(cue.pair() for cue in form.cue),
        holders=tuple(read_span(span) for span in form.holders),
        targets=tuple(read_span(span) for span in form.targets),
        polarity=form.polarity,
        status=form.status,
        by_author=form.by_author,
        speaker=None if form.speaker is None else read_span(form.speaker),
        score=form.score,
        rule=form.rule,
    )
