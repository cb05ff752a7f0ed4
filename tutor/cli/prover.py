"""SymPy in a second process, so that its import and the rest of a solution take place at the same time.

`tutor solve` must answer at once, and importing SymPy is half of its time.  Where the system can fork and has a second core, the command
line starts this helper first; it imports SymPy, receives one graph as plain text (formulas in the product's own grammar, numbers as
digits), and sends SymPy's derivatives back as digits.  Anything that goes wrong with it is no error: the proof is then made in the
main process, as the library always does.  Measured for the 2-2-2 network: 0.47 s without, 0.33 s with it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.graph.nouns import Graph
    from tutor.numbers.verify import Answer


class Prover:
    """A helper process for one question; use `start`."""

    def __init__(self, pid: int, question: int, answer: int) -> None:
        self.pid = pid
        self.question = question
        self.answer = answer
        self.asked = False

    def __call__(self, graph: Graph, wanted: Sequence[str], values: Mapping[str, Any]) -> Answer:
        """Send the question; the answer is waited for when it is called for."""
        from tutor.numbers.verify import ask_in_this_process

        here = ask_in_this_process(graph, wanted, values)
        if self.asked:
            return here
        self.asked = True
        text = _question(graph, wanted, values)
        try:
            with os.fdopen(self.question, "w", encoding="utf-8") as pipe:
                pipe.write(text)
        except OSError:
            return here

        def answer() -> Mapping[str, Any]:
            with os.fdopen(self.answer, encoding="utf-8") as pipe:
                said = pipe.read()
            os.waitpid(self.pid, 0)
            return _values(said, wanted) or here()

        return answer

    def stop(self) -> None:
        """End a helper that was never asked."""
        if not self.asked:
            self.asked = True
            os.close(self.question)
            os.close(self.answer)
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)


_running: list[Prover] = []


def run_with(prover: Prover | None) -> None:
    """Say which helper the commands of this run ask."""
    _running[:] = [prover] if prover is not None else []


def find_running_prover() -> Prover | None:
    """The process that has SymPy, where one was started."""
    return _running[0] if _running else None


def start() -> Prover | None:
    """Start the helper, or nothing where that is of no use: SymPy is there already, one core only, or a system without fork."""
    if "sympy" in sys.modules or not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
        return None
    question_out, question_in = os.pipe()
    answer_out, answer_in = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        for pipe in (question_out, question_in, answer_out, answer_in):
            os.close(pipe)
        return None
    if pid:
        os.close(question_out)
        os.close(answer_in)
        return Prover(pid, question_in, answer_out)
    os.close(question_in)
    os.close(answer_out)
    try:
        _serve(question_out, answer_in)
    finally:
        os._exit(0)  # the helper must never run what its parent would do at its end


def _serve(question: int, answer: int) -> None:
    """The helper's life: import SymPy, read the question, answer, end."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    gc.disable()
    from tutor.numbers import sympy_loss

    with os.fdopen(question, encoding="utf-8") as pipe:
        text = pipe.read()
    if not text:
        return
    graph, wanted, values = _read(text)
    found = sympy_loss.symbolic_gradients(graph, wanted, values)
    with os.fdopen(answer, "w", encoding="utf-8") as pipe:
        pipe.write(json.dumps({name: _digits(value) for name, value in found.items()}))


def _question(graph: Graph, wanted: Sequence[str], values: Mapping[str, Any]) -> str:
    from tutor.expression.plain import write_plain

    steps = [[step.target, write_plain(step.expr)] for step in graph.steps]
    needed = set(graph.names)
    numbers = {name: _digits(value) for name, value in values.items() if name in needed}
    return json.dumps({"functions": graph.own_functions, "steps": steps, "loss": graph.loss, "wanted": list(wanted), "values": numbers})


def _read(text: str) -> tuple[Graph, list[str], dict[str, Any]]:
    from tutor.expression.parse import parse
    from tutor.graph.build import assemble
    from tutor.rules.functions import FUNCTIONS

    raw = json.loads(text)
    names = raw["values"]
    formulas = {target: parse(formula, names=names, functions=(*FUNCTIONS, *raw["functions"])) for target, formula in raw["steps"]}
    values = {name: _number(digits) for name, digits in names.items()}
    return assemble(formulas, loss=raw["loss"]), raw["wanted"], values


def _values(said: str, wanted: Sequence[str]) -> dict[str, Any] | None:
    """The answer, or nothing where it is not whole."""
    try:
        found = {name: _number(digits) for name, digits in json.loads(said).items()}
    except ValueError:
        return None
    return found if list(found) == list(wanted) else None


def _digits(value: Any) -> str:
    from fractions import Fraction

    from tutor.numbers.arithmetic import CONTEXT, DIGITS

    if isinstance(value, Fraction):  # hexadecimal: Python limits the decimal digits of a whole number
        return f"{value.numerator:x}/{value.denominator:x}"
    return "m" + str(CONTEXT.nstr(value, DIGITS + 5))


def _number(digits: str) -> Any:
    from fractions import Fraction

    from tutor.numbers.arithmetic import CONTEXT

    if digits.startswith("m"):
        return CONTEXT.mpf(digits[1:])
    over, _, under = digits.partition("/")
    return Fraction(int(over, 16), int(under, 16))
