"""What people read first of a release: the dataset card and the datasheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import yaml

_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{1,39}")
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**12, "100K<n<1M"))
_POLICIES = {
    "unanimous": "everybody who was asked marked it alike",
    "majority": "more than half of those asked marked it alike",
    "threshold": "a stated share of those asked marked it alike",
    "guarded": "everybody marked it alike, and not because of a suggestion",
    "single": "one person's work",
    "audit": "everybody marked it alike, and somebody else confirmed it",
    "adjudicated": "somebody decided it",
    "imported": "it came in as gold from elsewhere",
}


def find_licence(rights: Sequence[str]) -> str:
    """Return the one licence that all articles state, `other` where they state several or none."""
    stated = set(rights)
    if len(stated) == 1 and _SPDX.fullmatch(next(iter(stated))):
        return stated.pop()
    return "other"


def write_card(name: str, manifest: Mapping[str, Any], rights: Sequence[str]) -> bytes:
    """Write the dataset card: front matter as Hugging Face's hub reads it, then prose."""
    counts = manifest["counts"]
    size = next(label for limit, label in _SIZES if counts["articles"] < limit)
    simulated = bool(manifest["simulated"])
    matter = {
        "pretty_name": name,
        "license": find_licence(rights).lower(),
        "language": list(manifest["languages"]),
        "annotations_creators": ["machine-generated" if simulated else "expert-generated"],
        "task_categories": ["token-classification"],
        "size_categories": [size],
        "tags": ["stance", "quotation", "named-entity-recognition", "news"],
        "configs": [
            {"config_name": stem, "data_files": f"{stem}.jsonl"}
            for stem in ("gold", "articles", "layers", "votes")
        ],
    }
    head = yaml.safe_dump(matter, sort_keys=False, allow_unicode=True)
    rows = [
        f"# {_plain(name)} {manifest['version']}",
        "",
        "Who is for or against whom or what in news articles, in which words, and who says so.",
        *(["", "**Its annotators were simulated: it is for trying things out.**"] * simulated),
        *_write_text_note(manifest),
        "",
        "## What is in it",
        "",
        *_list_counts(counts),
        "",
        "Offsets are half-open Unicode code points of `articles.jsonl`'s `text`.",
        "`splits.json` gives each article's split; near-duplicates are always in one split.",
        "",
        "## How each item was decided",
        "",
        *_list_policies(manifest["policies"]),
        "",
        f"Annotated under the scheme `{manifest['scheme']}` by {len(manifest['authors'])} people, "
        "who bear pseudonyms here.",
        "`layers.jsonl` holds everybody's own work, `votes.jsonl` who marked what, "
        "`contested.jsonl` what stayed disputed, and `lineage.jsonl` how each item came about.",
        "`agreement.json` is how far people agreed before adjudication.",
        "",
        "## Rights",
        "",
        *_list_rights(rights),
        "",
        "## How to check it",
        "",
        "`manifest.json` has the SHA-256 of each file; `workbench verify` names what was changed.",
    ]
    return f"---\n{head}---\n\n{chr(10).join(rows)}\n".encode()


def write_datasheet(name: str, manifest: Mapping[str, Any], rights: Sequence[str]) -> bytes:
    """Write the datasheet under the headings of Gebru et al. (2021)."""
    counts = manifest["counts"]
    rounds = ", ".join(_plain(r) for r in manifest["rounds"]) or "none"
    imports = ", ".join(_plain(r) for r in manifest["imports"]) or "none"
    guideline = ", ".join(manifest["guideline"]) or "none"
    parts: dict[str, list[str]] = {
        "Motivation": [
            "It was made to train and to judge extractors of stances in news on diplomacy."
        ],
        "Composition": [
            "An instance is an article with its entities, quotations and stances.",
            *_list_counts(counts),
            f"- languages: {', '.join(manifest['languages'])}",
            "People are named as the articles name them; nothing beyond the articles was added.",
        ],
        "Collection process": [
            f"- rounds: {rounds}",
            f"- imports: {imports}",
            f"- people: {', '.join(manifest['authors']) or 'none'}",
            f"- simulated: {'yes' if manifest['simulated'] else 'no'}",
            "Which articles were chosen, and what was shown to whom, is in the project's ledger.",
        ],
        "Preprocessing and labelling": [
            f"Scheme `{manifest['scheme']}`, guideline `{guideline}`.",
            "Line breaks were normalised once; page furniture is masked and unlabelled.",
            *_list_policies(manifest["policies"]),
            f"- agreements audited: {manifest['audit']['audited']}, of them wrong: "
            f"{manifest['audit']['wrong']}",
        ],
        "Uses": [
            "Test articles were annotated without suggestions: never train on them.",
            "It says what texts say of people and states, and not what those think.",
        ],
        "Distribution": _list_rights(rights),
        "Maintenance": [
            "A release never changes by a byte; corrections come as another version.",
            "`changes.json` says what changed since the one before.",
        ],
    }
    lines = [f"# Datasheet of {_plain(name)} {manifest['version']}"]
    for title, rows in parts.items():
        lines += ["", f"## {title}", "", *rows]
    return f"{chr(10).join(lines)}\n".encode()


def _write_text_note(manifest: Mapping[str, Any]) -> list[str]:
    if manifest["text"]:
        return []
    return [
        "",
        "**It holds offsets and hashes, and no texts.**",
        "Get the texts where their rights allow it, ingest them, and run `workbench rehydrate`.",
    ]


def _list_counts(counts: Mapping[str, Any]) -> list[str]:
    rows = [f"- {name}: {counts[name]}" for name in ("articles", "spans", "quotes", "stances")]
    splits = ", ".join(f"{name} {n}" for name, n in counts["splits"].items())
    return [*rows, f"- contested: {counts['contested']}", f"- splits: {splits}"]


def _list_policies(policies: Mapping[str, int]) -> list[str]:
    return [
        f"- {name}: {count} items ({_POLICIES.get(name, 'another policy')})"
        for name, count in sorted(policies.items())
    ]


def _list_rights(rights: Sequence[str]) -> list[str]:
    counts = {stated: list(rights).count(stated) for stated in sorted(set(rights))}
    return [f"- {_plain(stated)}: {count} articles" for stated, count in counts.items()]


def _plain(words: str) -> str:
    """Return words from outside so that no Markdown or HTML in them is active."""
    line = escape(" ".join(words.split()), quote=False)
    return re.sub(r"([\\`*_{}\[\]()#+!|~-])", r"\\\1", line)
