"""The codec: what was saved comes back exactly, damage is a ValueError, a model weighs nothing."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.values.codec import Codec, NotWritable

torch.set_num_threads(1)
CODEC = Codec()
DTYPES = [torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.uint8]


def same(one, other):
    if isinstance(one, torch.Tensor):
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and torch.equal(one.nan_to_num(), other.nan_to_num())
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (math.isnan(one) and math.isnan(other))


def test_a_latent_comes_back_exactly():
    latent = {
        "samples": torch.randn(2, 4, 8, 8),
        "noise_mask": torch.rand(1, 1, 64, 64),
        "batch_index": [0, 3],
    }
    assert same(CODEC.load(CODEC.save(latent)), latent)


def test_conditionings_sigmas_and_scalars_come_back_together():
    conditioning = [(torch.randn(1, 77, 8), {"pooled_output": torch.randn(1, 8), "strength": 0.5})]
    outputs = (conditioning, torch.linspace(14.6, 0, 5), 2**64 - 1, "été", True, None, -0.0, b"\0")
    assert same(CODEC.load(CODEC.save(outputs)), outputs)


@pytest.mark.parametrize("dtype", [*DTYPES, torch.bool, torch.float8_e4m3fn])
def test_every_dtype_keeps_its_bits(dtype):
    value = torch.arange(6).reshape(2, 3).to(dtype)
    back = CODEC.load(CODEC.save(value))
    assert back.dtype == dtype
    assert torch.equal(back.view(torch.uint8), value.view(torch.uint8))


def test_numbers_that_json_does_not_know_come_back():
    back = CODEC.load(CODEC.save([math.nan, math.inf, -math.inf, torch.tensor(math.nan)]))
    assert math.isnan(back[0])
    assert back[1:3] == [math.inf, -math.inf]
    assert torch.isnan(back[3])


def test_views_of_one_storage_are_written_apart():
    whole = torch.arange(12.0).reshape(3, 4)
    back = CODEC.load(CODEC.save([whole, whole, whole[1:], whole.T, whole[:0]]))
    assert same(back, [whole, whole, whole[1:], whole.T.contiguous(), whole[:0]])


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(values)
def test_any_tree_of_plain_values_comes_back(value):
    assert same(CODEC.load(CODEC.save(value)), value)


def test_a_model_says_that_it_cannot_be_written():
    class Model:
        pass

    with pytest.raises(NotWritable, match="Model"):
        CODEC.save((torch.zeros(1), {"model": Model()}))


def test_a_list_that_holds_itself_is_refused_and_measured():
    endless = [1]
    endless.append(endless)
    assert CODEC.size(endless) > 0
    with pytest.raises(NotWritable):
        CODEC.save(endless)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_bytes_are_a_value_error(data):
    good = CODEC.save({"samples": torch.zeros(1, 4, 2, 2), "kind": ("a", 1)})
    cut = data.draw(st.integers(0, len(good) - 1))
    with pytest.raises(ValueError, match=r"."):
        CODEC.load(good[:cut])


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_a_value_error(data):
    with pytest.raises(ValueError, match=r"."):
        CODEC.load(data)


def test_size_counts_a_storage_once_and_a_model_not_at_all():
    picture = torch.zeros(1, 10, 10, 3)
    alone = CODEC.size(picture)
    assert alone == 1200
    assert CODEC.size([picture, picture[:, :5]]) == alone
    assert CODEC.size(object()) == 0
    assert CODEC.size("text") >= 4


def test_descriptions_are_short_and_name_shapes():
    assert CODEC.describe(torch.zeros(1, 4, 64, 64)) == "float32[1,4,64,64] cpu"
    assert CODEC.describe({"samples": torch.zeros(1)}) == "{samples: float32[1] cpu}"
    assert CODEC.describe([(torch.zeros(2), {})]) == "[(float32[2] cpu, {})]"
    assert CODEC.describe("x" * 10_000).endswith("…")
    assert len(CODEC.describe([["y" * 50] * 50] * 50)) <= 200
