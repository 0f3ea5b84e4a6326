"""Schemes as JSON records, prose included."""

from __future__ import annotations

from typing import Any

from workbench.adapters.records.forms import LabelForm, Record, SchemeForm, validate
from workbench.core.scheme import Label, Scheme


def write_scheme(scheme: Scheme) -> Record:
    """Write a whole scheme, prose included, as a round keeps it."""
    labels = [
        {name: getattr(label, name) for name in LabelForm.model_fields} for label in scheme.labels
    ]
    for label in labels:
        label["spacy"] = list(label["spacy"])
    return {"labels": labels, "guideline": scheme.guideline}


def read_scheme(record: Any) -> Scheme:
    """Read what `write_scheme` wrote; raises SourceError with every breach of the form."""
    form = validate(SchemeForm, record, "scheme")
    return Scheme(tuple(Label(**label.model_dump()) for label in form.labels), form.guideline)
