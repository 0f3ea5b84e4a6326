"""Adjudicate a round: the policy decides what it may, people decide the rest, gold is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from workbench.adapters.records import write_item
from workbench.analysis import adjudication
from workbench.core.decision import Conflict
from workbench.core.errors import RoundError
from workbench.core.identity import identify
from workbench.core.layer import Layer
from workbench.project import Project
from workbench.store.articles import find_articles
from workbench.store.decisions import find_decisions
from workbench.store.layers import add_layer, find_layers
from workbench.store.rounds import get_round

Policy = Literal["unanimous", "single"]
POLICIES: tuple[Policy, ...] = ("unanimous", "single")


@dataclass(frozen=True)
class Adjudication:
    """What an adjudication of a round settled, and what it leaves to people."""

    round: str
    policy: str
    gold: tuple[Layer, ...]
    conflicts: tuple[Conflict, ...]

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
            "conflicts": [write_conflict(conflict) for conflict in self.conflicts],
        }


def adjudicate(
    project: Project,
    round_name: str,
    *,
    policy: Policy = "unanimous",
    fallback_single: bool = False,
) -> Adjudication:
    """Settle a round's annotations and store the gold of every article without open conflicts.

    Re-running keeps decisions, and new annotations reopen only what they change. With
    `fallback_single` a passage that the plan gave to one person takes that person's work.
    Raises RoundError for an unknown policy or a round without annotations.
    """
    if policy not in POLICIES:
        raise RoundError(f"no policy named {policy!r}; there are: {', '.join(POLICIES)}")
    outcome = settle(project, round_name, policy=policy, fallback_single=fallback_single)
    with project.store() as connection:
        for layer in outcome.gold:
            add_layer(connection, layer, at=project.now())
    return outcome


def settle(
    project: Project, round_name: str, *, policy: str, fallback_single: bool = False
) -> Adjudication:
    """Compute what `adjudicate` would store, and store nothing."""
    with project.store() as connection:
        if get_round(connection, round_name).practice:
            raise RoundError(f"round {round_name!r} is practice, and nothing of it becomes gold")
        layers = find_layers(connection, kind="annotation", round=round_name)
        articles = {a.id: a for a in find_articles(connection)}
        decisions = find_decisions(connection, round_name)
    if not layers:
        raise RoundError(
            f"round {round_name!r} has no annotations yet; run: workbench pull {round_name}"
        )
    gold: list[Layer] = []
    conflicts: list[Conflict] = []
    for article_id, work in _group(layers).items():
        if article_id not in articles:
            continue  # withdrawn: its layers stay in the store, gold is not made of them
        settled = adjudication.adjudicate(
            articles[article_id],
            work,
            decisions,
            policy=policy,
            fallback_single=fallback_single,
            registry=project.registry,
        )
        conflicts += settled.conflicts
        if not settled.conflicts:
            gold.append(settled.gold)
    return Adjudication(round_name, policy, tuple(gold), tuple(conflicts))


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


def _group(layers: Sequence[Layer]) -> dict[str, list[Layer]]:
    grouped: dict[str, list[Layer]] = {}
    for layer in layers:
        grouped.setdefault(layer.article_id, []).append(layer)
    return grouped
