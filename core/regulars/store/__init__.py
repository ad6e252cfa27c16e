"""The store: tables, dialects, transactions, bulk loads, migrations."""
