"""Policies: what of several people's work becomes gold without anybody deciding it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PolicyName = Literal["unanimous", "majority", "threshold", "guarded", "single"]
POLICIES: tuple[PolicyName, ...] = ("unanimous", "majority", "threshold", "guarded", "single")


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy and its settings.

    `fallback_single` takes the work of the one person whom the plan asked; `threshold` is the
    share of those asked that must agree; `audit` is the share of items drawn for an audit, by a
    hash of `seed` and the item.
    """

    name: PolicyName = "unanimous"
    fallback_single: bool = False
    threshold: float = 0.75
    audit: float = 0.1
    seed: int = 0

    @property
    def takes_single(self) -> bool:
        """Whether the work of one person may be gold."""
        return self.fallback_single or self.name == "single"


def check_policy(policy: Policy) -> list[str]:
    """List everything that is impossible about a policy."""
    problems = []
    if policy.name not in POLICIES:
        problems.append(f"no policy named {policy.name!r}; there are: {', '.join(POLICIES)}")
    if not 0.5 < policy.threshold <= 1:
        problems.append(f"the threshold is {policy.threshold}; it must be above 0.5, and at most 1")
    if not 0 <= policy.audit <= 1:
        problems.append(f"the share to audit is {policy.audit}; it must be between 0 and 1")
    return problems
