"""Which functions of a file belong together: forward and backward, a loss with its gradients in one body, a class, a flat script."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tutor.code.class_parts import list_class_parts
from tutor.code.gradient_lists import split_entry
from tutor.code.guess_shapes import is_parameter, is_target
from tutor.code.name_words import spell_words, split_words
from tutor.code.own_forwards import has_own_forward, is_chain

BACKWARD = re.compile(
    r"(?i)backward|backprop|bwd|bprop|_back$|_grads?$|gradient|^grad_|deriv|_prime$|_dash$|(^|_)bw(_|$)|r(ü|ue)ckw(ä|ae)rts|^d(x|f|fx)$|^_?(grads?|prime)$"
)
FORWARD = ("forward", "fwd", "fprop", "forward_propagation", "forwardprop", "forward_pass", "fw", "vorwaerts", "vorwärts")
LOSSES = re.compile(
    r"(?i)^(compute_)?(\w+_)?(loss|cost|objective|criterion|error|kosten|verlust|fehler)(_\w+)?$|^(mse|bce|nll|((binary|categorical)_)?cross_?entropy)$"
)
METRIC = re.compile(r"(?i)abs|mae|miss?class|accura|rmse|root|(^|_)val(_|id|$)|test|score")
"""What is called so is looked at, and is not what is made small: ``misclassification_error``."""
PENALTY = re.compile(r"(?i)regulari[sz]|penalt|decay")
"""What is called so is no loss of its own, but a term of one; a cost *with* it is a whole one."""
GRADIENT = re.compile(
    r"^(?:nabla_?|d_?L_?d_?|dl_?d|d_|(?:partial_?)?deriv(?:ative)?_?(?:of_)?|d|D_?(?=[a-z])|grads_|grad_?|g_|delta_?|gradient_?(?:of_)?|∂)(?P<of>\w+)$|^(?P<behind>\w+?)_?(?:_grad|_gradient|Grad|_bar|_delta|_deriv|_derivative)$"
)
UPSTREAM = re.compile(
    r"(?i)^(d\w+|(?-i:d)|grad\w*|upstream\w*|g|delta\w*|top_grad\w*|gy|eta|error\w*|\w+_error|\w+_grad|\w+_delta|output_gradient|accum_grad|next_grad)$"
)
VALUES = r"(?i)_?(forward|__call__|call|function|func|fn|f|activation|activate|value|compute|evaluate|apply|output)"
"""What the value of a function is called in a class, beside its slope: ``activate`` and ``derivative``."""
SLOPES = {"dx": "fx", "df": "f", "dfx": "fx"}
"""What the slope of a function is called by itself, beside the function: ``fx`` and ``dx`` of a class."""
NO_PASSES = ("_", "check", "test", "numerical", "numeric", "eval_num", "update", "clip")
"""What begins so is no backward pass: a check by differences, a step of training."""
STORE = re.compile(r"(?i)^(\w*grad\w*|d|ds|g|gs|gr|grds?|dparam(eter)?s|deriv\w*|ableitung\w*|nablas?|updates|deltas?)$")
"""What a dictionary of gradients is called."""


LOSS_WORDS = re.compile(
    r"(?i)^(total_?|data_?|mean_?|avg_?)?(loss|cost|error|objective|kosten|verlust|(?-i:L|J|E)|nll|mse|bce)(_?(val|value|total|sum|data))?$"
)
IN_WORDS = re.compile(r"(?i)deriv|grad|delta")
"""A gradient's name that is no other thing's, even in a store of gradients: ``gradients["derivative_weight"]``."""
LONGER = {"w": re.compile(r"(?i)^(weights?|kernel|coef\w*)_?$"), "b": re.compile(r"(?i)^(bias(es)?|intercept)_?$"),
          "pred": re.compile(r"(?i)^predict(ed|ions?)$")}  # fmt: skip
"""What a letter stands for where nothing is called so: dw of the weights."""
NOW = re.compile(r"_?(now|current|curr?)$|^(current|curr?)_")
"""What a parameter is called before its step, beside ``new_w``: dw of ``w_now``, of ``current_w``."""
PLACE_WORDS = re.compile(r"(?i)_?(idx|index|indices|ids?|labels?|shape|size|dim|mask)$")
"""What is called so is a place in an array, or a number of something, and no array of numbers."""
SHORTEST = 5
"""A single word of so many letters may stand for a longer name."""
BARE = re.compile(r"^(grads?|gradient)$")
"""The gradient of the only parameter, ``return J, grad``."""


@dataclass(frozen=True, slots=True)
class BackwardPlan:
    """What is worked through: the ``forward`` and ``backward`` functions by their names (both the same where one body has both), of a
    class.

    Without any it is the file itself.  ``cost`` is the function whose value is differentiated where backward is given no gradient.
    """

    name: str
    forward: str = ""
    backward: str = ""
    owner: str = ""
    cost: str = ""

    @property
    def is_single(self) -> bool:
        """Whether loss and gradients are computed in one body."""
        return self.forward == self.backward

    @property
    def is_flat(self) -> bool:
        """Whether it is the file itself that is worked through."""
        return not self.forward and not self.backward

    @property
    def is_forward(self) -> bool:
        """Whether it is a forward pass alone."""
        return bool(self.forward) and not self.backward


def find_plans(tree: ast.Module, wanted: str = "", forward: str = "") -> list[BackwardPlan]:
    """The pairs of a file, or the one that is wanted.

    >>> find_plans(ast.parse("def f_forward(x): return x\\ndef f_backward(dout): return dout"))[0].backward
    'f_backward'
    """
    plans: list[BackwardPlan] = []
    functions = {part.name: part for part in tree.body if isinstance(part, ast.FunctionDef)}
    plans += _pair(functions, "")
    for name, methods in list_class_parts(tree, BACKWARD):
        plans += _pair(methods, name)
    if forward and wanted:
        owner, _, name = wanted.rpartition(".")
        return [BackwardPlan(wanted, forward.rpartition(".")[2], name, owner)]
    if wanted:
        fits = [
            plan for plan in plans if wanted in (plan.backward, plan.name, plan.owner, f"{plan.owner}.{plan.backward}")
        ]
        if fits:
            return fits
        owner, _, name = wanted.rpartition(".")
        inside = functions if not owner else {one.name: one for part in tree.body if isinstance(part, ast.ClassDef) and part.name == owner
                                              for one in part.body if isinstance(one, ast.FunctionDef)}  # fmt: skip
        return [BackwardPlan(wanted, name, name, owner)] if name in inside else []
    if list_gradients([part for part in tree.body if not isinstance(part, ast.FunctionDef | ast.ClassDef) and _is_worked_out(part)]):
        plans.append(BackwardPlan(""))
    return plans


def _is_worked_out(node: ast.stmt) -> bool:
    """Whether a statement of a script computes something itself: ``dW, db = backward(dZ)`` and ``dW = grads["dW"]`` do not."""
    if not isinstance(node, ast.Assign):
        return True
    parts = [*ast.walk(node.value)]
    drawn = any(isinstance(part, ast.Attribute) and part.attr.startswith("rand") for part in parts)
    own = any(isinstance(part, ast.BinOp) or (isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)) for part in parts)
    return own and not drawn and not (isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name))


def list_functions(tree: ast.Module) -> list[str]:
    """The functions, classes and methods of a file by the names under which they can be asked for.

    >>> list_functions(ast.parse("class Net:\\n    def loss(self): pass"))
    ['Net', 'Net.loss']
    """
    found: list[str] = []
    for part in tree.body:
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            found.append(part.name)
        if isinstance(part, ast.ClassDef):
            found += [f"{part.name}.{one.name}" for one in part.body if isinstance(one, ast.FunctionDef)]
    return found


def _pair(functions: dict[str, ast.FunctionDef], owner: str) -> Iterator[BackwardPlan]:
    prefix = f"{owner}." if owner else ""
    costs = list_costs(functions)
    used: set[str] = set()
    whole: set[str] = set()
    passes = [name for name in functions if _is_backward(name) and not name.startswith(NO_PASSES)]
    private = _list_private(functions)
    callers = {name: _list_called(node) for name, node in functions.items() if _is_backward(name)}
    inner = {name for name in passes if any(name in called for other, called in callers.items() if other != name)}
    passes = passes if {*passes} - inner else [*passes, *private]
    for name in passes:
        partner = find_partner(name, list(functions)) or _find_loss(name, functions)
        partner = partner or (_find_value(name, functions) if owner else "")
        partner = partner or ("" if name in inner else find_whole(name, list(functions)))
        if owner and partner and has_own_forward(functions[name], functions[partner]):
            whole.add(name)
            continue
        if partner:
            used |= {name, partner}
            fitting = [one for one in costs if owner or not is_of_others(functions, one, partner, name)]
            penalised = bool(PENALTY.search(name))
            fitting.sort(key=lambda one: bool(PENALTY.search(one)) is not penalised)
            cost = next(iter(fitting), "")
            yield BackwardPlan(f"{prefix}{name}", partner, name, owner, cost if cost not in (name, partner) else "")
    for name, node in functions.items():
        given = (list_gradients(node.body) and not is_given_gradients(node)) or has_bare_return(node)
        is_pass = not name.startswith(NO_PASSES) or _is_own_update(node)
        if name not in used and is_pass and given and (_has_return(node) or is_training(node)):
            called = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
            calls = {func.id for func in called if isinstance(func, ast.Name)}
            stored = (part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))
            own = name in whole or any(map(LOSS_WORDS.match, stored))
            if not own and BACKWARD.search(name) and not calls & {*functions} and re.search(r"(?i)backward|backprop|bwd", name):
                continue  # a backward pass whose forward pass is not there
            yield BackwardPlan(f"{prefix}{name}", name, name, owner)


def _list_private(functions: Mapping[str, ast.FunctionDef]) -> list[str]:
    """The backward passes that only their class calls, beside forward passes called alike: ``__backward`` of ``__forward``."""
    named = [name for name in functions if name.startswith("_") and not name.endswith("__") and _is_backward(name)]
    return [name for name in named if not name.lstrip("_").startswith(NO_PASSES) and find_partner(name, list(functions))]


def list_costs(names: Iterable[str]) -> list[str]:
    """The functions that are called a loss, and are no term of one and no backward pass.

    >>> list_costs(["costFunction", "costFunctionPrime", "mse_loss", "propagate_error_backward", "l2_penalty_loss"])
    ['costFunction', 'mse_loss']
    >>> list_costs(["compute_cost_with_regularization", "regularization_cost"])
    ['compute_cost_with_regularization']
    """
    named = [name for name in names if LOSSES.match(name.lstrip("_")) or LOSSES.match(spell_words(name))]
    return [name for name in named if (not PENALTY.search(name) or "with" in name.lower()) and not _is_backward(name)]


def _is_backward(name: str) -> bool:
    return bool(BACKWARD.search(name) or BACKWARD.search(spell_words(name))) and not is_chain(name)


def _is_own_update(node: ast.FunctionDef) -> bool:
    """Whether a function that updates works out its gradients itself, from what it predicts: it is given none."""
    given = [arg.arg for arg in node.args.args if split_gradient(arg.arg) or STORE.match(arg.arg)]
    if given or not node.name.startswith("update") or not is_training(node) or any(map(_is_backward, _list_called(node))):
        return False
    stores = (ast.unparse(part.value).rpartition(".")[2] for part in ast.walk(node) if isinstance(part, ast.Subscript))
    assigned = (part for part in ast.walk(node) if isinstance(part, ast.Assign))
    made = [part for part in assigned if any(split_gradient(ast.unparse(one)) for one in part.targets)]
    return any(map(_is_worked_out, made)) and not any(map(STORE.match, stores))


def is_of_others(functions: Mapping[str, ast.FunctionDef], cost: str, forward: str, backward: str) -> bool:
    r"""Whether a cost has nothing to do with a pair: who calls the one does not call the other, and the backward pass takes no target.

    >>> text = "def f(x): pass\ndef b(cache): pass\ndef bce_loss(p, t): pass\ndef gan(p): return bce_loss(p, 1)"
    >>> functions = {part.name: part for part in ast.parse(text).body}
    >>> is_of_others(functions, "bce_loss", "f", "b"), is_of_others(functions, "bce_loss", "gan", "b")
    (True, False)
    """
    called = {name: _list_called(node) for name, node in functions.items() if name != cost}
    callers = [name for name, calls in called.items() if cost in calls] or [name for name, calls in called.items() if forward in calls]
    beside = any(cost in called[name] and (forward in called[name] or name == forward) for name in callers)
    return bool(callers) and not beside and not any(is_target(arg.arg) for arg in functions[backward].args.args)


def _list_called(node: ast.FunctionDef) -> set[str]:
    """The names of the functions and methods that a function calls."""
    calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else call.id for call in calls if isinstance(call, ast.Attribute | ast.Name)}


def list_reached(tree: ast.Module, name: str) -> set[str]:
    """The functions that one calls, and those that these call.

    >>> text = "def f(): return g()\\ndef g(): return h(1)\\ndef h(x): return x"
    >>> sorted(list_reached(ast.parse(text), "f")), sorted(list_reached(ast.parse(text), "h"))
    (['g', 'h'], [])
    """
    bodies = {part.name: part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        own = bodies.get(waiting.pop())
        fresh = _list_called(own) - found if own is not None else set()
        found |= fresh
        waiting += fresh
    return found


def find_whole(name: str, names: Sequence[str]) -> str:
    """The forward pass of a whole net, for a backward pass that has no namesake.

    >>> find_whole("backprop", ["init", "predict"]), find_whole("gradient", ["predict"])
    ('predict', '')
    """
    if not re.search(r"(?i)backward|backprop", name):
        return ""
    pattern = r"(?i)_?(forward\w*|feed_?forward|fprop|__call__|predict|forward_pass)"
    return next((one for one in names if re.fullmatch(pattern, one)), "")


def _find_value(name: str, functions: Mapping[str, ast.FunctionDef]) -> str:
    """The method whose slope another one of its class is, which takes the same: ``__call__(x)`` beside ``gradient(x)``."""
    if not re.fullmatch(r"(?i)_?(grad|gradient|deriv|derivative|prime|d|df|diff|slope)(_fn|_func(tion)?)?", name):
        return ""
    args = [arg.arg for arg in functions[name].args.args if arg.arg != "self"]
    fits = (one for one in functions if re.fullmatch(VALUES, one))
    return next((one for one in fits if len([arg for arg in functions[one].args.args if arg.arg != "self"]) == len(args) > 0), "")


def _find_loss(name: str, functions: Mapping[str, ast.FunctionDef]) -> str:
    """The loss of ``gradient(x, t)``, which takes the same: its own forward pass is written out once more, without a loss."""
    if not re.fullmatch(r"(?i)(compute_|get_|calc_)?(grad|grads|gradients?|derivatives?)(_\w+)?", name):
        return ""
    own = [arg.arg for arg in functions[name].args.args]
    return next((one for one, node in functions.items() if LOSSES.match(one) and own in _list_ways(node.args)), "")


def _list_ways(args: ast.arguments) -> list[list[str]]:
    """The arguments of a function, and those without the ones that have usual values."""
    named = [arg.arg for arg in args.args]
    return [named, named[: len(named) - len(args.defaults)]]


def has_bare_return(node: ast.FunctionDef) -> bool:
    """Whether a function returns a loss with its gradient by some weights, ``return J, grad``, and others with names of their own."""
    returned = [part.value for part in ast.walk(node) if isinstance(part, ast.Return) and isinstance(part.value, ast.Tuple)]
    names = [one.id for value in returned[-1:] for one in value.elts if isinstance(one, ast.Name)]
    others = [name for name in names if not BARE.match(name) and not LOSS_WORDS.match(name)]
    return len(names) - len(others) == 2 and any(map(BARE.match, names)) and any(map(LOSS_WORDS.match, names)) and all(
        map(split_gradient, others))


def is_training(node: ast.AST) -> bool:
    """Whether a body takes a step with a gradient of its own: ``self.w -= rate * dw``.

    >>> is_training(ast.parse("dw = x * e; w -= a * dw")), is_training(ast.parse("dw = x * e"))
    (True, False)
    """
    return bool(list_stepped(node))


@lru_cache(maxsize=64)
def list_stepped(node: ast.AST) -> frozenset[str]:
    """What takes a step with its own gradient: ``w = w - rate * dw``, ``self.w -= …``.

    >>> sorted(list_stepped(ast.parse("w = w - a * dw; self.bias -= a * db; v = dv; u = u - x")))
    ['bias', 'w']
    >>> sorted(list_stepped(ast.parse("dw = X.T @ e; m = 0.9 * m + dw; w -= a * m; x = x + f(x); dx = e")))
    ['w']
    """
    found: set[str] = set()
    stored = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    meant = {of for name in stored for of in split_gradient(name) if is_parameter(of)}
    for part in ast.walk(node):
        target = part.targets[0] if isinstance(part, ast.Assign) else part.target if isinstance(part, ast.AugAssign) else None
        if not isinstance(target, ast.Name | ast.Attribute) or not isinstance(part, ast.Assign | ast.AugAssign):
            continue
        word, used = ast.unparse(target).rpartition(".")[2], {one.id for one in ast.walk(part.value) if isinstance(one, ast.Name)}
        again = isinstance(part, ast.AugAssign) or ast.unparse(target) in map(ast.unparse, ast.walk(part.value))
        begins = isinstance(part.value, ast.BinOp) and ast.unparse(part.value.left) == ast.unparse(target)
        kept = (isinstance(part, ast.AugAssign) or begins) and word in meant  # w -= a * m, with what m keeps of dw
        if kept or (again and any(word in (of, find_long_name(of, [word])) for name in used for of in split_gradient(name))):
            found.add(word)
    return frozenset(found)


def is_given_gradients(node: ast.FunctionDef) -> bool:
    """Whether a body takes its loss and all gradients out of one call, and works none out: ``loss, dW = model(X, y)``.

    So it does of ``dW, db = self.backprop(x, y)``.

    >>> is_given_gradients(ast.parse("def fit(loss_of, x, w):\\n    loss, dw = loss_of(x, w)\\n    w -= dw").body[0])
    True
    """
    pairs = [(target, part.value) for part in ast.walk(node) if isinstance(part, ast.Assign) for target in part.targets]
    made: list[bool] = []
    for target, value in pairs:
        names = [ast.unparse(one) for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
        if any(map(split_gradient, names)):
            called = value.func if isinstance(value, ast.Call) and isinstance(target, ast.Tuple) else None
            passed = isinstance(called, ast.Attribute) and _is_backward(called.attr)
            made.append(called is not None and (passed or any(map(LOSS_WORDS.match, names))))
    return bool(made) and all(made)


def _has_return(node: ast.FunctionDef) -> bool:
    return any(isinstance(part, ast.Return) and part.value is not None for part in ast.walk(node))


def find_partner(name: str, names: Sequence[str]) -> str:
    """The forward function of a backward function, by their names; however their words are put together.

    >>> find_partner("affine_backward", ["affine_forward", "relu_forward"]), find_partner("sigmoid_grad", ["sigmoid"])
    ('affine_forward', 'sigmoid')
    >>> find_partner("reluBackward", ["predict", "relu"]), find_partner("backwardLinear", ["linear_forward"])
    ('relu', 'linear_forward')
    >>> find_partner("backward_alt", ["forward", "backward"]), find_partner("dx", ["fx"]), find_partner("costAndGradNaive", ["costAndGrad"])
    ('forward', 'fx', '')
    """
    found = _find_namesake(name, names)
    if not found:
        spelled = {spell_words(one): one for one in names[::-1]}
        found = spelled.get(_find_namesake(spell_words(name), list(spelled)), "")
    return "" if found == name else found


def _find_namesake(name: str, names: Sequence[str]) -> str:
    if name in SLOPES:
        return SLOPES[name] if SLOPES[name] in names else ""
    for old, new in (("backward", "forward"), ("Backward", "Forward"), ("bwd", "fwd"), ("bprop", "fprop"), ("backprop", "forward"),
        ("back", "forward"),
                     ("backward", "fwd"), ("backward_pass", "forward_pass"), ("backprop", "feedforward"), ("backprop", "forwardprop"),
                     ("backward", "loss"), ("bw", "fw"), ("rueckwaerts", "vorwaerts"), ("rückwärts", "vorwärts")):  # fmt: skip
        if old in name and name.replace(old, new) in names and name.replace(old, new) != name:
            return name.replace(old, new)
    for pattern in (
        r"_backward.*$",
        r"_?(backward|backprop|grad(ient)?s?|bwd|back|deriv(ative)?|prime$|dash$)_?",
        r"_(alt|naive|fast|vectorized|simple|loop)$",
    ):
        short = re.sub(pattern, "", name)
        behind = (f"{short}_{word}" for word in ("loss", "cost", "error", "objective") if short != name)  # triplet_grad of triplet_loss
        for candidate in (short, f"{short}_forward", f"forward_{short}", short.replace("backward", "forward"), *behind):
            if candidate in names and candidate != name and not re.search(r"(?i)backward|backprop|bwd|and_?grad", candidate):
                return candidate
    return ""


@lru_cache(maxsize=4096)
def split_gradient(key: str) -> list[str]:
    """What a name is the gradient of, the likeliest first: W1 of ``dW1``, ``grads.W1``, ``grad_W1``, ``W1_grad``; none of what is no
    gradient's.

    >>> split_gradient("dW1"), split_gradient("grads.W1"), split_gradient("dL_dz"), split_gradient("h")
    (['W1'], ['W1'], ['z'], [])
    >>> split_gradient("gradients.derivative_weight"), split_gradient("nabla_w[1]")
    (['weight'], ['w[1]'])
    """
    whole, place = split_entry(key)
    if place:
        return [f"{one}{place}" for one in split_gradient(whole)]
    head, _, last = key.rpartition(".")
    found: list[str] = []
    deep = re.match(r"^d_?[LlJjEC]o?s?s?_?_d_?(\w+)$|^d[LJE]d_?(\w+)$", last)
    if deep:
        found.append(deep[1] or deep[2])
    match = GRADIENT.match(last)
    if match:
        found.append(match["of"] or match["behind"])
    if head and STORE.match(head.rpartition(".")[2]) and not (match and IN_WORDS.match(last)):
        found.append(last)
    return list(dict.fromkeys(found))


def list_gradients(body: Sequence[ast.stmt]) -> list[str]:
    """The names of a body that look like gradients of names that it uses."""
    assigned: list[str] = []
    used: set[str] = set()
    for part in body:
        for node in ast.walk(part):
            if isinstance(node, ast.Name):
                used.add(node.id)
                if isinstance(node.ctx, ast.Store):
                    assigned.append(node.id)
            elif isinstance(node, ast.arg):
                used.add(node.arg)
            elif isinstance(node, ast.Attribute):
                used.add(node.attr)
                if isinstance(node.ctx, ast.Store):
                    assigned.append(node.attr)
            elif (
                isinstance(node, ast.Subscript)
                and isinstance(node.ctx, ast.Store)
                and isinstance(node.slice, ast.Constant)
            ):
                head = (
                    node.value.id
                    if isinstance(node.value, ast.Name)
                    else node.value.attr
                    if isinstance(node.value, ast.Attribute)
                    else ""
                )
                if STORE.match(head):
                    assigned.append(f"{head}.{node.slice.value!s}")
                    used.add(str(node.slice.value))
    return [name for name in dict.fromkeys(assigned) if any(of in used or find_long_name(of, used) for of in split_gradient(name))]


def find_long_name(short: str, words: Collection[str]) -> str:
    """The name that is meant by a shorter one: ``centerWordVec`` by CenterVec, ``center_vec`` by center; nothing where there is none.

    One word means the only array that begins with it.

    >>> find_long_name("CenterVec", ["outsideVectors", "centerWordVec"]), find_long_name("OutsideVecs", ["outsideVectors"])
    ('centerWordVec', 'outsideVectors')
    >>> find_long_name("w", ["bias", "weights"]), find_long_name("weight", ["b", "w"])
    ('weights', 'w')
    >>> find_long_name("weight", ["features", "weights"])
    'weights'
    >>> find_long_name("W1", ["W1_long"]), find_long_name("h_prev", ["h_next"])
    ('', '')
    >>> find_long_name("outside", ["outside_idx", "outside_vectors"]), find_long_name("center", ["center_a", "center_b"])
    ('outside_vectors', '')
    >>> find_long_name("m", ["m_now", "b_now"]), find_long_name("0", ["theta0", "theta1"]), find_long_name("1", ["w1"])
    ('m_now', 'theta0', '')
    """
    words = dict.fromkeys(words)
    if short.endswith("]"):
        listed, _, place = short.partition("[")
        named = find_long_name(listed, [word.partition("[")[0] for word in words if word.endswith(f"[{place}")])
        return f"{named}[{place}" if named else ""
    counted = re.compile(f"(?i)(theta|beta)_?{short}" if short.isdigit() else r"(?!)")
    known = [word for word in words if NOW.sub("", word) == short != word or counted.fullmatch(word)]
    if len(known) == 1 and short not in words:
        return known[0]
    if len(short) >= SHORTEST and f"{short}s" in words and short not in words:
        return f"{short}s"
    if short.lower() in LONGER:
        return next((word for word in words if LONGER[short.lower()].match(word)), "")
    letter = next((word for word in words if word.lower() in LONGER and LONGER[word.lower()].match(short)), "")
    if letter and not any(LONGER[letter.lower()].match(word) for word in words):
        return letter
    parts = split_words(short)
    if len(parts) == 1 and len(short) >= SHORTEST and short not in words:
        fits = (word for word in words if split_words(word)[:1] == parts and word != short and not PLACE_WORDS.search(word))
        begun = [word for word in fits if not split_gradient(word)]
        return begun[0] if len(begun) == 1 else ""
    if len(parts) < 2 or any(len(part) < 3 for part in parts):
        return ""
    for word in words:
        left = iter(split_words(word))
        if word != short and all(any(part[:3] == other[:3] for other in left) for part in parts):
            return word
    return ""
