"""What a model predicts for conditionings with areas, masks, strengths and time ranges.

Resolves CONDITIONING against a latent (`resolve`) and hides all of it behind `Predict`: each
entry's prediction counts inside its area with its weight, the sum is divided by the summed weights.
Entries of equal shape go through the network in one batch. Knows the network only as `Forward`.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import torch
from torch import Tensor

from engine.sampling.areas import Area, Shape, area_of, contains, cut, fading, mask_of
from engine.sampling.tables import Table
from engine.values.types import ConditioningValue

LONGEST_REPEAT = 4
"""Texts share a batch if the shorter is repeated at most so often (repeating changes nothing:
attention over twice the same words is attention over the words)."""

NOTHING = 1e-37
"""Weight where no entry counts: the prediction there is 0."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a network is given beside x and sigma.

    text: [N, tokens, width]. pooled: [N, width] or None. concat: [N, D, h, w], channels put behind
    those of x after scaling, or None (checkpoints for inpainting and editing have such).
    """

    text: Tensor
    pooled: Tensor | None = None
    concat: Tensor | None = None

    def fits(self, other: "Inputs") -> bool:
        """Whether both can go through the network in one batch."""
        same = _alike(self.pooled, other.pooled) and _alike(self.concat, other.concat)
        mine, theirs = self.text.shape[1], other.text.shape[1]
        repeats = math.lcm(mine, theirs) // min(mine, theirs)
        return same and self.text.shape[2] == other.text.shape[2] and repeats <= LONGEST_REPEAT


def _alike(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.shape == other.shape


Forward: TypeAlias = Callable[[Tensor, Tensor, Inputs], Tensor]
"""`(x [N, C, h, w], sigma: scalar or [N], inputs of N) -> clean [N, C, h, w]`: the bare network."""

MakeInputs: TypeAlias = Callable[[Tensor, Mapping[str, Any]], Inputs]
"""What a family of models makes of one entry of CONDITIONING: `(text, options) -> Inputs`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a conditioning, resolved against a latent.

    area: height, width, y, x in cells of the latent, inside it; None is all of it. asked: the area
    before it was cut at the border.
    weight: [B or 1, 1, area], strength and mask and fading border together.
    start, end: the entry counts while start >= sigma >= end.
    plain: the weight is 1 everywhere.
    """

    inputs: Inputs
    weight: Tensor
    area: Area | None = None
    asked: Area | None = None
    start: float = math.inf
    end: float = -math.inf
    plain: bool = False

    def counts_at(self, sigma: float) -> bool:
        """Whether the entry has a say at this noise level."""
        return self.start >= sigma >= self.end


Resolved: TypeAlias = Sequence[Entry]
"""One side of guidance; empty if it is not to be computed (its prediction is then 0)."""

Predict: TypeAlias = Callable[[Tensor, Tensor, Sequence[Resolved]], list[Tensor]]
"""`(x, sigma, sides) -> the clean picture of each side`."""


def plain_inputs(text: Tensor, _: Mapping[str, Any]) -> Inputs:
    """The inputs of a family that reads the text alone."""
    return Inputs(text)


@dataclass(frozen=True, slots=True)
class Ground:
    """What conditionings are resolved against.

    shape: of the latent, [B, C, h, w]; table: of the model's noise levels; device: where the
    network computes; inputs: what its family makes of an entry.
    """

    shape: Shape
    table: Table
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    inputs: MakeInputs = plain_inputs


def resolve(sides: Mapping[str, ConditioningValue], ground: Ground) -> dict[str, Resolved]:
    """Every side's entries for one run.

    An entry with an area gets a partner on each other side that has none of the same area: the
    smallest there that contains it lends its text. Raises `RunError` where an area lies outside.
    """
    found = {
        name: [_entry(text, options, ground) for text, options in side]
        for name, side in sides.items()
    }
    for name, entries in found.items():
        for entry in entries:
            for other, others in found.items():
                partner = _partner(entry, others) if other != name else None
                if partner is not None:
                    others.append(partner)
    return {name: tuple(entries) for name, entries in found.items()}


def _entry(text: Tensor, options: Mapping[str, Any], ground: Ground) -> Entry:
    mask = mask_of(options, ground.shape)
    asked = area_of(options, ground.shape, mask)
    area = None if asked is None else cut(asked, ground.shape)
    shares = _shares(options, ground.shape, mask, area)
    start, end = options.get("start_percent"), options.get("end_percent")
    return Entry(
        inputs=ground.inputs(text.to(ground.device), options),
        weight=(float(options.get("strength", 1.0)) * shares).to(ground.device),
        area=area,
        asked=asked,
        start=math.inf if start is None else ground.table.sigma_at_percent(start),
        end=-math.inf if end is None else ground.table.sigma_at_percent(end),
        plain=mask is None and area is None and float(options.get("strength", 1.0)) == 1.0,
    )


def _shares(
    options: Mapping[str, Any], shape: Shape, mask: Tensor | None, area: Area | None
) -> Tensor:
    """How much each cell of the area counts: [B or 1, 1, height, width]."""
    if mask is None:
        return torch.ones(1, 1, *shape[2:]) if area is None else fading(area, shape)
    inside = mask if area is None else _inside(mask, area)
    return inside * float(options.get("mask_strength", 1.0))


def _partner(entry: Entry, others: Sequence[Entry]) -> Entry | None:
    """A copy of `entry` with the text of the other side's smallest entry around it."""
    area = entry.asked
    if area is None:
        return None
    around = [other for other in others if other.asked is None or contains(other.asked, area)]
    if not around:
        return None
    smallest = min(around, key=_size)
    return None if smallest.asked == area else replace(entry, inputs=smallest.inputs)


def _size(entry: Entry) -> float:
    return math.inf if entry.asked is None else math.prod(entry.asked[:2])


def predictor(forward: Forward) -> Predict:
    """All that a model predicts for several sides at once, in as few forward passes as fit."""
    batches = _Batches()

    def predict(x: Tensor, sigma: Tensor, sides: Sequence[Resolved]) -> list[Tensor]:
        level = float(sigma.flatten()[0])
        counted = [
            (side, entry)
            for side, entries in enumerate(sides)
            for entry in entries
            if entry.counts_at(level)
        ]
        sums = [_Sum(x) for _ in sides]
        for batch in batches.of([entry for _, entry in counted], x.shape[0]):
            seen = _forwarded(forward, x, sigma, batch)
            for place, clean in zip(batch.places, seen, strict=True):
                side, entry = counted[place]
                sums[side].add(clean, entry)
        return [total.mean() for total in sums]

    return predict


@dataclass(frozen=True, slots=True)
class _Batch:
    """Entries that go through the network together: their places among all, what they give it."""

    places: Sequence[int]
    areas: Sequence[Area | None]
    inputs: Inputs


class _Batches:
    """How entries share batches, remembered while the same ones count: most steps are like the
    step before, and on a small network joining the texts again costs a percent of a step."""

    def __init__(self) -> None:
        self._entries: Sequence[Entry] = ()
        self._count = 0
        self._found: Sequence[_Batch] = ()

    def of(self, entries: Sequence[Entry], count: int) -> Sequence[_Batch]:
        """Batches of `entries` for `count` pictures."""
        known = count == self._count and len(entries) == len(self._entries)
        if not known or any(a is not b for a, b in zip(entries, self._entries, strict=True)):
            self._entries, self._count = tuple(entries), count
            self._found = tuple(_batched(entries, count))
        return self._found


def _batched(entries: Sequence[Entry], count: int) -> Iterator[_Batch]:
    waiting = list(range(len(entries)))
    while waiting:
        first = entries[waiting[0]]
        places = [place for place in waiting if _batches(entries[place], first)]
        waiting = [place for place in waiting if not _batches(entries[place], first)]
        chosen = [entries[place] for place in places]
        inputs = _joined([_repeated(entry, count) for entry in chosen])
        yield _Batch(places, [entry.area for entry in chosen], inputs)


def _batches(one: Entry, other: Entry) -> bool:
    size, other_size = (entry.area and entry.area[:2] for entry in (one, other))
    return size == other_size and one.inputs.fits(other.inputs)


def _forwarded(forward: Forward, x: Tensor, sigma: Tensor, batch: _Batch) -> Sequence[Tensor]:
    """The clean pictures for several entries whose areas have one size."""
    parts = [x if area is None else _inside(x, area) for area in batch.areas]
    sigmas = sigma.repeat(len(parts)) if sigma.ndim else sigma
    return forward(torch.cat(parts), sigmas, batch.inputs).chunk(len(parts))


def _inside(x: Tensor, area: Area) -> Tensor:
    height, width, top, left = area
    return x[..., top : top + height, left : left + width]


def _repeated(entry: Entry, batch: int) -> Inputs:
    """The entry's inputs for a batch of pictures, what has places cut to the entry's area."""
    inputs = entry.inputs
    concat = inputs.concat
    if concat is not None and entry.area is not None:
        concat = _inside(concat, entry.area)
    return Inputs(
        text=cycled(inputs.text, batch),
        pooled=None if inputs.pooled is None else cycled(inputs.pooled, batch),
        concat=None if concat is None else cycled(concat, batch),
    )


def cycled(tensor: Tensor, batch: int) -> Tensor:
    """`tensor` with exactly `batch` items along its first axis, repeated in order or cut."""
    if tensor.shape[0] == batch:
        return tensor
    times = math.ceil(batch / tensor.shape[0])
    return tensor.repeat(times, *(1,) * (tensor.ndim - 1))[:batch]


def _joined(inputs: Sequence[Inputs]) -> Inputs:
    length = math.lcm(*(each.text.shape[1] for each in inputs))
    texts = [each.text.repeat(1, length // each.text.shape[1], 1) for each in inputs]
    return Inputs(
        text=torch.cat(texts),
        pooled=_cat([each.pooled for each in inputs]),
        concat=_cat([each.concat for each in inputs]),
    )


def _cat(tensors: Sequence[Tensor | None]) -> Tensor | None:
    present = [tensor for tensor in tensors if tensor is not None]
    return torch.cat(present) if present else None


class _Sum:
    """The weighted mean of one side's predictions in the making."""

    def __init__(self, x: Tensor) -> None:
        self.like = x
        self.only: Tensor | None = None
        self.total: Tensor | None = None
        self.weight: Tensor | None = None

    def add(self, clean: Tensor, entry: Entry) -> None:
        if entry.plain and self.only is None and self.total is None:
            self.only = clean  # a weight of 1 changes nothing, should it stay alone
            return
        if self.total is None or self.weight is None:
            first = 0.0 if self.only is None else 1.0
            self.total = torch.zeros_like(self.like) if self.only is None else self.only.clone()
            self.weight = torch.full_like(self.like, first + NOTHING)
            self.only = None
        weight = cycled(entry.weight, self.like.shape[0])
        total, summed = self.total, self.weight
        if entry.area is not None:
            total, summed = _inside(total, entry.area), _inside(summed, entry.area)
        total += clean * weight
        summed += weight

    def mean(self) -> Tensor:
        if self.only is not None:
            return self.only
        if self.total is None or self.weight is None:
            return torch.zeros_like(self.like)
        return self.total / self.weight
