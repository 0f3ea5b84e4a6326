"""Turn what SDK and network raise into one sentence that names the server and the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
        raise _describe(url, doing, error.status_code, error.body) from None
    except httpx.HTTPStatusError as error:
        raise _describe(url, doing, error.response.status_code, None) from None
    except httpx.ConnectError:
        raise BackendError(
            f"{doing}: no Label Studio answers at {url}; is it running? "
            "start the embedded one with: workbench studio start",
            url=url,
        ) from None
    except httpx.TimeoutException:
        raise BackendError(
            f"{doing}: Label Studio at {url} did not answer in time; run it again, "
            "what has landed is not pushed twice",
            url=url,
        ) from None
    except httpx.HTTPError as error:
        name = type(error).__name__
        raise BackendError(
            f"{doing}: the connection to {url} broke ({name}); run it again", url=url
        ) from None


def _describe(url: str, doing: str, status: int | None, body: object) -> BackendError:
    said = ""
    if isinstance(body, dict):
        said = str(body.get("validation_errors") or body.get("detail") or "")[:300]
    remedy = _REMEDIES.get(status or 0, "see the server's log, then run it again")
    detail = f" and says {said!r}" if said else ""
    return BackendError(
        f"{doing}: Label Studio at {url} answers {status}{detail}; {remedy}",
        url=url,
        status=status,
    )
