"""Turn what SDK and network raise into one sentence that names the server and the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from json import JSONDecodeError

import httpx

from workbench.core.errors import BackendError

_REMEDIES = {
    401: "the token is wrong or expired; make a personal access token under Account & Settings "
    "and put it into LABEL_STUDIO_API_KEY",
    403: "the account may not do this; ask the server's administrator",
    404: "it is not there (any more); was it deleted in Label Studio?",
    413: "the request is too large for the server; push in smaller batches",
    429: "the server asks to slow down; wait a minute and run it again",
}


@contextmanager
def translated(url: str, doing: str) -> Iterator[None]:
    """Run a piece of work with the server; raises BackendError for whatever goes wrong with it."""
    from label_studio_sdk.core.api_error import ApiError

    try:
        yield
    except ApiError as error:
        raise _describe(url, doing, error.status_code, error.body, error.headers) from None
    except httpx.HTTPStatusError as error:
        answer = error.response
        raise _describe(
            url, doing, answer.status_code, _read_body(answer), answer.headers
        ) from None
    except (httpx.HTTPError, JSONDecodeError) as error:
        raise BackendError(f"{doing}: {_explain(url, error)}", url=url, is_lost=True) from None


def _explain(url: str, error: Exception) -> str:
    """Say why no answer came that could be read, and what to do."""
    if isinstance(error, httpx.ConnectError):
        return (
            f"no Label Studio answers at {url}; is it running? "
            "start the embedded one with: workbench studio start"
        )
    if isinstance(error, httpx.TimeoutException):
        return (
            f"Label Studio at {url} did not answer in time; run it again, "
            "what has landed is not pushed twice"
        )
    if isinstance(error, JSONDecodeError):
        # The SDK reads the body of a refused token refresh as JSON, and a gateway's page is none.
        return (
            f"what answers at {url} sent no JSON; is it a Label Studio, and is it well? "
            "run it again"
        )
    return f"the connection to {url} broke ({type(error).__name__}); run it again"


def _read_body(answer: httpx.Response) -> object:
    try:
        return answer.json()
    except ValueError:
        return None


def _read_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header; one with a date is left to our own waiting."""
    try:
        return max(0.0, float({key.lower(): v for key, v in headers.items()}["retry-after"]))
    except (KeyError, ValueError):
        return None


def _describe(
    url: str, doing: str, status: int | None, body: object, headers: Mapping[str, str] | None
) -> BackendError:
    said = ""
    if isinstance(body, dict):
        said = str(body.get("validation_errors") or body.get("detail") or "")[:300]
    remedy = _REMEDIES.get(status or 0, "see the server's log, then run it again")
    detail = f" and says {said!r}" if said else ""
    return BackendError(
        f"{doing}: Label Studio at {url} answers {status}{detail}; {remedy}",
        url=url,
        status=status,
        retry_after=_read_wait(headers or {}),
    )
