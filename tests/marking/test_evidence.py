"""A claim needs agreement to more digits than chance gives: counted by throwing random numbers at made-up candidates."""

import numpy as np
import pytest

from tutor.marking.evidence import SELDOM, Given, collect, share_weights
from tutor.marking.marked import Slip

RIGHT = 0.4


def made(count):
    """Candidates about as large as the right value, each as likely as any other."""
    values = np.random.default_rng(count).uniform(0.2, 0.8, size=(count, 1))
    return collect([values], [(Slip(f"s{k}", "x"),) for k in range(count)], [1 / count] * count, np.array([RIGHT])), values[:, 0]


def written(value, places):
    own = round(value, places)
    unit = 10.0**-places
    digits = len(f"{abs(own):.{places}f}".replace(".", "").lstrip("0"))
    return Given(np.array([own]), own - 0.5 * unit, own + unit, digits, unit, unit)


@pytest.mark.parametrize("count", [3, 30, 300, 3000])
@pytest.mark.parametrize("places", [2, 3, 4, 6, 8])
def test_random_numbers_are_rarely_explained(count, places):
    """Whatever the candidates and the digits: numbers that scatter about the right, by a normal law, which the product does not know.

    It accepts 8 of a thousand (`ACCIDENTS`); of 2,000 numbers up to twice as many come by chance.
    """
    table, _ = made(count)
    chance = np.random.default_rng([count, places])  # its own: what other tests draw does not change it
    numbers = [value for value in chance.normal(RIGHT, 0.4 * RIGHT, size=2000) if value > 0.01]
    assert sum(bool(table.explain(written(value, places), RIGHT)) for value in numbers) <= 0.016 * len(numbers)


@pytest.mark.parametrize(("count", "places"), [(3, 3), (30, 4), (300, 5), (3000, 6)])
def test_candidates_with_enough_digits_are_found(count, places):
    table, values = made(count)
    found = [table.explain(written(value, places), RIGHT) for value in values if abs(value - RIGHT) > 0.05]
    assert np.mean([bool(one) for one in found]) > 0.98


def test_what_fits_equally_well_is_told_together():
    values = np.array([[0.25], [0.25 + 1e-9], [0.26], [0.250004]])
    table = collect([values], [(Slip(name, "x"),) for name in "abcd"], [0.3, 0.2, 0.3, 0.2], np.array([RIGHT]))
    assert [slips[0].tag for slips in table.explain(written(0.25, 6), RIGHT)] == ["a", "b"]


def test_what_is_far_less_likely_is_told_only_where_it_gives_the_same():
    values = np.array([[0.2500001], [0.2500001 + 1e-9], [0.2500009]])
    table = collect([values], [(Slip(name, "x"),) for name in "abc"], [0.9, 0.9 * SELDOM / 2, 0.9 * SELDOM / 2], np.array([RIGHT]))
    assert [slips[0].tag for slips in table.explain(written(0.25, 6), RIGHT)] == ["a", "b"]


def test_a_wrong_digit_is_no_slip():
    table = collect([np.array([[0.7], [0.72]])], [(Slip(name, "x"),) for name in "ab"], [0.5, 0.5], np.array([RIGHT]))
    assert not written(0.7, 4).find_chance(RIGHT) < 0.005  # 0.4000 and 0.7000
    assert written(0.72, 4).find_chance(RIGHT) < 0.0001
    assert [slips[0].tag for slips in table.explain(written(0.72, 4), RIGHT)] == ["b"]


def test_weights_are_shared():
    assert share_weights([], [], []) == []
    assert sum(share_weights("aab", [3, 3, 1], [1, 3, 1])) == pytest.approx(1)


def test_what_is_right_is_no_candidate():
    values = np.array([[RIGHT], [np.nan], [0.3]])
    assert collect([values], [(Slip("a", "x"),)] * 3, [0.3] * 3, np.array([RIGHT])).column == [0.3]


CLOSE = [(0.402, 3, True), (0.41, 2, True), (0.42, 2, True), (0.43, 2, False), (0.45, 3, False), (0.404, 3, True), (0.41, 6, False)]


@pytest.mark.parametrize(("value", "places", "close"), CLOSE)
def test_near_misses(value, places, close):
    assert written(value, places).is_close(RIGHT) is close


def test_what_hardly_moves_is_no_near_miss_of_what_it_was():
    given = written(0.3999, 4)
    assert given.is_close(RIGHT, before=0.39)
    assert not given.is_close(RIGHT, before=0.3999)


def test_a_slip_that_was_made_before_needs_little_evidence():
    table, values = made(300)
    place = int(np.argmin(np.abs(values - 0.3)))
    given = written(values[place], 2)
    assert not table.explain(given, RIGHT)
    again = table.explain(given, RIGHT, made=frozenset({f"s{place}"}))
    assert [slips[0].tag for slips in again] == [f"s{place}"]
