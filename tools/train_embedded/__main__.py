"""The command: ``python -m tools.train_embedded STAGE [STAGE ...] [--ring N] [--work DIR]``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.train_embedded.settings import PROJECT, Budget, Settings, pick_device


@dataclass(frozen=True)
class Stage:
    """One stage: what it runs, and how many minutes it trains on one CPU thread and on a GPU."""

    run: Callable[[Settings, Budget], None]
    cpu_minutes: float = 0.0
    gpu_minutes: float = 0.0

    def budget(self, options: argparse.Namespace) -> Budget:
        """The stage's own budget, unless the command names one."""
        own = self.gpu_minutes if options.device == "cuda" else self.cpu_minutes
        return Budget(options.minutes or own, options.steps or 10**9)


def stages() -> dict[str, Stage]:
    """The stages in order. Imports them, and torch with them."""
    from tools.train_embedded import (
        contrastive,
        decoder,
        evaluate,
        export,
        fetch,
        rasterise,
        restore,
        tokens,
        unet,
        upscaler,
        vae,
    )

    def vae_and_freeze(settings: Settings, budget: Budget) -> None:
        vae.train(settings, budget)
        vae.freeze(settings)

    return {
        "restore": Stage(lambda s, _: restore.restore(s)),
        "fetch": Stage(lambda s, _: fetch.fetch(s)),
        "rasterise": Stage(lambda s, _: rasterise.rasterise(s)),
        "caption": Stage(lambda s, _: tokens.caption(s)),
        "vae": Stage(vae_and_freeze, 30, 5),
        "clip": Stage(lambda s, b: contrastive.train(s, b, contrastive.SHIPPED), 25, 2),
        "judge": Stage(lambda s, b: contrastive.train(s, b, contrastive.JUDGE), 15, 2),
        "unet": Stage(unet.train, 100, 9),
        "decoder": Stage(decoder.train, 30, 4),
        "upscaler": Stage(upscaler.train, 30, 4),
        "evaluate": Stage(lambda s, _: evaluate.evaluate(s)),
        "export": Stage(lambda s, _: export.export(s)),  # after: the card carries the scores
    }


def parser(names: Sequence[str]) -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(prog="python -m tools.train_embedded", description=__doc__)
    add = found.add_argument
    listed = f"all (but restore), or any of: {', '.join(names)}"
    add("stages", nargs="+", choices=[*names, "all"], metavar="STAGE", help=listed)
    add("--ring", type=int, default=1, choices=(1, 2, 3), help="1: 100 concepts, 2: 450, 3: all")
    add("--work", type=Path, default=PROJECT / "build" / "train", help="data and checkpoints")
    add("--device", default="auto", help="auto, cpu or cuda")
    add("--threads", type=int, default=1, help="CPU threads of one stage")
    add("--batch-scale", type=int, default=0, help="times larger batches (1; 16 on a GPU)")
    add("--minutes", type=float, help="train each stage this long")
    add("--steps", type=int, help="train each stage at most this many steps")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the stages that the command names, in their own order."""
    known = stages()
    options = parser(list(known)).parse_args(arguments)
    options.device = pick_device(options.device)
    scale = options.batch_scale or (16 if options.device == "cuda" else 1)
    settings = Settings(options.work, options.ring, options.device, options.threads, scale)
    settings.prepare()
    for name, stage in known.items():
        if name in options.stages or ("all" in options.stages and name != "restore"):
            print(f"{name}:", flush=True)
            stage.run(settings, stage.budget(options))


if __name__ == "__main__":
    main()
