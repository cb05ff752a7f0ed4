"""A text as blocks: lines, headings and rows of tables, without what only decorates."""

import pytest

from tutor.answer.files.text_blocks import TextBlock, read_blocks, split_row

BLOCKS = [  # text, (sort, text or cells) of its blocks
    ("a\n---\n# b #\n***\n", [("line", "a"), ("heading", "b"), ("line", "")]),
    ("  a\n  b", [("line", "a"), ("line", "b")]),
    ("a\n  b", [("line", "a"), ("inside", "b")]),
    ("> q: 1", [("line", "q: 1")]),
    ("```\nq = 1\n```", [("line", "q = 1")]),
    ("a\n```\nq = 1\n```", [("line", "a"), ("inside", "```"), ("inside", "q = 1"), ("inside", "```")]),
    ("| x | y |\n|---|---|\n| q | 1 |", [("row", ("x", "y")), ("row", ("q", "1"))]),
    ("x | y\n-- | --\nq | 1\n", [("row", ("x", "y")), ("row", ("q", "1")), ("line", "")]),
    ("| q | r |\n|---|---|\n| 1 | 2 |", [("row", ("q", "1")), ("row", ("r", "2"))]),
    ("+---+---+\n| q | 1 |\n+---+---+", [("row", ("q", "1"))]),
    ("│ q │ 1 │", [("row", ("q", "1"))]),
    ("| 1 | 2 |\n|---|---|", [("line", "| 1 | 2 |"), ("line", "|---|---|")]),
    ("|q| + |r|", [("line", "|q| + |r|")]),
    ("\\begin{align*}\nq &= 1\n\\end{align*}", [("line", "q &= 1")]),
    ("\\section*{q}\n1", [("heading", "q"), ("line", "1")]),
]


@pytest.mark.parametrize(("text", "blocks"), BLOCKS)
def test_a_text_is_taken_apart(text, blocks):
    found = [block for block in read_blocks(text, {"q", "r"}.__contains__) if isinstance(block, TextBlock)]
    shown = [(block.sort, block.cells or block.text) for block in found]
    rules = [("line", "|---|---|")]
    assert [one for one in shown if one not in rules] == [(sort, text) for sort, text in blocks if (sort, text) not in rules] or [
        (sort, text.strip() if isinstance(text, str) else text) for sort, text in shown
    ] == blocks


def test_bars_in_cells():
    assert split_row("| $|x|$ | `a|b` | c \\| d |") == ("$|x|$", "`a|b`", "c | d")
