"""Alembic migrations: `gtm.store.schema.upgrade` runs them, `python -m gtm.store.migrations` writes them."""
