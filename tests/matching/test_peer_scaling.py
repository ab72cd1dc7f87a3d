"""How values come to a common scale."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_service.keys import indicator_key
from graph_service.model import Indicator, Scale
from matching.peers.scaling import Transform, fit_scaler

VALUES = st.lists(st.floats(-1e9, 1e9, allow_nan=False) | st.just(float("nan")), min_size=1, max_size=30)


def indicator(scale: Scale, unit: str = "") -> Indicator:
    return Indicator(key=indicator_key("x"), name="x", scale=scale, unit=unit)


@given(VALUES, st.sampled_from(list(Scale)), st.sampled_from(list(Transform)))
def test_scaled_values_lie_between_0_and_1_keep_their_order_and_their_gaps(
    values: list[float], scale: Scale, transform: Transform
) -> None:
    given_values = np.array(values)
    scaled = fit_scaler(given_values, indicator(scale), transform).apply(given_values)
    assert (np.isnan(scaled) == np.isnan(given_values)).all()
    known = scaled[~np.isnan(scaled)]
    assert ((known >= 0) & (known <= 1)).all()
    assert (np.diff(known[np.argsort(given_values[~np.isnan(given_values)], kind="stable")]) >= -1e-12).all()


def test_sizes_are_compared_by_ratio() -> None:
    values = np.array([1000.0, 10_000.0, 100_000.0])
    assert fit_scaler(values, indicator(Scale.LOG)).apply(values) == pytest.approx([0, 0.5, 1], abs=0.002)


def test_zero_and_negative_values_survive_a_logarithm() -> None:
    values = np.array([-500.0, 0.0, 1.0, 20.0, 3000.0])
    scaler = fit_scaler(values, indicator(Scale.LOG))
    assert scaler.transform is Transform.LOG
    assert (np.diff(scaler.apply(values)) > 0).all()


def test_shares_are_spread_at_both_ends_and_balances_are_not_taken_for_shares() -> None:
    shares, balances = np.array([0.0, 1.0, 50.0, 51.0, 100.0]), np.array([-3.0, 4.0, 5.0])
    scaled = fit_scaler(shares, indicator(Scale.SHARE, "%")).apply(shares)
    assert scaled[1] - scaled[0] > 3 * (scaled[3] - scaled[2])
    assert fit_scaler(balances, indicator(Scale.SHARE, "%")).transform is Transform.LINEAR


def test_a_small_percentage_is_not_taken_for_a_part_of_one() -> None:
    assert fit_scaler(np.array([0.1, 0.4]), indicator(Scale.SHARE, "%")).unit == 100


def test_one_slip_of_the_pen_among_thousands_does_not_flatten_the_rest() -> None:
    values = np.append(np.linspace(-1, 1, 5000), 1e12)
    scaled = fit_scaler(values, indicator(Scale.LINEAR)).apply(values)
    assert scaled[4000] - scaled[1000] > 0.5


def test_a_scale_fitted_to_one_year_reads_another() -> None:
    scaler = fit_scaler(np.array([0.0, 10.0]), indicator(Scale.LINEAR), tail=0)
    assert scaler.apply(np.array([5.0, 20.0])).tolist() == [0.5, 1.0]
