"""What the product shows for each quantity of an exercise, cut out of its pages as a student would copy it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.reading import read
from tutor.derive.working import list_referred, working
from tutor.exercise.question import Question
from tutor.exercise.source_kinds import SOURCE_KINDS
from tutor.explain.document import Block, Document, Equation, Equations, Figure, Math, Paragraph, Picture, Table
from tutor.explain.training_page import COUNTED
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Add, Expr, Name, Neg, Partial
from tutor.render import maths
from tutor.render.latex.article import fragment
from tutor.render.markdown import markdown


def list_worked_blocks(document: Document) -> list[Block]:
    """The blocks of a page in front of what its source prints, whose formulas are not ours."""
    labels = [block.label if isinstance(block, Paragraph) else "" for block in document.blocks]
    first = next((place for place, label in enumerate(labels) if label in SOURCES), len(labels))
    return list(document.blocks[:first])


SOURCES = {ENGLISH.pages.LABELS[kind] for kind in SOURCE_KINDS}
NOTATIONS = ("plain", "dl", "qmul", "graz", "neuron", "cmu")


@dataclass(frozen=True)
class Piece:
    """A text that is shown for a quantity.

    ``what``: ``number`` (exact or rounded as printed), ``working`` (arithmetic with rounded numbers), ``formula``, ``row`` (all of a
    row, with what stands around it).  ``where`` says from which page it is.
    """

    target: str
    text: str
    what: str
    where: str
    uses: frozenset[str] = frozenset()


def asked(exercise):
    """The exercise with a question for every quantity: a number (``n:``) where it has values, and a formula (``e:``)."""
    graph = exercise.graph
    of = dict.fromkeys(text[1:].partition("/d")[0] for text in exercise.asked)
    updated = exercise.rate is not None and exercise.values and graph.parameters and exercise.samples is None
    made = working(graph, of=tuple(of), updates=1 if updated else 0, method=exercise.plan.optimiser)
    parameters = {f"{quantity.name}@1" for quantity in graph.parameters}
    targets = [step.target for step in made.steps if "|" not in step.target and (step.after == 0 or step.target in parameters)]
    kinds = ("number", "expression") if exercise.values else ("expression",)
    return replace(exercise, questions=tuple(Question(f"{kind[0]}:{t}", t, kind, (t,)) for t in targets for kind in kinds))


def key(left: Expr) -> str:
    """The quantity that stands at the left of an equation."""
    if type(left) is Partial:
        return f"d{left.of}/d{left.wrt}"
    return left.name if type(left) is Name else ""


def uses(*exprs: Expr) -> frozenset[str]:
    """The quantities whose symbols stand in formulas; a derivative has two."""
    found: set[str] = set()
    for expr in exprs:
        for name in list_referred(expr):
            of, slash, wrt = name.partition("/d")
            found |= {of[1:], wrt, name} if slash else {name}
    return frozenset(found)


def members(equation: Equation) -> list[Expr]:
    """What stands between the equals signs; a path on a row of its own belongs to the one before."""
    found: list[list[Expr]] = []
    for side in equation.sides:
        if side.relation in ("+", "-", "−") and found:
            found[-1].append(side.expr if side.relation == "+" else Neg(side.expr))
        else:
            found.append([side.expr])
    return [one[0] if len(one) == 1 else Add(tuple(one)) for one in found]


def document_pieces(doc, profile, where) -> Iterator[Piece]:
    """Every member of every equation through the maths printers."""
    for block in doc.blocks:
        if isinstance(block, Equations):
            for equation in block.rows:
                yield from equation_pieces(equation, profile, where)
        if isinstance(block, Figure) and isinstance(block.picture, Picture):
            yield from figure_pieces(block, profile, where)


def equation_pieces(equation, profile, where) -> Iterator[Piece]:
    target, sides = key(equation.left), members(equation)
    for name, write in (("text", maths.text), ("latex", maths.latex)):
        shown = [write(side, profile) for side in sides]
        for side, text in zip(sides, shown, strict=True):
            if list_referred(side):
                what = "formula"
            elif side is sides[-1] and equation.sides[-1].result:
                what = "number"
            else:
                what = "working" if len(sides) > 1 else "number"
            yield Piece(target, text, what, f"{where} {name}", uses(side))
        row = f" {sign} ".join([write(equation.left, profile), shown[0]]) if (sign := equation.sides[0].relation) else ""
        row = " = ".join([row, *shown[1:]])
        yield Piece(target, row, kind_of_row(equation), f"{where} {name} joined", uses(equation.left, *sides))


def kind_of_row(equation) -> str:
    """A row ends in a number, or in a formula: a simplified one, whose number stands in the step that it names."""
    return "formula" if list_referred(members(equation)[-1]) and equation.sides[-1].note else "row"


def figure_pieces(block, profile, where) -> Iterator[Piece]:
    picture = block.picture
    for node in picture.nodes:
        for target, expr in ((node.name, node.value), (f"d{picture.loss}/d{node.name}", node.gradient)):
            if expr is not None:
                yield Piece(target, maths.text(expr, profile), "number", f"{where} figure text")
                yield Piece(target, maths.latex(expr, profile), "number", f"{where} figure latex")
        if node.expr is not None:
            yield Piece(node.name, maths.text(node.expr, profile), "formula", f"{where} figure text", uses(node.expr))
            yield Piece(node.name, maths.latex(node.expr, profile), "formula", f"{where} figure latex", uses(node.expr))


def equations(doc) -> list[Equation]:
    """The rows that were worked out: what is given stands side by side, above all others."""
    return [row for block in doc.blocks if isinstance(block, Equations) and not block.beside for row in block.rows]


def terminal_pieces(page: str, doc, profile, where) -> Iterator[Piece]:
    """The rows of a terminal page, with numbers, reasons, and continuation lines; nothing of given arrays side by side."""
    lines = page.split("\n")
    at = 0
    rows = equations(doc)
    starts = []
    for equation in rows:
        left = re.escape(maths.text(equation.left, profile))
        number = rf"\s*{equation.number}\s\s?" if equation.number is not None else r"\s*"
        begins = re.compile(rf"{number}{left}(?!\s+[a-z]+\s)(\s|$)")  # a row of the picture's table has a word there: w₁ weight 0.2
        block = lines[starts[-1] : lines.index("", starts[-1])] if starts and "" in lines[starts[-1] :] else []
        if any(re.search(rf"\S.*\s{{3,}}{left}\s=", line) for line in block) and not any(map(begins.match, block)):
            starts.append(starts[-1])
            continue
        begun = at
        while at < len(lines) and not begins.match(lines[at]):
            at += 1
        if at == len(lines) and starts and equation.number is None and not uses(*members(equation)):
            at = begun
            starts.append(starts[-1])
            continue
        if at == len(lines):
            raise AssertionError(f"{where}: no row of {key(equation.left)} ({maths.text(equation.left, profile)})")
        starts.append(at)
        at += 1
    for place, equation in enumerate(rows):
        first = starts[place]
        last = next((start for start in starts[place:] if start > first), len(lines)) if place + 1 < len(rows) else len(lines)
        text = lines[first:last] if starts.count(first) == 1 else []
        if "" in text:
            text = text[: text.index("")]
        yield Piece(key(equation.left), "\n".join(text), kind_of_row(equation), where, uses(equation.left, *members(equation)))


def latex_pieces(page: str, environment: str, doc, where, both=True) -> Iterator[Piece]:
    """The rows of align* or aligned, with tags and row ends; with ``both`` once more in dollar signs; nothing of arrays side by side."""
    rows = equations(doc)
    found: list[list[str]] = []
    name = re.escape(environment)
    for inner in re.findall(rf"\\begin\{{{name}\}}\n(.*?)\n\\end\{{{name}\}}", page, re.DOTALL):
        begun = False
        for line in inner.split("\n"):
            beside = line.split(" \\qquad ")
            if len(beside) > 1 and all("=" in part for part in beside):
                found += [[] for _ in beside]
                continue
            below = re.match(r"\\MoveEqLeft\[[0-9]\] (=|\\mathrel|\\leftarrow)", line)
            if not line.lstrip().startswith(("&", r"\phantom")) and not (begun and line.startswith("\\MoveEqLeft")) and not below:
                found.append([])
            begun = line.startswith("\\MoveEqLeft") and not below and not re.search(r" (=|\\mathrel|\\leftarrow)", line)
            found[-1].append(line)
    if any(isinstance(block, Equations) and block.beside for block in doc.blocks):
        found = found[len(found) - len(rows) :]
    assert len(found) == len(rows), (where, len(found), len(rows))
    for equation, text in zip(rows, found, strict=True):
        yield Piece(key(equation.left), "\n".join(text), kind_of_row(equation), where, uses(equation.left, *members(equation)))
        if not both:
            continue
        inside = re.sub(r"\\\\\*?$|\\cr$", "", "\n".join(text)).strip()
        used = uses(equation.left, *members(equation))
        yield Piece(key(equation.left), f"${inside}$" if inside else "", kind_of_row(equation), where + " $", used)


def json_pieces(page: str, exercise, where) -> Iterator[Piece]:
    data = json.loads(page)
    loss = exercise.graph.loss
    for name, value in data["values"].items():
        yield Piece(name, value, "number", f"{where} values")
    for name, value in data["gradients"].items():
        target = name if "/" in name else f"d{loss}/d{name}"
        yield Piece(target, value, "number" if data["values"] else "formula", f"{where} gradients")
    for step in data["steps"]:
        yield Piece(step["target"], step["expression"], "formula", f"{where} steps")
        if step["value"] is not None:
            yield Piece(step["target"], step["value"], "number", f"{where} steps")
        if step["paths"] and [[step["target"]]] != [[f"d{f['of']}/d{f['wrt']}" for f in path] for path in step["paths"]]:
            chain = " + ".join(" * ".join(f"d{f['of']}/d{f['wrt']}" for f in path) for path in step["paths"])
            yield Piece(step["target"], chain, "formula", f"{where} chain")
            filled = " + ".join("*".join(f"({f['expression']})" for f in path) for path in step["paths"])
            yield Piece(step["target"], filled, "formula", f"{where} paths")
    for update in data["updates"][:1]:
        for name, value in update["values"].items():
            yield Piece(f"{name}@1", value, "number", f"{where} updates")


def collisions(exercise, known, profile) -> frozenset[str]:
    """The quantities that a notation writes as another one is called in the exercise, or as several are called elsewhere."""
    found = set()
    updated = [f"{q.name}@1" for q in exercise.graph.parameters] if exercise.rate is not None else []
    symbols = {name: profile.symbol(name) for name in exercise.graph.names}
    symbols |= {name: profile.write_updated(name[:-2], 1) for name in updated if "[" not in name}
    for name, symbol in symbols.items():
        for text in (symbol.text, symbol.latex):
            try:
                right = read(text, known) in (Name(name), Name(name.partition("@")[0]))
            except AnswerError:
                right = False
            if not right:
                found.add(name)
    return frozenset(found)


PAGES = ("terminal", "LaTeX", "Markdown")


def solution_pieces(exercise, solved, where, pages=PAGES, widths=(80, 120)) -> Iterator[Piece]:
    """All that `tutor solve` shows: the members through the printers, the rows of these pages, JSON."""
    doc, profile = solved.document(), solved.notation
    yield from document_pieces(doc, profile, where)
    for width in widths if "terminal" in pages else ():
        yield from terminal_pieces(solved.to_text(width), doc, profile, f"{where} terminal {width}")
    bare = replace(doc, blocks=tuple(block for block in doc.blocks if not isinstance(block, Figure)))  # drawing takes its time
    if "LaTeX" in pages:
        yield from latex_pieces(fragment(bare, profile), "align*", doc, f"{where} LaTeX", both=len(widths) > 1)
    if "Markdown" in pages:
        yield from latex_pieces(markdown(bare, profile), "aligned", doc, f"{where} Markdown", both=len(widths) > 1)
    yield from json_pieces(solved.to_json(), exercise, f"{where} JSON")


def layer_questions(exercise, layered):
    """A question for every array of a layer exercise: the entries of a quantity and of its gradient, and parameters after an update."""
    found = []
    names = {q.name for q in exercise.graph.leaves} | {step.target for step in exercise.graph.steps}
    loss = exercise.graph.loss
    trained = {q.name for q in exercise.graph.parameters}
    for name, entries in layered.entries.items():
        items = [str(item) for item in entries.items]
        if not all(item in names for item in items):
            continue
        made = [(name, items), (f"d{layered.graph.loss}/d{name}", [f"d{loss}/d{item}" for item in items])]
        if exercise.rate is not None and all(item in trained for item in items):
            made.append((f"{name}@1", [f"{item}@1" for item in items]))
        for ident, targets in made:
            kind = ("number", "vector", "matrix", "array", "array")[len(entries.shape)]
            found.append(Question(f"m:{ident}", ident, kind, tuple(targets), tuple(entries.shape)))
    return tuple(found)


def layer_pieces(solved, where) -> Iterator[Piece]:
    """The numbers of every array, as the layer form shows them."""
    doc, profile = solved.document(), solved.notation
    with_numbers = set()
    for equation in equations(doc):
        left, last, target = equation.left, equation.sides[-1].expr, key(equation.left)
        if list_referred(last) or not (equation.sides[-1].result or len(equation.sides) == 1):
            continue
        with_numbers.add(id(equation))
        for form, write, sign in (("text", maths.text, "="), ("latex", maths.latex, "&=")):
            yield Piece(target, write(last, profile), "number", f"{where} {form}")
            yield Piece(target, f"{write(left, profile)} {sign} {write(last, profile)}", "row", f"{where} {form}")
    rows = equations(doc)
    for width in (80, 120):
        cut = list(terminal_pieces(solved.to_text(width), doc, profile, f"{where} terminal {width}"))
        yield from (piece for piece, row in zip(cut, rows, strict=True) if id(row) in with_numbers and piece.text)
    cut = list(latex_pieces(solved.to_latex(fragment=True), "align*", doc, f"{where} LaTeX"))
    yield from (piece for place, piece in enumerate(cut) if id(rows[place // 2]) in with_numbers and piece.text)
    cut = list(latex_pieces(solved.to_markdown(), "aligned", doc, f"{where} Markdown"))
    yield from (piece for place, piece in enumerate(cut) if id(rows[place // 2]) in with_numbers and piece.text)
    data = json.loads(solved.to_json())
    for name, value in data["values"].items():
        yield Piece(name, json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value, "number", f"{where} JSON")
        yield Piece(name, json.dumps(value).replace('"', "") if isinstance(value, list) else value, "number", f"{where} JSON")
    for name, value in data["gradients"].items():
        target = name if "/" in name else f"d{solved.derivations[0].graph.loss}/d{name}"
        yield Piece(target, json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value, "number", f"{where} JSON")


def training_questions(exercise, task, steps):
    """A column for each parameter, and each of them after the first update."""
    found = []
    for name in task.parameters:
        targets = tuple(f"{name}@{k}" if k else name for k in range(steps + 1))
        found.append(Question(f"c:{name}", f"{name} after 0..{steps}", "column", targets, (steps + 1,)))
        found.append(Question(f"n:{name}@1", f"{name} after 1", "number", (f"{name}@1",)))
    return tuple(found)


def training_pieces(trained, where) -> Iterator[Piece]:
    """The columns of the table, in each format, and the first update."""
    doc, profile = trained.document(), trained.notation
    parameters = trained.task.parameters
    table = next(block for block in doc.blocks if isinstance(block, Table) and block.header[0] == (COUNTED,))
    heads = [cell[0].expr if cell and isinstance(cell[0], Math) else None for cell in table.header]
    for name in parameters:
        if Name(name) not in heads:
            continue
        place = heads.index(Name(name))
        for form, write in (("text", maths.text), ("latex", maths.latex)):
            cells = [write(row[place][0].expr, profile) for row in table.rows]
            yield Piece(f"c:{name}", "\n".join(cells), "number", f"{where} {form} lines")
            yield Piece(f"c:{name}", ", ".join(cells), "number", f"{where} {form} commas")
    lines = [line.split(",") for line in trained.to_csv().splitlines()]
    data = json.loads(trained.to_json())
    for name in parameters:
        column = [line[lines[0].index(name)] for line in lines[1:]]
        yield Piece(f"c:{name}", "\n".join(column), "number", f"{where} CSV")
        yield Piece(f"c:{name}", json.dumps([row["values"][name] for row in data["rows"]]), "number", f"{where} JSON")
    for step in data["steps"]:
        yield Piece(f"n:{step['target']}", step["value"], "number", f"{where} JSON")
    for width in (80, 120):
        for piece in terminal_pieces(trained.to_text(width), doc, profile, f"{where} terminal {width}"):
            yield replace(piece, target=f"n:{piece.target}")
    for page, environment in ((trained.to_latex(fragment=True), "align*"), (trained.to_markdown(), "aligned")):
        for piece in latex_pieces(page, environment, doc, f"{where} {environment}"):
            yield replace(piece, target=f"n:{piece.target}")
