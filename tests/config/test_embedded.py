"""The embedded PostgreSQL: one server for all who need it, started by the first and stopped by the last."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import psycopg
import pytest

from config import embedded, postgres_install
from config.embedded import SOCKET_FILE, SOCKET_PATH_LIMIT, Server, socket_folder
from config.environ import ROOT

pytestmark = pytest.mark.faults

# Says when it holds the server and keeps it until its input ends.
HOLDER = """
import sys
from pathlib import Path
from config import embedded
embedded.server(Path(sys.argv[1])).hold()
print("held", flush=True)
sys.stdin.read()
"""


class Holder:
    """Another process that needs the server."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(home)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait(self) -> None:
        assert self.process.stdout.readline() == "held\n"

    def end(self) -> None:
        self.process.communicate()


@pytest.fixture
def home():
    # pytest makes its own folders private anew at every start, and the server of root runs under another account.
    folder = Path(tempfile.mkdtemp(prefix="winnow-test-"))
    yield folder
    for data in folder.rglob("pg/data"):
        Server(data.parents[1])._pg_ctl("stop", "-m", "immediate")
    shutil.rmtree(folder)


def postmaster(home: Path) -> int:
    return int((home / "pg" / "data" / "postmaster.pid").read_text().split()[0])


def test_a_first_start_makes_a_database_that_keeps_what_it_promised(home):
    server = Server(home)
    server.hold()
    with psycopg.connect(host=str(server.socket_dir), user=embedded.NAME, dbname=embedded.NAME) as connection:
        values = connection.execute(
            "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('listen_addresses')"
        ).fetchone()
    assert values == ("on", "on", "")
    assert (home / "pg").stat().st_mode & 0o077 == 0
    server.release()
    assert not server.is_up()


def test_the_last_to_leave_stops_the_server(home):
    first, second = Holder(home), Holder(home)
    first.wait()
    second.wait()
    server = Server(home)
    first.end()
    assert server.is_up()
    second.end()
    assert not server.is_up()


def test_a_killed_process_holds_nothing_back(home):
    killed, other = Holder(home), Holder(home)
    killed.wait()
    other.wait()
    killed.process.kill()
    killed.end()
    other.end()
    assert not Server(home).is_up()


def test_a_server_that_was_killed_is_started_again(home):
    server = Server(home)
    server.hold()
    killed = psutil.Process(postmaster(home))
    killed.kill()
    killed.wait(10)
    server.revive()
    assert server.is_up()
    server.release()


def test_the_mark_of_a_dead_server_does_not_block_a_start(home):
    server = Server(home)
    server.hold()
    server.release()
    # The number of the dead server belongs to another program by now: to us.
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    server.hold()
    assert server.is_up()
    server.release()


def test_a_path_too_long_for_a_socket_and_with_a_space_works(home):
    long = home / "a folder" / ("x" * SOCKET_PATH_LIMIT)
    long.mkdir(parents=True)
    server = Server(long)
    assert len(str(server.socket_dir / SOCKET_FILE)) <= SOCKET_PATH_LIMIT
    server.hold()
    assert server.is_up()
    server.release()


def test_a_path_with_a_space_works(home):
    server = Server(home / "a folder")
    server.folder.parent.mkdir()
    server.hold()
    assert server.is_up()
    server.release()


def test_a_socket_folder_of_somebody_else_is_refused(home, monkeypatch):
    folder = home / "socket"
    folder.symlink_to(home)
    with pytest.raises(embedded.EmbeddedFailed, match="belongs to somebody else"):
        embedded._private_folder(folder, postgres_install.server_account(home / "pg"))


def test_a_database_of_another_version_is_refused(home):
    server = Server(home)
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(embedded.EmbeddedFailed, match="written by PostgreSQL 16"):
        server.hold()


@pytest.mark.parametrize("extra", [0, 1])
def test_the_socket_moves_only_when_it_must(extra):
    folder = Path("/") / ("y" * (SOCKET_PATH_LIMIT - len(SOCKET_FILE) - 2 + extra))
    assert (socket_folder(folder) == folder) is (extra == 0)
