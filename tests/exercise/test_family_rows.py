"""A row a place, nested for several indices; one number for all."""

from tutor.exercise.family_rows import describe_rows, make_giver, match_places


def test_rows_are_given_to_their_places():
    give = make_giver({"h_0": [3], "W_1": [2, 2]})
    grid = {"w_1_1": (1, 1), "w_1_2": (1, 2), "w_2_1": (2, 1), "w_2_2": (2, 2)}
    assert give("w", [[1, 2], [3, 4]], grid) == {"w_1_1": 1, "w_1_2": 2, "w_2_1": 3, "w_2_2": 4}
    assert give("w", [7, [3, 4]], grid) == {"w_1_1": 7, "w_1_2": 7, "w_2_1": 3, "w_2_2": 4}
    assert give("w", [1, 2, 3], grid) is None
    assert give("h", [1, 2, 3], {"h_0": (0,)}) == {"h_0": [1, 2, 3]}  # the row of the one place there is
    assert give("h", [[1, 2, 3]], {"h_0": (0,)}) == {"h_0": [1, 2, 3]}
    assert give("h_0", 0, {"h_0": ()}) == {"h_0": [0, 0, 0]}
    assert give("W", 1, {"W_1": (1,)}) == {"W_1": [[1, 1], [1, 1]]}
    assert match_places((1, 2), (None, None)) == (1, 2)
    assert describe_rows("x", [1, 2], {"x_2": (2,)}) == "x has 2 rows, and 1 places from 2 to 2"
