"""What is kept together on a page: ends of lists, short lists, the closing words with what they close."""

import pytest

from tutor.render.latex.heights import (
    CLOSING,
    ENDS,
    FLOAT,
    LAST,
    TOGETHER,
    arrange_end,
    hold_end,
    join_rows,
    measure_block,
    measure_row,
)

ROW = r"w_{1} &= 0.5"
FRACTION = r"\frac{\partial L}{\partial w} &= 0.5"
MATRIX = r"W &= \begin{bmatrix}" + r" \\ ".join(["1 & 2"] * 12) + r"\end{bmatrix}"
HEADING = "\\section*{{\\raggedright Update}}"
WORDS = "{\\raggedright\\noindent \\textbf{Note}\\enspace a word.\\par}"


def display(*rows: str) -> str:
    return "\\begin{align*}\n" + " \\\\*\n".join(rows) + "\n\\end{align*}"


def parts(text: str) -> list[str]:
    """The pieces of a display between which a page may end."""
    return text.split(" \\\\\n")


@pytest.mark.parametrize("rows", [[ROW] * 3, [ROW] * 14, [FRACTION] * 7])
def test_a_short_list_is_not_parted(rows):
    assert sum(map(measure_row, rows)) <= TOGETHER
    assert len(parts(join_rows([[row] for row in rows]))) == 1


@pytest.mark.parametrize("rows", [[ROW] * 30, [FRACTION] * 16, [ROW] * 10 + [FRACTION] * 8, [MATRIX] * 3])
def test_no_few_lines_are_torn_off_a_long_one(rows):
    pieces = parts(join_rows([[row] for row in rows]))
    assert len(pieces) > 1
    for end in (pieces[0], pieces[-1]):
        assert sum(map(measure_row, end.split(" \\\\*\n"))) >= ENDS


def test_rows_of_one_equation_stay_together_unless_they_are_very_many():
    assert len(parts(join_rows([[ROW] * 4] * 10))) <= 10
    assert len(parts(join_rows([[ROW] * 40]))) == 40


def test_a_matrix_is_as_high_as_its_rows():
    assert measure_row(MATRIX) > 12 > measure_row(FRACTION) > measure_row(ROW)


@pytest.mark.parametrize(
    ("blocks", "free"),
    [
        ([HEADING, display(*[ROW] * 40), WORDS, WORDS], 2),  # the list is long: all the words, behind its last rows
        ([HEADING, display(*[ROW] * 40), *[WORDS] * 12], 2),
        ([HEADING, display(*[ROW] * 40), HEADING, display(ROW), WORDS], 2),  # the last section
        ([HEADING, display(*[ROW] * 40), HEADING, display(*[ROW] * 40)], 4),  # nothing short enough
        ([WORDS, WORDS], 0),
        ([], 0),
        ([WORDS, "\\begin{figure}[p]x\\end{figure}", WORDS], 3),
    ],
)
def test_the_end_of_a_page_is_kept_together(blocks, free):
    held = hold_end(blocks)
    assert all(block[:-20] in shown for block, shown in zip(blocks[:free], held[:free], strict=True))
    assert len(held) == free + (free < len(blocks))
    for block in blocks[free:]:
        assert block in held[-1]


def test_what_is_kept_together_makes_some_lines_where_there_are_some():
    blocks = [display(ROW, f"a_{{{place}}} &= 1") for place in range(20)] + [WORDS]
    held = hold_end(blocks)[-1]
    assert CLOSING <= sum(measure_block(block) for block in blocks if block in held) <= LAST


FIGURE = "\\par\\medskip\n{\\centering\\begin{tikzpicture}[x=1pt,y=-1pt]\n\\path rectangle (1,HIGH);\\par}\\medskip"


@pytest.mark.parametrize(
    ("before", "tie"),
    [
        (display(*[ROW] * 40), "\\postdisplaypenalty=10000"),
        (FIGURE.replace("HIGH", "200"), "\\nopagebreak\\medskip"),
        (FIGURE.replace("HIGH", "500"), ""),  # half a page: it may end a page, and the words may follow alone
    ],
)
def test_the_closing_words_go_with_what_they_close(before, tie):
    shown, _ = hold_end([before, *[WORDS] * 8])
    assert (shown == before) if not tie else (tie in shown)


def test_a_picture_with_a_page_of_its_own_comes_first():
    blocks = [HEADING, display(*[ROW] * 40), FLOAT + "x\\end{figure}", *[WORDS] * 3]
    assert arrange_end(blocks)[0] == blocks[2]
    assert len(arrange_end(blocks)) == 4
