"""Who joined a round, and how its scheme changed after it was pushed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of what happens to a running round."""
    op.create_table(
        "joinings",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("round", sa.String(length=100), nullable=False),
        sa.Column("annotator", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name=op.f("fk_joinings_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_joinings")),
        sa.UniqueConstraint("round", "annotator", name=op.f("uq_joinings_round_annotator")),
    )
    op.create_table(
        "amendments",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("round", sa.String(length=100), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name=op.f("fk_amendments_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_amendments")),
    )
    op.create_index(op.f("ix_amendments_round"), "amendments", ["round"], unique=False)
