"""Values for what nobody gives: seeded numbers of a shape that the first use tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.code.code_values import Guess
from tutor.code.given_values import is_settled, take_given
from tutor.code.guess_shapes import (
    BIASES,
    CHANCES,
    COUNTS,
    DATA,
    LABELS,
    LISTED,
    MASKS,
    NAMED_WEIGHTS,
    SCALARS,
    SQUARE,
    VECTORS,
    WORD_PLACES,
    Sizes,
    find_seed,
    is_parameter,
)
from tutor.code.size_bounds import check_size
from tutor.code.sized_guesses import grow_shape
from tutor.code.window_steps import find_usual_step
from tutor.errors import Told
from tutor.graph.shapes import Shape
from tutor.numbers.arrays import np

SETTINGS: Mapping[str, Any] = {"mode": "train", "stride": 1, "pad": 1, "pool_height": 2, "pool_width": 2, "eps": 1e-5,
    "momentum": 0.9, "p": 0.6,
                               "keep_prob": 0.6, "f": 2}  # fmt: skip
"""What usual settings are where a program is given a dictionary of them."""

STEPS: Mapping[str, int] = {"stride": 1, "padding": 1, "pad": 1, "dilation": 1}
"""How windows slide, where a layer is made with it and nobody says."""


@dataclass(frozen=True, slots=True)
class GuessedWorld:
    """One choice of what nobody says: which numbers (``seed``), samples as rows or as columns, what targets look like.

    ``targets`` is ``free``, ``rows`` or ``columns`` (rows of 0 and 1), ``binary`` (0 and 1) or ``signs`` (−1 and 1); ``texts`` are
    what settings
    that are texts say.  ``other_sizes`` are those of the second choice: what is right has to be right in both.
    ``narrow`` are shapes, 0 for the size that stands there anyway, of what is spread over another array: (0,), (1, 0).
    ``meanings`` are those of functions that are not in the file (`tutor.code.usual_helpers`).
    ``vectors`` takes w, in small letters, for a vector in a product with it.
    ``single`` takes one sample, a vector, where nothing says how many axes there are.
    ``scale`` is how large the numbers are that are drawn.  ``above`` takes what backward is given for the gradient from
    above, though it has the name of what forward is given; ``bare`` leaves out what is None where nobody gives it.
    ``as_given`` takes all numbers that somebody gives, else only their shapes, and what is settled by them; ``shapes`` are shapes that
    somebody says, sizes or letters.  ``refit`` lets the backward pass ask for other shapes, too, of what is only guessed.
    ``steps`` is how far a window goes, on ``images`` of so many rows and columns; ``masks`` are arrays that hold 0 and 1.
    ``at_output`` gives a slope what its function gives, and not what that is given: ``tanh_slope(a)``, 1 − a².
    ``taken`` gives the backward pass of a loss what the loss is given, and not the prediction that it keeps.
    ``lone`` takes one sample alone, a row or a column of an array with two axes.
    ``bent`` are other values for settings that have a usual one (`tutor.code.usual_settings`).
    ``sparse`` takes a gradient from above of which one entry is not 0.
    ``ranks`` are numbers of axes of what is only guessed (`tutor.code.search_ranks`).
    ``stands`` says which value of the forward pass an argument of the backward pass is that nothing gives.
    """

    seed: int = 0
    columns: bool = False
    targets: str = "free"
    positive: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)
    other_sizes: bool = False
    narrow: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    as_given: bool = False
    meanings: tuple[int, ...] = ()
    single: bool = False
    vectors: bool = False
    scale: float = 1.0
    above: bool = False
    bare: bool = False
    refit: bool = False
    steps: int = 1
    images: tuple[int, ...] = ()
    masks: frozenset[str] = frozenset()
    at_output: bool = False
    taken: bool = False
    lone: bool = False
    sparse: bool = False
    ranks: Mapping[str, int] = field(default_factory=dict)
    stands: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    bent: Mapping[str, float] = field(default_factory=dict)


ROWS = re.compile(r"(?i)[a-z_](vectors|vecs|matrix|embeddings)$")
"""What is called so has a row for each word, also where all else is one sample."""


class GuessedDictionary(dict[Any, Any]):
    """A dictionary that nobody gives: what is asked of it is made; ``settings`` are those that are not the usual ones.

    ``entry`` gives the shape that a documentation says of what it holds.  With ``words`` it is a table of the places of words.
    """

    def __init__(
        self, settings: Mapping[str, Any] | None = None, entry: Callable[[str], tuple[int, ...] | None] = lambda key: None,
        *, words: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.settings, self.entry, self.words = {**SETTINGS, **(settings or {})}, entry, words

    def __missing__(self, key: Any) -> Any:
        if not isinstance(key, str | int):
            raise KeyError(key)
        if self.words:
            return find_word(key) % 2  # one of those that places of words are: some are it, and some are not
        found = self[key] = self.settings[str(key)] if str(key) in self.settings else Guess(str(key), self.entry(str(key)))
        return found


def find_word(said: object, world: int = 0) -> int:
    """The place of a word that nobody gives in a table of words: one of the first three, the same for the same word."""
    return find_seed(f" word {said}", world) % 3


class Guesser:
    """Makes the values of one world; the same name has the same numbers in every run."""

    def __init__(self, world: GuessedWorld, sizes: Sizes) -> None:
        self.world, self.sizes = world, sizes
        self.labels: frozenset[str] = frozenset()
        self.sequences: frozenset[str] = frozenset()
        self.one_place: frozenset[str] = frozenset()
        self.tables: frozenset[str] = frozenset()
        self.asked: dict[str, list[str]] = {}
        self.settings: Mapping[str, Any] = {}
        self.tuples: Mapping[str, tuple[str, ...]] = {}
        self.dictionaries: frozenset[str] = frozenset()
        self.spread: set[str] = set()
        self.flat: set[str] = set()
        self.free: set[str] = set()
        self.ranked: dict[str, int] = {}
        self.counts: frozenset[str] = frozenset()
        self.asked_numbers: frozenset[str] = frozenset()
        self.idle: frozenset[str] = frozenset()
        self.stepped: frozenset[str] = frozenset()
        self.left_out: set[str] = set()
        self.axes: Mapping[str, int] = {}
        self.arrays: set[str] = set()
        self.joined: frozenset[str] = frozenset()
        self.looped: frozenset[str] = frozenset()
        self.rowwise: frozenset[str] = frozenset()
        self.predicted: frozenset[str] = frozenset()
        self.weighing: frozenset[str] = frozenset()
        self.assumed: dict[str, Told] = {}
        self.again: Mapping[str, tuple[int, ...]] = {}
        self.places: Mapping[str, int] = {}
        self.classes: dict[str, Any] = {}
        self.found: Callable[[str, Any], Any] = lambda name, value: value
        self.given: Mapping[str, Any] = {}
        self.entry: Callable[[str], tuple[int, ...] | None] = lambda key: None

    def make_numbers(self, name: str, shape: tuple[int, ...]) -> Any:
        """Seeded numbers of a shape, of the kind that the name tells: chances between 0 and 1, variances above 0, targets."""
        if (name, shape) not in self.sizes.numbers:
            self.sizes.numbers[name, shape] = self._draw_numbers(name, shape)
        made = self.sizes.numbers[name, shape]
        return np.array(made) if isinstance(made, np.ndarray) else made

    def _draw_numbers(self, name: str, shape: tuple[int, ...]) -> Any:
        rng = np.random.default_rng(find_seed(name, self.world.seed))
        if LABELS.match(name) or name in self.weighing:
            return self._make_targets(rng, shape)
        if shape and (MASKS.match(name) or name in self.world.masks):
            return draw_mask(rng, shape)
        large = self.world.scale > 1  # to see the other side of a kink
        if (CHANCES.match(name) and not large) or SQUARE.match(name) or self.world.positive:
            return rng.uniform(0.15, 0.85, shape)
        return self.world.scale * rng.standard_normal(shape) if shape else float(rng.uniform(0.3, 0.9))

    def _make_targets(self, rng: Any, shape: tuple[int, ...]) -> Any:
        how = self.world.targets
        if how in ("rows", "columns") and len(shape) >= 2 and min(shape) > 1:
            axis = -1 if how == "rows" else 0
            count = shape[axis]
            hot = np.eye(count)[rng.integers(0, count, np.delete(np.array(shape), axis))]
            return np.moveaxis(hot, -1, axis)
        if how == "rows" and len(shape) == 1 and self.world.ranks:  # of one sample
            return np.eye(shape[0])[rng.integers(0, shape[0])]
        if how == "signed":
            return 1.5 * rng.standard_normal(shape)
        if how == "signs":
            return np.where(rng.uniform(size=shape) < 0.5, -1.0, 1.0)
        if how in ("binary", "rows", "columns"):
            return np.where(rng.uniform(size=shape) < 0.5, 0.0, 1.0)
        return rng.uniform(0.15, 0.85, shape)

    def settle(self, guess: Guess, shape: tuple[int, ...] | None = None) -> Any:
        """The value of what nobody gives, of a shape, or of the one that its name tells."""
        if guess.known:
            return guess.value
        if guess.name in self.given:
            return self.settle_given(guess, label=guess.name in self.labels)
        if guess.name in self.tuples and guess.hint is None:
            guess.known = True
            guess.value = tuple(self.sizes.find(letter) for letter in self.tuples[guess.name])
            return guess.value
        step = find_usual_step(guess.name, self.world.steps) if guess.hint is None else None
        if step is not None:
            guess.known, guess.value = True, step
            return guess.value
        if guess.name in self.dictionaries and guess.hint is None:
            guess.known, guess.value = True, self.make_dictionary(guess.name)
            return guess.value
        if guess.name in self.idle:
            self.left_out.add(guess.name)
            guess.known, guess.value = True, 0.0
            return guess.value
        self._take_said(guess)
        if guess.name in self.again and guess.name not in self.world.shapes:
            shape = self.again[guess.name]
        elif guess.hint is not None:
            shape = guess.hint
        else:
            shape = self._take_rank(guess.name, self.guess_shape(guess.name) if shape is None else shape)
        if guess.name in self.places:
            return self.settle_labels(guess, self.places[guess.name], shape)
        check_size(shape)
        guess.known = True
        if LISTED.match(guess.name) and guess.name not in self.arrays:
            names = ("D", "H", "C") if not guess.name.startswith("hidden") else ("H", "H2")
            guess.value = [self.sizes.find(name) for name in names]
            return guess.value
        hot = self.world.targets in ("rows", "columns") and bool(LABELS.match(guess.name)) and guess.name not in self.sequences
        if guess.name in self.labels and not LISTED.match(guess.name) and not (hot and guess.hint is not None and len(guess.hint) == 2):
            guess.known = False
            fits = shape and (guess.hint is not None or len(shape) < 2)
            return self.settle_labels(guess, 2, shape if fits else None)
        if guess.hint is None and guess.name in STEPS:
            guess.value = STEPS[guess.name]
        elif shape == () and self.is_count(guess.name) and not self.is_setting(guess.name):
            guess.value = self.sizes.find(guess.name)
        else:
            guess.value = self.found(guess.name, self.make_numbers(guess.name, shape))
        return guess.value

    def note_asked(self, value: Any, word: str) -> Any:
        """What is asked for something that only arrays have, ``hiddens.shape``, is no list of sizes."""
        self.arrays |= {value.name} if type(value) is Guess and word in ("shape", "T", "reshape", "ndim", "dot") else set()
        return value

    def make_dictionary(self, name: str = "") -> GuessedDictionary:
        """A dictionary that nobody gives; the places of words where it is called so."""
        own = {"stride": self.world.steps} if "conv" in name.lower() else {}  # beside a pool_param, whose windows lie side by side
        return GuessedDictionary({**self.settings, **own}, self.entry, words=bool(WORD_PLACES.match(name)))

    def _take_rank(self, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        """A shape that was only guessed, with the number of axes that the world has for the name."""
        rank = self.ranked[name] = self.world.ranks.get(name, len(shape))
        if rank < len(shape):
            return shape[:rank] if self.world.columns or not rank else shape[-rank:]
        more = (self.sizes.find_rows(columns=self.world.columns), self.sizes.find("D"))[: rank - len(shape)]
        return (*shape, *more[::-1]) if self.world.columns else (*more, *shape)

    def _take_said(self, guess: Guess) -> None:
        """The shape that somebody says goes before what the program's documentation says."""
        if guess.name in self.world.shapes:
            guess.hint = tuple(self.sizes.find(str(size)) for size in self.world.shapes[guess.name])

    def settle_given(self, guess: Guess, *, label: bool) -> Any:
        """What somebody gives: its numbers in a world of its own, its shape in the others, but for what is settled by it."""
        values = self.given[guess.name]
        own = take_given(values, label=label)
        guess.known = True
        if label or type(own) is int or self.world.as_given or is_settled(values):
            guess.value = own if label or type(own) is int else self.found(guess.name, own)
        else:
            guess.value = self.found(guess.name, self.make_numbers(guess.name, values.shape))
        return guess.value

    def is_count(self, name: str) -> bool:
        """Whether a name is that of a size: what it is called, or what is made of so many."""
        return name in self.counts or bool(COUNTS.match(name))

    def is_number(self, name: str) -> bool:
        """Whether a name is that of one number, or somebody gives a value for it."""
        return self.is_count(name) or self.is_setting(name) or name in {*self.asked_numbers, *self.given, *self.idle}

    def is_setting(self, name: str) -> bool:
        """Whether a name is that of one number that says how something is done: a rate, a strength."""
        return bool(SCALARS.match(name)) and name not in self.predicted

    def guess_shape(self, name: str) -> tuple[int, ...]:
        """A shape by a name alone."""
        if name in self.joined:
            return (1,)
        if self.is_setting(name) or (COUNTS.match(name) and not re.match(r"^[HTCKt]$", name)) or name in self.counts | self.asked_numbers:
            return ()
        rows, width = self.sizes.find_rows(columns=self.world.columns), self.sizes.find("D")
        if name in self.looped and self.world.lone:  # a column, or a row, for each step in time
            return (self.sizes.find("T"), width, 1) if self.world.columns else (self.sizes.find("T"), 1, width)
        if self.axes.get(name, 0) > 2:
            return grow_shape((rows, width), self.axes[name], self.sizes)
        if BIASES.match(name):
            self.spread.add(name)
            if self.world.narrow.get(name) == ():
                return ()
            if "F" in self.sizes.known and name[:1] == "b" and not self.world.columns:  # of filters
                return (self.sizes.known["F"],)
            return (width, 1) if self.world.columns else (width,)
        if LABELS.match(name) and not self.world.columns and name != "Y" and self.world.targets != "rows":
            self.flat.add(name)
            return (rows,)
        if VECTORS.match(name):
            return (width, 1) if self.world.columns else (width,)
        number = re.match(r"^(?:w|W|weights?|Weights?|theta|Theta)_?(\d*)$", name)
        if number:
            if self.world.columns and name[0] == "w" and not number[1]:  # w1 is a matrix of a layer
                return (width, 1)
            inner = (
                width
                if number[1] in ("", "0", "1")
                else self.sizes.find(f"width of {name[: -len(number[1])]}{int(number[1]) - 1}")
            )
            if self.world.vectors and name[0].islower():
                return (inner,)
            outer = self.sizes.find("C") if not number[1] else self.sizes.find(f"width of {name}")
            return (outer, inner) if self.world.columns else (inner, outer)
        self.free.add(name)
        if self.world.single and name in self.rowwise and not is_parameter(name):
            return rows, width
        if self.world.single:
            return (self._width(name), width) if self.world.vectors and self._is_matrix(name) else (width,)
        return (width, rows) if self.world.columns else (rows, width)

    def settle_labels(self, guess: Guess, count: int, shape: tuple[int, ...] | None) -> Any:
        """Whole numbers from 0 on: an array that is used as labels."""
        if guess.known:
            return guess.value
        if guess.name in self.given:
            return self.settle_given(guess, label=True)
        self._take_said(guess)
        rows = self.sizes.find("T") if guess.name in self.sequences else self.sizes.find_rows(columns=self.world.columns)
        alone = self.world.single and self.world.vectors and guess.name in self.one_place
        shape = guess.hint if guess.hint is not None else () if alone else shape if shape is not None else (rows,)
        if len(shape) == 1 and guess.hint is None and self.axes.get(guess.name) == 2:  # several words of each sample
            shape = (*shape, self.sizes.find("T"))
        if guess.hint is None:
            shape = self._take_rank(guess.name, shape)
        check_size(shape)
        rng = np.random.default_rng(find_seed(guess.name, self.world.seed))
        guess.known = True
        guess.value = rng.integers(0, max(1, count), shape)
        if shape and np.size(guess.value) and np.max(guess.value) < count - 1:  # Y.max() + 1 is their number
            guess.value.flat[0] = count - 1
        self.classes[guess.name] = guess.value
        return guess.value

    def settle_text(self, guess: Guess, compared: str) -> str:
        """A setting that is a text: the first one that it is compared with, unless the world says another."""
        asked = self.asked.setdefault(guess.name, [])
        if compared not in asked:
            asked.append(compared)
        guess.known = True
        guess.value = self.world.texts.get(guess.name, SETTINGS.get(guess.name, compared))
        return str(guess.value)

    def settle_pair(self, sign: str, left: Any, right: Any) -> tuple[Any, Any]:
        """Two operands, the one that nobody gives with the shape that the other needs."""
        counts = [(isinstance(one, Guess) and self.is_count(one.name)) or type(one) is int for one in (left, right)]
        if sign != "@" and all(counts):  # D + H: sizes, though H alone may be an array
            return tuple(self.settle(one, ()) if isinstance(one, Guess) else one for one in (left, right))
        if isinstance(left, Guess) and isinstance(right, Guess):
            taken = self.guess_shape(left.name)
            left = self.settle(left, taken if taken or sign != "@" else self.guess_shape("X"))  # h @ V: an array, whatever it is called
        if sign == "+" and isinstance(left, np.inexact) and isinstance(right, Guess) and BIASES.match(right.name):
            right = self.settle(right, ())  # one number and one bias
        if sign == "+" and isinstance(right, np.inexact) and isinstance(left, Guess) and BIASES.match(left.name):
            left = self.settle(left, ())  # z = b; z += w[0] * x[0]
        if isinstance(right, Guess):
            right = self.settle(right, self._find_needed(sign, left, right.name, right_side=True))
        elif isinstance(left, Guess):
            left = self.settle(left, self._find_needed(sign, right, left.name, right_side=False))
        return left, right

    def settle_joined(self, parts: Sequence[Any]) -> list[Any]:
        """Arrays that are put together: of what nobody gives each has a width of its own, that of its letter (h_prev has H)."""
        made = []
        for part in parts:
            if isinstance(part, Guess) and not part.known:
                rows, width = self.sizes.find_rows(columns=self.world.columns), self.sizes.find(find_width_letter(part.name))
                part = self.settle(part, (width, rows) if self.world.columns else (rows, width))
            made.append(self.settle(part) if isinstance(part, Guess) else part)
        return made

    def _find_needed(self, sign: str, beside: Any, name: str, *, right_side: bool) -> tuple[int, ...] | None:
        """The shape that a name needs beside another value; a target beside one number that was worked out is one number."""
        other: tuple[int, ...] = np.shape(beside)
        computed = isinstance(beside, np.inexact)
        if self.is_setting(name) or (COUNTS.match(name) and len(name) > 1) or name in self.counts:
            return ()
        if sign == "@":
            if not other:
                return None
            if name in self.world.ranks:
                inner = other[-1] if right_side else other[-2] if len(other) > 1 else other[0]
                outer = (self._width(name) or 1) if right_side or NAMED_WEIGHTS.match(name) else self.sizes.find("N")
                return (inner,) if self.world.ranks[name] < 2 else (inner, outer) if right_side else (outer, inner)
            if 2 < self.axes.get(name, 0) <= len(other):  # a matrix for each sample
                last = (other[-1], self._width(name)) if right_side else (self.sizes.find("T"), other[-2])
                return (*other[:-2], *last)
            if self.world.single and self.world.vectors and not self._is_matrix(name):
                return (other[-1] if right_side else other[-2] if len(other) > 1 else other[0],)
            if right_side and self.world.columns and not NAMED_WEIGHTS.match(name) and len(other) == 2:
                self.free.add(name)
                if self.world.single or self.world.lone:
                    return (other[-1], 1) if self.world.lone else (other[-1],)
                if DATA.match(name):
                    return (other[-1], self.sizes.find_rows(columns=True))
            if right_side:
                width = 0 if self.world.vectors and name[:1].islower() else self._width(name)
                return (other[-1], width) if width else (other[-1],)
            inner = other[-2] if len(other) > 1 else other[0]
            data = not self.world.columns and not NAMED_WEIGHTS.match(name)  # of as many samples as all others
            if data and len(other) > 2:
                return (*other[:-2], self.sizes.find("T"), inner)
            return (self.sizes.find("N") if data else self._width(name) or 1, inner)
        if not other:
            return () if computed and LABELS.match(name) else self.guess_shape(name)
        if name in self.world.narrow and len(self.world.narrow[name]) <= len(other):
            kept = self.world.narrow[name]
            return tuple(size or mine for size, mine in zip(kept, other[len(other) - len(kept) :], strict=True))
        if BIASES.match(name):
            if len(other) == 1 and other[0] in self._list_rows():
                return ()  # one output for each sample has one bias
            return (other[0], 1) if self.world.columns and len(other) == 2 else other[-1:]
        self.spread.add(name)
        if DATA.match(name) and len(other) == 1 and not (self.world.single or self.world.columns):  # samples beside gamma of np.ones(dim)
            return (self.sizes.find_rows(columns=False), *other)
        return other

    def _list_rows(self) -> set[int]:
        """The numbers of samples that are known: those of N and m, and those that documented data has, ``X: (n, d)``."""
        found = {self.sizes.known[letter] for letter in ("N", "m") if letter in self.sizes.known}
        said = (shape for shapes in self.sizes.documented.values() for name, shape in shapes.items() if DATA.match(name))
        return found | {shape[-1 if self.world.columns else 0] for shape in said if len(shape) == 2}

    def _is_matrix(self, name: str) -> bool:
        """Whether what is called so is a matrix beside single samples: weights in capital letters, a row for each word."""
        return (bool(NAMED_WEIGHTS.match(name)) and name[:1].isupper()) or name in self.tables or bool(ROWS.search(name))

    def _width(self, name: str) -> int:
        if re.match(r"^(w|theta)$", name) and self.world.columns:
            return 1
        return self.sizes.find(f"width of {name}")


def draw_mask(rng: Any, shape: tuple[int, ...]) -> Any:
    """Entries of 0 and 1, at least one of 1 in each row of several: means are taken over what a mask keeps.

    >>> bool(np.all(draw_mask(np.random.default_rng(0), (40, 2)).any(axis=-1)))
    True
    """
    kept = rng.uniform(size=shape) < 0.7
    if len(shape) > 1 and shape[-1] > 1:
        kept[..., 0] |= ~kept.any(axis=-1)
    return np.where(kept, 1.0, 0.0)


def find_width_letter(name: str) -> str:
    """The letter of the width of an array: a hidden state has H, an input D, another its own.

    >>> find_width_letter("h_prev"), find_width_letter("a_prev"), find_width_letter("x"), find_width_letter("xt"), find_width_letter("s")
    ('H', 'H', 'D', 'D', 'S')
    """
    return {"h": "H", "a": "H", "x": "D"}.get(name[:1].lower(), name[:1].upper())
