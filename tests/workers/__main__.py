"""A worker with toy nodes: `python -m tests.workers --socket N --user DIR ...`."""

import argparse
import sys

from engine.commands import worker

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    worker.add_arguments(parser)
    sys.exit(worker.run(parser.parse_args(["--nodes", "tests.workers.toys", *sys.argv[1:]])))
