"""Which label of a scheme a label of another data set is, as far as its name tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from workbench.core.quote import QUOTE
from workbench.core.scheme import Label, Scheme
from workbench.core.span import MENTION

# What the labels of well-known data sets mean in the words of the default scheme.
_SYNONYMS: Mapping[str, str] = {
    "PER": "PERSON",
    "PERS": "PERSON",
    "PEOPLE": "PERSON",
    "HUMAN": "PERSON",
    "POLITICIAN": "PERSON",
    "ORGANISATION": "ORG",
    "ORGANIZATION": "ORG",
    "CORPORATION": "ORG",
    "COMPANY": "ORG",
    "GROUP": "ORG",
    "PARTY": "ORG",
    "POLITICALPARTY": "ORG",
    "LOCATION": "LOC",
    "PLACE": "LOC",
    "FACILITY": "LOC",
    "COUNTRY": "GPE",
    "CITY": "GPE",
    "STATE": "GPE",
    "GEOPOLITICALENTITY": "GPE",
    "NATIONALITY": "NORP",
    "TITLE": "ROLE",
    "POSITION": "ROLE",
    "OFFICE": "ROLE",
    "ELECTION": "EVENT",
    "TREATY": "AGREEMENT",
    "TOPIC": "ISSUE",
    "QUOTATION": QUOTE,
    "COREF": MENTION,
    "NP": MENTION,
}
_COLOURS = ("#5b8ff9", "#9270ca", "#269a99", "#a97142", "#6f7d95", "#c2678d", "#7a8f2b", "#4a7fb0")
_KEYS = "abcdefghijklmnopqrstuvwxyz1234567890;,./'[]-=ABCDEFGHIJKLMNOPQRSTUVWXYZ!$%&*+:<>?@^_~"


def suggest_label(name: str, labels: Iterable[str], spacy: Mapping[str, str]) -> str:
    """Return the label that a foreign one is, empty where its name tells nothing.

    First the same name in any case, then spaCy's mapping, then what data sets call the thing.
    """
    plain = re.sub(r"[^A-Z]", "", name.upper())
    known = {re.sub(r"[^A-Z]", "", label): label for label in labels}
    for key in (plain, spacy.get(name, ""), spacy.get(name.upper(), ""), _SYNONYMS.get(plain, "")):
        if key and key in known:
            return known[key]
    return ""


def make_labels(names: Sequence[str], scheme: Scheme) -> dict[str, Label]:
    """Make a label of the scheme for each foreign name: in capitals, with a free colour and key.

    A name that the scheme has already, or that two foreign ones would share, gets a letter more.
    """
    taken = {label.name for label in scheme.labels}
    keys = {label.hotkey for label in scheme.labels}
    order = max((label.order for label in scheme.labels), default=0)
    made: dict[str, Label] = {}
    for number, name in enumerate(names):
        plain = re.sub(r"[^A-Z]+", "_", name.upper()).strip("_")[:40] or "LABEL"
        while plain in taken:
            plain += "_X"
        taken.add(plain)
        wanted = [plain[0].lower(), *_KEYS, *(chr(0x3B1 + i) for i in range(400))]
        key = next(key for key in wanted if key not in keys)
        keys.add(key)
        title = name.replace("_", " ").replace("-", " ").strip() or plain
        made[name] = Label(
            plain,
            "entity",
            title[:1].upper() + title[1:],
            _COLOURS[number % len(_COLOURS)],
            key,
            order=order + number + 1,
            guideline=f"What the imported data set marks as {plain}.",
        )
    return made
