"""What Python or NumPy would stop at, in our own words: their messages speak of their own insides, in English only."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from tutor.code.code_values import NotRead
from tutor.code.size_bounds import refuse_large
from tutor.errors import Told, tell
from tutor.numbers.arrays import np
from tutor.text import make_visible

_BY_SHAPES = re.compile(r"shape|broadcast|align|mismatch|dimension|axis|reshape")
_SHAPE = r"(\(\d*(?:, ?\d+)*,?\))"
Say = Callable[[re.Match[str]], Told]

KINDS = {
    "int": tell("a number"), "float": tell("a number"), "complex": tell("a number"), "bool": tell("a truth value"),
    "list": tell("a list"), "tuple": tell("a tuple"), "dict": tell("a dictionary"), "str": tell("a text"),
    "NoneType": tell("the value None"), "ndarray": tell("an array"),
}  # fmt: skip
"""What the types of Python are called."""


def _say_kind(name: str) -> Told:
    short = name.rpartition(".")[2]
    return KINDS.get(short, tell("a number") if re.match(r"u?int\d|float\d|complex\d", short) else tell("something that is no number"))


def _fit(found: re.Match[str]) -> Told:
    return tell("the shapes {left} and {right} do not fit", left=_space(found[1]), right=_space(found[2]))


def _space(shape: str) -> str:
    """A shape as Python writes it: (5, 3), (5,)."""
    sizes = re.findall(r"\d+", shape)
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


_NO_PLACE = tell("what stands in the brackets is no place of an array: a whole number, a slice or an array of whole numbers is")
_ROWS: tuple[tuple[str, Say], ...] = (
    (r"only integers, slices|indices must be integers|arrays used as indices|not a valid index", lambda found: _NO_PLACE),
    (rf"shapes? {_SHAPE} and {_SHAPE} not aligned", _fit),
    (rf"broadcast together with shapes {_SHAPE} {_SHAPE}", _fit),
    (rf"operand with shape {_SHAPE} doesn't match the broadcast shape {_SHAPE}", _fit),
    (rf"broadcast (?:input array )?from shape {_SHAPE} into shape {_SHAPE}", _fit),
    (rf"input array from shape {_SHAPE} into shape {_SHAPE}", _fit),
    (rf"cannot reshape array of size (\d+) into shape {_SHAPE}",
     lambda found: tell("an array of {count} entries has no shape {shape}", count=found[1], shape=_space(found[2]))),
    (r"axis (-?\d+) is out of bounds for array of dimension (\d+)",
     lambda found: tell("there is no axis {axis}: the array has {count} axes", axis=found[1], count=found[2])),
    (r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)",
     lambda found: tell("there is no place {place} along axis {axis}, which has {size} entries",
                        place=found[1], axis=found[2], size=found[3])),
    (r"too many indices|invalid number of indices", lambda found: tell("there are more places in the brackets than the array has axes")),
    (r"boolean index did not match", lambda found: tell("the mask has another shape than the array")),
    (r"core dimension|must match exactly|do not match|must have same|same number of dimensions|same shape|shape mismatch|broadcast",
     lambda found: tell("the shapes do not fit")),
    (r"select an axis to squeeze", lambda found: tell("only an axis with one entry can be squeezed away")),
    (r"axes don't match|repeated axis|\baxis |\baxes ", lambda found: tell("the array has no such axes")),
    (r"only (?:0-dimensional|length-1|size-1|integer scalar) arrays|sequence into|element with a sequence|inhomogeneous",
     lambda found: tell("an array stands where one number is needed")),
    (r"truth value", lambda found: tell("an array of several entries is neither true nor false: say .any() or .all()")),
    (r"unsupported operand type\(s\) for ([^:]+): '([\w.]+)' and '([\w.]+)'",
     lambda found: tell("{left} stands at the left of {sign}, and {right} at the right",
                        sign=found[1].split(" ")[0], left=_say_kind(found[2]), right=_say_kind(found[3]))),
    (r"'NoneType'|NoneType", lambda found: tell("None stands where a value is needed")),
    (r"bad operand type for (?:unary |abs\(\))?([-+~]?).*: '([\w.]+)'",
     lambda found: tell("{kind} stands here, with which this does not work", kind=_say_kind(found[2]))),
    (r"'([\w.]+)'(?: object)? (?:is not|has no|cannot|does not)",
     lambda found: tell("{kind} stands here, with which this does not work", kind=_say_kind(found[1]))),
    (r"(?:list|tuple|string|range object) (?:assignment )?index out of range", lambda found: tell("there is no such place in the list")),
    (r"(\d+) names for (\d+) values", lambda found: tell("{names} names at the left for {values} values", names=found[1], values=found[2])),
    (r"values to unpack|zip\(\) argument", lambda found: tell("there are more or fewer names at the left than values")),
    (r"cannot cast|Cannot cast|whole numbers cannot hold",
     lambda found: tell("an array of whole numbers cannot hold the result: begin with floats")),
    (r"zero-size array|empty sequence|iterable argument is empty|empty list",
     lambda found: tell("there is nothing to choose the largest or smallest of")),
    (r"arguments? too many|positional argument|keyword argument|unexpected|missing \d|takes ",
     lambda found: tell("the function is called with arguments that it does not take")),
    (r"division by zero|modulo by zero|integer division|zero to a negative power", lambda found: tell("a division by zero")),
    (r"could not convert|invalid literal", lambda found: tell("a text stands where a number is needed")),
)  # fmt: skip
"""What they say, and what it means; the first that is found counts."""


def say_failure(error: Exception, node: Any = None) -> NotRead:
    """The failure of a part of a program: what does not work there, in words of ours.

    >>> print(say_failure(TypeError("unsupported operand type(s) for /: 'float' and 'NoneType'")).what)
    a number stands at the left of /, and the value None at the right
    >>> print(say_failure(ValueError("operands could not be broadcast together with shapes (2,3) (4,) ")).what)
    the shapes (2, 3) and (4,) do not fit
    """
    said = str(error.args[0]) if error.args else type(error).__name__
    if isinstance(error, MemoryError) or re.search(r"Maximum allowed (size|dimension)|array is too big|Unable to allocate", said):
        return refuse_large()
    made = NotRead(_say(error, said), node, fails=not isinstance(error, RecursionError))
    made.by_shapes = bool(_BY_SHAPES.search(said))
    return made


def _say(error: Exception, said: str) -> Told:
    if isinstance(error, RecursionError):
        return tell("functions that call each other too deep")
    if isinstance(error, KeyError):
        return tell("the dictionary has no entry {key}", key=make_visible(said, 40))
    for pattern, say in _ROWS:
        found = re.search(pattern, said)
        if found is not None:
            return say(found)
    return tell("this does not work with the values that stand here")


def refuse_misfit(left: Any, sign: str, right: Any, node: ast.AST) -> NotRead:
    """Two shapes that do not fit together, as Python would refuse them; what would fit stands beside it."""
    why = write_misfit(left, sign, right, node)
    why.operands = (left, sign, right)
    return why


def write_misfit(left: Any, sign: str, right: Any, node: ast.AST) -> NotRead:
    """The two shapes, as they are told."""
    one, two = str(np.shape(left)), str(np.shape(right))
    return NotRead(tell("{left} {sign} {right}: the shapes do not fit", left=one, sign=sign, right=two), node, fails=True)


def say_line(why: NotRead) -> Told:
    """A line that was not read, or that does not work, with its reason."""
    line = getattr(why.node, "lineno", 0)
    if not line:
        return why.what
    if why.fails:
        return tell("line {line} does not work: {why}", line=line, why=why.what)
    return tell("line {line} is not read: {why}", line=line, why=why.what)


def say_list(key: str) -> Told:
    """That a gradient is a list, and no array: it is compared with nothing."""
    return tell("{name} is a list, which is not compared: give an array", name=key[:60])


def note_missing(key: str) -> NotRead:
    """A gradient that is None: nobody has worked it out."""
    return NotRead(tell("{name} is None: it is not worked out yet", name=key.rpartition(".")[2]), fails=True)
