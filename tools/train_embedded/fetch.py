"""Fetch the artwork and its words from the npm registry, by npm itself.

The packages, their versions and licences are listed here and nowhere else. The artwork is not
kept in git: this stage brings it.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.train_embedded.settings import Settings, write_json


@dataclass(frozen=True)
class Package:
    """One npm package: what it holds, whose it is, under which licence."""

    name: str
    version: str
    holds: str
    author: str
    licence: str


PACKAGES = (
    Package("@lobehub/fluent-emoji-3d", "1.1.0", "Fluent Emoji, 3D pictures", "Microsoft", "MIT"),
    Package("@iconify-json/fluent-emoji-flat", "1.2.6", "Fluent Emoji, flat", "Microsoft", "MIT"),
    Package("@iconify-json/noto", "1.2.9", "Noto Emoji", "Google", "Apache-2.0"),
    Package("@iconify-json/noto-v1", "1.2.5", "Noto Emoji (blobs)", "Google", "Apache-2.0"),
    Package("@iconify-json/twemoji", "1.2.5", "Twemoji", "Twitter, Inc. and jdecked", "CC-BY-4.0"),
    Package("emojibase-data", "17.0.0", "labels and tags", "Miles Johnson", "MIT"),
)


def modules(settings: Settings) -> Path:
    """The folder that npm installs into."""
    return settings.work / "npm" / "node_modules"


def missing(settings: Settings) -> list[Package]:
    """The packages that are not there yet."""
    return [p for p in PACKAGES if not (modules(settings) / p.name / "package.json").exists()]


def fetch(settings: Settings) -> None:
    """Install what is missing. RuntimeError with npm's own words when it fails."""
    wanted = missing(settings)
    if not wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm was not found; install Node.js, then run this stage again")
    folder = settings.work / "npm"
    write_json(folder / "package.json", {"name": "artwork", "private": True})
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        [*command, *(f"{p.name}@{p.version}" for p in wanted)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"npm could not fetch the artwork:\n{done.stderr.strip()}")
