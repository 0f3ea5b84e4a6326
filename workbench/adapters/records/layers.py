"""Layers as JSON records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.adapters.records.forms import (
    GoldForm,
    LayerForm,
    OffsetsForm,
    PassageForm,
    Record,
    TextForm,
    validate,
)
from workbench.adapters.records.items import (
    read_quote,
    read_span,
    read_stance,
    write_end,
    write_quote,
    write_span,
    write_stance,
)
from workbench.core.article import Article
from workbench.core.cluster import Cluster, Edge
from workbench.core.errors import OffsetError, StaleTextError
from workbench.core.identity import identify
from workbench.core.layer import FORMAT, Doubt, Item, Layer, Passage, Verdict
from workbench.core.offsets import is_valid


def write_layer(layer: Layer, text: str | None = None) -> Record:
    """Write a layer in its documented JSON form; with `text`, each span shows its words.

    Stored and released layers are written without text.
    """
    sha = layer.text_sha256
    return {
        "format": FORMAT,
        "article_id": layer.article_id,
        "text_sha256": sha,
        "author": layer.author,
        "kind": layer.kind,
        "round": layer.round,
        "scheme": layer.scheme,
        "guideline": layer.guideline,
        "passages": [_passage_record(passage) for passage in layer.passages],
        "spans": [_with_verdict(write_span(s, text), sha, s, layer.verdicts) for s in layer.spans],
        "quotes": [
            _with_verdict(write_quote(q, text), sha, q, layer.verdicts) for q in layer.quotes
        ],
        "stances": [
            _with_verdict(write_stance(s, text), sha, s, layer.verdicts) for s in layer.stances
        ],
        "clusters": [_cluster_record(cluster, text) for cluster in layer.clusters],
        "edges": [
            {"holder": e.holder, "polarity": e.polarity, "target": e.target} for e in layer.edges
        ],
    }


def read_layer(
    record: Any,
    *,
    article: Article | None = None,
    asked: Sequence[str] = (),
    defaults: Mapping[str, Any] | None = None,
) -> Layer:
    """Read a layer's JSON form; `defaults` fills what the record leaves out.

    With an article, its id and hash fill gaps, `asked` everywhere is the default passage, and the
    offsets and each `text` are held against the article. Raises SourceError with every breach of
    the form, StaleTextError for other text, OffsetError with every span that does not fit.
    """
    if isinstance(record, dict):
        record = {**(defaults or {}), **record}
    form = validate(LayerForm, record, "layer")
    sha = form.text_sha256 or (article.text_sha256 if article else "")
    passages = form.passages
    if article is not None:
        if sha != article.text_sha256:
            raise StaleTextError(
                f"the layer was made for other text than article {article.id!r} has; "
                "ingest the text it was made for, or make the layer again"
            )
        _prove(form, article)
        if passages is None and article.text:
            passages = (PassageForm(start=0, end=len(article.text), asked=tuple(asked)),)
    return Layer(
        article_id=article.id if article else form.article_id,
        text_sha256=sha,
        author=form.author,
        kind=form.kind,
        round=form.round,
        scheme=form.scheme,
        guideline=form.guideline,
        passages=tuple(_read_passage(passage) for passage in passages or ()),
        spans=tuple(read_span(span) for span in form.spans),
        quotes=tuple(read_quote(quote, article.text if article else None) for quote in form.quotes),
        stances=tuple(read_stance(stance) for stance in form.stances),
        clusters=tuple(
            Cluster(c.name, tuple(read_span(m) for m in c.mentions), c.members)
            for c in form.clusters
        ),
        edges=tuple(Edge(e.holder, e.polarity, e.target) for e in form.edges),
        verdicts=_read_verdicts(form, sha),
    )


def _prove(form: LayerForm, article: Article) -> None:
    """Hold all offsets, and the words that came with them, against the article's text."""
    problems: list[str] = []
    for where, piece in _pieces(form):
        if not is_valid(piece.pair(), len(article.text)):
            problems.append(f"{where}: {piece.start}..{piece.end} does not fit the text")
        elif isinstance(piece, TextForm) and piece.text is not None:
            words = article.text[piece.start : piece.end]
            if piece.text != words:
                problems.append(
                    f"{where}: {piece.start}..{piece.end} reads {words!r}, not {piece.text!r}"
                )
    if problems:
        raise OffsetError(f"the layer does not fit article {article.id!r}", problems)


def _pieces(form: LayerForm) -> list[tuple[str, OffsetsForm]]:
    pieces: list[tuple[str, OffsetsForm]] = []
    pieces += [(f"passages.{i}", p) for i, p in enumerate(form.passages or ())]
    pieces += [(f"spans.{i}", span) for i, span in enumerate(form.spans)]
    for i, quote in enumerate(form.quotes):
        pieces.append((f"quotes.{i}", quote))
        if quote.speaker:
            pieces.append((f"quotes.{i}.speaker", quote.speaker))
    for i, stance in enumerate(form.stances):
        pieces += [(f"stances.{i}.cue", cue) for cue in stance.cue]
        pieces += [(f"stances.{i}.holders", span) for span in stance.holders]
        pieces += [(f"stances.{i}.targets", span) for span in stance.targets]
        if stance.speaker:
            pieces.append((f"stances.{i}.speaker", stance.speaker))
    for i, cluster in enumerate(form.clusters):
        pieces += [(f"clusters.{i}", mention) for mention in cluster.mentions]
    return pieces


def _cluster_record(cluster: Cluster, text: str | None) -> Record:
    record: Record = {
        "name": cluster.name,
        "mentions": [write_end(mention, text) for mention in cluster.mentions],
    }
    if cluster.members:
        record["members"] = list(cluster.members)
    return record


def _passage_record(passage: Passage) -> Record:
    doubt = passage.doubt
    return {
        "start": passage.start,
        "end": passage.end,
        "asked": list(passage.asked),
        "suggested_by": passage.suggested_by,
        "doubt": None if doubt is None else {"flag": doubt.flag, "reason": doubt.reason},
        "seconds": passage.seconds,
    }


def _with_verdict(record: Record, sha: str, item: Item, verdicts: Mapping[str, Verdict]) -> Record:
    verdict = verdicts.get(identify(sha, item)) if verdicts else None
    if verdict is not None:
        record["policy"] = verdict.policy
        record["votes"] = list(verdict.votes)
        record["contested"] = verdict.contested
        if verdict.readings:
            record["readings"] = dict(verdict.readings)
        if verdict.conflict:
            record["conflict"] = verdict.conflict
    return record


def _read_passage(form: PassageForm) -> Passage:
    doubt = None if form.doubt is None else Doubt(form.doubt.flag, form.doubt.reason)
    return Passage(form.start, form.end, form.asked, form.suggested_by, doubt, form.seconds)


def _read_verdicts(form: LayerForm, sha: str) -> dict[str, Verdict]:
    rows: list[tuple[GoldForm, Item]] = [(x, read_span(x)) for x in form.spans if x.policy]
    rows += [(x, read_quote(x, None)) for x in form.quotes if x.policy]
    rows += [(x, read_stance(x)) for x in form.stances if x.policy]
    return {
        identify(sha, item): Verdict(
            row.policy or "",
            row.votes,
            row.contested,
            tuple(sorted(row.readings.items())),
            row.conflict,
        )
        for row, item in rows
    }
