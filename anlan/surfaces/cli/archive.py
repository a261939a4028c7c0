"""A backup is one tar: `manifest.json`, `database.dump` (pg_dump's custom format) and `files/…` by SM3.

The database is dumped first and the attachments are copied after it: a row is written before its file and no file
is ever removed, so every file the dump speaks of is there. The keys are never in it: who finds a backup must not
be able to read the phones in it.
"""

import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections
from psycopg import sql

from anlan.kernel.core import clock, keys
from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.postgres import Server, grants, running
from anlan.kernel.core.postgres.places import DATABASE, OWNER
from anlan.kernel.core.words import N_
from anlan.kernel.ledger import sequencer
from anlan.surfaces.cli.supervisor.house import embedded, migrate

FORMAT = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"
# Attachments by their digest, and the report templates that a bureau wrote itself.
_FILE_NAME = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{64}|reports/\w[\w-]*\.toml")

TOOL_FAILED = reason("backup.tool_failed", N_("{tool} failed: {said}"))
NO_BACKUP = reason("backup.not_one", N_("{file} is no backup of Anlan: {problem}"))
OTHER_KEYS = reason(
    "backup.other_keys",
    N_(
        "This backup was made with other keys than those in {folder}; phones and answers in it could not be read. "
        "Put the keys of the old installation there first, or add --other-keys."
    ),
)
NOT_EMPTY = reason(
    "backup.not_empty",
    N_(
        "There are records in this database. Add --replace: the present database is then kept under another name."
    ),
)


def write(target: Path) -> dict[str, Any]:
    """Copy database and attachments into `target` (mode 0600, complete or absent). Returns the manifest."""
    with (
        server() as running_server,
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".anlan-backup-") as work,
    ):
        dump = Path(work) / DUMP
        manifest = _manifest()
        _tool(running_server, "pg_dump", "--format=custom", f"--file={dump}")
        part = Path(work) / "archive"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as out, tarfile.open(fileobj=out, mode="w") as archive:
            _add_bytes(archive, MANIFEST, json.dumps(manifest, indent=1).encode())
            archive.add(dump, DUMP)
            manifest["files"] = _add_files(archive)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    return manifest


def read(source: Path, *, replace: bool = False, other_keys: bool = False) -> dict[str, Any]:
    """Put a backup in place: database first, then attachments, then what this version migrates.

    Raises `Refused` before anything is changed: backup.not_one, backup.other_keys, backup.not_empty.
    """
    with (
        server() as running_server,
        tempfile.TemporaryDirectory(prefix="anlan-restore-") as work,
        source.open("rb") as raw,
    ):
        try:
            with tarfile.open(fileobj=raw, mode="r:") as archive:
                manifest = _checked(archive, source, other_keys=other_keys)
                dump = Path(work) / DUMP
                _extract(archive, archive.getmember(DUMP), dump)
                _make_room(running_server, replace=replace)
                _tool(running_server, "pg_restore", "--exit-on-error", "--single-transaction", str(dump))
                manifest["files"] = _extract_files(archive)
        except (tarfile.TarError, KeyError) as failure:
            raise Refused(NO_BACKUP, file=source.name, problem=str(failure)) from failure
        connections.close_all()
        migrate()
    return manifest


@contextmanager
def server() -> Iterator[Server | None]:
    """The embedded server, running; None when the database is the bureau's own."""
    if not embedded():
        yield None
        return
    with running(Path(settings.ANLAN_VAR)) as found:
        yield found
        connections.close_all()


def _manifest() -> dict[str, Any]:
    seq, seal = sequencer.head()
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_system_identifier()::text, current_setting('server_version_num')")
        identifier, version = cursor.fetchone()
    return {
        "format": FORMAT,
        "made_at": clock.real_now().isoformat(),
        "system_identifier": identifier,
        "postgres": version,
        "seq": seq,
        "seal": seal.hex(),
        "keys": _fingerprint(),
    }


def _fingerprint() -> str:
    """Tells two sets of keys apart and nothing else."""
    return keys.hmac_index("which keys does this backup need?")[:12]


def _checked(archive: tarfile.TarFile, source: Path, *, other_keys: bool) -> dict[str, Any]:
    first = archive.extractfile(MANIFEST)
    manifest = json.loads(first.read()) if first else {}
    if manifest.get("format") != FORMAT:
        raise Refused(NO_BACKUP, file=source.name, problem=f"format {manifest.get('format')}")
    if manifest["keys"] != _fingerprint() and not other_keys:
        raise Refused(OTHER_KEYS, folder=Path(settings.ANLAN_VAR) / "keys")
    return dict(manifest)


def _tool(server: Server | None, tool: str, *arguments: str) -> None:
    """pg_dump or pg_restore of the wheel: Debian's own, older ones refuse a newer server."""
    if server is not None:
        given = [f"--dbname={server.conninfo()}", *arguments]
        environment = dict(os.environ)
    else:
        owner = connections["owner"].get_connection_params()
        environment = {**os.environ, "PGPASSWORD": str(owner.get("password", ""))}
        names = ("dbname", "host", "port", "user", "sslmode", "sslrootcert")
        conninfo = psycopg.conninfo.make_conninfo("", **{n: owner[n] for n in names if owner.get(n)})
        given = [f"--dbname={conninfo}", "--no-owner", *arguments]
    path = (server or Server(Path(settings.ANLAN_VAR))).tool(tool)
    done = subprocess.run([path, *given], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise Refused(TOOL_FAILED, tool=tool, said=done.stderr.strip()[-800:])


def _make_room(server: Server | None, *, replace: bool) -> None:
    """An empty database to restore into. What was there is renamed, never dropped."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.ledger_entry') IS NOT NULL")
        inhabited = cursor.fetchone()[0]
        if inhabited:
            cursor.execute("SELECT EXISTS (SELECT FROM ledger_entry)")
            inhabited = cursor.fetchone()[0]
    if inhabited and not replace:
        raise Refused(NOT_EMPTY)
    connections.close_all()
    if server is None:
        _empty_schema()
        return
    aside = f"{DATABASE}_before_{clock.real_now():%Y%m%d%H%M%S}"
    with psycopg.connect(server.conninfo(database="postgres"), autocommit=True) as raw:
        raw.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (DATABASE, aside))))
        raw.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")
        if not inhabited:
            raw.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(aside)))
    with psycopg.connect(server.conninfo(), autocommit=True) as raw:
        raw.execute("DROP SCHEMA public")  # the dump brings it, with its privileges
        raw.execute(f"CREATE SCHEMA public AUTHORIZATION {OWNER}")
        grants(raw)


def _empty_schema() -> None:
    """On a server of the bureau's we own a database and no more: the old tables move to a schema of their own."""
    aside = f"before_{clock.real_now():%Y%m%d%H%M%S}"
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(sql.Identifier(aside)))
        cursor.execute("CREATE SCHEMA public")
        grants(cursor.connection)
    connections.close_all()


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    entry.mode = 0o600
    archive.addfile(entry, io.BytesIO(data))


def _add_files(archive: tarfile.TarFile) -> int:
    var = Path(settings.ANLAN_VAR)
    count = 0
    for path in sorted([*(var / FILES).glob("??/*"), *var.glob("reports/*.toml")]):
        name = path.relative_to(var).as_posix()
        if _FILE_NAME.fullmatch(name):  # not what is still being written
            archive.add(path, name)
            count += 1
    return count


def _extract_files(archive: tarfile.TarFile) -> int:
    count = 0
    for member in archive:
        if member.isreg() and _FILE_NAME.fullmatch(member.name):
            _extract(archive, member, Path(settings.ANLAN_VAR) / member.name)
            count += 1
    return count


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Only bytes come out of an archive: no owner, no mode, no link, no path of its own choosing."""
    source = archive.extractfile(member)
    if source is None:
        raise KeyError(member.name)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"{target.name}.part")
    with part.open("wb") as file:
        while block := source.read(2**20):
            file.write(block)
    if target.suffix == ".toml" and target.exists() and target.read_bytes() != part.read_bytes():
        target.rename(target.with_suffix(".toml.before"))  # a template somebody wrote here is kept beside
    part.replace(target)
