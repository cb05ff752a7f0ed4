"""Mathematics in titles, notes, questions and errata: read and set anew in every format, or shown as text; nothing passes through."""

import html
import re

import pytest
from chosen_exercises import chosen_ids, load_once

import tutor
from tutor.exercise.load import from_text
from tutor.explain.document import Math
from tutor.explain.written_maths import set_maths, set_title
from tutor.expression.plain import write_plain
from tutor.notation.profile import Notation, notation
from tutor.notation.symbol import Symbol

READ = [  # a text; its pieces: words as they are, maths as plain text in brackets
    ("the weight $w_1$ alone", "the weight [w_1] alone"), ("$w_{12}$", "[w_12]"), (r"$\hat{y}$ and $y$", r"[\hat{y}] and [y]"),
    (r"$\frac{\partial L}{\partial w_5}$", "[dL/dw_5]"), ("$z = w x + b$.", "[z] = [w*x + b]."), (r"$\sigma'(z)$", "[sigmoid'(z)]"),
    (r"from $\eta$ to $2\eta$", r"from [\eta] to [2*eta]"), (r"$x^{L-1}$", "[x^{L-1}]"), (r"$\mathcal{L}$", r"[\mathcal{L}]"),
    (r"$W^{(1)}$", "[W^{(1)}]"), ("$w_1$$w_2$", "$w_1$$w_2$"), (r"$\max(0, x)$", "[max(0, x)]"), ("$2/3$", "[2/3]"),
    ("it costs $5 and $6", "it costs $5 and $6"), ("$5", "$5"), ("", ""), ("no maths", "no maths"),
    ("$ x $", "$ x $"), (r"\$x\$", r"\$x\$"),
    ("$$x$$", "$$x$$"), ("$nofunction(x)$", "$nofunction(x)$"), ("$a = b = c = d = e$", "[a=b=c=d=e]"), ("$x$2", "$x$2"),
    (r"$y(\tau) = \int x(t)\,y(\tau - t)\,dt$", r"[y(\tau)=\int x(t)\,y(\tau-t)\,dt]"), ("$θ ← θ + η$", r"[\theta\leftarrow\theta+\eta]"),
    ("$‖a‖$", r"[\lVert a\rVert]"), ("$[a](b)$", "$[a](b)$"), (r"$a \href{b}$", r"$a \href{b}$"), ("$x[t]$", "[x[t]]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "read"), READ)
def test_maths_between_dollars_is_read(text, read):
    parts = set_maths(text, Notation())
    assert "".join(f"[{write_plain(part.expr)}]" if isinstance(part, Math) else part for part in parts).replace("\xa0", " ") == read


def test_symbols_of_the_course_are_known():
    own = Notation(symbols={"w5": Symbol("w_{1,0,0}", "w₁,₀,₀"), "L": Symbol(r"\mathcal{L}", "ℒ")})
    assert set_maths(r"$w_{1,0,0}$ and $\mathcal{L}$", own)[0].expr.name == "w5"
    assert set_title(r"$w_{1,0,0}$ and $\mathcal{L}$", own)[0] == "w₁,₀,₀ and ℒ"
    assert set_title("no maths", own) == ("no maths", ())
    assert notation("plain").symbol(r"\hat{y}^{(2)}").text == "ŷ⁽²⁾"


HOSTILE = [
    r"$\input{/etc/passwd}$", r"$\write18{rm -rf x}$", r"$x$\input{a}$y$", r"$\def\x{\x}\x$", r"$\catcode`\$=12$", r"$x}\end{document}{$",
    "$<script>alert(1)</script>$", "$x$<img src=x onerror=y>$y$", "$\x1b[2J$", "$\u202ex$", "$[a](javascript:b)$", r"$\href{x}{y}$",
    "$x^{" + "{" * 50 + "$", "$" + "(" * 190 + "$", "$9^9^9^9^9$", r"$\sum_{i=1}^{99999999} i$", "$x$" * 500,
    r"$\text{\input{a}}$", r"$\mathbf{\input{a}}$",
    "$w_1$ & % # ~ ^ \\ { } $w_2$", r"$\begin{verbatim}$", "$`x`$", "$x|y|z$", r"$^^5cinput{a}$", "${}$", "$_$", "$^$", "$'$", "$\\$",
]  # fmt: skip
EXERCISE = 'title = {0}\nsteps = ["L = (w_1*x - y)^2"]\nnotes = [{0}]\n[values]\nw_1 = 1\nx = 2\ny = 1\n'
EXERCISE += '[[question]]\nask = "dL/dw_1"\ntext = {0}\nmarks = 1\n[[claim]]\nclaim = "L"\nprinted = "2"\nerratum = {0}\n'
EXERCISE += '[[question]]\nid = "c"\nkind = "choice"\ntext = {0}\noptions = [{0}, "no"]\nright = "a"\nmarks = 1\n'


def toml(text):
    return '"' + "".join(f"\\u{ord(sign):04x}" if sign in '"\\' or ord(sign) < 32 or ord(sign) == 127 else sign for sign in text) + '"'


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_is_not_understood_is_shown_and_never_passed_through(text):
    exercise = from_text(EXERCISE.format(toml(text)), "t")
    pages = [tutor.solve(exercise), tutor.sheet(exercise, title=text, cover=text)]
    for page in pages:
        latex = page.to_latex()
        for command in ("input", "write", "def", "catcode", "href", "begin{verbatim}"):
            assert rf"\{command}{{" not in latex.partition(r"\begin{document}")[2].replace(r"\begin{align", "")
        body = latex.partition(r"\begin{document}")[2]
        assert body.count(r"\end{document}") == 1
        assert "^^" not in body
        assert latex.isascii()
        web = str(page.to("html"))
        assert "<script" not in web
        assert "<img" not in web
        assert not re.search(r"[\x1b\u202e]", latex + web + page.to_text() + page.to_markdown())
        assert "[a](javascript" not in page.to_markdown()


W_1 = r"<msub><mi>w</mi><mn>1</mn></msub></mrow><annotation encoding=.application/x-tex.>w_\{1\}</annotation></semantics>"


def test_every_format_sets_it(pages):
    exercise = from_text(EXERCISE.format(toml(r"How $w_1$ moves $\frac{\partial L}{\partial w_1}$")), "t")
    for page in (tutor.solve(exercise), tutor.sheet(exercise, title="Sheet on $w_1$", cover="With $x^2$")):
        latex, web, text = page.to_latex(), str(page.to("html")), " ".join(page.to_text().split())
        assert "$w_{1}$ moves" in latex
        assert "moves ∂L/∂w₁" in text
        assert "$" not in html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", web, flags=re.DOTALL))
        assert re.search(f"{W_1}</math> moves", web)
        assert "w _{1}$ moves" in page.to_markdown()
        assert pages(latex) >= 1
    assert r"a)~How $w_{1}$ moves" in latex
    assert re.search(rf"a\) How <math><semantics><mrow>{W_1}</math>", web)
    assert "<title>Sheet on w₁</title>" in web
    assert "Sheet on $w_{1}$" in latex
    assert "With $x^{2}$" in latex


_RAW = re.compile(r"\w_[\w{]|[A-Za-z)]\^|\bd[A-Za-z]\w*/d[A-Za-z]")


@pytest.mark.parametrize("ident", chosen_ids())
def test_what_the_catalogue_says_has_no_raw_names(ident):
    exercise = load_once(ident)
    profile = notation(exercise.notation)
    said = [exercise.title, exercise.source, *exercise.notes, *(claim.erratum or "" for claim in exercise.claims)]
    said += [question.text for question in exercise.questions]
    words = ["".join(part for part in set_maths(text, profile) if isinstance(part, str)) for text in said]
    assert [text for text in words if _RAW.search(text) or "$" in text] == []
    assert "$" not in "".join(verdict.written.erratum for verdict in tutor.check(ident) if verdict.written)


def test_an_array_with_a_hat_is_bold_in_words_as_on_its_page():
    page = tutor.solve("dl/linear-collapse-layers", notation_name="graz").to("latex")
    assert r"\hat{\mathbf{W}}$~=~$\mathbf{W}_{2}" in page
