"""The strict forms of JSON records: what may stand in them, and nothing else."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from workbench.core import quote as core_quote
from workbench.core.article import Split
from workbench.core.decision import Action
from workbench.core.errors import SourceError
from workbench.core.layer import LayerKind
from workbench.core.offsets import Offsets
from workbench.core.scheme import LabelKind
from workbench.core.stance import Polarity, Status

Record = dict[str, Any]


class StrictForm(BaseModel):
    """A record whose unknown keys are errors."""

    model_config = ConfigDict(extra="forbid")


class OffsetsForm(StrictForm):
    """Half-open code-point offsets."""

    start: StrictInt
    end: StrictInt

    def pair(self) -> Offsets:
        """Return the offsets as the core writes them."""
        return (self.start, self.end)


class TextForm(OffsetsForm):
    """Offsets that may carry the words they name, as a proof for the reader."""

    text: str | None = None


class GoldForm(StrictForm):
    """How a gold item was decided; absent elsewhere."""

    policy: str | None = None
    votes: tuple[str, ...] = ()
    contested: bool = False
    readings: dict[str, str] = Field(default_factory=dict)
    conflict: str = ""


class ScoredForm(GoldForm):
    """What an extractor says of an item that it made."""

    score: float | None = Field(default=None, ge=0, le=1)
    rule: str | None = None


class SpanForm(TextForm, ScoredForm):
    """A labelled span."""

    label: str


class QuoteForm(TextForm, ScoredForm):
    """A quote and its speaker."""

    speaker: SpanForm | None = None
    form: core_quote.QuoteForm | None = None


class StanceForm(ScoredForm):
    """A stance and its ends, each one of the layer's spans."""

    cue: tuple[TextForm, ...] = Field(min_length=1)
    holders: tuple[SpanForm, ...] = ()
    targets: tuple[SpanForm, ...] = ()
    by_author: bool = False
    polarity: Polarity
    status: Status = "asserted"
    speaker: SpanForm | None = None


class ClusterForm(StrictForm):
    """The mentions of one referent."""

    name: str
    mentions: tuple[SpanForm, ...] = ()
    members: tuple[str, ...] = ()


class EdgeForm(StrictForm):
    """Who is for or against whom, by name."""

    holder: str
    polarity: Polarity
    target: str


class DoubtForm(StrictForm):
    """What an annotator was unsure of."""

    flag: str
    reason: str = ""


class PassageForm(OffsetsForm):
    """What was shown and asked."""

    asked: tuple[str, ...]
    suggested_by: str | None = None
    doubt: DoubtForm | None = None
    seconds: float | None = None


class LayerForm(StrictForm):
    """One author's work on one article."""

    format: Literal[1] = 1
    article_id: str = ""
    text_sha256: str = ""
    author: str = ""
    kind: LayerKind = "annotation"
    round: str = ""
    scheme: str = ""
    guideline: str = ""
    passages: tuple[PassageForm, ...] | None = None
    spans: tuple[SpanForm, ...] = ()
    quotes: tuple[QuoteForm, ...] = ()
    stances: tuple[StanceForm, ...] = ()
    clusters: tuple[ClusterForm, ...] = ()
    edges: tuple[EdgeForm, ...] = ()


class ArticleForm(StrictForm):
    """An article with its text."""

    id: str = ""
    text: str
    title: str = ""
    outlet: str = ""
    published: str = ""
    url: str = ""
    rights: str = ""
    lang: str = "en"
    masked: tuple[tuple[StrictInt, StrictInt], ...] = ()
    split: Split | None = None
    group: str = ""
    meta: dict[str, Any] = Field(default_factory=dict)
    text_sha256: str = ""


class CandidateForm(StrictForm):
    """A reading of a conflict, and who had it."""

    item: dict[str, Any]
    authors: tuple[str, ...] = ()


class DecisionForm(StrictForm):
    """What somebody decided about a conflict."""

    conflict: str
    article_id: str
    round: str
    action: Action
    author: str
    item: dict[str, Any] | None = None
    reason: str = ""
    kind: str = ""
    readings: tuple[CandidateForm, ...] = ()
    absent: tuple[str, ...] = ()


class LabelForm(StrictForm):
    """One label of a scheme."""

    name: str
    kind: LabelKind
    title: str
    colour: str
    hotkey: str
    spacy: tuple[str, ...] = ()
    order: int = 0
    guideline: str = ""


class SchemeForm(StrictForm):
    """A whole scheme, prose included."""

    labels: tuple[LabelForm, ...]
    guideline: str = ""


_Model = TypeVar("_Model", bound=BaseModel)


def validate(model: type[_Model], record: Any, what: str) -> _Model:
    """Read a record into its form, or raise SourceError with every breach of it."""
    try:
        return model.model_validate(record)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in row['loc']) or what}: {row['msg']}"
            for row in error.errors(include_url=False, include_input=False)
        ]
        raise SourceError(f"the {what} can't be read: {'; '.join(problems)}") from None
