"""When each task had last changed, so that a server that went back in time is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the age of each payload, unknown for those kept before."""
    column = sa.Column("updated_at", sa.String(40), nullable=False, server_default="")
    op.add_column("payloads", column)
    op.create_index(
        "ix_payloads_server_project_id", "payloads", ["server", "project_id", "task_id"]
    )
