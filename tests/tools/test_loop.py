"""The shared loop: budgets end it, checkpoints carry it on, averages follow."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from tools.train_embedded.loop import Losses, Recipe, Trainer, saved_weights
from tools.train_embedded.settings import Budget


def trainer(folder: Path, steps: int, ema: float = 0.0) -> tuple[Trainer, nn.Linear]:
    """A trainer of one small layer."""
    torch.manual_seed(0)
    layer = nn.Linear(8, 8)
    recipe = Recipe(rate=1e-3, warm_up=1, ema=ema)
    return Trainer(folder, {"layer": layer}, Budget(60, steps), recipe), layer


def losses(layer: nn.Module) -> Losses:
    """Distance from the zero map."""
    return {"loss": layer(torch.ones(4, 8)).square().mean()}


def test_steps_end_a_run_and_loss_falls(tmp_path: Path) -> None:
    found, layer = trainer(tmp_path, 20)
    before = float(losses(layer)["loss"].detach())
    found.run(lambda _: losses(layer))
    assert found.step == 20
    assert float(losses(layer)["loss"].detach()) < before


def test_a_second_trainer_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    first, layer = trainer(tmp_path, 5)
    first.run(lambda _: losses(layer))
    second, again = trainer(tmp_path, 9)
    assert second.step == 5
    assert torch.equal(layer.weight, again.weight)
    second.run(lambda _: losses(again))
    assert second.step == 9
    assert second.seconds > first.seconds


def test_a_spent_budget_trains_no_more(tmp_path: Path) -> None:
    first, layer = trainer(tmp_path, 3)
    first.run(lambda _: losses(layer))
    second, again = trainer(tmp_path, 3)
    second.run(lambda _: losses(again))
    assert torch.equal(layer.weight, again.weight)


def test_averaged_weights_lag_behind_and_are_the_ones_saved(tmp_path: Path) -> None:
    found, layer = trainer(tmp_path, 10, ema=0.9)
    start = layer.weight.detach().clone()
    found.run(lambda _: losses(layer))
    kept = saved_weights(tmp_path, "layer")["weight"]
    assert 0 < float((kept - start).norm()) < float((layer.weight.detach() - start).norm())


def test_progress_is_the_larger_of_time_and_steps() -> None:
    budget = Budget(minutes=1, steps=100)
    assert budget.progress(30, 10) == 0.5
    assert budget.progress(6, 80) == 0.8
    assert budget.progress(600, 1) == 1.0
