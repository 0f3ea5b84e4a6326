"""A coefficient of agreement: its value, or the reason why it has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NO_VARIATION = "no variation: every value is the same, so agreement can't be told from chance"
TOO_FEW_CODERS = "fewer than two annotators"
NO_UNITS = "no unit was judged by two annotators"
NO_SPANS = "neither side has any item"
OVERLAPPING = "spans of one annotator overlap, which this coefficient is not defined for"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A value with its interval and n; where it is undefined, None and the reason.

    `details` holds what the value rests on: observed and expected (dis)agreement, parameters.
    """

    value: float | None
    n: int = 0
    interval: tuple[float, float] | None = None
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        """Show the value, its interval and n, or the reason."""
        if self.value is None:
            return f"Coefficient(None: {self.reason})"
        interval = "" if self.interval is None else " [{:.3f}, {:.3f}]".format(*self.interval)
        return f"Coefficient({self.value:.3f}{interval}, n={self.n})"

    def to_record(self) -> dict[str, Any]:
        """Write the coefficient as plain JSON."""
        record: dict[str, Any] = {
            "value": self.value,
            "n": self.n,
            "interval": None if self.interval is None else list(self.interval),
            **self.details,
        }
        return {**record, "reason": self.reason} if self.reason else record


def undefined(reason: str, n: int = 0, **details: Any) -> Coefficient:
    """Return a coefficient without a value, and say why."""
    return Coefficient(None, n, reason=reason, details=details)
