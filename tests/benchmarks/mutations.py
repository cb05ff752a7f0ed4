"""How well ``tutor code`` finds slips: mutations by machine on the right programs, ``python tests/benchmarks/mutations.py [N] [PROGRAM]…``.

Each program of `exercises/programs` is changed in one place of its backward pass: a transpose dropped or added, a sign, a factor, an
axis, an operand, a mask, a term.  ``N`` is how many of each kind are tried in each program (3 unless said), evenly spread.  For each
kind the table says how many were tried, and of those:

- ``line``: the changed line is named, as the wrong one, as the other one that as small a change would mend (``or line N``), or as the
  one that Python would stop at;
- ``first``: it is named first, before any other;
- ``alone``: no other line is accused; where two could each be the wrong one, both are told together and count as one;
- ``slip``: the slip in it is named;
- the mean and the longest processor time in seconds, reading included.

A change that leaves every gradient as it is, whatever the numbers and the sizes, is no slip and left out: by the values of both
programs, in each way to read them, not by the verdict.  One that is called right all the same is a miss.  The misses follow.
"""

from __future__ import annotations

import ast
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from code_cases import list_programs

from tutor.code.code_values import CodeProblem
from tutor.code.code_worlds import find_training_loops, list_worlds
from tutor.code.judge_code import judge_code
from tutor.code.line_edits import replace_part
from tutor.code.pair_functions import BACKWARD, find_plans, split_gradient
from tutor.code.parts_of_formulas import split_product, strip_transpose
from tutor.code.statement_names import name_targets
from tutor.code.trial import ProgramTrial
from tutor.code.work_statements import FAILS
from tutor.numbers.arrays import np
from tutor.program.source import read_source


def mutate(node: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    """The mutations of one statement: kind, and what would stand there."""
    names = [part for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]
    for part in ast.walk(node):
        if not isinstance(part, ast.expr):
            continue
        inner = strip_transpose(part)
        if inner is not None:
            yield "transpose dropped", replace_part(node, part, inner)
        product = split_product(part)
        if product is not None:
            left, right, make = product
            yield "operands swapped", replace_part(node, part, make(right, left))
            if strip_transpose(right) is None:
                yield "transpose added", replace_part(node, part, make(left, ast.Attribute(right, "T", ast.Load())))
        if isinstance(part, ast.BinOp):
            if isinstance(part.op, ast.Add | ast.Sub):
                other = ast.Sub() if isinstance(part.op, ast.Add) else ast.Add()
                yield "sign", replace_part(node, part, ast.BinOp(part.left, other, part.right))
                yield "term dropped", replace_part(node, part, part.left)
            if isinstance(part.op, ast.Mult):
                yield "factor dropped", replace_part(node, part, part.left)
                yield "factor dropped", replace_part(node, part, part.right)
            if isinstance(part.op, ast.Div):
                yield "factor dropped", replace_part(node, part, part.left)
        if isinstance(part, ast.keyword) or not isinstance(part, ast.Call):
            continue
        for word in part.keywords:
            if word.arg == "axis" and isinstance(word.value, ast.Constant) and word.value.value in (0, 1):
                yield "axis", replace_part(node, word.value, ast.Constant(1 - word.value.value))
    if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Name | ast.Tuple | ast.Constant):
        yield "factor 2", replace_part(node, node.value, ast.BinOp(ast.Constant(2), ast.Mult(), node.value))
        yield "sign", replace_part(node, node.value, ast.UnaryOp(ast.USub(), node.value))
    for part in ast.walk(node):
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Gt | ast.LtE):
            turned = ast.LtE() if isinstance(part.ops[0], ast.Gt) else ast.Gt()
            yield "mask turned", replace_part(node, part, ast.Compare(part.left, [turned], part.comparators))
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield "overwritten", ast.copy_location(ast.Assign([node.target], node.value), node)
    for one, other in pairwise(names):
        if one.id != other.id and one.id not in ("np", "torch", "F") and other.id not in ("np", "torch", "F"):
            yield "operand", replace_part(node, one, ast.Name(other.id, ast.Load()))


def list_mutants(text: str, most: int) -> Iterator[tuple[str, int, str]]:
    """The mutants of a program: kind, line, text."""
    tree = ast.parse(text)
    names = {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)} | {"W1", "W2", "b1", "b2", "W", "b"}
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for function in ast.walk(tree):
        alone = isinstance(function, ast.FunctionDef) and BACKWARD.search(function.name)
        body = function.body if isinstance(function, ast.FunctionDef | ast.For | ast.Module) else []
        for node in body:
            backward = alone or any(of in names for name in name_targets(node) for of in split_gradient(name))
            if any(isinstance(part, ast.Dict | ast.Attribute) and getattr(part, "attr", "shape") == "shape" for part in ast.walk(node)):
                continue  # no formula
            if isinstance(node, ast.Assign | ast.AugAssign | ast.Return) and backward and node.value is not None:
                for kind, made in mutate(node):
                    lines = text.split("\n")
                    indent = " " * node.col_offset
                    new = ast.unparse(ast.fix_missing_locations(made))
                    lines[node.lineno - 1 : node.end_lineno] = [indent + new] + [""] * ((node.end_lineno or node.lineno) - node.lineno)
                    found[kind].append((node.lineno, "\n".join(lines)))
    for kind, mutants in found.items():
        step = max(1, len(mutants) // most)
        yield from ((kind, line, made) for line, made in mutants[::step][:most])


def list_gradients(text: str, name: str) -> list[dict[str, Any]]:
    """The gradients of a program by value: of each backward pass, in each way to read it, at other numbers and other sizes."""
    source = read_source(text, f"{name}.py")
    found = []
    for plan in find_plans(source.tree):
        for world in list_worlds(source, plan):
            for one in (world, replace(world, seed=1), replace(world, other_sizes=True)):
                try:
                    outcome = ProgramTrial(source, plan, one, find_training_loops(source.tree)).run()
                except (*FAILS, CodeProblem):
                    found.append({})
                    continue
                found.append({output.key: output.value for output in outcome.outputs})
    return found


def is_equal(right: list[dict[str, Any]], other: list[dict[str, Any]]) -> bool:
    """Whether a changed program has the same gradients wherever the right one has any."""
    compared = 0
    for one, two in zip(right, other, strict=True):
        if set(one) - set(two):
            return False
        for key, value in one.items():
            made = two[key]
            if value is None:
                continue
            if made is None or np.shape(made) != np.shape(value) or not np.allclose(made, value, rtol=1e-9, atol=1e-11):
                return False
            compared += 1
    return compared > 0


def main() -> None:
    """Judge the mutants and print the table."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    rows: dict[str, list[tuple[bool, bool, bool, bool, float]]] = defaultdict(list)
    missed, equal, passed = [], 0, 0
    for name, text in list_programs():
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        right = list_gradients(text, name)
        for kind, line, made in list_mutants(text, most):
            if is_equal(right, list_gradients(made, name)):
                equal += 1
                continue
            begin = time.process_time()
            verdicts = [one for one in judge_code(read_source(made, f"{name}.py")) if one.verdict != "right"]
            taken = time.process_time() - begin
            passed += not verdicts
            roots = [root for one in verdicts for root in one.roots]
            told = {root.line: root.tag for root in roots}
            told |= {other.line: other.tag for root in roots for other in root.others if other.line == line}
            stops = any(f"line {line} " in str(one.why) for one in verdicts)
            cells = (line in told or stops, line in {root.line for root in roots} or stops,
                     set(told) == {line} or (line in told and len({root.line for root in roots}) == 1), bool(told.get(line)))  # fmt: skip
            rows[kind].append((*cells, taken))
            if not cells[0] or not cells[3]:
                lost = "slip" if cells[0] else "line"
                said = [(root.line, root.tag, [(other.line, other.tag) for other in root.others]) for root in roots]
                change = made.splitlines()[line - 1].strip()[:70]
                missed.append(f"{lost} {name}:{line} {kind}: {change} -> {said} {verdicts[0].why[:60] if verdicts else 'right'}")
            print(f"{name} {kind} {line}", file=sys.stderr, end="\r")
    print(f"{'mutation':20} {'count':>6} {'line':>6} {'first':>6} {'alone':>6} {'slip':>6} {'mean s':>7} {'most s':>7}")
    for kind, cells in [*sorted(rows.items()), ("all", [cell for row in rows.values() for cell in row])]:
        count = max(1, len(cells))
        shares = [f"{100 * sum(cell[place] for cell in cells) / count:5.0f}%" for place in range(4)]
        seconds = [cell[4] for cell in cells] or [0.0]
        print(f"{kind:20} {len(cells):6} {' '.join(shares)} {sum(seconds) / count:7.2f} {max(seconds):7.2f}")
    print(f"equal, left out: {equal}; wrong, but called right: {passed}")
    print(*sorted(missed), sep="\n")


if __name__ == "__main__":
    main()
