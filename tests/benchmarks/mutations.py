"""How well ``tutor code`` finds slips: mutations by machine on the right programs, ``python tests/benchmarks/mutations.py [N] [PROGRAM]…``.

Each program of `exercises/programs` is changed in one place of its backward pass: a transpose dropped or added, a sign, a factor, an
axis, an operand, a mask, a term.  A change that leaves every gradient as it is (an equal mutant) is left out, by value.  What is printed
is, for each kind, how many had their line named, their line as the only one, a slip named, and the seconds each took; then the misses.
``N`` is how many of each kind are tried in each program (3 unless said), evenly spread.
"""

from __future__ import annotations

import ast
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from code_cases import list_programs

from tutor.code.judge_code import judge_code
from tutor.code.line_edits import replace_part
from tutor.code.pair_functions import BACKWARD, split_gradient
from tutor.code.slips_of_lines import split_product, strip_transpose
from tutor.code.statement_names import name_targets
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


def main() -> None:
    """Judge the mutants and print the table."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    rows: dict[str, list[tuple[bool, bool, bool, float]]] = defaultdict(list)
    missed, equal = [], 0
    for name, text in list_programs():
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        for kind, line, made in list_mutants(text, most):
            begin = time.process_time()
            verdicts = [one for one in judge_code(read_source(made, f"{name}.py")) if one.verdict != "right"]
            taken = time.process_time() - begin
            if not verdicts:
                equal += 1
                continue
            roots = {root.line: root.tag for one in verdicts for root in one.roots}
            rows[kind].append((line in roots, set(roots) == {line}, bool(roots.get(line)), taken))
            if set(roots) != {line}:
                missed.append(f"{name}:{line} {kind}: {made.splitlines()[line - 1].strip()[:70]} -> {roots} {verdicts[0].why[:60]}")
    print(f"{'mutation':20} {'count':>6} {'line':>6} {'alone':>6} {'slip':>6} {'mean s':>7} {'most s':>7}")
    for kind, cells in [*sorted(rows.items()), ("all", [cell for row in rows.values() for cell in row])]:
        count = max(1, len(cells))
        shares = [f"{100 * sum(cell[place] for cell in cells) / count:5.0f}%" for place in range(3)]
        seconds = [cell[3] for cell in cells] or [0.0]
        print(f"{kind:20} {len(cells):6} {' '.join(shares)} {sum(seconds) / count:7.2f} {max(seconds):7.2f}")
    print(f"left out as equal: {equal}")
    print(*missed, sep="\n")


if __name__ == "__main__":
    main()
