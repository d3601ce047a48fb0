"""Recorded cases that need no checkpoint, through the whole engine."""

from pathlib import Path

import pytest
import torch

from engine.folders import Folders
from engine.packs.load import load_ours
from engine.spec.context import Context
from engine.spec.registry import Registry
from tests.reference.compare import Distance, distance
from tests.reference.drawing import Easel
from tests.reference.selection import all_cases, matching, ours

FOLDER = Path(__file__).parent
CASES = all_cases(FOLDER)


@pytest.fixture(scope="module")
def easel() -> Easel:
    torch.set_num_threads(1)
    registry = Registry()
    load_ours(registry)
    return Easel(registry)


@pytest.mark.reference
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_comes_out_as_comfyui_draws_it(case, easel, tmp_path):
    context = Context(Folders(input=FOLDER / "input", output=tmp_path), models=easel.residency)
    far = distance(FOLDER, case.files, easel.draw(case.graph, context))
    assert far.good, far


def test_every_copied_case_is_one_that_we_are_held_to():
    assert all(ours(case) and not case.models for case in CASES)


def test_patterns_choose_cases_in_their_own_order():
    chosen = matching(CASES, ["mask-threshold", "image-blend-*"])
    assert [case.name for case in chosen][:2] == ["mask-threshold", "image-blend-overlay"]
    assert matching(CASES, []) == CASES


@pytest.mark.parametrize(
    ("far", "passes", "good"),
    [
        (Distance(latent=5e-4), True, True),
        (Distance(latent=5e-3), True, False),
        (Distance(latent=5e-2), False, False),
        (Distance(latent=float("nan")), False, False),
        (Distance(psnr=50), True, False),
        (Distance(latent=5e-4, psnr=39), False, False),
        (Distance(fault="no picture"), False, False),
    ],
)
def test_what_counts_as_near(far, passes, good):
    assert (far.passes, far.good) == (passes, good)
