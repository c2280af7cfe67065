import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bidui.sample import draw


def test_a_draw_depends_on_key_and_name_only() -> None:
    key = draw.keys(1000, 7, "person")
    assert (draw.uniform(key, "age")[:10] == draw.uniform(key[:10], "age")).all()
    assert not (draw.uniform(key, "age") == draw.uniform(key, "sex")).any()
    assert not (draw.keys(1000, 8, "person") == key).any()
    assert len(np.unique(key)) == 1000


def test_shares_come_out() -> None:
    key = draw.keys(50_000, 1, "share")
    assert abs(draw.chance(key, "x", 0.2).mean() - 0.2) < 0.01
    counts = np.bincount(draw.choice(key, "y", [1, 2, 1]), minlength=3) / len(key)
    assert np.allclose(counts, [0.25, 0.5, 0.25], atol=0.01)
    kinds = np.bincount(draw.kind(key, "k", [0.1, 0.2]) + 1, minlength=3) / len(key)
    assert np.allclose(kinds, [0.7, 0.1, 0.2], atol=0.01)
    whole = draw.integer(key, "z", 3, 5)
    assert set(whole.tolist()) == {3, 4, 5}


@given(st.lists(st.integers(1, 6), min_size=1, max_size=40), st.integers(0, 300))
def test_spread_adds_up_within_its_bounds(most: list[int], total: int) -> None:
    high = np.array(most)
    low = np.ones_like(high)
    value = draw.spread(draw.keys(len(most), 1, "spread"), "n", total, low, high)
    assert (value >= low).all()
    assert (value <= high).all()
    assert value.sum() == min(max(total, len(most)), high.sum())


def test_first_takes_only_from_the_mask_and_a_longer_list_begins_alike() -> None:
    key = draw.keys(500, 1, "first")
    mask = np.arange(500) % 5 == 0
    few, many = draw.first(key, "pick", mask, 10), draw.first(key, "pick", mask, 40)
    assert mask[many].all()
    assert many[:10].tolist() == few.tolist()
    assert len(draw.first(key, "pick", mask, 1000)) == 100
