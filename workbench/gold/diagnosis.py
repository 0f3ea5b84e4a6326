"""Diagnosis of a round: how each annotator errs, estimated from everybody's votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.adjudication import doubt as analysis
from workbench.gold.adjudication import settle
from workbench.project import Project
from workbench.rendering.tables import draw_table

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("annotator", "of", "judged", "right", "missed", "added", "takes for", "note")


@dataclass(frozen=True)
class RoundDiagnosis:
    """How each annotator of a round errs, kind by kind; for teaching, no ranking and no gold."""

    round: str
    rows: tuple[analysis.Diagnosis, ...]

    def __repr__(self) -> str:
        """Count the annotators, or say why there are no figures."""
        people = len({row.author for row in self.rows})
        reasons = sorted({row.reason for row in self.rows if row.reason})
        note = f"; {'; '.join(reasons)}" if reasons else ""
        return f"RoundDiagnosis({self.round!r}: {people} annotators{note})"

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.list_rows(), repr(self))

    def list_rows(self) -> list[tuple[object, ...]]:
        """Return the table's rows."""
        return [
            (
                row.author,
                row.kind,
                row.judged,
                row.right,
                row.missed,
                row.added,
                _say(row.find_confused()),
                row.reason,
            )
            for row in self.rows
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return the diagnosis as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.list_rows(), columns=list(COLUMNS))

    def to_record(self) -> dict[str, Any]:
        """Write the diagnosis as plain JSON, the whole confusion of labels with it."""
        return {"round": self.round, "annotators": [row.to_record() for row in self.rows]}


def diagnose(project: Project, round_name: str, *, progress: bool = True) -> RoundDiagnosis:
    """Estimate from the votes of a round how each annotator errs (Dawid and Skene 1979).

    Needs no gold and makes none: people are judged by each other, not by what was decided, and
    not by probes, which were made to mislead; `measure_probes` tells of those. Of fewer than three
    annotators there are no figures but a reason.
    Raises RoundError where the round has no annotations.
    """
    units = settle(project, round_name, probes=False, progress=progress).units
    return RoundDiagnosis(round_name, tuple(analysis.diagnose(units)))


def _say(confused: tuple[str, str, float] | None) -> str:
    if confused is None:
        return ""
    label, said, share = confused
    return f"{label} for {said} ({share:.0%})"
