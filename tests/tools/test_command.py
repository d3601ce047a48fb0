"""The command runs what it is told, and the model's page follows its numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.train_embedded import __main__ as command
from tools.train_embedded import card, fetch
from tools.train_embedded.concepts import RING_1
from tools.train_embedded.settings import Budget, Settings

GROUP = {
    "pictures": 10, "nearest_first": 0.5, "nearest_five": 0.8, "judge_first": 0.62,
    "judge_five": 0.9, "judge_style": 0.7, "nearest_style": 0.4,
}  # fmt: skip
NUMBERS = {
    "ring": 1, "concepts": 100, "steps": 20, "guidance": 4.0,
    "all": GROUP, "trained": GROUP, "held_out": {**GROUP, "judge_first": 0.31},
    "judge_on_real_pictures": {"first": 0.88, "in_five": 1.0, "style": 0.87},
    "autoencoder_psnr_held_out": 26.1,
}  # fmt: skip


def test_named_stages_run_in_their_own_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[tuple[str, Budget, Settings]] = []

    def stage(name: str, minutes: float) -> command.Stage:
        return command.Stage(lambda s, b: ran.append((name, b, s)), minutes, 1)

    known = {name: stage(name, 7) for name in ("fetch", "vae", "unet")}
    monkeypatch.setattr(command, "stages", lambda: known)
    command.main(["unet", "fetch", "--work", str(tmp_path / "w"), "--device", "cpu", "--ring", "2"])
    assert [name for name, _, _ in ran] == ["fetch", "unet"]
    assert ran[0][1].minutes == 7
    assert ran[0][2].ring == 2
    assert (tmp_path / "w").is_dir()
    ran.clear()
    command.main(["all", "--work", str(tmp_path), "--device", "cpu", "--steps", "5"])
    assert [name for name, _, _ in ran] == ["fetch", "vae", "unet"]
    assert ran[0][1].steps == 5


def test_an_unknown_stage_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "stages", dict)
    with pytest.raises(SystemExit):
        command.main(["bake"])


def test_npm_that_is_missing_is_said_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fetch.shutil, "which", lambda _: None)
    with pytest.raises(RuntimeError, match=r"Node\.js"):
        fetch.fetch(Settings(tmp_path))


def test_packages_that_are_there_are_not_fetched_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fetch.shutil, "which", lambda _: None)
    settings = Settings(tmp_path)
    for package in fetch.PACKAGES:
        folder = fetch.modules(settings) / package.name
        folder.mkdir(parents=True)
        (folder / "package.json").write_text("{}")
    fetch.fetch(settings)
    assert fetch.missing(settings) == []


def test_the_page_takes_its_scores_and_list_between_its_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A\n<!-- things -->\nold\n<!-- /things -->\nkept\n"
        "<!-- scores -->\nold\n<!-- /scores -->\nend\n"
    )
    card.update(page, NUMBERS)
    text = page.read_text()
    assert "old" not in text
    assert "kept" in text
    assert text.endswith("end\n")
    assert "| the judge ranks the right thing first of 100 | 62 % | 62 % | 31 % |" in text
    assert "88 %" in text
    once = text
    card.update(page, NUMBERS)
    assert page.read_text() == once


def test_the_list_names_every_thing_in_both_languages() -> None:
    listed = card.things().replace("\n", " ")
    assert all(c.english[0] in listed and c.chinese[0] in listed for c in RING_1)
