"""The words of pages: every remark in the singular and in the plural, and a row for each kind."""

from typing import get_args, get_type_hints

import pytest

from tutor.exercise.model import Assumption
from tutor.explain.words.page_words import PageWords
from tutor.graph.network import Network, counts

KINDS = get_args(get_type_hints(Assumption)["kind"])
REMARKS = [
    (Assumption("apart", ("f",), {"count": 3}), "f is taken apart into 3 steps; --as-written leaves it whole."),
    (Assumption("as written", ("f", "g")), "f and g are each differentiated in one step; --apart takes them apart."),
    (Assumption("assumed", tuple("abcdefghij")), "Assumed: a, b, c, d, e, f, g, h and 2 more are trained, since nothing says what is; "
     "--wrt chooses."),
    (Assumption("one quantity", ("wx",), {"product": "w*x"}), "wx is taken as one quantity; write w*x for a product."),
    (Assumption("written out", places={"sizes": "m = 2, n = 3"}), "Written out with m = 2, n = 3."),
    ("a note of the exercise", "a note of the exercise"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "said"), REMARKS)
def test_remarks(remark, said):
    assert PageWords().remark(remark) == said


def test_every_kind_has_its_words():
    assert set(PageWords.REMARKS) == set(KINDS)
    assert set(PageWords.COUNTED) == set(counts(Network((1, 1), ("identity",))))
