"""What the parts of a Label Studio result hold, whichever configuration made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def list_labels(result: Sequence[Any]) -> list[str]:
    """Return the labels of regions, as far as they are words."""
    return [label for part in result if isinstance(part, dict) for label in get_labels(part)]


def list_parts(tasks: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield the parts of all annotations that were submitted."""
    for task in tasks:
        annotations = task.get("annotations")
        for annotation in annotations if isinstance(annotations, list) else ():
            if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
                continue
            result = annotation.get("result")
            for part in result if isinstance(result, list) else ():
                if isinstance(part, dict):
                    yield part


def get_value(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part's value, an empty one where it is no object."""
    value = part.get("value")
    return value if isinstance(value, dict) else {}


def get_labels(part: Mapping[str, Any]) -> list[str]:
    """Return a region's labels, which stand under the name of its control's type."""
    value = get_value(part)
    return list_names(value.get("labels") or value.get(str(part.get("type")), ()))


def list_names(value: Any) -> list[str]:
    """Return the words of a list, none where it is no list."""
    return [x for x in value if isinstance(x, str)] if isinstance(value, (list, tuple)) else []
