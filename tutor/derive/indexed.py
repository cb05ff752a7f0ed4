"""The index form of an expression over layers: one entry of it, with sums over letters.

δ^l = W^{l+1} δ^{l+1} ⊙ σ'(z^l) becomes δ_j^l = Σ_v w_{jv}^{l+1} δ_v^{l+1} σ'(z_j^l), from the same rows of `tutor.rules.operations` that
the write-out uses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, count

from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.sizes import list_size_letters
from tutor.expression.walk import names
from tutor.graph.shapes import Shape, bind, shape_of, size_expr
from tutor.rules.functions import FUNCTIONS
from tutor.rules.layer_row import Layer
from tutor.rules.operations import ENTRYWISE, LAYERS, formula

_SUMS = ("v", "u", "k", "m", "a", "b", "r", "q", "s", "t")
INDICES = ("i", "j", "k", "l", "m")
"""The indices of an entry of an array, by its axes."""
_SPARE = (*INDICES, "p", "q", "n", "r")
"""What an index is called whose own letter names something else on the page."""
HIDDEN = frozenset(name for name, rows in LAYERS.items() if not rows[0].indexed)
"""Operations whose index form says less than their name."""


def index_form(expr: Expr, letters: Sequence[str], shapes: Mapping[str, Shape]) -> Expr | None:
    """One entry of ``expr`` at the indices ``letters``, or nothing where it would say less than the expression.

    An index may be a number, too: the 1 of an axis that has one entry.
    A sum has the last value of its letter: ``sum_over(v, 3, …)``; so has a maximum.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(index_form(Call("matmul", (Name("W"), Name("x"))), ["j"], {"W": (2, 3), "x": (3,)}))
    'sum_over(v, 3, at(W, j, v)*at(x, v))'
    >>> write_plain(index_form(Call("matmul", (Name("u"), Name("W"))), ["i", "j"], {"u": (2, 1), "W": (1, 3)}))  # a sum of one term is none
    'at(u, i, 1)*at(W, 1, j)'
    """
    bare = expr
    while type(bare) is Call and bare.func in _SEEN_THROUGH:
        bare = bare.args[0]
    if (type(bare) in (Name, Partial) and bare is not expr) or _is_hidden(bare, shapes):
        return None
    return _Indexer(shapes, {*letters, *_list_taken(shapes)}).entry(expr, tuple(map(write_index, letters)))


def write_index(letter: str) -> Expr:
    """An index of an entry: a letter, or a number."""
    return Number(letter) if letter.isdigit() else Name(letter)


def choose_indices(wanted: Sequence[str], shapes: Mapping[str, Shape]) -> list[str]:
    """The letters of an entry's indices: those that are wanted, others where a quantity or a size has that name, or a label of that name.

    >>> choose_indices(("i", "j", "k"), {"P": (4, 2, 2), "k": (4,)}), choose_indices(("i",), {"z_i": (3,)})
    (['i', 'j', 'l'], ['j'])
    """
    taken = _list_taken(shapes)
    spare = (letter for letter in _SPARE if letter not in taken and letter not in wanted)
    return [next(spare, letter) if letter in taken else letter for letter in wanted]


def _list_taken(shapes: Mapping[str, Shape]) -> set[str]:
    """The letters that name a quantity or a size, also with a label (the u of u_1), and the labels (the i of z_i)."""
    labelled = (part for name in shapes for part in _LABELLED.split(name) if len(part) == 1)
    return {*shapes, *labelled, *(letter for shape in shapes.values() for letter in list_size_letters(shape))}


_LABELLED = re.compile(r"[_0-9']+")
"""What stands between the letter of a name and its labels."""


_SEEN_THROUGH = frozenset(name for name, rows in LAYERS.items() if rows[0].said in ("keep", "drop", "stretch"))
"""What puts an axis in, leaves it out or makes it longer: by itself it says nothing, inside of another formula its entries do."""
_UNREADABLE = ("quotient(", "remainder(")
"""What an index that is printed does not have."""


def _is_hidden(expr: Expr, shapes: Mapping[str, Shape]) -> bool:
    parts = children(expr)
    if type(expr) is Call and expr.func in LAYERS:
        row = bind(expr, shapes)[0]
        if (expr.func in HIDDEN and expr.func not in _SEEN_THROUGH) or any(sign in row.index for sign in _UNREADABLE):
            return True
        # outside of its operands an entry is 0: not f(0), so an operand has to be a plain array, if it is ever asked for one
        if row.padded and any(type(part) not in (Name, Partial, Number) for part in _list_overrun(row, parts)):
            return True
    return any(_is_hidden(part, shapes) for part in parts)


def _list_overrun(row: Layer, parts: Sequence[Expr]) -> Iterator[Expr]:
    """The operands whose entries are taken at other places than their own, i + a − 1, which may be outside; settings besides."""
    asked = list(_list_entries(formula(row.index)))
    for place, part in enumerate(parts):
        own = row.operands[place][0] if place < len(row.operands) else ""
        if not own or any(type(index) is not Name for call in asked if call.args[0] == Name(own) for index in call.args[1:]):
            yield part


def _list_entries(expr: Expr) -> Iterator[Call]:
    if type(expr) is Call and expr.func in ("at", "at_inside"):
        yield expr
    for part in children(expr):
        yield from _list_entries(part)


class _Indexer:
    def __init__(self, shapes: Mapping[str, Shape], taken: set[str]) -> None:
        self.shapes = shapes
        self.taken = taken

    def make_fresh_letter(self, wish: str) -> str:
        letter = next(letter for letter in chain((wish,), _SUMS, map("v{}".format, count(1))) if letter not in self.taken)
        self.taken.add(letter)
        return letter

    def read_terms(self, expr: Add, read: Callable[[Expr], Expr]) -> Expr:
        """The terms of a sum, each with the letters that were free before it: Σ_v a_v + Σ_v b_v."""
        before, used, terms = self.taken, set(self.taken), []
        for term in expr.args:
            self.taken = set(before)
            terms.append(read(term))
            used |= self.taken
        self.taken = used
        return Add(tuple(terms))

    def entry(self, expr: Expr, index: tuple[Expr, ...]) -> Expr:
        match expr:
            case Name() | Partial():
                return Call("at", (expr, *index)) if shape_of(expr, self.shapes) else expr
            case Number():
                return expr
            case Call(func) if func in LAYERS:
                return self.layer(expr, index)
            case Call(func, args) if func == ENTRYWISE:
                return product([self.entry(arg, index) for arg in args])
            case Mul(args):
                return product([self.entry(arg, index) for arg in args])
            case Add():
                return self.read_terms(expr, lambda term: self.entry(term, index))
        parts = tuple(self.entry(part, index) for part in children(expr))
        return rebuild(expr, parts)

    def layer(self, call: Call, index: tuple[Expr, ...]) -> Expr:
        row, sizes, _ = bind(call, self.shapes)
        arrays = {name: arg for (name, _), arg in zip(row.operands, call.args, strict=False)}
        table: dict[str, Expr] = {name: size_expr(size) for name, size in sizes.items()}
        if row.letters:  # a number inside of an array's formula, as in (w·x) x, has no index
            table |= dict(zip(row.letters, index, strict=True))
        return self.read(formula(row.index), table, arrays)

    def read(self, expr: Expr, table: Mapping[str, Expr], arrays: Mapping[str, Expr]) -> Expr:
        match expr:
            case Name(name):
                return self.entry(arrays[name], ()) if name in arrays else table[name]
            case Number():
                return expr
            case Call("at" | "at_inside", (Name(name), *index)):
                return self.entry(arrays[name], tuple(reduce_linear(part, table) for part in index))
            case Call("sum_over" | "max_over" as func, (Name(letter), size, body)):
                if reduce_linear(size, table) == ONE:  # Σ from 1 to 1 is its only term
                    return self.read(body, {**table, letter: ONE}, arrays)
                new = self.make_fresh_letter(letter)
                inner = self.read(body, {**table, letter: Name(new)}, arrays)
                return Call(func, (Name(new), reduce_linear(size, table), inner))
            case Div(num, den):
                known = reduce_linear(den, table)
                return Div(self.read(num, table, arrays), known if type(known) is Number else self.read(den, table, arrays))
            case Call("inside", (Add((Name(letter), Neg(Name(label)), *_)), Number("1"))):  # 1 where j is the label
                return Call("equal", (table[letter], table[label]))
            case Mul(args):
                return product([self.read(arg, table, arrays) for arg in args])
            case Add():
                return self.read_terms(expr, lambda term: self.read(term, table, arrays))
        return rebuild(expr, tuple(self.read(part, table, arrays) for part in children(expr)))


def product(factors: Sequence[Expr]) -> Expr:
    """A product in which sums come first and take the other factors in, as lectures print it: Σ_v w_{jv} δ_v σ'(z_j); numbers in front stay
    there: (2/n) Σ_v δ_v x_v.
    """
    flat = [part for factor in factors for part in (factor.args if type(factor) is Mul else (factor,)) if part != ONE]
    sums = [part for part in flat if type(part) is Call and part.func == "sum_over"]
    if not sums:
        return ONE if not flat else flat[0] if len(flat) == 1 else Mul(tuple(flat))
    first = sums[0]
    assert type(first) is Call
    rest = [part for part in flat if part is not first]
    *letter, body = first.args
    if type(body) is Add or type(body) is Neg:
        return Mul(tuple(flat)) if len(flat) > 1 else first
    name = letter[0].name if type(letter[0]) is Name else ""
    numbers = [part for part in rest if _is_number(part) or (_has_sum(part) and name not in names(part))]
    whole = Call("sum_over", (*letter, product([body, *(part for part in rest if part not in numbers)])))
    return Mul((*numbers, whole)) if numbers else whole


def _is_number(expr: Expr) -> bool:
    """Whether a factor is a number, or one over the size of an array: 2, 1/n."""
    return not names(expr) or (type(expr) is Div and not names(expr.num) and not _has_entries(expr.den))


def _has_entries(expr: Expr) -> bool:
    """Whether entries or gradients stand in an expression."""
    if type(expr) is Partial or (type(expr) is Call and expr.func in ("at", "sum_over", "max_over")):
        return True
    return any(map(_has_entries, children(expr)))


def _has_sum(expr: Expr) -> bool:
    """Whether a factor is a function of a sum, as √(Σ_v x_v²): behind another sum it could be a part of that."""
    return type(expr) is Call and expr.func in FUNCTIONS and any(map(_is_or_has_sum, expr.args))


def _is_or_has_sum(expr: Expr) -> bool:
    return (type(expr) is Call and expr.func == "sum_over") or any(map(_is_or_has_sum, children(expr)))


def reduce_linear(expr: Expr, table: Mapping[str, Expr]) -> Expr:
    """An index such as s·(i − 1) + a − p, with what is known put in: i + a − 1.

    >>> from tutor.expression.parse import parse
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(reduce_linear(parse("s*(i - 1) + a - p"), {"s": Number("1"), "p": Number("0"), "i": Name("i"), "a": Name("a")}))
    'i + a - 1'
    """
    weights = _weights(expr, table)
    if weights is None:
        return rebuild(expr, tuple(reduce_linear(part, table) for part in children(expr)))
    positive = [(letter, weight) for letter, weight in weights.items() if letter and weight > 0]
    negative = [(letter, weight) for letter, weight in weights.items() if letter and weight < 0]
    terms: list[Expr] = [_weigh_letter(letter, weight) for letter, weight in positive]
    terms += [Neg(_weigh_letter(letter, -weight)) for letter, weight in negative]
    constant = weights.get("", 0)
    if constant or not terms:
        number = Number(str(abs(constant)))
        terms.append(Neg(number) if constant < 0 else number)
    if len(terms) > 1 and type(terms[0]) is Neg:  # m + 1 − a rather than −a + m + 1
        terms.append(terms.pop(0))
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _weigh_letter(letter: str, weight: int) -> Expr:
    return Name(letter) if weight == 1 else Mul((Number(str(weight)), Name(letter)))


def _weights(expr: Expr, table: Mapping[str, Expr]) -> dict[str, int] | None:
    """The coefficient of each letter, the constant under the empty one; nothing for what is not linear."""
    match expr:
        case Number(text):
            return {"": int(text)}
        case Name(name):
            return {name: 1} if table.get(name, expr) == expr else _weights(table[name], {})
        case Neg(arg):
            inner = _weights(arg, table)
            return None if inner is None else {key: -value for key, value in inner.items()}
        case Add(args):
            total: dict[str, int] = {}
            for arg in args:
                inner = _weights(arg, table)
                if inner is None:
                    return None
                for key, value in inner.items():
                    total[key] = total.get(key, 0) + value
            return {key: value for key, value in total.items() if value}
        case Mul((first, second, *more)):
            one, two = _weights(first, table), _weights(second if not more else Mul((second, *more)), table)
            if one is None or two is None:
                return None
            if not set(one) - {""}:
                one, two = two, one
            if set(two) - {""}:
                return None
            return {key: value * two.get("", 0) for key, value in one.items() if value * two.get("", 0)}
    return None
