"""Quotations: what is said, directly or indirectly, and who says it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from spacy.language import Language
from spacy.tokens import Doc, Token

from workbench.adapters.records.items import write_quote
from workbench.core.offsets import Offsets, overlap, trim
from workbench.core.quote import Quote
from workbench.core.span import Span
from workbench.pipeline.extensions import register_extensions
from workbench.pipeline.lexicons import TableCarrier
from workbench.pipeline.mentions import Ends, add_mentions
from workbench.pipeline.speakers import find_speakers, find_speaking_end
from workbench.pipeline.speech_tags import find_tag_source, find_tagged
from workbench.pipeline.wordforms import inflect, read_irregular
from workbench.pipeline.words import find_sentence, find_words, hash_words

REPORTING = "lexicons/reporting.tsv"
IRREGULAR = "lexicons/irregular.tsv"
MODIFIERS = "lexicons/modifiers.tsv"

_CLOSING = {"“": "”", "„": "“”", "«": "»", '"': '"', "‘": "’"}
_OPENED = re.compile(r"[“„«]|(?<![\w\"])\"(?=\S)|(?<![\w’])‘(?=\S)")
_SCARE = 2
"""Words that a quotation must exceed: one or two in marks are set apart, not said."""
_ACCORDING = hash_words(["according"])
_TAG = 14
"""Words between a clause and the verb behind it that reports it."""
_NEAR = 6
"""Marked quotations beside a clause that it may share words with."""


class QuotationFinder(TableCarrier):
    """Writes `doc._.quotes`; speakers that are no entity become MENTION spans."""

    needed = (REPORTING, IRREGULAR, MODIFIERS)

    def load_tables(self) -> None:
        """Read the reporting verbs and inflect them."""
        irregular = read_irregular(self.tables[IRREGULAR])
        self.direct: set[str] = set()
        self.indirect: set[str] = set()
        self.particles: set[str] = set()
        for line in self.tables[REPORTING].splitlines():
            verb, tab, reports = line.partition("\t")
            if not tab or line.startswith("#"):
                continue
            forms = set(inflect(verb.split()[0], "verb", irregular))
            if " " in verb.strip():
                self.particles.update(forms)
            if reports.strip() in ("direct", "both"):
                self.direct.update(forms)
            if reports.strip() in ("indirect", "both"):
                self.indirect.update(forms)
        self.direct_ids = hash_words(self.direct)
        self.indirect_ids = hash_words(self.indirect)

    def __call__(self, doc: Doc) -> Doc:
        """Find the quotations of a Doc."""
        ends = Ends(doc, rule="quotation:speaker")
        marked = find_marked(ends.text, [(start, end) for start, end in doc._.masked])
        quotes = find_speakers(doc, marked, self.direct_ids, ends)
        if ends.parsed:
            quotes += self._find_indirect(doc, marked, ends)
            quotes += _find_according(doc, marked, ends)
        quotes.sort(key=lambda quote: (quote.start, -quote.end))
        add_mentions(doc, ends.made.values())
        doc._.quotes = [write_quote(quote) for quote in quotes]
        return doc

    def _find_indirect(self, doc: Doc, marked: list[Offsets], ends: Ends) -> list[Quote]:
        found: list[Quote] = []
        for number in find_words(doc, self.indirect_ids):
            token = doc[number]
            if token.pos_ not in ("VERB", "AUX"):
                continue
            if token.lower_ in self.particles and not _has_particle(token):
                continue
            if ends.is_masked(token) or _is_inside(token.idx, marked):
                continue
            content, source = find_tagged(token), None
            if content is not None:
                source = find_tag_source(token, content[1] + 1, ends)
            else:
                content = _find_content(token)
            if content is None:
                continue
            offsets = _settle(ends, content, marked)
            speaker = source or find_speaking_end(token, ends)
            if offsets is not None and speaker is not None:
                rule = f"indirect:{token.lower_}"
                found.append(Quote(*offsets, speaker, "indirect", 0.7, rule))
        return found


def _has_particle(verb: Token) -> bool:
    return verb.i + 1 < len(verb.doc) and verb.nbor(1).lower_ == "on"


@Language.factory("workbench_quotations", default_config={"tables": None}, assigns=["doc._.quotes"])
def make_quotation_finder(
    nlp: Language, name: str, tables: Mapping[str, str] | None
) -> QuotationFinder:
    """Make the component; `tables` maps file names to sources, None takes the package's own."""
    register_extensions()
    return QuotationFinder(tables)


def find_marked(text: str, masked: list[Offsets]) -> list[Offsets]:
    """Return the contents of quotation marks that hold more than two words.

    A quotation that is not closed in its paragraph ends with it: the marks open again in the next.
    """
    found: list[Offsets] = []
    at = 0
    while match := _OPENED.search(text, at):
        start = match.end()
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        end = _find_close(text, start, line_end, _CLOSING[match[0]])
        if end is None and match[0] in '‘"':
            at = start
            continue
        end = line_end if end is None else end
        at = max(end, start)
        # A comma before the closing mark belongs to the sentence around the quotation.
        content = trim(text, (start, end - (text[start:end].endswith(","))))
        if content is None or any(overlap(content, region) for region in masked):
            continue
        if len(re.findall(r"\w+(?:[-’']\w+)*", text[slice(*content)])) > _SCARE:
            found.append(content)
    return found


def _find_close(text: str, start: int, line_end: int, closing: str) -> int | None:
    for at in range(start, line_end):
        if text[at] in closing:
            # An apostrophe inside a word closes nothing.
            inside = text[at] == "’" and at + 1 < len(text) and text[at + 1].isalnum()
            if not inside:
                return at
    return None


def _find_content(verb: Token) -> tuple[int, int] | None:
    """Return the tokens of the clause that a reporting verb reports, one after it first."""
    clauses = [child for child in verb.children if child.dep_ == "ccomp"]
    for child in sorted(clauses, key=lambda child: child.i < verb.i):
        if child.pos_ not in ("VERB", "AUX", "NOUN", "PROPN", "ADJ"):
            continue
        start, end = child.left_edge.i, child.right_edge.i + 1
        if start < verb.i < end:
            # "The plan, he said, is dead": the parse wraps the clause around the verb.
            return None
        if child.i < verb.i and verb.i - end > _TAG:
            continue
        marks = [t for t in child.lefts if t.dep_ == "mark" and t.lower_ == "that"]
        if marks:
            start = marks[0].i + 1
        elif child.i > verb.i and _asks(child):
            return None
        return start, end
    return None


def _asks(clause: Token) -> bool:
    return any(t.lower_ in ("whether", "if") and t.dep_ == "mark" for t in clause.lefts)


def _settle(ends: Ends, content: tuple[int, int], marked: list[Offsets]) -> Offsets | None:
    """Turn a clause into offsets within its paragraph; what is mostly a direct quote is dropped."""
    doc, text = ends.doc, ends.text
    start, end = content
    while start < end and (doc[start].is_space or doc[start].is_punct):
        start += 1
    while start < end and (doc[end - 1].is_space or doc[end - 1].text in ",.;:"):
        end -= 1
    if end - start < 2:
        return None
    first, last = doc[start].idx, doc[end - 1].idx + len(doc[end - 1])
    line_end = text.find("\n", first, last)
    last = line_end if line_end >= 0 else last
    at = bisect_left(marked, (first, first))
    for quote in marked[max(0, at - 1) : at + _NEAR]:
        shared = overlap(quote, (first, last))
        inside = first <= quote[0] and quote[1] <= last
        if shared and (not inside or 2 * shared > last - first):
            return None
    return trim(text, (first, last))


def _is_inside(at: int, marked: list[Offsets]) -> bool:
    before = bisect_right(marked, (at, len(marked) + at + 1)) - 1
    return before >= 0 and marked[before][0] <= at < marked[before][1]


def _find_according(doc: Doc, marked: list[Offsets], ends: Ends) -> list[Quote]:
    """Find "According to X, …" and "…, according to X": the rest of the sentence is X's."""
    found: list[Quote] = []
    for number in find_words(doc, _ACCORDING):
        token = doc[number]
        if number + 1 >= len(doc) or doc[number + 1].lower_ != "to":
            continue
        source = next((t for t in doc[token.i + 1].rights if t.dep_ == "pobj"), None)
        if source is None or ends.is_masked(token) or _is_inside(token.idx, marked):
            continue
        first, last = find_sentence(doc, number)
        before = (first, token.i)
        after = (source.right_edge.i + 1, last)
        wider = before if before[1] - before[0] > after[1] - after[0] else after
        speaker: Span | None = ends.find_end(source)
        offsets = _settle(ends, wider, marked)
        if speaker is not None and offsets is not None:
            found.append(Quote(*offsets, speaker, "indirect", 0.6, "indirect:according"))
    return found
