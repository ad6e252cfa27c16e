"""Policy: suppressions, approvals, experiments, models; goals, waits and rolled-up events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"

COLLATION = "utf8mb4_nopad_bin"
Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Bytewise = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Name = (
    sa.String(190)
    .with_variant(sa.String(190, collation="C"), "postgresql")
    .with_variant(mysql.VARCHAR(190, collation=COLLATION), "mysql", "mariadb")
)
Words = Bytewise.with_variant(mysql.LONGTEXT(collation=COLLATION), "mysql", "mariadb")
Value = Bytewise.with_variant(mysql.VARCHAR(1000, collation=COLLATION), "mysql", "mariadb")
Binary = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")
Hash = sa.LargeBinary(16).with_variant(mysql.BINARY(16), "mysql", "mariadb")


def upgrade() -> None:
    """Add what is new; a message that was planned before is due since its entry."""
    op.create_table(
        "suppressions",
        sa.Column("key", Hash, primary_key=True),
        sa.Column("address", Value),
        sa.Column("reason", Name, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("suppressions_by_address", "suppressions", ["address"], mysql_length=190)
    op.add_column("events", sa.Column("times", sa.Integer(), nullable=False, server_default="1"))
    for left_out in ("erased", "too_old"):
        column = sa.Column(left_out, sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("loads", column)
    op.add_column("consents", sa.Column("told", sa.SmallInteger()))
    op.add_column("rejects", sa.Column("whose", Name))
    op.execute("UPDATE consents SET told = granted")  # nobody else could say anything
    op.add_column("journeys", sa.Column("program", Words))
    seen = sa.Column("last_change", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("journeys", seen)
    op.execute("UPDATE journeys SET last_change = (SELECT COALESCE(MAX(id), 0) FROM changes)")
    op.add_column("entries", sa.Column("goal_at", sa.BigInteger()))
    op.create_index("entries_by_time", "entries", ["journey", "occurred_at"])
    due = sa.Column("due_at", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("deliveries", due)
    op.add_column("deliveries", sa.Column("hold_until", sa.BigInteger()))
    op.execute("UPDATE deliveries SET due_at = occurred_at")
    op.create_index("deliveries_by_time", "deliveries", ["settled_at"])
    name, columns = "deliveries_by_provider_id", ["provider_id"]
    op.create_index(name, "deliveries", columns, mysql_length=190, postgresql_using="hash")
    op.create_table(
        "delivery_keys",
        sa.Column("key", Hash, primary_key=True),
        sa.Column("delivery", sa.BigInteger(), nullable=False),
    )
    op.create_index("delivery_keys_by_delivery", "delivery_keys", ["delivery"])
    op.create_table(
        "approvals",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("message", Name, nullable=False),
        sa.Column("content", Hash, nullable=False),
        sa.Column("audience", sa.BigInteger(), nullable=False),
        sa.Column("state", Name, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("answered_by", Value),
        sa.Column("note", Words),
        sa.UniqueConstraint("message", "content", "audience", name="approvals_once"),
    )
    op.create_table(
        "exposures",
        sa.Column("experiment", Name, primary_key=True),
        sa.Column("customer", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("arm", Name, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("unit_share", sa.BigInteger()),
        sa.Column("probability", sa.Double(), nullable=False),
    )
    op.create_index("exposures_by_unit", "exposures", ["experiment", "unit_share"])
    op.create_table(
        "exposure_facts",
        sa.Column("experiment", Name, primary_key=True),
        sa.Column("customer", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("name", Name, primary_key=True),
        sa.Column("value", sa.Double(), nullable=False),
    )
    op.create_table(
        "allocations",
        sa.Column("experiment", Name, primary_key=True),
        sa.Column("at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("arm", Name, primary_key=True),
        sa.Column("probability", sa.Double(), nullable=False),
    )
    op.create_table(
        "learned",
        sa.Column("analysis", Name, primary_key=True),
        sa.Column("value", Words, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "touched",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("customer", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("touched_by_time", "touched", ["at"])
    op.create_table(
        "standing",
        sa.Column("word", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("customer", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("bits", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.drop_table("scores")  # nothing could be in it
    op.create_table(
        "scores",
        sa.Column("customer", Id, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "models",
        sa.Column("name", Name, primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", Name, nullable=False),
        sa.Column("settings", Hash, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger()),
        sa.Column("until", sa.BigInteger()),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("parameters", Words, nullable=False),
        sa.Column("arrays", Binary),
        sa.Column("diagnostics", Words, nullable=False),
        sa.Column("metrics", Words, nullable=False),
        sa.Column("drivers", Words, nullable=False),
        sa.Column("backtest", Words, nullable=False),
        sa.Column("spread", Words, nullable=False),
    )
