"""Samplers without noise against the exact solution for Gaussian data: orders and twins."""

import math

import pytest

from tests.sampling.gaussian import ADDED, FLOW, error

STILL = {"eta": 0.0}
ORDERS = [
    # multistep methods start with a step of first order, which bounds them to second
    ("euler", 1, {}),
    ("euler_cfg_pp", 1, {}),
    ("euler_ancestral", 1, STILL),
    ("euler_ancestral_cfg_pp", 1, STILL),
    ("heun", 2, {}),
    ("heunpp2", 1, {}),  # weighted by sigma, not for order
    ("dpm_2", 2, {}),
    ("dpm_2_ancestral", 2, STILL),
    ("lms", 2, {}),
    ("dpmpp_2s_ancestral", 2, STILL),
    ("dpmpp_sde", 2, STILL),
    ("dpmpp_2m", 2, {}),
    ("dpmpp_2m_cfg_pp", 2, {}),
    ("ipndm", 2, {}),
    ("deis", 2, {}),
    ("res_multistep", 2, {}),
    ("res_multistep_cfg_pp", 2, {}),
    ("res_multistep_ancestral", 2, STILL),
    ("res_multistep_ancestral_cfg_pp", 2, STILL),
    ("gradient_estimation", 1, {}),
    ("gradient_estimation_cfg_pp", 1, {}),
    ("seeds_2", 2, STILL),
    ("seeds_3", 3, STILL),
    ("sa_solver_pece", 2.5, STILL),
    ("uni_pc", 2, {}),
    ("uni_pc_bh2", 2, {}),
]


@pytest.mark.parametrize("path", [ADDED, FLOW])
@pytest.mark.parametrize(("name", "order", "settings"), ORDERS)
def test_error_falls_with_the_order_of_the_method(name, order, settings, path):
    coarse, fine = (error(name, steps, path, **settings) for steps in (40, 80))
    assert math.log2(coarse / fine) > order - 0.2
    assert fine < {1: 0.1, 2: 3e-3, 2.5: 1e-4, 3: 1e-5}[order]


@pytest.mark.parametrize("name", ["euler", "heun", "dpm_2", "seeds_2", "seeds_3", "dpmpp_2m"])
def test_a_method_has_no_higher_order_than_its_own(name):
    order = {"euler": 1, "seeds_3": 3}.get(name, 2)
    settings = STILL if name.startswith("seeds") else {}
    coarse, fine = (error(name, steps, ADDED, **settings) for steps in (80, 160))
    assert math.log2(coarse / fine) == pytest.approx(order, abs=0.15)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("dpmpp_2m_sde", STILL),
        ("dpmpp_2m_sde_heun", STILL),
        ("dpmpp_3m_sde", STILL),
        ("ipndm_v", {}),
        ("er_sde", {"solver_type": "ODE"}),
        ("dpm_fast", {}),
        ("sa_solver", STILL),
    ],
)
@pytest.mark.parametrize("path", [ADDED, FLOW])
def test_higher_methods_leave_euler_far_behind(name, settings, path):
    assert error(name, 80, path, **settings) < error("euler", 80, path) / 15


def test_adaptive_steps_keep_to_the_tolerance_that_is_asked_for():
    errors = [error("dpm_adaptive", 2, ADDED, rtol=r, atol=r / 10) for r in (0.1, 0.01, 0.001)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-3


@pytest.mark.parametrize("order", [2, 3])
def test_adaptive_steps_take_both_orders(order):
    assert error("dpm_adaptive", 2, ADDED, order=order, rtol=0.01) < 0.01


def test_adaptive_steps_refuse_another_order():
    with pytest.raises(ValueError, match="order 2 or 3; given 4"):
        error("dpm_adaptive", 2, ADDED, order=4)


@pytest.mark.parametrize(
    ("name", "settings", "twin"),
    [
        ("euler_ancestral", STILL, "euler"),
        ("euler_cfg_pp", {}, "euler"),
        ("euler_ancestral_cfg_pp", STILL, "euler"),
        ("dpm_2_ancestral", STILL, "dpm_2"),
        ("dpmpp_2m_sde", STILL, "dpmpp_2m"),
        ("dpmpp_2m_cfg_pp", {}, "dpmpp_2m"),
        ("gradient_estimation", {"ge_gamma": 1.0}, "euler"),
        ("res_multistep_ancestral", STILL, "res_multistep"),
        ("sa_solver", {**STILL, "predictor_order": 1, "corrector_order": 0}, "euler"),
        ("er_sde", {"solver_type": "ODE", "max_stage": 1}, "euler"),
        ("er_sde", {"solver_type": "Reverse-time SDE", "eta": 0.0, "max_stage": 1}, "euler"),
        ("lms", {"order": 1}, "euler"),
        ("ipndm", {"max_order": 1}, "euler"),
        ("deis", {"max_order": 1}, "euler"),
    ],
)
def test_without_what_sets_it_apart_a_sampler_is_its_plain_one(name, settings, twin):
    ours, plain = (error(each, 12, ADDED, **s) for each, s in ((name, settings), (twin, {})))
    assert ours == pytest.approx(plain, rel=1e-6)


def test_two_orders_short_formulas_stay_close_to_the_exact_ones():
    settings = {**STILL, "predictor_order": 2, "corrector_order": 2}
    exact, short = (error("sa_solver", 80, ADDED, simple_order_2=s, **settings) for s in (0, 1))
    assert short < 5e-3
    assert short != exact
