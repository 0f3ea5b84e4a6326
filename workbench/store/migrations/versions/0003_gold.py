"""Policies of rounds, links, probes and reviews; decisions get a hash."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and give each decision the hash of its record."""
    with op.batch_alter_table("decisions") as table:
        table.add_column(sa.Column("sha256", sa.String(64), nullable=False, server_default=""))
    decisions = sa.table("decisions", sa.column("seq"), sa.column("record"), sa.column("sha256"))
    connection = op.get_bind()
    for seq, record in connection.execute(sa.select(decisions.c.seq, decisions.c.record)).all():
        digest = hashlib.sha256(record.encode("utf-8")).hexdigest()
        row = decisions.update().where(decisions.c.seq == seq)
        connection.execute(row.values(sha256=digest))
    op.create_table(
        "adjudications",
        _seq(),
        sa.Column("round", sa.String(100), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        *_keys("adjudications"),
    )
    op.create_index("ix_adjudications_round", "adjudications", ["round"])
    op.create_table(
        "links",
        _seq(),
        sa.Column("article_id", sa.String(300), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        *_keys("links"),
    )
    op.create_index("ix_links_article_id", "links", ["article_id"])
    op.create_table(
        "probes",
        _seq(),
        sa.Column("round", sa.String(100), nullable=False),
        sa.Column("article_id", sa.String(300), nullable=False),
        sa.Column("item", sa.String(30), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        *_keys("probes"),
        sa.UniqueConstraint("round", "item", name=op.f("uq_probes_round_item")),
    )
    op.create_index("ix_probes_round", "probes", ["round"])
    op.create_table(
        "reviews",
        _seq(),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("round", sa.String(100), nullable=False),
        sa.Column("article_id", sa.String(300), nullable=False),
        sa.Column("layers", sa.String(16), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        *_keys("reviews"),
        sa.UniqueConstraint("key", name=op.f("uq_reviews_key")),
    )
    op.create_index("ix_reviews_round", "reviews", ["round"])


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.Integer(), nullable=False)


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name=op.f(f"fk_{table}_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f(f"pk_{table}")),
    )
