"""One worker for one SQLite file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import SecondWorker, StorageError
from storage.worker_lock import worker_lock

_HOLD = """
import sys
from storage.worker_lock import worker_lock
with worker_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_worker_is_told_of_the_first(sqlite_url: str) -> None:
    """It names the process and what works beside it; once the first is through, the way is free."""
    named = rf"process {os.getpid()}\b.*pressevagt chat"
    with worker_lock(sqlite_url), pytest.raises(SecondWorker, match=named), worker_lock(sqlite_url):
        pass
    with worker_lock(sqlite_url):
        pass


def test_another_way_to_the_same_file_is_the_same_file(tmp_path: Path) -> None:
    """A link does not get round the lock."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with (
        worker_lock(f"sqlite:///{tmp_path}/real/pressevagt.db"),
        pytest.raises(SecondWorker),
        worker_lock(f"sqlite:///{tmp_path}/link/pressevagt.db"),
    ):
        pass


def test_the_lock_of_a_killed_worker_is_free(sqlite_url: str) -> None:
    """Nothing is left to clear away after a crash."""
    command = [sys.executable, "-c", _HOLD, sqlite_url]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "held\n"
    with pytest.raises(SecondWorker, match=rf"process {worker.pid}\b"), worker_lock(sqlite_url):
        pass
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    with worker_lock(sqlite_url):
        pass
    worker.stdout.close()
    assert worker.stdin is not None
    worker.stdin.close()


def test_a_shorter_process_id_leaves_nothing_of_the_longer(sqlite_url: str, tmp_path: Path) -> None:
    """The file holds the id of the present holder alone."""
    (tmp_path / "pressevagt.db.worker").write_text("99999999999")
    with worker_lock(sqlite_url):
        assert (tmp_path / "pressevagt.db.worker").read_text() == str(os.getpid())


def test_a_lock_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The folder is named."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="lock file"), worker_lock(f"sqlite:///{tmp_path}/file/pressevagt.db"):
        pass


def test_postgres_is_shared(postgres_url: str) -> None:
    """Several workers may run on it."""
    with worker_lock(postgres_url), worker_lock(postgres_url):
        pass
