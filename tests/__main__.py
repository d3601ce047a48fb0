"""Set up what the tests need, then run formatter, linter, type checkers and tests.

    python3 -m tests [PYTEST ARGUMENTS]

Makes `.venv` beside the project where something is missing, as `python3 main.py` does, and
`node_modules` for the type checker of the editor. With arguments, only pytest runs. The exit code
is 0 if everything passed.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKS = (
    [sys.executable, "-m", "ruff", "format", "--check", "."],
    [sys.executable, "-m", "ruff", "check", "."],
    [sys.executable, "-m", "pyright", "--pythonpath", sys.executable],
    [str(ROOT / "node_modules" / ".bin" / "tsc"), "--project", "."],
)


def main(arguments: list[str]) -> int:
    from engine.commands import setup

    again = ["-m", "tests", *arguments]
    try:
        setup.ensure(ROOT / "requirements-dev.txt", again)
    except setup.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    lacking = without()
    if lacking:
        print(lacking, file=sys.stderr)
        return 1
    failed = 0
    for check in () if arguments else CHECKS:
        print("$", *(Path(check[0]).name, *check[1:]), flush=True)
        failed |= subprocess.run(check, cwd=ROOT, check=False).returncode
    command = [sys.executable, "-m", "pytest", *arguments]
    return failed or subprocess.run(command, cwd=ROOT, check=False).returncode


def without() -> str:
    """What the editor's checks lack, in a sentence; the type checker is fetched if it is absent."""
    for program, package in (("node", "nodejs"), ("npm", "npm"), ("chromium", "chromium")):
        if shutil.which(program) is None:
            return f"The editor's tests need {program}; on Debian: sudo apt install {package}"
    lock, stamp = ROOT / "package-lock.json", ROOT / "node_modules" / "easel-lock"
    if stamp.is_file() and stamp.read_bytes() == lock.read_bytes():
        return ""
    command = ["npm", "ci", "--no-audit", "--no-fund"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        return "npm could not install what package-lock.json lists (its words stand above)."
    stamp.write_bytes(lock.read_bytes())
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
