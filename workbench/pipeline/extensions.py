"""What our components keep on a Doc besides spans: plain data that serialises with it."""

from __future__ import annotations

from typing import Any

from spacy.tokens import Doc

EXTENSIONS = ("masked", "quotes", "stances", "clusters")
"""Lists of offsets and of records, with code-point offsets into the text."""


def register_extensions() -> None:
    """Let every Doc have our attributes; calling it again changes nothing."""
    for name in EXTENSIONS:
        if not Doc.has_extension(name):
            Doc.set_extension(name, getter=_make_getter(name), setter=_make_setter(name))


def _make_getter(name: str) -> Any:
    # A default list would be shared by all Docs.
    return lambda doc: doc.user_data.setdefault(f"workbench.{name}", [])


def _make_setter(name: str) -> Any:
    def set_value(doc: Doc, value: list[Any]) -> None:
        doc.user_data[f"workbench.{name}"] = list(value)

    return set_value


register_extensions()
