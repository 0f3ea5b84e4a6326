"""The errors that a user of the workbench can act on.

::

    WorkbenchError                 anything a user can act on
    ├── SettingsError              workbench.toml or the environment says something impossible
    ├── SourceError                an article, seed or import file is unreadable or incomplete
    ├── SchemeError                a label or its guideline is broken, or a layer breaks the scheme
    ├── OffsetError                a span does not fit its text
    ├── StaleTextError             a layer was made for other text
    ├── MarkupError                marked-up text is malformed
    ├── PluginNotFoundError        no format, strategy or trainer has that name
    ├── PipelineError              a spaCy pipeline is missing or does not fit
    ├── StoreError                 the working database is missing, locked or of another version
    ├── StudioError                the embedded Label Studio does not start or stop
    ├── BackendError               the annotation server is away or refused; carries url and status
    ├── RoundError                 a round is missing, closed or asked for something impossible
    ├── RatingError                ratings or spans that a coefficient of agreement can't be made of
    ├── TrainingError              there is nothing to learn from, or what there is must not be used
    └── ReleaseError               open conflicts, a version that exists, or files that were changed
"""

from __future__ import annotations

from collections.abc import Sequence


class WorkbenchError(Exception):
    """Something that the user can act on; the message says what is wrong, where, and what to do."""


class SettingsError(WorkbenchError):
    """The project's settings or the environment say something impossible."""


class SourceError(WorkbenchError):
    """A file with articles, seeds or layers is unreadable or incomplete."""


class SchemeError(WorkbenchError):
    """A label, its guideline or a layer breaks the scheme; `problems` lists every breach found."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message if not problems else f"{message}: " + "; ".join(problems))
        self.problems = tuple(problems)


class OffsetError(WorkbenchError):
    """A span does not fit its text; `problems` lists every breach found."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message if not problems else f"{message}: " + "; ".join(problems))
        self.problems = tuple(problems)


class StaleTextError(WorkbenchError):
    """A layer was made for another text than the article has."""


class MarkupError(WorkbenchError):
    """Marked-up text is malformed."""


class PluginNotFoundError(WorkbenchError):
    """No plugin of that kind has that name; the message lists those that exist."""


class PipelineError(WorkbenchError):
    """A spaCy pipeline is missing, broken, or does not fit the project."""


class StoreError(WorkbenchError):
    """The working database is missing, locked or of another version."""


class StudioError(WorkbenchError):
    """The embedded Label Studio does not start, answer or stop."""


class BackendError(WorkbenchError):
    """The annotation server is away or refused a request.

    `status` is the HTTP status; `retry_after` the seconds that the server asked to wait;
    `is_lost` says that the line broke, so that the server may have done what was asked or not.
    """

    def __init__(
        self,
        message: str,
        *,
        url: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        is_lost: bool = False,
    ) -> None:
        super().__init__(message)
        self.url = url
        self.status = status
        self.retry_after = retry_after
        self.is_lost = is_lost


class RoundError(WorkbenchError):
    """A round is missing, closed, or asked for something impossible."""


class RatingError(WorkbenchError):
    """Ratings, votes or spans that a coefficient of agreement can't be made of."""


class TrainingError(WorkbenchError):
    """There is nothing to learn from, or what there is must not be used."""


class ReleaseError(WorkbenchError):
    """A release has open conflicts, exists already, or its files were changed.

    `problems` lists everything that stands in the way.
    """

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message if not problems else f"{message}: " + "; ".join(problems))
        self.problems = tuple(problems)
