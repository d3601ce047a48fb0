import math

import pytest
import torch

from engine.sampling.conditioning import Ground, Inputs, predictor, resolve
from engine.sampling.tables import scaled_linear

TABLE = scaled_linear()
X = torch.zeros(2, 4, 16, 16)
SIGMA = torch.tensor(1.0)


class Toy:
    """A network whose clean picture is the mean of the text; remembers what it was given."""

    def __init__(self):
        self.calls = []

    def __call__(self, x, _, inputs):
        self.calls.append((x.shape, inputs))
        return inputs.text.mean(dim=(1, 2)).reshape(-1, 1, 1, 1).expand_as(x)


def text(value, tokens=77):
    return torch.full((1, tokens, 8), float(value))


def predicted(*sides, sigma=SIGMA, x=X, toy=None):
    named = {str(number): side for number, side in enumerate(sides)}
    resolved = resolve(named, Ground(tuple(x.shape), TABLE))
    return predictor(toy or Toy())(x, sigma, list(resolved.values()))


def test_both_sides_go_through_the_network_together():
    toy = Toy()
    wanted, unwanted = predicted([(text(3), {})], [(text(1), {})], toy=toy)
    assert [shape for shape, _ in toy.calls] == [(4, 4, 16, 16)]
    assert (wanted == 3).all()
    assert (unwanted == 1).all()


def test_texts_of_other_lengths_are_repeated_to_share_a_pass():
    toy = Toy()
    wanted, unwanted = predicted([(text(3, 154), {})], [(text(1, 231), {})], toy=toy)
    assert [inputs.text.shape[1] for _, inputs in toy.calls] == [462]
    assert (wanted[0, 0, 0, 0], unwanted[0, 0, 0, 0]) == (3, 1)


def test_texts_that_would_be_repeated_too_often_have_a_pass_each():
    toy = Toy()
    predicted([(text(3, 77), {})], [(text(1, 77 * 5), {})], toy=toy)
    assert [shape[0] for shape, _ in toy.calls] == [2, 2]


def test_entries_are_averaged_by_their_strength():
    (clean,) = predicted([(text(1), {"strength": 3.0}), (text(5), {})])
    assert torch.allclose(clean, torch.tensor(2.0))


def test_a_side_without_entries_is_0():
    wanted, unwanted = predicted([(text(3), {})], [])
    assert (wanted == 3).all()
    assert (unwanted == 0).all()


def test_a_mask_weighs_each_cell():
    mask = torch.zeros(16, 16)
    mask[:, :8] = 0.5
    masked = (text(4), {"mask": mask, "mask_strength": 2.0})
    (clean,) = predicted([masked, (text(0), {})])
    assert torch.allclose(clean[..., :8], torch.tensor(2.0))
    assert (clean[..., 8:] == 0).all()


def test_the_items_of_a_batch_may_have_masks_of_their_own():
    mask = torch.stack((torch.zeros(16, 16), torch.ones(16, 16)))
    (clean,) = predicted([(text(4), {"mask": mask}), (text(0), {})])
    assert clean[:, 0, 0, 0].tolist() == [0, 2]


def test_an_area_is_all_that_the_network_sees_and_all_that_counts():
    toy = Toy()
    (clean,) = predicted([(text(4), {"area": (8, 8, 0, 8)})], toy=toy)
    assert [shape for shape, _ in toy.calls] == [(2, 4, 8, 8)]
    assert torch.allclose(clean[..., :8, 8:], torch.tensor(4.0))
    assert (clean[..., 8:, :] == 0).all()


def test_areas_of_one_size_share_a_pass_wherever_they_are():
    toy = Toy()
    left, right = ((text(v), {"area": (16, 8, 0, x)}) for v, x in ((1, 0), (2, 8)))
    (clean,) = predicted([left, right], toy=toy)
    assert [shape for shape, _ in toy.calls] == [(4, 4, 16, 8)]
    assert torch.allclose(clean[0, 0, 0], torch.tensor([1.0] * 8 + [2.0] * 8))


def test_mask_bounds_see_only_the_box_around_the_mask():
    toy = Toy()
    mask = torch.zeros(16, 16)
    mask[2:12, 2:12] = 1
    predicted([(text(4), {"mask": mask, "set_area_to_bounds": True})], toy=toy)
    assert toy.calls[0][0] == (2, 4, 10, 10)


def test_a_time_range_counts_at_both_its_ends():
    start, end = TABLE.sigma_at_percent(0.25), TABLE.sigma_at_percent(0.5)
    side = [(text(4), {"start_percent": 0.25, "end_percent": 0.5})]
    for sigma, counts in ((start * 1.01, 0), (start, 4), (end, 4), (end * 0.99, 0)):
        (clean,) = predicted(side, sigma=torch.tensor(sigma))
        assert clean[0, 0, 0, 0] == counts


def test_a_whole_time_range_is_no_range():
    side = [(text(4), {"start_percent": 0.0, "end_percent": 1.0})]
    for sigma in (TABLE.sigma_max * 2, 0.0):
        assert (predicted(side, sigma=torch.tensor(sigma))[0] == 4).all()


def test_an_area_without_partner_borrows_the_other_sides_smallest_text_around_it():
    area = (8, 8, 4, 4)
    sides = {
        "positive": [(text(4), {"area": area, "strength": 2.0}), (text(1), {})],
        "negative": [(text(7), {}), (text(8), {"area": (12, 12, 2, 2)})],
    }
    negative = resolve(sides, Ground((1, 4, 16, 16), TABLE))["negative"]
    assert [entry.area for entry in negative] == [None, (12, 12, 2, 2), area]
    assert (negative[2].inputs.text == 8).all()
    assert negative[2].weight.max() == 2


def test_areas_that_meet_on_both_sides_need_no_partner():
    sides = {name: [(text(4), {"area": (8, 8, 0, 0)})] for name in ("positive", "negative")}
    resolved = resolve(sides, Ground((1, 4, 16, 16), TABLE))
    assert [len(entries) for entries in resolved.values()] == [1, 1]


def test_entries_without_a_place_get_no_partner():
    sides = {"positive": [(text(4), {"mask": torch.ones(16, 16)})], "negative": [(text(1), {})]}
    resolved = resolve(sides, Ground((1, 4, 16, 16), TABLE))
    assert [len(entries) for entries in resolved.values()] == [1, 1]


def test_resolving_changes_no_conditioning():
    options = {"area": ("percentage", 0.5, 0.5, 0, 0), "mask": torch.ones(8, 8)}
    side = [(text(4), options)]
    predicted(side)
    assert side[0][1] is options
    assert options["area"][0] == "percentage"
    assert options["mask"].shape == (8, 8)


def test_a_sigma_for_each_picture_is_repeated_for_each_side():
    given = []

    def forward(x, sigma, inputs):
        given.append(sigma.tolist())
        return x

    side = resolve({"a": [(text(1), {}), (text(2), {})]}, Ground((2, 4, 16, 16), TABLE))["a"]
    predictor(forward)(X, torch.tensor([2.0, 1.0]), [side])
    assert given == [[2.0, 1.0, 2.0, 1.0]]


@pytest.mark.parametrize(
    ("one", "other", "fit"),
    [
        (Inputs(text(1)), Inputs(text(1, 308)), True),
        (Inputs(text(1)), Inputs(torch.ones(1, 77, 16)), False),
        (Inputs(text(1), pooled=torch.ones(1, 8)), Inputs(text(1)), False),
        (Inputs(text(1), concat=torch.ones(1, 5, 4, 4)), Inputs(text(1)), False),
    ],
)
def test_only_inputs_of_one_kind_share_a_pass(one, other, fit):
    assert one.fits(other) is other.fits(one) is fit


def test_what_is_concatenated_is_cut_to_the_area():
    toy = Toy()
    concat = torch.arange(16.0).expand(1, 5, 16, 16)
    ground = Ground((2, 4, 16, 16), TABLE, inputs=lambda text, _: Inputs(text, concat=concat))
    side = resolve({"a": [(text(1), {"area": (16, 8, 0, 8)})]}, ground)["a"]
    predictor(toy)(X, SIGMA, [side])
    assert toy.calls[0][1].concat[0, 0, 0].tolist() == list(range(8, 16))
    assert math.prod(toy.calls[0][1].concat.shape) == 2 * 5 * 16 * 8
