"""What can be hung onto a model before any guidance exists, as ordered data.

The types only, so that whoever makes a model (a loader, a text encoder's neighbour) does not come
to depend on the mathematics of one patch. The patches themselves are in `guidance` and `freeu`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Look:
    """One step as guidance sees it.

    x: [B, C, h, w], noisy; sigma: scalar or [B]; wanted, unwanted: the clean pictures of the two
    sides, [B, C, h, w] each (0 where a side was not computed); scale: of the guidance.
    """

    x: Tensor
    sigma: Tensor
    wanted: Tensor
    unwanted: Tensor
    scale: float


BeforeGuidance = Callable[[Look], Look]
"""Changes what the two sides said before they are joined."""

Guidance = Callable[[Look], Tensor]
"""Joins the two sides into one clean picture, in place of classifier-free guidance."""

AfterGuidance = Callable[[Look, Tensor], Tensor]
"""Changes the clean picture that guidance made."""

SkipHook = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""`(h, skip) -> (h, skip)`, the two that a U-Net joins before each residual block on its way up.

h: [B, C, y, x] from the block below; skip: [B, D, y, x] from the way down. Neither is changed.
"""


@dataclass(frozen=True, slots=True)
class Patches:
    """The patches of one model, each kind in the order in which they were put on.

    before_guidance: called once for each run to make a fresh patch, since some remember steps.
    guidance: the last one put on takes the place of classifier-free guidance.
    skips: hooks on the network itself. both_sides: the negative is computed at scale 1 too.
    """

    before_guidance: tuple[Callable[[], BeforeGuidance], ...] = ()
    guidance: Guidance | None = None
    after_guidance: tuple[AfterGuidance, ...] = ()
    skips: tuple[SkipHook, ...] = ()
    both_sides: bool = False

    def with_before(self, make: Callable[[], BeforeGuidance]) -> "Patches":
        """One more patch before guidance."""
        return replace(self, before_guidance=(*self.before_guidance, make))

    def with_guidance(self, guidance: Guidance) -> "Patches":
        """Guidance of another kind."""
        return replace(self, guidance=guidance)

    def with_after(self, patch: AfterGuidance, *, both_sides: bool = False) -> "Patches":
        """One more patch after guidance; `both_sides` if it needs the negative at any scale."""
        both_sides = self.both_sides or both_sides
        return replace(self, after_guidance=(*self.after_guidance, patch), both_sides=both_sides)

    def with_skip(self, hook: SkipHook) -> "Patches":
        """One more hook where the U-Net joins its two ways."""
        return replace(self, skips=(*self.skips, hook))

    def started(self) -> "Running":
        """These patches for one run, those that remember steps remembering none."""
        return Running(
            tuple(make() for make in self.before_guidance),
            self.guidance,
            self.after_guidance,
            self.both_sides,
        )


@dataclass(frozen=True, slots=True)
class Running:
    """The patches of guidance during one run (`Patches.started`)."""

    before_guidance: Sequence[BeforeGuidance] = ()
    guidance: Guidance | None = None
    after_guidance: Sequence[AfterGuidance] = ()
    both_sides: bool = False


UNPATCHED: Final = Running()
