"""The steps that a program takes with its gradients, as they are written: what is moved, by the gradient of what, up or down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tutor.code.named_updates import find_step
from tutor.code.pair_functions import find_long_name, split_gradient

MOST_DEEP = 5
"""Through so many names is a step followed: the velocity of a gradient that was clipped."""
_ENTRYWISE = re.compile(r"^(sqrt|clip|sign|square|abs|absolute|array|asarray|copy|float|float32|float64|astype|power|maximum|minimum)$")
"""Functions that leave a gradient that of the same quantity."""
_PLAIN = (ast.Mult, ast.Div, ast.Add, ast.Sub, ast.Pow)


@dataclass(frozen=True, slots=True)
class GradientUse:
    """A gradient that a step is made of: where it stands, whose it may be by its name, its sign, the name through which it is taken."""

    node: ast.expr
    of: tuple[str, ...]
    sign: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class ParameterStep:
    """A statement that moves ``word`` by gradients; ``down`` where it takes them off, None where that is not told."""

    node: ast.stmt
    target: ast.expr
    word: str
    uses: tuple[GradientUse, ...]
    down: bool | None

    def is_own(self, use: GradientUse) -> bool:
        """Whether a gradient is that of what is moved, by its name."""
        return any(of == self.word or find_long_name(of, [self.word]) == self.word for of in use.of)


@dataclass(slots=True)
class Body:
    """The statements of a function, or of a script, with what each of its names is given."""

    owner: str
    name: str
    node: ast.AST
    parts: Sequence[ast.AST]
    given: dict[str, list[ast.expr]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.words = {part.arg for part in self.parts if isinstance(part, ast.arg)}
        self.words |= {spell_word(part) for part in self.parts if isinstance(part, ast.Name | ast.Attribute | ast.Subscript)}
        for part in self.parts:
            targets = part.targets if isinstance(part, ast.Assign) else [part.target] if isinstance(part, ast.AugAssign) else []
            if isinstance(part, ast.Assign | ast.AugAssign):
                for target in targets:
                    if isinstance(target, ast.Name | ast.Attribute | ast.Subscript):
                        self.given.setdefault(ast.unparse(target), []).append(part.value)

    def list_steps(self) -> Iterator[ParameterStep]:
        """The steps that are gradients times numbers, in their order; none that is worked out where it is taken."""
        for node in self.parts:
            step = find_step(node, entries=True) or _find_moved(node)
            if step is None or not isinstance(node, ast.Assign | ast.AugAssign):
                continue
            word = spell_word(step.target)
            if not word or split_gradient(spell_key(step.target)):
                continue
            uses = self.list_uses(step.value, 1, (ast.unparse(step.target),))
            if uses:
                signs = {use.sign for use in uses}
                down = None if len(signs) > 1 else (signs == {1}) is isinstance(step.op, ast.Sub)
                yield ParameterStep(node, step.target, word, tuple(uses), down)

    def list_uses(self, node: ast.expr, sign: int, seen: tuple[str, ...], by: str = "") -> list[GradientUse] | None:
        """The gradients in a sum of gradients times numbers; None for what is no such sum."""
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            return self._list_named(node, sign, seen, by)
        if isinstance(node, ast.UnaryOp):
            return self.list_uses(node.operand, -sign if isinstance(node.op, ast.USub) else sign, seen, by)
        if isinstance(node, ast.BinOp) and isinstance(node.op, _PLAIN):
            turned = -sign if isinstance(node.op, ast.Sub) else sign
            left, right = node.left, node.right
            if isinstance(node.op, ast.Mult | ast.Div):  # -rate * dW
                sign = turned = sign * (-1 if _is_minus(left) is not _is_minus(right) else 1)
                left, right = _drop_minus(left), _drop_minus(right)
            before, behind = self.list_uses(left, sign, seen, by), self.list_uses(right, turned, seen, by)
            return None if before is None or behind is None else [*before, *behind]
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            inside = [*node.args, *(word.value for word in node.keywords)]
            inside += [node.func.value] if isinstance(node.func, ast.Attribute) else []
            if _ENTRYWISE.match(name):
                made = [self.list_uses(one, sign, seen, by) for one in inside]
                return None if None in made else [use for uses in made for use in uses or ()]
        return None if any(split_gradient(spell_key(part)) for part in ast.walk(node) if isinstance(part, ast.expr)) else []

    def _list_named(
        self, node: ast.Name | ast.Attribute | ast.Subscript, sign: int, seen: tuple[str, ...], by: str
    ) -> list[GradientUse] | None:
        text, of = ast.unparse(node), split_gradient(spell_key(node))
        if of and not (text in self.given and text not in seen and not any(self._is_known(one) for one in of)):
            turned = text not in seen and self._is_turned(text, of, (*seen, text))
            return [GradientUse(node, tuple(of), -sign if turned else sign, by)]
        if text in seen or len(seen) > MOST_DEEP or text not in self.given:
            return []
        found: list[GradientUse] = []
        for value in self.given[text]:
            uses = self.list_uses(value, sign, (*seen, text), by or text)
            if uses is None:
                return None
            found += uses
        return found

    def _is_known(self, word: str) -> bool:
        """Whether something is called so, or by a longer name: "elta_W" of delta_W is nothing."""
        return word in self.words or bool(find_long_name(word, self.words))

    def _is_turned(self, text: str, of: list[str], seen: tuple[str, ...]) -> bool:
        """Whether what is called a gradient is the step already: ``delta_W = -rate * dW``."""
        made = [self.list_uses(value, 1, seen) or [] for value in self.given.get(text, ())]
        return bool(made) and all(uses and all(use.sign < 0 and {*use.of} & {*of} for use in uses) for uses in made)


def list_bodies(tree: ast.Module) -> Iterator[Body]:
    """The functions of a file, each by itself, and what stands outside of them.

    >>> [(body.owner, body.name) for body in list_bodies(ast.parse("x = 1\\nclass A:\\n    def f(self): pass"))]
    [('A', 'f'), ('', '')]
    """
    inside: set[int] = set()
    owners = {id(part): owner.name for owner in tree.body if isinstance(owner, ast.ClassDef) for part in owner.body}
    for part in ast.walk(tree):
        if isinstance(part, ast.FunctionDef):
            own = [*ast.walk(part)]
            inside |= {id(one) for one in own}
            yield Body(owners.get(id(part), ""), part.name, part, own)
    yield Body("", "", tree, [part for part in ast.walk(tree) if id(part) not in inside])


def spell_word(node: ast.AST) -> str:
    """What a value is called: W1 of ``W1``, ``self.W1`` and ``params["W1"]``, of an entry what it is an entry of; numbers of layers alike.

    >>> [spell_word(ast.parse(text, mode="eval").body) for text in ("self.b", "p['W1']", "w[j]", "p['W' + str(l)]", "p[f'W{l}']", "p[k]")]
    ['b', 'W1', 'w', 'W_l', 'W_l', 'p']
    """
    return spell_key(node).rpartition(".")[2]


def spell_key(node: ast.AST) -> str:
    """The same with what it is an entry of in front: ``grads.W1``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{spell_key(node.value)}.{node.attr}".lstrip(".")
    if not isinstance(node, ast.Subscript):
        return ""
    head, key = spell_key(node.value), node.slice
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return f"{head}.{key.value}" if key.value.isidentifier() else ""
    prefix, place = "", None
    if isinstance(key, ast.BinOp) and isinstance(key.op, ast.Add) and isinstance(key.left, ast.Constant):
        prefix, place = str(key.left.value), key.right
    elif isinstance(key, ast.JoinedStr) and len(key.values) == 2 and isinstance(key.values[0], ast.Constant):
        prefix, place = str(key.values[0].value), getattr(key.values[1], "value", None)
    if prefix.isidentifier() and place is not None:
        index = place.args[0] if isinstance(place, ast.Call) and len(place.args) == 1 else place
        return f"{head}.{prefix}_{re.sub(r'[^0-9A-Za-z]+', '_', ast.unparse(index)).strip('_')}"
    return "" if prefix else head


def _find_moved(node: ast.AST) -> ast.AugAssign | None:
    """A step whose result has another name: ``params["W"] = W - rate * dW``, ``new_W = W - rate * dW``."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.BinOp) or not isinstance(node.value.op, ast.Add | ast.Sub):
        return None
    left, target = node.value.left, node.targets[0]
    kinds = ast.Name | ast.Attribute | ast.Subscript
    if not isinstance(left, kinds) or not isinstance(target, kinds):
        return None
    word, made = spell_word(left), spell_word(target)
    if not word or (word != made and word not in re.split(r"(?:^new|^next|_new|_next|_)_?|(?<=[a-z0-9])New$", made)):
        return None
    return ast.copy_location(ast.AugAssign(left, node.value.op, node.value.right), node)


def _is_minus(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _drop_minus(node: ast.expr) -> ast.expr:
    return node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node

