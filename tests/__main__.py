"""Set up what the tests need, then run formatter, linter, type checker and tests.

    python3 -m tests [PYTEST ARGUMENTS]

Makes `.venv` beside the project where something is missing, as `python3 main.py` does. With
arguments, only pytest runs. The exit code is 0 if everything passed.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKS = (
    ["ruff", "format", "--check", "."],
    ["ruff", "check", "."],
    ["pyright", "--pythonpath", sys.executable],
)


def main(arguments: list[str]) -> int:
    from engine.commands import setup

    again = ["-m", "tests", *arguments]
    try:
        setup.ensure(ROOT / "requirements-dev.txt", again)
    except setup.SetupError as error:
        print(error, file=sys.stderr)
        return 1
    failed = 0
    for check in () if arguments else CHECKS:
        print("$", *check, flush=True)
        failed |= subprocess.run([sys.executable, "-m", *check], cwd=ROOT, check=False).returncode
    command = [sys.executable, "-m", "pytest", *arguments]
    return failed or subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
