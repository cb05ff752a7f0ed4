"""A plugin of pytest: a course's own tests say which line of a hand-written backward pass is wrong, and why.

    def test_affine(assert_backward):
        assert_backward(layers.affine_backward, layers.affine_forward)

pytest finds it by itself once tutor is installed.  It costs nothing until a test asks for it: all else is imported then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """What the tests of a course show, in which language, and what becomes of what is not judged: lines of its pytest.ini."""
    parser.addini("tutor_reveal", "how much assert_backward shows: none, hint or solution", default="solution")
    parser.addini("tutor_undecided", "what a backward pass that cannot be judged does to its test: fail or skip", default="fail")
    parser.addini("tutor_lang", "the language of what assert_backward says, such as de", default="")


@pytest.fixture
def assert_backward(request: pytest.FixtureRequest) -> Callable[..., None]:
    """A function of a backward function and its forward function: the test fails, with the page that says why, where a gradient is wrong.

    A backward pass that could not be judged fails it too, with the reason: it is not said to be wrong, and nothing says that it is right.
    With ``undecided="skip"`` such a test is skipped, for a course that looks at its skipped tests.  Shapes or values that the
    functions do not tell are said beside them: ``assert_backward(f_backward, f_forward, shapes={"h0": ("H", 1)}, given={"x": x})``.
    """
    reveal, language = str(request.config.getini("tutor_reveal")), str(request.config.getini("tutor_lang"))
    usual = str(request.config.getini("tutor_undecided"))

    def check(
        backward: Callable[..., Any] | str, forward: Callable[..., Any] | str, undecided: str = usual, *, given: Any = None,
        shapes: Any = None,
    ) -> None:
        __tracebackhide__ = True
        fail_with_page(backward, forward, reveal, language, undecided, given=given, shapes=shapes)

    return check


def fail_with_page(
    backward: Callable[..., Any] | str, forward: Callable[..., Any] | str, reveal: str = "solution", language: str = "",
    undecided: str = "fail", *, given: Any = None, shapes: Any = None,
) -> None:  # fmt: skip
    """Fail a test with the page about a backward pass that is wrong, or that could not be judged; ``undecided="skip"`` skips that.

    ``given`` (values) and ``shapes`` of what the functions take are those of `tutor.check_backward`.

    >>> fail_with_page("def f_backward(g, x): return 2 * g * x", "def f_forward(x): return x ** 2, x")
    """
    from tutor.errors import TutorError
    from tutor.results.code_check import check_backward

    __tracebackhide__ = True
    if reveal not in ("none", "hint", "solution"):
        raise pytest.UsageError(f"tutor_reveal is none, hint or solution, not {reveal!r}")
    if undecided not in ("fail", "skip"):
        raise pytest.UsageError(f"tutor_undecided is fail or skip, not {undecided!r}")
    refused = ""
    try:
        found = check_backward(backward, forward, language or None, reveal, given, shapes)  # type: ignore[arg-type]
    except TutorError as error:
        refused = str(error)
    if refused:
        pytest.fail(refused, pytrace=False)
    if any(verdict.verdict == "wrong" for verdict in found.verdicts):
        pytest.fail(found.to_text(80), pytrace=False)
    if not found.ok:
        why = " ".join(found.to_text(10_000).split("\n", 2)[-1].split())[:400]
        if undecided == "skip":
            pytest.skip(why)
        pytest.fail(found.words.code.NOT_JUDGED.format(why=why), pytrace=False)
