"""Formulas over whole arrays as answers: right forms made by algebra are right, wrong ones are wrong, in every exercise over arrays.

Right forms are the product's own layer formulas, rewritten: (A B)ᵀ = Bᵀ Aᵀ, A(B + C) = AB + AC, 1·x, diag(v) w, index form, earlier steps
put in, NumPy's spelling; and the same at random.  Each is held against NumPy here, at two random points, with arrays of the independent
implementation (`independent_layers`); wrong forms are mutations of the right ones whose value there is another, or that have none.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from chosen_exercises import chosen_ids, load_once
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from independent_layers import OPERATIONS
from some_now import some_now

import tutor
from tutor.derive.backward import derive
from tutor.derive.indexed import index_form
from tutor.errors import TutorError
from tutor.exercise.over_layers import layers_of
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.plain import write_plain
from tutor.expression.walk import depth, size
from tutor.graph.layered import choose_sizes
from tutor.graph.network import quantities
from tutor.graph.shapes import shape_of
from tutor.marking.array_questions import array_question, is_asked_by_arrays
from tutor.marking.mark_submission import Marker
from tutor.numbers.floats import evaluate_at_points
from tutor.render import maths
from tutor.rules.operations import ENTRYWISE, LAYERS, WRITABLE

EXERCISES = [name for name in chosen_ids() if is_asked_by_arrays(load_once(name))]
INTERNAL = frozenset(LAYERS) - WRITABLE
"""What only the product writes: how a convolution goes back, …"""


def operations(expr):
    found = [expr.func] if type(expr) is Call else []
    return found + [func for part in children(expr) for func in operations(part)]


@cache
def asked(name):
    """The exercise with a question of kind expression for every array that it computes, its marker, and its steps in layer form."""
    exercise = load_once(name)
    layered = layers_of(exercise, exercise.notation)
    small = choose_sizes(layered)[0]
    steps = {step.target: step.expr for step in (*layered.graph.steps, *derive(layered.graph).backward)}
    loss = layered.graph.loss
    keys = [key for key in steps if key not in (loss, derivative_key(loss, loss)) and not INTERNAL & set(operations(steps[key]))]
    bare = replace(exercise, values={}, rate=None, steps=0, questions=())
    questions = tuple(replace(array_question(bare, small, key), id=key) for key in keys)
    return Marker(replace(exercise, questions=questions)), layered, steps


# right forms by algebra


def everywhere(expr, change):
    """The formula with one change at one place, for every place where it can be made."""
    yield from change(expr)
    parts = children(expr)
    for place, part in enumerate(parts):
        if type(expr) is Call and expr.func in LAYERS and place >= len(LAYERS[expr.func][0].arrays):
            continue  # a setting
        for other in everywhere(part, change):
            yield rebuild(expr, (*parts[:place], other, *parts[place + 1 :]))


def transposed_product(shapes):
    def change(expr):
        if type(expr) is Call and expr.func == "matmul" and [len(shape_of(a, shapes)) for a in expr.args] == [2, 2]:
            a, b = expr.args
            yield Call("transpose", (Call("matmul", (Call("transpose", (b,)), Call("transpose", (a,)))),))
        if type(expr) is Call and expr.func == "outer":
            yield Call("transpose", (Call("outer", expr.args[::-1]),))
        if type(expr) is Call and expr.func == "matmul" and [len(shape_of(a, shapes)) for a in expr.args] == [2, 1]:
            yield Call("matmul", (expr.args[1], Call("transpose", (expr.args[0],))))

    return change


def distributed(shapes):
    def change(expr):
        if type(expr) is Call and expr.func in ("matmul", "outer", ENTRYWISE) and len(expr.args) == 2:
            for place, arg in enumerate(expr.args):
                if type(arg) is Add:
                    terms = [(type(t) is Neg, t.arg if type(t) is Neg else t) for t in arg.args]
                    made = [Call(expr.func, (*expr.args[:place], t, *expr.args[place + 1 :])) for _, t in terms]
                    yield Add(tuple(Neg(t) if minus else t for (minus, _), t in zip(terms, made, strict=True)))

    return change


def commuted(shapes):
    def change(expr):
        if type(expr) is Call and expr.func == ENTRYWISE:
            yield Call(ENTRYWISE, expr.args[::-1])
        if type(expr) is Add and type(expr.args[-1]) is not Neg:
            yield Add((expr.args[-1], *expr.args[:-1]))

    return change


def diagonal(shapes):
    def change(expr):
        if type(expr) is Call and expr.func == ENTRYWISE and len(shape_of(expr, shapes)) == 1:
            yield Call("matmul", (Call("diag", (expr.args[1],)), expr.args[0]))

    return change


def halves(shapes):
    def change(expr):
        if type(expr) in (Partial, Name) and shape_of(expr, shapes):
            yield Add((Mul((Number("3"), expr)), Neg(Mul((Number("2"), expr)))))

    return change


def put_in(expr, steps):
    """An earlier step in place of its name."""

    def change(part):
        key = derivative_key(part.of, part.wrt) if type(part) is Partial else part.name if type(part) is Name else ""
        if key in steps and key.count("/") == (type(part) is Partial) and not INTERNAL & set(operations(steps[key])):
            yield steps[key]

    return everywhere(expr, change)


@cache
def right_forms(name):
    """(question, tree) of every right form; the texts of index forms come from the product's page."""
    marker, layered, steps = asked(name)
    shapes = layered.shapes
    found = []
    for key in marker.sheet.by_id:
        expr = steps[key]
        forms = [expr]
        for make in (transposed_product, distributed, commuted, halves):
            forms += list(everywhere(expr, make(shapes)))[:3]
        inner = list(put_in(expr, steps))[:2]
        forms += inner + [form for one in inner for form in list(everywhere(one, commuted(shapes)))[:1]]
        found += [(key, form) for form in dict.fromkeys(forms)]
        found += [(key, form) for form in list(everywhere(expr, diagonal(shapes)))[:1]]
    return found


def texts(name, tree):
    """The tree as it is typed; an outer product and a transpose by their signs."""
    return write_plain(tree)


# an independent evaluation


class NoValueError(Exception):
    """A formula whose parts do not fit together."""


def worked_out(expr, env):
    """The value of a formula in NumPy; vectors have one axis."""
    kind = type(expr)
    if kind is Name:
        return env[expr.name]
    if kind is Partial:
        return env[derivative_key(expr.of, expr.wrt)]
    if kind is Number:
        return np.float64(expr.text)
    if kind is Call and expr.func in ("matmul", "transpose", "outer", "diag", ENTRYWISE):
        args = [worked_out(arg, env) for arg in expr.args]
        try:
            if expr.func == ENTRYWISE and args[0].shape != args[1].shape:
                raise NoValueError
            return {
                "matmul": lambda a, b: a @ b, "transpose": lambda a: a.T, "outer": np.outer, "diag": np.diag,
                ENTRYWISE: lambda a, b: a * b,
            }[expr.func](*args)  # fmt: skip
        except ValueError:
            raise NoValueError from None
    if kind is Call and expr.func in LAYERS:
        count = len(LAYERS[expr.func][0].arrays)
        operands = [worked_out(arg, env) for arg in expr.args[:count]]
        settings = [int(env[arg.name]) if type(arg) is Name else int(arg.text) for arg in expr.args[count:]]
        try:
            return np.asarray(OPERATIONS[expr.func](*operands, *settings), dtype=float)
        except (ValueError, TypeError, IndexError, np.exceptions.AxisError):
            raise NoValueError from None
    parts = [worked_out(part, env) for part in children(expr)]
    if len({np.shape(part) for part in parts if np.shape(part)}) > 1:
        raise NoValueError
    names = tuple(Name(f"p{place}") for place in range(len(parts)))
    shape = next((np.shape(part) for part in parts if np.shape(part)), ())
    flat = {n.name: np.broadcast_to(part, shape).reshape(-1) for n, part in zip(names, parts, strict=True)}
    return np.asarray(evaluate_at_points(rebuild(expr, names), flat)).reshape(shape)


@cache
def points(name):
    """Two random points: every array of the exercise by its key, and the letters of sizes."""
    marker, layered, _ = asked(name)
    field = marker.sheet.fields[0]
    chance = random.Random(name)
    chosen = chance.sample(list(field.points.generic), 2)
    keys = [*layered.shapes, *(derivative_key(layered.graph.loss, q.name) for q in quantities(layered.graph))]
    return [{**{key: field.array(key)[..., at] for key in keys}, **field.sizes} for at in chosen]


def same(name, key, tree):
    """Whether a formula has the value of what is asked, by NumPy."""
    for env in points(name):
        try:
            value = worked_out(tree, env)
        except (NoValueError, KeyError):
            return False
        if np.shape(value) != np.shape(env[key]) or not np.allclose(value, env[key], rtol=1e-7, atol=1e-12):
            return False
    return True


@pytest.mark.parametrize("name", some_now(EXERCISES, 7))
def test_right_forms_are_right(name):
    marker, _, _ = asked(name)
    tried = 0
    for key, tree in right_forms(name):
        assert same(name, key, tree), (key, write_plain(tree))
        answer, _ = marker.judge(key, texts(name, tree))
        assert (answer.verdict, answer.outcome) == ("correct", ""), (key, texts(name, tree), answer.verdict, answer.message)
        tried += 1
    print("right", name, tried)
    assert tried


def looks_beside(expr):
    """Whether an index is computed, as the j + a − 1 of a convolution: such entries are not typed."""
    own = type(expr) is Call and expr.func == "at" and any(type(part) not in (Name, Number) for part in expr.args[1:])
    return own or any(looks_beside(part) for part in children(expr))


@pytest.mark.parametrize("name", some_now(EXERCISES, 7, 1))
def test_the_index_form_of_every_step_is_right(name):
    marker, layered, steps = asked(name)
    notation = tutor.solve(name, form="layer").notation
    for key in marker.sheet.by_id:
        left = Partial(layered.graph.loss, key.rpartition("/d")[2]) if "/d" in key else Name(key)
        shape = layered.shapes[key.rpartition("/d")[2]]
        letters = ["j", "i", "k", "l"][: len(shape)]
        form = index_form(steps[key], letters, layered.shapes)
        if form is None or not shape or {"max_over", "equal", "entry"} & set(operations(form)) or looks_beside(form):
            continue
        own = Call("at", (left, *map(Name, letters)))
        for write in (maths.text, maths.latex):
            text = f"{write(own, notation)} = {write(form, notation)}"
            answer, _ = marker.judge(key, text)
            assert (answer.verdict, answer.outcome) == ("correct", ""), (text, answer.verdict, answer.message)


# wrong forms


def mutations(shapes, arrays):
    """What goes wrong at one place: another array, a transpose, an order, a sign, a factor, an operation."""

    def change(expr):
        if type(expr) is Name and expr.name in arrays:
            yield from (Name(other) for other in arrays if other != expr.name)
        if type(expr) is Partial:
            yield from (Partial(expr.of, other) for other in arrays if other != expr.wrt)
            yield Mul((Number("2"), expr))
        if type(expr) is Call and expr.func == "transpose":
            yield expr.args[0]
        if type(expr) is Call and expr.func in ("matmul", "outer"):
            yield Call(expr.func, expr.args[::-1])
        if type(expr) is Call and expr.func == "matmul":
            yield from (Call("matmul", (Call("transpose", (expr.args[0],)), expr.args[1])), Call(ENTRYWISE, expr.args))
        if type(expr) is Call and expr.func == ENTRYWISE:
            yield from (expr.args[0], expr.args[1], Call("matmul", expr.args))
        if type(expr) is Call and expr.func.endswith("'"):
            yield Call(expr.func[:-1], expr.args)
        if type(expr) is Add:
            yield Add((Neg(expr.args[0]), *expr.args[1:]))
        if shape_of(expr, shapes):
            yield Neg(expr)
            yield Mul((Number("1.0000001"), expr))

    return change


def wrong_forms(name, most=40):
    marker, layered, steps = asked(name)
    chance = random.Random(name)
    found = []
    for key in marker.sheet.by_id:
        try:
            forms = list(everywhere(steps[key], mutations(layered.shapes, list(layered.shapes))))
        except TutorError:
            continue
        found += [(key, form) for form in chance.sample(forms, min(len(forms), 8))]
    return chance.sample(found, min(len(found), most))


@pytest.mark.parametrize("name", some_now(EXERCISES, 7, 1))
def test_wrong_forms_are_wrong(name):
    marker, _, _ = asked(name)
    tried = 0
    for key, tree in wrong_forms(name):
        if same(name, key, tree):
            continue
        answer, _ = marker.judge(key, texts(name, tree))
        assert answer.verdict in ("wrong", "misconception", "undecided", "unreadable"), (key, texts(name, tree), answer.verdict)
        assert answer.verdict in ("wrong", "misconception") or answer.message, (key, texts(name, tree))
        tried += 1
    print("wrong", name, tried)
    assert tried


# right and wrong forms at random


MOST, DEEPEST = 120, 20
"""Larger formulas are not rewritten any further."""


def regrouped(shapes):
    """(A B) C = A (B C), and the same of ⊙."""

    def change(expr):
        if type(expr) is not Call or expr.func not in ("matmul", ENTRYWISE) or len(expr.args) != 2:
            return
        a, b = expr.args
        if type(a) is Call and a.func == expr.func and len(shape_of(a.args[0], shapes)) == len(shape_of(a.args[1], shapes)) == 2:
            yield Call(expr.func, (a.args[0], Call(expr.func, (a.args[1], b))))
        if type(b) is Call and b.func == expr.func and all(len(shape_of(part, shapes)) == 2 for part in (a, b.args[0])):
            yield Call(expr.func, (Call(expr.func, (a, b.args[0])), b.args[1]))

    return change


def moved(shapes):
    """A number in front of a product, of one of its factors."""

    def change(expr):
        if type(expr) is Call and expr.func in ("matmul", "outer", ENTRYWISE) and len(expr.args) == 2:
            a, b = expr.args
            yield Mul((Number("3"), Call(expr.func, (a, Mul((Div(Number("1"), Number("3")), b))))))
            if type(a) is Neg:
                yield Neg(Call(expr.func, (a.arg, b)))
            yield Neg(Call(expr.func, (a, Neg(b))))

    return change


def doubled(shapes):
    """−(−x), (xᵀ)ᵀ, 1·x, x + 0·x."""

    def change(expr):
        if type(expr) in (Name, Partial, Call) and shape_of(expr, shapes):
            yield Neg(Neg(expr))
            yield Mul((Number("1"), expr))
            yield Add((expr, Mul((Number("0"), expr))))
            if len(shape_of(expr, shapes)) == 2:
                yield Call("transpose", (Call("transpose", (expr,)),))

    return change


REWRITINGS = (transposed_product, distributed, commuted, diagonal, regrouped, moved, doubled)


def rewritten(draw, expr, shapes, times):
    """The formula after some changes that keep its value."""
    for _ in range(times):
        make = draw(st.sampled_from(REWRITINGS))
        try:
            found = list(everywhere(expr, make(shapes)))
        except TutorError:  # a diagonal has no shape before it is judged
            break
        found = [other for other in found if size(other) <= MOST and depth(other) <= DEEPEST]
        if found:
            expr = draw(st.sampled_from(found))
    return expr


ALL = some_now(EXERCISES, 6, 2)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=12)
@given(st.data())
def test_a_right_formula_stays_right(name, data):
    marker, layered, steps = asked(name)
    key = data.draw(st.sampled_from(sorted(marker.sheet.by_id)))
    tree = rewritten(data.draw, steps[key], layered.shapes, data.draw(st.integers(1, 5)))
    assume(same(name, key, tree))  # NumPy's word; a product with a number has no outer product in it
    answer, _ = marker.judge(key, write_plain(tree))
    assert (answer.verdict, answer.outcome) == ("correct", ""), (key, write_plain(tree), answer.verdict, answer.message)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=12)
@given(st.data())
def test_one_wrong_change_is_never_right(name, data):
    marker, layered, steps = asked(name)
    key = data.draw(st.sampled_from(sorted(marker.sheet.by_id)))
    try:
        wrong = list(everywhere(steps[key], mutations(layered.shapes, list(layered.shapes))))
    except TutorError:
        wrong = []
    assume(wrong)
    tree = data.draw(st.sampled_from(wrong))
    assume(not same(name, key, tree))
    try:
        tree = rewritten(data.draw, tree, layered.shapes, data.draw(st.integers(0, 3)))
    except TutorError:
        assume(False)
    assume(not same(name, key, tree))
    answer, _ = marker.judge(key, write_plain(tree))
    assert answer.verdict not in ("correct", "follow-through"), (key, write_plain(tree))


HOSTILE = [
    "Σ_v" * 300, "𝟏" * 50, "𝟏 𝟏ᵀ 𝟏 𝟏ᵀ", "diag(" * 39 + "z1" + ")" * 39, "W2^T" * 500, "fill(1,99999999)", "columns(y,10^9)", "W2^1000000",
    "__import__('os').system('x')", "\\sum_{v=1}^{99999999} x", "Σ_(v=1..99999999) δ²_v", "outer(" * 20, "at(W2,1,2)", "indexed(x)",
    "route(y,y)", "matmul()", "hadamard(W2)", "diag()", "0/0 * W2", "log(0) z1", "one_hot(3,99999999)", "x1 " * 900, "w²_jv" * 200,
]  # fmt: skip


@pytest.mark.parametrize("question", ["dE/dz1", "dE/dW2"])
def test_nothing_harms_and_nothing_is_right(question):
    marker, _, _ = asked("qmul/network-deltas-layers")
    for text in HOSTILE:
        answer, _ = marker.judge(question, text)
        assert answer.verdict in ("wrong", "misconception", "undecided", "unreadable"), text
