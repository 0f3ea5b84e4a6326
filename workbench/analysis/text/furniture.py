"""Page furniture: scraped lines that belong to the web page and not to the article."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbench.core.offsets import Offsets

_LONGEST = 250
"""Characters: a longer line is prose, whatever words it has."""

_CALLS = re.compile(
    r"""\b(?:
        (?:click|tap)\s+here | follow\s+us | stay\s+(?:updated|tuned|informed)
      | subscribe\s+(?:to|now|here|for) | sign\s+up\s+(?:for|to|here|now)
      | (?:our|free|daily|weekly)\s+newsletters? | read\s+more\b | also\s+read\b | read\s+also\b
      | download\s+(?:our|the)\s+app | join\s+(?:us|our)\s+(?:on|channel|whatsapp|telegram)
      | all\s+rights\s+reserved | share\s+this\s+(?:article|story) | advertisement
      | get\s+the\s+latest | breaking\s+news\s+alerts? | terms\s+of\s+use | cookie\s+policy
      | recommended\s+stories | continue\s+reading | more\s+on\s+this\s+(?:story|topic)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DATE_LINE = re.compile(
    r"^\W*(?:date|published|updated|posted|last\s+updated)\b(?:\s+on)?\s*:?\s*"
    r"(?P<date>\d{4}-\d{2}-\d{2})",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“”\"]")
_SAYS = re.compile(r"\b(?:said|says|told|added|wrote|according)\b", re.IGNORECASE)
_COPYRIGHT = re.compile(r"^\W*(?:©|\(c\)|copyright\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Furniture:
    """Masked regions, whole lines each, and the date that one of them states."""

    masked: tuple[Offsets, ...] = ()
    published: str = ""


def find_furniture(text: str) -> Furniture:
    """Find lines of page furniture; what could be prose is left alone.

    Calls to follow, subscribe or click count only in short lines without quotation marks and
    verbs of saying; a date line only where the date stands at its beginning.
    """
    masked: list[Offsets] = []
    published = ""
    at = 0
    for line in text.split("\n"):
        stripped = line.strip()
        dated = _DATE_LINE.match(stripped)
        if stripped and _is_furniture(stripped):
            start = at + line.index(stripped[0])
            masked.append((start, start + len(stripped)))
            published = published or (dated["date"] if dated else "")
        at += len(line) + 1
    return Furniture(tuple(masked), published)


def _is_furniture(line: str) -> bool:
    if len(line) > _LONGEST:
        return False
    dated = _DATE_LINE.match(line)
    if dated and (dated.end() == len(line) or _CALLS.search(line) or len(line) < dated.end() + 15):
        return True
    if _COPYRIGHT.match(line):
        return True
    return bool(_CALLS.search(line)) and not _QUOTED.search(line) and not _SAYS.search(line)
