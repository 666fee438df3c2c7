"""Alembic asks this file how to reach the database: over the connection given to `upgrade`."""

from alembic import context

from ebl_service.store import (  # noqa: F401 (they add theirs)
    access_tables,
    certificate_tables,
    document_tables,
    insurance_tables,
    platform_tables,
    tables,
)

context.configure(
    connection=context.config.attributes["connection"], target_metadata=tables.metadata, render_as_batch=True
)
context.run_migrations()
