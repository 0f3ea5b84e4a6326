"""Decisions about names."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of namings."""
    op.create_table(
        "namings",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("naming", sa.String(length=30), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name=op.f("fk_namings_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_namings")),
    )
