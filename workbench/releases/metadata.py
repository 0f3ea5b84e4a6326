"""What machines read of a release: Croissant metadata and its provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.releases.cards import find_licence
from workbench.releases.files import dump_json

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_FIELDS = {
    "articles.jsonl": {
        "id": "The article's id.",
        "text_sha256": "The SHA-256 of the text, which identifies it.",
        "outlet": "Who published it.",
        "published": "When, as an ISO date.",
        "rights": "What its source allows.",
        "lang": "Its language.",
    },
    "gold.jsonl": {
        "article_id": "The article that the layer is of.",
        "text_sha256": "The text that its offsets count in.",
        "round": "The rounds that it was made in.",
        "scheme": "The hash of the labels.",
    },
    "votes.jsonl": {
        "item": "The item's id.",
        "article_id": "The article that it is in.",
        "label": "Its label, or the polarity of a stance.",
        "policy": "How it was decided.",
    },
}


def write_croissant(
    name: str, manifest: Mapping[str, Any], files: Mapping[str, str], rights: Sequence[str]
) -> bytes:
    """Write Croissant 1.0 metadata with its responsible-AI terms; `files` maps names to SHA-256.

    It has no date of publication: nothing in a release comes from a clock.
    """
    licence = find_licence(rights)
    url = f"https://spdx.org/licenses/{licence}" if licence != "other" else licence
    simulated = "simulated annotators" if manifest["simulated"] else "people"
    described = sorted(file for file in files if file.endswith((".json", ".jsonl")))
    return dump_json(
        {
            "@context": _CONTEXT,
            "@type": "sc:Dataset",
            "name": name,
            "description": "Entities, quotations and stances in news articles, with votes, "
            "decisions and lineage.",
            "conformsTo": [
                "http://mlcommons.org/croissant/1.0",
                "http://mlcommons.org/croissant/RAI/1.0",
            ],
            "license": url,
            "version": manifest["version"],
            "inLanguage": list(manifest["languages"]),
            "rai:dataCollection": "Articles were chosen and frozen by the project; each is "
            "identified by the hash of its text.",
            "rai:dataAnnotationProtocol": f"{simulated} marked passages under the scheme "
            f"{manifest['scheme']}; each item says by which policy or decision it is gold.",
            "rai:annotationsPerItem": "see votes.jsonl",
            "rai:dataBiases": "Suggestions may lead annotators; agreement.json states the share "
            "of passages where both saw them. Test articles are annotated without.",
            "rai:personalSensitiveInformation": "Public persons as the articles name them; "
            "annotators bear pseudonyms.",
            "distribution": [_describe_file(file, files[file]) for file in described],
            "recordSet": [_describe_records(file) for file in _FIELDS if file in files],
        }
    )


def write_provenance(
    manifest: Mapping[str, Any], articles: Mapping[str, str], layers: Sequence[Mapping[str, str]]
) -> bytes:
    """Write the release's provenance as PROV-JSON.

    `articles` maps ids to hashes; each of `layers` has `article_id`, `author` and `round`.
    """
    release = f"wb:release/{manifest['version']}"
    people = sorted({row["author"] for row in layers} | set(manifest["authors"]))
    rounds = [*manifest["rounds"], *manifest["imports"]]
    document: dict[str, dict[str, Any]] = {
        "prefix": {"wb": "urn:stance-workbench:"},
        "agent": {
            f"wb:{person}": {"prov:type": "prov:Person" if ":p" in person else "prov:Agent"}
            for person in people
        },
        "entity": {release: {"wb:scheme": manifest["scheme"], "wb:sequence": manifest["sequence"]}},
        "activity": {f"wb:round/{name}": {} for name in rounds},
        "wasGeneratedBy": {},
        "wasAttributedTo": {},
        "wasDerivedFrom": {},
        "used": {},
    }
    for name, digest in sorted(articles.items()):
        document["entity"][f"wb:article/{name}"] = {"wb:text_sha256": digest}
    for number, row in enumerate(layers):
        layer = f"wb:layer/{number}"
        article = f"wb:article/{row['article_id']}"
        document["entity"][layer] = {}
        document["wasAttributedTo"][f"_:a{number}"] = {
            "prov:entity": layer,
            "prov:agent": f"wb:{row['author']}",
        }
        document["wasDerivedFrom"][f"_:d{number}"] = {
            "prov:generatedEntity": layer,
            "prov:usedEntity": article,
        }
        document["used"][f"_:u{number}"] = {
            "prov:activity": f"wb:round/{row['round']}",
            "prov:entity": article,
        }
        document["wasDerivedFrom"][f"_:r{number}"] = {
            "prov:generatedEntity": release,
            "prov:usedEntity": layer,
        }
    for number, name in enumerate(rounds):
        document["wasGeneratedBy"][f"_:g{number}"] = {
            "prov:entity": release,
            "prov:activity": f"wb:round/{name}",
        }
    return dump_json(document)


def _describe_file(name: str, digest: str) -> dict[str, Any]:
    kind = "application/jsonlines" if name.endswith(".jsonl") else "application/json"
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "encodingFormat": kind,
        "sha256": digest,
    }


def _describe_records(file: str) -> dict[str, Any]:
    stem = file.removesuffix(".jsonl")
    return {
        "@type": "cr:RecordSet",
        "@id": stem,
        "name": stem,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{stem}/{column}",
                "name": f"{stem}/{column}",
                "description": meaning,
                "dataType": "sc:Text",
                "source": {"fileObject": {"@id": file}, "extract": {"column": column}},
            }
            for column, meaning in _FIELDS[file].items()
        ],
    }
