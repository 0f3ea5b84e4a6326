"""Bring a changed scheme into a running round, without touching what people did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workbench.adapters.label_studio.config import make_config, make_instructions
from workbench.adapters.label_studio.names import SPAN
from workbench.adapters.records import write_scheme
from workbench.backends.backend import Backend
from workbench.connection import open_backend
from workbench.core.amendment import Amendment, compose
from workbench.core.errors import RoundError, SchemeError
from workbench.core.scheme import Scheme
from workbench.project import Project
from workbench.store.changes import amend_round, find_amendments
from workbench.store.locks import hold_lock
from workbench.store.rounds import (
    PushedProject,
    find_projects,
    get_round,
    get_round_scheme,
    is_closed,
)

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Affected:
    """A region that bears a label which is gone: where it lies, and in whose hands.

    `within` is annotation, draft or suggestion.
    """

    label: str
    within: str
    project_id: int
    task_id: int
    article_id: str
    text: str


@dataclass(frozen=True)
class Migration:
    """What a changed scheme means for a running round, and whether it was brought in.

    `labels` maps each label that is gone to what it means now, empty where it means nothing.
    """

    round: str
    added: tuple[str, ...]
    labels: Mapping[str, str]
    items: tuple[Affected, ...]
    is_applied: bool

    def __repr__(self) -> str:
        """Say what changes."""
        renamed = ", ".join(f"{old} → {new or 'dropped'}" for old, new in self.labels.items())
        did = "applied" if self.is_applied else "would change, nothing was applied"
        return (
            f"Migration({self.round!r} {did}: added {', '.join(self.added) or 'none'}; "
            f"gone {renamed or 'none'}; {len(self.items)} regions bear labels that are gone)"
        )

    def to_record(self) -> dict[str, Any]:
        """Write the migration as plain JSON."""
        return {
            "round": self.round,
            "added": list(self.added),
            "labels": dict(self.labels),
            "items": [asdict(item) for item in self.items],
            "is_applied": self.is_applied,
        }


def migrate(
    project: Project,
    name: str,
    labels: Mapping[str, str] | None = None,
    *,
    apply: bool = False,
    server: Backend | None = None,
) -> Migration:
    """Bring the project's present scheme into a running round.

    Labels that were added, and a changed guideline, are brought in at once; so is the loss of a
    label that nobody used. For labels in use that are gone, `labels` says what each means now
    ("" for nothing), and nothing is changed until `apply` is stated. What people did is not
    touched: their regions keep the old label on the server, which nobody can choose any more, and
    are read as the new one from then on. Work submitted before counts as not asked for what was
    added. Raises SchemeError that lists the regions where a label in use is gone and not mapped,
    or with all that is wrong with the map.
    """
    with hold_lock(project.engine, f"round {name!r}"):
        with project.store() as connection:
            get_round(connection, name)
            if is_closed(connection, name):
                raise RoundError(f"round {name!r} is closed; its scheme stays as it is")
            projects = find_projects(connection, name)
            before = get_round_scheme(connection, name)
            known = find_amendments(connection, name)
        if not projects:
            raise RoundError(f"round {name!r} was never pushed; run: workbench push {name}")
        server = server or open_backend(project, round_at=projects[0].server)
        scheme = project.scheme
        gone = [x.name for x in before.labels if x.name not in scheme.kinds]
        _check(before, scheme, labels or {}, known)
        items = tuple(_find_affected(server, projects, gone)) if gone else ()
        _require_map(name, scheme, items, labels)
        meaning = {label: (labels or {}).get(label, "") for label in gone}
        added = tuple(x for x in scheme.kinds if x not in before.kinds)
        if items and not apply:
            return Migration(name, added, meaning, items, is_applied=False)
        rnd = Amendment(name, scheme.hash, scheme.guideline_hash, before.asked, meaning)
        _show(server, projects, scheme, compose([*known, rnd]))
        if (scheme.hash, scheme.guideline_hash) != (before.hash, before.guideline_hash):
            last = {p.project_id: _find_last(server, p.project_id) for p in projects}
            _record(project, rnd, last, scheme)
        return Migration(name, added, meaning, items, is_applied=True)


def draft_migration(project: Project, name: str, *, server: Backend | None = None) -> str:
    """Write a map of the labels that are gone and in use in a round, for a person to complete."""
    with project.store() as connection:
        before = get_round_scheme(connection, name)
        projects = find_projects(connection, name)
    if not projects:
        raise RoundError(f"round {name!r} was never pushed; run: workbench push {name}")
    server = server or open_backend(project, round_at=projects[0].server)
    gone = [label.name for label in before.labels if label.name not in project.scheme.kinds]
    return draft_map(tuple(_find_affected(server, projects, gone)), project.scheme)


def draft_map(items: Sequence[Affected], scheme: Scheme) -> str:
    """Write a map of the labels that are gone, for a person to complete: TOML, with counts."""
    counts = Counter(item.label for item in items)
    known = ", ".join(scheme.names_of("entity", "mention"))
    lines = ["# What each label means now; an empty one drops it. There are:", f"# {known}"]
    lines += [f'{label} = ""  # {count} regions' for label, count in sorted(counts.items())]
    return "\n".join(lines) + "\n"


def _check(
    before: Scheme, scheme: Scheme, labels: Mapping[str, str], known: Sequence[Amendment]
) -> None:
    former = compose(known)
    problems = [
        f"{label.name} was {before.kinds[label.name]} and is {label.kind} now; give it a new name"
        for label in scheme.labels
        if before.kinds.get(label.name, label.kind) != label.kind
    ]
    problems += [
        f"{name} was the name of another label in this round before; choose a new one"
        for name in scheme.kinds
        if name in former and name not in before.kinds
    ]
    for old, new in labels.items():
        if old in scheme.kinds or old not in before.kinds:
            problems.append(f"{old!r} is no label of the round that is gone from the scheme")
        elif new and scheme.kinds.get(new) not in ("entity", "mention"):
            problems.append(f"{old} can't become {new!r}, which is no label for spans")
    if problems:
        raise SchemeError("the scheme can't be brought into the round", problems)


def _require_map(
    name: str, scheme: Scheme, items: Sequence[Affected], labels: Mapping[str, str] | None
) -> None:
    """Raise SchemeError with the regions whose label is gone and mapped to nothing stated."""
    open_ = [item for item in items if item.label not in (labels or {})]
    if not open_:
        return
    shown = [
        f"{item.label} on {item.text!r} in {item.article_id!r} ({item.within}, task {item.task_id})"
        for item in open_[:_SHOWN]
    ]
    more = len(open_) - len(shown)
    raise SchemeError(
        f"{', '.join(sorted({item.label for item in open_}))} can't be taken out of round "
        f"{name!r}: {len(open_)} regions bear it; say what it means now in a file: "
        f"workbench migrate {name} --map FILE",
        [*shown, *([f"and {more} more"] if more else [])],
    )


def _find_affected(
    server: Backend, projects: Sequence[PushedProject], gone: Sequence[str]
) -> Iterator[Affected]:
    """Yield every region on the server that bears one of the labels."""
    wanted = set(gone)
    for pushed in projects:
        for task in server.iter_tasks(pushed.project_id):
            for within in ("annotation", "draft", "suggestion"):
                found = task.get("predictions" if within == "suggestion" else f"{within}s") or []
                for part in (x for owner in found for x in owner.get("result") or []):
                    value = part.get("value") or {}
                    if part.get("from_name") != SPAN or not wanted & set(value.get("labels") or ()):
                        continue
                    yield Affected(
                        value["labels"][0],
                        within,
                        pushed.project_id,
                        int(task["id"]),
                        str(task["data"].get("article_id")),
                        str(value.get("text", "")),
                    )


def _show(
    server: Backend,
    projects: Sequence[PushedProject],
    scheme: Scheme,
    former: Mapping[str, str],
) -> None:
    """Give every project the new screen; the server validates it first."""
    config, instructions = make_config(scheme, former), make_instructions(scheme)
    for pushed in projects:
        server.update_project(
            pushed.project_id, label_config=config, expert_instruction=instructions
        )


def _find_last(server: Backend, project_id: int) -> int:
    """Return the number of the newest annotation of a project: it was made on the old screen."""
    tasks = server.iter_tasks(project_id)
    return max((int(a["id"]) for task in tasks for a in task.get("annotations") or []), default=0)


def _record(project: Project, change: Amendment, last: Mapping[int, int], scheme: Scheme) -> None:
    full = Amendment(
        change.round, change.scheme, change.guideline, change.asked, change.labels, last
    )
    with project.store() as connection:
        amend_round(connection, full, write_scheme(scheme), at=project.now())
