"""What an exercise is, once its file has been read and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tutor.exercise.question import Case, Question, Scheme
from tutor.exercise.read_training import TrainingPlan
from tutor.exercise.repeated import Repetition
from tutor.exercise.translations import Translations, translate_questions
from tutor.expression.nodes import Expr
from tutor.expression.walk import is_numeric
from tutor.graph.layered import Layered
from tutor.graph.network import Network
from tutor.graph.nouns import Graph, Step
from tutor.graph.shapes import Shape, shape_text
from tutor.notation.symbol import Symbol
from tutor.numbers.data_set import Reduce, Samples


@dataclass(frozen=True, slots=True)
class Claim:
    """One printed figure or formula.

    ``text`` is what it is about (``dL/dw5``, ``w5 after 1``, ``count weights``), read into ``subject`` (an expression of
    quantities and derivatives) and ``after`` (how many updates have been made; 0 for none).  ``printed`` is what the lecture prints, a
    decimal or a formula (``formula``).  ``at`` replaces given values.  ``layers`` marks one about whole
    arrays.  ``erratum`` is the note of a slip that is known.  ``follows`` says that the lecture does not print it: it follows from what
    the lecture does print, at other numbers maybe, and is not counted among the printed ones.  ``correction`` is what somebody says should
    be printed instead, as a claim of its own.
    ``update`` is what an update step computes (``update v``), when the claim is about the formula of such a step.
    ``figure`` is the decimal that is meant where more is printed (``62.2%``, ``≈ 0.622``).  ``parts`` are the claims that it is made of:
    the entries of an array of that ``shape``, or what stands between equals signs (``0.741*0.593 = 0.44``).
    ``readings`` are all ways in which a formula over arrays can be read (``X*g``), where there are several; ``formula`` is the first.
    ``quoted`` is what stands there, word for word, where ``printed`` is what that comes to with the quantities of the exercise.
    ``over`` is what is made of the samples' values (``mean dL/dw``); without it a claim is about the first sample.
    """

    text: str
    printed: str
    subject: Expr | None
    after: int = 0
    count: str = ""
    formula: Expr | None = None
    at: Mapping[str, Any] = field(default_factory=dict)
    erratum: str | None = None
    note: str = ""
    unknown: str = ""
    update: str = ""
    layers: bool = False
    figure: str = ""
    parts: tuple[Claim, ...] = ()
    shape: tuple[int, ...] = ()
    over: Reduce | None = None
    follows: bool = False
    correction: Claim | None = None
    readings: tuple[Expr, ...] = ()
    quoted: str = ""

    @property
    def decimal(self) -> str:
        """The printed figure as a plain decimal, if it is one."""
        return self.figure or self.printed

    @property
    def is_formula(self) -> bool:
        """Whether quantities stand in what is printed, not numbers alone.

        >>> from tutor.expression.parse import parse
        >>> Claim("f", "4*2", None, formula=parse("4*2")).is_formula, Claim("f", "4*x", None, formula=parse("4*x")).is_formula
        (False, True)
        """
        if self.parts:
            return any(part.is_formula for part in self.parts)
        return bool(self.unknown) if self.formula is None else not is_numeric(self.formula)


@dataclass(frozen=True, slots=True)
class Assumption:
    """What was assumed where nobody said it, for every page to say: its ``kind``, what it is about, and what else its words need.

    The words are in `tutor.explain.words.page_words`, a row for each kind.
    """

    kind: Literal[
        "apart", "as written", "assumed", "one quantity", "written out", "shape", "upstream", "labels", "stopped", "dropout",
        "skipped", "chosen",
        "truncated", "truncated from the end", "truncated at", "not truncated",
    ]  # fmt: skip
    names: tuple[str, ...] = ()
    places: Mapping[str, Any] = field(default_factory=dict)


def tell_shapes(shapes: Mapping[str, Shape]) -> list[Assumption]:
    """What is said of shapes that formulas told: one remark about all of them; nothing where only numbers were found.

    >>> [(one.names, one.places["shape"]) for one in tell_shapes({"W": ("D", "H"), "b": ("H",), "c": ()})]
    [(('W', 'b'), 'W D×H, b H')]
    """
    told = {name: shape_text(shape) for name, shape in shapes.items() if shape}
    if not told:
        return []
    said = ", ".join(f"{name} {shape}" for name, shape in told.items()) if len(told) > 1 else next(iter(told.values()))
    return [Assumption("shape", tuple(told), {"shape": said, "first": next(iter(told))})]


@dataclass(frozen=True, slots=True)
class Exercise:
    """A computation with what is given, what is asked, how its course writes it, and what its lecture prints.

    ``questions``, ``cases`` and ``scheme`` are for marking; ``digest`` is the SHA-256 of the file; ``remarks`` are things that a grader
    should know (questions without marks); ``assumptions`` what was assumed where nobody said it, which every page says;
    ``language`` is that of its pages (a code such as ``de``; empty: whoever asks says it); ``translations`` has its texts in others.
    ``lines`` are those of the program that it was read from, by the steps that stand there; ``dialect`` is the library that this program
    is written with, numpy or torch, ``cells`` the cell and the line in it of each line of a notebook, or the node of a model that
    it is.
    ``source_kind`` is what its source is, one of `tutor.exercise.source_kinds`.
    ``repetition`` is what it says about steps over t = 1…T, ``recursion`` whether its derivation is told as one row for every t.
    """

    id: str
    title: str
    course: str = ""
    source: str = ""
    notation: str = "plain"
    chain: Literal["full", "reuse"] | None = None
    graph: Graph | None = None
    network: Network | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    rate: Any = None
    steps: int = 0
    asked: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    samples: Samples | None = None
    plan: TrainingPlan = field(default_factory=TrainingPlan)
    layers: Layered | None = None
    questions: tuple[Question, ...] = ()
    cases: tuple[Case, ...] = ()
    scheme: Scheme = field(default_factory=Scheme)
    digest: str = ""
    remarks: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    language: str = ""
    translations: Translations = field(default_factory=dict)
    repetition: Repetition | None = None
    recursion: bool | None = None
    source_kind: str = "source"
    lines: Mapping[str, int] = field(default_factory=dict)
    dialect: str = ""
    cells: tuple[tuple[int, int] | str, ...] = ()

    def list_back_lines(self, step: Step) -> list[int]:
        """The lines of the program through which a gradient comes back: those of the statements that use its quantity.

        >>> from tutor.expression.nodes import ONE
        >>> Exercise("x", "A program", lines={"z": 3}).list_back_lines(Step("dL/dz", ONE, "", of="L", wrt="z"))
        []
        """
        return sorted({self.lines[path.factors[0].wrt] for path in step.paths if path.factors[0].wrt in self.lines})

    def say(self, text: str, language: str) -> str:
        """A text of the exercise in a language; as it stands where it has no translation.

        >>> Exercise("x", "A neuron", translations={"de": {"A neuron": "Ein Neuron"}}).say("A neuron", "de")
        'Ein Neuron'
        """
        return self.translations.get(language, {}).get(text, text)

    def say_questions(self, language: str, questions: Sequence[Question] | None = None) -> tuple[Question, ...]:
        """Its questions (or those that were made from it) in the words of a language."""
        return translate_questions(self.questions if questions is None else questions, self.translations.get(language, {}))
