"""The fuzzer: mutated right answers, corpus strings, random text and bytes, through every reader and the marker.

    python tests/hostile/fuzz.py --count 1000000 --seed 0

What is checked of each input: no reader raises anything but `AnswerError`; `Marker.mark` and `read_submissions` raise nothing; nothing
takes more calls than stand for 50 ms (see `counted`); every message
and every tenth report is free of what a terminal or a page obeys.  An input that was ever wrong is printed with its number: the
same seed makes the same inputs.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from counted import ANSWER, counted
from hostile import bench
from hostile.corpus import ENTRIES, RIGHT
from messy_class import docx, xlsx

from tutor.answer.files.submissions import read_submissions
from tutor.answer.handed_in import AnswerError, Submission
from tutor.answer.read.array_answers import read_array, read_entries
from tutor.answer.read.choices import read_choice
from tutor.answer.read.reading import read
from tutor.answer.read.working_lines import read_lines
from tutor.results.feedback import reports

EXERCISES = bench.EXERCISES[:4]
SEEDS = (
    RIGHT, "0.0821670407", "dL/dw5", "∂L/∂w5", "8.2×10^-2", r"\frac{\partial L}{\partial out_{o1}} \cdot \frac{1}{1+e^{-in_{o1}}}",
    "w5 out_h1",
    "dL/dout_o1*dout_o1/din_o1*din_o1/dw5 = 0.741×0.187×0.593 = 0.0822", "sigmoid(in_o1)*(1 - sigmoid(in_o1))", "[0.1, 0.2]",
    "[[1, 2], [3, 4]]", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "| 0.1 | 0.2 |\n|---|---|", "0.1; 0.2; 0.3; 0.4", "1[in_o1 > 0]",
    "max(0, in_h1) + |w5 - w6|", "(1 if w5 > 0 else 0)", "-(0.01 - out_o1)*out_o1*(1-out_o1)*w5*out_h1*(1-out_h1)*i1 + dL/dout_o2",
    "½(w5)²",
    "w5 - 0.5*dL/dw5", "w5 − λ·∂L/∂w5", "√(w5^2 + 1)", "softmax_1(w5, w6, w7)", "log(1 + exp(-w5))", "a", "it diverges",
    r"\begin{cases} 1 & \text{if } w5 > 0 \\ 0 & \text{else} \end{cases}", "1/3", "22/7*w5^(1/3)", "gelu'(w5)", "1e-300*w5 + 1e300/w6",
    "(W2 dE/dz2) ⊙ sigmoid'(z1)", "δ¹_j = Σ_v w²_jv δ²_v σ'(z¹_j)", "x1 (dE/dz2)^T", "diag(x1) W2 dE/dz2", "W2^T x1 + b2",
    "outer(x1, y - x2)", r"\delta^2 = \left(W^2 \delta^2\right) \odot \sigma'(z^2)", "sum((x2 - y)^2) fill(1, m)", "row_sums(x1 y^T) 𝟏ᵀ 𝟏",
)  # fmt: skip
PIECES = (
    "+", "-", "*", "/", "^", "**", "(", ")", "[", "]", "{", "}", "|", ",", ";", "=", "≈", "\n", " ", "  ", "0", "1", "2", "10",
    "0.5", "1e9", "e",
    "1e-99", "999", "w5", "w6", "out_h1", "in_o1", "dL/dw5", "∂", "d", "L", "sigmoid(", "relu(", "exp(", "log(", "sqrt(", "tanh'(",
    "max(",
    "if", "else", ">", "<", "\\frac", "\\cdot", "\\left(", "\\right)", "\\sqrt", "\\begin{pmatrix}", "\\end{pmatrix}", "\\\\", "&",
    "\\tag*{x}", "$",
    "_", "'", "²", "⁻¹", "½", "·", "×", "−", "σ", "λ", "_{5}", "^{2}", "\x00", "\x1b[2J", "\u202e", "\u200b", "а", "😀", "\ud800",
    ".", "...", "%",
    "#", "@", "@1", "after 1", "`", "~", "<b>", "![x](y)", "[red]", "\t", "\r", "pi", "π", "e^", "10^", "×10^-3", "0/0", "1/0",
    "softmax_2(", "dd", "T",
    "ᵀ", "^T", "dL", "/d", "gelu(", "abs(", "heaviside(", "9" * 30, "0." + "3" * 60, "1e300", "^999", "^0.5", "^-1", "^(1/3)", "*0",
    "-w5+w5",
    "W2", "x1", "dE/dz2", " ⊙ ", " @ ", "diag(", "outer(", "sum(", "Σ_v ", "\\sum_{v=1}^{n}", "w²_jv", "δ²_v", "𝟏", "fill(1, ", "flatten(",
)  # fmt: skip
AROUND = (
    "({})", "-{}", "{} = {}", "sin({})", "{}*{}", "1/({})", "({})^2", "[{}, {}]", "{}\n{}", "${}$", "exp({})", "sqrt({})", "({})^({})",
    "0.5*({})", "{} - ({})",
)  # fmt: skip
ALPHABETS = (
    (32, 126), (0, 255), (0, 0x2FF), (0x370, 0x3FF), (0x2000, 0x206F), (0x2070, 0x22FF), (0xD800, 0xDFFF), (0, 0x10FFFF),
)  # fmt: skip


class Inputs:
    """Makes inputs, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.corpus = [text for _, text in ENTRIES if len(text) <= 2_000]
        self.large = [text for _, text in ENTRIES if len(text) > 2_000]

    def text(self) -> str:
        """One input: grammar-aware for the most part."""
        choose = self.random.random()
        if choose < 0.45:
            return self.mutated(self.random.choice(SEEDS))
        if choose < 0.60:
            return self.grown()
        if choose < 0.75:
            return self.mutated(self.random.choice(self.corpus))
        if choose < 0.80:
            return self.random.choice(self.corpus) + self.random.choice(PIECES) + self.random.choice(SEEDS)
        if choose < 0.88:
            return "".join(self.random.choice(PIECES) for _ in range(self.random.randint(1, 40)))
        if choose < 0.9995:
            return self.characters()
        return self.mutated(self.random.choice(self.large))

    def mutated(self, text: str) -> str:
        """Some places changed: pieces put in, taken out, doubled, moved, swapped with another text's."""
        for _ in range(1 + int(self.random.expovariate(0.5))):
            at = self.random.randint(0, len(text))
            to = min(len(text), at + int(self.random.expovariate(0.2)))
            kind = self.random.randrange(7)
            if kind == 0:
                text = text[:at] + self.random.choice(PIECES) + text[at:]
            elif kind == 1:
                text = text[:at] + text[to:]
            elif kind == 2:
                text = text[:at] + self.random.choice(PIECES) + text[to:]
            elif kind == 3 and len(text) < 4_000:
                text = text[:to] + text[at:to] * self.random.choice((1, 2, 5, 30)) + text[to:]
            elif kind == 4:
                other = self.random.choice(SEEDS)
                text = text[:at] + other[self.random.randint(0, len(other)) :]
            elif kind == 5 and len(text) < 4_000:
                text = self.random.choice(AROUND).replace("{}", text)
            else:
                text = text[:at] + chr(self.random.randint(0, 0x2FFF)) + text[to:]
        return text

    def grown(self) -> str:
        """A formula of the grammar, of any shape; deep ones and wide ones, too."""
        names = ("w5", "w6", "out_h1", "in_o1", "out_o1", "dL/dout_o1", "i1", "target_o1")
        numbers = ("0", "1", "2", "0.5", "1/3", "10^-3", "1e200", "1e-200", "7", "0.0821670407", "3.14159265358979", "1e9")
        parts = [self.random.choice(names + numbers) for _ in range(self.random.choice((1, 2, 3, 5, 9, 30, 80)))]
        functions = ("sigmoid", "exp", "log", "sqrt", "sin", "tanh", "relu", "abs", "sigmoid'", "gelu", "softplus", "tanh'", "heaviside")
        while len(parts) > 1:
            at = self.random.randrange(len(parts) - 1)
            sign = self.random.choice(("+", "-", "*", "/", "*", "+", "^", " "))
            both = f"{parts[at]}{sign}{parts[at + 1]}"
            wrap = self.random.random()
            both = f"({both})" if wrap < 0.4 else f"{self.random.choice(functions)}({both})" if wrap < 0.55 else both
            parts[at : at + 2] = [both]
        return parts[0] if self.random.random() < 0.9 else " = ".join([parts[0]] * self.random.choice((2, 3, 20)))

    def characters(self) -> str:
        low, high = self.random.choice(ALPHABETS)
        return "".join(chr(self.random.randint(low, high)) for _ in range(self.random.choice((1, 3, 8, 20, 60))))


CELL = {"cell_type": "raw", "metadata": {"tags": ["dL/dw5"]}}


def changed(inputs: Inputs, text: str) -> bytes:
    """A file's text, damaged here and there."""
    return inputs.mutated(text).encode("utf-8", "replace")


def shown(text: str) -> str:
    """A text that XML can hold."""
    return "".join(c for c in text if c.isprintable() or c == "\n")


def broken(inputs: Inputs, data: bytes) -> bytes:
    """A packed file, mostly as it is, else with some bytes changed."""
    found = bytearray(data)
    for _ in range(inputs.random.choice((0, 0, 0, 1, 3))):
        found[inputs.random.randrange(len(found))] = inputs.random.randrange(256)
    return bytes(found)


FILES: tuple[tuple[str, Callable[[str, Inputs], bytes]], ...] = (
    ("a.txt", lambda text, inputs: text.encode("utf-8", "surrogatepass")),
    ("a.txt", lambda text, inputs: b"dL/dw5: " + text.encode("utf-8", "surrogatepass")),
    ("a.json", lambda text, inputs: text.encode("utf-8", "surrogatepass")),
    ("a.json", lambda text, inputs: changed(inputs, json.dumps({"student": text, "answers": {"dL/dw5": text, text: "1"}}))),
    ("a.toml", lambda text, inputs: changed(inputs, f'student = "x"\n[answers]\n"dL/dw5" = "{text}"\n')),
    ("a.csv", lambda text, inputs: changed(inputs, f"student,dL/dw5,email\nanna,{text},x\n{text},1,y\n")),
    ("a.tsv", lambda text, inputs: changed(inputs, f"student\tquestion\tanswer\nanna\tdL/dw5\t{text}\n")),
    ("a.md", lambda text, inputs: changed(inputs, f"# x\n\n## dL/dw5\n\n{text}\n")),
    ("a.ipynb", lambda text, inputs: changed(inputs, json.dumps({"cells": [{**CELL, "source": [text]}]}))),
    ("a.md", lambda text, inputs: changed(inputs, f"| question | answer |\n|---|---|\n| dL/dw5 | {text} |\n| {text} | 1 |\n")),
    ("a.txt", lambda text, inputs: changed(inputs, f"{text}: 1\n{text} = 2\n{text}\t3\n  dL/dw5 = {text}\nout_o1\n{text}\n")),
    ("a.html", lambda text, inputs: changed(inputs, f"<table><tr><td>dL/dw5<td>{text}</table><h2>{text}</h2><li>a: {text}")),
    ("a.json", lambda text, inputs: changed(inputs, json.dumps([{"question": text, "answer": 1}, {"question": "a", "answer": text}]))),
    ("a.csv", lambda text, inputs: changed(inputs, f"{text};{text}\ndL/dw5;{text}\n")),
    ("a.docx", lambda text, inputs: broken(inputs, docx([shown(text), f"dL/dw5 = {shown(text)}"], [("a", shown(text))]))),
    ("a.xlsx", lambda text, inputs: broken(inputs, xlsx([("question", "answer"), ("dL/dw5", shown(text)), (shown(text), "1")]))),
    ("a.csv", lambda text, inputs: bytes(inputs.random.randrange(256) for _ in range(60))),
    ("a.json", lambda text, inputs: bytes(inputs.random.randrange(256) for _ in range(60))),
    ("a.txt", lambda text, inputs: bytes(inputs.random.randrange(256) for _ in range(60))),
)  # fmt: skip


@dataclass
class Report:
    """What a run found."""

    count: int = 0
    wrong: list[str] = field(default_factory=list)
    costliest: list[tuple[int, str, str]] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)


class Fuzzer:
    """Puts inputs through everything."""

    def __init__(self, seed: int) -> None:
        self.inputs = Inputs(seed)
        self.report = Report()
        for name in EXERCISES:
            bench.prepare(name)
        self.pages = {name: reports(bench.marker(name)) for name in EXERCISES}
        self.options = (("a", "it converges"), ("b", "it diverges"))
        self.matrices = [(name, asked) for name, (asked, _) in bench.MATRICES.items()]
        for name, asked in self.matrices:
            bench.prepare_matrices(name, asked)
        self.plan = [(name, question.id) for name in EXERCISES for question in bench.questions(name)]

    def run(self, stop: Callable[[int], bool], *, show: bool = False) -> Report:
        """Inputs until ``stop`` says so."""
        start = time.perf_counter()
        while not stop(self.report.count):
            number = self.report.count
            self.report.count += 1
            self.one(number)
            if show and self.report.count % 20_000 == 0:
                done = self.report.count
                print(f"{done:,} inputs, {done / (time.perf_counter() - start):,.0f} a second, {len(self.report.wrong)} wrong", flush=True)
        return self.report

    def one(self, number: int) -> None:
        """One input through one way."""
        text = self.inputs.text()
        way = number % 8
        for what, call in self.ways(way, number, text):
            calls = self.counted(number, what, text, call)
            if calls > ANSWER:
                self.wrong(number, what, text, f"took {calls:,} calls, which may be {ANSWER:,}")
            heapq.heappush(self.report.costliest, (calls, what, ascii(text[:300])))
            if len(self.report.costliest) > 12:
                heapq.heappop(self.report.costliest)

    def ways(self, way: int, number: int, text: str) -> Iterator[tuple[str, Callable[[], None]]]:
        """What is done with an input: mostly it is marked."""
        name, question = self.plan[number // 8 % len(self.plan)]
        words = bench.marker(name).sheet.vocabulary
        if way == 0:
            yield "read", lambda: self.refused(number, text, lambda: read(text, words))
            yield "read_lines", lambda: self.refused(number, text, lambda: read_lines(text, words))
            yield "read_entries", lambda: self.refused(number, text, lambda: read_entries(text, words))
            yield "read_array", lambda: self.refused(number, text, lambda: read_array(text, words, 3 + number % 2))
            yield "read_choice", lambda: self.refused(number, text, lambda: read_choice(text, self.options))
        elif way == 1:
            file, make = FILES[number // 8 % len(FILES)]
            data = make(text, self.inputs)
            yield f"file {file}", lambda: self.file(number, file, data)
        elif way == 2:
            matrix, asked = self.matrices[number // 8 % len(self.matrices)]
            adapted = bench.adapted_matrices(text, matrix)
            yield f"judge {matrix} {asked}", lambda: self.judge(number, matrix, asked, adapted)
        else:
            own = bench.adapted(text, name)
            yield f"mark {name} {question}", lambda: self.mark(number, name, question, own)

    def counted(self, number: int, what: str, text: str, call: Callable[[], None]) -> int:
        with counted() as seen:
            try:
                call()
            except Exception as error:  # nothing at all may get out
                self.wrong(number, what, text, f"raised {type(error).__name__}: {str(error)[:200]}")
        return seen.calls

    def wrong(self, number: int, what: str, text: str, why: str) -> None:
        if len(self.report.wrong) < 200:
            self.report.wrong.append(f"input {number} ({what}): {why}: {text[:400]!a}")

    def refused(self, number: int, text: str, reader: Callable[[], object]) -> None:
        try:
            reader()
        except AnswerError as error:
            self.inert(number, text, str(error))

    def inert(self, number: int, text: str, shown: str) -> None:
        if found := bench.unsafe(shown):
            self.wrong(number, "shown", text, f"shows {found[:5]}")

    def mark(self, number: int, name: str, question: str, text: str) -> None:
        marked = bench.marker(name).mark(Submission("anna", {question: text}))
        answer = next(answer for answer in marked.answers if answer.question == question)
        self.report.verdicts[answer.verdict] += 1
        self.inert(number, text, answer.message)
        if answer.verdict not in ("correct", "follow-through") and answer.marks == answer.out_of:
            shown = answer.refutation
            written = shown is not None and "too large" not in shown.yours + shown.expected
            far = written and abs(float(shown.yours) - float(shown.expected)) > 0.05 * abs(float(shown.expected))
            if far:
                self.wrong(number, "marks", text, f"full marks for {answer.verdict}")
        if number % 40 == 3:
            bench.forget(name)
            if bench.marker(name).mark(Submission("anna", {question: text})) != marked:
                self.wrong(number, "pure", text, "marked otherwise the second time")
        if number % 80 == 7:
            page = self.pages[name](marked)
            for shown in (page.to_text(), page.to_markdown(), page.to_latex()):
                self.inert(number, text, shown)

    def judge(self, number: int, name: str, asked: str, text: str) -> None:
        """A formula over arrays."""
        marker = bench.matrix_marker(name)
        answer, _ = marker.judge(asked, text)
        self.report.verdicts[answer.verdict] += 1
        self.inert(number, text, answer.message)
        if number % 40 == 2 and marker.judge(asked, text)[0] != answer:
            self.wrong(number, "pure", text, "judged otherwise the second time")

    def file(self, number: int, file: str, data: bytes) -> None:
        batch = read_submissions(file, data, ["dL/dw5", "out_o1", "a"])
        if not batch.submissions:
            self.wrong(number, file, ascii(data), "no submission at all")
        for one in batch.submissions:
            for said in (*one.problems, one.failed, one.source, one.student):
                self.inert(number, ascii(data), said)


def main() -> int:
    """The command."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=1_000_000)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    start = time.perf_counter()
    report = Fuzzer(given.seed).run(lambda done: done >= given.count, show=True)
    taken = time.perf_counter() - start
    print(f"{report.count:,} inputs in {taken:,.0f} s; {dict(report.verdicts)}")
    print("the costliest:")
    for calls, what, text in sorted(report.costliest, reverse=True):
        print(f"  {calls:9,} calls  {what}: {text[:160]}")
    print(f"{len(report.wrong)} wrong")
    for line in report.wrong[:50]:
        print("  " + line)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
