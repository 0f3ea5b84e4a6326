"""Adjudicate a round: the policy decides what it may, people decide the rest, gold is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tqdm.auto import tqdm

from workbench.adapters.records import write_item
from workbench.analysis.adjudication import settlement
from workbench.analysis.adjudication.doubt import measure_doubt, order_conflicts
from workbench.analysis.adjudication.gold import Links
from workbench.analysis.adjudication.probes import leave_out
from workbench.analysis.adjudication.settlement import Settled
from workbench.analysis.adjudication.trust import Evidence, report_audit
from workbench.analysis.references.clusters import make_clusters
from workbench.core.article import Article
from workbench.core.decision import Conflict, Decision
from workbench.core.errors import RoundError
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.core.policy import Policy, PolicyName, check_policy
from workbench.gold.evidence import find_evidence
from workbench.gold.links import choose_links
from workbench.gold.probes import name_probed
from workbench.project import Project
from workbench.store.adjudications import find_links, find_probes, get_policy, set_policy
from workbench.store.articles import find_articles
from workbench.store.decisions import find_decisions
from workbench.store.layers import add_layer, find_layers
from workbench.store.rounds import get_round


@dataclass(frozen=True)
class Adjudication:
    """What an adjudication of a round settled, and what it leaves to people.

    The most doubtful conflict comes first, as `doubts` says of each by its id; equal ones follow
    by article and place. `outvoted` are units that most people did not mark and that are not in
    gold for it; `audit` tells how many agreements on a suggestion were looked at, and how many
    were wrong. `units` is everything that somebody marked, whatever became of it.
    """

    round: str
    policy: str
    gold: tuple[Layer, ...]
    conflicts: tuple[Conflict, ...]
    agreed: tuple[Conflict, ...] = ()
    outvoted: tuple[Conflict, ...] = ()
    audit: Mapping[str, Any] = field(default_factory=dict)
    doubts: Mapping[str, float] = field(default_factory=dict)
    units: tuple[Conflict, ...] = ()

    def __repr__(self) -> str:
        """Count what is settled and what is open."""
        return (
            f"Adjudication({self.round!r}, {self.policy}: gold for {len(self.gold)} articles, "
            f"{len(self.conflicts)} conflicts open)"
        )

    def to_record(self) -> dict[str, Any]:
        """Write the outcome as plain JSON, each conflict with its readings."""
        return {
            "round": self.round,
            "policy": self.policy,
            "gold": [layer.article_id for layer in self.gold],
            "conflicts": [
                {**write_conflict(conflict), "doubt": self.doubts.get(conflict.id)}
                for conflict in self.conflicts
            ],
            "outvoted": [write_conflict(conflict) for conflict in self.outvoted],
            "audit": dict(self.audit),
        }


def adjudicate(
    project: Project,
    round_name: str,
    *,
    policy: PolicyName | Policy | None = None,
    fallback_single: bool = False,
    progress: bool = True,
) -> Adjudication:
    """Settle a round's annotations and store the gold of every article without open conflicts.

    The policy is remembered for the round: without one, that of the last time holds, `unanimous`
    at first. Re-running keeps decisions, and new annotations reopen only what they change. With
    `fallback_single` a passage that the plan gave to one person takes that person's work.
    Raises RoundError for an impossible policy or a round without annotations.
    """
    chosen = choose_policy(project, round_name, policy, fallback_single=fallback_single)
    outcome = settle(project, round_name, policy=chosen, progress=progress)
    with project.store() as connection:
        set_policy(connection, round_name, chosen, at=project.now())
        for layer in outcome.gold:
            add_layer(connection, layer, at=project.now())
    return outcome


def choose_policy(
    project: Project,
    round_name: str,
    policy: PolicyName | Policy | None = None,
    *,
    fallback_single: bool = False,
) -> Policy:
    """Return the policy as it was given, else the round's own, else `unanimous`.

    Raises RoundError with everything that is impossible about it.
    """
    if isinstance(policy, Policy):
        chosen = policy
    elif policy is not None:
        chosen = Policy(policy, seed=project.seed)
    else:
        with project.store() as connection:
            get_round(connection, round_name)
            chosen = get_policy(connection, round_name) or Policy(seed=project.seed)
    if fallback_single:
        chosen = replace(chosen, fallback_single=True)
    problems = check_policy(chosen)
    if problems:
        raise RoundError("; ".join(problems))
    return chosen


def settle(
    project: Project,
    round_name: str,
    *,
    policy: PolicyName | Policy | None = None,
    probes: bool = True,
    progress: bool = False,
) -> Adjudication:
    """Compute what `adjudicate` would store, and store nothing.

    With `probes` false the units of everybody's work are without probes, what they stand for, and
    what points to either: for judging annotators, not for gold.
    """
    settler = open_round(project, round_name, policy, probes=probes)
    with project.store() as connection:
        decisions = find_decisions(connection, round_name)
    bar = tqdm(
        settler.article_ids,
        desc=f"adjudicate {round_name}",
        unit="article",
        delay=1,
        disable=not progress,
    )
    rows = {article_id: settler(article_id, decisions) for article_id in bar}
    found = rows.values()
    units = tuple(unit for row in found for unit in row.units)
    doubts = measure_doubt(units)
    return Adjudication(
        round_name,
        settler.policy.name,
        tuple(row.gold for row in found if not row.conflicts),
        order_conflicts((c for row in found for c in row.conflicts), doubts),
        tuple(unit for row in found for unit in row.agreed),
        tuple(unit for row in found for unit in row.outvoted),
        report_audit(decisions.values()),
        doubts,
        units,
    )


@dataclass(frozen=True)
class OpenRound:
    """A round's layers and all that adjudication rests on, read once; calling it settles."""

    policy: Policy
    articles: Mapping[str, Article]
    layers: Mapping[str, Sequence[Layer]]
    registry: Mapping[str, str]
    links: Callable[[str], Links]
    evidence: Mapping[str, Evidence]

    @property
    def article_ids(self) -> tuple[str, ...]:
        """The articles that were annotated and not withdrawn since."""
        return tuple(name for name in self.layers if name in self.articles)

    def __call__(self, article_id: str, decisions: Mapping[str, Decision]) -> Settled:
        """Settle one article under these decisions."""
        return settlement.adjudicate(
            self.articles[article_id],
            self.layers[article_id],
            decisions,
            policy=self.policy,
            registry=self.registry,
            links=self.links(article_id),
            evidence=self.evidence.get(article_id),
        )


def open_round(
    project: Project,
    round_name: str,
    policy: PolicyName | Policy | None = None,
    *,
    probes: bool = True,
) -> OpenRound:
    """Read a round for adjudication; raises RoundError where it has no annotations."""
    chosen = choose_policy(project, round_name, policy)
    with project.store() as connection:
        if get_round(connection, round_name).practice:
            raise RoundError(f"round {round_name!r} is practice, and nothing of it becomes gold")
        layers = find_layers(connection, kind="annotation", round=round_name)
        articles = {article.id: article for article in find_articles(connection)}
        stored = find_links(connection)
        evidence = find_evidence(connection, round_name, articles)
        seeded = () if probes else find_probes(connection, round_name)
    if not layers:
        raise RoundError(
            f"round {round_name!r} has no annotations yet; run: workbench pull {round_name}"
        )

    def links(article_id: str) -> Links:
        return choose_links(stored, article_id)

    probed = name_probed(seeded, articles)
    grouped: dict[str, list[Layer]] = {}
    for layer in layers:
        if layer.article_id in articles:
            found = _renew(layer, articles[layer.article_id], links, project.registry)
            grouped.setdefault(layer.article_id, []).append(leave_out(found, probed))
    return OpenRound(chosen, articles, grouped, project.registry, links, evidence)


def _renew(
    layer: Layer, article: Article, links: Callable[[str], Links], registry: Mapping[str, str]
) -> Layer:
    """Make a layer's clusters again where a correction came since they were kept."""
    found = links(article.id)
    if not found.must and not found.cannot:
        return layer
    clusters = make_clusters(
        article.text,
        layer.spans,
        layer.quotes,
        registry=registry,
        must_link=found.must,
        cannot_link=found.cannot,
    )
    return replace(layer, clusters=clusters)


def write_conflict(conflict: Conflict) -> dict[str, Any]:
    """Write a conflict as plain JSON; readings are numbered as `decide --accept N` counts them."""
    return {
        "id": conflict.id,
        "article_id": conflict.article_id,
        "round": conflict.round,
        "kind": conflict.kind,
        "absent": list(conflict.absent),
        "candidates": [
            {
                "number": number,
                "authors": list(candidate.authors),
                "id": identify(conflict.text_sha256, candidate.item),
                **write_item(candidate.item),
            }
            for number, candidate in enumerate(conflict.candidates, start=1)
        ],
    }
