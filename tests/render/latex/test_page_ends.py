"""What stands together at the end of a page: closing words with what they close, and with the last picture."""

import pytest
from page_audit import compile_documents, measure_fill, write_exercise

from tutor.explain.document import Document
from tutor.notation.profile import Notation
from tutor.render.latex.article import document
from tutor.render.latex.heights import CLOSING, LAST, measure_block
from tutor.render.latex.page_ends import FLOAT, arrange_end, hold_end, tie_words

ROW = r"w_{1} &= 0.5"
HEADING = "\\section*{{\\raggedright Update}}"
WORDS = "{\\raggedright\\noindent \\textbf{Note}\\enspace a word.\\par}"
LONG = WORDS.replace("a word", "a word and another word and " * 6)


def display(*rows: str) -> str:
    return "\\begin{align*}\n" + " \\\\*\n".join(rows) + "\n\\end{align*}"


def draw(high: int) -> str:
    drawn = f"\\begin{{tikzpicture}}[x=1pt,y=-1pt]\n\\draw (0,0) rectangle (90,{high});\\node at (9,9) {{Drawn}};\\end{{tikzpicture}}"
    return f"\\par\\medskip\n{{\\centering{drawn}\\par}}\\medskip"


@pytest.mark.parametrize(
    ("blocks", "free"),
    [
        ([HEADING, display(*[ROW] * 40), WORDS, WORDS], 2),  # the list is long: all the words, behind its last rows
        ([HEADING, display(*[ROW] * 40), *[WORDS] * 12], 2),
        ([HEADING, display(*[ROW] * 40), HEADING, display(ROW), WORDS], 2),  # the last section
        ([HEADING, display(*[ROW] * 40), WORDS, draw(150), *[WORDS] * 4], 3),  # what stands before the picture is said of the list
        ([HEADING, display(*[ROW] * 40), WORDS, WORDS, draw(150), *[WORDS] * 4], 4),
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


@pytest.mark.parametrize(("rows", "words", "tied"), [(40, 8, True), (40, 3, True), (8, 18, False)])
def test_the_closing_words_go_with_the_rows_before_them(rows, words, tied):
    shown, held = hold_end([display(*[ROW] * rows), *[WORDS] * words])
    assert ("\\postdisplaypenalty=10000" in shown) == tied  # a short list behind half a page, or less, is left where it stands
    assert words == held.count(WORDS)


@pytest.mark.parametrize("ident", ["dl/nested-layers", "published/tailvar-dead-relu"])
def test_what_the_signs_of_a_list_mean_stands_with_it_in_front_of_a_picture(ident):
    above, held = write_exercise(ident, "neuron").split("\\def\\tutorend{%\n")
    listed, tied, words = above.rpartition("\\interdisplaylinepenalty=10000 \n\\end{align*}}%\n")
    assert listed
    assert tied
    assert words.startswith("{\\raggedright\\noindent \\textbf{Where}")
    assert "\\textbf{Where}" not in held
    assert "\\begin{align*}" not in words


def test_very_many_errata_are_not_torn():
    words = [LONG] * 14
    assert hold_end([display(*[ROW] * 40), *words])[-1].count(LONG) == len(words)
    assert sum(map(measure_block, words)) > LAST


ENDS = {  # rows, rows of a section that the picture may stand before, its height, closing words, pages
    "Rows": (10, 0, 300, 6, 1),
    "Drawn": (44, 0, 250, 8, 2),  # the picture goes along
    "Drawn, low": (44, 0, 120, 6, 2),
    "Last": (8, 0, 560, 10, 2),  # it would leave a page nearly empty
    "Last, long": (26, 0, 180, 10, 2),  # it has room, and the words behind it may stand alone
    "Rows, before them": (2, 18, 330, 14, 2),  # in front of the list, whose last rows go along
    "Drawn, after them": (24, 6, 260, 10, 2),
}


@pytest.mark.slow
def test_no_closing_words_stand_alone_on_a_page_where_others_can_go_along(tex, tmp_path):
    article, sources = document(Document(""), Notation()), {}
    for name, (before, moved, high, words, _) in ENDS.items():
        lists = [HEADING, display(*[r"\text{Rows} &= 1"] * moved)] if moved else []
        blocks = [display(*[r"\text{Rows} &= 1"] * before), *lists, draw(high), *[LONG.replace("Note", "Last")] * words]
        body = "\n".join(hold_end(blocks, 1 if moved else None)).replace("\\\\*", "\\\\")
        sources[name] = article.replace("\\par\\endgroup", body + "\n\\par\\endgroup")
    for seen in compile_documents(sources, tmp_path):
        assert len(seen.pages) == ENDS[seen.name][-1]
        assert all(measure_fill(page) > 0.5 for page in seen.pages[:-1])
        assert seen.pages[-1].texts[0].startswith(seen.name.partition(",")[0])
        assert sum(page.texts.count("Last") for page in seen.pages) == ENDS[seen.name][3]


@pytest.mark.slow
def test_a_picture_stands_at_the_top_of_the_page_on_which_its_list_ends_high_up(tex, tmp_path):
    rows = display(*[r"\text{Rows} &= 1"] * 36)
    body = "\n".join(hold_end([*[LONG] * 20, rows, draw(430), *[LONG.replace("Note", "Last")] * 12])).replace("\\\\*", "\\\\")
    source = document(Document(""), Notation()).replace("\\par\\endgroup", body + "\n\\par\\endgroup")
    (seen,) = compile_documents({"page": source}, tmp_path)
    assert [page.texts[0][:4] for page in seen.pages] == ["Note", "Draw", "Rows"]
    assert all(measure_fill(page) > 0.5 for page in seen.pages[:-1])


def test_a_picture_with_a_page_of_its_own_comes_first():
    blocks = [HEADING, display(*[ROW] * 40), FLOAT + "x\\end{figure}", *[WORDS] * 3]
    assert arrange_end(blocks)[0] == blocks[2]
    assert len(arrange_end(blocks)) == 4


def test_what_the_signs_of_a_list_mean_stays_with_it():
    tied = tie_words([display(ROW), WORDS, display(ROW), HEADING])
    assert tied[0].startswith("{\\postdisplaypenalty=10000 ")
    assert tied[1:] == [WORDS, display(ROW), HEADING]


SQUEEZED = {"ends": (25, 16, 1), "fits": (15, 16, 1), "long": (40, 16, 2)}  # rows, closing words, pages


@pytest.mark.slow
def test_closing_words_are_small_where_that_saves_a_page(tex, tmp_path):
    """A page three quarters full and another of closing words become one; where they have room, or never would, they are not small."""
    article, sources = document(Document(""), Notation()), {}
    for name, (rows, words, _) in SQUEEZED.items():
        body = "\n".join(hold_end([display(*[ROW] * rows), *[LONG] * words])).replace("\\\\*", "\\\\")
        sources[name] = article.replace("\\par\\endgroup", body + "\n\\par\\endgroup")
    for seen in compile_documents(sources, tmp_path):
        assert len(seen.pages) == SQUEEZED[seen.name][-1], seen.name
        assert not seen.complaints
        assert any(8.9 < size < 9.1 for page in seen.pages for size in page.sizes) == (seen.name == "ends"), seen.name


@pytest.mark.slow
def test_what_follows_a_picture_fills_the_page_that_has_no_room_for_it(tex, tmp_path):
    """Half empty pages stood in front of pictures, with a whole section behind them."""
    rows = display(*[r"\text{Rows} &= 1"] * 22)
    blocks = [*[LONG] * 20, draw(330), HEADING, rows, *[LONG.replace("Note", "Last")] * 3]
    body = "\n".join(hold_end(blocks)).replace("\\\\*", "\\\\")
    source = document(Document(""), Notation()).replace("\\par\\endgroup", body + "\n\\par\\endgroup")
    (seen,) = compile_documents({"page": source}, tmp_path)
    assert [page.texts[0][:4] for page in seen.pages] == ["Note", "Draw"]
    assert "Rows=1" in seen.pages[0].texts
    assert measure_fill(seen.pages[0]) > 0.9
    assert not seen.complaints
