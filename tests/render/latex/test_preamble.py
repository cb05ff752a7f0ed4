"""A preamble of one's own: what sets type is taken, whatever could reach a file or a command is refused."""

import pytest

from tutor.errors import Problems
from tutor.render.latex.preamble import COMMANDS, check_preamble

FINE = [
    "",
    "% only words \\input{x}\n",
    "\\newcommand{\\R}{\\mathbb{R}}\n\\newcommand*\\E[1]{\\operatorname{E}\\left[#1\\right]}",
    "\\DeclareMathOperator{\\tr}{tr} \\newcommand{\\A}{\\tr(A)}",
    "\\usepackage{amssymb,bm}\n\\usepackage[T1]{fontenc}\\usepackage{lmodern}",
    "\\usepackage{fancyhdr}\\pagestyle{fancy}\\fancyhf{}\\lhead{Übung 3}\\rhead{\\thepage}\\renewcommand{\\headrulewidth}{0.4pt}",
    "\\definecolor{uni}{RGB}{0, 80, 155} \\color{uni}",
    "\\newenvironment{hint}{\\begin{center}\\itshape}{\\end{center}}",
    "\\setlength{\\parskip}{4pt plus 1pt} \\let\\phi\\varphi \\def\\half{\\tfrac12}",
]
EVIL = [
    "\\input{/etc/passwd}", "\\include{x}", "\\openin1=x", "\\read1 to\\x", "\\write18{ls}", "\\immediate\\write18{ls}", "\\catcode`\\@=11",
    "\\csname input\\endcsname{x}", "\\begin{input}{x}\\end{input}", "^^5cinput{x}", "\\^^69nput{x}",
    "\\usepackage{shellesc}", "\\usepackage{/tmp/x}",
    "\\usepackage[\\input{x}]{bm}", "\\RequirePackage{bm}", "\\makeatletter\\@input{x}", "\\directlua{x}", "\\includegraphics{x}",
    "\\lstinputlisting{x}", "\\verbatiminput{x}", "\\InputIfFileExists{x}{}{}", "\\scantokens{x}", "\\special{x}", "\\pdfobj file {x}",
    "\\newcommand{\\input}{}\\input{x}", "\\providecommand{\\openin}{}", "{\\def\\input{}}\\input{x}", "\\let\\x\\input \\x{y}",
    "\\newenvironment{input}{}{}\\begin{input}", "\\expandafter\\x", "\\begin{document}", "\\end{document}", "\\ExplSyntaxOn",
    "\\AtBeginDocument{x}", "\\UseName{input}", "\\font\\x=cmr10", "\\newread\\x", "\\loop\\repeat", "\\begin{\\x}", "\\usepackage\\x",
    "\\endinput", "\\openout1=x", "\\batchmode", "\\x", "\\begin {input}", "\\string\\x", "\\graphicspath{{x}}", "\\usetikzlibrary{x}",
    "\\lowercase{x}", "\\jobname", "\\newcommand{\\x}{\\tableofcontents}", "a\x00b", "\\DeclareMathOperator{\\include}{x}", "\\@",
]  # fmt: skip


@pytest.mark.parametrize("text", FINE)
def test_what_sets_type_is_taken(text):
    assert check_preamble(text) == text


@pytest.mark.parametrize("text", EVIL)
def test_what_reaches_further_is_refused(text):
    with pytest.raises(Problems, match=r"a preamble may not"):
        check_preamble(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [("{", "not closed"), ("{a}\n{b}\n{c{d}\n\n", "line 3: a { that"), ("}", "closes nothing"), ("x" * 60_000, "60,000 characters")],
)
def test_what_breaks_is_said(text, what):
    with pytest.raises(Problems, match=what):
        check_preamble(text)


def test_all_faults_are_said_at_once_with_their_lines():
    with pytest.raises(Problems) as found:
        check_preamble("\\newcommand{\\R}{x}\n\\input{a}\n\n\\write18{b}\n\\input{c}", "mine.tex")
    assert str(found.value).startswith("mine.tex: 2 faults\n- line 2: ")
    assert "line 4: a preamble may not use \\write" in str(found.value)


def test_no_command_reaches_a_file():
    reaching = ("input", "include", "openin", "openout", "write", "file", "csname", "catcode", "lua", "special", "scantokens", "image")
    assert not [name for name in COMMANDS if any(part in name.lower() for part in reaching)]


def test_the_fine_ones_compile(pages):
    from tutor.explain.document import Document, Heading
    from tutor.notation.profile import Notation
    from tutor.render.latex.article import document

    text = document(Document("Sheet", blocks=(Heading("x"),)), Notation(), "\n".join(FINE).replace("Ü", "U"))
    assert pages(text.replace("\\usepackage{lmodern}", "")) == 1
