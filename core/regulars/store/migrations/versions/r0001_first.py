"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None

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
Hash = sa.LargeBinary(16).with_variant(mysql.BINARY(16), "mysql", "mariadb")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "facts",
        sa.Column("name", Name, primary_key=True),
        sa.Column("value", Words, nullable=False),
    )
    op.create_table(
        "customers",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("key", Name, nullable=False, unique=True),
        sa.Column("kind", Name, nullable=False, server_default="customer"),
        sa.Column("email", Value),
        sa.Column("phone", Value),
        sa.Column("timezone", Name),
        sa.Column("locale", Name),
        sa.Column("extra", Words),
    )
    op.create_table(
        "identities",
        sa.Column("kind", Name, primary_key=True),
        sa.Column("value", Name, primary_key=True),
        sa.Column("customer", sa.BigInteger(), primary_key=True, autoincrement=False),
    )
    op.create_index("identities_by_customer", "identities", ["customer"])
    op.create_table(
        "consents",
        sa.Column("customer", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("topic", Name, primary_key=True),
        sa.Column("channel", Name, primary_key=True),
        sa.Column("granted", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "event_names",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("name", Name, nullable=False, unique=True),
    )
    op.create_table(
        "events",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("customer", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Integer(), nullable=False),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("key", Hash, nullable=False),
        sa.Column("properties", Words),
    )
    op.create_index("events_once", "events", ["key"], unique=True)
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("name", Name, nullable=False, unique=True),
    )
    op.create_table(
        "loads",
        sa.Column("source", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("origin", Name, primary_key=True),
        sa.Column("fingerprint", Name),
        sa.Column("cursor", Words),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "rejects",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("source", sa.Integer(), nullable=False),
        sa.Column("origin", Name, nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("reason", Words, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("source", "origin", "row", name="rejects_once"),
    )
    op.create_table(
        "traits",
        sa.Column("customer", Id, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "scores",
        sa.Column("customer", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("score", Name, primary_key=True),
        sa.Column("value", sa.Double()),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("name", Name, nullable=False, unique=True),
        sa.Column("definition", Words, nullable=False),
    )
    op.create_table(
        "members",
        sa.Column("segment", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("customer", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "changes",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("entered", sa.SmallInteger(), nullable=False),
        sa.Column("by_edit", sa.SmallInteger(), nullable=False),
    )
    op.create_index("changes_by_segment", "changes", ["segment", "at"])
    op.create_table(
        "journeys",
        sa.Column("name", Name, primary_key=True),
        sa.Column("first_run", sa.BigInteger(), nullable=False),
        sa.Column("last_run", sa.BigInteger(), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "occurrences",
        sa.Column("journey", Name, primary_key=True),
        sa.Column("at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("outcome", Name, nullable=False),
        sa.Column("customers", sa.BigInteger()),
    )
    op.create_table(
        "entries",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("journey", Name, nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=False),
        sa.Column("key", Name, nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.BigInteger()),
        sa.Column("state", Name, nullable=False),
        sa.Column("reason", Name),
        sa.Column("ended_at", sa.BigInteger()),
        sa.UniqueConstraint("journey", "customer", "key", name="entries_once"),
    )
    op.create_table(
        "positions",
        sa.Column("entry", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("journey", Name, nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=False),
        sa.Column("step", Name, nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("positions_by_step", "positions", ["journey", "step", "due_at"])
    op.create_table(
        "steps",
        sa.Column("entry", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("step", Name, primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", Name, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("journey", Name, nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("step", Name, nullable=False),
        sa.Column("customer", sa.BigInteger(), nullable=False),
        sa.Column("message", Name, nullable=False),
        sa.Column("channel", Name),
        sa.Column("address", Value),
        sa.Column("state", Name, nullable=False),
        sa.Column("reason", Name),
        sa.Column("detail", Words),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("planned_by", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("owner", Name),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("fence", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("settled_at", sa.BigInteger()),
        sa.Column("provider_id", Value),
        sa.UniqueConstraint("journey", "entry", "step", "customer", name="deliveries_once"),
    )
    op.create_index("deliveries_by_customer", "deliveries", ["customer"])
    op.create_index("deliveries_by_state", "deliveries", ["state", "id"])
    op.create_table(
        "runs",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("summary", Words),
    )
