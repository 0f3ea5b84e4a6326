"""The scheme as Markdown: one file a label, with front matter and the guideline's prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from workbench.adapters.front_matter import split_front_matter
from workbench.adapters.markup import read_marks
from workbench.core.errors import MarkupError, SchemeError, SourceError
from workbench.core.scheme import LABEL_KINDS, Label, Scheme
from workbench.core.stance import POLARITIES

COMMON = "GUIDELINE.md"
"""The file with the common prose, which belongs to no label."""
_REQUIRED = ("label", "kind", "title", "colour", "hotkey")
_OPTIONAL = ("spacy", "order")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_NAME = re.compile(r"[A-Z][A-Z_]*")
_EXAMPLE = re.compile(r"^- (.*)$", re.MULTILINE)


def read_scheme(files: Mapping[str, str]) -> Scheme:
    """Read a scheme from its files' names and texts; raises SchemeError with every problem."""
    problems: list[str] = []
    labels: list[Label] = []
    names: set[str] = set()
    for name, text in sorted(files.items()):
        if name == COMMON:
            continue
        try:
            matter, prose = split_front_matter(text)
        except SourceError as error:
            problems.append(f"{name}: {error}")
            continue
        names.add(str(matter.get("label")))
        found = _check_matter(matter)
        problems += [f"{name}: {problem}" for problem in found]
        if not found:
            labels.append(_make_label(matter, prose))
    problems += _check_labels(labels)
    for name, text in sorted(files.items()):
        problems += [f"{name}: {problem}" for problem in check_examples(text, names)]
    if problems:
        raise SchemeError("the scheme is broken", problems)
    ordered = sorted(labels, key=lambda label: (label.order, label.name))
    return Scheme(tuple(ordered), files.get(COMMON, "").strip())


def write_label(label: Label) -> str:
    """Write a label's file as `read_scheme` reads it."""
    matter: dict[str, Any] = {
        "label": label.name,
        "kind": label.kind,
        "title": label.title,
        "colour": label.colour,
        "hotkey": label.hotkey,
        "order": label.order,
    }
    if label.spacy:
        matter["spacy"] = list(label.spacy)
    table = yaml.safe_dump(matter, allow_unicode=True, sort_keys=False)
    return f"---\n{table}---\n{label.guideline}\n"


def list_examples(guideline: str) -> list[str]:
    """Return a guideline's examples: the items of its lists, each in markup."""
    return [match[1] for match in _EXAMPLE.finditer(guideline)]


def check_examples(text: str, labels: Iterable[str]) -> list[str]:
    """List the examples that can't be read, or that use a label which the scheme lacks."""
    known = set(labels) | {"QUOTE"}
    problems = []
    for example in list_examples(text):
        try:
            used = {span.label for span in read_marks(example).spans}
        except MarkupError as error:
            problems.append(f"the example {example!r} is broken: {error}")
            continue
        problems += [
            f"the example {example!r} uses the unknown label {label}"
            for label in sorted(used - known)
        ]
    return problems


def _check_matter(matter: Mapping[str, Any]) -> list[str]:
    problems = [f"the key {key!r} is missing" for key in _REQUIRED if key not in matter]
    problems += [
        f"the key {key!r} is unknown; there are {', '.join((*_REQUIRED, *_OPTIONAL))}"
        for key in matter
        if key not in (*_REQUIRED, *_OPTIONAL)
    ]
    if "label" in matter and not _NAME.fullmatch(str(matter["label"])):
        problems.append(f"the label {matter['label']!r} must be of capitals")
    if "kind" in matter and matter["kind"] not in LABEL_KINDS:
        problems.append(f"the kind {matter['kind']!r} is none of {', '.join(LABEL_KINDS)}")
    if matter.get("kind") == "polarity" and matter.get("label") not in POLARITIES:
        problems.append(f"the polarity {matter.get('label')!r} is none of {', '.join(POLARITIES)}")
    if "colour" in matter and not _COLOUR.fullmatch(str(matter["colour"])):
        problems.append(f"the colour {matter['colour']!r} is none; write it as '#rrggbb'")
    if "hotkey" in matter and len(str(matter["hotkey"])) != 1:
        problems.append(f"the hotkey {matter['hotkey']!r} must be one character")
    spacy = matter.get("spacy", [])
    if not isinstance(spacy, list) or not all(isinstance(name, str) for name in spacy):
        problems.append("'spacy' must be a list of spaCy's labels")
    if not isinstance(matter.get("order", 0), int):
        problems.append(f"the order {matter['order']!r} must be a whole number")
    return problems


def _check_labels(labels: list[Label]) -> list[str]:
    problems = []
    for what, values in (
        ("label", [label.name for label in labels]),
        ("hotkey", [label.hotkey for label in labels]),
        ("spaCy label", [name for label in labels for name in label.spacy]),
    ):
        twice = sorted({value for value in values if values.count(value) > 1})
        problems += [f"the {what} {value!r} is given twice" for value in twice]
    missing = [p for p in POLARITIES if p not in {label.name for label in labels}]
    if missing:
        problems.append(f"the polarities {', '.join(missing)} have no file")
    return problems


def _make_label(matter: Mapping[str, Any], prose: str) -> Label:
    return Label(
        name=str(matter["label"]),
        kind=matter["kind"],
        title=str(matter["title"]),
        colour=str(matter["colour"]).lower(),
        hotkey=str(matter["hotkey"]),
        spacy=tuple(matter.get("spacy", ())),
        order=matter.get("order", 0),
        guideline=prose.strip(),
    )
