"""How alembic reaches the database: over the connection that `storage.migrate` opened."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from storage.models import Base


def _ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:  # noqa: FBT001 - alembic's signature
    # The search index is each engine's own: FTS5 keeps several tables beside the virtual one. The metadata knows none of them.
    return not (kind == "table" and (name or "").startswith("release_search"))


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=_ours,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
