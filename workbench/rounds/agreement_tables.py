"""The tables of a report on agreement: what people read of it."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.analysis.agreement.pairs import ARM_MEASURES, MEASURES
from workbench.analysis.agreement.report import Agreement
from workbench.analysis.coefficients.coefficient import Coefficient
from workbench.analysis.scoring.scores import Score
from workbench.core.errors import RoundError
from workbench.core.interval import write_interval
from workbench.core.stance import POLARITIES

COLUMNS = {
    "summary": ("measure", "value", "95% interval", "n", "note"),
    "pairs": ("pair", "against", "articles", "suggested", *MEASURES),
    "arms": ("pair", "against", "seen", "passages", *ARM_MEASURES),
    "labels": ("label", "strict F1", "95% interval", "(k)u-alpha", "overlapping"),
    "components": ("pair", "against", "component", "F1", "95% interval", "aligned", "agreed"),
    "polarity": ("polarity", *POLARITIES),
    "tokens": ("pair", "against", "variant", "kappa", "95% interval", "n", "note"),
}
"""The tables of a report, and their columns."""
CAPTIONS = {
    "summary": "agreement before adjudication, mean over pairs of people",
    "pairs": "pairwise F1, with models and gold where they are there",
    "arms": "pairwise F1 by whether suggestions were seen",
    "labels": "by label, mean over pairs of people",
    "components": "stances by component",
    "polarity": "polarity of stances whose holder and target match, each pair once",
    "tokens": "Cohen's kappa over tokens, a secondary figure",
}
Row = tuple[object, ...]


def _list_summary(result: Agreement) -> Iterator[Row]:
    for name, score in result.means.items():
        yield (f"{name} F1", *_show(score), score.reason)
    for kind, unitizing in result.unitizing.items():
        for name, found in unitizing.coefficients.items():
            yield (f"{kind} {name}", *_show(found), _note(name, found, unitizing.nested))
    polarity = result.polarity
    note = None if polarity.share is None else f"{polarity.share:.0%} of stances matched"
    yield ("polarity alpha", *_show(polarity.alpha), polarity.alpha.reason or note or "")
    for what, by in result.documents.items():
        for name, found in by.items():
            yield (f"{what}, {name}", *_show(found), found.reason)
    arms = ", ".join(f"{share:.0%} {arm}" for arm, share in result.arms.items())
    note = f"passages that two people share: {arms}" if arms else ""
    yield ("articles by two people", _share(result), None, result.articles, note)


def _note(name: str, found: Coefficient, nested: int) -> str:
    """Say what a coefficient of units rests on."""
    if found.reason:
        return found.reason
    if name == "gamma":
        interval = found.details["expected_interval"]
        parameters = "alpha {alpha:g}, beta {beta:g}, delta {delta_empty:g}, seed {seed}".format(
            **found.details
        )
        expected = f"chance {found.details['expected']:.2f}"
        if interval is not None:
            expected += f" [{write_interval(interval)}]"
        return f"{parameters}; {expected} of {found.details['n_samples']} samples"
    if name == "cu_alpha":
        return f"covers {found.details['coverage']:.0%}"
    return f"outermost level, {nested} nested left out" if nested and name != "alpha_u" else ""


def _list_pairs(result: Agreement) -> Iterator[Row]:
    for pair in result.pairs:
        scores = (pair.scores[name].value for name in MEASURES)
        names = " × ".join(pair.authors)
        yield (names, pair.kind, pair.articles, pair.suggested, *scores)
    means = (score.value for score in result.means.values())
    yield ("mean over pairs", "people", result.shared, result.suggested, *means)


def _list_arms(result: Agreement) -> Iterator[Row]:
    for pair in result.pairs:
        for arm, (n, scores) in pair.arms.items():
            values = (scores[name].value for name in ARM_MEASURES)
            yield (" × ".join(pair.authors), pair.kind, arm, n, *values)


def _list_labels(result: Agreement) -> Iterator[Row]:
    alphas = {name: x for u in result.unitizing.values() for name, x in u.labels.items()}
    for label in [*result.labels, *(name for name in alphas if name not in result.labels)]:
        score, alpha = result.labels.get(label), alphas.get(label)
        coverage = None if alpha is None else alpha.details.get("coverage")
        shown = (None, None) if score is None else _show(score)[:2]
        yield (label, *shown, None if alpha is None else alpha.value, coverage)


def _list_components(result: Agreement) -> Iterator[Row]:
    for pair in result.pairs:
        for name, part in pair.components.items():
            value, interval, _ = _show(part.score)
            names = " × ".join(pair.authors)
            yield (names, pair.kind, name, value, interval, part.aligned, part.agreed)


def _list_polarity(result: Agreement) -> Iterator[Row]:
    confusion = result.polarity.confusion
    for one in POLARITIES:
        found = [confusion.get((min(one, x), max(one, x)), 0) for x in POLARITIES]
        if any(found):
            yield (one, *found)


def _list_tokens(result: Agreement) -> Iterator[Row]:
    for pair in result.pairs:
        for name, kappa in pair.tokens.items():
            yield (" × ".join(pair.authors), pair.kind, name, *_show(kappa), kappa.reason)


def _show(found: Score | Coefficient) -> tuple[float | None, str | None, int]:
    return (found.value, write_interval(found.interval), found.n)


def _share(result: Agreement) -> float | None:
    return result.shared / result.articles if result.articles else None


_ROWS = {
    "summary": _list_summary,
    "pairs": _list_pairs,
    "arms": _list_arms,
    "labels": _list_labels,
    "components": _list_components,
    "polarity": _list_polarity,
    "tokens": _list_tokens,
}


def list_table(result: Agreement, table: str) -> list[Row]:
    """Return the rows of one of the tables that `COLUMNS` names; raises RoundError for another."""
    if table not in COLUMNS:
        raise RoundError(f"no table named {table!r}; there are: {', '.join(COLUMNS)}")
    return list(_ROWS[table](result))
