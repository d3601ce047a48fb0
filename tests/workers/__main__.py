"""A worker with toy nodes: `python -m tests.workers --socket N --user DIR ...`.

While there is a file `hold` in the user folder it does not start.
"""

import argparse
import sys
import time
from pathlib import Path

from engine.commands import worker

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    worker.add_arguments(parser)
    given = parser.parse_args(["--nodes", "tests.workers.toys", *sys.argv[1:]])
    while Path(given.user, "hold").exists():
        time.sleep(0.05)
    sys.exit(worker.run(given))
