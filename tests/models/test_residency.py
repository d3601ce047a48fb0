"""Networks come in when needed, leave when room is short, and are never patched under anyone."""

import gc
import threading
import weakref
from dataclasses import replace

import pytest
import torch
from torch import nn

from engine.errors import Cancelled, OutOfMemory
from engine.models.files import Stored
from engine.models.memory import lacking, readable
from engine.models.residency import Residency, Weights, residency_of
from engine.spec.context import Context

F32 = torch.float32


class Block(nn.Linear):
    """A matrix with something inside, as a block of a network has."""

    def __init__(self):
        super().__init__(10, 10, bias=False)
        self.inner = nn.Identity()


class Blocks(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block() for _ in range(3)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x


def weights(name, fill=1.0, reads=None, dtype=F32):
    """A network of three matrices of 10 x 10: 1200 bytes in float32."""

    def read(parameter):
        if reads is not None:
            reads.append(parameter)
        return torch.full((10, 10), fill).to(dtype)

    def build():
        with torch.device("meta"):
            return Blocks()

    names = [f"blocks.{n}.weight" for n in range(3)]
    return Weights((name,), name, build, {n: Stored((10, 10), dtype) for n in names}, read)


class Plus:
    """Adds a number to the first matrix."""

    def __init__(self, amount):
        self.amount = amount

    @property
    def key(self):
        return ("plus", self.amount)

    targets = frozenset({"blocks.0.weight"})

    def patched(self, _, weight):
        return weight + self.amount


def first(module):
    return float(module.blocks[0].weight[0, 0])


def test_a_network_is_read_once_and_widened():
    residency, reads = Residency(), []
    half = weights("a", 0.5, reads, torch.float16)
    for _ in range(2):
        with residency.use(half) as module:
            assert module.blocks[0].weight.dtype == F32
            assert not module.blocks[0].weight.requires_grad
    assert len(reads) == 3
    assert residency.held == 1200


def test_equal_weights_are_one_resident():
    residency = Residency()
    with residency.use(weights("a")) as one, residency.use(weights("a")) as two:
        assert one is two


def test_the_least_recently_used_makes_room():
    residency = Residency(limit=2500)
    a, b, c = weights("a"), weights("b"), weights("c")
    for each in (a, b, a, c):
        with residency.use(each):
            pass
    assert [residency.holds(each) for each in (a, b, c)] == [True, False, True]


def test_a_network_that_is_forgotten_is_gone_at_once():
    gc.collect()
    gc.disable()
    try:
        residency = Residency(limit=1500)
        with residency.use(weights("a")) as module:
            first = weakref.ref(module)
        del module
        with residency.use(weights("b")) as module:  # no room for both
            second = weakref.ref(module)
        assert first() is None
        del module
        residency.free()
        assert second() is None
    finally:
        gc.enable()


def test_what_is_in_use_stays():
    residency = Residency(limit=1500)
    a, b = weights("a"), weights("b")
    with residency.use(a):
        with residency.use(b):
            assert residency.holds(a)
        residency.free()
        assert residency.holds(a)
        assert not residency.holds(b)
    assert residency.free() == 1200
    assert residency.held == 0


def test_patches_are_on_while_wanted_and_leave_no_trace():
    residency, plain = Residency(), weights("a", 0.1)
    for patches, expected in [
        ((Plus(1),), 1.1),
        ((Plus(1), Plus(2)), 3.1),
        ((), 0.1),
        ((Plus(2),), 2.1),
        ((), 0.1),
    ]:
        with residency.use(plain, patches) as module:
            assert first(module) == pytest.approx(expected)
    with residency.use(plain) as module:
        assert torch.equal(module.blocks[0].weight, torch.full((10, 10), 0.1))


def test_the_same_patches_again_are_not_put_on_again():
    residency, reads = Residency(), []
    plain = weights("a", 0.1, reads)
    for _ in range(3):
        with residency.use(plain, (Plus(1),)):
            pass
    assert len(reads) == 4


def test_a_patch_that_fails_half_way_leaves_no_trace():
    class Broken(Plus):
        def patched(self, *_):
            raise ValueError("no")

    residency, plain = Residency(), weights("a", 0.1)
    with pytest.raises(ValueError, match="no"), residency.use(plain, (Plus(1), Broken(2))):
        pass
    with residency.use(plain) as module:
        assert first(module) == pytest.approx(0.1)


def test_nobody_patches_a_network_that_another_thread_uses():
    residency, plain, seen = Residency(), weights("a", 0.1), []

    def other():
        with residency.use(plain, (Plus(1),)) as module:
            seen.append(first(module))

    with residency.use(plain) as module:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(0.05)
        assert first(module) == pytest.approx(0.1)
        assert not seen
    thread.join(5)
    assert seen == [pytest.approx(1.1)]


def counted(allowed):
    """A check that asks to stop after so many questions."""
    left = [allowed]

    def check():
        left[0] -= 1
        if left[0] < 0:
            raise Cancelled

    return check


def test_loading_can_be_cancelled_between_tensors():
    residency, reads = Residency(), []
    with pytest.raises(Cancelled), residency.watched(counted(2)).use(weights("a", 1, reads)):
        pass
    assert len(reads) == 2
    with residency.use(weights("a")) as module:
        assert first(module) == 1


def test_a_pass_can_be_cancelled_between_blocks():
    residency = Residency()
    with residency.use(weights("a")):
        pass
    with residency.watched(counted(2)).use(weights("a")) as module, pytest.raises(Cancelled):
        module(torch.ones(1, 10))
    with residency.use(weights("a")) as module:
        module(torch.ones(1, 10))


def test_memory_is_freed_and_the_work_tried_once_more():
    residency, tries = Residency(), []
    with residency.use(weights("idle")):
        pass

    def work():
        tries.append(residency.held)
        if len(tries) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
        return "done"

    assert residency.sparing(work, "working") == "done"
    assert tries == [1200, 0]


def test_what_never_fits_is_said_with_its_size():
    def work():
        raise RuntimeError("can't allocate memory: you tried to allocate 3221225472 bytes.")

    said = r"while drawing: 3\.0 GiB more would have been needed on cpu"
    with pytest.raises(OutOfMemory, match=said):
        Residency().sparing(work, "drawing")


def test_other_errors_pass_through():
    with pytest.raises(RuntimeError, match="shapes"):
        Residency().sparing(lambda: torch.ones(2, 2) @ torch.ones(3, 3), "multiplying")


@pytest.mark.parametrize(
    ("error", "size"),
    [
        (MemoryError(), 0),
        (
            torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.50 GiB. GPU 0"),
            3 * 2**29,
        ),
        (RuntimeError("MPS backend out of memory"), 0),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), None),
        (ValueError("x"), None),
    ],
)
def test_a_full_device_is_told_from_other_failures(error, size):
    assert lacking(error) == size


@pytest.mark.parametrize(
    ("size", "text"), [(3, "3 bytes"), (2048, "2.0 KiB"), (3 * 2**29, "1.5 GiB")]
)
def test_sizes_are_readable(size, text):
    assert readable(size) == text


def test_rounding_to_eight_bits_is_another_network():
    residency, plain = Residency(), weights("a", 0.3)
    rounded = plain.rounded(torch.float8_e4m3fn)
    assert rounded != plain
    with residency.use(rounded) as module:
        assert first(module) == pytest.approx(0.3125)


def test_a_node_gets_the_workers_networks_and_its_own_cancel():
    shared = Residency()
    with shared.use(weights("a")):
        pass
    mine = residency_of(Context(models=shared, cancelled=lambda: True))
    assert mine.holds(weights("a"))
    with pytest.raises(Cancelled), mine.use(weights("b")):
        pass
    assert residency_of(Context()).device.type == "cpu"


def test_on_an_accelerator_networks_compute_in_sixteen_bits_where_they_may():
    residency = Residency("cuda:0")
    text = weights("a")
    assert residency.place(text).dtype == torch.float16
    assert residency.place(replace(text, wide=True)).dtype == torch.bfloat16
    assert residency.place(replace(text, half=False)).dtype == F32
    assert residency.place(replace(text, on_cpu=True)).device.type == "cpu"
