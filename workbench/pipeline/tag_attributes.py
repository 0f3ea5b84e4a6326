"""Component: spaCy's attribute ruler, which looks up what it otherwise tries at every token.

Of the patterns that give the base pipeline's parts of speech, nearly all name one token by its
tag, word or dependency. Trying each at each token costs an eighth of the whole pipeline's time;
here those are found by a look at tables, and only the others are tried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc

NAME = "attribute_ruler"
_PLAIN = ("TAG", "LOWER", "DEP", "IS_SPACE")
Row = tuple[int, int, int, int]
"""The number of a rule, its id in the matcher, and the half-open tokens that it matches."""
Names = tuple[str, ...]
Refused = tuple[tuple[str, frozenset[int]], ...]
"""What a token must not have, by the attribute's name."""


class IndexedAttributeRuler(AttributeRuler):
    """Sets what spaCy's own sets, rule for rule and in the same order."""

    _indexed: tuple[list[Any], int] | None = None

    def match(self, doc: Doc) -> list[Row]:
        """Return the matches of all rules, later rules last so that they win."""
        known = self._indexed
        if known is None or known[0] is not self.attrs or known[1] != len(self.attrs):
            self._make_index()
        columns = {
            name: [int(value) for value in doc.to_array([name]).ravel().tolist()] for name in _PLAIN
        }
        found = set(self._look_up(columns))
        for name, value, matcher in self._others:
            if not name or value in columns[name]:
                found |= {
                    (int(self.vocab.strings[rule]), rule, start, end)
                    for rule, start, end in matcher(doc, allow_missing=True, as_spans=False)
                }
        return sorted(found)

    def _look_up(self, columns: Mapping[str, Sequence[int]]) -> Iterator[Row]:
        for names, rules in self._tables.items():
            keys = zip(*(columns[name] for name in names), strict=True)
            for number, key in enumerate(keys):
                for rule, refused in rules.get(key, ()):
                    if not any(columns[name][number] in values for name, values in refused):
                        yield rule, self._ids[rule], number, number + 1

    def _make_index(self) -> None:
        """Sort the rules' patterns into tables, and each other one into a matcher of its own."""
        tables: defaultdict[Names, defaultdict[tuple[int, ...], list[tuple[int, Refused]]]]
        tables = defaultdict(lambda: defaultdict(list))
        self._others: list[tuple[str, int, Matcher]] = []
        self._ids: dict[int, int] = {}
        entries: Any = self.patterns
        for rule, entry in enumerate(entries):
            self._ids[rule] = self.vocab.strings.add(str(rule))
            for pattern in entry["patterns"]:
                asked = self._read(pattern[0]) if len(pattern) == 1 else None
                if asked is None:
                    matcher = Matcher(self.vocab, validate=False)
                    matcher.add(str(rule), [pattern])
                    self._others.append((*self._find_trigger(pattern), matcher))
                    continue
                names, keys, refused = asked
                for key in keys:
                    tables[names][key].append((rule, refused))
        self._tables = {names: dict(rules) for names, rules in tables.items()}
        self._indexed = self.attrs, len(self.attrs)

    def _read(
        self, token: Mapping[str, Any]
    ) -> tuple[Names, list[tuple[int, ...]], Refused] | None:
        """Return what a pattern's token must and must not have; None where it asks for more."""
        wanted: dict[str, list[int]] = {}
        refused: list[tuple[str, frozenset[int]]] = []
        for name, value in token.items():
            options = self._list_ids(value)
            if name in _PLAIN and options and all(options):
                wanted[name] = options
            elif name == "IS_SPACE" and isinstance(value, bool):
                wanted[name] = [int(value)]
            elif name in _PLAIN and isinstance(value, dict) and set(value) == {"NOT_IN"}:
                ids = self._list_ids(value["NOT_IN"])
                if len(ids) != len(value["NOT_IN"]):
                    return None
                refused.append((name, frozenset(ids)))
            else:
                return None
        if not wanted:
            return None
        return tuple(wanted), list(product(*wanted.values())), tuple(refused)

    def _list_ids(self, value: object) -> list[int]:
        """Return the ids of the values that a token may have; nothing where that is no list.

        An empty value has the id 0, which is also that of a token of which nothing is known.
        """
        if isinstance(value, dict) and set(value) == {"IN"}:
            value = value["IN"]
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            return []
        return [self.vocab.strings.add(v) if v else 0 for v in values]

    def _find_trigger(self, pattern: Sequence[Mapping[str, Any]]) -> tuple[str, int]:
        """Return an attribute and value without which a pattern matches nowhere, if it has one."""
        for token in pattern:
            for name, value in token.items():
                if name in _PLAIN and isinstance(value, str) and value and "OP" not in token:
                    return name, self.vocab.strings.add(value)
        return "", 0


@Language.factory(
    "workbench_attribute_ruler",
    default_config={"validate": False},
    assigns=["token.pos", "token.morph"],
)
def make_attribute_ruler(nlp: Language, name: str, validate: bool) -> IndexedAttributeRuler:
    """Make the component, whose patterns are saved with it as spaCy's own are."""
    return IndexedAttributeRuler(nlp.vocab, name, validate=validate)


def replace_attribute_ruler(nlp: Language) -> None:
    """Put this component in the place of spaCy's own, with the same rules."""
    if NAME not in nlp.pipe_names:
        return
    own = nlp.get_pipe(NAME)
    if type(own) is AttributeRuler:
        made: Any = nlp.replace_pipe(NAME, "workbench_attribute_ruler")
        made.add_patterns(own.patterns)
