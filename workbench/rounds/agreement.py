"""The agreement of a round's annotators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.analysis.agreement import MEASURES, Agreement, measure_agreement
from workbench.core.layer import Layer
from workbench.rendering.tables import draw_table

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("pair", "articles", *MEASURES)


@dataclass(frozen=True)
class RoundAgreement:
    """The agreement of a round's annotators, as notebooks show it."""

    result: Agreement

    def __repr__(self) -> str:
        """Show the two numbers that people ask for first."""
        return repr(self.result)

    def _repr_html_(self) -> str:
        return draw_table(COLUMNS, self.result.list_rows(), "pairwise F1 before adjudication")

    def average(self, measure: str) -> float | None:
        """Return the mean of a measure over the pairs where it is defined."""
        return self.result.average(measure)

    def to_record(self) -> dict[str, Any]:
        """Write the agreement as plain JSON."""
        return self.result.to_record()

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a data frame, a row for each pair."""
        import pandas as pd

        return pd.DataFrame(self.result.list_rows(), columns=list(COLUMNS))


def agreement(layers: Iterable[Layer], *, seed: int = 0) -> RoundAgreement:
    """Measure how far every two authors of annotation layers agree, with 95% intervals."""
    found = (layer for layer in layers if layer.kind == "annotation")
    return RoundAgreement(measure_agreement(found, seed=seed))
