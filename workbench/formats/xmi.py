"""UIMA CAS XMI, as INCEpTION and DKPro read it: a file an article and one type system.

The library counts offsets in UTF-16 for the files and in code points for us.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.adapters.records import Record, read_layer
from workbench.core.article import Article
from workbench.core.errors import SourceError, WorkbenchError
from workbench.core.layer import Layer
from workbench.core.scheme import Scheme
from workbench.core.span import Span
from workbench.exchange.annotated import Annotated, Carried, Problem, make_layer, note_bookkeeping
from workbench.exchange.file_names import make_file_name
from workbench.exchange.sidecar import read_sidecar, write_sidecar

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem

FOLDER = True
ENDINGS = (".xmi",)
_TYPES = "TypeSystem.xml"
_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
_QUOTE = "webanno.custom.Quote"
_STANCE = "webanno.custom.Stance"
_PIECE = "webanno.custom.CuePiece"
_ANNOTATION = "uima.tcas.Annotation"
_STRING, _BOOLEAN, _ARRAY = "uima.cas.String", "uima.cas.Boolean", "uima.cas.FSArray"
# What XML 1.0 can hold in no way at all, not even as a reference.
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_annotated(path: Path) -> Iterator[Annotated | SourceError]:
    """Yield the article of each `.xmi` file, which its type system must lie beside.

    Named entities, and whatever else has a string `value` or `label`, are spans. Entities of XML
    are not resolved.
    """
    folder = path if path.is_dir() else path.parent
    files = sorted(folder.glob("*.xmi")) if path.is_dir() else [path]
    known = {make_file_name(a.id): a for a in read_sidecar(folder).values()}
    if not (folder / _TYPES).is_file():
        raise SourceError(f"{folder} lacks {_TYPES}; export the type system with the files")
    types = _load(folder / _TYPES, None)
    for file in files:
        try:
            yield _read_cas(_load(file, types), known.get(file.stem), file.name)
        except (WorkbenchError, KeyError, TypeError, ValueError, AttributeError) as error:
            yield SourceError(f"{file.name}: {error}")


def carry(article: Article, layer: Layer) -> Carried:
    """Keep spans, quotes and stances of every text that XML can hold."""
    carried = Carried(article, None)
    impossible = _IMPOSSIBLE.search(article.text)
    if impossible:
        reason = f"XML can't hold the character U+{ord(impossible[0]):04X} of its text"
        carried.lose_count("article", 1, reason)
        carried.lose(layer.items, "its article can't go")
        return carried
    carried.lose_count("edge", len(layer.edges), "the format points to words, not to names")
    note_bookkeeping(carried, layer)
    carried.layer = make_layer(
        article, spans=layer.spans, quotes=layer.quotes, stances=layer.stances
    )
    return carried


def write_annotated(rows: Sequence[tuple[Article, Layer]], path: Path, scheme: Scheme) -> None:
    """Write a file an article, named by its id, and the type system."""
    path.mkdir(parents=True, exist_ok=True)
    types = _make_types()
    types.to_xml(path / _TYPES)
    for article, layer in rows:
        _make_cas(article, layer, types).to_xmi(path / f"{make_file_name(article.id)}.xmi")
    write_sidecar(path, [article for article, _ in rows])


def _load(path: Path, types: TypeSystem | None) -> Any:
    """Read a type system or a CAS; refuses a document type, by which entities are defined."""
    from cassis import load_cas_from_xmi, load_typesystem
    from lxml import etree

    data = path.read_bytes()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise SourceError(f"{path.name} defines entities of XML, which are not read")
    try:
        if types is None:
            return load_typesystem(data.decode("utf-8"))
        return load_cas_from_xmi(data.decode("utf-8"), typesystem=types)
    except (etree.LxmlError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{path.name} is no XML of UIMA ({error})") from None


def _make_types() -> TypeSystem:
    from cassis import TypeSystem

    types = TypeSystem()
    for name, features in {
        _ENTITY: {"value": _STRING},
        _QUOTE: {"form": _STRING, "speaker": _ENTITY},
        _PIECE: {},
        _STANCE: {
            "polarity": _STRING,
            "status": _STRING,
            "byAuthor": _BOOLEAN,
            "cue": _ARRAY,
            "holders": _ARRAY,
            "targets": _ARRAY,
            "speaker": _ENTITY,
        },
    }.items():
        made = types.create_type(name, supertypeName=_ANNOTATION)
        for feature, range_ in features.items():
            types.create_feature(made, feature, range_)
    return types


def _make_cas(article: Article, layer: Layer, types: TypeSystem) -> Cas:
    from cassis import Cas

    cas = Cas(typesystem=types)
    cas.sofa_string = article.text
    cas.sofa_mime = "text/plain"
    entity, array = types.get_type(_ENTITY), types.get_type(_ARRAY)
    made: dict[Span, Any] = {}
    for span in layer.spans:
        made[span] = entity(begin=span.start, end=span.end, value=span.label)
        cas.add(made[span])
    for quote in layer.quotes:
        speaker = made[quote.speaker] if quote.speaker else None
        kind = types.get_type(_QUOTE)
        cas.add(kind(begin=quote.start, end=quote.end, form=quote.form, speaker=speaker))
    for stance in layer.stances:
        pieces = [types.get_type(_PIECE)(begin=start, end=end) for start, end in stance.cue]
        cas.add_all(pieces)
        start, end = stance.offsets
        cas.add(
            types.get_type(_STANCE)(
                begin=start,
                end=end,
                polarity=stance.polarity,
                status=stance.status,
                byAuthor=stance.by_author,
                cue=array(elements=pieces),
                holders=array(elements=[made[span] for span in stance.holders]),
                targets=array(elements=[made[span] for span in stance.targets]),
                speaker=made[stance.speaker] if stance.speaker else None,
            )
        )
    return cas


def _read_cas(cas: Cas, known: Article | None, name: str) -> Annotated:
    text = cas.sofa_string
    if not isinstance(text, str) or not text:
        raise SourceError("it has no text")
    article = known if known is not None and known.text == text else None
    article = article or Article("", text, meta={"source": name})
    record: Record = {"spans": [], "quotes": [], "stances": []}
    problems = []
    for found in cas.select_all_annotations():
        kind = found.type.name
        if kind == _QUOTE:
            speaker = {"speaker": _write_end(found.speaker)} if found.speaker else {}
            record["quotes"].append({**_place(found), "form": found.form, **speaker})
        elif kind == _STANCE:
            record["stances"].append(_read_stance(found))
        elif label := _get_label(found):
            record["spans"].append({**_place(found), "label": label})
        elif kind.startswith(("webanno.custom.", "custom.")) and kind != _PIECE:
            problems.append(Problem(f"the type {kind!r} has no counterpart", _place(found)))
    layer = read_layer(record, article=article)
    made = make_layer(article, spans=layer.spans, quotes=layer.quotes, stances=layer.stances)
    return Annotated(article, made, tuple(problems))


def _get_label(found: Any) -> str:
    names = {feature.name for feature in found.type.all_features}
    value = next((found[name] for name in ("value", "label") if name in names), None)
    is_placed = {"begin", "end"} <= names
    return value if is_placed and isinstance(value, str) and _is_marked(found) else ""


def _is_marked(found: Any) -> bool:
    """Tell what people marked from the tokens and sentences that a tool made."""
    return not found.type.name.startswith("de.tudarmstadt.ukp.dkpro.core.api.") or (
        found.type.name == _ENTITY
    )


def _place(found: Any) -> Record:
    return {"start": found.begin, "end": found.end}


def _write_end(found: Any) -> Record:
    return {**_place(found), "label": found.value}


def _read_stance(found: Any) -> Mapping[str, Any]:
    def list_parts(name: str) -> list[Any]:
        array = found[name]
        return list(array.elements or ()) if array is not None else []

    speaker = {"speaker": _write_end(found.speaker)} if found.speaker else {}
    return {
        "cue": [_place(piece) for piece in list_parts("cue")],
        "holders": [_write_end(end) for end in list_parts("holders")],
        "targets": [_write_end(end) for end in list_parts("targets")],
        "by_author": bool(found.byAuthor),
        "polarity": found.polarity,
        "status": found.status,
        **speaker,
    }
