"""The first start: make an environment, install what is missing, and go on in it.

Runs on nothing but the standard library, since it comes before everything else. Knows pip, venv
and requirements.txt, and nothing of Easel.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

OLDEST = (3, 11)
SIZE = (
    "About 250 MB are fetched (1.4 GB on disk); where pip chooses torch's CUDA build, as it does "
    "on Linux, about 3 GB (8 GB on disk). It is done once."
)


class SetupError(Exception):
    """The environment can't be made; the sentence says how to mend it."""


def ensure(requirements: Path, again: list[str], *, install: bool = True) -> None:
    """Return if everything is there; else make `.venv`, install, and go on in it.

    requirements: pinned, beside the `.venv` that is made. again: what Python is to run there, such
    as `["main.py", "run", "x.json"]`. Does not return where the process is replaced. Raises
    `SetupError` where the environment can't be made, or may not be (`install=False`).
    """
    if sys.version_info < OLDEST:
        this = sys.version.split()[0]
        raise SetupError(f"Easel needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {this}.")
    absent = missing(requirements)
    if not absent:
        return
    home = requirements.parent / ".venv"
    python = _python_in(home)
    inside = python.exists() and Path(sys.prefix).resolve() == home.resolve()
    if not inside and _is_ready(home, requirements):
        _go_on(python, again)
    if not install:
        raise SetupError(
            f"These are missing: {', '.join(absent)}. Install them with: "
            f"{sys.executable} -m pip install -r {requirements.name}"
        )
    _install(home, python, requirements, absent)
    _go_on(python, again)


def missing(requirements: Path) -> list[str]:
    """The pinned requirements that are absent here or of another version; `-r` is followed."""
    return _missing(requirements, _installed())


def _missing(requirements: Path, here: Mapping[str, str]) -> list[str]:
    absent = list[str]()
    for line in requirements.read_text("utf-8").splitlines():
        if line.startswith("-r "):
            absent += _missing(requirements.parent / line[3:].strip(), here)
        pinned = re.match(r"([A-Za-z0-9_.\-]+)==([^\s;]+)", line)
        if pinned and here.get(_plain(pinned[1]), "").split("+")[0] != pinned[2]:
            absent.append(pinned[0])
    return absent


def _installed() -> Mapping[str, str]:
    """The versions of all that is installed here, as the names of pip's folders have them.

    `importlib.metadata` says the same and would slow each start, for its parser of mails.
    """
    found = dict[str, str]()
    for place in sys.path:
        try:
            names = os.listdir(place or ".")
        except OSError:
            continue
        for name in names:
            if name.endswith(".dist-info"):
                package, _, version = name.removesuffix(".dist-info").rpartition("-")
                found.setdefault(_plain(package), version)
    return found


def _plain(name: str) -> str:
    """A package's name as all its spellings are compared."""
    return re.sub(r"[-_.]+", "_", name).lower()


def _install(home: Path, python: Path, requirements: Path, absent: list[str]) -> None:
    print(f"Easel sets itself up in {home.name}/ ({len(absent)} packages are missing). {SIZE}")
    if shutil.which("nvidia-smi") and sys.platform != "linux":
        print("An NVIDIA card is here: install torch's CUDA build into .venv to use it.")
    sys.stdout.flush()
    if not python.exists():
        _make(home)
    command = [str(python), "-m", "pip", "install", "-r", str(requirements)]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if subprocess.run(command, env=environment, check=False).returncode != 0:
        raise SetupError(
            "pip could not install the requirements (its own words stand above). What it had "
            "fetched is kept; mend the cause and start again."
        )
    _stamp(home, requirements).write_text(_digest(requirements), "utf-8")


def _make(home: Path) -> None:
    made = subprocess.run([sys.executable, "-m", "venv", str(home)], check=False)
    if made.returncode != 0:
        shutil.rmtree(home, ignore_errors=True)
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise SetupError(
            f"Python can't make an environment here; on Debian and Ubuntu: sudo apt install {name}"
        )


def _go_on(python: Path, again: list[str]) -> None:
    """Become the same command in the environment; on Windows, which can't, run it and leave."""
    command = [str(python), *again]
    sys.stdout.flush()
    if os.name == "nt":
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)


def _python_in(home: Path) -> Path:
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _stamp(home: Path, requirements: Path) -> Path:
    return home / f"easel-{requirements.stem}"


def _digest(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def _is_ready(home: Path, requirements: Path) -> bool:
    stamp = _stamp(home, requirements)
    return stamp.is_file() and stamp.read_text("utf-8") == _digest(requirements)
