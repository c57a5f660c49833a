"""One worker for one SQLite file; PostgreSQL is shared by any number."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import SecondWorker, StorageError
from storage.engine import database_url, is_shared


@contextmanager
def worker_lock(url: str) -> Iterator[None]:
    """Hold the worker's lock on the database while the block runs; it is let go even when the process is killed.

    Raises SecondWorker, naming the other's process id, where another worker holds it. On PostgreSQL nothing is held.
    """
    address = database_url(url)
    if is_shared(address):
        yield
        return
    database = str(address.database)
    path = Path(f"{Path(database).resolve()}.worker")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        message = f"the lock file {path} cannot be written ({error.strerror}); give this user the right to write its folder"
        raise StorageError(message) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(handle, 20).decode(errors="replace").strip() or "unknown"
            message = (
                f"another worker (process {other}) runs on {database}; stop it first, "
                "or use `pressevagt chat`, which works beside it"
            )
            raise SecondWorker(message) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)
