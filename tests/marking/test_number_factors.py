"""Factors have one name a value, the likeliest first, and letters where there are any."""

from tutor.marking.number_factors import list_named_factors


def test_a_value_is_one_factor_with_all_its_names():
    found = list_named_factors({"m": 4}, (4, 3, 1))
    values = [round(factor.value, 9) for factor in found]
    assert len(set(values)) == len(values)
    assert 1.0 not in values
    named = {factor.text: factor for factor in found}
    assert named["m"].texts[:2] == ("m", "4")  # 4 may be meant as well
    assert {"2", "1/m", "1/3", "-1", "2/3", "(m - 1)/m"} <= named.keys()
    assert "sqrt(4)" not in named  # that is 2
