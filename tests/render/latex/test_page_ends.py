"""How a document is parted into pages: where its picture stands, and what stands together at its end."""

import re

import pytest
from page_audit import compile_documents, measure_fill, write_exercise

from tutor.explain.document import Document
from tutor.notation.profile import Notation
from tutor.render.latex.article import document
from tutor.render.latex.page_ends import FLOAT, arrange_pages, tie_end, tie_list, tie_words

ROW = r"w_{1} &= 0.5"
SAID = r"\text{Rows} &= 1"
HEADING = "\\section*{{\\raggedright Update}}"
WORDS = "{\\raggedright\\noindent \\textbf{Note}\\enspace a word.\\par}"
LONG = WORDS.replace("a word", "a word and another word and " * 6)
LAST = LONG.replace("Note", "Last")
TIES = ("\\penalty\\tutortie", "\\postdisplaypenalty=\\tutorrows")


def display(*rows: str) -> str:
    return "\\begin{align*}\n" + " \\\\*\n".join(rows) + "\n\\end{align*}"


def draw(high: int) -> str:
    drawn = f"\\begin{{tikzpicture}}[x=1pt,y=-1pt]\n\\draw (0,0) rectangle (90,{high});\\node at (9,9) {{Drawn}};\\end{{tikzpicture}}"
    return f"\\par\\medskip\n{{\\centering{drawn}\\par}}\\medskip"


def parted(*rows: str) -> str:
    return display(*rows).replace("\\\\*", "\\\\")


def write_article(blocks, figure=None, places=()):
    before, end, after = document(Document(""), Notation()).rpartition("\\par\\endgroup")
    return "\n".join([before, *arrange_pages(blocks, figure, places), end + after])


@pytest.mark.parametrize(
    ("blocks", "free"),
    [
        ([HEADING, display(*[ROW] * 40), WORDS, WORDS], 1),  # the list is long: all the words, behind its last rows
        ([HEADING, display(*[ROW] * 40), *[WORDS] * 12], 1),
        ([HEADING, display(*[ROW] * 40), HEADING, display(ROW), WORDS], 2),  # the last section
        ([HEADING, display(*[ROW] * 40), HEADING, display(*[ROW] * 40)], 4),  # nothing short enough
        ([HEADING, display(*[ROW] * 40), *[LONG] * 14], 1),  # very many errata
        ([WORDS, WORDS], 0),
        ([], 0),
    ],
)
def test_the_end_of_a_page_may_be_kept_together(blocks, free):
    tied = list(tie_end(blocks))
    assert len(tied) == len(blocks)
    assert not any(tie in block for block in tied[:free] for tie in TIES)
    assert all(block == HEADING or any(tie in block for tie in TIES) for block in tied[free:-1])


def test_a_whole_section_may_go_along_with_its_closing_words():
    tied = list(tie_end([HEADING, display(*[ROW] * 20), "\\par\\medskip\n\\begin{tabular}{l}x\\end{tabular}\n\\medskip", *[WORDS] * 8]))
    assert tied[0] == HEADING  # no page ends behind it anyway
    assert "\\postdisplaypenalty=\\tutorhold" in tied[1]
    assert tied[2].endswith("\\par\\penalty\\tutortie\\relax\\medskip%")  # in front of the space at which the page would end


def test_a_picture_may_stand_between_sections_only():
    blocks = [WORDS, HEADING, display(ROW), draw(20), HEADING, display(ROW), WORDS]
    (whole,) = arrange_pages(blocks, 3, [1, 6])
    tries = re.findall(r"\\tutortry\{\d+\}\{(?:\\tutortight)?(?:\\tutorsmall)?(?:\\def\\\w+\{[^}]*\})?(.*)\}%", whole)
    assert sorted(set(tries)) == [
        "\\tutorparta\\tutorpartb\\tutorpartc\\tutorpicture\\tutorpartd",
        "\\tutorparta\\tutorpartb\\tutorpicture\\tutorpartc\\tutorpartd",
        "\\tutorparta\\tutorpicture\\tutorpartb\\tutorpartc\\tutorpartd",
    ]
    assert whole.count("tikzpicture}") == 2  # set once, and shown where it stands best


@pytest.mark.parametrize("ident", ["published/ilh-gru-forward", "neuron/two-two-two"])
def test_no_step_of_an_exercise_stands_behind_a_picture_of_its_derivation(ident):
    parts = re.findall(r"\\def\\tutorpart\w\{%\n(.*?)\\par\}%\n", write_exercise(ident, "plain"), flags=re.DOTALL)
    assert [part.lstrip().startswith("\\section*") for part in parts][1:3] == [True, True]  # a picture stands in front of a part


ENDS = {  # rows, rows of a section that the picture may stand before, its height, closing words, pages
    "Rows": (10, 0, 300, 6, 1),
    "Rows, or drawn": (44, 0, 250, 8, 2),
    "Rows, low": (44, 0, 120, 6, 2),
    "Drawn": (8, 0, 560, 10, 2),
    "Rows, long": (26, 0, 180, 10, 2),
    "Rows, before them": (2, 18, 330, 14, 2),  # in front of the list
    "Drawn, after them": (24, 6, 260, 10, 2),
}


@pytest.mark.slow
def test_no_page_is_half_empty_and_no_closing_words_stand_alone(tex, tmp_path):
    sources = {}
    for name, (before, moved, high, words, _) in ENDS.items():
        lists = [HEADING, parted(*[SAID] * moved)] if moved else []
        blocks = [HEADING, parted(*[SAID] * before), *lists, draw(high), *[LAST] * words]
        sources[name] = write_article(blocks, len(lists) + 2, [2] if moved else [0])
    for seen in compile_documents(sources, tmp_path):
        before, moved, _, words, pages = ENDS[seen.name]
        assert len(seen.pages) == pages, seen.name
        assert not list(seen.list_faults())
        assert all(measure_fill(page) > 0.7 for page in seen.pages[:-1]), seen.name
        assert seen.pages[-1].texts.count("Last") <= words
        texts = [text for page in seen.pages for text in page.texts]
        assert texts.count("Last") == words
        assert sum(text.startswith("Rows") for text in texts) == before + moved
        assert texts.count("Drawn") == 1


@pytest.mark.slow
def test_a_picture_cuts_no_list_in_two(tex, tmp_path):
    blocks = [*[LONG] * 20, HEADING, parted(*[SAID] * 40), draw(430), *[LAST] * 12]
    (seen,) = compile_documents({"page": write_article(blocks, 22, [20])}, tmp_path)
    shown = [text[:4] for page in seen.pages for text in page.texts if text[:4] in ("Rows", "Draw")]
    assert shown in (["Draw", *["Rows"] * 40], [*["Rows"] * 40, "Draw"])
    assert not list(seen.list_faults())


def test_a_picture_with_a_page_of_its_own_comes_first():
    blocks = [HEADING, display(*[ROW] * 40), FLOAT + "x\\end{figure}", *[WORDS] * 3]
    assert arrange_pages(blocks, 2, [0])[0] == blocks[2]
    assert len(arrange_pages(blocks, 2, [0])) == 2


def test_a_long_table_looks_itself_where_its_page_ends():
    table = "{\\def\\tutorhead{x}\\hbox{x}}"
    arranged = arrange_pages([WORDS, HEADING, display(ROW), draw(20), table, WORDS, WORDS], 3, [1, 6])
    assert arranged[1] == table
    assert arranged[0].count("\\tutorparta\\tutorpicture") == 8  # it does not change over to the other side
    assert "tutorpicture" not in arranged[2]
    assert "\\tutoropen" in arranged[0]  # a page that goes on with the table is none that lacks something
    assert "\\tutoropen" not in arranged[2]


def test_what_the_signs_of_a_list_mean_stays_with_it():
    tied = tie_words([display(ROW), WORDS, display(ROW), HEADING])
    assert tied[0].startswith("{\\postdisplaypenalty=10000 ")
    assert tied[1:] == [WORDS, display(ROW), HEADING]
    assert tie_list(tied[0], "\\tutortie") == tied[0]  # what is held already is not held again: two percents would hide a brace


SQUEEZED = {"ends": (25, 16, 1), "fits": (15, 16, 1), "long": (40, 16, 2)}  # rows, closing words, pages


@pytest.mark.slow
def test_closing_words_are_small_where_that_saves_a_page(tex, tmp_path):
    """A page three quarters full and another of closing words become one; where they have room, or never would, they are not small."""
    sources = {name: write_article([parted(*[ROW] * rows), *[LONG] * words]) for name, (rows, words, _) in SQUEEZED.items()}
    for seen in compile_documents(sources, tmp_path):
        assert len(seen.pages) == SQUEEZED[seen.name][-1], seen.name
        assert not seen.complaints
        assert any(8.9 < size < 9.1 for page in seen.pages for size in page.sizes) == (seen.name == "ends"), seen.name


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "pages"), [(46, 1), (50, 1), (56, 2)])
def test_lines_are_closer_where_that_saves_a_page(tex, tmp_path, rows, pages):
    """A few lines too many are taken in by the room between the others; far too many, and too few, stand as ever."""
    sources = {"page": write_article([HEADING, parted(*[SAID] * rows), HEADING, display(SAID), WORDS, WORDS])}
    (seen,) = compile_documents(sources, tmp_path)
    assert len(seen.pages) == pages
    assert not list(seen.list_faults())


@pytest.mark.slow
@pytest.mark.parametrize("ident", ["convolution/max-pooling", "sequences/rnn-step"])
def test_closing_words_do_not_take_a_high_row_along(tex, tmp_path, ident):
    """A picture of six matrices went to the next page with the words below it, and left half a page empty."""
    (seen,) = compile_documents({"page": write_exercise(ident, "plain")}, tmp_path)
    assert not list(seen.list_faults())
    assert all(measure_fill(page) > 0.8 for page in seen.pages[:-1])


@pytest.mark.slow
def test_nothing_of_an_end_is_lost_wherever_it_falls(tex, tmp_path):
    """An end that was set in a box of amsmath's, and then in small type, was gone."""
    sources = {}
    for rows in range(22, 46):
        blocks = [parted(*[ROW] * rows), WORDS, display(SAID), WORDS.replace("a word", "the very last word")]
        sources[str(rows)] = write_article(blocks)
    for seen in compile_documents(sources, tmp_path):
        said = "".join(text for page in seen.pages for text in page.texts)
        assert "Rows" in said
        assert said.endswith("word.")
