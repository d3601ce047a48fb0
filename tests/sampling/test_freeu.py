import torch

from engine.sampling.freeu import damped, freeu, freeu_v2

H = torch.randn(2, 8, 6, 4, generator=torch.Generator().manual_seed(1))
SKIP = torch.randn(2, 5, 6, 4, generator=torch.Generator().manual_seed(2))


def test_half_of_the_backbones_channels_are_scaled():
    h, _ = freeu({8: (1.5, 0.5)})(H, SKIP)
    assert torch.allclose(h[:, :4], H[:, :4] * 1.5)
    assert torch.equal(h[:, 4:], H[:, 4:])


def test_levels_of_other_widths_stay_as_they_are():
    for version in (freeu, freeu_v2):
        h, skip = version({16: (1.5, 0.5)})(H, SKIP)
        assert h is H
        assert skip is SKIP


def test_the_second_version_scales_most_where_the_mean_is_highest():
    h, _ = freeu_v2({8: (1.5, 0.5)})(H, SKIP)
    ratio = (h[:, 0] / H[:, 0]).flatten(1)
    mean = H.mean(dim=1).flatten(1)
    assert torch.equal(ratio.argmax(dim=1), mean.argmax(dim=1))
    assert torch.allclose(ratio.amax(dim=1), torch.tensor(1.5))
    assert torch.allclose(ratio.amin(dim=1), torch.tensor(1.0))


def test_a_level_of_one_cell_has_no_structure_and_stays_finite():
    h, _ = freeu_v2({8: (1.5, 0.5)})(H[..., :1, :1], SKIP[..., :1, :1])
    assert torch.equal(h, H[..., :1, :1])


def test_the_mean_of_a_skip_is_damped_and_its_detail_is_not():
    flat = torch.ones(1, 1, 8, 8)
    checks = torch.ones(8, 8).cumsum(0).cumsum(1).remainder(2)[None, None] * 2 - 1
    assert torch.allclose(damped(flat, 0.25), flat * 0.25, atol=1e-6)
    assert torch.allclose(damped(checks, 0.25), checks - checks.mean() * 0.75, atol=0.3)
    assert torch.allclose(damped(SKIP, 1.0), SKIP, atol=1e-6)


def test_hooks_change_nothing_that_they_are_given():
    h, skip = H.clone(), SKIP.clone()
    freeu_v2({8: (1.5, 0.5)})(h, skip)
    assert torch.equal(h, H)
    assert torch.equal(skip, SKIP)
