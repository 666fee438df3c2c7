"""Alembic asks this file how to reach the database: over the connection given to `upgrade`."""

from alembic import context

from ebl_service.store import access_tables, document_tables, platform_tables, tables  # noqa: F401 (they add theirs)

context.configure(
    connection=context.config.attributes["connection"], target_metadata=tables.metadata, render_as_batch=True
)
context.run_migrations()
