"""Marked work of ten made-up students of neuron/two-two-two, for the tests of reports; and strings that must never get through."""

from __future__ import annotations

from fractions import Fraction

from tutor.exercise.question import Question
from tutor.expression.nodes import Add, Mul, Name, Neg, Number, Partial
from tutor.marking.marked import BrokenLine, Credit, Marked, MarkedAnswer, Refutation, Slip

IDENT, TITLE = "neuron/two-two-two", "A 2-2-2 network learns"
ASKED = {
    "out_h1": "0.593269992", "out_o1": "0.75136507", "dL/dout_o1": "0.74136507", "dout_o1/din_o1": "0.186815602",
    "dL/dw5": "0.0821670407", "dL/dw6": "0.0826676278", "dL/dout_h1": "0.0363503", "dL/dw1": "0.000438568",
    "w5 after 1": "0.35891648", "w1 after 1": "0.149780716",
}  # fmt: skip
QUESTIONS = tuple(
    Question(ask, ask, targets=(ask.replace(" after ", "@"),), marks=Fraction(2 if "dw" in ask else 1)) for ask in ASKED
)
OWN = {"i1": "0.05", "i2": "0.1", "w5": "0.4", "target_o1": "0.01", "b1": "0.35"} | {
    ask.replace(" after ", "@"): value for ask, value in ASKED.items()
}
SOLUTIONS = {ask: (None, value) for ask, value in ASKED.items()} | {
    "dL/dw5": (Mul((Partial("L", "out_o1"), Partial("out_o1", "in_o1"), Partial("in_o1", "w5"))), ASKED["dL/dw5"]),
    "dL/dout_o1": (Add((Name("out_o1"), Neg(Name("target_o1")))), ASKED["dL/dout_o1"]),
    "dout_o1/din_o1": (Mul((Name("out_o1"), Add((Number("1"), Neg(Name("out_o1")))))), ASKED["dout_o1/din_o1"]),
}
RULES = {"dL/dw1": "the sum over all paths", "out_h1": "the sigmoid"}

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "![](javascript:alert(1))", "[a](javascript:alert(1))", "$x$ $$y$$",
    "`code` ```", "a | b || c", "\x1b[31mred\x1b[0m", "[red]x[/red]", "\u202egnp.exe", "\u2066x\u2069", "a\x00b", "\x07\x08\x9b31m",
    "\\input{/etc/passwd}", "\\write18{id}", "\\end{document}", "% # & _ ^ ~ { } \\", "=HYPERLINK(1)", "# heading", "- list", "1. list",
    "> quote", "---", "***", "<!-- x -->", "&lt;b&gt;", "héllo ß 漢字 😀", "\ud800", "\ufeff\u200bzero", "a\r\nb\tc", "x" * 500,
    "^^41 ^^5c", "\\verb|x|", "]]>", "</title></svg>", "{\\catcode`\\%=12}", "~" * 90, "é" * 120, "漢" * 120,
)  # fmt: skip


def answer(question, verdict="correct", text=None, marks=None, **more):
    """An answer with the marks that its verdict usually has."""
    out_of = next((each.marks for each in QUESTIONS if each.id == question), Fraction(1))
    share = {"correct": Fraction(1), "follow-through": Fraction(1), "misconception": Fraction(1, 2)}.get(verdict, Fraction(0))
    got = out_of * share if marks is None else marks
    return MarkedAnswer(question, ASKED.get(question, "") if text is None else text, verdict, got, out_of, **more)


def student(name, *answers, first="", **more):
    """The work of a student: correct answers, but for those given."""
    own = {each.question: each for each in answers}
    full = tuple(own.get(ask) or answer(ask) for ask in ASKED)
    got, out_of = sum(each.marks for each in full), sum(each.out_of for each in full)
    return Marked(name, IDENT, full, got, out_of, first, version="1", **more)


def slip(*tags, at=""):
    return tuple((Slip(tag, at),) for tag in tags)


HALF = (Credit("award", Fraction(1, 2), "sign-of-error"),)
SIGN = answer(
    "dL/dout_o1", "misconception", "-0.741365", slips=slip("sign-of-error", at="dL/dout_o1"), credits=HALF,
    refutation=Refutation((("out_o1", "-1"), ("target_o1", "2")), "3", "-3"),
)  # fmt: skip
FOLLOWS = (
    answer("dL/dw5", "follow-through", "-0.0821670407", follows=("dL/dout_o1",)),
    answer("dL/dw6", "follow-through", "-0.0826676278", follows=("dL/dout_o1",)),
    answer("w5 after 1", "follow-through", "0.44108352", follows=("dL/dw5",)),
)
UNREADABLE = answer(
    "dL/dw1", "unreadable", "0,000438568",
    message="a decimal comma is not understood\n    0,000438568\n     ^\n  write 0.000438568",
)  # fmt: skip
BROKEN = answer(
    "dL/dw5", "correct", "dL/dout_o1 * dout_o1/din_o1 * out_h1\n0.7414 * 0.1868 + 0.5933\n0.082167", outcome="broken-line",
    line=BrokenLine(2, "0.7414 * 0.1868 + 0.5933", "before", "0.7318", "0.082167"), marks=Fraction(5, 3),
)  # fmt: skip
PATH = answer(
    "dL/dout_h1", "misconception", "0.0553994", slips=slip("missing-path", at="dL/dout_h1"),
    refutation=Refutation((), "0.0553994", "0.0363503"),
)  # fmt: skip
TWO_WAYS = answer(
    "dout_o1/din_o1", "misconception", "0.75", slips=slip("sigmoid-slope-is-output", "slope-at-wrong-node", at="dout_o1/din_o1")
)
PAIR = answer(
    "dL/dw1", "misconception", "-0.0033", marks=Fraction(1, 3),
    slips=((Slip("missing-path", "dL/dout_h1"), Slip("sign-of-error", "dL/dout_o1")),),
)  # fmt: skip

CLASS = (
    student("Anna Berger", SIGN, *FOLLOWS, first="dL/dout_o1"),
    student("Ben Çelik"),
    student("Cléo Dubois", UNREADABLE, BROKEN, first="dL/dw5", person=("dL/dw1",)),
    student("Dan O'Neil", PATH, answer("dL/dw1", "follow-through", "0.000668", follows=("dL/dout_h1",)), first="dL/dout_h1"),
    student("Eva Fischer", TWO_WAYS, answer("dL/dw1", "wrong", "0.1", refutation=Refutation((), "0.1", "0.000438568")),
            first="dout_o1/din_o1"),
    student("Finn", PAIR, answer("w1 after 1", "undecided", "w1 - 0.5*dL/dw1 + 0*x", message="no point could be tried"),
            first="dL/dw1", person=("w1 after 1",)),
    student("Gül", *[answer(ask, "blank", "") for ask in list(ASKED)[4:]]),
    student("Hana Ito", answer("out_o1", "correct", "0.75", outcome="few-digits", marks=Fraction(3, 4)),
            answer("w5 after 1", "misconception", "0.441", slips=slip("step-up", at="w5@1")), first="w5 after 1"),
    student("Ivo", SIGN, *FOLLOWS, PATH, first="dL/dout_o1", problems=("there is no question dL/dw99: did you mean dL/dw5?",)),
    Marked("../../etc/passwd", IDENT, status="could not be marked", reason="the file is not text: it begins with PK"),
)  # fmt: skip


def hostile(text):
    """The work of a student who typed one text wherever a text can come from."""
    return Marked(
        text, IDENT,
        (
            MarkedAnswer("dL/dw5", text, "wrong", Fraction(0), Fraction(1), (Credit("award", Fraction(0), text),), text,
                         line=BrokenLine(1, text, "goal", text, text), refutation=Refutation(((text, text),), text, text)),
            MarkedAnswer("dL/dw6", text, "unreadable", Fraction(0), Fraction(1), message=f"unknown\n    {text}\n    ^\n  {text}"),
            MarkedAnswer("out_o1", f"a\n{text}\nb", "undecided", Fraction(0), Fraction(1), message=text),
            MarkedAnswer(text, text, "misconception", Fraction(0), Fraction(1), slips=((Slip(text, text),),), follows=(text,)),
        ),
        Fraction(0), Fraction(4), text, "marked", "", (text,), ("dL/dw6",), text, {"name": text},
    )  # fmt: skip
