"""What the surroundings say: environment variables, the var folder, secrets made at first start."""

import os
import secrets
import socket
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]


def text(name: str, default: str = "") -> str:
    """The variable, stripped; the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str) -> bool:
    """True for 1, true, yes, on."""
    return text(name).lower() in {"1", "true", "yes", "on"}


def words(name: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def var_dir() -> Path:
    """Where the installation keeps what it made: database, files, keys, logs (`ANLAN_VAR`, else ./var)."""
    return Path(text("ANLAN_VAR", str(ROOT / "var"))).absolute()


def secret(var: Path, name: str) -> str:
    """The named secret of this installation, made once under `var/keys/` with mode 0600."""
    folder = var / "keys"
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = folder / f".{name}.{secrets.token_hex(6)}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            # link() either puts the whole file in place or fails: nobody ever reads half a key.
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


def database_from_url(url: str) -> dict[str, object]:
    """Django's database settings out of `postgresql://user:password@host:port/name?sslmode=require`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("ANLAN_DATABASE_URL must begin with postgresql://")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def hosts(public_url: str) -> list[str]:
    """The names under which pages may be asked for: the public one, `ANLAN_HOSTS`, and this machine's own."""
    named = [urlsplit(public_url).hostname or "", *words("ANLAN_HOSTS")]
    own = ["127.0.0.1", "localhost", "[::1]", socket.gethostname()]
    return list(dict.fromkeys(name for name in (*named, *own) if name))


def position(name: str, default: str) -> tuple[float, float]:
    """A longitude and a latitude in degrees, written `113.9,22.65`."""
    lon, lat = (float(part) for part in text(name, default).split(","))
    return lon, lat
