import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from adwright.errors import NotEnoughDataError
from adwright.stats import agreement, cohen_kappa, share

ratings = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60)


def raters(both_yes, first_alone, second_alone, both_no):
    """What two raters said, from the four counts of their table."""
    counts = (both_yes, first_alone, second_alone, both_no)
    return np.repeat([True, True, False, False], counts), np.repeat([True, False, True, False], counts)


def simulate(seed, items, usable, kappa, repeats):
    """What two raters said, who agree by this kappa and find this share usable: (repeats, 2, items)."""
    rng = np.random.default_rng(seed)
    first = rng.random((repeats, items)) < usable
    again = rng.random((repeats, items)) < usable
    second = np.where(rng.random((repeats, items)) < kappa, first, again)
    return np.stack([first, second], axis=1)


@pytest.mark.parametrize(
    ("table", "agreed", "kappa"),
    [
        # Feinstein and Cicchetti, "High agreement but low kappa", J. Clin. Epidemiol. 43, 1990: two tables
        # with the same agreement.
        ((40, 9, 6, 45), 0.85, 0.70),
        ((80, 10, 5, 5), 0.85, 0.32),
        # Sim and Wright, Physical Therapy 85, 2005.
        ((22, 2, 4, 11), 0.85, 0.67),
    ],
)
def test_kappa_of_tables_in_the_literature(table, agreed, kappa):
    first, second = raters(*table)
    assert agreement(first, second).value == pytest.approx(agreed, abs=0.005)
    found = cohen_kappa(first, second)
    assert found.value == pytest.approx(kappa, abs=0.005)
    assert found.low < found.value < found.high


def test_kappa_by_hand():
    # p_o = 0.7, both say yes to half and to 0.6: p_e = 0.3 + 0.2 = 0.5
    assert cohen_kappa(*raters(20, 5, 10, 15)).value == pytest.approx((0.7 - 0.5) / 0.5)


@given(ratings)
def test_kappa_is_that_of_scikit_learn_and_lies_in_its_interval(said):
    first, second = map(list, zip(*said, strict=True))
    if len({*first, *second}) == 1:
        with pytest.raises(NotEnoughDataError, match="the same of every item"):
            cohen_kappa(first, second)
        return
    found = cohen_kappa(first, second)
    assert found.value == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)
    assert -1 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


@given(ratings.filter(lambda said: len({word for both in said for word in both}) == 2))
def test_who_is_first_and_which_word_is_yes_do_not_matter(said):
    first, second = map(np.array, zip(*said, strict=True))
    found = cohen_kappa(first, second).as_dict()
    assert cohen_kappa(second, first).as_dict() == pytest.approx(found)
    assert cohen_kappa(~first, ~second).as_dict() == pytest.approx(found)


@pytest.mark.parametrize("items", [20, 100])
@pytest.mark.parametrize("usable", [0.5, 0.8])
@pytest.mark.parametrize("kappa", [0.0, 0.4, 0.8])
def test_intervals_of_kappa_cover_the_truth(items, usable, kappa):
    inside = []
    for first, second in simulate(1, items, usable, kappa, repeats=500):
        if len({*first, *second}) == 2:
            found = cohen_kappa(first, second)
            inside.append(found.low <= kappa <= found.high)
    assert len(inside) > 490
    assert 0.92 <= np.mean(inside) <= 0.995


def test_intervals_of_many_items_are_as_wide_as_kappa_varies():
    found = [cohen_kappa(*both) for both in simulate(2, 1000, 0.7, 0.5, repeats=500)]
    spread = np.std([one.value for one in found])
    assert np.mean([one.high - one.low for one in found]) / (2 * 1.96) == pytest.approx(spread, rel=0.08)


def test_raters_who_always_agree_are_not_taken_to_agree_for_ever():
    few, many = cohen_kappa(*raters(3, 0, 0, 3)), cohen_kappa(*raters(100, 0, 0, 100))
    assert few.value == few.high == many.value == 1
    assert few.low < 0.7 < 0.9 < many.low


def test_one_rater_who_says_yes_to_all_agrees_by_chance_alone():
    found = cohen_kappa(*raters(8, 2, 0, 0))
    assert found.value == 0
    assert found.low < 0 < found.high


def test_raters_who_never_agree():
    found = cohen_kappa(*raters(0, 5, 5, 0))
    assert (found.value, found.low) == (-1, -1)
    assert found.high > -0.9


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([], [], "at least 2 items that both rated, there are none"),
        ([True], [False], "there is 1"),
        ([True, True, True], [True, True, True], "the same of every item"),
        ([False, False], [False, False], "the same of every item"),
    ],
)
def test_where_kappa_is_not_defined_there_is_a_reason(first, second, message):
    with pytest.raises(NotEnoughDataError, match=message):
        cohen_kappa(first, second)


@pytest.mark.parametrize("second", [[True], [[True, False]]])
def test_ratings_that_do_not_match_are_refused(second):
    with pytest.raises(ValueError, match="shapes"):
        agreement([True, False], second)


def test_agreement_and_shares_of_nothing_are_refused():
    with pytest.raises(NotEnoughDataError, match="both rated"):
        agreement([], [])
    with pytest.raises(NotEnoughDataError, match="nothing"):
        share(0, 0)


def test_wilsons_interval_by_hand():
    # z = 1.96: centre (0.5 + z²/20) / (1 + z²/10) = 0.5, half width z sqrt(0.025 + z²/400) / (1 + z²/10)
    found = share(5, 10)
    half = 1.959964 * np.sqrt(0.025 + 1.959964**2 / 400) / (1 + 1.959964**2 / 10)
    assert found.as_dict() == pytest.approx({"value": 0.5, "low": 0.5 - half, "high": 0.5 + half}, rel=1e-5)
    assert share(4, 4).high == 1
    assert share(0, 4).low == 0
