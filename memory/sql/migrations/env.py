"""Alembic's entry: runs migrations on the connection that the store hands over, or on the configured database."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from core.settings import read_settings
from memory.sql.engine import make_engine, make_folder, normalise_url
from memory.sql.registry_models import Base


def run(connection: Connection) -> None:
    """Run the migrations on ``connection``."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    url = normalise_url(read_settings().sql_url())
    make_folder(url)
    engine = make_engine(url, migrating=True)
    with engine.execution_options(molwright_write=True).begin() as own_connection:
        run(own_connection)
    engine.dispose()
