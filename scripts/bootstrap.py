"""`make setup`: from a machine with Python and make to one that runs Anlan. Standard library only.

Each step keeps a stamp (a digest of what it was made from) and does nothing when the stamp still holds.
`--run` leaves out what only the tests need (browser, fonts); `typescript` checks the front end's types.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMPS = VENV / "stamps"
REQUIREMENTS = ROOT / "requirements"
FRONTEND = ROOT / "frontend"
STATIC_BUILD = ROOT / "anlan/surfaces/web/static/build"
FIELD_BUILD = ROOT / "anlan/surfaces/field/static/build"  # the app on the phone
OLDEST = (3, 11)
# Cold disks and slow mirrors: the installers must not give up where a person would wait.
PATIENCE = {
    "UV_HTTP_TIMEOUT": "300",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "npm_config_fetch_timeout": "300000",
}


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def stop(text: str) -> NoReturn:
    sys.exit(f"setup: {text}")


def run(*command: str | Path, cwd: Path = ROOT, path: Path | None = None) -> None:
    """Run one command and stop with its words when it fails."""
    environment = {**os.environ, **PATIENCE}
    if path:
        environment["PATH"] = f"{path}{os.pathsep}{environment['PATH']}"
    try:
        subprocess.run([str(part) for part in command], cwd=cwd, env=environment, check=True)
    except subprocess.CalledProcessError as failure:
        stop(f"`{' '.join(map(str, command))}` failed with {failure.returncode}")


def tries(*command: str | Path, quiet: bool = False) -> bool:
    """Run one command; say whether it succeeded. `quiet` shows only what it says on stderr."""
    environment = {**os.environ, **PATIENCE}
    words = [str(part) for part in command]
    out = subprocess.DEVNULL if quiet else None
    return subprocess.run(words, cwd=ROOT, env=environment, check=False, stdout=out).returncode == 0


def digest(paths: Iterable[Path], *words: str) -> str:
    """One digest over names and contents of files (folders are walked) and some words."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
        for file in files:
            total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


class Stamp:
    """What a step was made from when it last went well."""

    def __init__(self, name: str, made_from: str) -> None:
        self.path = STAMPS / name
        self.made_from = made_from

    def holds(self) -> bool:
        return self.path.is_file() and self.path.read_text() == self.made_from

    def put(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.made_from)


def make_venv() -> None:
    """A virtual environment of the Python that runs this."""
    if sys.version_info[:2] < OLDEST:
        stop(f"Python {'.'.join(map(str, OLDEST))} or newer is needed, this is {sys.version.split()[0]}")
    if PYTHON.exists() and tries(PYTHON, "-c", f"import sys; sys.exit(sys.version_info[:2] < {OLDEST})"):
        return
    say("making .venv")
    try:
        venv.create(VENV, clear=True, with_pip=True, symlinks=True)
    except subprocess.CalledProcessError:
        stop("this Python has no `ensurepip`; on Debian: apt-get install python3-venv")


def install(*lists: str, stamp: str) -> None:
    """Install locked lists, every file checked against its hash: by uv, or by pip where uv finds no registry."""
    files = [REQUIREMENTS / f"{name}.txt" for name in lists]
    mark = Stamp(stamp, digest(files, str(PYTHON.resolve())))
    if mark.holds():
        return
    say(f"installing {', '.join(lists)}")
    wanted = [part for file in files for part in ("-r", str(file))]
    uv = BIN / "uv"
    by_uv = uv.exists() and tries(
        uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", *wanted
    )
    if not by_uv:
        run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", *wanted)
    mark.put()


def install_project() -> None:
    """Anlan itself, editable: `.venv/bin/anlan`."""
    mark = Stamp("project", digest([ROOT / "pyproject.toml"]))
    if mark.holds() and (BIN / "anlan").exists():
        return
    say("installing anlan itself")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT)
    if not tries(BIN / "uv", "pip", "install", "--python", PYTHON, *options):
        run(PYTHON, "-m", "pip", "install", *options)
    mark.put()


def compile_modules() -> None:
    """Bytecode of the libraries, when they changed, and of Anlan, also where the shell forbids Python to keep any.

    Without it each process reads five seconds' worth of source before it begins, and `anlan up` starts nine.
    """
    mark = Stamp("bytecode", digest(STAMPS.glob("packages*")))
    compiler = (PYTHON, "-m", "compileall", "-qq")
    if not mark.holds():
        say("compiling the libraries")
        tries(*compiler, "-j", "0", VENV / "lib")  # some libraries carry files that are meant not to compile
        mark.put()
    tries(*compiler, ROOT / "anlan")


# ---- front end ------------------------------------------------------------------------------------------------


def satisfies(version: str, engines: str) -> bool:
    """Whether a Node version meets an `engines` line made of `^a.b.c` and `>=a.b.c`, joined by `||`."""
    have = tuple(int(part) for part in version.lstrip("v").split("-")[0].split("."))
    for kind, *numbers in re.findall(r"(\^|>=)\s*(\d+)\.(\d+)\.(\d+)", engines):
        least = tuple(map(int, numbers))
        if have >= least and (kind == ">=" or have[0] == least[0]):
            return True
    return False


def node_path() -> Path:
    """The folder with a node and npm new enough for the build; fetched as a wheel when the machine has none."""
    engines = json.loads((FRONTEND / "package.json").read_text()).get("engines", {}).get("node", ">=20.19.0")
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=False
        ).stdout.strip()
        if version and satisfies(version, engines):
            return Path(node).parent
        say(f"node {version} is older than the build needs ({engines})")
    install("node", stamp="node")
    return BIN


def build_frontend() -> None:
    """`npm ci` when the lock changed, `vite build` when a source changed, and compressed copies beside."""
    if not (FRONTEND / "package.json").exists():
        say("no frontend/package.json: pages will have no scripts")
        return
    lock = FRONTEND / "package-lock.json"
    packages = Stamp("npm", digest([lock]))
    inputs = [path for path in FRONTEND.iterdir() if path.name not in {"node_modules", ".vite"}]
    bundle = Stamp("bundle", digest(inputs))
    built = (STATIC_BUILD / "manifest.json").exists() and (FIELD_BUILD / "field/manifest.json").exists()
    if bundle.holds() and packages.holds() and built:
        return
    path = node_path()
    if not (packages.holds() and (FRONTEND / "node_modules").is_dir()):
        say("fetching the front end's libraries")
        run(path / "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=FRONTEND, path=path)
        packages.put()
    say("building the front end")
    run(path / "npm", "run", "--silent", "build", cwd=FRONTEND, path=path)
    for folder in (STATIC_BUILD, FIELD_BUILD):
        run(PYTHON, "-m", "whitenoise.compress", "--quiet", "--no-brotli", folder)
    bundle.put()


# ---- what only the tests need -----------------------------------------------------------------------------------


def has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    if not lister:
        return False
    return bool(subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip())


def browser_missing() -> list[str]:
    """Debian packages the browser tests need and this machine lacks."""
    missing = (
        [] if any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))) else ["chromium"]
    )
    return missing if has_chinese_font() else [*missing, "fonts-noto-cjk", "fontconfig"]


def install_browser() -> None:
    """Chromium and a Chinese font by apt where we may; elsewhere say which tests will skip."""
    missing = browser_missing()
    if not missing:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        say(f"installing {' '.join(missing)}")
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        apt = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")
        fetch = ("install", "-y", "--no-install-recommends", *missing)
        if tries(*apt, "update", quiet=True) and tries(*apt, *fetch, quiet=True):
            return
    banner = "!" * 100
    say(f"\n{banner}\n  {', '.join(missing)} missing and not installable here: the browser tests "
        f"(marker `journey`) will SKIP\n{banner}")  # fmt: skip


def compile_catalogues() -> None:
    """Every .po into its .mo."""
    run(PYTHON, ROOT / "scripts/messages.py", "compile")


def check_typescript() -> None:
    """The front end's types."""
    path = node_path()
    run(path / "npm", "run", "--silent", "check", cwd=FRONTEND, path=path)


def main(*arguments: str) -> None:
    if arguments == ("typescript",):
        return check_typescript()
    for_tests = arguments != ("--run",)
    make_venv()
    install("bootstrap", stamp="bootstrap")
    install("base", *(["dev"] if for_tests else []), stamp="packages" if for_tests else "packages-run")
    install_project()
    compile_modules()
    build_frontend()
    compile_catalogues()
    if for_tests:
        install_browser()
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
