"""Requests with prepared bytes through the SDK's own authenticated client.

The SDK's encoding of Python objects costs more than a second for a thousand tasks, and its models
as much on the way back; what is handed over here is bytes in both directions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx
from pydantic_core import from_json

from workbench.backends.label_studio.errors import translated
from workbench.core.errors import BackendError

ATTEMPTS = 5
"""How often a request is made before its error is the caller's."""
PAUSE = 0.4
"""Seconds before the second attempt where the server asks for none; each further one doubles."""
LONGEST_WAIT = 60.0
"""Seconds waited at most before the next attempt, whatever the server asks for."""
_TIMEOUT = 300
_TOO_MANY = 429
T = TypeVar("T")


class Wire:
    """One server's authenticated line; reads are repeated, writes are made once."""

    def __init__(self, sdk: Any, url: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client: Any = sdk._client_wrapper.httpx_client
        self._url = url
        self._sleep = sleep

    def read(self, path: str, params: Mapping[str, Any], doing: str) -> Any:
        """Read JSON; raises BackendError once several attempts have failed."""
        return self.repeat(doing, lambda: self._request("GET", path, doing, params=dict(params)))

    def repeat(self, doing: str, call: Callable[[], T]) -> T:
        """Make a call that may be made twice; raises BackendError once several have failed."""
        for attempt in range(1, ATTEMPTS):
            try:
                with translated(self._url, doing):
                    return call()
            except BackendError as error:
                if not may_pass(error):
                    raise
                self.wait(error, attempt)
        with translated(self._url, doing):
            return call()

    def write(
        self, path: str, body: bytes, doing: str, params: Mapping[str, Any] | None = None
    ) -> Any:
        """Post JSON; raises BackendError, after which the server may have done it or not.

        It is made again where the server asks to slow down, since then it was not done.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                return self._request("POST", path, doing, params=dict(params or {}), content=body)
            except BackendError as error:
                if error.status != _TOO_MANY:
                    raise
                self.wait(error, attempt)
        return self._request("POST", path, doing, params=dict(params or {}), content=body)

    def wait(self, error: BackendError, attempt: int) -> None:
        """Wait as long as the server asked for, else longer with each attempt."""
        asked = error.retry_after
        self._sleep(min(LONGEST_WAIT, asked if asked is not None else PAUSE * 2 ** (attempt - 1)))

    def _request(self, method: str, path: str, doing: str, **content: Any) -> Any:
        with translated(self._url, doing):
            response: httpx.Response = self._client.request(
                path,
                method=method,
                headers={"Content-Type": "application/json"},
                request_options={"max_retries": 0, "timeout_in_seconds": _TIMEOUT},
                **content,
            )
            if response.is_error:
                raise httpx.HTTPStatusError("", request=response.request, response=response)
            try:
                return from_json(response.content)
            except ValueError:
                raise BackendError(
                    f"{doing}: what answers at {self._url} sent no JSON; is it a Label Studio?",
                    url=self._url,
                    status=response.status_code,
                ) from None


def may_pass(error: BackendError) -> bool:
    """Tell whether an error may be gone at the next attempt: a lost line, 429 or 5xx."""
    return error.is_lost or error.status == _TOO_MANY or (error.status or 0) >= 500
