"""Parquet: a row an article, its layer in nested columns; what `datasets` loads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.adapters.records import read_article, read_layer, write_article, write_layer
from workbench.core.article import Article
from workbench.core.errors import SourceError, WorkbenchError
from workbench.core.layer import Layer
from workbench.core.scheme import Scheme
from workbench.exchange.annotated import Annotated, Carried
from workbench.exchange.strict_json import parse_json

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".parquet",)
_ARTICLE = ("id", "text", "title", "outlet", "published", "url", "rights", "lang", "split")
_STRINGS = (*_ARTICLE, "group", "meta", "text_sha256")
_JSON = "layer"
"""The column with the whole layer in its documented form, by which an import reads it back."""
_LAYER = ("author", "kind", "round", "scheme", "guideline")
_LISTS = ("passages", "spans", "quotes", "stances", "clusters", "edges")


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield each row's article with its layer.

    Raises SourceError where the file is no Parquet or was made by no export of ours.
    """
    import pyarrow as pa
    import pyarrow.parquet

    pq: Any = pyarrow.parquet

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"it is no Parquet file ({error})") from None
    missing = [name for name in (*_STRINGS, _JSON) if name not in file.schema_arrow.names]
    if missing:
        raise SourceError(f"it lacks the columns {', '.join(missing)}; only our own export is read")
    number = 0
    for batch in file.iter_batches(batch_size=64):
        for row in batch.to_pylist():
            number += 1
            try:
                yield _read_row(row)
            except WorkbenchError as error:
                yield SourceError(f"row {number}: {error}")


def carry(article: Article, layer: Layer) -> Carried:
    """Keep everything."""
    return Carried(article, layer)


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write one row an article; types are stated, so that dates stay text and lists stay lists."""
    import pyarrow as pa
    import pyarrow.parquet

    pq: Any = pyarrow.parquet

    records = []
    for article, layer in rows:
        record = write_article(article)
        record["meta"] = json.dumps(record["meta"], ensure_ascii=False, sort_keys=True)
        record["masked"] = [{"start": start, "end": end} for start, end in article.masked]
        made = write_layer(layer, article.text)
        record |= {name: made[name] for name in (*_LAYER, *_LISTS)}
        record[_JSON] = json.dumps(write_layer(layer), ensure_ascii=False, sort_keys=True)
        records.append(record)
    pq.write_table(pa.Table.from_pylist(records, schema=_make_schema()), path)


def _make_schema() -> pa.Schema:
    import pyarrow as pa

    words, number, real, flag = pa.string(), pa.int64(), pa.float64(), pa.bool_()
    names = pa.list_(words)
    place = {"start": number, "end": number, "text": words}
    span = pa.struct({**place, "label": words})
    item = {"score": real, "rule": words, "policy": words, "votes": names, "contested": flag}
    stance = {"cue": pa.list_(pa.struct(place)), "holders": pa.list_(span)}
    stance |= {"targets": pa.list_(span), "by_author": flag, "polarity": words, "status": words}
    doubt = pa.struct({"flag": words, "reason": words})
    passage = {"start": number, "end": number, "asked": names, "suggested_by": words}
    types: dict[str, Any] = dict.fromkeys((*_STRINGS, *_LAYER, _JSON), words)
    types["masked"] = pa.list_(pa.struct({"start": number, "end": number}))
    structs = {
        "passages": {**passage, "doubt": doubt, "seconds": real},
        "spans": {**place, "label": words, **item},
        "quotes": {**place, "speaker": span, "form": words, **item},
        "stances": {**stance, "speaker": span, **item},
        "clusters": {"name": words, "mentions": pa.list_(span), "members": names},
        "edges": {"holder": words, "polarity": words, "target": words},
    }
    types |= {name: pa.list_(pa.struct(parts)) for name, parts in structs.items()}
    return pa.schema(types)


def _read_row(row: dict[str, Any]) -> Annotated:
    record = {name: row[name] for name in _STRINGS if row[name] is not None}
    record["meta"] = parse_json(row["meta"] or "{}")
    record["masked"] = [[region["start"], region["end"]] for region in row["masked"] or ()]
    article = read_article(record)
    return Annotated(article, read_layer(parse_json(row[_JSON]), article=article))
