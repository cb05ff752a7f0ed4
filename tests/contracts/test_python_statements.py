"""Statements as a good programmer writes them; what they compute stays the same."""

import numpy as np

from tutor.contracts.python_statements import LONGEST_LINE, Statement, write_statements

WRITTEN = {  # a value of numbers n and arrays: as it is written
    "2 * (1 / n * a)": "2 * a / n", "1 / 5 * a": "0.2 * a", "1 / 3 * a": "a / 3", "2 * (0.2 * a)": "0.4 * a", "a - -b * c": "a + b * c",
    "a + -(b * c)": "a - b * c", "a + (b - c)": "a + b - c",
    "a - (b + c)": "a - (b + c)", "(-(a * b)).sum(axis=0)": "-(a * b).sum(axis=0)", "a * (b / (c * 2))": "a * b / (c * 2)",
    "(a.sum(axis=-1) / n)[..., None]": "a.sum(axis=-1, keepdims=True) / n", "a / (b / c)": "a / (b / c)", "a @ (b.T * 2)": "a @ (b.T * 2)",
    "(1 / n * a[..., :1][..., 0])[..., None]": "a[..., :1] / n", "-(a * b) @ c.T": "-a * b @ c.T", "-((a > 0) * b)": "-((a > 0) * b)",
    "(a @ b.T) * c[0, 0]": "a @ b.T * c[0, 0]",
    "a * (b @ c.T @ a)": "a * (b @ c.T @ a)", "(a.sum(axis=0) / n)[..., None]": "(a.sum(axis=0) / n)[..., None]",
    "a[..., 1:2, :][..., 0, :][..., :1][..., 0]": "a[..., 1, :][..., 0]", "a[..., 0:2][..., 0]": "a[..., 0:2][..., 0]",
    "np.broadcast_to(np.broadcast_to(a[..., None], (2, 3, 4))[..., None], (2, 3, 4, 5))":
        "np.broadcast_to(a[..., None, None], (2, 3, 4, 5))",
    "np.concatenate([np.concatenate([a, b], axis=-1), c], axis=-1)": "np.concatenate([a, b, c], axis=-1)",
    "(a[..., 1:2][..., 0] / n)[..., None]": "a[..., 1:2] / n",
    "a[:2][:1]": "a[:1]", "a[0:2][1:2]": "a[1:2]", "a[-1:][:1]": "a[-1:][:1]",
    "np.concatenate([np.concatenate([a[None], b[None]]), c[None]])": "np.stack([a, b, c])",
    "np.concatenate([np.broadcast_to(n, (1,)), np.broadcast_to(a.sum(), (1,))])": "np.stack([n, a.sum()])",
    "np.concatenate([np.concatenate([a, b], axis=0), c[:2]], axis=1)[:0]": None,
}  # fmt: skip
DRAWN = {name: np.random.default_rng(seed).normal(size=(2, 3)) for seed, name in enumerate("abc")} | {"n": 3, "np": np}


def run_body(statements):
    scope = dict(DRAWN)
    exec("\n".join(statements), scope)  # our own statements
    return scope


def test_a_value_is_written_short_and_stays_the_same():
    for value, wanted in WRITTEN.items():
        lines = write_statements([Statement("out", value)], DRAWN, ("n",))
        if wanted is not None:
            assert lines == [f"out = {wanted}"]
            assert np.allclose(run_body(lines)["out"], eval(value, dict(DRAWN)))


def test_what_is_computed_twice_has_a_name_and_long_lines_are_broken():
    long = " + ".join(f"np.exp(a) * b * {count}" for count in range(12))
    body = [Statement("p", "np.exp(a) / np.exp(a).sum()", "2×3"), Statement("da", "p * b", "line 2"),
            Statement("x", "da * (1 - p) @ c.T"), Statement("y", "da * (1 - p) - np.exp(a).sum()"), Statement("z", long, "long"),
            Statement("w", f"np.concatenate([{', '.join(['a * b * c + n'] * 8)}], axis=0)", "a list")]  # fmt: skip
    lines = write_statements(body, (), ("n",), ("da",))
    assert lines[:7] == ["exp_a = np.exp(a)", "sum_exp_a = exp_a.sum()", "p = exp_a / sum_exp_a  # 2×3", "da = p * b  # line 2",
                         "da_scaled = da * (1 - p)", "x = da_scaled @ c.T", "y = da_scaled - sum_exp_a"]  # fmt: skip
    assert all(len(line) <= LONGEST_LINE for line in lines)
    assert {")  # long", "], axis=0)  # a list"} <= {*lines}
    found, direct = run_body(lines), run_body([f"{one.target} = {one.value}" for one in body])
    assert all(np.allclose(found[one.target], direct[one.target]) for one in body)
    large = "(a * b * c - a - b - c)"
    assert write_statements([Statement("p", f"{large} / {large}")])[0] == f"shared = {large[1:-1]}"
    assert write_statements([Statement("p", "f(a) + f(a)")], ("f_a",))[0] == "f_a2 = f(a)"
