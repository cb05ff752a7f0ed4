"""Beside a wrong line of a program: the formula that it should compute, of the derivation that solves, with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tutor.code.code_verdicts import DerivedLine, WrongLine
from tutor.explain.document import Block, Code, Equation, Equations, Inline, Math, Paragraph, Sentence, Side
from tutor.explain.layer_formulas import make_explicit
from tutor.explain.layer_page import say_reason
from tutor.explain.page_writer import EQUALS
from tutor.explain.symbols_section import Symbols
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.expression.nodes import Expr, Mul, Name, Partial


def write_derived(root: WrongLine, words: Wording) -> Iterator[Block]:
    """What the line should compute as a formula, and what it does where that is read; nothing where the derivation does not know it."""
    derived, said = root.derived, words.code
    if derived is None:
        return
    reason = say_derived(derived, words)
    if derived.expr is None:
        yield Paragraph((said.RULE.format(reason=reason),), said.WHY)
        return
    shapes, left = derived.layered.shapes, write_left(derived)
    meant = said.MEANT_LAST if derived.ends else said.MEANT
    yield Paragraph(tuple(split_places(meant, {"key": [Code(name_gradient(derived.key))], "derivative": [Math(left)]})), said.WHY)
    rows = [Equation(left, (Side(make_explicit(derived.expr, shapes)),), None, (reason,))]
    rows += [
        Equation(write_left(row), (Side(make_explicit(row.expr, shapes)),), None, (say_derived(row, words),))
        for row in derived.rows if row.expr is not None
    ]  # fmt: skip
    if derived.written is not None:
        computed = said.COMPUTED.format(line=root.line)
        rows.append(Equation(_name_result(derived.key), (Side(make_explicit(derived.written, shapes)),), None, (computed,)))
    yield Equations(tuple(rows))
    where = list(_list_names((derived, *derived.rows), words))
    for name, expr in {name: expr for row in (derived, *derived.rows) for name, expr in row.insides.items()}.items():
        where += ["; " if where else "", Math(Name(name)), EQUALS, Math(make_explicit(expr, shapes))]
    exprs: list[Expr] = [one for one in (derived.expr, *(row.expr for row in derived.rows), derived.written) if one is not None]
    for paragraph in Symbols(words.arrays, shapes, words.pages.LABELS["where"]).explain_symbols(exprs):
        where += ["; " if where else "", *paragraph.parts]
    if where:
        yield Paragraph(tuple(part for part in where if part), words.pages.LABELS["where"])


def name_gradient(key: str) -> str:
    """A gradient as the program writes it; of an object only its name.

    >>> name_gradient("grads.W1"), name_gradient("self.dW"), name_gradient("dx")
    ("grads['W1']", 'dW', 'dx')
    """
    head, _, last = key.rpartition(".")
    if any(sign in key for sign in " ()[]"):  # a formula
        return key
    return f"{head}['{last}']" if head == "grads" else last


def _name_result(key: str) -> Name:
    """What a program calls a gradient, as a quantity: an entry of a dictionary with its key as an index."""
    head, _, last = key.rpartition(".")
    return Name(f"{head}_{last}" if head == "grads" else last)


def write_left(derived: DerivedLine) -> Expr:
    """The derivative that a line is: m ∂L/∂z where it is divided by m later."""
    partial = Partial(derived.loss, derived.wrt)
    return partial if derived.times is None else Mul((derived.times, partial))


def say_derived(derived: DerivedLine, words: Wording) -> str:
    """Why a gradient is what it is, with the lines of the forward function through which it comes back."""
    reason = words.arrays.REWRITES[derived.rewrite] if derived.rewrite else say_reason(derived.step, derived.layered, words)
    lines = derived.lines
    if not lines:
        return reason
    said = words.arrays.BACK_LINE if len(lines) == 1 else words.arrays.BACK_LINES
    return f"{said.format(line=', '.join(map(str, lines)))}: {reason}"


def _list_names(rows: Sequence[DerivedLine], words: Wording) -> Iterator[Inline]:
    """The gradients in formulas that a program calls otherwise: ∂L/∂z is `delta1`."""
    first, derived = True, rows[0]
    for wrt, name in sorted({wrt: name for row in rows for wrt, name in row.names.items()}.items()):
        if wrt in name:
            continue
        yield from () if first else ("; ",)
        yield from split_places(words.code.CALLED, {"derivative": [Math(Partial(derived.loss, wrt))], "name": [Code(name)]})
        first = False


def write_agreement(roots: Sequence[WrongLine], words: Wording) -> Iterator[Block]:
    """That the derivation and the corrected program agree, said once."""
    shown = [root.derived for root in roots if root.derived is not None and root.derived.expr is not None]
    if shown:
        said = words.code.AGREES_EXACTLY if all(derived.exact for derived in shown) else words.code.AGREES
        told: Sentence = (said.format(count=min(derived.points for derived in shown)),)
        yield Paragraph(told, words.pages.LABELS["proof"])
