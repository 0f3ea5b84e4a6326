"""Label Studio's JSON: tasks with annotations, ours or those of any other project.

A project with another labelling configuration is read through a mapping, which is drafted of its
export: what its labels, links and choices are called here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.adapters.label_studio.config import make_config
from workbench.adapters.label_studio.decoding import decode_annotation
from workbench.adapters.label_studio.encoding import encode_layer, make_task
from workbench.adapters.label_studio.names import TEXT
from workbench.core.article import Article
from workbench.core.errors import SourceError, WorkbenchError
from workbench.core.layer import Layer
from workbench.core.offsets import Offsets, is_covered, trim
from workbench.core.quote import QUOTE, derive_form
from workbench.core.round import Assignment
from workbench.core.scheme import Scheme
from workbench.core.span import MENTION
from workbench.core.stance import POLARITIES, derive_speaker
from workbench.exchange.annotated import (
    Annotated,
    Carried,
    Problem,
    make_layer,
    note_bookkeeping,
)
from workbench.exchange.mappings import Mapped, draft_tables, is_own_config, read_tables
from workbench.exchange.results import list_labels
from workbench.exchange.sidecar import read_sidecar, write_sidecar
from workbench.exchange.strict_json import parse_json
from workbench.exchange.translation import translate
from workbench.formats.text import read_text

ENDINGS = (".json",)


def draft_mapping(path: Path, labels: Sequence[str]) -> str:
    """Write the mapping that another project's export needs, as far as it can be guessed.

    Empty where the export needs none, since the project was made here. `labels` are those of the
    scheme.
    """
    tasks = _read_tasks(path)
    return "" if is_own_config(tasks) else draft_tables(tasks, labels, path.name)


def read_annotated(path: Path, mapping: str = "") -> Iterator[Annotated | SourceError]:
    """Yield each annotation that was neither skipped nor is a draft, with the person who made it.

    Predictions are not read. Raises SourceError where the file is no list of tasks or the mapping
    can't be read.
    """
    tables = read_tables(mapping) if mapping else Mapped()
    known = {a.text_sha256: a for a in read_sidecar(path).values()}
    for number, task in enumerate(_read_tasks(path), start=1):
        try:
            yield from _read_task(task, tables, known)
        except (WorkbenchError, TypeError, AttributeError) as error:
            yield SourceError(f"task {number}: {error}")


def carry(article: Article, layer: Layer) -> Carried:
    """Keep spans, quotes and stances outside page furniture, which tasks show greyed out."""
    carried = Carried(article, None)

    def fits(*places: Offsets) -> bool:
        tidy = all(trim(article.text, place) == place for place in places)
        return tidy and not any(is_covered(place, article.masked) for place in places)

    spans = [s for s in layer.spans if fits(s.offsets)]
    ends = set(spans)
    quotes = [q for q in layer.quotes if fits(q.offsets) and (not q.speaker or q.speaker in ends)]
    stances = [
        s for s in layer.stances if fits(*s.cue) and ends.issuperset((*s.holders, *s.targets))
    ]
    reason = "it, or an end of it, lies in page furniture or has white space at an end"
    for all_, kept in ((layer.spans, spans), (layer.quotes, quotes), (layer.stances, stances)):
        carried.lose((item for item in all_ if item not in kept), reason)
    quotes = [replace(q, form=derive_form(article.text, q.offsets)) for q in quotes]
    stances = [replace(s, speaker=derive_speaker(s.cue, quotes)) for s in stances]
    carried.lose_count("edge", len(layer.edges), "a task has no place for names")
    note_bookkeeping(carried, layer)
    carried.layer = make_layer(article, spans=spans, quotes=quotes, stances=stances)
    return carried


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write finished tasks for Label Studio to import, the labelling configuration beside them."""
    tasks = []
    for article, layer in rows:
        whole = (0, len(article.text))
        row = Assignment(article.id, article.text_sha256, *whole, "export", "blind")
        # Ends are shown where they are, and not by another mention nearer to the cue.
        result = encode_layer(replace(layer, clusters=()), article, whole).result
        tasks.append({**make_task(article, row), "annotations": [{"result": result}]})
    text = json.dumps(tasks, ensure_ascii=False, indent=1)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    config = path.with_name(f"{path.stem}.config.xml")
    config.write_text(make_config(scheme), encoding="utf-8", newline="\n")
    write_sidecar(path, [article for article, _ in rows])


def _read_tasks(path: Path) -> list[dict[str, Any]]:
    tasks = parse_json(read_text(path))
    if not isinstance(tasks, list) or not all(
        isinstance(task, dict) and isinstance(task.get("data"), dict) for task in tasks
    ):
        raise SourceError("it is no export of Label Studio: no list of tasks, each with 'data'")
    return tasks


def _read_task(
    task: Mapping[str, Any], tables: Mapped, known: Mapping[str, Article]
) -> Iterator[Annotated]:
    text = task["data"].get(tables.text or TEXT)
    if not isinstance(text, str) or not text:
        raise SourceError(f"its data has no text under {tables.text or TEXT!r}")
    title = task["data"].get(tables.title)
    article = Article("", text, title=title if isinstance(title, str) else "")
    article = known.get(article.text_sha256, article)
    for annotation in task.get("annotations") or ():
        if not isinstance(annotation, dict):
            raise SourceError("an annotation is no object")
        if not annotation.get("was_cancelled"):
            yield _read_annotation(annotation, article, tables)


def _read_annotation(annotation: Mapping[str, Any], article: Article, tables: Mapped) -> Annotated:
    result, problems, edges = translate(annotation.get("result"), tables)
    kinds: dict[str, str] = dict.fromkeys(list_labels(result), "entity")
    kinds |= {MENTION: "mention", QUOTE: "quote"}
    kinds |= dict.fromkeys(POLARITIES, "polarity")
    decoded = decode_annotation(
        {**annotation, "result": result},
        article,
        (0, len(article.text)),
        kinds=kinds,
        asked=(),
    )
    problems += [Problem(reason, part) for reason, part in decoded.quarantined]
    layer = make_layer(
        article,
        spans=decoded.spans,
        quotes=decoded.quotes,
        stances=decoded.stances,
        edges=edges(article.text),
    )
    passages = (decoded.passage,) if decoded.passage is not None else ()
    person = _name_person(annotation.get("completed_by"))
    return Annotated(article, replace(layer, author=person, passages=passages), tuple(problems))


def _name_person(value: Any) -> str:
    """Name who made an annotation by the number that the server gave them, never by address."""
    number = value.get("id") if isinstance(value, dict) else value
    return f"person:{number}" if isinstance(number, (int, str)) and number != "" else ""
