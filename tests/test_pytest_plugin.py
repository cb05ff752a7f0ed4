"""The fixture of pytest: a wrong backward pass fails with its page, a right one passes; what is not judged fails, or is skipped."""

import pytest

from tutor.pytest_plugin import fail_with_page

FORWARD = "def f_forward(x, w):\n    return x @ w, (x, w)\n"
BACKWARD = "def f_backward(dout, cache):\n    x, w = cache\n    return {}, x.T @ dout\n"


def test_a_test_fails_with_the_page():
    with pytest.raises(pytest.fail.Exception, match=r"(?s)Line 3 .*transpose is missing") as failed:
        fail_with_page(BACKWARD.format("dout @ w"), FORWARD)
    assert all(len(line) <= 80 for line in str(failed.value).split("\n"))
    with pytest.raises(pytest.fail.Exception, match=r"(?s)Zeile 3 .*Achten Sie auf"):
        fail_with_page(BACKWARD.format("dout @ w"), FORWARD, "hint", "de")
    fail_with_page(BACKWARD.format("dout @ w.T"), FORWARD)
    fail_with_page(BACKWARD.format("dout @ w.T"), FORWARD, shapes={"w": (2, 4)}, given={"x": [[1.0, 2.0]]})


def test_what_is_not_judged_is_neither_right_nor_wrong():
    unread = BACKWARD.format("np.linalg.svd(dout)")
    with pytest.raises(pytest.fail.Exception, match=r"could not be judged; it is not said to be wrong.*numpy\.linalg\.svd is not read"):
        fail_with_page(unread, FORWARD)
    with pytest.raises(pytest.skip.Exception, match=r"numpy\.linalg\.svd is not read"):
        fail_with_page(unread, FORWARD, undecided="skip")
    with pytest.raises(pytest.UsageError, match="tutor_undecided"):
        fail_with_page(FORWARD, FORWARD, undecided="pass")
    with pytest.raises(pytest.fail.Exception, match="the source of this function is not there"):
        fail_with_page(len, FORWARD)
    with pytest.raises(pytest.UsageError, match="tutor_reveal"):
        fail_with_page(FORWARD, FORWARD, "all")
