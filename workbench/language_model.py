"""A language model as preannotator: any endpoint that speaks the OpenAI chat API.

Optional: nothing is asked of it unless `llm` is named. Its answers are suggestions like any
other's: predictions that people see, and never gold.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from workbench.adapters.llm_answers import Answer, align_answer, read_answer, write_messages
from workbench.analysis.references.clusters import make_clusters
from workbench.core.article import Article
from workbench.core.errors import BackendError, SettingsError, SourceError
from workbench.core.identity import digest
from workbench.core.layer import Layer
from workbench.core.secret import Secret
from workbench.project import Project
from workbench.store.quarantine import add_quarantine

URL, MODEL, TOKEN = "WORKBENCH_LLM_URL", "WORKBENCH_LLM_MODEL", "WORKBENCH_LLM_TOKEN"
_TRIES = 4
_TIMEOUT = 120.0
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_MILLION = 1_000_000


@dataclass
class Usage:
    """What has been asked so far: tokens, answers from the cache, and what it cost."""

    input: int = 0
    output: int = 0
    cached: int = 0
    cost: float = 0.0

    def __str__(self) -> str:
        """Say it in one line; the cost is in the currency of the settings' prices."""
        spent = f", cost {self.cost:.4f}" if self.cost else ""
        return f"{self.input} tokens in, {self.output} out, {self.cached} from the cache{spent}"


class _Bearer(httpx.Auth):
    """Sends a token where no variable of ours holds it in words."""

    def __init__(self, token: str) -> None:
        self._token = Secret(token)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header that the chat API reads."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@dataclass
class LanguageModel:
    """Annotates an article by asking a language model; answers are kept in the project.

    `token` is never shown, stored or part of an error.
    """

    project: Project
    url: str
    model: str
    token: str = field(default="", repr=False)
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)
    usage: Usage = field(default_factory=Usage)

    def __post_init__(self) -> None:
        """Hide the token from whatever shows values; raises SettingsError for one that is none."""
        self.token = Secret(self.token)
        if not (self.token.isascii() and self.token.isprintable()):
            raise SettingsError(f"{TOKEN} holds what no token has; copy it again")

    @property
    def author(self) -> str:
        """The author of the layers that it makes."""
        return f"model:llm-{self.model}"

    def __call__(self, article: Article) -> Layer:
        """Annotate an article; what its answer quotes wrongly is quarantined.

        Raises BackendError where the endpoint is away, refuses, or answers but nonsense.
        """
        scheme = self.project.scheme
        aligned = align_answer(self.ask(article), article, scheme, author=self.author)
        layer = aligned.layer
        clusters = make_clusters(
            article.text, layer.spans, layer.quotes, registry=self.project.registry
        )
        with self.project.store() as connection:
            for payload, reason in aligned.quarantined:
                add_quarantine(
                    connection,
                    {"article": article.id, "item": payload},
                    reason=reason,
                    source=self.author,
                    at=self.project.now(),
                )
        return replace(layer, clusters=clusters)

    def ask(self, article: Article) -> Answer:
        """Return the model's answer on an article, from the cache where it was asked before."""
        messages = write_messages(article, self.project.scheme)
        file = self._folder / f"{digest(self.url, self.model, messages)}.json"
        if file.is_file():
            self.usage.cached += 1
            return read_answer(json.loads(file.read_text(encoding="utf-8"))["content"])
        problem = ""
        for attempt in range(_TRIES):
            if attempt:
                self.sleep(2.0**attempt)
            try:
                content, used = self._post(messages)
                answer = read_answer(content)
            except (SourceError, _RetryError) as error:
                problem = str(error)
                continue
            self._folder.mkdir(parents=True, exist_ok=True)
            record = {"model": self.model, "content": content, "usage": used}
            file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
            return answer
        raise BackendError(
            f"the language model at {self.url} gave no usable answer on {article.id!r} in "
            f"{_TRIES} tries: {problem}",
            url=self.url,
        )

    @property
    def _folder(self) -> Path:
        return self.project.root / "data" / "llm"

    def _post(self, messages: list[dict[str, str]]) -> tuple[str, dict[str, int]]:
        body = {
            "model": self.model,
            "messages": messages,
            "temperature": 0,
            "response_format": {"type": "json_object"},
        }
        try:
            reply = httpx.post(
                f"{self.url.rstrip('/')}/chat/completions",
                json=body,
                auth=_Bearer(self.token) if self.token else None,
                timeout=_TIMEOUT,
            )
        except httpx.HTTPError as error:
            raise _RetryError(f"it can't be reached ({type(error).__name__})") from None
        if reply.status_code in _AGAIN:
            raise _RetryError(f"it answered {reply.status_code}")
        if reply.status_code >= 400:
            raise BackendError(
                f"the language model at {self.url} refused with {reply.status_code}; check "
                f"{URL}, {MODEL} and {TOKEN}",
                url=self.url,
                status=reply.status_code,
            )
        return self._read_reply(reply)

    def _read_reply(self, reply: httpx.Response) -> tuple[str, dict[str, int]]:
        try:
            record: Any = reply.json()
            content = record["choices"][0]["message"]["content"]
            used = record.get("usage") or {}
            tokens = {key: int(used.get(f"{key}_tokens", 0)) for key in ("prompt", "completion")}
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            raise _RetryError("its reply is not in the chat API's form") from None
        self.usage.input += tokens["prompt"]
        self.usage.output += tokens["completion"]
        prices = [
            float(self.project.setting("llm", f"{x}_price", 0.0)) for x in ("input", "output")
        ]
        spent = tokens["prompt"] * prices[0] + tokens["completion"] * prices[1]
        self.usage.cost += spent / _MILLION
        return str(content), tokens


class _RetryError(Exception):
    """Something that may go away when it is asked again."""


def make_language_model(project: Project) -> LanguageModel:
    """Make the language model that environment or settings name; the token is in the environment.

    Raises SettingsError where address or model are not stated.
    """
    url = project.environment.get(URL) or project.setting("llm", "url", "")
    model = project.environment.get(MODEL) or project.setting("llm", "model", "")
    if not url or not model:
        raise SettingsError(
            f"no language model is named; set url and model under [llm] in workbench.toml, or "
            f"{URL} and {MODEL}, and the token in {TOKEN}"
        )
    return LanguageModel(project, str(url), str(model), project.environment.get(TOKEN, ""))
