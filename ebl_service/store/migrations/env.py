"""Alembic asks this file how to reach the database: over the connection given to `upgrade`."""

from alembic import context

from ebl_service.store import access_tables, platform_tables  # noqa: F401 (adds their tables)
from ebl_service.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
