"""The doctor's checks of a Label Studio server; what they try leaves nothing behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from workbench.adapters.label_studio.encoding import encode_layer, make_prediction, make_task
from workbench.backends.label_studio import Server
from workbench.backends.label_studio.examination import (
    describe_account,
    find_analytics,
    is_signup_open,
    throwaway_project,
    try_offsets,
    try_size,
)
from workbench.connection import get_remote_url
from workbench.core.article import Article
from workbench.core.errors import BackendError
from workbench.core.layer import Layer
from workbench.core.round import Assignment
from workbench.core.scheme import Scheme
from workbench.core.span import MENTION, Span
from workbench.project import Project

TESTED = "1.23"
"""The newest Label Studio that the tests run against."""
LARGEST = 6_000_000
"""Bytes of a usual batch: 500 tasks of 12 kB."""
_ROOM = 2 * 10**9
_PROBE = (
    "Ana 💩 said:  “no\u00a0way”\n\n\tB\u200bo 👩\u200d👩\u200d👧 e\u0301te\u0301 🇬🇧 "
    "שלום 中文 & <b>x</b> end"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: whether all is well, what was found, and what to do."""

    check: str
    ok: bool
    found: str
    remedy: str = ""

    def to_record(self) -> dict[str, Any]:
        """Write the finding as plain JSON."""
        return asdict(self)


def check_version(server: Server) -> Iterator[Finding]:
    """Say which version answers, and whether it is newer than what was tested."""
    version = server.check()
    yield Finding("server", True, f"Label Studio {version} at {server.url}")
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    is_newer = numbers > [int(part) for part in TESTED.split(".")]
    remedy = "watch the offsets check below, and tell us what is wrong" if is_newer else ""
    yield Finding("version", True, f"{version}; tested up to {TESTED}", remedy)


def check_credential(server: Server) -> Iterator[Finding]:
    """Say whose token is in use, without showing it."""
    email, legacy = describe_account(server)
    remedy = "turn legacy tokens off under Organization, API tokens" if legacy else ""
    stated = "legacy tokens work too" if legacy else "legacy tokens are off"
    yield Finding("credential", True, f"the token of {email} works; {stated}", remedy)


def check_address(server: Server) -> Iterator[Finding]:
    """Warn of a server that others can reach."""
    parts = urlsplit(server.url)
    host = parts.hostname or ""
    if host in ("127.0.0.1", "::1", "localhost"):
        yield Finding("address", True, f"{host}: bound to this machine")
        return
    is_closed = parts.scheme == "https"
    found = f"{host}: others can reach it, {'over https' if is_closed else 'and read along'}"
    remedy = "" if is_closed else "put it behind https, or bind it to 127.0.0.1"
    yield Finding("address", is_closed, found, remedy)


def check_signup(server: Server) -> Iterator[Finding]:
    """Say whether strangers can make themselves an account."""
    if is_signup_open(server.url):
        yield Finding(
            "signup", False, "anybody who reaches the server can make an account and see it all",
            "start the server with LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK=true",
        )  # fmt: skip
    else:
        yield Finding("signup", True, "closed: accounts are made by invite link alone")


def check_analytics(server: Server) -> Iterator[Finding]:
    """Say whether the server reports what people do to its vendor."""
    reports = find_analytics(server.url)
    remedy = "start it with COLLECT_ANALYTICS=false SENTRY_DSN= FRONTEND_SENTRY_DSN="
    if reports:
        yield Finding("analytics", False, "use is reported to the vendor", remedy)
    elif reports is None:
        yield Finding("analytics", True, "the server does not say whether it reports use", remedy)
    else:
        yield Finding("analytics", True, "off: use is not reported to the vendor")


def check_privacy(server: Server) -> Iterator[Finding]:
    """Say plainly what the community edition can't do."""
    yield Finding(
        "privacy",
        True,
        "in the community edition any account can look into, change and delete any project",
        "give accounts only to people who may see everybody's work",
    )


def check_storage(project: Project, server: Server) -> Iterator[Finding]:
    """Say where the server keeps its data and how much room there is, as far as we can know."""
    folder = project.studio_folder
    if get_remote_url(project) or not folder.exists():
        yield Finding(
            "storage", True, "the server keeps its own data; what was pulled is kept here",
            "have its administrator back its database up",
        )  # fmt: skip
        return
    free = shutil.disk_usage(folder).free
    used = sum(path.stat().st_size for path in folder.resolve().rglob("*") if path.is_file())
    found = f"{used / 1e6:.0f} MB in use, {free / 1e9:.1f} GB free, SQLite"
    remedy = "" if free > _ROOM else "make room: 1,000 annotated articles take about 25 MB"
    yield Finding("storage", free > _ROOM, found, remedy)


def check_by_probe(server: Server, scheme: Scheme) -> Iterator[Finding]:
    """Try offsets, overlap and the size of imports in a throwaway project."""
    with throwaway_project(server, scheme, people=2) as ref:
        yield _check_overlap(server, ref.id)
        problems = try_offsets(server, ref, make_probe(scheme))
        yield Finding(
            "offsets",
            not problems,
            "; ".join(problems) or "a text with emoji, accents and blank lines came back whole",
            "update Label Studio; until then its work can't be trusted" if problems else "",
        )
        yield _check_limits(server, ref)


def make_probe(scheme: Scheme) -> dict[str, Any]:
    """Make a task whose offsets go wrong wherever characters are counted otherwise."""
    article = Article("probe", _PROBE)
    label = (*scheme.names_of("entity"), MENTION)[0]
    starts = [i for i, c in enumerate(_PROBE) if not c.isspace()][::5]
    spans = tuple(Span(i, i + 1, label) for i in starts)
    layer = Layer("probe", article.text_sha256, "model:probe", "prediction", spans=spans)
    whole = (0, len(_PROBE))
    row = Assignment("probe", article.text_sha256, *whole, "probe", "suggested")
    task = make_task(article, row)
    task["predictions"] = [make_prediction(encode_layer(layer, article, whole).result, layer, "p")]
    return task


def _check_overlap(server: Server, project_id: int) -> Finding:
    found = server.get_project(project_id)["maximum_annotations"]
    remedy = "" if found == 2 else "push rounds with named annotators instead of a pool"
    return Finding("overlap", found == 2, f"set to 2, read back as {found}", remedy)


def _check_limits(server: Server, ref: Any) -> Finding:
    size = f"{LARGEST / 1e6:.0f} MB"
    try:
        try_size(server, ref, LARGEST)
    except BackendError as error:
        remedy = "raise the limit of the proxy in front (client_max_body_size) to 250 MB"
        return Finding("import limits", False, f"a batch of {size} is refused: {error}", remedy)
    return Finding("import limits", True, f"a batch of {size} is taken")
