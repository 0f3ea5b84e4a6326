"""Compatibility: whether a saved model fits this project's scheme and what is installed."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spacy.about import __version__ as spacy_version
from spacy.language import Language

from workbench.core.errors import PipelineError
from workbench.core.scheme import Scheme

KEY = "workbench"
"""Where a pipeline's meta holds what the workbench made it of."""


def stamp_model(nlp: Language, scheme: Scheme, **facts: Any) -> None:
    """Write into a pipeline's meta what it was made of and with, for `check_model` to read."""
    nlp.meta[KEY] = {
        **facts,
        "scheme": scheme.hash,
        "labels": list(scheme.asked),
        "spacy": spacy_version,
        "version": get_version(),
    }


def check_model(path: Path, scheme: Scheme) -> None:
    """Raise PipelineError for a model of another scheme, spaCy or workbench version.

    A pipeline that the workbench did not make is not its business.
    """
    file = path / "meta.json"
    if not file.is_file():
        return
    try:
        made: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")).get(KEY) or {}
    except (ValueError, AttributeError):
        raise PipelineError(f"{file} is no JSON; train the model again") from None
    problems = _list_problems(made, scheme) if made else []
    if problems:
        again = f"workbench train {made.get('release') or 'VERSION'}"
        raise PipelineError(
            f"the model {path.name!r} does not fit: {'; '.join(problems)}; train it again with: "
            f"{again}"
        )


def get_version() -> str:
    """Return the workbench's own version."""
    try:
        return version("stance-workbench")
    except PackageNotFoundError:
        return "0"


def _list_problems(made: dict[str, Any], scheme: Scheme) -> list[str]:
    problems = []
    if made.get("scheme") != scheme.hash:
        theirs, ours = set(made.get("labels", ())), set(scheme.asked)
        changed = [*(f"+{x}" for x in sorted(ours - theirs)), *(f"-{x}" for x in theirs - ours)]
        what = f" ({', '.join(changed)})" if changed else ""
        problems.append(
            f"it was trained under the scheme {made.get('scheme')}, the project has "
            f"{scheme.hash}{what}"
        )
    for name, present in (("spacy", spacy_version), ("version", get_version())):
        before = str(made.get(name, "0"))
        if before.split(".")[:2] != present.split(".")[:2]:
            title = "spaCy" if name == "spacy" else "workbench"
            problems.append(f"it was made with {title} {before}, {present} is installed")
    return problems
