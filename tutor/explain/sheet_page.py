"""The page of a problem sheet: several exercises, what is given and what is asked, and their solutions where these are wanted.

A sheet without solutions is written from what is given alone (`tutor.solving.work_out.hold_given`): there is nothing in it to give away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from typing import Any

from tutor.derive.chains import list_full_chains
from tutor.exercise.question import LISTS, Question, Tolerance
from tutor.explain.asked_quantity import name_asked
from tutor.explain.document import (
    PLAIN,
    THEME_WORDS,
    AnswerPlace,
    Blanks,
    Block,
    Document,
    Equation,
    Equations,
    Heading,
    Inline,
    Math,
    Paragraph,
    Section,
    Sentence,
    SheetQuestion,
    Side,
    Table,
)
from tutor.explain.layer_formulas import matrix, sort_leaves, split_wide
from tutor.explain.layer_page import ArraySections
from tutor.explain.page_writer import EQUALS, PageWriter, drop_numbers, is_in_fractions
from tutor.explain.samples_section import point_to_command
from tutor.explain.sheet_layout import CLOSING, LABELLED, SheetLayout
from tutor.explain.solution_page import NumberSections
from tutor.explain.training_page import TrainingSections
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.explain.worked_page import document as write_worked
from tutor.explain.worked_page import point_to_training
from tutor.explain.written_maths import set_maths, set_title
from tutor.expression.keys import read_after, read_derivative
from tutor.expression.nodes import Add, Expr, Mul, Name, Number, Partial
from tutor.graph.entries import Array
from tutor.marking.answer_key import RightAnswer
from tutor.marking.marks import points, total
from tutor.marking.question_list import updates_in
from tutor.notation.profile import Notation
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import as_printed, print_alike, round_significant
from tutor.solving.worked import Worked

GIVEN = 12
"""So many digits what is given may have; of what has more the usual ones are given."""
MOST_CELLS = 8
"""So many rows and columns of boxes are drawn; a larger answer has one box."""
LINES: Mapping[str, int] = {"expression": 2, "chain": 2}
"""How many lines an answer takes as wide as the page, by its kind."""
LARGE = 5
"""The lines of a box for an answer that has too many entries for cells of their own."""


@dataclass(frozen=True, slots=True)
class SheetExercise:
    """One exercise of a sheet: what is given, what is asked; where solutions are wanted, the right answers by id and all worked pages."""

    given: Worked
    questions: tuple[Question, ...]
    answers: Mapping[str, RightAnswer] = field(default_factory=dict)
    solved: tuple[Worked, ...] = ()


def document(exercises: Sequence[SheetExercise], layout: SheetLayout, words: Wording = ENGLISH) -> Document:
    """The whole sheet as a document."""
    return _SheetWriter([_speak(exercise, words) for exercise in exercises], layout, words).document()


def _speak(exercise: SheetExercise, words: Wording) -> SheetExercise:
    """An exercise with its questions, and the words in its formulas, in the language of the sheet."""
    given, *solved = (replace(worked, notation=words.speak(worked.notation)) for worked in (exercise.given, *exercise.solved))
    asked = given.request.exercise.say_questions(words.language, exercise.questions)
    return replace(exercise, questions=asked, given=given, solved=tuple(solved))


class _SheetWriter:
    """Writes one sheet."""

    def __init__(self, exercises: Sequence[SheetExercise], layout: SheetLayout, words: Wording) -> None:
        self.exercises, self.layout, self.words = exercises, layout, words
        self.say = words.sheets
        self.numbers = Paragraph((words.rules.POLICY.format(digits=Notation().digits),), words.pages.LABELS["numbers"])  # said once
        self.digits = choose_digits([q for exercise in exercises for q in exercise.questions])

    def document(self) -> Document:
        layout, title = self.layout, self.layout.title or self.say.TITLE
        numbered = list(enumerate(self.exercises, 1))
        if layout.solutions == "only":
            blocks: list[Block] = [self.solution(number, exercise) for number, exercise in numbered]
            return self.page(self.say.TITLE_SOLUTIONS.format(title=title), blocks)
        blocks = self.head()
        for number, exercise in numbered:
            blocks.append(self.exercise(number, exercise))
            if layout.solutions == "after":
                blocks.append(self.solution(number, exercise))
        if layout.solutions == "end":
            solved = tuple(self.solution(number, exercise) for number, exercise in numbered)
            blocks.append(Section(Document(self.say.SOLUTIONS, blocks=solved), Notation(), apart=True))
        return self.page(title, blocks)

    def page(self, title: str, blocks: Sequence[Block]) -> Document:
        """The whole sheet under its title."""
        words, headline = set_title(title, Notation())
        theme = self.layout.theme or PLAIN
        said: dict[str, Any] = {}
        for place in THEME_WORDS:
            if isinstance(text := getattr(theme, place), str) and text:
                said[place] = set_maths(text, Notation())
        return Document(words, "", self.facts(), (), tuple(blocks), self.words.language, replace(theme, **said), headline)

    def facts(self) -> tuple[Sentence, ...]:
        """The line below the title."""
        return (set_maths(self.layout.cover, Notation()),) if self.layout.cover else ()

    def has(self, part: str) -> bool:
        """Whether a part of `LEFT_OUT` is shown."""
        return part not in self.layout.without

    # What stands above the exercises

    def head(self) -> list[Block]:
        blocks: list[Block] = [Blanks(self.say.BLANKS)] if self.has("name") else []
        if self.layout.marks:
            blocks.append(self.write_marks_table())
        if self.digits:
            blocks.append(Paragraph((self.say.DIGITS.format(count=self.digits),)))
        if self.has("ids"):
            blocks.append(Paragraph((self.say.IDS,)))
        return blocks

    def write_marks_table(self) -> Table:
        """What each exercise is worth, with room for what was reached."""
        names = self.say.MARKS_TABLE
        each = [total(q.marks for q in exercise.questions) for exercise in self.exercises]
        empty: tuple[Sentence, ...] = tuple(("\N{NO-BREAK SPACE}",) for _ in (*each, 0))
        rows: tuple[tuple[Sentence, ...], ...] = (
            ((names["possible"],), *((points(marks),) for marks in (*each, sum(each, Fraction(0))))), ((names["reached"],), *empty),
        )  # fmt: skip
        header = ((names["exercise"],), *((str(place),) for place in range(1, len(each) + 1)), (names["all"],))
        return Table(header, rows, "l" + "r" * len(header[1:]))

    # An exercise

    def exercise(self, number: int, exercise: SheetExercise) -> Section:
        """What is given and what is asked."""
        model, given = exercise.given.request.exercise, exercise.given
        notation = replace(given.notation, slashed=True)
        blocks = [*write_given(exercise, self.words), *self.questions(number, exercise)]
        return Section(self.title(self.say.EXERCISE, number, exercise, model.source if self.has("sources") else "", blocks), notation)

    def title(self, phrase: str, number: int, exercise: SheetExercise, source: str, blocks: Sequence[Block]) -> Document:
        """A part about one exercise, under its number and title."""
        model = exercise.given.request.exercise
        marks = self.say.say_marks(points(total(q.marks for q in exercise.questions)))
        ident = model.id if self.has("ids") and model.id != model.title else ""
        facts: tuple[Sentence, ...] = ((marks,),) if self.layout.marks else ()
        own = model.say(model.title, self.words.language)
        title, headline = set_title(phrase.format(number=number, title=own), exercise.given.notation)
        credit = set_maths(source, exercise.given.notation) if source else ()
        return Document(title, ident, facts, credit, tuple(blocks), headline=headline)

    def questions(self, number: int, exercise: SheetExercise) -> list[Block]:
        """What is asked, one after the other."""
        return [
            SheetQuestion(
                f"{number}.{place}", self.ask(question, exercise.given.notation), question.id if self.has("ids") else "",
                self.say.say_marks(points(question.marks)) if self.layout.marks else "",
                tuple((letter, set_maths(text, exercise.given.notation)) for letter, text in question.options),
                choose_place(question, framed=self.layout.boxes),
            )
            for place, question in enumerate(exercise.questions, 1)
        ]  # fmt: skip

    def ask(self, question: Question, notation: Notation) -> Sentence:
        """What a question asks, in a sentence: in the exercise's own words where it has some."""
        if question.kind == "choice":
            return set_maths(question.text, notation) if question.text else (self.say.ASKS["choice"],)
        sizes = "×".join(map(str, question.shape))
        phrase = self.say.ASKED_WITH if question.text else self.say.ASKS[question.kind]
        places: dict[str, Sequence[Inline]] = {
            "asked": name_asked(question, self.words), "text": set_maths(question.text, notation),
            "count": [str(len(question.targets))], "sizes": [sizes],
        }  # fmt: skip
        parts = split_places(phrase, places)
        return (*parts, *(f" {text}" for text in self.say.say_form(question, self.digits)))

    # A solution

    def solution(self, number: int, exercise: SheetExercise) -> Section:
        """The right answers, and everything that was worked out."""
        given = exercise.given
        told = {*point_to_training(given.request.exercise, self.words), *([self.numbers] if number > 1 else [])}
        rows, others = self.answers(number, exercise)
        key: list[Block] = [Heading(self.say.ANSWERS)] if rows or others else []
        key += [Equations(tuple(rows), listed=True)] if rows else []
        parts = [Section(Document("", blocks=(*key, *others)), replace(given.notation, slashed=True))]
        closing: list[Section] = []
        for place, worked in enumerate(exercise.solved):
            page = write_worked(drop_gradient_proofs(worked) if place else worked, self.words)  # proved on the page before
            blocks = self.choose_shown(worked, page.blocks, told)
            end = self.find_closing(blocks)
            facts = page.facts if not place and (self.layout.solutions == "only" or not has_rate(given, exercise.questions)) else ()
            parts.append(Section(Document("", facts=facts, blocks=blocks[:end]), worked.notation))
            closing.append(Section(Document("", blocks=blocks[end:]), worked.notation))
        parts += [section for section in closing if section.document.blocks]
        return Section(self.title(self.say.SOLUTION, number, exercise, "", parts), given.notation)

    def answers(self, number: int, exercise: SheetExercise) -> tuple[list[Equation], list[Block]]:
        """The right answers: formulas and values as equations, letters as sentences."""
        rows: list[Equation] = []
        others: list[Block] = []
        fractions = is_in_fractions(exercise.solved[-1]) if exercise.solved else None
        arrow = exercise.given.notation.update == "arrow" and updates_in(exercise.questions) == 1  # w ← 0.3 says which w it is
        for place, question in enumerate(exercise.questions, 1):
            found, label = exercise.answers.get(question.id, RightAnswer()), f"{number}.{place}"
            chain = write_chain(question, exercise.solved)
            if found.letters:
                said = [f"{letter}) {text}" for letter, text in question.options if letter in found.letters]
                others.append(Paragraph(set_maths(self.words.pages.COMMA.join(said), exercise.given.notation), label))
            elif question.kind == "column" and found.values:
                shown = print_alike(found.values, exercise.given.notation.digits)
                listed = [part for one in shown for part in (self.words.pages.COMMA, Math(one))][1:]
                others.append(Paragraph((*name_asked(question, self.words), EQUALS, *listed), label))
            elif (right := chain or write_right(question, found, exercise.given.notation.digits, fractions=fractions)) is not None:
                name = name_left(question, exercise.given.notation, arrow=arrow)
                if name is not None:
                    sign = "←" if arrow and read_after(question.targets[0]).updates else "="
                    rows.append(Equation(name, (Side(right, sign, result=found.formula is None),), None, (label,)))
                else:
                    others.append(Paragraph((*name_asked(question, self.words), EQUALS, Math(right)), label))
        return rows, others

    def find_label(self, blocks: Sequence[Block], labels: Collection[str]) -> int:
        """Where the first paragraph with one of some labels stands; 0 without one."""
        known = {self.words.pages.LABELS[label] for label in labels}
        return next((place for place, block in enumerate(blocks) if isinstance(block, Paragraph) and block.label in known), 0)

    def find_closing(self, blocks: Sequence[Block]) -> int:
        """Where a solution is derived, and what is said about it begins."""
        return self.find_label(blocks, CLOSING) or len(blocks)

    def choose_shown(self, worked: Worked, blocks: Sequence[Block], told: set[Block]) -> tuple[Block, ...]:
        """The blocks of a worked solution without what is left out, what stands in the exercise, and what was ``told`` before."""
        pages, ident = self.words.pages, worked.request.exercise.id
        labels = {pages.LABELS[label] for part, some in LABELLED.items() if not self.has(part) for label in some} | {pages.LABELS["asked"]}
        told.add(point_to_command(self.words.updates.WORKED, ident))
        exact = self.words.updates.ARITHMETIC[True].format(digits=worked.notation.digits)
        told.add(Paragraph((exact,), pages.LABELS["numbers"]))  # as all other numbers of a sheet
        start = 0
        if worked.request.subject == "training":
            start = self.find_label(blocks, ("method",))  # what is trained, and what it starts from, stands on the page before
        elif self.layout.solutions != "only" and worked.request.subject == "solution":
            given = Heading(pages.HEADINGS["given"])
            start = next((place for place, block in enumerate(blocks) if isinstance(block, Heading) and block != given), 0)
        kept: list[Block] = []
        for block in blocks[start:]:
            again = isinstance(block, Paragraph | Table) and (block in told or (isinstance(block, Paragraph) and block.label in labels))
            if not again:
                kept.append(block)
            elif kept and isinstance(kept[-1], Heading):
                kept.pop()
            told |= {block} if isinstance(block, Table) or (isinstance(block, Paragraph) and block.label) else set()
        return tuple(kept)


def drop_gradient_proofs(worked: Worked) -> Worked:
    """The same without what another page has proved of its gradients."""
    return replace(worked, proofs=replace(worked.proofs, gradients=(), forms=None))


def choose_digits(questions: Sequence[Question]) -> int:
    """How many digits most questions want, which is said once; none where no numbers are asked for.

    >>> choose_digits([Question("a", "a"), Question("b", "b", "chain")])
    2
    """
    numbers = [q.tolerance for q in questions if q.kind in ("number", *LISTS)]
    counted = Counter(asked.digits for asked in numbers if asked.relative and asked.decimals is None)
    return min(counted, key=lambda digits: (-counted[digits], digits)) if counted else 0


def choose_place(question: Question, *, framed: bool) -> AnswerPlace | None:
    """Room that is as large as the kind of an answer asks for; none for a choice, which is ticked.

    >>> choose_place(Question("dL/dW", "dL/dW", "matrix", shape=(3, 2)), framed=True)
    AnswerPlace(rows=3, columns=2, slices=1, lines=1, whole=False, framed=True)
    """
    count = len(question.targets)
    sizes: dict[str, tuple[int, ...]] = {"number": (1, 1), "fraction": (1, 1), "vector": (count, 1), "column": (1, count)}
    if question.kind in ("choice", "program"):
        return None
    if question.kind in LINES:
        return AnswerPlace(lines=LINES[question.kind], whole=True, framed=framed)
    shape = sizes.get(question.kind, question.shape)
    *slices, rows, columns = shape
    number = 1
    for one in slices:
        number *= one
    if max(number, rows, columns) > MOST_CELLS:
        return AnswerPlace(lines=LARGE, whole=True, framed=framed)
    return AnswerPlace(rows, columns, number, framed=framed)


def name_left(question: Question, notation: Notation, *, arrow: bool = False) -> Expr | None:
    """What a question asks for, where that is one quantity with a name of its own; w ← … has no other name for the new w, but that of
    the old one before an ``arrow``."""
    keys = [question.array] if question.array else list(question.targets)
    if len(keys) != 1 or keys[0].startswith("count "):
        return None
    after = read_after(keys[0])
    if after.updates and notation.update == "arrow":
        return Name(after.key) if arrow else None
    found = read_derivative(after.key)
    if found is not None:
        return None if after.updates else Partial(found.of, found.wrt)
    return Name(keys[0])


def write_chain(question: Question, solved: Sequence[Worked]) -> Expr | None:
    """The right answer to a question for a chain as the solution below has it, where that writes every chain from the loss on."""
    asked = read_derivative(question.targets[0]) if question.kind == "chain" and len(question.targets) == 1 else None
    for worked in solved if asked is not None else ():
        for derivation in worked.derivations if worked.full and worked.request.layered is None else ():
            paths = list_full_chains(derivation, asked.wrt) if asked is not None and derivation.graph.loss == asked.of else None
            if paths and all(len(path.factors) > 1 for path in paths):
                products = [Mul(tuple(Partial(each.of, each.wrt) for each in path.factors)) for path in paths]
                return products[0] if len(products) == 1 else Add(tuple(products))
    return None


def write_right(question: Question, found: RightAnswer, digits: int, *, fractions: bool | None = None) -> Expr | None:
    """A right answer ready to print; nothing where only the worked solution tells it."""
    if found.formula is not None:
        return found.formula
    if not found.values or len(found.values) != len(question.targets):
        return None
    if len(found.values) == 1 and not question.shape:
        value = found.values[0]
        asked = question.tolerance
        wants_digits = not fractions and question.kind == "number" and asked.digits > Tolerance().digits and asked.relative
        shown = as_printed(value, digits, fractions=fractions)
        return Number(round_significant(value, digits)) if wants_digits and type(shown) is not Number else shown
    return split_wide(matrix(Array(question.shape or (len(found.values),), found.values), digits, whole=True))


# What is given


def write_given(exercise: SheetExercise, words: Wording) -> list[Block]:
    """What is given of an exercise: values, the computation, the data set, how it is trained where that is asked for."""
    given = exercise.given
    model = given.request.exercise
    if model.graph is None:
        sizes = words.pages.COMMA.join(map(str, model.network.sizes)) if model.network is not None else ""
        return [Paragraph((words.pages.SIZES.format(sizes=sizes),))] if sizes else []
    asked = choose_digits(exercise.questions)
    blocks = _write_numbers(given, words) if given.request.layered is None else _write_arrays(given, words, asked)
    return blocks + write_training(given, exercise.questions, words)


def write_training(given: Worked, questions: Collection[Question], words: Wording) -> list[Block]:
    """The data set, and how it is trained where questions ask for that."""
    blocks: list[Block] = []
    if (samples := given.request.exercise.samples) is not None:
        over = words.updates.LOSS_OVER[samples.reduce].format(count=len(samples.rows))
        blocks += [_write_samples(given, words), Paragraph((words.sheets.FIRST_SAMPLE + over,))]
    if given.training is not None and has_rate(given, questions):
        updates = updates_in(questions)
        sections = TrainingSections(given, words)
        sections.method(words.sheets.METHODS)
        blocks += sections.blocks
        task = given.training.task
        if task.samples is not None and task.order == "shuffled" and task.size < task.count:
            taken = ["+".join(str(place + 1) for place in batch.samples) for batch in islice(task.batches(), updates)]
            blocks.append(Paragraph((words.sheets.ORDER.format(samples=words.pages.COMMA.join(taken)),)))
        blocks.append(Paragraph((Math(Name(sections.rate_name)), EQUALS, Math(sections.rate())), words.sheets.RATE))
    return blocks


def has_rate(given: Worked, questions: Collection[Question]) -> bool:
    """Whether the step size stands in an exercise: where it is trained, and something is asked about that."""
    return given.training is not None and updates_in(questions) > 0


def _write_numbers(given: Worked, words: Wording) -> list[Block]:
    page = NumberSections(given, words)
    page.add_given()
    leaves = given.request.exercise.graph.leaves if given.request.exercise.graph is not None else ()
    if not page.blocks:  # no values: what there is, by its name
        page.blocks = [page.write_labelled("given", *page.list_named([leaf.name for leaf in leaves]))]
    page.add_forward()
    return _strip(page)


def _write_arrays(given: Worked, words: Wording, asked: int) -> list[Block]:
    layered = given.request.layered
    assert layered is not None
    page = ArraySections(given, words, layered)
    if given.numbers is None:
        page.add_given()
    else:
        shown = [(q.name, page.numbers[q.name]) for q in sort_leaves(layered.graph)] if page.numbers is not None else []
        style = page.fractions
        rows = []
        for name, value in shown:
            digits = GIVEN if style or _are_exact(value.items, GIVEN) else max(page.digits, asked + 2)
            rows.append(Equation(Name(name), (Side(split_wide(matrix(value, digits, whole=True, fractions=style))),)))
        page.blocks += [page.write_labelled("given"), Equations(tuple(rows), beside=True)]
    page.add_forward()
    return _strip(page)


def _are_exact(values: Iterable[Value], digits: int) -> bool:
    """Whether so many digits are all that some numbers have; what goes on for ever is rounded as on every page."""
    return all(Fraction(round_significant(value, digits)) == value for value in values)


def _strip(page: PageWriter) -> list[Block]:
    """The blocks without headings and numbers of steps: nothing refers to them."""
    return drop_numbers(block for block in page.blocks if not isinstance(block, Heading))


def _write_samples(given: Worked, words: Wording) -> Table:
    """The data set as it was given, a row a sample."""
    samples = given.request.exercise.samples
    assert samples is not None
    header: list[Sentence] = [(words.updates.HEADS["sample"],), *((Math(Name(name)),) for name in samples.columns)]
    rows: list[tuple[Sentence, ...]] = [
        ((str(place),), *((Math(as_printed(value, GIVEN)),) for value in row)) for place, row in enumerate(samples.rows, 1)
    ]
    return Table(tuple(header), tuple(rows), "r" * len(header))
