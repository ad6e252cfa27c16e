"""Stamps: files that surely haven't changed need not be hashed; events are found by their names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"

Name = (
    sa.String(190)
    .with_variant(sa.String(190, collation="C"), "postgresql")
    .with_variant(mysql.VARCHAR(190, collation="utf8mb4_nopad_bin"), "mysql", "mariadb")
)


def upgrade() -> None:
    """Add what is new; what was loaded before is hashed once more."""
    op.add_column("loads", sa.Column("stamp", Name))
    op.drop_index("events_by_customer", "events", if_exists=True)  # a run makes events_by_name
