"""The tables of the working database."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def _seq() -> Column[int]:
    return Column("seq", Integer, ForeignKey("journal.seq"), primary_key=True)


journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("what", String(20), nullable=False),
    Column("at", String(40), nullable=False),
    sqlite_autoincrement=True,
)
"""One row for every append; its number is the ledger's sequence number."""

articles = Table(
    "articles",
    metadata,
    _seq(),
    Column("id", String(300), nullable=False, unique=True),
    Column("text_sha256", String(64), nullable=False, unique=True),
    Column("split", String(10), nullable=False),
    Column("record", Text, nullable=False),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    _seq(),
    Column("article_id", String(300), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
)

layers = Table(
    "layers",
    metadata,
    _seq(),
    Column("article_id", String(300), nullable=False),
    Column("author", String(200), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("round", String(100), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("record", Text, nullable=False),
    UniqueConstraint("article_id", "author", "kind", "round", "revision"),
    Index("ix_layers_round_kind", "round", "kind"),
)

rounds = Table(
    "rounds",
    metadata,
    _seq(),
    Column("name", String(100), nullable=False, unique=True),
    Column("record", Text, nullable=False),
    Column("scheme", Text, nullable=False),
)

joinings = Table(
    "joinings",
    metadata,
    _seq(),
    Column("round", String(100), nullable=False),
    Column("annotator", String(100), nullable=False),
    UniqueConstraint("round", "annotator"),
)
"""Who joined a running round."""

amendments = Table(
    "amendments",
    metadata,
    _seq(),
    Column("round", String(100), nullable=False, index=True),
    Column("record", Text, nullable=False),
    Column("scheme", Text, nullable=False),
)
"""Changes of a running round's scheme: the whole new scheme, and what became of old labels."""

closings = Table(
    "closings",
    metadata,
    _seq(),
    Column("round", String(100), nullable=False, unique=True),
)

assignments = Table(
    "assignments",
    metadata,
    _seq(),
    Column("key", String(16), nullable=False, unique=True),
    Column("round", String(100), nullable=False, index=True),
    Column("annotator", String(100), nullable=False),
    Column("position", Integer, nullable=False),
    Column("record", Text, nullable=False),
)

projects = Table(
    "projects",
    metadata,
    _seq(),
    Column("round", String(100), nullable=False),
    Column("annotator", String(100), nullable=False),
    Column("server", String(300), nullable=False),
    Column("project_id", Integer, nullable=False),
    Column("marker", String(40), nullable=False),
    UniqueConstraint("round", "annotator"),
)
"""Label Studio's projects of a round: one for each annotator, or one as a pool."""

tasks = Table(
    "tasks",
    metadata,
    _seq(),
    Column("key", String(16), nullable=False, unique=True),
    Column("project_id", Integer, nullable=False),
    Column("suggestion_set", String(120), nullable=False),
    Column("task_id", Integer),
)
"""A task's intent, recorded before it is pushed; `task_id` is filled once the server confirms."""

suggestions = Table(
    "suggestions",
    metadata,
    _seq(),
    Column("suggestion_set", String(120), nullable=False),
    Column("key", String(16), nullable=False),
    Column("layer_seq", Integer, ForeignKey("layers.seq"), nullable=False),
    Column("notes", Text, nullable=False),
    UniqueConstraint("suggestion_set", "key"),
)
"""Which prediction a task shows in a suggestion set, and what its regions stand for."""

payloads = Table(
    "payloads",
    metadata,
    _seq(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("server", String(300), nullable=False),
    Column("project_id", Integer, nullable=False),
    Column("task_id", Integer, nullable=False),
    Column("updated_at", String(40), nullable=False, server_default=""),
    Column("body", Text, nullable=False),
    Index("ix_payloads_server_project_id", "server", "project_id", "task_id"),
)
"""Tasks as the server sent them, stored before they are read."""

quarantine = Table(
    "quarantine",
    metadata,
    _seq(),
    Column("id", String(30), nullable=False, unique=True),
    Column("source", String(300), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("payload", Text, nullable=False),
)

releasings = Table(
    "releasings",
    metadata,
    _seq(),
    Column("id", String(30), ForeignKey("quarantine.id"), nullable=False, unique=True),
    Column("reason", Text, nullable=False),
)
"""Quarantine entries that were closed, and why."""

decisions = Table(
    "decisions",
    metadata,
    _seq(),
    Column("conflict", String(30), nullable=False),
    Column("round", String(100), nullable=False, index=True),
    Column("record", Text, nullable=False),
    Column("sha256", String(64), nullable=False, server_default=""),
)
"""What was decided, and what was taken back; `sha256` is that of the record."""

adjudications = Table(
    "adjudications",
    metadata,
    _seq(),
    Column("round", String(100), nullable=False, index=True),
    Column("policy", Text, nullable=False),
)
"""Under which policy a round was adjudicated; the latest counts."""

links = Table(
    "links",
    metadata,
    _seq(),
    Column("article_id", String(300), nullable=False, index=True),
    Column("record", Text, nullable=False),
)
"""Corrections to clusters; an empty article is every article."""

probes = Table(
    "probes",
    metadata,
    _seq(),
    Column("round", String(100), nullable=False, index=True),
    Column("article_id", String(300), nullable=False),
    Column("item", String(30), nullable=False),
    Column("record", Text, nullable=False),
    UniqueConstraint("round", "item"),
)
"""Seeded wrong suggestions: the ledger alone knows which they are."""

reviews = Table(
    "reviews",
    metadata,
    _seq(),
    Column("key", String(16), nullable=False, unique=True),
    Column("round", String(100), nullable=False, index=True),
    Column("article_id", String(300), nullable=False),
    Column("layers", String(16), nullable=False),
    Column("record", Text, nullable=False),
    Column("project_id", Integer, nullable=False),
    Column("task_id", Integer),
)
"""Review tasks: what each shows, and a hash of the layers that it was merged from."""

queues = Table(
    "queues",
    metadata,
    _seq(),
    Column("name", String(100), nullable=False),
    Column("record", Text, nullable=False),
)

models = Table(
    "models",
    metadata,
    _seq(),
    Column("name", String(100), nullable=False),
    Column("record", Text, nullable=False),
)

namings = Table(
    "namings",
    metadata,
    _seq(),
    Column("naming", String(30), nullable=False),
    Column("record", Text, nullable=False),
)
"""Decisions about names; an empty record undoes the one before it of the same id."""
