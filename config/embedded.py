"""A real PostgreSQL under WINNOW_HOME for whoever names no server: started by the first process, stopped by the last.

Every process that works with the database holds a shared lock on one file. The kernel drops it with the process,
however that ends, so nobody is counted and a killed process holds nothing back.
"""

import atexit
import fcntl
import hashlib
import os
import shlex
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

import psutil
import psycopg

from config import postgres_install as install

NAME = "winnow"
START_SECONDS = 60
STOP_SECONDS = 30
RETRY_SECONDS = 0.3
SOCKET_FILE = ".s.PGSQL.5432"
# The address of a Unix socket has 104 bytes on macOS and 108 on Linux, its end included.
SOCKET_PATH_LIMIT = 103
TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    # Compiling short statements costs more than it saves.
    "jit": "off",
    # A killed process must not leave its query running, nor the locks that it holds.
    "client_connection_check_interval": "10s",
    "timezone": "UTC",
    "log_min_duration_statement": "2000",
}


class EmbeddedFailed(Exception):
    """PostgreSQL could not be started; the message says why in the server's own words."""


class Server:
    """The PostgreSQL of one WINNOW_HOME, as this process sees it."""

    def __init__(self, home: Path) -> None:
        self.folder = home.resolve() / "pg"
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.socket_dir = socket_folder(self.folder)
        self._threads = threading.Lock()
        self._share: IO[bytes] | None = None

    def hold(self) -> None:
        """Have the server running until `release` or the end of this process; cheap when called again."""
        if self.is_held():
            return
        with self._threads:
            if self.is_held():
                return
            self._prepare_folders()
            with self._starting(), ExitStack() as on_failure:
                share = on_failure.enter_context((self.folder / "users.lock").open("ab"))
                fcntl.flock(share, fcntl.LOCK_SH)
                self._start_if_down()
                on_failure.pop_all()
            self._share = share
            owner = os.getpid()
            # A forked child runs this too at its end; only the process that took the share gives it back.
            atexit.register(lambda: self.release() if os.getpid() == owner else None)

    def revive(self) -> None:
        """Start the server again if it has died under us."""
        with self._threads, self._starting():
            self._start_if_down()

    def release(self) -> None:
        """Need the server no longer; whoever is last stops it."""
        with self._threads:
            if self._share is None:
                return
            with self._starting():
                self._share.close()
                self._share = None
                # A file opened anew: a forked child that still shares the old one counts as a user.
                with (self.folder / "users.lock").open("ab") as alone:
                    try:
                        fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        return
                    self._pg_ctl("stop", "-m", "fast", "-t", str(STOP_SECONDS))
                if self.socket_dir != self.folder:
                    with suppress(OSError):
                        self.socket_dir.rmdir()

    def is_held(self) -> bool:
        """Tell whether this process has said that it needs the server."""
        return self._share is not None

    def is_up(self) -> bool:
        """Tell whether the server answers."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket_dir), user=NAME, dbname="postgres", connect_timeout=5, autocommit=True
        )

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Only one process at a time starts or stops the server."""
        with (self.folder / "start.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prepare_folders(self) -> None:
        account = install.server_account(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if account:
            install.open_to_others(self.folder)
            os.chown(self.folder, account.uid, account.gid)
        if self.socket_dir != self.folder:
            _private_folder(self.socket_dir, account)

    def _start_if_down(self) -> None:
        if self.is_up():
            return
        if not self.data.exists():
            self._initialise()
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != install.MAJOR:
            raise EmbeddedFailed(
                f"{self.data} was written by PostgreSQL {version}, and this is {install.MAJOR}: dump there, load here."
            )
        self._forget_dead_server()
        self._start()
        self._create_database()

    def _initialise(self) -> None:
        draft = self.folder / "data.new"
        self._run("rm", "-rf", str(draft))
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        auth = ("--username", NAME, "--auth", "trust")
        done = self._run(install.binary("initdb"), "-D", str(draft), "--encoding=UTF8", *locale, *auth)
        if done.returncode:
            raise EmbeddedFailed(f"PostgreSQL's initdb failed: {done.stdout.strip()}")
        # A start that was killed half way leaves a draft, never a half-made database.
        draft.rename(self.data)

    def _start(self) -> None:
        words = ["-k", str(self.socket_dir), *(f"--{name}={value}" for name, value in TUNING.items())]
        deadline = time.monotonic() + START_SECONDS
        # After a kill -9 of the server its children linger for a moment, and it refuses to start beside them.
        while True:
            self._pg_ctl("start", "-l", str(self.log), "-t", str(START_SECONDS), "-o", shlex.join(words))
            if self.is_up():
                return
            if time.monotonic() > deadline:
                tail = (
                    "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
                    if self.log.exists()
                    else ""
                )
                raise EmbeddedFailed(
                    f"PostgreSQL did not start in {START_SECONDS} s; the end of {self.log}:\n{tail}"
                )
            time.sleep(RETRY_SECONDS)

    def _forget_dead_server(self) -> None:
        """Remove the mark of a server that was killed where another program has its process number by now."""
        mark = self.data / "postmaster.pid"
        if not mark.exists():
            return
        try:
            words = psutil.Process(int(mark.read_text().split()[0])).cmdline()
        except (psutil.Error, ValueError, IndexError):
            words = []
        if str(self.data) not in words:
            mark.unlink(missing_ok=True)
            (self.socket_dir / f"{SOCKET_FILE}.lock").unlink(missing_ok=True)

    def _create_database(self) -> None:
        with self._connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {NAME}")

    def _pg_ctl(self, *words: str) -> None:
        self._run(install.binary("pg_ctl"), *words, "-w", "-D", str(self.data))

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        account = install.server_account(self.folder)
        # A pipe would stay open in the server and never end, so what is said goes to a file.
        with (self.folder / "said").open("w+") as said:
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, cwd="/", check=False,
                user=account.uid if account else None, group=account.gid if account else None,
                extra_groups=[] if account else None,
            )  # fmt: skip
            said.seek(0)
            return subprocess.CompletedProcess(words, done.returncode, said.read())


def socket_folder(folder: Path) -> Path:
    """Return where the server of `folder` has its socket: there, or under /tmp where that path is too long for one."""
    if len(os.fsencode(folder / SOCKET_FILE)) <= SOCKET_PATH_LIMIT:
        return folder
    return Path("/tmp") / f"winnow-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"  # noqa: S108


def _private_folder(folder: Path, account: install.Account | None) -> None:
    """Make a folder that only the server's account may enter; refuse one that somebody else has put there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account and folder.lstat().st_uid == 0:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    if folder.is_symlink() or folder.lstat().st_uid != (account.uid if account else os.geteuid()):
        raise EmbeddedFailed(
            f"{folder} belongs to somebody else: remove it, or choose a shorter WINNOW_HOME."
        )
    folder.chmod(0o700)


@cache
def server(home: Path) -> Server:
    """Return this process's one view of the server of `home`."""
    return Server(home)
