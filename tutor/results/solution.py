"""Solving and training: an exercise or an expression in, a proved worked solution or an explained run out.

This is what `tutor.solve`, `tutor.train` and the command line share.  A `Solution` is a `tutor.solving.worked.Worked` as a page; how it
looks is left to the renderers, which it calls on request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tutor.errors import GraphError, OutputError, ValueProblem, hint_near, tell
from tutor.exercise.model import Exercise
from tutor.explain.document import Document, Equations
from tutor.explain.words.languages import require_wording
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.expression.keys import derivative_key
from tutor.graph.entries import Array
from tutor.graph.layered import Layered
from tutor.graph.nouns import Derivation
from tutor.graph.shapes import Shape
from tutor.notation.profile import Notation
from tutor.numbers.arithmetic import Value
from tutor.numbers.data_set import Order, Samples
from tutor.numbers.train import Run, Task
from tutor.numbers.verify import Ask
from tutor.program.live_objects import is_live
from tutor.results.live_target import read_live_target
from tutor.results.page import Page
from tutor.solving.check_claims import Verdict
from tutor.solving.request import Chain, EdgeLabels, Form, Options, read_samples, resolve_solution, resolve_training
from tutor.solving.target import target_exercise
from tutor.solving.work_out import work
from tutor.solving.worked import Training as Trained
from tutor.solving.worked import Worked

if TYPE_CHECKING:
    from tutor.explain.document import Picture


@dataclass(frozen=True, slots=True)
class Solution(Page):
    """A solved computation or a run of training, in either form, as a page.

    ``worked`` is all that was worked out, ``words`` are the language of the page.  In a notebook a solution shows itself, with its
    formulas and the picture of its graph.
    """

    worked: Worked
    notation: Notation = field(init=False)
    words: Wording = ENGLISH

    def __post_init__(self) -> None:
        """The page speaks the language of its words, in its formulas, too."""
        object.__setattr__(self, "notation", self.words.speak(self.worked.notation))
        object.__setattr__(self, "worked", replace(self.worked, notation=self.notation))

    # What it is about

    @property
    def name(self) -> str:
        """What it is called: the exercise's id."""
        return self.exercise.id

    @property
    def exercise(self) -> Exercise:
        """The exercise, with the values as they were given."""
        return self.worked.request.exercise

    @property
    def derivations(self) -> tuple[Derivation, ...]:
        """The derivations, one for each quantity that is differentiated."""
        return self.worked.derivations

    @property
    def wanted(self) -> tuple[tuple[str, ...], ...]:
        """With respect to what each of them is differentiated."""
        return tuple(names for _, names in self.worked.request.wanted)

    @property
    def layered(self) -> Layered | None:
        """The computation over arrays; None neuron by neuron."""
        return self.worked.request.layered

    @property
    def trace(self) -> Mapping[str, Any] | None:
        """The numbers by key: exact fractions or numbers of at least 60 digits, arrays of them in layer form; None without values."""
        return self.worked.numbers

    @property
    def values(self) -> Mapping[str, Value] | None:
        """The values that were given, those of single quantities in either form."""
        return self.worked.request.values

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters whose update is shown."""
        return self.worked.request.trained

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """How the lecture's figures agree."""
        return self.worked.verdicts

    @property
    def task(self) -> Task:
        """What is trained, and how.  Raises `ValueProblem` where nothing is."""
        return self._training().task

    @property
    def run(self) -> Run:
        """The rows of a run: all of a short one, the shown ones of a long one; ``run.stopped`` says in words why it ended early.

        Raises `ValueProblem` where nothing is trained.
        """
        return self._training().run

    def _training(self) -> Trained:
        if self.worked.training is None:
            raise ValueProblem("nothing is trained here", hint="tutor.train(…), or steps=1")
        return self.worked.training

    # Numbers

    def gradient(self, name: str) -> Any:
        """The gradient of the loss with respect to a quantity: a number, or an array of numbers row after row in layer form.

        Raises `ValueProblem` for a name that does not exist or a computation without values.
        """
        numbers = self.worked.numbers if self.worked.numbers is not None else self._list_first()
        if numbers is None:
            raise ValueProblem("a computation without values has no numbers", hint='give some: at={"x": 1}')
        for derivation in self.derivations:
            key = derivative_key(derivation.graph.loss, name)
            if key in numbers:
                return numbers[key]
        raise ValueProblem(f"there is no gradient with respect to {name}", hint=hint_near(name, numbers))

    def _list_first(self) -> Mapping[str, Value | Array[Value]] | None:
        return self.worked.training.first if self.worked.training is not None else None

    def parameter(self, name: str) -> Any:
        """A parameter after the last update; an array in layer form.

        Raises `ValueProblem` for a name that is not trained.
        """
        last = self.run.rows[-1].values
        if name in self.task.parameters:
            return last[name]
        layered = self.layered
        if layered is not None and name in self.worked.request.trained:
            entries = layered.entries[name]
            return Array(entries.shape, tuple(last[single] for single in entries.items))
        raise ValueProblem(f"{name} is not trained", hint=f"these are: {', '.join(self.worked.request.trained)}")

    # Pages

    def document(self) -> Document:
        """The page as a document of expressions, for the renderers."""
        from tutor.explain.worked_page import document

        return document(self.worked, self.words)

    def to_json(self) -> str:
        """The contract for programs; see `tutor.contracts`."""
        from tutor.contracts.worked_json import as_worked_json, dump_json

        return dump_json(as_worked_json(self.worked))

    def to_python(self) -> str:
        """The backward pass as a program in NumPy, or in PyTorch for a program that is written with it: one statement a step.

        Raises `tutor.errors.OutputError` for an operation that is no line of a program (a convolution).
        """
        from tutor.contracts.python_program import write_program

        return write_program(self.worked)

    def csv(self, progress: Callable[[int], None] | None = None) -> Iterator[str]:
        """Every row of a run as a line of CSV, the header first; numbers with 17 digits, or exactly where that is as short."""
        from tutor.contracts.run_csv import csv_lines

        return csv_lines(self.task, self.run, progress)

    def to_csv(self) -> str:
        """The whole table of a run as CSV."""
        return "".join(self.csv())

    def to_svg(self) -> str:
        """The picture of the graph with values and gradients."""
        from tutor.render.picture.svg import svg

        return svg(self.picture(), self.notation)

    def picture(self) -> Picture:
        """The graph to draw.  Raises `GraphError` where there is none."""
        from tutor.explain.graph_picture import picture

        if not self.derivations or self.layered is not None:
            if self.layered is not None:
                raise GraphError(f"{self.exercise.id} is solved in arrays", hint='its graph is drawn neuron by neuron: form="scalar"')
            raise GraphError(f"{self.exercise.id} only counts, it has no graph to draw")
        single = len(self.derivations) == 1
        return picture(self.derivations[0], self.worked.scalars, self.notation.digits, gradients=single, words=self.words.drawn,
                       edges=self.worked.request.edges)  # fmt: skip

    def _is_drawn(self) -> bool:
        return bool(self.derivations) and self.layered is None and self.worked.request.subject == "solution"

    def _repr_latex_(self) -> str | None:
        """The equations as display maths, which is what a notebook can typeset; `to_latex` gives whole documents."""
        from tutor.render.markdown import markdown

        blocks = tuple(block for block in self.document().blocks if isinstance(block, Equations))
        return markdown(Document("", blocks=blocks), self.notation) if blocks else None

    def _repr_svg_(self) -> str | None:
        return self.to_svg() if self._is_drawn() else None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {
            "text/plain": self.to_text(100),
            "text/markdown": self._repr_markdown_(),
            "text/latex": self._repr_latex_() or "",
        }
        picture = self._repr_svg_()
        if picture:
            bundle["image/svg+xml"] = picture
        kept = {key: text for key, text in bundle.items() if not include or key in include}
        return {key: text for key, text in kept.items() if not exclude or key not in exclude}

    def _ipython_display_(self) -> None:
        """Show the formulas and, below them, the picture: a front end would choose only one of them."""
        from IPython.display import display  # type: ignore[import-not-found,unused-ignore]

        bundle = self._repr_mimebundle_()
        picture = bundle.pop("image/svg+xml", None)
        show: Any = display
        show(bundle, raw=True)
        if picture:
            show({"image/svg+xml": picture, "text/plain": self.words.pages.GRAPH_SHOWN}, raw=True)


Training = Solution
"""What `train` returns; a run is a `Solution` like any other."""


def solve(
    target: str | Exercise | Callable[..., Any],
    *,
    at: Mapping[str, Any] | None = None,
    wrt: Sequence[str] = (),
    steps: int | None = None,
    rate: Any = None,
    chain: Chain | None = None,
    notation_name: str | None = None,
    ask: Ask | None = None,
    apart: bool | None = None,
    form: Form | None = None,
    words: Wording | str | None = None,
    edges: EdgeLabels = "plain",
    shapes: Mapping[str, Shape] | None = None,
    recursion: bool | None = None,
    truncate: int | None = None,
    **given: Any,
) -> Solution:
    """Solve an exercise (id or TOML file), an expression, or steps, and check the result.

    The target may be a module of PyTorch or a function of the session, too: ``solve(model, x=x)``.  Its source is read, and nothing of
    it is called; ``given`` are example arrays for its arguments, whose shapes are meant, and, where they are few numbers, their values.

    ``at`` gives values (numbers, or texts such as ``"1/3"``) and replaces those of the exercise; ``wrt`` chooses quantities
    (all parameters by default, or all inputs where nothing is trained); ``steps`` is the number of gradient-descent updates and ``rate``
    their step size; ``chain`` writes each gradient as the full chain from the loss or by reuse of earlier steps; ``notation_name``
    is a course (``dl``, ``qmul``, ``graz``, ``neuron``, ``cmu``) or ``plain``; ``ask`` is who asks SymPy for the proof
    (this process by default); ``form`` is ``scalar``, neuron by neuron, or ``layer``, in matrices (the default of exercises
    that are written so).  ``apart`` takes long formulas apart into steps, or leaves them as they are written: an expression and a
    single long step are taken apart by default, several steps and exercises stay as they are.  ``words`` are the language of the page:
    a code (``"de"``) or a `Wording`; by default what the exercise file says, else English.  With ``edges="derivatives"`` each edge of the
    picture has its local derivative.  ``shapes`` makes a formula one over arrays: ``{"W": ("k", "n"), "x": ("n",)}``, letters or numbers.
    ``recursion`` tells steps over t = 1…T as one row for every t, or writes them out; by default what the exercise says.
    ``truncate`` is how many steps of time gradients go back at most, truncated backpropagation through time.

    Raises a `tutor.errors.TutorError` that says where, what and what to do next.

    >>> solve("(x+y)*z", at={"x": 1, "y": -3, "z": 4}).gradient("x")
    Fraction(4, 1)
    """
    if is_live(target):
        exercise = read_live_target(target, given, shapes or {})
    else:
        if not isinstance(target, str | Exercise):
            raise OutputError(tell("{what} is nothing that is solved", what=type(target).__name__),
                              hint=tell("give a text, an exercise, a module of PyTorch or a function"))  # fmt: skip
        if given:
            raise OutputError(tell("{name}= goes with a module or a function", name=next(iter(given))), hint=tell("values are at={…}"))
        exercise = target_exercise(target, apart=apart, given=at or (), shapes=shapes)
    options = Options(
        at or {}, wrt, steps, rate, chain, notation_name, form, apart=apart, edges=edges, recursion=recursion, truncate=truncate,
    )  # fmt: skip
    said = require_wording(words, exercise.language)
    return Solution(work(resolve_solution(exercise, options), ask), said)


def train(
    target: str | Exercise,
    *,
    optimiser: str | None = None,
    rate: Any = None,
    steps: int | None = None,
    batch: int | None = None,
    order: Order | None = None,
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    at: Mapping[str, Any] | None = None,
    data: Samples | Mapping[str, Sequence[Any]] | str | None = None,
    notation_name: str | None = None,
    wrt: Sequence[str] = (),
    apart: bool | None = None,
    progress: Callable[[int], None] | None = None,
    ask: Ask | None = None,
    form: Form | None = None,
    words: Wording | str | None = None,
) -> Solution:
    """Train an exercise (id or TOML file), an expression, or steps.

    ``optimiser`` is gd, sgd, minibatch, momentum, nesterov, newton, adagrad, rmsprop, adam, or one of the last three "as on the slide"
    (``adam-slide``); the exercise's own by default, else gd.  ``settings`` are its hyper-parameters (``{"beta1": 0.9}``), ``batch`` the
    number of samples an update, in the ``order`` "given" or "shuffled" by ``seed``.  ``at`` gives values; ``data`` is a data set: the path
    of a CSV file, or columns by name; ``wrt`` chooses what is trained, and ``apart`` how formulas are written, as for `solve`.
    ``progress`` is called now and then with the number of updates made; ``ask`` is who asks
    SymPy for the proof (this process by default); ``form`` is ``scalar`` (the default) or ``layer``, whole matrices; ``words`` are the
    language of the page, as for `solve`.

    Raises a `tutor.errors.TutorError` that says where, what and what to do next.

    >>> train("L = (w - 3)^2", at={"w": 0}, rate="1/4", steps=2).parameter("w")
    Fraction(9, 4)
    """
    data = read_samples(data)
    exercise = target_exercise(target, apart=apart, given=(*(at or ()), *(data.columns if data is not None else ())))
    options = Options(
        at or {}, wrt, steps, rate, None, notation_name, form, optimiser, settings, batch, order, seed, data, apart,
    )  # fmt: skip
    said = require_wording(words, exercise.language)
    return Solution(work(resolve_training(exercise, options), ask, progress), said)
