"""Words are counted as Python's parser sees them, and in time that grows with the text only."""

import pytest

from tutor.program.program_words import has_more_words


@pytest.mark.parametrize(("text", "count"), [
    ("x = y + 1", 5), ("f(x)  # a comment is one", 5), ("s = 'a b c'", 3), ('s = """a\n"b" c"""', 3), ("s = 'it\\'s' + x", 5), ("", 0),
    ("'open\nx", 2), ("t = f'{a}{b}'", 4 + 2 * 3),
])  # fmt: skip
def test_words_are_counted(text, count):
    assert not has_more_words(text, count)
    assert not count or has_more_words(text, count - 1)


@pytest.mark.parametrize("text", ["'\\" * 90_000, '"""' + '"a' * 90_000, "'" * 190_000, '"""\\' * 40_000])
def test_no_text_is_gone_through_again_and_again(text):
    assert has_more_words(text, 1) in (True, False)  # of quadratic work it would not come back
