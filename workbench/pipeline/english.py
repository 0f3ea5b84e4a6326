"""Choose the spaCy pipeline to stand on, and stand our components around it."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.util import get_installed_models

from workbench.core.errors import PipelineError
from workbench.core.scheme import Scheme
from workbench.pipeline import quotations
from workbench.pipeline.entity_rules import list_gazetteers
from workbench.pipeline.extensions import register_extensions
from workbench.pipeline.stances.component import StanceFinder
from workbench.pipeline.tag_attributes import replace_attribute_ruler

NEEDED = ("tagger", "parser", "lemmatizer", "ner")
_SIZES = ("trf", "lg", "md", "sm")
_SPECIAL_CASES = {day: [{"ORTH": day}] for day in ("Mon.", "Tues.", "Wed.", "Thurs.", "Fri.")}


def find_base() -> str | None:
    """Name the best installed English pipeline: larger before smaller, official before others."""
    names = [name for name in get_installed_models() if name.startswith("en_core_web_")]
    usable = [name for name in names if _has_components(name)]
    return min(usable, key=_rank, default=None)


def load_base(base: Language | str | Path | None = None) -> Language:
    """Load the pipeline to stand on: what is given, else the best installed, else blank English.

    Warns once where it falls back to blank English. Raises PipelineError where the named one is
    not there.
    """
    register_extensions()
    if isinstance(base, Language):
        return base
    name = base or find_base()
    if name is None:
        warnings.warn(
            "no trained English pipeline is installed, so entities come from lists alone and "
            "stances from words alone; install one: pip install 'stance-workbench[english]'",
            stacklevel=2,
        )
        nlp = spacy.blank("en")
        nlp.add_pipe("sentencizer")
        return nlp
    try:
        return spacy.load(name)
    except (OSError, ValueError) as error:
        what = " ".join(str(error).split())[:300]
        raise PipelineError(f"the spaCy pipeline {str(name)!r} can't be loaded: {what}") from None


def make_pipeline(
    seeds: Path, scheme: Scheme, base: Language | str | Path | None = None
) -> Language:
    """Stand our components around a base pipeline, with the lists of a project's seeds.

    A pipeline that has them already, such as a trained model of ours, is returned as it is. The
    stances' component makes the clusters, for the mentions that stances need are in them; one
    without stances can add `workbench_clusters`.
    """
    nlp = load_base(base)
    if "workbench_stances" in nlp.pipe_names:
        return nlp
    replace_attribute_ruler(nlp)
    gazetteers = read_gazetteers(seeds / "gazetteers")
    for case, tokens in _SPECIAL_CASES.items():
        tokenizer: Any = nlp.tokenizer
        tokenizer.add_special_case(case, tokens)
    before: dict[str, Any] = {"before": "ner"} if "ner" in nlp.pipe_names else {"last": True}
    nlp.add_pipe("workbench_furniture", first=True)
    nlp.add_pipe("workbench_entity_rules", config={"gazetteers": gazetteers}, **before)
    roles = [*gazetteers["role_heads"], *gazetteers["role_modifiers"]]
    nlp.add_pipe(
        "workbench_entity_labels", config={"mapping": scheme.spacy_mapping, "roles": roles}
    )
    nlp.add_pipe("workbench_names")
    for name, tables in (
        ("workbench_quotations", quotations.QuotationFinder.needed),
        ("workbench_stances", StanceFinder.needed),
    ):
        nlp.add_pipe(name, config={"tables": read_tables(seeds, tables)})
    return nlp


def read_tables(seeds: Path, names: Sequence[str]) -> dict[str, str]:
    """Read a component's tables from a project's seeds; raises PipelineError for missing ones."""
    missing = [name for name in names if not (seeds / name).is_file()]
    if missing:
        raise PipelineError(f"{seeds} lacks {', '.join(missing)}; copy them with: workbench init")
    return {name: (seeds / name).read_text(encoding="utf-8") for name in names}


def read_gazetteers(folder: Path) -> dict[str, list[str]]:
    """Read the lists of names; countries come from CLDR through Babel.

    Raises PipelineError that lists the files which are missing.
    """
    missing = [name for name in list_gazetteers() if not (folder / f"{name}.txt").is_file()]
    if missing:
        raise PipelineError(f"{folder} lacks the lists {', '.join(missing)}; run: workbench init")
    lists = {name: read_lines(folder / f"{name}.txt") for name in list_gazetteers()}
    lists["gpe"] = sorted({*lists["gpe"], *list_countries()})
    return lists


def read_lines(path: Path) -> list[str]:
    """Read a list, one entry a line; lines that begin with # say what it is."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def list_countries() -> list[str]:
    """Return the English names of all states and territories of the CLDR."""
    from babel import Locale

    territories: Mapping[str, str] = Locale("en").territories
    names = [name for code, name in territories.items() if len(code) == 2 and code.isalpha()]
    plain = [
        name
        for name in names
        if name not in ("world", "Unknown Region", "European Union", "United Nations")
    ]
    return [name for name in plain if "Pseudo" not in name and name != "Eurozone"]


def describe_pipeline(nlp: Language) -> str:
    """Name a pipeline as a layer's author: `model:<name>-<version>-<8 hex over its config>`."""
    settings: dict[str, Any] = {
        name: nlp.get_pipe_config(name) for name in nlp.pipe_names if name.startswith("workbench")
    }
    stated = [nlp.meta.get("name"), nlp.meta.get("version"), nlp.pipe_names, settings]
    stated.append(nlp.meta.get("workbench", {}))
    digest = hashlib.sha256(json.dumps(stated, sort_keys=True, default=str).encode()).hexdigest()
    name = f"{nlp.lang}_{nlp.meta.get('name') or 'pipeline'}"
    return f"model:{name}-{nlp.meta.get('version') or '0'}-{digest[:8]}"


def _has_components(name: str) -> bool:
    try:
        meta = spacy.util.get_package_path(name)
        found = [path for path in meta.rglob("meta.json") if path.parent.name.startswith("en_core")]
        components = json.loads(found[0].read_text(encoding="utf-8"))["components"] if found else []
    except (ImportError, OSError, ValueError):
        return False
    return all(part in components for part in NEEDED)


def _rank(name: str) -> tuple[int, int, str]:
    parts = name.split("_")
    size = next((i for i, size in enumerate(_SIZES) if size in parts), len(_SIZES))
    return (size, len(parts), name)
