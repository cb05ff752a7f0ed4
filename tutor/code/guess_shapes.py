"""Shapes for what a program is given: from its documentation, from its names, from small sizes that all differ."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from zlib import crc32

SIZES = (7, 5, 3, 6, 9, 11, 8, 13, 10, 12)
"""The sizes of letters in the order in which they are met: all differ, so that a missing transpose shows."""
ROWS_OF = {"N": 7, "m": 7, "T": 3, "D": 5, "H": 6, "C": 3, "M": 9, "W": 6, "F": 2, "HH": 3, "WW": 3, "V": 8, "K": 3,
           "n_C_prev": 2, "n_C": 3, "f": 2, "n_H_prev": 4, "n_W_prev": 4, "B": 7, "d_1": 2, "d_k": 3, "p": 3, "R": 2, "S": 2, "G": 3,
           "n_H": 4, "n_W": 4, "T_x": 3, "Tx": 3}  # fmt: skip
SIZES_AGAIN = (5, 7, 11, 4, 6, 13, 9, 3, 10, 8)
ROWS_AGAIN = {"N": 5, "m": 5, "T": 4, "D": 7, "H": 4, "C": 6, "M": 13, "W": 8, "F": 3, "HH": 3, "WW": 5, "V": 11, "K": 10,
              "n_C_prev": 3, "n_C": 2, "f": 2, "n_H_prev": 6, "n_W_prev": 4, "B": 5, "d_1": 3, "d_k": 2, "R": 3, "S": 5, "G": 2,
              "n_H": 5, "n_W": 3, "T_x": 4, "Tx": 4}  # fmt: skip
"""Other sizes: letters that have the same size in the one choice differ in the other, so that nothing fits by chance in both."""
SCALARS = re.compile(
    r"(?i)^(reg\w*|lr|learning_rate|alpha\d?|eps\w*|epsilon|lambd\w*|lmbda|lmbd|lam|rate|momentum|decay\w*|keep_prob|(?-i:p)|dropout\w*|drop\w*|delta|margin|scale|temp\w*"
    r"|beta[12]|l2\w*|weight_decay|temperature|tau|step_size|eta\d?|learn(ing)?_?rate|learningRate|step)$"
)
"""What is called so is a number."""
COUNTS = re.compile(
    r"(?i)^(num_\w+|n_\w+|n|m|N|D|H|C|K|T|\w+_size|\w+_dim|\w+_dims|nb_\w+|batch(_?(size|n|num|count|len\w*))?s?|hidden\w*|classes|block_size|G"
    r"|(pool|kernel|filter|window)_?(h|w|height|width)|k_?h|k_?w|\w+_(features?|channels?|units?|neurons?))$"
)
LISTED = re.compile(
    r"(?i)^(hidden_(dims|sizes|layers|units)|hidden_size_list|hiddens|layers?_(dims|sizes)|(network_)?sizes|dims|topology|layer_nodes)$"
)
"""What is called so is a list of sizes of layers."""
NAMED_WEIGHTS = re.compile(r"^(W|w|U|V)([a-z]{1,3}|_\w+)?\d*$|^(weights?|Weights?|kernel|theta|Theta)\w*$")
LABELS = re.compile(r"(?i)^(y|labels?|targ(et)?s?|y_?(true|train|batch|b)|t|yb|tgt)$")
TARGETS = re.compile(r"(?i)^(labels?|targ(et)?s?|y_?(true|real)|truths?|gt|ground_?truth|expected|desired)$")
"""What can be nothing but a target of a loss; y and t are targets beside a prediction."""
_ASKED = re.compile(r"(?i)^(targets?\w*|y_?(real|actual)|true_\w+|(expected|desired|actual)\w*)$")
CHANCES = re.compile(r"^(A[L0-9]*|a\d*|p\d*|probs?|y_?hat|y_?pred\w*|predictions?|sigma|AL|out_prob)$")
DATA = re.compile(r"^([xX]|inputs?|data|X_?(train|batch)|features)$")
"""What is called so holds samples."""
MASKS = re.compile(r"(?i)^((\w+_)?masks?(_?\w{1,3}|_\w+)?|D\d|keep_mask\w*)$")
"""What is called so, and is an array, keeps some entries: of 0 and 1."""
MOST_SAID = 4_000
"""So many letters of a documentation are looked through."""
GAINS = re.compile(r"(?i)^(g|gains?|scales?|weights?|skalierung)$")
"""What begins as ones and is called so is a parameter, and gets other numbers: left out it would show nowhere."""
MAYBE_MASKS = re.compile(r"^(M|R|O|I|Omega|obs\w*|observed|rated|known|valid|indicator|present)$")
"""What is called so may keep some entries, too: where a program is right then, that is told."""
SQUARE = re.compile(r"(?i)^(var\w*|sigma2?|std|ivar|inv_?var|running_var)$")
BIASES = re.compile(r"^(b|bias|beta|gamma|c|b\w|b_?\d+|b_\w+|bias_\w+|bf|bi|bo|bc|bg|bh|by|beta\d|gamma\d|bhid|bout)$")
VECTORS = re.compile(r"^(\w*[a-z_])?([vV]ec|_vector|Vector)$|^vec$")
"""What is called so, in the singular, has one axis: ``centerWordVec`` beside ``outsideVectors``."""
WORD_PLACES = re.compile(r"(?i)^(word|token|char|vocab)s?_?(2|to)_?(ind(ex)?|idx|id|ix)(es|s)?$|^(vocab|stoi)$")
"""What is called so has the place of a word in a table."""
SAMPLES = re.compile(r"(?i)^(get_?)?(neg(ative)?_?)?sample_?(token|word)?_?(idx|index|id)$")
"""What is called so draws such a place."""


def is_target(name: str) -> bool:
    """Whether a name may be that of a target.

    >>> is_target("y_true"), is_target("expected_output"), is_target("t"), is_target("y_"), is_target("y_pred")
    (True, True, True, True, False)
    """
    name = name.rstrip("_")
    return bool(LABELS.match(name) or TARGETS.match(name) or _ASKED.match(name))


def is_parameter(name: str) -> bool:
    """Whether a name is that of weights or of a bias.

    >>> is_parameter("W1"), is_parameter("gamma"), is_parameter("x")
    (True, True, False)
    """
    name = name.partition("[")[0]  # W[0], of a list of layers
    return bool(NAMED_WEIGHTS.match(name) or BIASES.match(name))


def is_listed(name: str) -> bool:
    """Whether a name is that of a list of parameters, one a layer: ``weights``, ``biases``, ``Ws``, or W itself.

    >>> [is_listed(name) for name in ("weights", "biases", "Ws", "b", "zs", "activations")]
    [True, True, True, True, False, False]
    """
    return any(map(is_parameter, (name, name.removesuffix("s"), name.removesuffix("es"))))


_DOCUMENTED = re.compile(
    r"^\W*(?P<names>\w+(?:\s*,\s*\w+)*)\s*(?:\((?P<kind>[^)]*)\))?\s*(?::|--|-|=|is )\s*(?P<text>.*)$"
)
_SHAPE = re.compile(
    r"(?:shape|dimensions?|size|array|matrix|vector|tensor)s?\b[^()\[\]]{0,40}[(\[](?P<sizes>[^()\[\]]{1,160})[)\]]|^\s*\((?P<first>[^()]{1,160},[^()]*)\)"
)
_OF_SHAPE = re.compile(
    r"(\w+(?:\s*,\s*\w+){0,11})\s+(?:of|has|with|have|having)\s+(?:the\s+)?shape\s*[(\[]([^()\[\]]{1,120})[)\]]"
)
_ONE_NUMBER = re.compile(r"(?i)(?<![\w.])(\w+)\s*(?::|--|-|\bis\b)?\s*\(?(?:an? |eine? )?(?:scalar|skalar)\b")
_ONE_INTEGER = re.compile(r"(?i)(?<![\w.])(\w+)\s*(?::|--|-)\s*\(?(?:an? )?(?:int|integer|index)\b(?! of)")
"""What is said to be one whole number: ``pos: int``."""
_REAL = re.compile(
    r"(?im)^[^\w\n]*(\w+)[ \t]*(?:--|:|-)[ \t]*[^\n()]{0,50}?"
    r"(?:\breal number|\breal[- ]valued (?:input|number)|, an? scalar)\b"
)
"""What is said, at the end of its line, to be one number: "theta -- our parameter, a real number as well"."""
_NO_SIZE = re.compile(r"(?i)[:=/]|\b(if|or|and|is|are|else|not|contain\w*|see|as|handout|rows of|columns of)\b")
_ONE_PLACE = re.compile(r"(?i)^(\w+_?)?(word|label|target|class|token|center|outside|context)_?(idx|index|id)$")
_PLACES = re.compile(r"(?i)^(\w+_?)?(indices|indexes|idxs|token_?ids|labels)$")
_LISTED = re.compile(r"\(((?:\s*\w{1,20}\s*,){1,4}(?:\s*\w{1,20}\s*)?)\)")
_SCALAR = re.compile(r"(\w+)(?:\s+(?:of|has|with|have|having)\s+(?:the\s+)?shape|\s*:)\s*\(\s*\)")
_NEXT_TO = re.compile(
    r"(?<![\w.])(\w+(?:\s*,\s*\w+){0,7})(?:\s*[:=]\s*|\s+is\s+|\s+(?=\([^a-z()]*\)))\((\s*(?:[\w* ]{1,30},\s*){1,4}(?:[\w* ]{1,30})?)\)")
"""What stands in one line: x: (N, D), W is (D, H), b (H,); without a sign in front only with capital letters."""
_WHOLE = re.compile(
    r"(?im)^[\W_]*(\w+(?:(?:\s*,\s*|\s+and\s+)\w+){0,11})\s*(?::|--|-|=|\bare\b|\bis\b)\s*(?:both )?(?:an? )?"
    r"(?:(?:python )?(?:lists?|arrays?|sequences?|vectors?) of (?:\w+ )?(?:integers?|ints|indices|indexes|labels|token ids|ids)\b"
    r"|(?:[\w -]{1,30}[;,] )?(?:an? )?(?:integer|int) (?:array|vector|matrix|tensor)\b)"
)
"""What is said to be a list of whole numbers, in one line."""
_BY_TIMES = re.compile(r"(?i)\b(\w+)(?: is | ?--? ?| ?: ?)(?:an? )?(\w{1,2}?)\s?[x×]\s?(\w{1,2}) (?:array|matrix|vector)")
_KIND = r"_?(size|dims?|d|nodes|units|features|layer|classes|n)?s?$"
ALIASES = (
    (
        re.compile(
            r"(?i)^(input|in|n_?in|n_?input|nin|n_?x|fan_in|vis\w*|features?|num_?features|num_?inputs|inputs?)" + _KIND
        ),
        "D",
    ),
    (re.compile(r"(?i)^(hidden|n_?hidden|n_?hid|n_?h|hid|num_?hidden)" + _KIND), "H"),
    (re.compile(r"(?i)^(output|out|n_?out|n_?output|n_?y|num_?outputs|classes|num_?classes|n_?classes)" + _KIND), "C"),
    (re.compile(r"(?i)^(num_?labels|nb_classes|fan_out|outputs?)" + _KIND), "C"),
    (re.compile(r"(?i)^((in|input|num|n|img|image)_?)?(channels?|chans?|ch|depth)(_?in)?$|^c_?in$|^in_?c$|^d_(x|filter|input)$"), "C"),
    (re.compile(r"(?i)^(out_?(channels?|ch)|(num|n|nb)_?(filters?|kernels?)|filters|n_f|c_?out|out_?c)$"), "F"),
    (re.compile(r"(?i)^((in|input|img|image)_?)?height$|^(in|input|img|image|x)_h$|^h_?(in|input|x)$"), "H"),
    (re.compile(r"(?i)^((in|input|img|image)_?)?width$|^(in|input|img|image|x)_w$|^w_?(in|input|x)$"), "W"),
    (re.compile(r"(?i)^(filter|kernel|window|pool)_?(height|h|rows|size|shape( 0)?|size 0)?$|^[fk]_?h(eight)?$|^h_(filter|kernel)$"), "HH"),
    (re.compile(r"(?i)^(filter|kernel|window|pool)_?(width|w|cols|size 1|shape 1)$|^[fk]_?w(idth)?$|^w_(filter|kernel)$"), "WW"),
    (re.compile(r"(?i)^((up|down)_?(sampl(e|ing)|scal(e|ing))_?)?(factor|ratio|rate)$"), "R"),
    (re.compile(r"(?i)^(number|no\.?|num|#) of (training |data |input )?(examples|samples|points|images)$"), "m"),
    (re.compile(r"(?i)^(batch|batch_?size|n_?samples|num_?train|num_?examples|num_?samples|n_?train|bs)$"), "N"),
)
"""Which letter a long name of a size means."""


@dataclass(slots=True)
class Sizes:
    """A size for each letter, the same wherever it stands; ``others`` are the sizes of the second choice.

    ``lines`` are those of the program, for what its comments say.
    """

    known: dict[str, int] = field(default_factory=dict)
    numbers: dict[tuple[str, tuple[int, ...]], Any] = field(default_factory=dict)
    documented: dict[int, dict[str, tuple[int, ...]]] = field(default_factory=dict)
    others: bool = False
    divided: set[str] = field(default_factory=set)
    lines: Sequence[str] = ()

    def find(self, letter: str) -> int:
        """The size of a letter, or of a phrase that stands for one: 7 for N, the next one that is free for another."""
        word = re.sub(r"\s+", " ", letter.strip())
        if re.fullmatch(r"[\w ]{1,30}(\s*[+*]\s*[\w ]{1,30}){1,3}", word):
            total = 0
            for term in word.split("+"):
                size = 1
                for factor in term.split("*"):
                    size *= self.find(factor)
                total += size
            return min(total, 60)
        times = re.fullmatch(r"(\d)\s?([A-Za-z]\w*)", word)
        if times:
            return int(times[1]) * self.find(times[2])
        if re.fullmatch(r"\d+", word):
            return int(word)
        word = self.name_letter(word)
        if word not in self.known and (whole := self._find_whole(word)):
            self.known[word] = whole
        if word not in self.known:
            wanted = (ROWS_AGAIN if self.others else ROWS_OF).get(word)
            used = set(self.known.values())
            free = next((size for size in (SIZES_AGAIN if self.others else SIZES) if size not in used), 12 + len(used))
            self.known[word] = (
                wanted if wanted is not None and (wanted not in used or len(word) > 1 or word in "HWCKf") else free
            )
        return self.known[word]

    def _find_whole(self, word: str) -> int:
        """The size of what goes together with others: D of rows that are d_1 × … × d_k each, N of data, where known."""
        if word in ("d_1", "d_k") and "D" in self.known:
            return self.known["D"] if word == "d_1" else 1
        if word in ("N", "m") and not {"N", "m"} & {*self.known}:
            said = (shape for shapes in self.documented.values() for name, shape in shapes.items() if DATA.match(name) and len(shape) > 1)
            return next(said, (0,))[0 if word == "N" else -1]
        return self.known["d_1"] * self.known["d_k"] if word == "D" and {"d_1", "d_k"} <= {*self.known} else 0

    def find_rows(self, *, columns: bool) -> int:
        """The number of samples: N, or m where samples are columns; the other letter where only that was met.

        Where neither was, it is that of data whose shape is said, ``n, d = X.shape``.

        >>> Sizes({"m": 4}).find_rows(columns=False), Sizes(documented={0: {"X": (9, 5)}}).find_rows(columns=False)
        (4, 9)
        """
        letter, other = ("m", "N") if columns else ("N", "m")
        return self.known[other] if letter not in self.known and other in self.known else self.find(letter)

    def name_letter(self, word: str) -> str:
        """The letter that a long name of a size means, or the name."""
        word = re.sub(r"\b(the|an?|each|our) (?=\w)", "", word)  # the size of the current layer is that of the current layer
        return next((letter for pattern, letter in ALIASES if len(word) > 1 and pattern.match(word)), word)

    def find_fresh(self) -> int:
        """A size that nothing else has."""
        return self.find(f" fresh {len(self.known)}")


def read_documented(text: str, sizes: Sizes) -> dict[str, tuple[int, ...]]:
    """The shapes that a documentation gives its arguments.

    >>> read_documented("Inputs:\\n- x: Input data of shape (N, D)\\n- w -- weights, of shape (D, M)", Sizes())
    {'x': (7, 5), 'w': (5, 9), 'data': (7, 5)}
    >>> read_documented("x: (N, D), W: (D, M), b: (M,)", Sizes())
    {'x': (7, 5), 'W': (5, 9), 'b': (9,)}
    >>> read_documented("x (N, D), W is (D, 3H); call f (x, y)", Sizes())
    {'x': (7, 5), 'W': (5, 18)}
    >>> read_documented("theta -- our parameter, a real number as well", Sizes())
    {'theta': ()}
    >>> read_documented("data -- N x D matrix, h is Hx1 array", Sizes())
    {'data': (7, 5), 'h': (6, 1)}
    >>> sorted(read_documented("v: (D,) vector, pos: int, neg: list of ints", Sizes()))
    ['pos', 'v']
    >>> read_documented("- w, b: Arrays of shape (D, H) and (H,) giving the weight and bias", Sizes())["b"]
    (6,)
    """
    found: dict[str, tuple[int, ...]] = {}
    text = re.sub(r"[^\S\n]+", " ", text[: 4 * MOST_SAID])[:MOST_SAID]  # patterns take a square of the time of what they look through
    lines = text.splitlines()
    for place, line in enumerate(lines):
        start = _DOCUMENTED.match(line.strip())
        if start is None:
            continue
        said = start["text"]
        for more in lines[place + 1 : place + 3]:
            if _DOCUMENTED.match(more.strip()) or not more.strip():
                break
            said += " " + more.strip()
        parts = _find_sizes(said) or (_find_sizes("shape (" + start["kind"] + ")") if start["kind"] and "," in start["kind"] else [])
        if not parts:
            continue
        names = re.split(r"\s*,\s*", start["names"])
        each = [[part.strip() for part in one.split(",") if part.strip()] for one in _LISTED.findall(said.partition(";")[0])]
        if len(names) > 1 and len(each) == len(names):  # w, b: arrays of shape (D, H) and (H,)
            found |= {name: tuple(map(sizes.find, own)) for name, own in zip(names, each, strict=True) if name not in found}
            continue
        made = tuple(sizes.find(part) for part in parts)
        for name in names:
            found.setdefault(name, made)
    for name in [*_SCALAR.findall(text), *_ONE_NUMBER.findall(text), *_ONE_INTEGER.findall(text), *_REAL.findall(text)]:
        found.setdefault(name, ())
    for name, rows, columns in _BY_TIMES.findall(text):  # hprev is Hx1 array
        found.setdefault(name, (sizes.find(rows), sizes.find(columns)))
    for names, said in [*_NEXT_TO.findall(text), *_OF_SHAPE.findall(text)]:
        parts = [part.strip(" '`\"") for part in said.split(",")]
        parts = [part for part in parts if part and part not in ("...", "…")]
        if 0 < len(parts) <= 5 and not any(re.search(r"[:=/]", part) or len(part) > 50 for part in parts):
            for name in re.split(r"\s*,\s*", names):
                if name != "shape":
                    found.setdefault(name, tuple(sizes.find(part) for part in parts))
    return found


def _find_sizes(said: str) -> list[str]:
    """The sizes of the first shape in what is said of an argument; nothing where brackets hold words alone.

    >>> _find_sizes("label vector (0 if cat, 1 if dog) of size (1, number of examples)")
    ['1', 'number of examples']
    """
    for shape in _SHAPE.finditer(said):
        parts = [part.strip(" '`\"") for part in (shape["sizes"] or shape["first"]).split(",")]
        parts = [part for part in parts if part and part not in ("...", "…")]
        if 0 < len(parts) <= 5 and not any(len(part) > 50 or _NO_SIZE.search(part) for part in parts):
            return parts
    return []


def list_documented(node: ast.AST, sizes: Sizes) -> dict[str, tuple[int, ...]]:
    """The shapes in the documentation of a function, and in annotations such as ``Float[Array, "N D"]``."""
    found: dict[str, tuple[int, ...]] = {}
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        found |= {**read_documented(read_comments(node, sizes.lines), sizes), **read_documented(find_documentation(node), sizes)}
    if isinstance(node, ast.FunctionDef):
        found = {**list_taken_apart(node, sizes), **found}
        found |= {arg.arg: () for arg in node.args.args if _ONE_PLACE.match(arg.arg)}
        for arg in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
            if isinstance(arg.annotation, ast.Subscript):
                texts = [
                    part.value
                    for part in ast.walk(arg.annotation)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
                if texts:
                    found[arg.arg] = tuple(sizes.find(word) for word in texts[-1].split())
    return found


def find_documentation(node: ast.FunctionDef | ast.ClassDef) -> str:
    r"""The documentation of a function: the text that begins its body, or one that stands below its first lines.

    >>> find_documentation(ast.parse("def f(x):\n    a = x\n    'x: (N, D)'").body[0])
    'x: (N, D)'
    """
    texts = (part.value.value for part in node.body if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
    return ast.get_docstring(node) or next((text for text in texts if isinstance(text, str)), "")


def read_comments(node: ast.FunctionDef | ast.ClassDef, lines: Sequence[str]) -> str:
    r"""The comments behind the head of a function, and those that begin its body: ``# x: (N, D), W: (D, H)``.

    >>> lines = ["def f(x, W):  # x: (N, D)", "    # W: (D, H)", "    return x @ W  # (N, H)"]
    >>> read_comments(ast.parse("\n".join(lines)).body[0], lines)
    'x: (N, D)\nW: (D, H)'
    """
    begin, first = node.lineno - 1, node.body[0].lineno - 1
    if first >= len(lines) or node.name not in lines[begin]:
        return ""
    head = [line.partition("#")[2] for line in lines[begin:first]]
    return "\n".join(text.strip() for text in head if text)


def list_taken_apart(node: ast.FunctionDef, sizes: Sizes) -> dict[str, tuple[int, ...]]:
    r"""The shapes of arguments that a body takes apart: ``N, C, H, W = x.shape``, whatever it does with x before.

    >>> list_taken_apart(ast.parse("def f(x):\n    self.shape = x.shape\n    N, D = x.shape").body[0], Sizes())
    {'x': (7, 5)}
    """
    free = {arg.arg for arg in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]}
    found: dict[str, tuple[int, ...]] = {}
    for part in node.body:
        value, target = getattr(part, "value", None), part.targets[0] if isinstance(part, ast.Assign) else None
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Attribute) and value.attr == "shape":
            letters = [one.id if isinstance(one, ast.Name) else "" for one in target.elts]
            if isinstance(value.value, ast.Name) and value.value.id in free and all(letter.strip("_") for letter in letters):
                found.setdefault(value.value.id, tuple(sizes.find(letter) for letter in letters))
        free -= {one.id for one in ast.walk(part) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return found


def find_seed(name: str, world: int) -> int:
    """The seed of a name's numbers: the same in every run."""
    return crc32(f"{world}:{name}".encode())


def guess_rank(name: str) -> int:
    """How many axes what is called so has, where nothing else tells: a matrix, but a bias is a vector."""
    return 1 if BIASES.match(name) else 2


def find_sequences(lines: Sequence[str]) -> frozenset[str]:
    """The names that a program, in comments and documentation, says to be lists of whole numbers.

    >>> sorted(find_sequences(["inputs,targets are both list of integers", "# users, items: lists of indices"]))
    ['inputs', 'items', 'targets', 'users']
    >>> find_sequences(["- captions: the words; an integer array of shape (N, T + 1)"])
    frozenset({'captions'})
    """
    said = [names for line in lines if " of " in line or " int" in line.lower() for names in _WHOLE.findall(line)]
    return frozenset(name for names in said for name in re.split(r"\s*,\s*|\s+and\s+", names))


@lru_cache(maxsize=16)
def find_labels(tree: ast.Module) -> frozenset[str]:
    """The names that stand as labels in brackets behind arrays: y of ``scores[range(N), y]``, ``list(y)``, ``y[i]``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and (_ONE_PLACE.match(node.arg) or _PLACES.match(node.arg)):
            found.add(node.arg)
        if isinstance(node, ast.Subscript):
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            for part in parts:
                if isinstance(part, ast.Attribute) and LABELS.match(part.attr):  # self.t
                    found.add(part.attr)
                while isinstance(part, ast.Call | ast.Attribute | ast.Subscript):
                    if isinstance(part, ast.Call):
                        own = (
                            part.args[0]
                            if isinstance(part.func, ast.Name) and part.func.id in ("list", "int") and part.args
                            else part.func
                        )
                        part = own
                    else:
                        part = part.value
                if isinstance(part, ast.Name) and LABELS.match(part.id):
                    found.add(part.id)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("one_hot", "cross_entropy", "nll_loss")
        ):
            found |= {part.id for part in node.args if isinstance(part, ast.Name) and LABELS.match(part.id)}
    return frozenset(found) | find_places(tree)


@lru_cache(maxsize=16)
def find_places(tree: ast.Module) -> frozenset[str]:
    """The arguments of functions that are nothing but places in arrays."""
    return frozenset(name for part in tree.body if isinstance(part, ast.FunctionDef) for name in list_indexing(part))


@lru_cache(maxsize=16)
def find_tables(tree: ast.Module) -> frozenset[str]:
    """The arrays in which arguments are places: E of ``E[center]``, a row a word."""
    taken = (part for part in ast.walk(tree) if isinstance(part, ast.Subscript))
    pairs = [(part.value.id, part.slice.id) for part in taken if isinstance(part.value, ast.Name) and isinstance(part.slice, ast.Name)]
    return frozenset(name for name, place in pairs if place in find_places(tree))


def list_indexing(node: ast.FunctionDef) -> list[str]:
    r"""The arguments that a function only uses as places in arrays, ``E[center]``, ``np.add.at(dE, center, dv)``, or counts.

    >>> list_indexing(ast.parse("def f(center, E, k):\n v = E[center]\n return v, E[k] * k, center.shape").body[0])
    ['center']
    """
    parts = [*ast.walk(node)]
    places = {id(part.slice) for part in parts if isinstance(part, ast.Subscript)}
    calls = [part for part in parts if isinstance(part, ast.Call)]
    also = {id(part.value) for part in parts if isinstance(part, ast.Attribute) and part.attr in ("shape", "size", "ndim")}
    also |= {id(part.args[0]) for part in calls if isinstance(part.func, ast.Name) and part.func.id == "len" and part.args}
    also |= {id(part.args[1]) for part in calls if ast.unparse(part.func).endswith("add.at") and len(part.args) > 1}
    names = [part for part in parts if isinstance(part, ast.Name)]
    used = {arg.arg: [id(part) for part in names if part.id == arg.arg] for arg in node.args.args}
    return [name for name, uses in used.items() if any(use in places for use in uses) and all(use in places | also for use in uses)]
