"""What the text of a program tells of sizes: what is taken apart as a tuple of them, which divides which, how many axes are needed."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from tutor.code.guess_shapes import LABELS, SCALARS, Sizes, is_target
from tutor.code.parts_of_formulas import split_product
from tutor.code.pass_loss import find_upstream
from tutor.code.returned_values import list_usual
from tutor.numbers.arrays import np
from tutor.program.source import Source

SHAPED = re.compile(r"(?i)^(\w*_)?(shape|size|kernel|filter|pool|strides?|padding|pads?|dims?|dimensions|units)(_in|_out)?$")
"""What is called so may be a tuple of sizes."""
DIVIDED = ((2, 6), (2, 10))
"""A size and one that it divides, in the first and in the second choice: the quotient differs from both."""
AXES = {"transpose": "places", "permute": "places", "pad": "pairs", "repeat": "axis", "flip": "axis", "sum": "axis", "mean": "axis",
        "max": "axis", "min": "axis", "var": "axis", "std": "axis", "argmax": "axis", "concatenate": "", "cumsum": "axis"}  # fmt: skip


REGULARISED = re.compile(r"(?i)^(l[12]|l[12]_\w+|reg|reg_?\w*|\w*regulari[sz]\w*|lambd\w*|lam|weight_?decay|wd)$")
MAKERS = {"randn": True, "rand": True, "range": True, "xrange": True, "arange": True,
          "zeros": None, "ones": None, "empty": None, "full": None, "eye": True,
          "standard_normal": None, "random_sample": None, "random": None, "normal": False, "uniform": False, "reshape": True,
          "view": True}  # fmt: skip
"""What takes sizes: all that it is called with, the first alone (None), or what is called ``size``."""
SHAPED_MAKERS = ("zeros", "ones", "empty", "randn", "rand")
STEPS = re.compile(r"(?i)strid|step|pool|schritt")
"""What is called so is how far a window moves, and no number of samples."""
OF_ARRAYS = ("shape", "T", "dot", "sum", "mean", "reshape", "copy", "size", "ndim")


@lru_cache(maxsize=16)
def find_tuples(tree: ast.AST) -> dict[str, tuple[str, ...]]:
    """What a program takes apart into sizes, by the letters that it gives them: ``channels, height, width = self.input_shape``.

    >>> find_tuples(ast.parse("c, h = self.input_shape\\na = self.size[0]\\nx.reshape((n,) + shape)"))
    {'input_shape': ('c', 'h'), 'size': ('a', 'size 1'), 'shape': ('shape 0', 'shape 1')}
    >>> find_tuples(ast.parse("D, H = dims[0], dims[1]"))
    {'dims': ('D', 'H')}
    >>> find_tuples(ast.parse("def f(input_dim=(3, 32, 32)): return input_dim[1]"))
    {'input_dim': ('C', 'H', 'W')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            word = _name_shape(node.value)
            names = [part.id if isinstance(part, ast.Name) else "" for part in node.targets[0].elts]
            if word and 1 < len(names) < 6:
                found[word] = tuple(
                    name if name.strip("_") else f"{word} {place}" for place, name in enumerate(names)
                )
    named = _list_named_places(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and type(node.slice.value) is int:
            word, count = _name_shape(node.value), max(2, node.slice.value + 1)
            if word and 0 <= node.slice.value < 5 and count > len(found.get(word, ())):
                more = range(len(found.get(word, ())), count)
                found[word] = (*found.get(word, ()), *(named.get((word, place), f"{word} {place}") for place in more))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                word = _name_shape(one)
                if word and isinstance(other, ast.Tuple):
                    found.setdefault(word, (f"{word} 0", f"{word} 1"))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SHAPED_MAKERS:
            given = [part.value if isinstance(part, ast.Starred) else part for part in node.args]  # randn(*shape)
            word = _name_shape(given[0]) if len(given) == 1 else ""
            if word and "shape" in word:
                found.setdefault(word, (f"{word} 0", f"{word} 1"))
        elif isinstance(node, ast.FunctionDef):  # input_dim=(3, 32, 32)
            for word, value in list_usual(node).items():
                three = isinstance(value, ast.Tuple) and len(value.elts) == 3 and SHAPED.match(word)
                found |= {word: ("C", "H", "W")} if three and len(found.get(word, ())) < 3 else {}
    return found


def _list_named_places(tree: ast.AST) -> dict[tuple[str, int], str]:
    """The names that a program gives to single sizes: ``Dx = dimensions[0]``."""
    found: dict[tuple[str, int], str] = {}
    for node in ast.walk(tree):
        for target, value in list_parts(node.targets[0], node.value) if isinstance(node, ast.Assign) else ():
            place = value.slice.value if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant) else None
            if isinstance(target, ast.Name) and isinstance(value, ast.Subscript) and type(place) is int:
                found.setdefault((_name_shape(value.value), place), target.id)
    return found


@lru_cache(maxsize=16)
def find_dictionaries(tree: ast.AST) -> frozenset[str]:
    """What a program asks for entries by texts: ``parameters["W" + str(l)]``, ``cache["A1"]``, ``params.get("b")``.

    >>> sorted(find_dictionaries(ast.parse("p['W' + str(l)] @ x[0] + self.c['b']; q.get('a')")))
    ['c', 'p', 'q']
    >>> sorted(find_dictionaries(ast.parse("W, b = (params[name] for name in ('W', 'b'))")))
    ['params']
    """
    found = set[str]()
    rounds = [(part.target, part.iter) for part in ast.walk(tree) if isinstance(part, ast.comprehension | ast.For)]
    texts = {target.id for target, listed in rounds if isinstance(target, ast.Name) and isinstance(listed, ast.Tuple | ast.List)
             and listed.elts and all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in listed.elts)}  # fmt: skip
    for node in ast.walk(tree):
        key, of = (node.slice, node.value) if isinstance(node, ast.Subscript) else (None, None)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
            key, of = node.args[0], node.func.value
        while isinstance(key, ast.BinOp):
            key = key.left
        named = isinstance(key, ast.JoinedStr) or (isinstance(key, ast.Name) and key.id in texts)
        if of is not None and (named or (isinstance(key, ast.Constant) and isinstance(key.value, str))):
            found.add(_name_last(of))
    return frozenset(found - {""})


def _name_shape(node: ast.expr) -> str:
    """The word of a name or an attribute that may stand for sizes; nothing for what an array says of itself (``x.shape``)."""
    if isinstance(node, ast.Attribute):
        own = node.attr in ("shape", "size") and not (isinstance(node.value, ast.Name) and node.value.id == "self")
        return node.attr if SHAPED.match(node.attr) and not own else ""
    return node.id if isinstance(node, ast.Name) and SHAPED.match(node.id) else ""


@lru_cache(maxsize=16)
def find_counts(*trees: ast.AST) -> tuple[frozenset[str], frozenset[str]]:
    """The names that are sizes, since arrays are made of so many entries or a loop has so many rounds, and those that a condition compares.

    >>> text = "W = np.zeros((n_in, self.width))\\nself.width = wide\\nz = inputs @ W\\nif self.l1 > 0: pass"
    >>> [sorted(names) for names in find_counts(ast.parse(text))]
    [['n_in', 'wide', 'width'], ['l1']]
    >>> sorted(find_counts(ast.parse("n = x.shape[2] - self.kernel + 1; y = x[2 * n : 2 * n + window, ::factor]"))[0])
    ['factor', 'kernel', 'n', 'window']
    >>> find_counts(ast.parse("W = [np.zeros((y, x)) for x, y in pairs]"))[0]
    frozenset()
    """
    bound = find_bound(*trees)
    parts = [node for tree in trees for node in ast.walk(tree)]
    counts, asked, arrays = set[str](), set[str](), set[str]()
    for node in parts:
        if isinstance(node, ast.Call):
            counts |= _list_making(node) - bound.get(id(node), set())
        elif isinstance(node, ast.If | ast.IfExp):
            for part in node.test.values if isinstance(node.test, ast.BoolOp) else [node.test]:
                if isinstance(part, ast.Compare) and isinstance(part.comparators[0], ast.Constant):
                    number = type(part.comparators[0].value) in (int, float) and not isinstance(part.ops[0], ast.In | ast.NotIn)
                    asked |= {_name_last(part.left)} if number else set()
        elif isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr in OF_ARRAYS):
            arrays.add(_name_last(node.value))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            arrays |= {_name_last(node.left), _name_last(node.right)}
        counts |= _list_beside_sizes(node)
    given = [pair for node in parts if isinstance(node, ast.Assign) for pair in list_parts(node.targets[0], node.value)]
    for target, value in given:  # k = self.factor
        if isinstance(target, ast.Name) and isinstance(value, ast.Attribute) and target.id in counts - arrays:
            counts |= {value.attr} if _name_last(value.value) == "self" else set()
    for target, value in given:  # self.width = wide
        if isinstance(value, ast.Name) and isinstance(target, ast.Attribute):
            for names in (counts, asked):
                names |= {value.id} if target.attr in names else set()
    counts = (counts - arrays) | _list_own_sizes(parts)
    return frozenset(counts - {""}), frozenset(asked - arrays - counts - {""})


def _list_own_sizes(parts: Sequence[ast.AST]) -> set[str]:
    """The sizes that a class is begun with, though a name in another of its methods is that of an array: ``h1`` of ``h1 = relu(x)``."""
    functions = [part for part in parts if isinstance(part, ast.FunctionDef)]
    found = set[str]()
    for begin in (one for one in functions if one.name == "__init__"):
        inside = [*ast.walk(begin)]
        made = {name for part in inside if isinstance(part, ast.Call) for name in _list_making(part)}
        taken = {_name_last(part.value) for part in inside if isinstance(part, ast.Subscript | ast.Attribute)}
        found |= (made & {arg.arg for arg in begin.args.args}) - taken
    return found - {arg.arg for one in functions if one.name != "__init__" for arg in one.args.args}


def find_bound(*trees: ast.AST) -> dict[int, set[str]]:
    """The names that a comprehension gives to the calls in it: x and y of ``[make(y, x) for x, y in pairs]`` are no others so called."""
    found: dict[int, set[str]] = {}
    for node in (part for tree in trees for part in ast.walk(tree)):
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
            own = {part.id for one in node.generators for part in ast.walk(one.target) if isinstance(part, ast.Name)}
            for part in ast.walk(node):
                if isinstance(part, ast.Call):
                    found.setdefault(id(part), set()).update(own)
    return found


def _list_making(node: ast.Call) -> set[str]:
    """The names of sizes that a call makes arrays of, or rounds of a loop."""
    word = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
    found = set[str]()
    if word in MAKERS:
        sizes = [one.value for one in node.keywords if one.arg in ("size", "shape")]
        given = node.args if MAKERS[word] else node.args[:1] if MAKERS[word] is None else node.args[2:3]  # uniform(-1, 1, (n, d))
        for part in [*given, *sizes]:
            found |= {_name_last(one) for one in (part.elts if isinstance(part, ast.Tuple | ast.List) else [part])}
    return found


def _list_beside_sizes(node: ast.AST) -> set[str]:
    """What is added to, or taken off, a size: k of ``x.shape[2] - k + 1``; and what places are worked out of, ``x[i * s : i * s + k]``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sized = [isinstance(one, ast.Subscript) and getattr(one.value, "attr", "") == "shape" for one in (node.left, node.right)]
        return {_name_last(one) for one, beside in zip((node.left, node.right), reversed(sized), strict=True) if beside}
    if not isinstance(node, ast.Subscript):
        return set()
    found = set[str]()
    waiting = [*node.slice.elts] if isinstance(node.slice, ast.Tuple) else [node.slice]
    for part in waiting:
        if isinstance(part, ast.Slice):
            ends = [one for one in (part.lower, part.upper) if isinstance(one, ast.BinOp)]
            waiting += [*ends, *([part.step] if part.step is not None else [])]
            found.add(_name_last(part.step) if part.step is not None else "")
        elif isinstance(part, ast.BinOp):
            waiting += [part.left, part.right]
            found |= {_name_last(part.left), _name_last(part.right)}
    return {name for name in found if not LABELS.match(name)}


@lru_cache(maxsize=64)
def find_axes(tree: ast.AST, forward: str, backward: str) -> dict[str, int]:
    """How many axes arrays have that are put in another order, or stand in an einsum: arguments of forward, attributes in both.

    >>> text = "def f(K, x):\\n x = h(x)\\n return x.transpose(1, 0, 2), K.transpose(0, 2, 1)\\n"
    >>> find_axes(ast.parse(text + "def b(W): np.einsum('bij,jk->bik', self.Q, W)"), "f", "b")
    {'K': 3, 'Q': 3}
    >>> find_axes(ast.parse("def f(x): return x.shape[0], x.shape[3]"), "f", "b")
    {'x': 4}
    >>> find_axes(ast.parse("def f(ids, E): return E[ids], ids\\ndef b(g, c):\\n ids = c\\n n, k = ids.shape"), "f", "b")
    {'ids': 2}
    """
    found: dict[str, int] = {}
    given = {arg.arg for part in ast.walk(tree) if isinstance(part, ast.FunctionDef) and part.name == forward for arg in part.args.args}
    for part in ast.walk(tree):
        if not isinstance(part, ast.FunctionDef) or part.name not in (forward, backward):
            continue
        changed = {node.id for node in ast.walk(part) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        for node in ast.walk(part):
            for of, count in _list_taken(node):  # the backward pass takes it out of its cache
                found |= {of.id: count} if isinstance(of, ast.Name) and of.id in given else {}
            for of, count in [*_list_ordered(node), *_list_asked(node)]:
                own = isinstance(of, ast.Attribute) or (isinstance(of, ast.Name) and part.name == forward and of.id not in changed)
                found |= {_name_last(of): count} if own and count > max(1, found.get(_name_last(of), 0)) else {}
    return found


def find_predicted(tree: ast.AST) -> frozenset[str]:
    r"""Names of settings that are predictions here: p of a loss of (p, y), which is no chance to drop something out.

    >>> sorted(find_predicted(ast.parse("def huber(p, y, delta=1.0): return p - y\ndef dropout(x, p): return x * p")))
    ['p']
    """
    found: set[str] = set()
    for body in (part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)):
        given = [arg.arg for arg in body.args.args[: len(body.args.args) - len(body.args.defaults)] if arg.arg != "self"]
        found |= {name for name in given if len(given) == 2 and SCALARS.match(name) and any(is_target(one) for one in given if one != name)}
    return frozenset(found)


_WORTH = re.compile(r"(?i)adv|rew|ret|gain|worth|weight|^(w|W|G|R)\d*$")
"""What weighs a logarithm and is no target: how good an action was."""
_LOGARITHM = re.compile(r"^log\d*$")


def find_weighing(tree: ast.AST) -> frozenset[str]:
    r"""Names of targets by what is done with them, whatever they are called: k of ``np.sum(k * np.log(q))``.

    >>> sorted(find_weighing(ast.parse("loss = -np.mean(k * np.log(q)) + a * b - np.sum(reward * np.log(p))")))
    ['k']
    """
    found: set[str] = set()
    for part in ast.walk(tree):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
            for own, other in ((part.left, part.right), (part.right, part.left)):
                own = own.operand if isinstance(own, ast.UnaryOp) else own
                called = other.func if isinstance(other, ast.Call) else None
                name = getattr(called, "attr", getattr(called, "id", ""))
                if isinstance(own, ast.Name) and _LOGARITHM.match(name) and not _WORTH.search(own.id):
                    found.add(own.id)
    return frozenset(found)


def find_looped(tree: ast.AST, forward: str) -> frozenset[str]:
    """The arguments of a forward pass that a loop runs over, an operand of a product for each step in time.

    >>> text = "def f(xs, ks, W):\\n for i, x in enumerate(xs):\\n  h = W @ x\\n for k in ks: c = W[k] @ h"
    >>> sorted(find_looped(ast.parse(text), "f"))
    ['xs']
    """
    bodies = [part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef) and part.name == forward]
    found: set[str] = set()
    for body in bodies:
        given = {arg.arg for arg in body.args.args}
        for node in (part for part in ast.walk(body) if isinstance(part, ast.For)):
            steps = {part.id for part in ast.walk(node.target) if isinstance(part, ast.Name)}
            factors = [one for part in ast.walk(node) if isinstance(part, ast.expr) for one in (split_product(part) or ())[:2]]
            if any(isinstance(one, ast.Name) and one.id in steps for one in factors):
                over = node.iter.args if isinstance(node.iter, ast.Call) else [node.iter]
                found |= {one.id for one in over if isinstance(one, ast.Name) and one.id in given}
    return frozenset(found)


@lru_cache(maxsize=16)
def find_joined(tree: ast.AST) -> frozenset[str]:
    """The names of all parameters in one row, of which a program takes the one part after the other: ``params[a : a + n].reshape(d, h)``.

    >>> sorted(find_joined(ast.parse("W = np.reshape(params[0:n], (d, h)); b = theta[n:].reshape(1, h); x = X[0:n]")))
    ['params', 'theta']
    """
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("reshape", "view") and node.args:
            for part in (node.args[0], node.func.value):
                if isinstance(part, ast.Subscript) and isinstance(part.slice, ast.Slice):
                    found.add(_name_last(part.value))
    return frozenset(found - {""})


def _list_taken(node: ast.AST) -> list[tuple[ast.expr, int]]:
    """What is taken apart into the sizes of its two axes, ``n, length = ids.shape``."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Tuple) or len(node.targets[0].elts) != 2:
        return []
    return [(node.value.value, 2)] if isinstance(node.value, ast.Attribute) and node.value.attr == "shape" else []


def _list_asked(node: ast.AST) -> list[tuple[ast.expr, int]]:
    """What is asked for its size along an axis, ``x.shape[3]``, and so has one more axes than that."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Attribute) or node.value.attr != "shape":
        return []
    place = node.slice.value if isinstance(node.slice, ast.Constant) else 0
    return [(node.value.value, place + 1)] if type(place) is int and 1 < place < 5 else []


def _list_ordered(node: ast.AST) -> list[tuple[ast.expr, int]]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return []
    first, last = node.args[0], node.args[-1]
    if node.func.attr in ("transpose", "permute"):
        if isinstance(first, ast.Constant):
            return [(node.func.value, len(node.args))]
        order = last.elts if isinstance(last, ast.Tuple | ast.List) else []
        return [(node.func.value if len(node.args) == 1 else first, len(order))]
    if node.func.attr == "einsum" and isinstance(first, ast.Constant) and isinstance(first.value, str) and "." not in first.value:
        letters = first.value.replace(" ", "").partition("->")[0].split(",")
        return [*zip(node.args[1:], map(len, letters), strict=False)]
    return []


def list_parts(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """What is assigned to what: ``a, b = x, y`` in its parts."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return [*zip(target.elts, value.elts, strict=True)]
    return [(target, value)]


def _name_last(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@lru_cache(maxsize=64)
def find_idle(tree: ast.AST, owner: str, forward: str, cost: str) -> frozenset[str]:
    """The strengths of a regularisation that only the backward pass of a layer has: its loss has the term, and stands elsewhere.

    >>> text = "class D:\\n def forward(self, x): return x @ self.w\\n def backward(self, g): self.dw = self.x.T @ g + self.reg * self.w"
    >>> find_idle(ast.parse(text), "D", "forward", ""), find_idle(ast.parse(text), "D", "forward", "backward")
    (frozenset({'reg'}), frozenset())
    """
    found, known = set[str](), set[str]()
    for made_of in ast.walk(tree):
        for part in made_of.body if isinstance(made_of, ast.Module | ast.ClassDef) else ():
            if not isinstance(part, ast.FunctionDef) or (part.name == "__init__" and owner):
                continue
            names = {_name_last(node) for node in ast.walk(part)}
            used = {name for name in names if REGULARISED.match(name)}
            apart = owner and not (isinstance(made_of, ast.ClassDef) and made_of.name == owner)  # the loss is not that of this layer
            if part.name in (forward, cost) or (not apart and re.search(r"(?i)loss|cost|regulari|penalty", part.name)):
                known |= used
            else:
                found |= used
    return frozenset(found - known)


def find_idle_arguments(tree: ast.Module, forward: str, backward: str) -> frozenset[str]:
    """The strengths of a regularisation that only the backward pass of a part is given, beside a gradient from above.

    >>> text = "def f(x, w): return x @ w\\ndef f_back(dout, x, w, reg): return x.T @ dout + reg * w"
    >>> find_idle_arguments(ast.parse(text), "f", "f_back")
    frozenset({'reg'})
    """
    args = {part.name: [arg.arg for arg in part.args.args] for part in tree.body if isinstance(part, ast.FunctionDef)}
    own = args.get(backward, [])
    if not find_upstream(own, args.get(forward, [])):
        return frozenset()
    return frozenset(name for name in own if REGULARISED.match(name) and name not in args.get(forward, []))


def settle_divided(tree: ast.AST, sizes: Sizes) -> None:
    """Sizes for what a program divides without a rest: groups of channels, heads of a width (``C // G``)."""
    part, whole = DIVIDED[sizes.others]
    for names, size in _list_divided(tree):
        if names[0] and 1 < size < 5:
            sizes.known.setdefault(sizes.name_letter(names[0]), size * (5 if sizes.others else 3))
        elif all(names) and names[1] not in sizes.known:
            letters = [sizes.name_letter(name) for name in names]
            if letters[0] in sizes.known and letters[1] not in sizes.known and sizes.known[letters[0]] % 2 == 0:
                sizes.known[letters[1]] = 2
            elif letters[0] != letters[1] and not any(letter in sizes.known for letter in letters):
                sizes.known[letters[0]], sizes.known[letters[1]] = whole, part
                sizes.divided |= {*letters}


def settle_batches(tree: ast.AST, sizes: Sizes) -> None:
    """How many samples a batch has whose size is the step from one to the next: fewer than there are, ``range(0, len(X), size)``.

    >>> sizes = Sizes()
    >>> settle_batches(ast.parse("for k in range(0, len(X) - size + 1, size): xb = X[k : k + size]"), sizes)
    >>> sizes.known
    {'size': 4}
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("range", "xrange") and len(node.args) == 3:
            name, end = _name_last(node.args[2]), ast.unparse(node.args[1])
            free = name and not STEPS.search(name) and sizes.name_letter(name) == name
            if free and re.search(r"\blen\(|shape\[0\]|\b(n|m|N|n_\w+|num_\w+)\b", end):
                sizes.known.setdefault(name, 3 if sizes.others else 4)


@lru_cache(maxsize=16)
def _list_divided(tree: ast.AST) -> list[tuple[list[str], int]]:
    """The names of what is divided without a rest and by what, and the usual value of the second."""
    usual = {name: value.value for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for name, value in list_usual(node).items()
             if isinstance(value, ast.Constant) and type(value.value) is int}  # fmt: skip
    found: list[tuple[list[str], int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            names = [
                one.id if isinstance(one, ast.Name) else one.attr if isinstance(one, ast.Attribute) else ""
                for one in (node.left, node.right)
            ]
            found.append((names, usual.get(names[1], 0)))
    return found


def settle_images(name: str, source: Source, sizes: Sizes) -> None:
    """Small sizes for images, whose loops over every place take long."""
    text = "\n".join(source.lines)
    if re.search(r"conv|pool", name.lower()):
        few = {"N": 2, "m": 2, "C": 3, "F": 2, "H": 4, "W": 6}
        others = {"N": 3, "m": 3, "C": 2, "F": 4, "H": 6, "W": 4}
        known = others if sizes.others else few
        sizes.known |= {**{letter.lower(): size for letter, size in known.items()}, **known, "kh": 3, "kw": 2}
    elif re.search(r"\bN, *C, *H, *W\b", text) and not re.search(r"(?i)conv|pool|filter|kernel|stride|im2col", text):
        settle_divided(source.tree, sizes)
        known = {"N": 2, "H": 3, "W": 4} if sizes.others else {"N": 3, "H": 2, "W": 4}
        sizes.known = {**known, **sizes.known}


def count_needed_axes(word: str, values: Sequence[Any], named: Mapping[str, Any]) -> int:
    """How many axes an array needs for a call: 4 for ``x.transpose(0, 2, 3, 1)``, for ``x.sum(axis=3)``.

    >>> count_needed_axes("transpose", [0, 2, 3, 1], {}), count_needed_axes("sum", [], {"axis": (0, 2, 3)})
    (4, 4)
    """
    how = AXES.get(word, "")
    if how == "places":
        flat = [one for part in values for one in (part if isinstance(part, tuple | list) else [part])]
        return len(flat) if all(type(one) is int for one in flat) else 0
    if how == "pairs":
        width = next((one for one in (*values, *named.values()) if isinstance(one, tuple | list)), ())
        return len(width) if all(isinstance(one, tuple | list) for one in width) else 0
    if how == "axis":
        axis = named.get("axis", values[-1] if values and word != "repeat" else None)
        listed = axis if isinstance(axis, tuple | list) else [axis]
        count = 1 + max((one for one in listed if type(one) is int), default=-1)
        return 4 if word == "repeat" and count == 3 else count  # of images, as a layer that makes them larger has it
    return 0


def grow_shape(shape: tuple[int, ...], count: int, sizes: Sizes) -> tuple[int, ...]:
    """A shape of more axes for an array that was taken for one of fewer: of images, where it takes four."""
    if count <= 3 and len(shape) <= 3:
        return tuple(map(sizes.find, "NCW" if "F" in sizes.known else "NTD"))  # of filters along one axis
    letters = ["N", "C", "H", "W", *(f"axis {place}" for place in range(4, count))]
    return tuple(sizes.find(letter) for letter in letters)


def is_kind(value: Any, kind: Any) -> bool:
    """``isinstance(value, tuple)``, for what a program can hold here."""
    if isinstance(kind, tuple):
        return any(is_kind(value, one) for one in kind)
    word = str(getattr(kind, "path", "")).rpartition(".")[2]
    kinds: dict[str, tuple[type, ...]] = {
        "tuple": (tuple,), "list": (list,), "dict": (dict,), "str": (str,), "int": (int, np.integer), "bool": (bool,),
        "float": (float, complex, np.inexact), "ndarray": (np.ndarray,), "Tensor": (np.ndarray,)}  # fmt: skip
    return isinstance(value, kinds.get(word, (np.ndarray,)))
