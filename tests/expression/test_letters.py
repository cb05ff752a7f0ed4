"""Letters of all scripts: each that is read has an ASCII name, digits of other scripts are refused or written in ASCII."""

from contextlib import suppress

import pytest

from tutor.errors import ExpressionError
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.rules.functions import FUNCTIONS


def read(text, **settings):
    return parse(text, functions=FUNCTIONS, **settings)


@pytest.mark.parametrize("text", ["１２*x", "٣*x", "x^２"])
def test_digits_of_other_scripts_are_refused_or_written_in_ascii(text):
    # \d matches every Unicode digit, which LaTeX cannot set
    with suppress(ExpressionError):
        assert write_plain(read(text)).isascii()


@pytest.mark.parametrize("text", ["ι*x", "ο + 1", "υ", "ς"])
def test_every_letter_that_is_read_has_an_ascii_name(text):
    # iota, omicron, upsilon and final sigma have no spelling in GREEK
    with suppress(ExpressionError):
        assert write_plain(read(text)).isascii()
