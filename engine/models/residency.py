"""Which networks are in a device's memory, and how one gets there when a step needs it.

`Weights` is a network that could be built: names, shapes, and how to read each tensor from its
file. `Residency` owns those that are built: it reads, widens, moves and patches them, forgets the
least recently used when room is short, and lets nobody use a network while another patches it.
Knows nothing of what a network computes.

On a CPU everything is float32. On an accelerator a network computes in 16 bits where its
`Weights` allow, stays in the file's eight bits if it was stored so, and is fed through memory a
group of layers at a time (diffusers' group offloading) where it doesn't fit as a whole.
"""

from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any, Generic, Protocol, TypeVar, cast

import torch
from torch import Tensor, nn

from engine.errors import OutOfMemory
from engine.models import memory
from engine.models.files import Stored
from engine.spec.context import Context

M = TypeVar("M", bound=nn.Module)
T = TypeVar("T")
EIGHT_BITS = (torch.float8_e4m3fn, torch.float8_e5m2)


class WeightPatch(Protocol):
    """A change of some parameters, such as a LoRA at a strength."""

    @property
    def key(self) -> Hashable:
        """Equal keys change equally."""
        ...

    @property
    def targets(self) -> frozenset[str]:
        """The parameters' names, as the module has them."""
        ...

    def patched(self, name: str, weight: Tensor) -> Tensor:
        """The new float32 weight for the old one, of the same shape; the old one stays as it is."""
        ...


@dataclass(frozen=True)
class Weights(Generic[M]):
    """One network that can be built.

    key: equal keys are equal weights (file, part, how they are read); all else is not compared.
    name: for people, "U-Net of dreams.safetensors". build: a module whose parameters are on the
    meta device (buffers that no file holds are real). tensors: shape and dtype of each parameter
    as stored, by the module's own names; read: one of them on the CPU, in the module's shape.
    half: it may compute in 16 bits on an accelerator, in bfloat16 if `wide` (where float16
    overflows). on_cpu: it stays on the CPU whatever the device is.
    """

    key: tuple[Hashable, ...]
    name: str = field(compare=False)
    build: Callable[[], M] = field(compare=False)
    tensors: Mapping[str, Stored] = field(compare=False)
    read: Callable[[str], Tensor] = field(compare=False)
    half: bool = field(default=True, compare=False)
    wide: bool = field(default=False, compare=False)
    on_cpu: bool = False

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return sum(torch.Size(stored.shape).numel() for stored in self.tensors.values())

    def rounded(self, dtype: torch.dtype) -> "Weights[M]":
        """The same network, every tensor rounded to `dtype` (an eight-bit one) on reading."""
        read = self.read

        def rounding(name: str) -> Tensor:
            return read(name).to(dtype)

        return replace(
            self,
            key=(*self.key, str(dtype)),
            read=rounding,
            tensors={name: Stored(t.shape, dtype) for name, t in self.tensors.items()},
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a network computes, and in what: move its inputs there."""

    device: torch.device
    dtype: torch.dtype


@dataclass(eq=False)
class _Resident:
    """A network in memory. `worn` are the keys of its patches, None while they are in doubt."""

    weights: Weights[Any]
    place: Place
    lock: RLock = field(default_factory=RLock)
    module: nn.Module | None = None
    users: int = 0
    worn: tuple[Hashable, ...] | None = ()
    touched: frozenset[str] = frozenset()
    offloaded: bool = False
    check: Callable[[], None] = lambda: None

    @property
    def size(self) -> int:
        """Bytes that it takes (or would take) in its place."""
        stored = self.weights.tensors.values()
        wide = self.place.dtype.itemsize
        on_cpu = self.place.device.type == "cpu"
        return sum(
            torch.Size(t.shape).numel() * (1 if t.dtype in EIGHT_BITS and not on_cpu else wide)
            for t in stored
        )


@dataclass(eq=False)
class _Store:
    """The residents of one device, the least recently used first."""

    device: torch.device
    limit: int | None
    lock: RLock = field(default_factory=RLock)
    residents: dict[Hashable, _Resident] = field(default_factory=dict[Hashable, _Resident])


def _nobody_asks() -> None:
    """The check of a run that can't be cancelled."""


class Residency:
    """The networks in one device's memory.

    device: "cpu", "cuda:0" ... limit: bytes that networks may take together; None is half of the
    machine's memory on a CPU, and what is free on an accelerator.
    """

    def __init__(self, device: str | torch.device = "cpu", limit: int | None = None) -> None:
        self.device = torch.device(device)
        self._store = _Store(self.device, limit)
        self._check: Callable[[], None] = _nobody_asks

    def watched(self, check: Callable[[], None]) -> "Residency":
        """The same networks, for a run that `check` can end: it is called before every block of a
        network and between tensors while loading, and raises `Cancelled`."""
        other = Residency(self.device)
        other._store, other._check = self._store, check
        return other

    def place(self, weights: Weights[Any]) -> Place:
        """Where `weights` compute and in which dtype."""
        if weights.on_cpu or self.device.type == "cpu":
            return Place(torch.device("cpu"), torch.float32)
        if not weights.half:
            return Place(self.device, torch.float32)
        return Place(self.device, torch.bfloat16 if weights.wide else torch.float16)

    @contextmanager
    def use(self, weights: Weights[M], patches: Sequence[WeightPatch] = ()) -> Generator[M]:
        """The network, in its place, wearing `patches` in their order; nobody else has it then.

        Patches stay on until somebody wants others. Raises `Cancelled`, `OutOfMemory`, and
        `ModelFileError` where the file fails.
        """
        resident = self._entered(weights)
        try:
            with resident.lock:
                outer = resident.check
                resident.check = self._check
                try:
                    yield cast("M", self._ready(resident, patches))
                finally:
                    resident.check = outer
        finally:
            with self._store.lock:
                resident.users -= 1

    def sparing(self, run: Callable[[], T], what: str) -> T:
        """What `run` returns; where memory runs out, once more after everything idle has left.

        what: names the work in the error ("decoding 4096 x 4096 pixels"). Raises `OutOfMemory`.
        """
        try:
            return run()
        except (RuntimeError, MemoryError) as error:
            if memory.lacking(error) is None:
                raise
        # outside of `except`, so that the failed run's tensors are gone
        self.free()
        try:
            return run()
        except (RuntimeError, MemoryError) as error:
            lacking = memory.lacking(error)
            if lacking is None:
                raise
        raise OutOfMemory(memory.sentence(what, lacking, self.device))

    def free(self) -> int:
        """Forget every network that nobody uses; bytes that were given back."""
        return self._make_room(None)

    def holds(self, weights: Weights[Any]) -> bool:
        """Whether the network is in memory now."""
        resident = self._store.residents.get(weights)
        return resident is not None and resident.module is not None

    @property
    def held(self) -> int:
        """Bytes that all networks in memory take."""
        with self._store.lock:
            return sum(r.size for r in self._store.residents.values() if r.module is not None)

    def _entered(self, weights: Weights[Any]) -> _Resident:
        """The resident, now the most recently used, with one user more."""
        with self._store.lock:
            residents = self._store.residents
            resident = residents.pop(weights, None) or _Resident(weights, self.place(weights))
            residents[weights] = resident
            resident.users += 1
            return resident

    def _ready(self, resident: _Resident, patches: Sequence[WeightPatch]) -> nn.Module:
        if resident.offloaded and resident.worn != tuple(patch.key for patch in patches):
            resident.module = None  # offloading keeps copies of its own: start afresh
        if resident.module is None:
            self._fetch(resident, patches)
        elif not resident.offloaded:
            self._wear(resident, resident.module, patches)
        assert resident.module is not None
        return resident.module

    def _fetch(self, resident: _Resident, patches: Sequence[WeightPatch]) -> None:
        """Bring a network in: whole if it fits, else through group offloading."""
        fits = self._make_room(resident.size) >= 0
        what = f"loading {resident.weights.name}"
        resident.worn, resident.touched, resident.offloaded = (), frozenset(), False

        def whole() -> None:
            module = self._filled(resident, resident.place.device)
            self._wear(resident, module, patches)
            resident.module = module

        on_cpu = resident.place.device.type == "cpu"
        if fits or on_cpu:
            try:
                self.sparing(whole, what)
                return
            except OutOfMemory:
                if on_cpu:
                    raise
        module = self._filled(resident, torch.device("cpu"))
        self._wear(resident, module, patches)
        memory.offload_groups(module, resident.place.device)
        resident.module, resident.offloaded = module, True

    def _filled(self, resident: _Resident, device: torch.device) -> nn.Module:
        """A new module with all its tensors, read and widened one by one."""
        weights, dtype = resident.weights, resident.place.dtype
        module = weights.build()
        narrow = resident.place.device.type != "cpu" and any(
            stored.dtype in EIGHT_BITS for stored in weights.tensors.values()
        )
        tensors = dict[str, Tensor]()
        for name in weights.tensors:
            self._check()
            tensor = weights.read(name)
            kept = narrow and memory.stays_narrow(module, name)
            tensors[name] = _laid_out(tensor.to(device, tensor.dtype if kept else dtype))
        module.load_state_dict(tensors, assign=True)
        module.to(device).requires_grad_(False).eval()
        if narrow:
            memory.widen_in_layers(module, dtype)
        _watch_blocks(module, resident)
        return module

    def _wear(self, resident: _Resident, module: nn.Module, patches: Sequence[WeightPatch]) -> None:
        """Have exactly these patches on: whatever any old or new one touches is made afresh."""
        wanted = tuple(patch.key for patch in patches)
        if resident.worn == wanted:
            return
        targets = frozenset[str]().union(*(patch.targets for patch in patches))
        changed = targets | resident.touched
        resident.worn, resident.touched = None, changed
        for name in sorted(changed):
            self._check()
            parameter = module.get_parameter(name)
            weight = resident.weights.read(name).to(parameter.device, torch.float32)
            for patch in patches:
                if name in patch.targets:
                    weight = patch.patched(name, weight)
            parameter.data = _laid_out(weight.to(parameter.dtype))
        resident.worn, resident.touched = wanted, targets

    def _make_room(self, wanted: int | None) -> int:
        """Forget idle networks, oldest first, until `wanted` bytes fit (None: forget all).

        Returns bytes given back for None, else the bytes left over, negative where it can't fit.
        """
        given = 0
        with self._store.lock:
            for key, resident in list(self._store.residents.items()):
                if wanted is not None and self._left(wanted) >= 0:
                    break
                if resident.users == 0:
                    given += resident.size if resident.module is not None else 0
                    resident.module = None  # its hooks know the resident: a cycle would keep it
                    del self._store.residents[key]
                    memory.give_back(self.device)
            return given if wanted is None else self._left(wanted)

    def _left(self, wanted: int) -> int:
        limit = self._store.limit
        if limit is None and self.device.type != "cpu":
            return memory.free_on(self.device) - memory.HEADROOM - wanted
        return (memory.half_of_machine() if limit is None else limit) - self.held - wanted


def _laid_out(tensor: Tensor) -> Tensor:
    """Kernels of convolutions with their channels innermost: a tenth faster on a CPU.

    What comes out of such a network is laid out like that too: callers make it contiguous.
    """
    return tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor


def _watch_blocks(module: nn.Module, resident: _Resident) -> None:
    """Ask before every block whether to go on: a pass of a large picture is too long to wait.

    Single layers, which stand in lists too, are not asked: a hook costs as much as a small one.
    """

    def ask(*_: Any) -> None:
        resident.check()

    for part in module.modules():
        if isinstance(part, nn.ModuleList):
            for block in part.children():  # a place in the list may be empty
                if any(True for _ in block.children()):
                    block.register_forward_pre_hook(ask)


def residency_of(ctx: Context) -> Residency:
    """The networks that a node may use, watching for a cancel: those of the worker, or new ones."""
    shared = ctx.models if isinstance(ctx.models, Residency) else Residency(ctx.device)
    return shared.watched(ctx.check_cancelled)
