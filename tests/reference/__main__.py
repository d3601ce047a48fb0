"""Run recorded cases and print how far each is from what ComfyUI drew, the worst first.

    python -m tests.reference [PATTERN ...] [--models FOLDER] [--all] [--json FILE] [--threads N]

Reads `EASEL_REFERENCE` (default ../shared/reference) and `EASEL_REFERENCE_MODELS`, the folder that
`make_checkpoints.py` wrote. Cases whose models or nodes are not there are counted and skipped.
Ctrl-C prints what it has.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from engine.errors import Cancelled, EaselError
from engine.folders import Folders
from engine.packs.load import load_ours
from engine.spec.context import Context
from engine.spec.registry import Registry
from tests.reference.compare import Distance, distance
from tests.reference.drawing import Easel
from tests.reference.selection import Case, all_cases, matching, ours, reference_folder


@dataclass(frozen=True, slots=True)
class Row:
    """One case's outcome; seconds it took."""

    name: str
    distance: Distance
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the table; 0 if every case that ran passes."""
    asked = _parser().parse_args(arguments)
    torch.set_num_threads(asked.threads)
    folder = reference_folder()
    cases = all_cases(folder)
    chosen = matching(
        cases if asked.all else [case for case in cases if ours(case)], asked.patterns
    )
    registry = Registry()
    load_ours(registry)
    models = Path(asked.models) if asked.models else None
    ready = [case for case in chosen if case.class_types <= registry.keys() and _has(models, case)]
    rows = _rows(ready, folder, registry, models)
    print(table(rows))
    print(_summary(rows, len(chosen), len(chosen) - len(ready)))
    if asked.json:
        Path(asked.json).write_text(json.dumps([_plain(row) for row in rows], indent=1), "utf-8")
    return 0 if all(row.distance.passes for row in rows) else 1


def table(rows: Sequence[Row]) -> str:
    """A line a case, the worst first."""
    ordered = sorted(rows, key=lambda row: row.distance.badness, reverse=True)
    return "\n".join(_line(row) for row in ordered)


def _line(row: Row) -> str:
    latent, psnr = row.distance.latent, row.distance.psnr
    mark = "ok" if row.distance.good else "fair" if row.distance.passes else "FAR"
    error = "" if latent is None else f"{latent:.2e}"
    ratio = "" if psnr is None else f"{psnr:.1f} dB"
    return f"{mark:5}{error:>10}{ratio:>10}{row.seconds:7.1f} s  {row.name}  {row.distance.fault}"


def _summary(rows: Sequence[Row], chosen: int, skipped: int) -> str:
    passing = sum(row.distance.passes for row in rows)
    good = sum(row.distance.good for row in rows)
    return (
        f"{chosen} cases chosen, {skipped} skipped (models or nodes not there), {len(rows)} run: "
        f"{passing} within 1 % or 40 dB, {good} within 0.1 % or 60 dB"
    )


def _plain(row: Row) -> dict[str, Any]:
    about = row.distance
    return {
        "name": row.name,
        "latent": about.latent,
        "psnr": about.psnr,
        "fault": about.fault,
        "seconds": round(row.seconds, 2),
    }


def _has(models: Path | None, case: Case) -> bool:
    """Whether the case's model files are there."""
    if not case.models:
        return True
    return models is not None and all(any(models.glob(f"*/{name}")) for name in case.models)


def _rows(
    cases: Sequence[Case], folder: Path, registry: Registry, models: Path | None
) -> list[Row]:
    easel, rows = Easel(registry), list[Row]()
    try:
        for case in cases:
            with tempfile.TemporaryDirectory() as output:
                folders = Folders(input=folder / "input", output=Path(output))
                if models is not None:
                    folders.models = models
                rows.append(_row(case, folder, easel, Context(folders, models=easel.residency)))
            print(_line(rows[-1]), file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print(f"stopped after {len(rows)} of {len(cases)} cases", file=sys.stderr)
    return rows


def _row(case: Case, folder: Path, easel: Easel, context: Context) -> Row:
    began = time.perf_counter()
    try:
        # oneDNN arranges each weight anew at every call: at 64 pixels half of the time
        with torch.backends.mkldnn.flags(enabled=False):
            far = distance(folder, case.files, easel.draw(case.graph, context))
    except Cancelled:
        raise KeyboardInterrupt from None
    except EaselError as error:
        far = Distance(fault=" ".join(str(error).split()))
    return Row(case.name, far, time.perf_counter() - began)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.reference", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("patterns", nargs="*", help="case names, * and ? allowed")
    parser.add_argument("--models", default=os.environ.get("EASEL_REFERENCE_MODELS", ""))
    parser.add_argument("--all", action="store_true", help="also cases of nodes that come later")
    parser.add_argument("--json", default="", help="write the rows to this file")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
