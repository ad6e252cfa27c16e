"""The tables of a store, and what a row of each means.

Times are microseconds since 1970 UTC in BIGINT, dates ISO text, amounts whole millionths in
BIGINT: the same on every database. A playbook's own words become columns: attributes on
``customers`` (``a_…``), event properties on ``events`` (``p_…`` as text, ``n_…`` in millionths),
traits on ``traits`` (``t_…``), scores on ``scores`` (``s_…``). Those are added by ``schema.py``.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql

COLLATION = "utf8mb4_nopad_bin"  # MariaDB compares text exactly only with this

Id = BigInteger().with_variant(Integer, "sqlite")
Instant = BigInteger()
# Text is ordered by code point everywhere, so that the smallest of two is the same one.
Bytewise = Text().with_variant(Text(collation="C"), "postgresql")
Name = (
    String(190)
    .with_variant(String(190, collation="C"), "postgresql")
    .with_variant(mysql.VARCHAR(190, collation=COLLATION), "mysql", "mariadb")
)
Words = Bytewise.with_variant(mysql.LONGTEXT(collation=COLLATION), "mysql", "mariadb")
Value = Bytewise.with_variant(mysql.VARCHAR(1000, collation=COLLATION), "mysql", "mariadb")
Binary = LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")
Hash = LargeBinary(16).with_variant(mysql.BINARY(16), "mysql", "mariadb")

metadata = MetaData()

# One row a fact about the store itself: its playbook, its columns.
facts = Table(
    "facts",
    metadata,
    Column("name", Name, primary_key=True),
    Column("value", Words, nullable=False),
)

# One row a customer. `key` is the client's own id. Undeclared fields are JSON in `extra`.
customers = Table(
    "customers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("key", Name, nullable=False, unique=True),
    Column("kind", Name, nullable=False, server_default="customer"),  # customer, staff, partner
    Column("email", Value),
    Column("phone", Value),
    Column("timezone", Name),
    Column("locale", Name),
    Column("extra", Words),
)

# What may link two records to one person: (email, ada@example.com) → customer.
identities = Table(
    "identities",
    metadata,
    Column("kind", Name, primary_key=True),
    Column("value", Name, primary_key=True),
    Column("customer", BigInteger, primary_key=True, autoincrement=False),
    Index("identities_by_customer", "customer"),
)

# A customer's yes or no to a topic on a channel; channel '' speaks for all channels, topic '' for
# every topic but the transactional ones. `told` is what sources said last: a file that says the
# same again says nothing new.
consents = Table(
    "consents",
    metadata,
    Column("customer", BigInteger, primary_key=True, autoincrement=False),
    Column("topic", Name, primary_key=True),
    Column("channel", Name, primary_key=True),
    Column("granted", SmallInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("told", SmallInteger),
)

# Addresses that are not written to any more. `key` is a hash of the folded address; of an erased
# person's address nothing else is kept, and the hash is keyed.
suppressions = Table(
    "suppressions",
    metadata,
    Column("key", Hash, primary_key=True),
    Column("address", Value),  # folded
    Column("reason", Name, nullable=False),  # bounce, complaint, unsubscribed, erased
    Column("at", Instant, nullable=False),
    Index("suppressions_by_address", "address", mysql_length=190),
)

# Event names as small numbers.
event_names = Table(
    "event_names",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Name, nullable=False, unique=True),
)

# Customers of whom something changed that no new event tells: events that were removed or renamed,
# attributes, consents; and events that lie ahead. What is computed of them is computed anew by the
# first run at or after `at`.
touched = Table(
    "touched",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("customer", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Index("touched_by_time", "at"),
)

# One row an event. `key` makes it countable once; `properties` is JSON.
events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("customer", BigInteger, nullable=False),
    Column("time", Instant, nullable=False),
    Column("name", Integer, nullable=False),
    Column("source", Integer, nullable=False),
    Column("key", Hash, nullable=False),
    Column("properties", Words),
    Column("times", Integer, nullable=False, server_default="1"),  # events rolled up in this one
    Index("events_once", "key", unique=True),
)

# One row a source; what of it was read: one row a file or query.
sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Name, nullable=False, unique=True),
)
loads = Table(
    "loads",
    metadata,
    Column("source", Integer, primary_key=True, autoincrement=False),
    Column("origin", Name, primary_key=True),
    Column("fingerprint", Name),
    Column("cursor", Words),  # JSON
    Column("at", Instant, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("erased", BigInteger, nullable=False, server_default="0"),  # left out, as their
    Column("too_old", BigInteger, nullable=False, server_default="0"),  # retention has it
    Column("stamp", Name),  # equal where it surely hasn't changed since
)
rejects = Table(
    "rejects",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", Integer, nullable=False),
    Column("origin", Name, nullable=False),
    Column("row", BigInteger, nullable=False),
    Column("reason", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("whose", Name),  # the client's id of the customer, where that was readable
    UniqueConstraint("source", "origin", "row", name="rejects_once"),
)

# One row a customer; a column for each trait that the playbook in use computes.
traits = Table(
    "traits",
    metadata,
    Column("customer", Id, primary_key=True, autoincrement=False),
)

# One row a customer who has any; a column for each score of the playbook's models.
scores = Table(
    "scores",
    metadata,
    Column("customer", Id, primary_key=True, autoincrement=False),
)

# What models learned, each time anew; the newest version of a name scores customers.
models = Table(
    "models",
    metadata,
    Column("name", Name, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", Name, nullable=False),
    Column("settings", Hash, nullable=False),  # equal where the playbook says the same
    Column("at", Instant, nullable=False),
    Column("since", Instant),  # the first and the last event that it learned from
    Column("until", Instant),
    Column("customers", BigInteger, nullable=False),  # whom it learned from
    Column("parameters", Words, nullable=False),  # JSON
    Column("arrays", Binary),  # an .npz without objects
    Column("diagnostics", Words, nullable=False),  # JSON
    Column("metrics", Words, nullable=False),  # JSON
    Column("drivers", Words, nullable=False),  # JSON
    Column("backtest", Words, nullable=False),  # JSON: by output
    Column("spread", Words, nullable=False),  # JSON: how inputs and scores lay when it learned
)

# Segments with their definition, members now, and every change.
segments = Table(
    "segments",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Name, nullable=False, unique=True),
    Column("definition", Words, nullable=False),
)
members = Table(
    "members",
    metadata,
    Column("segment", Integer, primary_key=True, autoincrement=False),
    Column("customer", BigInteger, primary_key=True, autoincrement=False),
    Column("since", Instant, nullable=False),
    sqlite_with_rowid=False,
)
# The same once more, to be compared at once: in each word of a customer, a bit for each of some
# segments, by their numbers.
standing = Table(
    "standing",
    metadata,
    Column("word", Integer, primary_key=True, autoincrement=False),
    Column("customer", BigInteger, primary_key=True, autoincrement=False),
    Column("bits", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
changes = Table(
    "changes",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("segment", Integer, nullable=False),
    Column("customer", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("entered", SmallInteger, nullable=False),  # 1 entered, 0 left
    Column("by_edit", SmallInteger, nullable=False),  # the definition changed, not the customer
    Index("changes_by_segment", "segment", "at"),
)

# Journeys as they ran; what the clock fired, and what was missed.
journeys = Table(
    "journeys",
    metadata,
    Column("name", Name, primary_key=True),
    Column("first_run", Instant, nullable=False),
    Column("last_run", Instant, nullable=False),
    Column("last_event", BigInteger, nullable=False),  # the newest event that was looked at
    Column("program", Words),  # JSON: the steps as they were then
    Column("last_change", BigInteger, nullable=False, server_default="0"),  # newest of segments
)
occurrences = Table(
    "occurrences",
    metadata,
    Column("journey", Name, primary_key=True),
    Column("at", Instant, primary_key=True, autoincrement=False),
    Column("outcome", Name, nullable=False),  # fired, missed
    Column("customers", BigInteger),  # of occasions that came too late; null for the clock's
)

# One row for each time a customer entered a journey; `key` says by what.
entries = Table(
    "entries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("journey", Name, nullable=False),
    Column("customer", BigInteger, nullable=False),
    Column("key", Name, nullable=False),
    Column("occurred_at", Instant, nullable=False),  # what let them in happened
    Column("entered_at", Instant, nullable=False),  # the run that let them in
    Column("event", BigInteger),  # the event that let them in
    Column("state", Name, nullable=False),  # active, completed, exited
    Column("reason", Name),
    Column("ended_at", Instant),
    Column("goal_at", Instant),  # when the journey's goal was seen to be reached
    UniqueConstraint("journey", "customer", "key", name="entries_once"),
    Index("entries_by_time", "journey", "occurred_at"),
)
# Where an active entry stands: before `step`, which is due from `due_at` on: of a wait, its end.
positions = Table(
    "positions",
    metadata,
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("journey", Name, nullable=False),
    Column("customer", BigInteger, nullable=False),
    Column("step", Name, nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Index("positions_by_step", "journey", "step", "due_at"),
)
# What an entry has done: one row a step.
steps = Table(
    "steps",
    metadata,
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("step", Name, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("outcome", Name, nullable=False),  # done, then, else, or an experiment's arm
)

# The ledger: one row for each message that was planned, with its one decision.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("journey", Name, nullable=False),
    Column("entry", BigInteger, nullable=False),
    Column("step", Name, nullable=False),
    Column("customer", BigInteger, nullable=False),
    Column("message", Name, nullable=False),
    Column("channel", Name),
    Column("address", Value),
    Column("state", Name, nullable=False),  # planned, claimed, sent, failed, unknown, held, skipped
    Column("reason", Name),
    Column("detail", Words),  # what the provider or the template said
    Column("planned_at", Instant, nullable=False),
    Column("planned_by", BigInteger, nullable=False),  # run
    Column("decided_by", BigInteger),  # run
    Column("occurred_at", Instant, nullable=False),  # of the entry
    Column("owner", Name),
    Column("lease_until", Instant),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("settled_at", Instant),
    Column("provider_id", Value),
    Column("due_at", Instant, nullable=False, server_default="0"),  # max_lateness counts from it
    Column("hold_until", Instant),  # of a held message, where that is known
    UniqueConstraint("journey", "entry", "step", "customer", name="deliveries_once"),
    Index("deliveries_by_state", "state", "id"),
    Index("deliveries_by_customer", "customer"),
    Index("deliveries_by_time", "settled_at"),
    # a hash, because PostgreSQL's ordered indexes take no text that is as long as this may be
    Index("deliveries_by_provider_id", "provider_id", mysql_length=190, postgresql_using="hash"),
)

# What providers call a delivery by: its key, once feedback asked for it.
delivery_keys = Table(
    "delivery_keys",
    metadata,
    Column("key", Hash, primary_key=True),
    Column("delivery", BigInteger, nullable=False),
    Index("delivery_keys_by_delivery", "delivery"),
)

# What a person is asked: whether a message with this content may go to so many.
approvals = Table(
    "approvals",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("message", Name, nullable=False),
    Column("content", Hash, nullable=False),  # of all that a reader would see, before it is filled
    Column("audience", BigInteger, nullable=False),  # the largest that the answer covers
    Column("state", Name, nullable=False),  # pending, approved, rejected
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("answered_by", Value),
    Column("note", Words),
    UniqueConstraint("message", "content", "audience", name="approvals_once"),
)

# Who was given which arm of an experiment, and who is held out, when it first mattered.
# `unit_share` is the share of what was given the arm, where that is not the customer: those of one
# household have the same one.
exposures = Table(
    "exposures",
    metadata,
    Column("experiment", Name, primary_key=True),
    Column("customer", BigInteger, primary_key=True, autoincrement=False),
    Column("arm", Name, nullable=False),
    Column("at", Instant, nullable=False),
    Column("unit_share", BigInteger),
    Column("probability", Double, nullable=False),  # with which that arm was given then
    Index("exposures_by_unit", "experiment", "unit_share"),
)

# What was true of a customer when they were exposed: `trait:NAME` in its own unit, times as days
# before the exposure, and `segment:NAME`, 1 or 0. What was not known has no row.
exposure_facts = Table(
    "exposure_facts",
    metadata,
    Column("experiment", Name, primary_key=True),
    Column("customer", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Name, primary_key=True),
    Column("value", Double, nullable=False),
)

# The probabilities with which a bandit gave its arms out, as each run set them.
allocations = Table(
    "allocations",
    metadata,
    Column("experiment", Name, primary_key=True),
    Column("at", Instant, primary_key=True, autoincrement=False),
    Column("arm", Name, primary_key=True),
    Column("probability", Double, nullable=False),
)

# What an analysis keeps of finished experiments: JSON of its own.
learned = Table(
    "learned",
    metadata,
    Column("analysis", Name, primary_key=True),
    Column("value", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

# One row a run.
runs = Table(
    "runs",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("started_at", Instant, nullable=False),  # by the wall clock
    Column("finished_at", Instant),
    Column("summary", Words),  # JSON
)
