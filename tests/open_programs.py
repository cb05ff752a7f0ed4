"""Functions of numbers x and w whose ways depend on them, as students write them: read as text, and called to compare."""


def a_conditional_expression(x, w):
    z = w * x
    a = z if z > 0 else 0.01 * z
    return (a - 1) ** 2


def a_name_in_one_way(x, w):
    z = w * x
    a = 0.5 * z
    if z > 1:
        a = z**2
    return a * w


def a_name_in_both_ways(x, w):
    z = w * x
    if z >= 0:
        a = 2 * z
    else:
        a = z**3
    return a + w


def a_sum_that_grows(x, w):
    loss = w
    margin = 1 - w * x
    if margin > 0:
        loss += margin
    return loss**2


def a_return_in_each_way(x, w):
    z = w * x
    if z > 0:
        return z
    else:
        return 0.1 * z


def a_return_and_what_stands_behind(x, w):
    z = w * x
    if z > 0:
        a = 3 * z
        return a * z
    return w + z


def three_ways(x, w):
    z = w * x
    if z > 1:
        return z
    elif z < -1:
        return -z
    return z**2


def one_inside_of_another(x, w):
    z = w * x
    a = z
    if x > 0:
        if w > 0:
            a = z * 3
        else:
            a = z * 5
    return a


def both_of_two(x, w):
    z = w * x
    a = z
    if z > 0 and w > 0:
        a = z**2
    return a


def one_of_two_or_not(x, w):
    z = w * x
    a = z
    if not (z > 0) or w > 1:
        a = z**2
    return a


def in_a_loop(x, w):
    a = w
    for _ in range(3):
        if a > x:
            a = a * x
        else:
            a = a + w
    return a


def between_two_bounds(x, w):
    return w * w if 0 < x < 1 else w * x


def beside_what_is_known(x, w):
    a = w * x
    k = 2
    if k == 2 and a > 0:
        a = a * a
    return a


OPEN_PROGRAMS = (
    a_conditional_expression, a_name_in_one_way, a_name_in_both_ways, a_sum_that_grows, a_return_in_each_way,
    a_return_and_what_stands_behind, three_ways, one_inside_of_another, both_of_two, one_of_two_or_not, in_a_loop, between_two_bounds,
    beside_what_is_known,
)  # fmt: skip
