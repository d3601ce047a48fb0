import pytest
import torch

from engine.sampling import guidance
from engine.sampling.patches import Look, Patches

X = torch.linspace(-3, 3, 2 * 4 * 4 * 4).reshape(2, 4, 4, 4)
SIGMA = torch.tensor(2.0)
WANTED, UNWANTED, OTHER = (torch.sin(X * rate) for rate in (1.0, 2.0, 3.0))
POSITIVE, MIDDLE, NEGATIVE = ("p",), ("m",), ("n",)
CLEAN = {POSITIVE: WANTED, MIDDLE: OTHER, NEGATIVE: UNWANTED, (): torch.zeros_like(X)}


def predict(x, sigma, sides):
    return [CLEAN[side] for side in sides]


def guided(scale, patches=None, **options):
    running = (patches or Patches()).started()
    pair = guidance.classifier_free(predict, POSITIVE, NEGATIVE, scale, running, **options)
    return pair(X, SIGMA)


def test_guidance_steps_from_the_negative_through_the_positive():
    clean, unwanted = guided(3.0)
    assert torch.allclose(clean, UNWANTED + 3 * (WANTED - UNWANTED))
    assert unwanted is UNWANTED


def test_at_scale_1_the_negative_is_not_computed():
    clean, unwanted = guided(1.0)
    assert torch.equal(clean, WANTED)
    assert (unwanted == 0).all()


def test_at_scale_1_the_negative_is_computed_for_who_asks():
    asking = Patches().with_after(lambda look, clean: clean, both_sides=True)
    assert guided(1.0, both_sides=True)[1] is UNWANTED
    assert guided(1.0, asking)[1] is UNWANTED


def test_patches_are_called_in_the_order_in_which_they_were_put_on():
    said = []

    def before():
        return lambda look: said.append("before") or look

    def joins(look):
        said.append("joins")
        return look.wanted

    patches = Patches().with_after(lambda _, clean: said.append("after") or clean + 1)
    patches = patches.with_after(lambda _, clean: clean * 2).with_guidance(joins)
    clean, _ = guided(7.0, patches.with_before(before))
    assert said == ["before", "joins", "after"]
    assert torch.allclose(clean, (WANTED + 1) * 2)


def test_patching_leaves_the_old_patches_as_they_were():
    none = Patches()
    none.with_skip(lambda h, skip: (h, skip)).with_guidance(lambda look: look.wanted)
    assert none == Patches()


def test_dual_guidance_adds_a_step_for_each_scale():
    pair = guidance.dual(predict, (POSITIVE, MIDDLE), NEGATIVE, (2.0, 3.0))
    clean, unwanted = pair(X, SIGMA)
    assert torch.allclose(clean, UNWANTED + 3 * (OTHER - UNWANTED) + 2 * (WANTED - OTHER))
    assert unwanted is UNWANTED


def test_dual_guidance_at_scale_1_computes_only_what_counts():
    asked = []

    def counting(x, sigma, sides):
        asked.append(sides)
        return predict(x, sigma, sides)

    texts = (POSITIVE, MIDDLE)
    clean, _ = guidance.dual(counting, texts, NEGATIVE, (1.0, 1.0))(X, SIGMA)
    assert asked == [[(), (), POSITIVE]]
    assert torch.allclose(clean, WANTED)


def test_nested_guidance_puts_the_negative_around_both_texts():
    pair = guidance.dual_nested(predict, (POSITIVE, MIDDLE), NEGATIVE, (2.0, 3.0))
    inner = OTHER + 2 * (WANTED - OTHER)
    assert torch.allclose(pair(X, SIGMA)[0], UNWANTED + 3 * (inner - UNWANTED), atol=1e-5)


def test_a_negative_along_the_positive_does_not_push():
    CLEAN[("along",)] = OTHER + 0.5 * (WANTED - OTHER)
    pair = guidance.perpendicular_negative(predict, (POSITIVE, ("along",)), MIDDLE, (4.0, 1.0))
    assert torch.allclose(pair(X, SIGMA)[0], OTHER + 4 * (WANTED - OTHER), atol=1e-5)


def test_a_perpendicular_negative_pushes_across_the_positive():
    pair = guidance.perpendicular_negative(predict, (POSITIVE, NEGATIVE), MIDDLE, (1.0, 2.0))
    pushed = pair(X, SIGMA)[0] - WANTED
    assert abs(float((pushed * (WANTED - OTHER)).sum())) < 1e-3
    assert pushed.abs().max() > 0.1


def test_an_interval_guides_between_its_ends_only():
    inside, outside = (lambda x, sigma, value=value: value for value in (1, 0))
    denoise = guidance.between(3.0, 1.0, inside, outside)
    found = [denoise(X, torch.tensor(sigma)) for sigma in (3.5, 3.0, 2.0, 1.0, 0.5)]
    assert found == [0, 1, 1, 1, 0]


def v_of(clean):
    return (X / (SIGMA**2 + 1) - clean) * (SIGMA**2 + 1).sqrt() / SIGMA


def test_rescaling_gives_the_positives_deviation_back():
    look = Look(X, SIGMA, WANTED, UNWANTED, 7.0)
    deviation = v_of(guidance.rescaled(1.0)(look)).std(dim=(1, 2, 3))
    assert torch.allclose(deviation, v_of(WANTED).std(dim=(1, 2, 3)), atol=1e-5)


def test_rescaling_by_0_is_plain_guidance():
    look = Look(X, SIGMA, WANTED, UNWANTED, 7.0)
    plain = UNWANTED + 7 * (WANTED - UNWANTED)
    assert torch.allclose(guidance.rescaled(0.0)(look), plain, atol=1e-4)


def apg(*settings):
    return Patches().with_before(guidance.projected(*settings))


def test_projected_guidance_that_keeps_all_steps_from_the_positive():
    clean, _ = guided(5.0, apg(1.0, 0.0, 0.0))
    assert torch.allclose(clean, WANTED + 5 * (WANTED - UNWANTED), atol=1e-5)


def test_projected_guidance_without_its_parallel_part_is_perpendicular_to_the_positive():
    clean, _ = guided(5.0, apg(0.0, 0.0, 0.0))
    assert ((clean - WANTED) * WANTED).sum(dim=(1, 2, 3)).abs().max() < 1e-3


def test_projected_guidance_takes_no_longer_step_than_allowed():
    clean, _ = guided(5.0, apg(1.0, 0.5, 0.0))
    length = ((clean - WANTED) ** 2).sum(dim=(1, 2, 3)).sqrt()
    assert torch.allclose(length, torch.full((2,), 5 * 0.5), atol=1e-4)


def test_momentum_lasts_for_one_run():
    patches = apg(1.0, 0.0, -0.5)

    def run():
        running = patches.started()
        pair = guidance.classifier_free(predict, POSITIVE, NEGATIVE, 5.0, running)
        return [pair(X, torch.tensor(sigma))[0] for sigma in (2.0, 1.0)]

    first, second = run()
    assert torch.allclose(second - WANTED, 0.5 * (first - WANTED), atol=1e-4)
    assert all(map(torch.equal, run(), (first, second)))


def test_momentum_is_forgotten_when_sigma_rises():
    running = apg(1.0, 0.0, -0.5).started()
    pair = guidance.classifier_free(predict, POSITIVE, NEGATIVE, 5.0, running)
    first, _, third = (pair(X, torch.tensor(sigma))[0] for sigma in (2.0, 1.0, 1.5))
    assert torch.equal(first, third)


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_the_guided_picture_alone_is_the_first_of_the_pair(scale):
    pair = guidance.classifier_free(predict, POSITIVE, NEGATIVE, scale)
    assert torch.equal(guidance.guided_alone(pair)(X, SIGMA), pair(X, SIGMA)[0])
