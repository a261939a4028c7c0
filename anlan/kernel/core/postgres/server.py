"""Start, find and stop the embedded server.

The server is a child: it gets SIGINT (fast shutdown) from the kernel the moment its starter dies, so a killed
supervisor leaves nothing behind. A pid file is never believed: a process is ours when it stands in the data
directory, and a server is ours when it says so.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg

from anlan.kernel.core.postgres import places as where
from anlan.kernel.core.postgres.places import DATABASE, OWNER, SUPER, Places
from anlan.kernel.core.postgres.roles import grants, prepare, server_facts
from anlan.kernel.core.postgres.sizing import sized

PR_SET_PDEATHSIG = 1
START_SECONDS = 60
STOP_SECONDS = 20
LOG_BYTES = 10 * 2**20
_LIBC = ctypes.CDLL(None, use_errno=True)


class NotStartedError(RuntimeError):
    """The server did not come up; the text holds what it wrote."""


class Server:
    """One cluster. `start` returns when it answers; the starting thread must live as long as the server."""

    def __init__(self, var: Path, *, options: Mapping[str, str] | None = None, sync: bool = True) -> None:
        self.places = Places(Path(var).absolute())
        self.options = dict(options or {})
        self.sync = sync
        self.process: subprocess.Popen[bytes] | None = None

    # ---- asking ----
    def conninfo(self, role: str = SUPER, database: str = DATABASE) -> str:
        return psycopg.conninfo.make_conninfo(
            "",
            host=str(self.places.socket),
            port=5432,
            user=role,
            dbname=database,
            requirepeer=self.places.user,
            connect_timeout=5,
        )

    def answers(self) -> bool:
        """Whether the server on our socket is the one of our data directory."""
        try:
            facts = server_facts(self.conninfo(database="postgres"))
        except psycopg.OperationalError:
            return False
        return bool(Path(facts["data_directory"]) == self.places.data)

    def processes(self) -> list[int]:
        """Every process that stands in the data directory: postmaster, backends, orphans."""
        data = str(self.places.data)
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and str((entry / "cwd").readlink()) == data:
                    found.append(int(entry.name))
        return found

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    # ---- starting ----
    def start(self) -> None:
        """Bring the server up as our child. Raises `NotStartedError`; refuses while another one holds the data."""
        where.ensure(self.places)
        account = where.ensure_user()
        binaries = where.binaries(account)
        self._wait_until_free()
        if not (self.places.data / "PG_VERSION").exists():
            self._initdb(binaries, account)
        self._configure(account)
        (self.places.data / "postmaster.pid").unlink(missing_ok=True)
        self.process = self._spawn(binaries, account)
        self._wait_until_ready()
        self._prepare()

    def stop(self) -> None:
        """Fast shutdown; an immediate one when that takes too long."""
        if self.process is None:
            return
        for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.alive():
                self.process.send_signal(sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
                break
        self.process = None

    def _wait_until_free(self) -> None:
        """A just orphaned server is on its way out: give it time, it must never be pushed."""
        end = time.monotonic() + STOP_SECONDS
        while pids := self.processes():
            if time.monotonic() > end:
                raise NotStartedError(f"{self.places.data} is in use by processes {sorted(pids)}")
            time.sleep(0.05)

    def _initdb(self, binaries: Path, account: pwd.struct_passwd) -> None:
        """Into a fresh name, renamed at the end: a start that was interrupted leaves no half cluster."""
        fresh = self.places.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command = [str(binaries / "initdb"), "-D", str(fresh), "-U", SUPER, "--auth=peer",
                   "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                   "--builtin-locale=C.UTF-8", "--no-instructions"]  # fmt: skip
        if not self.sync:
            command.append("--no-sync")
        done = subprocess.run(
            command, capture_output=True, text=True, cwd="/", env=_environment(), **_as(account), check=False
        )
        if done.returncode:
            raise NotStartedError(f"initdb: {done.stderr or done.stdout}")
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.write(
                "\ninclude 'anlan.conf'\ninclude_if_exists 'local.conf'  # yours; never touched by Anlan\n"
            )
        fresh.rename(self.places.data)

    def _configure(self, account: pwd.struct_passwd) -> None:
        """Written at every start: the machine, the user or the path may have changed since the last."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.places.socket),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
            **sized(),
            **({} if self.sync else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
            **self.options,
        }
        users = dict.fromkeys([account.pw_name, pwd.getpwuid(os.geteuid()).pw_name])
        data = self.places.data
        quoted = {name: value.replace("'", "''") for name, value in settings.items()}
        _write(data / "anlan.conf", "".join(f"{n} = '{v}'\n" for n, v in quoted.items()), account)
        _write(data / "pg_hba.conf", "local all all peer map=anlan\n", account)
        roles = (SUPER, OWNER, where.APP)
        _write(data / "pg_ident.conf", "".join(f'anlan "{u}" {r}\n' for u in users for r in roles), account)

    def _spawn(self, binaries: Path, account: pwd.struct_passwd) -> subprocess.Popen[bytes]:
        log = self.places.log
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(self.places.data)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=_environment(),
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - one call to the kernel
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor, which stops us last
                **_as(account),
            )
        return process

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if not self.alive() or time.monotonic() > end:
                self.stop()
                raise NotStartedError(
                    "".join(self.places.log.read_text(errors="replace").splitlines(True)[-15:])
                )
            time.sleep(0.03)

    def _prepare(self) -> None:
        with psycopg.connect(self.conninfo(database="postgres"), autocommit=True) as connection:
            prepare(connection)
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            grants(connection)

    # ---- the wheel's own tools ----
    def tool(self, name: str) -> str:
        """Path of a client program of the wheel (`pg_dump`, `pg_restore`, `psql`)."""
        return str(where.binaries(where.ensure_user()) / name)


@contextlib.contextmanager
def running(var: Path) -> Iterator[Server]:
    """The server of this var folder: the one that runs, else ours for the length of the block."""
    server = Server(var)
    started = not server.answers()
    if started:
        server.start()
    try:
        yield server
    finally:
        if started:
            server.stop()


def die_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends `sign` when the starting thread dies. After setuid, which clears it."""
    parent = os.getpid()

    def arrange() -> None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # it died before the kernel knew our wish

    return arrange


def _as(account: pwd.struct_passwd) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    """Nothing of ours: a PG* variable or a locale of the shell must not reach the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _write(path: Path, text: str, account: pwd.struct_passwd) -> None:
    path.write_text(text)
    path.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(path, account.pw_uid, account.pw_gid)
