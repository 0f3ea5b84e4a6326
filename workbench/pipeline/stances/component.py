"""The component that finds the stances of a Doc by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from spacy.language import Language
from spacy.tokens import Doc

from workbench.adapters.records.items import write_stance
from workbench.analysis.references.clusters import make_clusters, read_registry
from workbench.core.cluster import Cluster
from workbench.core.quote import Quote
from workbench.core.stance import Stance, derive_speaker
from workbench.pipeline.clusters import REGISTRY, read_quotes, write_clusters
from workbench.pipeline.extensions import register_extensions
from workbench.pipeline.lexicons import TableCarrier
from workbench.pipeline.mentions import ENTITIES, MENTIONS, Ends, add_mentions, read_spans
from workbench.pipeline.quotations import IRREGULAR, MODIFIERS
from workbench.pipeline.stances.frames import read_cue
from workbench.pipeline.stances.judgements import Judging, find_judgements, read_judging
from workbench.pipeline.stances.lexicon import read_lexicon
from workbench.pipeline.stances.loose import read_loosely, read_window
from workbench.pipeline.stances.matching import Match, find_cues
from workbench.pipeline.stances.reading import Reading, write_reading
from workbench.pipeline.stances.scene import Found, Scene
from workbench.pipeline.wordforms import read_irregular

CUES = "lexicons/stances.tsv"
JUDGEMENTS = "lexicons/judgements.tsv"


class StanceFinder(TableCarrier):
    """Writes `doc._.stances`, adds the MENTIONs they point to, and clusters those too."""

    needed = (CUES, JUDGEMENTS, MODIFIERS, IRREGULAR, REGISTRY)

    def load_tables(self) -> None:
        """Read lexicon and registry."""
        self.lexicon = read_lexicon(
            self.tables[CUES], self.tables[MODIFIERS], self.tables[IRREGULAR]
        )
        self.judging = read_judging(self.tables[JUDGEMENTS], read_irregular(self.tables[IRREGULAR]))
        self.registry = read_registry(self.tables[REGISTRY])

    def __call__(self, doc: Doc) -> Doc:
        """Find the stances of a Doc."""
        ends = Ends(doc, rule="stance:end")
        quotes = read_quotes(doc)
        scene = Scene(doc, ends, self.lexicon, quotes, ends.parsed)
        found = [
            stance
            for match in find_cues(doc, self.lexicon)
            if not ends.is_masked(match.head) and not _is_named(ends, match)
            for stance in _read(scene, match)
        ]
        found = _drop_repeated(found)
        if scene.parsed:
            found += _add_judgements(scene, self.judging, found)
        known = read_spans(doc, ENTITIES) + read_spans(doc, MENTIONS)
        used = {end.offsets for one in found for end in one.holders + one.targets}
        new = [span for at, span in sorted(ends.made.items()) if at in used]
        clusters = make_clusters(ends.text, [*known, *new], quotes, registry=self.registry)
        kept = _drop_reflexive(found, clusters)
        stances = _write(kept, quotes)
        if len(kept) < len(found):
            used = {end.offsets for stance in stances for end in stance.holders + stance.targets}
            fewer = [span for span in new if span.offsets in used]
            if len(fewer) < len(new):
                new = fewer
                clusters = make_clusters(ends.text, [*known, *new], quotes, registry=self.registry)
        add_mentions(doc, new)
        doc._.clusters = write_clusters(clusters)
        doc._.stances = [write_stance(stance) for stance in stances]
        return doc


@Language.factory("workbench_stances", default_config={"tables": None}, assigns=["doc._.stances"])
def make_stance_finder(nlp: Language, name: str, tables: Mapping[str, str] | None) -> StanceFinder:
    """Make the component; `tables` maps file names to sources, None takes the package's own."""
    register_extensions()
    return StanceFinder(tables)


def _is_named(ends: Ends, match: Match) -> bool:
    """Tell whether a noun of attitude is part of a name: the "defence" of a "defence pact"."""
    if match.cue.part != "noun" or match.cue.kind not in ("attitude", "exclaim"):
        return False
    return match.head.i in ends.by_token


def _read(scene: Scene, match: Match) -> list[Found]:
    """Read a cue by the best tier that finds both ends."""
    if not scene.parsed:
        found = read_window(scene, match, _empty(scene, match))
        return [found] if found is not None else []
    reading = read_cue(scene, match)
    if reading.blocked:
        return []
    if reading.is_complete:
        return [write_reading(scene, match, reading)]
    found = read_loosely(scene, match, reading) or read_window(scene, match, reading)
    return [found] if found is not None else []


def _drop_repeated(found: Sequence[Found]) -> list[Found]:
    """Drop what shares words and ends with another: a second reading, a contact in a courtesy."""
    kept: list[Found] = []
    by_place: dict[int, list[Found]] = {}
    for one in sorted(found, key=lambda found: found.polarity == "NEUTRAL"):
        places = _list_places(one)
        beside = (other for place in places for other in by_place.get(place, ()))
        if not any(x.holders == one.holders and x.targets == one.targets for x in beside):
            kept.append(one)
            for place in places:
                by_place.setdefault(place, []).append(one)
    return kept


def _add_judgements(scene: Scene, judging: Judging, found: Sequence[Found]) -> list[Found]:
    """Return the judgements whose words no cue has read already."""
    taken = {place for one in found for place in _list_places(one)}
    return [x for x in find_judgements(scene, judging) if taken.isdisjoint(_list_places(x))]


def _list_places(found: Found) -> list[int]:
    """Return the offset of each character of a cue: what shares one shares words."""
    return [place for start, end in found.cue for place in range(start, end)]


def _empty(scene: Scene, match: Match) -> Reading:
    """Return what a cue says by its word alone, where there is no parse to read a frame from."""
    polarity = match.cue.polarity
    return Reading(polarity=polarity, last=match.numbers[-1])


def _drop_reflexive(found: Sequence[Found], clusters: Sequence[Cluster]) -> list[Found]:
    """Drop targets that are their own holder; a stance that had no other goes."""
    referent = {m.offsets: number for number, c in enumerate(clusters) for m in c.mentions}
    kept = []
    for stance in found:
        holders = {referent.get(span.offsets, -1) for span in stance.holders} - {-1}
        targets = [span for span in stance.targets if referent.get(span.offsets, -2) not in holders]
        if targets:
            kept.append(replace(stance, targets=targets))
    return kept


def _write(found: Sequence[Found], quotes: Sequence[Quote]) -> list[Stance]:
    """Make stances of what was found, each once, with the speaker of the innermost quote."""
    stances: dict[Stance, None] = {}
    for one in found:
        cue = one.cue
        stances[
            Stance(
                cue=cue,
                holders=tuple(one.holders),
                targets=tuple(one.targets),
                by_author=one.by_author,
                polarity=one.polarity,
                status=one.status,
                speaker=derive_speaker(cue, quotes),
                score=one.score,
                rule=one.rule,
            )
        ] = None
    return sorted(stances, key=lambda stance: (stance.cue, stance.polarity))
